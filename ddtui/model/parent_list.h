/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_list - what a broker tells of its parents: "tcp://a:5555 joined, tcp://b:5555 silent"
 */
#ifndef PARENT_LIST_H_INCLUDED
#define PARENT_LIST_H_INCLUDED

#include <stdbool.h>

#include "libdd/protocol/endpoint.h"

typedef struct {
    char endpoint[DD_ENDPOINT_MAX + 1];
    const char *health; /* what is said of it, and all that follows */
} listed_parent_t;

/* The next one, and the text behind it. False at the end. */
bool parent_list_next(const char **text, listed_parent_t *out);

/* Whether the broker might join it: it is neither its parent nor the broker itself. */
bool listed_parent_is_other(const listed_parent_t *self);
/* "silent", for one. */
bool listed_parent_is(const listed_parent_t *self, const char *health);

#endif
