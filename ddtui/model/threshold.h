/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * threshold - a range of good values, as plugins for monitors take it
 *
 *     10     good from 0 to 10          10:20   good from 10 to 20
 *     10:    good from 10 on            @10:20  good outside of that
 *     ~:10   good up to 10
 */
#ifndef THRESHOLD_H_INCLUDED
#define THRESHOLD_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    const char *text; /* as it was given; NULL: every value is good */
    bool inverted;
    uint64_t low, high; /* both included */
} threshold_t;

/* Keeps the text. False if it is no range of whole numbers. */
bool threshold_read(threshold_t *self, const char *text);

/* Whether the value is no good. */
bool threshold_alerts(const threshold_t *self, uint64_t value);

#endif
