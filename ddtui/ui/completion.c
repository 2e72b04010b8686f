/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * completion - what a field may be filled with: from the history, and from the session view
 */
#include "completion.h"

#include <stdio.h>
#include <string.h>

#include "ddtui/model/parent_list.h"
#include "libdd/base/log_level.h"
#include "libdd/protocol/scope.h"

/* What is filled in, and what of it is wanted. */
typedef struct {
    completions_t *to;
    const session_view_t *session;
    const history_t *history;
    filter_t filter;
    const char *typed;
    const char *note; /* of what is offered */
} search_t;

void completion_add(completions_t *self, const filter_t *filter, const char *typed,
    const char *text, const char *note)
{
    if (self->count == COMPLETIONS_MAX || strcmp(text, typed) == 0 ||
        !filter_wants(filter, text, strlen(text)))
        return;
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->texts[i], text) == 0)
            return;
    snprintf(self->notes[self->count], sizeof self->notes[0], "%s", note);
    snprintf(self->texts[self->count++], COMPLETION_ROOM, "%s", text);
}

static void offer(search_t *self, const char *text)
{
    completion_add(self->to, &self->filter, self->typed, text, self->note);
}

/* ---- Sources -------------------------------------------------------------------------------- */

static void offer_clients(search_t *self)
{
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_CLIENTS); i++) {
        const client_t *client = session_view_row(self->session, VIEW_CLIENTS, i);
        char name[DD_NAME_MAX + 1];
        if (client->silent_ms > 0 ||
            session_view_is_own(self->session, client->tenant, client->name))
            continue;
        session_view_shown_name(self->session, client->tenant, client->name, name);
        offer(self, name);
    }
}

/* Whether it is a client of the last reports; without any, nobody knows. */
static bool is_there(const search_t *self, const char *text)
{
    size_t size = strlen(text);
    if (!poller_last(session_view_poller(self->session), VIEW_CLIENTS)->any)
        return true;
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_CLIENTS); i++) {
        const client_t *client = session_view_row(self->session, VIEW_CLIENTS, i);
        size_t end = strlen(client->name);
        char name[DD_NAME_MAX + 1];
        if (client->silent_ms > 0 || end > size || strcmp(text + size - end, client->name) != 0)
            continue;
        session_view_shown_name(self->session, client->tenant, client->name, name);
        if (strcmp(name, text) == 0)
            return true;
    }
    return false;
}

/* Of names of clients those that are there, or those that aren't; others all. */
static void offer_history(search_t *self, completion_source_t from, history_kind_t kind, bool there)
{
    for (size_t i = 0; kind != HISTORY_NONE && i < history_count(self->history, kind); i++) {
        const char *text = history_at(self->history, kind, i);
        if (from != COMPLETION_CLIENTS || is_there(self, text) == there)
            offer(self, text);
    }
}

static void offer_all_clients(search_t *self)
{
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_CLIENTS); i++) {
        const client_t *client = session_view_row(self->session, VIEW_CLIENTS, i);
        char name[DD_NAME_MAX + 1];
        snprintf(name, sizeof name, "%s.%s", client->tenant, client->name);
        if (client->silent_ms == 0)
            offer(self, name);
    }
}

static void offer_brokers(search_t *self)
{
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(self->session, VIEW_TREE, i);
        offer(self, broker->name);
    }
}

static void offer_parents(search_t *self)
{
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(self->session, VIEW_TREE, i);
        const char *text = broker->parents;
        listed_parent_t parent;
        while (parent_list_next(&text, &parent))
            offer(self, parent.endpoint);
    }
}

/* Where the console is, or was, comes last. */
static void offer_endpoints(search_t *self)
{
    const char *own = session_view_link(self->session)->endpoint;
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(self->session, VIEW_TREE, i);
        const char *text = broker->parents;
        listed_parent_t parent;
        while (parent_list_next(&text, &parent))
            if (strcmp(parent.endpoint, own) != 0)
                offer(self, parent.endpoint);
    }
    if (own[0] != '\0')
        offer(self, own);
}

static void offer_topics(search_t *self)
{
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_SUBSCRIPTIONS); i++) {
        const subscription_t *row = session_view_row(self->session, VIEW_SUBSCRIPTIONS, i);
        offer(self, row->topic);
    }
}

static void offer_words(search_t *self, const char *const words[])
{
    for (size_t i = 0; words[i]; i++)
        offer(self, words[i]);
}

static void offer_scopes(search_t *self)
{
    offer_words(self, DD_SCOPE_WORDS);
    for (size_t i = 0; i < history_count(self->history, HISTORY_SCOPE); i++) {
        const char *text = history_at(self->history, HISTORY_SCOPE, i);
        dd_scope_t scope;
        if (text[0] == '/' && dd_scope_parse_pattern(&scope, dd_bytes_of(text)))
            offer(self, scope.text);
    }
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(self->session, VIEW_TREE, i);
        dd_scope_t scope;
        if (dd_scope_parse(&scope, dd_bytes_of(broker->scope)))
            offer(self, scope.text);
    }
}

void completion_own_text(const own_subscription_t *own, char out[COMPLETION_ROOM])
{
    snprintf(out, COMPLETION_ROOM, "%s  %s", own->topic, dd_scope_word(own->scope));
}

static void offer_own(search_t *self)
{
    const own_subscriptions_t *owns = session_view_own_subscriptions(self->session);
    for (size_t i = 0; i < owns->count; i++) {
        char text[COMPLETION_ROOM];
        completion_own_text(&owns->rows[i], text);
        offer(self, text);
    }
}

static void offer_levels(search_t *self)
{
    offer_words(self, DD_LOG_LEVEL_NAMES);
}

static const struct {
    unsigned views;
    void (*offer)(search_t *self);
} SOURCES[] = {
    [COMPLETION_NOTHING] = {0, NULL},
    [COMPLETION_CLIENTS] = {1u << VIEW_CLIENTS, offer_clients},
    [COMPLETION_TOPICS] = {1u << VIEW_SUBSCRIPTIONS, offer_topics},
    [COMPLETION_SCOPES] = {1u << VIEW_TREE, offer_scopes},
    [COMPLETION_OWN] = {0, offer_own},
    [COMPLETION_LEVELS] = {0, offer_levels},
    [COMPLETION_BROKERS] = {1u << VIEW_TREE, offer_brokers},
    [COMPLETION_PARENTS] = {1u << VIEW_TREE, offer_parents},
    [COMPLETION_ENDPOINTS] = {1u << VIEW_TREE, offer_endpoints},
    [COMPLETION_ALL_CLIENTS] = {1u << VIEW_CLIENTS, offer_all_clients},
    [COMPLETION_TREES] = {0, NULL},
};

unsigned completion_views(completion_source_t from)
{
    return SOURCES[from].views;
}

void completion_offer(completions_t *self, completion_source_t from, history_kind_t kind,
    const session_view_t *session, const history_t *history, const char *typed)
{
    search_t search = {
        .to = self, .session = session, .history = history, .typed = typed, .note = ""};
    self->count = 0;
    filter_set(&search.filter, typed);
    offer_history(&search, from, kind, true);
    if (SOURCES[from].offer)
        SOURCES[from].offer(&search);
    search.note = "(isn't there now)";
    if (from == COMPLETION_CLIENTS)
        offer_history(&search, from, kind, false);
}

void completion_offer_folders(
    completions_t *self, const history_t *history, const char *name, const char *typed)
{
    search_t search = {.to = self, .history = history, .typed = typed, .note = ""};
    self->count = 0;
    filter_set(&search.filter, typed);
    for (size_t i = 0; i < history_count(history, HISTORY_FILE); i++) {
        char path[COMPLETION_ROOM];
        const char *text = history_at(history, HISTORY_FILE, i), *end = strrchr(text, '/');
        int size = end ? snprintf(path, sizeof path, "%.*s/%s", (int)(end - text), text, name) : 0;
        if (size > 0 && (size_t)size < sizeof path)
            offer(&search, path);
    }
}

/* ---- Scopes --------------------------------------------------------------------------------- */

void completion_scope_meaning(
    const session_view_t *session, const char *text, char *out, size_t room)
{
    static const struct {
        const char *scope;
        const char *meaning;
    } MEANINGS[] = {{"/", "everything"}, {"/*/", "your region"}, {"/*/*/", "your cluster"},
        {"/*/*/*/", "your node"}, {DD_NOSCOPE, "topics that begin with it, from anywhere"}};
    dd_scope_t pattern, here, path;
    const link_t *link = session_view_link(session);
    if (!dd_scope_parse_pattern(&pattern, dd_bytes_of(text))) {
        snprintf(out, room, "no scope: a word of the list, or a path like /1/2/ or /1/*/");
        return;
    }
    const char *meaning = "what is sent there";
    for (size_t i = 0; i < sizeof MEANINGS / sizeof MEANINGS[0]; i++)
        if (strcmp(pattern.text, MEANINGS[i].scope) == 0)
            meaning = MEANINGS[i].meaning;
    if (!dd_scope_parse(&here, dd_bytes_of(link->scope)))
        snprintf(out, room, "%s", meaning);
    else if (!dd_scope_resolve(&path, &pattern, &here))
        snprintf(out, room, "deeper than this broker's scope, %s", here.text);
    else
        snprintf(out, room, "%s%s%s", meaning, path.text[0] == '/' ? ": " : "",
            path.text[0] == '/' ? path.text : "");
}
