/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * last_words - what each broker said last of each client, found without looking through all events
 */
#ifndef LAST_WORDS_H_INCLUDED
#define LAST_WORDS_H_INCLUDED

#include "event_archive.h"

typedef struct last_words last_words_t;

/* NULL when out of memory. */
last_words_t *last_words_new(void);
void last_words_destroy(last_words_t **self_p);

/* Takes over what is in the archive now. Out of memory, nothing is found. */
void last_words_take(last_words_t *self, const event_archive_t *events);

/* What follows the client's name in the last event of that broker that begins with "client NAME ";
   NULL if there is none. Valid as long as the archive doesn't change. */
const char *last_words_of(const last_words_t *self, const event_archive_t *events,
    const char *broker, const char *tenant, const char *client);

#endif
