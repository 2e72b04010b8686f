/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_commands - carries out what a form asks for
 */
#include "console_commands.h"

#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/problem.h"
#include "save_message.h"

/* What a command is carried out with. */
typedef struct {
    const command_t *command;
    dd_client_t *client;
    session_view_t *session;
    console_t *console;
    char *why;
} doing_t;

static dd_error_t notify(doing_t *self)
{
    const command_t *command = self->command;
    uint32_t ref = 0;
    dd_error_t error = dd_client_notify(self->client, command->name, command->text,
        strlen(command->text), command->receipt ? DD_WANT_RECEIPT : DD_WANT_OUTCOME, &ref);
    if (error == DD_OK)
        session_view_sent(self->session, ref, command->name, command->receipt);
    return error;
}

static dd_error_t publish(doing_t *self)
{
    const command_t *command = self->command;
    char topic[4 * DD_TOPIC_MAX + 1];
    size_t size = strlen(command->text);
    dd_error_t error = dd_client_publish(self->client, command->name, command->text, size);
    dd_escape_text(command->name, strlen(command->name), topic, sizeof topic);
    if (error == DD_OK)
        session_view_note(self->session, NOTE_GOOD, "published %zu bytes on %s", size, topic);
    return error;
}

static dd_error_t subscribe(doing_t *self)
{
    const command_t *command = self->command;
    dd_error_t error = dd_client_subscribe(self->client, command->name, command->scope);
    if (error == DD_OK)
        session_view_subscribed(self->session, command->name, command->scope);
    return error;
}

static dd_error_t unsubscribe(doing_t *self)
{
    const command_t *command = self->command;
    dd_error_t error = dd_client_unsubscribe(self->client, command->name, command->scope);
    if (error == DD_OK)
        session_view_unsubscribed(self->session, command->name, command->scope);
    return error;
}

static dd_error_t trace(doing_t *self)
{
    uint32_t ref = 0;
    dd_error_t error = dd_client_trace(self->client, self->command->name, &ref);
    if (error == DD_OK)
        session_view_traced(self->session, ref, self->command->name);
    return error;
}

static dd_error_t save_selected(doing_t *self, dd_problem_t *problem)
{
    const message_t *message = console_message_to_save(self->console);
    return message ? save_message(message, self->command->name, problem)
                   : dd_problem(problem, DD_E_ARGUMENT, "the message is no longer there");
}

static dd_error_t save(doing_t *self)
{
    dd_problem_t problem;
    char path[1024];
    if (save_selected(self, &problem) != DD_OK) {
        dd_escape_text(problem.text, strlen(problem.text), self->why, CONSOLE_COMMAND_WHY_ROOM);
        return problem.error;
    }
    dd_escape_text(self->command->name, strlen(self->command->name), path, sizeof path);
    session_view_note(self->session, NOTE_GOOD, "saved to %s", path);
    return DD_OK;
}

static dd_error_t control(doing_t *self)
{
    static const char *const WHAT[] = {
        [FORM_END_CLIENT] = "end-client", [FORM_DRAIN] = "drain", [FORM_LOG_LEVEL] = "log-level"};
    const command_t *command = self->command;
    const char *what = WHAT[command->kind];
    bool level = command->kind == FORM_LOG_LEVEL;
    uint32_t ref = 0;
    dd_error_t error = dd_client_control(
        self->client, command->broker, what, level ? command->level : command->name, &ref);
    if (error == DD_OK)
        session_view_controlled(self->session, ref, what, command->name);
    return error;
}

static dd_error_t (*const DO[FORMS])(doing_t *self) = {
    [FORM_NOTIFY] = notify,
    [FORM_PUBLISH] = publish,
    [FORM_SUBSCRIBE] = subscribe,
    [FORM_UNSUBSCRIBE] = unsubscribe,
    [FORM_TRACE] = trace,
    [FORM_SAVE] = save,
    [FORM_END_CLIENT] = control,
    [FORM_DRAIN] = control,
    [FORM_LOG_LEVEL] = control,
};

bool console_commands_run(const command_t *command, dd_client_t *client, session_view_t *session,
    console_t *console, char why[CONSOLE_COMMAND_WHY_ROOM])
{
    doing_t doing = {command, client, session, console, why};
    why[0] = '\0';
    dd_error_t error = DO[command->kind](&doing);
    if (error != DD_OK && why[0] == '\0')
        snprintf(why, CONSOLE_COMMAND_WHY_ROOM, "not done: %s", dd_strerror(error));
    return error == DD_OK;
}
