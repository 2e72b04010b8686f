/*
 * load - what the load generator's files share
 */
#ifndef LOAD_H_INCLUDED
#define LOAD_H_INCLUDED

#include "wire.h"

/* Where the senders' messages go, and the receivers' answers. */
#define LOAD_TOPIC "load"
#define LOAD_ANSWERS "answers"

/* What the peer speaks; doesn't change once main() has set it. */
extern const wire_protocol_t *load_protocol;

#endif
