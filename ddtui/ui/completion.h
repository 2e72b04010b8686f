/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * completion_offer - what a field may be filled with: from the history, and from what is live
 */
#ifndef COMPLETION_H_INCLUDED
#define COMPLETION_H_INCLUDED

#include "ddtui/model/history.h"
#include "ddtui/model/session_view.h"

#define SUGGESTIONS_MAX 64
#define SUGGESTION_ROOM HISTORY_ROOM

typedef enum {
    COMPLETION_NOTHING,
    COMPLETION_CLIENTS,
    COMPLETION_TOPICS,
    COMPLETION_SCOPES, /* words, then paths of the history, then those in the tree; all ASCII */
    COMPLETION_OWN,    /* own subscriptions: topic, two blanks, scope */
    COMPLETION_LEVELS  /* of a broker's log */
} completion_t;

typedef struct {
    char texts[SUGGESTIONS_MAX][SUGGESTION_ROOM];
    size_t count;
} suggestions_t;

/* The views to ask for a source, as bits 1 << view. */
unsigned completion_views(completion_t from);

/* Fills in what holds the text that is typed already, but isn't that text: first of the history's
   kind, or HISTORY_NONE, then of what is live, in its order, nothing twice. */
void completion_offer(suggestions_t *self, completion_t from, history_kind_t kind,
    const session_view_t *live, const history_t *history, const char *typed);

/* How COMPLETION_OWN writes a subscription. */
void completion_own_text(const own_subscription_t *own, char out[SUGGESTION_ROOM]);

/* A scope's word for a person: "your region, /1/"; or what is wrong with it here. */
void completion_scope_meaning(
    const session_view_t *live, const char *scope, char *out, size_t room);

#endif
