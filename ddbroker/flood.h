/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flood - lines that peers and strangers cause, limited by who causes them
 *
 * Of each source and each kind so many lines are said in a while, and then one that counts the rest
 * and shows the last of them. So nobody fills the log, and nobody's lines hide another's. What is
 * kept for it is bounded: of sources that can be invented at will only so many are told apart.
 */
#ifndef FLOOD_H_INCLUDED
#define FLOOD_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libdd/base/log_level.h"

/* Lines of one source and kind in one while, and how long that is in ms. */
#define FLOOD_LINES 100
#define FLOOD_WHILE 10000
/* Bytes of a source's name, and of a line that counts others, with the NUL; longer ones are cut. */
#define FLOOD_NAME_ROOM 72
#define FLOOD_TEXT_ROOM 384

/* Who causes it; each has its own share of what is kept. */
typedef enum {
    FLOOD_OF_TENANT,
    FLOOD_OF_BROKER,
    FLOOD_OF_OPERATORS,
    FLOOD_OF_STRANGERS,
    FLOOD_SORTS
} flood_sort_t;

typedef struct {
    flood_sort_t sort;
    const char *name; /* which tenant, broker or address; "" for all of the sort */
    const char *kind; /* lines are of the same kind if this is the same pointer: a format */
    dd_log_level_t level;
    const char *text;
} flood_line_t;

typedef struct flood flood_t;

/* All zero: nothing was said yet. */
typedef struct {
    flood_t *all;
    unsigned count[FLOOD_SORTS];
} floods_t;

void floods_clear(floods_t *self);

/* Whether a line is to be said. If not, it is counted. */
bool floods_admit(floods_t *self, const flood_line_t *line, uint64_t now_ms);

/* A line that counts others whose while is over; its name is valid until floods_clear() or the next
   call. False if there is none. To be called until then, about once a second. */
typedef struct {
    flood_sort_t sort;
    char name[FLOOD_NAME_ROOM];
    dd_log_level_t level;
    char text[FLOOD_TEXT_ROOM];
} flood_rest_t;
bool floods_rest(floods_t *self, flood_rest_t *rest, uint64_t now_ms);

#endif
