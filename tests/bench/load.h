/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load - what the load generator's files share
 */
#ifndef LOAD_H_INCLUDED
#define LOAD_H_INCLUDED

#include "wire.h"

/* Where the senders' messages go, and the receivers' answers. As long as ddperf's names, since what
   a broker carries has them in it. */
#define LOAD_TOPIC "ddperf-00000000-r0"
#define LOAD_ANSWERS "answers"

/* What the peer speaks; doesn't change once main() has set it. */
extern const wire_protocol_t *load_protocol;

#endif
