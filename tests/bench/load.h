/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load - what the load generator's files share
 */
#ifndef LOAD_H_INCLUDED
#define LOAD_H_INCLUDED

#include "ddperf/options.h"
#include "wire.h"

/* Where the senders' messages go, and the receivers' answers. As long as ddperf's names, since what
   a broker carries has them in it. */
#define LOAD_TOPIC "ddperf-00000000-r0"
#define LOAD_ANSWERS "answers"

/* What is measured beside ddperf's own options; doesn't change once main() has set it. */
typedef struct {
    const wire_protocol_t *protocol; /* what the peer speaks */
    bool sealed;                     /* messages are sealed and opened here */
    unsigned topics;                 /* to which messages go, and the receivers subscribe */
} load_t;
extern load_t load;

/* A connection of that name. */
wire_t *load_open(const options_t *options, const char *name);

#endif
