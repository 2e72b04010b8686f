/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_choice - which parents a broker may be moved to, as far as the tree shows endpoints
 */
#include "parent_choice.h"

#include <string.h>

#include "ddtui/model/parent_list.h"

typedef struct {
    completions_t *to;
    const session_view_t *session;
    const broker_t *broker; /* that is to move */
    filter_t filter;
    const char *typed;
} choice_t;

static const broker_t *find(const session_view_t *session, const char *id)
{
    size_t index = model_broker(poller_model(session_view_poller(session), VIEW_TREE), id);
    return index == SIZE_MAX ? NULL : session_view_row(session, VIEW_TREE, index);
}

/* Whoever has joined it there knows. NULL if nobody has. */
static const broker_t *broker_behind(const session_view_t *session, const char *endpoint)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *child = session_view_row(session, VIEW_TREE, i);
        const char *text = child->parents;
        listed_parent_t parent;
        while (parent_list_next(&text, &parent))
            if (listed_parent_is(&parent, "joined") && strcmp(parent.endpoint, endpoint) == 0)
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

/* mine: it is the broker's own list that has it. */
static void offer(choice_t *self, const listed_parent_t *parent, bool mine)
{
    const broker_t *behind = broker_behind(self->session, parent->endpoint);
    bool is_useless = mine && !listed_parent_is_other(parent);
    if (behind)
        is_useless |= strcmp(behind->id, self->broker->parent) == 0 ||
                      is_at_or_beneath(self->session, behind, self->broker);
    const char *note = behind                               ? behind->name
                       : listed_parent_is(parent, "silent") ? "doesn't answer"
                                                            : "";
    if (!is_useless)
        completion_add(self->to, &self->filter, self->typed, parent->endpoint, note);
}

static void offer_parents_of(choice_t *self, const broker_t *broker)
{
    const char *text = broker->parents;
    listed_parent_t parent;
    while (parent_list_next(&text, &parent))
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
