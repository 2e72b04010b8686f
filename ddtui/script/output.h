/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * output - messages, tables and traces as lines of text or of JSON
 *
 * ddtui(1) has the formats; scripts rely on them. All functions return false, with errno set, when
 * the output can't take a line.
 */
#ifndef OUTPUT_H_INCLUDED
#define OUTPUT_H_INCLUDED

#include <stdbool.h>
#include <stdio.h>

#include "ddtui/model/event_dedup.h"
#include "ddtui/model/trace.h"

typedef enum {
    OUTPUT_TABS,    /* values between tabs, for scripts */
    OUTPUT_ALIGNED, /* a line of titles and columns of fixed width, for a terminal */
    OUTPUT_JSON     /* an object a line */
} output_style_t;

/* A notification, a publication or a gap. */
bool output_event(FILE *out, const dd_event_t *event, output_style_t style);

/* In the following, width is that of the terminal, which no line of a table exceeds; 0 if there is
   none. */

/* All rows of a view, as model_arrange() has ordered them. */
bool output_view(
    FILE *out, const model_t *model, view_t view, output_style_t style, unsigned width);

/* What happened that `dedup` doesn't know, the oldest first; the first look has titles. */
bool output_events(
    FILE *out, const model_t *model, event_dedup_t *dedup, output_style_t style, unsigned width);

/* What a broker was told to do, and did; names as they came. */
bool output_order(
    FILE *out, const char *what, const char *argument, const char *broker, output_style_t style);

/* The brokers on the way, and how it ended. */
bool output_trace(FILE *out, const trace_t *trace, output_style_t style, unsigned width);

#endif
