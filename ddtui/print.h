/*
 * print - messages, tables and traces as lines of text or of JSON
 *
 * ddtui(1) has the formats; scripts rely on them. All functions return false, with errno set, when
 * the output can't take a line.
 */
#ifndef PRINT_H_INCLUDED
#define PRINT_H_INCLUDED

#include <stdbool.h>
#include <stdio.h>

#include "follow.h"
#include "trace.h"

typedef enum {
    PRINT_TABS,    /* values between tabs, for scripts */
    PRINT_ALIGNED, /* a line of titles and columns of fixed width, for a terminal */
    PRINT_JSON     /* an object a line */
} print_style_t;

/* A notification, a publication or a gap. */
bool print_event(FILE *out, const dd_event_t *event, print_style_t style);

/* All rows of a view, as model_arrange() has ordered them. */
bool print_view(FILE *out, const model_t *model, view_t view, print_style_t style);

/* What happened that `follow` doesn't know, the oldest first; the first look has titles. */
bool print_events(FILE *out, const model_t *model, follow_t *follow, print_style_t style);

/* What a broker was told to do, and did; names as they came. */
bool print_order(
    FILE *out, const char *what, const char *argument, const char *broker, print_style_t style);

/* The brokers on the way, and how it ended. */
bool print_trace(FILE *out, const trace_t *trace, print_style_t style);

#endif
