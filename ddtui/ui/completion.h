/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * completion - what a field may be filled with: from the history, and from the session view
 *
 * Forms show the texts in a list below the field. All are made anew when something has been typed
 * or has arrived.
 */
#ifndef COMPLETION_H_INCLUDED
#define COMPLETION_H_INCLUDED

#include "ddtui/model/filter.h"
#include "ddtui/model/history.h"
#include "ddtui/model/session_view.h"

#define COMPLETIONS_MAX 64
#define COMPLETION_ROOM HISTORY_ROOM

typedef enum {
    COMPLETION_NOTHING,
    COMPLETION_CLIENTS,
    COMPLETION_TOPICS,
    COMPLETION_SCOPES,    /* words, then paths of the history, then those in the tree; all ASCII */
    COMPLETION_OWN,       /* own subscriptions: topic, two blanks, scope */
    COMPLETION_LEVELS,    /* of a broker's log */
    COMPLETION_BROKERS,   /* names */
    COMPLETION_PARENTS,   /* endpoints that brokers may join */
    COMPLETION_ENDPOINTS, /* where a console may connect, as far as the tree shows endpoints */
    COMPLETION_ALL_CLIENTS, /* TENANT.NAME, the own one included */
    COMPLETION_TREES        /* nothing that is known here */
} completion_source_t;

typedef struct {
    char texts[COMPLETIONS_MAX][COMPLETION_ROOM];
    char notes[COMPLETIONS_MAX][DD_BROKER_MAX + 1]; /* what is said beside each; "": nothing */
    size_t count;
} completions_t;

/* The views to ask for a source, as bits 1 << view. */
unsigned completion_views(completion_source_t from);

/* Fills in what holds the text that is typed already, but isn't that text: first of the history's
   kind, or HISTORY_NONE, then of the session view, in its order, nothing twice. Of clients, those
   that are there come before those that were only typed. */
void completion_offer(completions_t *self, completion_source_t from, history_kind_t kind,
    const session_view_t *session, const history_t *history, const char *typed);

/* The same of the folders that files were written to before, with the name of a new one. */
void completion_offer_folders(
    completions_t *self, const history_t *history, const char *name, const char *typed);

/* Adds a text that the filter wants, unless it is the one that is typed or there already, or the
   room is out. note: what is said beside it. */
void completion_add(completions_t *self, const filter_t *filter, const char *typed,
    const char *text, const char *note);

/* How COMPLETION_OWN writes a subscription. */
void completion_own_text(const own_subscription_t *own, char out[COMPLETION_ROOM]);

/* A scope's word for a person: "your region, /1/"; or what is wrong with it here. */
void completion_scope_meaning(
    const session_view_t *session, const char *scope, char *out, size_t room);

#endif
