/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * supervisor - tells systemd(1), or who else speaks sd_notify(3)'s protocol, how the broker fares
 *
 * Nothing here waits: what finds no room is said a tick later.
 */
#ifndef SUPERVISOR_H_INCLUDED
#define SUPERVISOR_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

/* Bytes of the line about how it stands. */
#define SUPERVISOR_ROOM 512

typedef struct supervisor supervisor_t;

/* As the environment says. NULL if nobody wants to hear, which the others take, too. */
supervisor_t *supervisor_new(void);
void supervisor_destroy(supervisor_t **self_p);

/* Every endpoint is bound, or a reload is over. */
void supervisor_ready(supervisor_t *self);
/* A reload begins. */
void supervisor_reloading(supervisor_t *self, uint64_t now_us);
/* The broker is shutting down. */
void supervisor_stopping(supervisor_t *self);

/* Whether supervisor_status() would say something now, should it be something new. */
bool supervisor_wants_status(const supervisor_t *self, uint64_t now_ms);
/* How it stands, in one line. */
void supervisor_status(supervisor_t *self, const char *line, uint64_t now_ms);

/* Gives a sign of life if one is due. To be called several times a second. */
void supervisor_tick(supervisor_t *self, uint64_t now_ms);

#endif
