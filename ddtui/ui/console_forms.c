/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_forms - which form an action opens, and what its fields begin with
 */
#include <stdio.h>
#include <string.h>

#include "console_state.h"

static void open_form(console_t *self, form_kind_t kind, const form_about_t *about)
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

static void open_sending_form(console_t *self, action_t action)
{
    static const struct {
        action_t action;
        form_kind_t form;
    } FORMS_OF[] = {{ACT_NOTIFY, FORM_NOTIFY}, {ACT_PUBLISH, FORM_PUBLISH},
        {ACT_SUBSCRIBE, FORM_SUBSCRIBE}, {ACT_UNSUBSCRIBE, FORM_UNSUBSCRIBE},
        {ACT_TRACE, FORM_TRACE}};
    char name[DD_NAME_MAX + 1];
    char own[COMPLETION_ROOM];
    form_about_t about = {0};
    const message_t *message = console_selected_message(self);
    if (action == ACT_NOTIFY || action == ACT_TRACE)
        about.first = likely_destination(self, action, name);
    else if (action == ACT_UNSUBSCRIBE)
        about.first =
            page_subscriptions_selected_own(pages_page(self->pages, PAGE_SUBSCRIPTIONS), own);
    else if (message && message->topic[0] != '\0')
        about.first = message->topic;
    for (size_t i = 0; i < sizeof FORMS_OF / sizeof FORMS_OF[0]; i++)
        if (FORMS_OF[i].action == action)
            open_form(self, FORMS_OF[i].form, &about);
}

static void open_save(console_t *self)
{
    const message_t *message = console_selected_message(self);
    char name[64], time[TIME_ROOM];
    if (!message)
        return;
    page_time(message->wall_ms, true, time);
    for (char *at = time; *at != '\0'; at++)
        if (*at == ':')
            *at = '-';
    snprintf(name, sizeof name, "message-%s", time);
    self->to_save = message->serial;
    open_form(self, FORM_SAVE, &(form_about_t){.first = name});
}

static void open_operator_form(console_t *self, action_t action)
{
    const client_t *client = console_selected_client(self);
    const broker_t *broker = console_selected_row(self, PAGE_TREE, VIEW_TREE);
    char name[DD_NAME_MAX + 1];
    if (action == ACT_END_CLIENT && client) {
        snprintf(name, sizeof name, "%s.%s", client->tenant, client->name);
        open_form(
            self, FORM_END_CLIENT, &(form_about_t){.object = name, .broker = client->broker_id});
    } else if (broker && action != ACT_END_CLIENT) {
        open_form(self, action == ACT_DRAIN ? FORM_DRAIN : FORM_LOG_LEVEL,
            &(form_about_t){.object = broker->name, .broker = broker->id});
    }
}

void console_open_form(console_t *self, action_t action)
{
    if (action == ACT_SAVE)
        open_save(self);
    else if (action == ACT_END_CLIENT || action == ACT_DRAIN || action == ACT_LOG_LEVEL)
        open_operator_form(self, action);
    else
        open_sending_form(self, action);
}
