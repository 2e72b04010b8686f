/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_commands - carries out what a form asks for
 */
#include "console_commands.h"

#include <stdio.h>
#include <string.h>

#include "ddtui/home_path.h"
#include "ddtui/ui/export.h"
#include "libdd/base/escape.h"
#include "new_file.h"

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

/* ---- Files ---------------------------------------------------------------------------------- */

static bool write_payload(void *arg, FILE *out)
{
    const message_t *message = arg;
    return fwrite(message->data, 1, message->size, out) == message->size;
}

static bool write_rows(void *arg, FILE *out)
{
    const doing_t *self = arg;
    return export_rows(console_exported(self->console), export_format_of(self->command->name), out);
}

/* Notes where it is, or why there is nothing. */
static dd_error_t write_file(
    doing_t *self, const char *done, new_file_content_t *content, void *arg)
{
    dd_problem_t problem;
    char path[PATH_MAX], shown[1024];
    if (!home_path(self->command->name, path, &problem) ||
        new_file_write(path, content, arg, &problem) != DD_OK) {
        dd_escape_text(problem.text, strlen(problem.text), self->why, CONSOLE_COMMAND_WHY_ROOM);
        return problem.error;
    }
    dd_escape_text(path, strlen(path), shown, sizeof shown);
    session_view_say(self->session, NOTE_GOOD, "%s to %s", done, shown);
    return DD_OK;
}

static dd_error_t save(doing_t *self)
{
    message_t message;
    const message_t *kept = console_message_to_save(self->console);
    if (!kept) {
        snprintf(self->why, CONSOLE_COMMAND_WHY_ROOM, "the message is no longer there");
        return DD_E_ARGUMENT;
    }
    message = *kept;
    return write_file(self, "saved", write_payload, &message);
}

static dd_error_t export(doing_t *self)
{
    char done[64];
    page_t *page = console_exported(self->console);
    page_update(page);
    snprintf(done, sizeof done, "%zu rows exported", list_count(page->list));
    return write_file(self, done, write_rows, self);
}

/* ---- Orders --------------------------------------------------------------------------------- */

static dd_error_t control(doing_t *self)
{
    static const char *const WHAT[] = {[FORM_END_CLIENT] = "end-client",
        [FORM_DRAIN] = "drain",
        [FORM_LOG_LEVEL] = "log-level",
        [FORM_MOVE] = "move"};
    const command_t *command = self->command;
    const char *argument = command->kind == FORM_LOG_LEVEL ? command->level
                           : command->kind == FORM_MOVE    ? command->endpoint
                                                           : command->name;
    uint32_t ref = 0;
    dd_error_t error =
        dd_client_control(self->client, command->broker, WHAT[command->kind], argument, &ref);
    if (error == DD_OK)
        session_view_controlled(self->session, ref, WHAT[command->kind], command->name);
    return error;
}

static dd_error_t (*const DO[FORMS])(doing_t *self) = {
    [FORM_NOTIFY] = notify,
    [FORM_PUBLISH] = publish,
    [FORM_SUBSCRIBE] = subscribe,
    [FORM_UNSUBSCRIBE] = unsubscribe,
    [FORM_TRACE] = trace,
    [FORM_SAVE] = save,
    [FORM_EXPORT] = export,
    [FORM_END_CLIENT] = control,
    [FORM_DRAIN] = control,
    [FORM_LOG_LEVEL] = control,
    [FORM_MOVE] = control,
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
