/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_do - what typed commands do
 *
 * What a key does, too, is left to that key's action; what a form does is put into that form, which
 * then stays open if something is wrong with it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "consequences.h"
#include "console_state.h"
#include "libdd/base/escape.h"
#include "libdd/base/similar.h"
#include "libdd/protocol/scope.h"

/* A command that is being carried out. */
typedef struct {
    console_t *console;
    const command_words_t *words;
    unsigned flags; /* for whoever gave the key */
    bool refused;
} doing_t;

/* Does what only it does, and returns what is left to a key's action. */
typedef action_t(do_t)(doing_t *self);

/* The same for all commands that do nothing else. */
static const action_t ACTIONS[COMMANDS] = {
    [COMMAND_HELP] = ACT_GO_HELP,
    [COMMAND_COPY] = ACT_COPY,
    [COMMAND_FREEZE] = ACT_FREEZE,
    [COMMAND_MOUSE] = ACT_MOUSE,
    [COMMAND_CLEAR] = ACT_CLEAR,
    [COMMAND_QUIT] = ACT_QUIT,
};

static const char *argument(const doing_t *self, size_t number)
{
    return number < self->words->count ? self->words->arguments[number] : NULL;
}

static __attribute__((format(printf, 2, 3))) action_t refuse(doing_t *self, const char *format, ...)
{
    va_list arguments;
    char text[NOTE_ROOM];
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    session_view_say(self->console->session, NOTE_BAD, "%s", text);
    self->refused = true;
    return ACT_NONE;
}

/* ---- Pages ---------------------------------------------------------------------------------- */

static action_t filter(doing_t *self)
{
    const char *text = argument(self, 0) ? argument(self, 0) : "";
    query_t query = {0};
    query_set(&query, text);
    if (query.problem[0] != '\0')
        refuse(self, "that is no filter: %s", query.problem);
    else
        page_set_filter(console_page(self->console), text);
    query_clear(&query);
    return ACT_NONE;
}

static action_t show(doing_t *self)
{
    static const page_number_t PAGES_OF[COMMANDS] = {
        [COMMAND_BROKERS] = PAGE_TREE,
        [COMMAND_CLIENTS] = PAGE_CLIENTS,
        [COMMAND_SUBSCRIPTIONS] = PAGE_SUBSCRIPTIONS,
        [COMMAND_TOPICS] = PAGE_TOPICS,
        [COMMAND_MESSAGES] = PAGE_MESSAGES,
        [COMMAND_EVENTS] = PAGE_EVENTS,
    };
    console_show_page(self->console, PAGES_OF[self->words->id]);
    return filter(self);
}

static action_t clear(doing_t *self)
{
    bool can = keymap_allows(ACT_CLEAR, console_where(self->console), self->console->rights);
    return can ? ACT_CLEAR : refuse(self, "only messages and events can be cleared");
}

/* ---- Rows by their names -------------------------------------------------------------------- */

/* Of which view a row is, and what it may be called. */
typedef struct {
    page_number_t page;
    view_t view;
    const char *what;
} kind_t;

static const kind_t BROKERS = {PAGE_TREE, VIEW_TREE, "broker"};
static const kind_t CLIENTS = {PAGE_CLIENTS, VIEW_CLIENTS, "client"};

static void name_of(const kind_t *kind, const void *row, char out[DD_NAME_MAX + 1])
{
    const client_t *client = row;
    if (kind->view == VIEW_TREE)
        snprintf(out, DD_NAME_MAX + 1, "%s", ((const broker_t *)row)->name);
    else
        snprintf(out, DD_NAME_MAX + 1, "%s.%s", client->tenant, client->name);
}

static bool is_heard(const kind_t *kind, const void *row)
{
    return kind->view == VIEW_TREE ? ((const broker_t *)row)->silent_ms == 0
                                   : ((const client_t *)row)->silent_ms == 0;
}

/* A client's name may be typed as it is shown. */
static bool is_called(
    const session_view_t *session, const kind_t *kind, const void *row, const char *typed)
{
    char name[DD_NAME_MAX + 1], shown[DD_NAME_MAX + 1] = "";
    const client_t *client = row;
    name_of(kind, row, name);
    if (kind->view == VIEW_CLIENTS)
        session_view_shown_name(session, client->tenant, client->name, shown);
    return strcmp(name, typed) == 0 || strcmp(shown, typed) == 0;
}

/* The row of a name, of several one that is heard of, and how many of these there are; SIZE_MAX if
   there is none. */
static size_t find(doing_t *self, const kind_t *kind, const char *typed, size_t *heard)
{
    const session_view_t *session = self->console->session;
    size_t found = SIZE_MAX;
    *heard = 0;
    for (size_t i = 0; i < session_view_row_count(session, kind->view); i++) {
        const void *row = session_view_row(session, kind->view, i);
        if (!is_called(session, kind, row, typed))
            continue;
        if (found == SIZE_MAX || (is_heard(kind, row) && *heard == 0))
            found = i;
        *heard += is_heard(kind, row);
    }
    return found;
}

static action_t refuse_name(doing_t *self, const kind_t *kind, const char *typed)
{
    const session_view_t *session = self->console->session;
    char meant[DD_NAME_MAX + 1] = "", shown[DD_ESCAPE_MAX * DD_NAME_MAX + 1];
    size_t best = DD_SIMILAR_NOT;
    for (size_t i = 0; i < session_view_row_count(session, kind->view); i++) {
        char name[DD_NAME_MAX + 1];
        name_of(kind, session_view_row(session, kind->view, i), name);
        if (dd_similar(name, typed, strlen(typed), &best))
            memcpy(meant, name, sizeof meant);
    }
    dd_escape_text(typed, strlen(typed), shown, sizeof shown);
    if (meant[0] == '\0')
        return refuse(self, "no %s %s is known here", kind->what, shown);
    char other[DD_ESCAPE_MAX * DD_NAME_MAX + 1];
    dd_escape_text(meant, strlen(meant), other, sizeof other);
    return refuse(self, "no %s %s is known here; did you mean %s?", kind->what, shown, other);
}

/* The row of the command's first argument, if that is nobody else's name; else NULL, and why. */
static const void *only_one(doing_t *self, const kind_t *kind)
{
    size_t heard, index = find(self, kind, argument(self, 0), &heard);
    char shown[DD_ESCAPE_MAX * DD_NAME_MAX + 1];
    if (index == SIZE_MAX) {
        refuse_name(self, kind, argument(self, 0));
        return NULL;
    }
    if (heard < 2)
        return session_view_row(self->console->session, kind->view, index);
    dd_escape_text(argument(self, 0), strlen(argument(self, 0)), shown, sizeof shown);
    refuse(self, "%zu %ss are called %s: select the one that is meant, and press its key", heard,
        kind->what, shown);
    return NULL;
}

static action_t select_row(doing_t *self, const kind_t *kind)
{
    size_t heard, index = find(self, kind, argument(self, 0), &heard);
    if (index == SIZE_MAX)
        return refuse_name(self, kind, argument(self, 0));
    console_show_page(self->console, kind->page);
    page_select_index(console_page(self->console), index, argument(self, 0));
    return ACT_NONE;
}

static action_t broker(doing_t *self)
{
    return select_row(self, &BROKERS);
}

static action_t client(doing_t *self)
{
    return select_row(self, &CLIENTS);
}

/* ---- Forms ---------------------------------------------------------------------------------- */

/* Fills a form, and has it done. */
static action_t fill(doing_t *self, form_kind_t kind, const char *second)
{
    form_about_t about = {.first = argument(self, 0), .second = second};
    console_open_form_of(self->console, kind, &about);
    if (self->console->over == OVER_FORM && form_submit(self->console->form) == FORM_READY)
        self->flags |= CONSOLE_COMMAND;
    return ACT_NONE;
}

static action_t send(doing_t *self)
{
    return fill(
        self, self->words->id == COMMAND_NOTIFY ? FORM_NOTIFY : FORM_PUBLISH, argument(self, 1));
}

static action_t subscribe(doing_t *self)
{
    return fill(self, FORM_SUBSCRIBE, argument(self, 1));
}

/* The one that is meant, as the form wants it; of several the scope says which. */
static action_t unsubscribe(doing_t *self)
{
    const own_subscriptions_t *owns = session_view_own_subscriptions(self->console->session);
    const char *topic = argument(self, 0), *scope = argument(self, 1);
    char text[COMPLETION_ROOM];
    size_t count = 0;
    for (size_t i = 0; i < owns->count; i++) {
        const own_subscription_t *own = &owns->rows[i];
        if (strcmp(own->topic, topic) != 0 || (scope && strcmp(own->scope, scope) != 0 &&
                                                  strcmp(dd_scope_word(own->scope), scope) != 0))
            continue;
        completion_own_text(own, text);
        count++;
    }
    if (count != 1)
        return refuse(self, count == 0 ? "that is none of your subscriptions"
                                       : "you have several of these: write the scope, too");
    console_open_form_of(self->console, FORM_UNSUBSCRIBE, &(form_about_t){.first = text});
    if (self->console->over == OVER_FORM && form_submit(self->console->form) == FORM_READY)
        self->flags |= CONSOLE_COMMAND;
    return ACT_NONE;
}

static action_t trace(doing_t *self)
{
    if (!argument(self, 0))
        return ACT_GO_TRACE;
    if (!(self->console->rights & RIGHT_SEND))
        return refuse(self, "%s", console_why_not(self->console, RIGHT_SEND));
    return fill(self, FORM_TRACE, NULL);
}

/* Operators' orders are confirmed in their forms. */
static action_t order_broker(doing_t *self)
{
    static const form_kind_t FORMS_OF[COMMANDS] = {[COMMAND_MOVE] = FORM_MOVE,
        [COMMAND_DRAIN] = FORM_DRAIN,
        [COMMAND_LOG_LEVEL] = FORM_LOG_LEVEL};
    const broker_t *row = only_one(self, &BROKERS);
    if (row)
        console_open_broker_form(self->console, FORMS_OF[self->words->id], row, argument(self, 1));
    return ACT_NONE;
}

static action_t end_client(doing_t *self)
{
    const client_t *row = only_one(self, &CLIENTS);
    if (row)
        console_open_ending_form(self->console, row);
    return ACT_NONE;
}

static action_t export(doing_t *self)
{
    if (!console_page(self->console)->list)
        return refuse(self, "this screen has no rows to export");
    return fill(self, FORM_EXPORT, NULL);
}

static action_t save(doing_t *self)
{
    const message_t *message = console_selected_message(self->console);
    if (!message)
        return refuse(self, "no message is selected; :export writes the rows of a list");
    self->console->to_save = message->serial;
    return fill(self, FORM_SAVE, NULL);
}

/* ---- Trees ---------------------------------------------------------------------------------- */

static action_t tree(doing_t *self)
{
    console_t *console = self->console;
    const char *name = argument(self, 0);
    char shown[DD_ESCAPE_MAX * TREE_NAME_MAX + 1];
    if (!name)
        return ACT_GO_TREE;
    for (size_t i = 0; console->trees && console->trees[i]; i++) {
        if (strcmp(console->trees[i], name) != 0)
            continue;
        dd_bytes_copy(dd_bytes_of(name), console->wanted_tree, sizeof console->wanted_tree);
        self->flags |= CONSOLE_TREE;
        return ACT_NONE;
    }
    dd_escape_text(name, strlen(name), shown, sizeof shown);
    return refuse(self, "ddtui.conf has no tree %s%s", shown,
        console->trees && console->trees[0] ? "; Tab shows those it has" : ": it names none");
}

/* One endpoint, or several with commas between them. */
static action_t connect_to(doing_t *self)
{
    dd_problem_t problem;
    char why[DD_ESCAPE_MAX * sizeof problem.text];
    dd_endpoints_t endpoints = {0};
    console_t *console = self->console;
    if (dd_endpoints_add(&endpoints, argument(self, 0), &problem) != DD_OK) {
        dd_escape_text(problem.text, strlen(problem.text), why, sizeof why);
        return refuse(self, "%s", why);
    }
    dd_endpoints_write(&endpoints, console->wanted_endpoint, sizeof console->wanted_endpoint);
    self->flags |= CONSOLE_CONNECT;
    return ACT_NONE;
}

static action_t reload(doing_t *self)
{
    self->flags |= CONSOLE_RELOAD;
    return ACT_NONE;
}

/* ---- The whole ------------------------------------------------------------------------------ */

static do_t *const DO[COMMANDS] = {
    [COMMAND_BROKERS] = show,
    [COMMAND_CLIENTS] = show,
    [COMMAND_SUBSCRIPTIONS] = show,
    [COMMAND_TOPICS] = show,
    [COMMAND_MESSAGES] = show,
    [COMMAND_EVENTS] = show,
    [COMMAND_BROKER] = broker,
    [COMMAND_CLIENT] = client,
    [COMMAND_TREE] = tree,
    [COMMAND_CONNECT] = connect_to,
    [COMMAND_RELOAD] = reload,
    [COMMAND_FILTER] = filter,
    [COMMAND_NOTIFY] = send,
    [COMMAND_PUBLISH] = send,
    [COMMAND_SUBSCRIBE] = subscribe,
    [COMMAND_UNSUBSCRIBE] = unsubscribe,
    [COMMAND_TRACE] = trace,
    [COMMAND_MOVE] = order_broker,
    [COMMAND_DRAIN] = order_broker,
    [COMMAND_END] = end_client,
    [COMMAND_LOG_LEVEL] = order_broker,
    [COMMAND_EXPORT] = export,
    [COMMAND_SAVE] = save,
    [COMMAND_CLEAR] = clear,
};

/* Of a command that isn't there for this user. */
static unsigned missing_rights(const char *line, unsigned rights)
{
    command_words_t words;
    char why[COMMAND_WHY_ROOM];
    command_line_read(&words, line, RIGHT_SEND | RIGHT_OPERATE, why);
    return words.id < COMMANDS ? COMMAND_SPECS[words.id].needs & ~rights : 0;
}

action_t console_do(console_t *self, const char *line, unsigned *flags)
{
    command_words_t words;
    char why[COMMAND_WHY_ROOM];
    doing_t doing = {.console = self, .words = &words};
    if (line[strspn(line, " ")] == '\0')
        return ACT_NONE;
    if (!command_line_read(&words, line, self->rights, why)) {
        unsigned needs = missing_rights(line, self->rights);
        refuse(&doing, "%s", needs != 0 ? console_why_not(self, needs) : why);
        return ACT_NONE;
    }
    action_t left = DO[words.id] ? DO[words.id](&doing) : ACTIONS[words.id];
    *flags |= doing.flags;
    if (!doing.refused)
        console_line_remember(self, line);
    return left;
}
