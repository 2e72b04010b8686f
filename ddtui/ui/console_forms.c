/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_forms - which form an action opens, and what its fields begin with
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "consequences.h"
#include "console_state.h"
#include "libdd/base/utf8.h"

void console_open_form_of(console_t *self, form_kind_t kind, const form_about_t *about)
{
    form_t *form = form_new(kind, about, self->session, self->history);
    if (!form)
        return;
    form_destroy(&self->form);
    self->form = form;
    self->over = OVER_FORM;
}

/* The client that is meant where the user is: the selected one, or who sent the message. Who traces
   wants to know where the last notification got lost. */
static const char *likely_destination(console_t *self, action_t action, char room[DD_NAME_MAX + 1])
{
    const client_t *client = console_selected_client(self);
    const message_t *message = console_selected_message(self);
    if (action == ACT_TRACE && session_view_missed(self->session))
        return session_view_missed(self->session);
    if (message && message->source[0] != '\0')
        return message->source;
    if (!client || session_view_is_own(self->session, client->tenant, client->name))
        return NULL;
    session_view_shown_name(self->session, client->tenant, client->name, room);
    return room;
}

/* The topic of the selected row, if it has one. */
static const char *selected_topic(console_t *self, char room[DD_TOPIC_MAX + 1])
{
    page_t *page = console_page(self);
    size_t index = page_selected_index(page);
    bool has_one = index != LIST_NONE && page->ops->topic && page->ops->topic(page, index, room);
    return has_one ? room : NULL;
}

static void open_sending_form(console_t *self, action_t action)
{
    static const struct {
        action_t action;
        form_kind_t form;
    } FORMS_OF[] = {{ACT_NOTIFY, FORM_NOTIFY}, {ACT_PUBLISH, FORM_PUBLISH},
        {ACT_SUBSCRIBE, FORM_SUBSCRIBE}, {ACT_UNSUBSCRIBE, FORM_UNSUBSCRIBE},
        {ACT_TRACE, FORM_TRACE}};
    char name[DD_NAME_MAX + 1], topic[DD_TOPIC_MAX + 1];
    char own[COMPLETION_ROOM];
    form_about_t about = {0};
    if (action == ACT_NOTIFY || action == ACT_TRACE)
        about.first = likely_destination(self, action, name);
    else if (action == ACT_UNSUBSCRIBE)
        about.first =
            page_subscriptions_selected_own(pages_page(self->pages, PAGE_SUBSCRIPTIONS), own);
    else
        about.first = selected_topic(self, topic);
    for (size_t i = 0; i < sizeof FORMS_OF / sizeof FORMS_OF[0]; i++)
        if (FORMS_OF[i].action == action)
            console_open_form_of(self, FORMS_OF[i].form, &about);
}

/* ---- Files ---------------------------------------------------------------------------------- */

/* "messages-14-03-22", by the time of day. */
static void file_name(
    const char *what, int64_t wall_ms, bool with_ms, const char *end, char *out, size_t room)
{
    char time[TIME_ROOM];
    page_time(wall_ms, with_ms, time);
    for (char *at = time; *at != '\0'; at++)
        if (*at == ':')
            *at = '-';
    snprintf(out, room, "%s-%s%s", what, time, end);
}

static void open_save(console_t *self)
{
    const message_t *message = console_selected_message(self);
    char name[64];
    if (!message)
        return;
    file_name("message", message->wall_ms, true, "", name, sizeof name);
    self->to_save = message->serial;
    console_open_form_of(self, FORM_SAVE, &(form_about_t){.first = name});
}

static void open_export(console_t *self)
{
    page_t *page = console_page(self);
    char title[32], name[64];
    if (!page->list)
        return;
    snprintf(title, sizeof title, "%s", page->ops->title);
    title[0] = (char)(title[0] + ('a' - 'A'));
    file_name(title, session_view_wall_ms(self->session), false, ".json", name, sizeof name);
    console_open_form_of(self, FORM_EXPORT, &(form_about_t){.first = name});
}

/* ---- Sending a message again ---------------------------------------------------------------- */

/* Whether all of it can stand in a field. */
static bool fits_a_field(const message_t *message)
{
    return message->size == message->whole && message->size <= FORM_TEXT_MAX &&
           dd_utf8_valid(message->data, message->size) &&
           !memchr(message->data, '\0', message->size);
}

/* A notification came to this client: its own name is where it went. */
static void open_send_again(console_t *self)
{
    const message_t *message = console_selected_message(self);
    if (!message || message->kind >= MESSAGE_LOST)
        return;
    if (!fits_a_field(message)) {
        session_view_say(self->session, NOTE_WARNING,
            "this message can't be sent again from a form: it is no text, or was too long");
        return;
    }
    char *text = strndup((const char *)message->data, message->size);
    const char *own = strchr(session_view_link(self->session)->name, '.');
    bool is_publication = message->kind == MESSAGE_PUBLICATION;
    form_about_t about = {.first = is_publication ? message->topic
                                   : own          ? own + 1
                                                  : NULL,
        .second = text};
    if (text)
        console_open_form_of(self, is_publication ? FORM_PUBLISH : FORM_NOTIFY, &about);
    free(text);
}

/* ---- What operators do ---------------------------------------------------------------------- */

void console_open_ending_form(console_t *self, const client_t *client)
{
    char name[DD_NAME_MAX + 1], facts[FORM_FACTS_ROOM], id[CONSEQUENCES_ID + 1];
    snprintf(name, sizeof name, "%s.%s", client->tenant, client->name);
    snprintf(id, sizeof id, "%.*s", CONSEQUENCES_ID, client->broker_id);
    consequences_of_ending(client, facts, sizeof facts);
    bool ambiguous = consequences_client_ambiguous(self->session, client);
    console_open_form_of(self, FORM_END_CLIENT,
        &(form_about_t){.object = name,
            .broker = client->broker_id,
            .confirm = ambiguous ? id : NULL,
            .also = consequences_client_only_one(self->session, client) ? client->name : NULL,
            .facts = facts});
}

/* What it would mean to a broker, if that is to be shown. */
static void broker_facts(
    const session_view_t *session, form_kind_t kind, const broker_t *broker, char *out, size_t room)
{
    out[0] = '\0';
    if (kind == FORM_MOVE)
        consequences_of_move(session, broker, out, room);
    else if (kind == FORM_DRAIN)
        consequences_of_drain(session, broker, out, room);
}

static bool is_about(const form_t *form, const client_t *client)
{
    size_t size = strlen(client->tenant);
    return strcmp(client->broker_id, form_broker(form)) == 0 &&
           strncmp(form_object(form), client->tenant, size) == 0 &&
           form_object(form)[size] == '.' &&
           strcmp(form_object(form) + size + 1, client->name) == 0;
}

/* The tree goes on while a form is open. */
void console_refresh_form(console_t *self)
{
    char facts[FORM_FACTS_ROOM] = "";
    form_kind_t kind = form_kind(self->form);
    view_t view = kind == FORM_END_CLIENT ? VIEW_CLIENTS : VIEW_TREE;
    if (kind != FORM_END_CLIENT && kind != FORM_MOVE && kind != FORM_DRAIN)
        return;
    for (size_t i = 0; i < session_view_row_count(self->session, view); i++) {
        const void *row = session_view_row(self->session, view, i);
        if (view == VIEW_CLIENTS && is_about(self->form, row))
            consequences_of_ending(row, facts, sizeof facts);
        else if (view == VIEW_TREE &&
                 strcmp(((const broker_t *)row)->id, form_broker(self->form)) == 0)
            broker_facts(self->session, kind, row, facts, sizeof facts);
    }
    if (facts[0] != '\0')
        form_set_facts(self->form, facts);
}

void console_open_broker_form(
    console_t *self, form_kind_t kind, const broker_t *broker, const char *first)
{
    char facts[FORM_FACTS_ROOM], id[CONSEQUENCES_ID + 1], parent[DD_ENDPOINT_MAX + 1];
    snprintf(id, sizeof id, "%.*s", CONSEQUENCES_ID, broker->id);
    if (kind == FORM_MOVE && !first && consequences_other_parent(broker, parent))
        first = parent;
    broker_facts(self->session, kind, broker, facts, sizeof facts);
    bool ambiguous = consequences_broker_ambiguous(self->session, broker);
    console_open_form_of(self, kind,
        &(form_about_t){.first = first,
            .object = broker->name,
            .broker = broker->id,
            .confirm = ambiguous ? id : NULL,
            .facts = facts});
}

static void open_operator_form(console_t *self, action_t action)
{
    const client_t *client = console_selected_client(self);
    const broker_t *broker = console_selected_row(self, PAGE_TREE, VIEW_TREE);
    if (action == ACT_END_CLIENT && client)
        console_open_ending_form(self, client);
    else if (broker && action != ACT_END_CLIENT)
        console_open_broker_form(self,
            action == ACT_DRAIN  ? FORM_DRAIN
            : action == ACT_MOVE ? FORM_MOVE
                                 : FORM_LOG_LEVEL,
            broker, NULL);
    else
        session_view_say(self->session, NOTE_WARNING, "no %s is selected",
            action == ACT_END_CLIENT ? "client" : "broker");
}

bool console_open_form(console_t *self, action_t action)
{
    switch (action) {
    case ACT_SAVE:
        open_save(self);
        break;
    case ACT_EXPORT:
        open_export(self);
        break;
    case ACT_SEND_AGAIN:
        open_send_again(self);
        break;
    case ACT_END_CLIENT:
    case ACT_DRAIN:
    case ACT_LOG_LEVEL:
    case ACT_MOVE:
        open_operator_form(self, action);
        break;
    case ACT_NOTIFY:
    case ACT_PUBLISH:
    case ACT_SUBSCRIBE:
    case ACT_UNSUBSCRIBE:
    case ACT_TRACE:
        open_sending_form(self, action);
        break;
    default:
        return false;
    }
    return true;
}
