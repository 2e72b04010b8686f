/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answers - what an actor hears of the tree when it asks
 */
#ifndef ANSWERS_H_INCLUDED
#define ANSWERS_H_INCLUDED

#include <json-c/json.h>

#include "tree.h"

/* Asks all brokers, and runs the tree. */
void ask(actor_t *actor, const char *what, uint32_t ref);

/* All that an asker heard as an answer: the objects, and how many brokers answered. */
typedef struct {
    json_object *reports; /* array */
    unsigned brokers;     /* that they are of */
    unsigned outstanding; /* that didn't, as far as is known */
} answer_t;

/* Reads all that the actor has heard, which must be REPORTs of that ref. */
answer_t read_answer(actor_t *actor, uint32_t ref);
void free_answer(answer_t *self);

json_object *report_at(const answer_t *self, size_t index);
/* The report of a broker; there must not be two. NULL if there is none. */
json_object *report_of(const answer_t *self, const char *broker);

/* All rows of all reports, as an array that the caller puts. */
json_object *rows_of(const answer_t *self, const char *what);
bool has_row(json_object *rows, const char *field, const char *text);

const char *text_of(json_object *object, const char *field);
int64_t number_of(json_object *object, const char *field);

#endif
