/*
 * events - what happened lately at this broker, for whoever may know it
 *
 * A ring of fixed size: the oldest event makes room for the newest.
 */
#ifndef EVENTS_H_INCLUDED
#define EVENTS_H_INCLUDED

#include "level.h"
#include "libdd/include/dd.h"

#define EVENTS_MAX 256
#define EVENT_TEXT_MAX 256

/* Instead of a tenant's name: what all may see, and what operators alone may. */
#define EVENT_FOR_ALL "*"
#define EVENT_FOR_OPERATORS ""

typedef struct {
    uint64_t at_ms;
    log_level_t level;
    char tenant[DD_TENANT_MAX + 1]; /* whose it is, or one of the two above */
    char text[EVENT_TEXT_MAX];
} event_t;

typedef struct {
    event_t ring[EVENTS_MAX];
    uint64_t count; /* ever added */
} events_t;

/* Texts that don't fit are cut. */
void events_add(
    events_t *self, uint64_t now_ms, log_level_t level, const char *tenant, const char *text);

/* The newest event is number 0; NULL past the oldest that is kept. */
const event_t *events_at(const events_t *self, uint64_t number);

/* Whether a client of the tenant, or with an empty tenant an operator, may see it. */
bool event_is_for(const event_t *self, dd_bytes_t tenant);

#endif
