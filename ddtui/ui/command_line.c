/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command_line - what can be typed behind a ':', as data
 */
#include "command_line.h"

#include <stdio.h>
#include <string.h>

#include "keymap.h"
#include "libdd/base/escape.h"
#include "libdd/base/similar.h"

/* Lines of the history that are offered at most. */
#define HISTORY_OFFERS 4

#define NOTHING COMPLETION_NOTHING

const command_spec_t COMMAND_SPECS[COMMANDS] = {
    [COMMAND_BROKERS] = {"brokers", "[FILTER]", "the tree of brokers, or those that a filter wants",
        0, 1, true, false, 0, {NOTHING}},
    [COMMAND_CLIENTS] = {"clients", "[FILTER]", "the clients, or those that a filter wants", 0, 1,
        true, false, 0, {NOTHING}},
    [COMMAND_SUBSCRIPTIONS] = {"subscriptions", "[FILTER]", "the same for subscriptions", 0, 1,
        true, false, 0, {NOTHING}},
    [COMMAND_TOPICS] = {"topics", "[FILTER]", "the same for topics, with rates and losses", 0, 1,
        true, false, 0, {NOTHING}},
    [COMMAND_MESSAGES] = {"messages", "[FILTER]", "the same for messages", 0, 1, true, false, 0,
        {NOTHING}},
    [COMMAND_EVENTS] = {"events", "[FILTER]", "the same for events", 0, 1, true, false, 0,
        {NOTHING}},
    [COMMAND_HELP] = {"help", "", "explain all keys", 0, 0, false, false, 0, {NOTHING}},
    [COMMAND_BROKER] = {"broker", "NAME", "select a broker in the tree", 1, 1, false, false, 0,
        {COMPLETION_BROKERS}},
    [COMMAND_CLIENT] = {"client", "NAME", "select a client", 1, 1, false, false, 0,
        {COMPLETION_ALL_CLIENTS}},
    [COMMAND_TREE] = {"tree", "[NAME]", "go to another tree of ddtui.conf, or show this one", 0, 1,
        false, false, 0, {COMPLETION_TREES}},
    [COMMAND_CONNECT] = {"connect", "ENDPOINT", "connect to another broker, and keep what is known",
        1, 1, false, false, 0, {COMPLETION_ENDPOINTS}},
    [COMMAND_RELOAD] = {"reload", "", "read ddtui.conf again: keys, colours, columns and trees", 0,
        0, false, false, 0, {NOTHING}},
    [COMMAND_FILTER] = {"filter", "[FILTER]", "show only rows that a filter wants, or all again", 0,
        1, true, false, 0, {NOTHING}},
    [COMMAND_NOTIFY] = {"notify", "CLIENT TEXT", "send a notification to one client", 2, 2, true,
        true, RIGHT_SEND, {COMPLETION_CLIENTS}},
    [COMMAND_PUBLISH] = {"publish", "TOPIC TEXT", "publish a message on a topic", 2, 2, true, true,
        RIGHT_SEND, {COMPLETION_TOPICS}},
    [COMMAND_SUBSCRIBE] = {"subscribe", "TOPIC [SCOPE]", "subscribe to a topic within a scope", 1,
        2, false, false, RIGHT_SEND, {COMPLETION_TOPICS, COMPLETION_SCOPES}},
    [COMMAND_UNSUBSCRIBE] = {"unsubscribe", "TOPIC [SCOPE]", "give up one of your subscriptions", 1,
        2, false, false, RIGHT_SEND, {COMPLETION_TOPICS, COMPLETION_SCOPES}},
    [COMMAND_TRACE] = {"trace", "[CLIENT]", "follow a test notification, or show the last one", 0,
        1, false, false, 0, {COMPLETION_CLIENTS}},
    [COMMAND_MOVE] = {"move", "BROKER [ENDPOINT]", "move a broker to another parent", 1, 2, false,
        false, RIGHT_OPERATE, {COMPLETION_BROKERS, COMPLETION_PARENTS}},
    [COMMAND_DRAIN] = {"drain", "BROKER", "shut a broker down in order", 1, 1, false, false,
        RIGHT_OPERATE, {COMPLETION_BROKERS}},
    [COMMAND_END] = {"end", "TENANT.NAME", "end a client's connection", 1, 1, false, false,
        RIGHT_OPERATE, {COMPLETION_ALL_CLIENTS}},
    [COMMAND_LOG_LEVEL] = {"log-level", "BROKER [LEVEL]", "change how much a broker logs", 1, 2,
        false, false, RIGHT_OPERATE, {COMPLETION_BROKERS, COMPLETION_LEVELS}},
    [COMMAND_EXPORT] = {"export", "FILE", "write the rows that are shown to a file", 1, 1, true,
        false, 0, {NOTHING}},
    [COMMAND_SAVE] = {"save", "FILE", "write the selected message to a file", 1, 1, true, false, 0,
        {NOTHING}},
    [COMMAND_COPY] = {"copy", "", "copy the selected row, or the message", 0, 0, false, false, 0,
        {NOTHING}},
    [COMMAND_FREEZE] = {"freeze", "", "hold everything still, or let it go on", 0, 0, false, false,
        0, {NOTHING}},
    [COMMAND_MOUSE] = {"mouse", "", "leave the mouse to the terminal, or take it back", 0, 0, false,
        false, 0, {NOTHING}},
    [COMMAND_CLEAR] = {"clear", "", "forget all messages, or all events, after a question", 0, 0,
        false, false, 0, {NOTHING}},
    [COMMAND_QUIT] = {"quit", "", "end the console", 0, 0, false, false, 0, {NOTHING}},
};

static bool is_allowed(command_id_t id, unsigned rights)
{
    return (COMMAND_SPECS[id].needs & rights) == COMMAND_SPECS[id].needs;
}

/* ---- Reading -------------------------------------------------------------------------------- */

/* The next word, after blanks; at the line's end an empty one. */
static dd_bytes_t next_word(const char **at)
{
    *at += strspn(*at, " ");
    dd_bytes_t word = dd_bytes(*at, strcspn(*at, " "));
    *at += word.size;
    return word;
}

/* All that follows, without the blanks around it. */
static dd_bytes_t next_rest(const char **at)
{
    *at += strspn(*at, " ");
    dd_bytes_t rest = dd_bytes_of(*at);
    while (rest.size > 0 && rest.data[rest.size - 1] == ' ')
        rest.size--;
    *at += strlen(*at);
    return rest;
}

/* The command that a word is, or that alone begins so; COMMANDS if there is none, and then *meant
   may be one that was typed wrong, or *many is set. */
static command_id_t find(dd_bytes_t word, unsigned rights, command_id_t *meant, bool *many)
{
    command_id_t found = COMMANDS;
    size_t best = DD_SIMILAR_NOT;
    *meant = COMMANDS;
    *many = false;
    for (command_id_t id = 0; id < COMMANDS && word.size > 0; id++) {
        dd_bytes_t name = dd_bytes_of(COMMAND_SPECS[id].name);
        if (!is_allowed(id, rights))
            continue;
        if (dd_bytes_equal(name, word)) {
            *many = false;
            return id;
        }
        if (dd_similar(COMMAND_SPECS[id].name, (const char *)word.data, word.size, &best))
            *meant = id;
        if (!dd_bytes_begin(name, word))
            continue;
        *many |= found != COMMANDS;
        found = id;
    }
    return *many ? COMMANDS : found;
}

static command_id_t read_name(dd_bytes_t word, unsigned rights, char why[COMMAND_WHY_ROOM])
{
    command_id_t meant;
    bool many;
    char shown[64];
    command_id_t id = find(word, rights, &meant, &many);
    dd_escape_text(word.data, word.size, shown, sizeof shown);
    if (id < COMMANDS)
        return id;
    if (word.size == 0)
        snprintf(why, COMMAND_WHY_ROOM, "nothing was typed; Tab shows the commands");
    else if (many)
        snprintf(why, COMMAND_WHY_ROOM, ":%s can be several commands; Tab shows them", shown);
    else if (meant < COMMANDS)
        snprintf(why, COMMAND_WHY_ROOM, "there is no command :%s; did you mean :%s?", shown,
            COMMAND_SPECS[meant].name);
    else
        snprintf(why, COMMAND_WHY_ROOM, "there is no command :%s; Tab shows them", shown);
    return COMMANDS;
}

bool command_line_read(
    command_words_t *self, const char *line, unsigned rights, char why[COMMAND_WHY_ROOM])
{
    self->id = read_name(next_word(&line), rights, why);
    self->count = 0;
    memset(self->arguments, 0, sizeof self->arguments);
    if (self->id == COMMANDS)
        return false;
    const command_spec_t *spec = &COMMAND_SPECS[self->id];
    while (self->count < spec->most) {
        bool rest = spec->rest && self->count == spec->most - 1;
        dd_bytes_t word = rest ? next_rest(&line) : next_word(&line);
        if (word.size == 0)
            break;
        dd_bytes_copy(word, self->arguments[self->count++], COMMAND_LINE_ROOM);
    }
    if (self->count >= spec->least && next_word(&line).size == 0)
        return true;
    snprintf(why, COMMAND_WHY_ROOM, ":%s%s%s: write it so%s", spec->name,
        spec->arguments[0] != '\0' ? " " : "", spec->arguments, spec->most == 0 ? ", alone" : "");
    return false;
}

size_t command_line_public(const char *line, unsigned rights)
{
    const char *at = line;
    command_id_t meant;
    bool many;
    command_id_t id = find(next_word(&at), rights, &meant, &many);
    if (id == COMMANDS || !COMMAND_SPECS[id].private)
        return strlen(line);
    next_word(&at);
    return (size_t)(at - line);
}

/* ---- Completion ----------------------------------------------------------------------------- */

/* Which command the line is of, and the number of its word that is being typed, from 0 for the
   command's own; *start is where that begins. COMMANDS if the command isn't known. */
static command_id_t place(const char *line, unsigned rights, size_t *number, size_t *start)
{
    const char *at = line;
    command_id_t meant;
    bool many;
    dd_bytes_t name = next_word(&at);
    *start = (size_t)(name.data - (const uint8_t *)line);
    *number = 0;
    if (*at == '\0')
        return COMMANDS;
    command_id_t id = find(name, rights, &meant, &many);
    while (*at != '\0') {
        *start = (size_t)(next_word(&at).data - (const uint8_t *)line);
        ++*number;
    }
    return id;
}

static completion_source_t source_of(command_id_t id, size_t number)
{
    bool any = id < COMMANDS && number > 0 && number <= COMMAND_ARGUMENTS;
    return any ? COMMAND_SPECS[id].completions[number - 1] : COMPLETION_NOTHING;
}

static void offer(completions_t *self, const char *text)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->texts[i], text) == 0)
            return;
    if (self->count < COMPLETIONS_MAX)
        snprintf(self->texts[self->count++], COMPLETION_ROOM, "%s", text);
}

static void offer_commands(
    completions_t *self, const char *typed, unsigned rights, const history_t *history)
{
    size_t size = strlen(typed);
    for (size_t i = 0; i < history_count(history, HISTORY_COMMAND) && self->count < HISTORY_OFFERS;
         i++)
        if (strncmp(history_at(history, HISTORY_COMMAND, i), typed, size) == 0)
            offer(self, history_at(history, HISTORY_COMMAND, i));
    for (command_id_t id = 0; id < COMMANDS; id++)
        if (is_allowed(id, rights) && strncmp(COMMAND_SPECS[id].name, typed, size) == 0)
            offer(self, COMMAND_SPECS[id].name);
}

void command_line_complete(completions_t *self, const char *line, size_t *start, unsigned rights,
    const session_view_t *session, const history_t *history, tree_names_t trees)
{
    size_t number;
    command_id_t id = place(line, rights, &number, start);
    const char *typed = line + *start;
    completion_source_t source = source_of(id, number);
    self->count = 0;
    if (number == 0)
        offer_commands(self, typed, rights, history);
    else if (source != COMPLETION_TREES)
        completion_offer(self, source, HISTORY_NONE, session, history, typed);
    for (size_t i = 0; source == COMPLETION_TREES && trees && trees[i]; i++)
        if (strncmp(trees[i], typed, strlen(typed)) == 0)
            offer(self, trees[i]);
}

unsigned command_line_views(const char *line, unsigned rights)
{
    size_t number, start;
    command_id_t id = place(line, rights, &number, &start);
    return completion_views(source_of(id, number));
}
