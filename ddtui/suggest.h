/*
 * suggest - what a field may be filled with: from the history, and from what is live
 */
#ifndef SUGGEST_H_INCLUDED
#define SUGGEST_H_INCLUDED

#include "history.h"
#include "live.h"

#define SUGGESTIONS_MAX 64
#define SUGGESTION_ROOM HISTORY_ROOM

typedef enum {
    SUGGEST_NOTHING,
    SUGGEST_CLIENTS,
    SUGGEST_TOPICS,
    SUGGEST_SCOPES, /* words, then paths of the history, then those in the tree; all ASCII */
    SUGGEST_OWN,    /* own subscriptions: topic, two blanks, scope */
    SUGGEST_LEVELS  /* of a broker's log */
} suggest_t;

typedef struct {
    char texts[SUGGESTIONS_MAX][SUGGESTION_ROOM];
    size_t count;
} suggestions_t;

/* The views to ask for a source, as bits 1 << view. */
unsigned suggest_views(suggest_t from);

/* Fills in what holds the text that is typed already, but isn't that text: first of the history's
   kind, or HISTORY_NONE, then of what is live, in its order, nothing twice. */
void suggest(suggestions_t *self, suggest_t from, history_kind_t kind, const live_t *live,
    const history_t *history, const char *typed);

/* How SUGGEST_OWN writes a subscription. */
void suggest_own_text(const own_t *own, char out[SUGGESTION_ROOM]);

/* A scope's word for a person: "your region, /1/"; or what is wrong with it here. */
void suggest_scope_meaning(const live_t *live, const char *scope, char *out, size_t room);

#endif
