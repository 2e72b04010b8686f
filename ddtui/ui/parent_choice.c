/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_choice - which parents a broker may be moved to, as far as the tree shows endpoints
 */
#include "parent_choice.h"

#include <stdio.h>
#include <string.h>

#include "ddtui/model/filter.h"

/* One of a text like "tcp://a:5555 joined, tcp://b:5555 silent". */
typedef struct {
    char endpoint[DD_ENDPOINT_MAX + 1];
    const char *health;
} parent_t;

typedef struct {
    completions_t *to;
    const session_view_t *session;
    const broker_t *broker; /* that is to move */
    filter_t filter;
    const char *typed;
} choice_t;

/* False at the end. What isn't an endpoint was cut. */
static bool next_parent(const char **text, parent_t *out)
{
    size_t size = strcspn(*text, " ,");
    dd_bytes_copy(dd_bytes(*text, size), out->endpoint, sizeof out->endpoint);
    out->health = *text + size + strspn(*text + size, " ");
    *text += strcspn(*text, ",");
    *text += strspn(*text, ", ");
    return size > 0 && dd_endpoint_check(out->endpoint, NULL) == DD_OK;
}

static bool is(const parent_t *parent, const char *health)
{
    return strncmp(parent->health, health, strlen(health)) == 0;
}

static const broker_t *find(const session_view_t *session, const char *id)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(session, VIEW_TREE, i);
        if (strcmp(broker->id, id) == 0)
            return broker;
    }
    return NULL;
}

/* Whoever has joined it there knows. NULL if nobody has. */
static const broker_t *broker_behind(const session_view_t *session, const char *endpoint)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *child = session_view_row(session, VIEW_TREE, i);
        const char *text = child->parents;
        parent_t parent;
        while (next_parent(&text, &parent))
            if (is(&parent, "joined") && strcmp(parent.endpoint, endpoint) == 0)
                return find(session, child->parent);
    }
    return NULL;
}

/* Parents that form a circle have an end, too. */
static bool is_at_or_beneath(
    const session_view_t *session, const broker_t *broker, const broker_t *above)
{
    for (size_t i = 0; broker && i <= session_view_row_count(session, VIEW_TREE); i++) {
        if (strcmp(broker->id, above->id) == 0)
            return true;
        broker = find(session, model_parent(broker));
    }
    return false;
}

static bool is_offered(const completions_t *self, const char *endpoint)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->texts[i], endpoint) == 0)
            return true;
    return false;
}

/* mine: it is the broker's own list that has it. */
static void offer(choice_t *self, const parent_t *parent, bool mine)
{
    completions_t *to = self->to;
    const broker_t *behind = broker_behind(self->session, parent->endpoint);
    bool is_useless = mine && (is(parent, "joined") || is(parent, "this broker"));
    if (behind)
        is_useless |= strcmp(behind->id, self->broker->parent) == 0 ||
                      is_at_or_beneath(self->session, behind, self->broker);
    if (is_useless || to->count == COMPLETIONS_MAX || is_offered(to, parent->endpoint) ||
        strcmp(parent->endpoint, self->typed) == 0 ||
        !filter_wants(&self->filter, parent->endpoint, strlen(parent->endpoint)))
        return;
    const char *note = behind ? behind->name : is(parent, "silent") ? "doesn't answer" : "";
    snprintf(to->notes[to->count], sizeof to->notes[0], "%s", note);
    snprintf(to->texts[to->count++], COMPLETION_ROOM, "%s", parent->endpoint);
}

static void offer_parents_of(choice_t *self, const broker_t *broker)
{
    const char *text = broker->parents;
    parent_t parent;
    while (next_parent(&text, &parent))
        offer(self, &parent, broker == self->broker);
}

void parent_choice_offer(
    completions_t *self, const session_view_t *session, const char *broker_id, const char *typed)
{
    choice_t choice = {
        .to = self, .session = session, .broker = find(session, broker_id), .typed = typed};
    self->count = 0;
    if (!choice.broker)
        return;
    filter_set(&choice.filter, typed);
    offer_parents_of(&choice, choice.broker);
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++)
        offer_parents_of(&choice, session_view_row(session, VIEW_TREE, i));
}
