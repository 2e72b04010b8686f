/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * consequences - what an operator's order would mean, in words, and who is meant by it
 */
#include "consequences.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ddtui/model/columns.h"
#include "ddtui/model/parent_list.h"
#include "libdd/base/escape.h"

/* Cells of a line: no more are shown. */
#define LINE_WIDTH 66

/* ---- Lines ---------------------------------------------------------------------------------- */

typedef struct {
    char *out;
    size_t room;
    size_t used;
} lines_t;

static __attribute__((format(printf, 2, 3))) void add(lines_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(self->out + self->used, self->room - self->used, format, arguments);
    va_end(arguments);
    self->used += (size_t)size < self->room - self->used ? (size_t)size : 0;
    self->out[self->used] = '\0';
}

static void add_shown(lines_t *self, const char *text)
{
    self->used +=
        dd_escape_text(text, strlen(text), self->out + self->used, self->room - self->used);
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* ---- The tree ------------------------------------------------------------------------------- */

static const broker_t *broker_at(const session_view_t *session, size_t index)
{
    return session_view_row(session, VIEW_TREE, index);
}

static size_t find_broker(const session_view_t *session, const char *id)
{
    size_t index = 0, count = session_view_row_count(session, VIEW_TREE);
    while (index < count && strcmp(broker_at(session, index)->id, id) != 0)
        index++;
    return index;
}

/* How many there are beneath a broker: it stands right before them, and they are deeper. */
static size_t count_beneath(const session_view_t *session, size_t index)
{
    size_t count = session_view_row_count(session, VIEW_TREE), end = index + 1;
    while (index < count && end < count &&
           broker_at(session, end)->depth > broker_at(session, index)->depth)
        end++;
    return index < count ? end - index - 1 : 0;
}

/* "2 brokers beneath it: leaf, twin", as far as a line has room. */
static void add_beneath(lines_t *self, const session_view_t *session, const broker_t *broker)
{
    size_t index = find_broker(session, broker->id), count = count_beneath(session, index);
    size_t start = self->used, i = 0;
    if (count == 0) {
        add(self, "no broker is beneath it");
        return;
    }
    add(self, "%zu broker%s beneath it: ", count, plural(count));
    while (i < count && self->used - start < LINE_WIDTH / 2) {
        add(self, "%s", i > 0 ? ", " : "");
        add_shown(self, broker_at(session, index + 1 + i++)->name);
    }
    if (i < count)
        add(self, " and %zu more", count - i);
}

/* "/1/2/  id 9f31…  up 3d 4h". */
static void add_identity(lines_t *self, const broker_t *broker)
{
    char uptime[COLUMN_TEXT_ROOM];
    column_text(columns_find(columns_of(VIEW_TREE), "uptime_ms"), broker, uptime, sizeof uptime);
    add_shown(self, broker->scope);
    add(self, "  id ");
    add_shown(self, broker->id);
    add(self, "  up %s\n", uptime);
}

static void add_clients(lines_t *self, const broker_t *broker, const char *what)
{
    if (broker->clients == 0)
        add(self, "no client is at it\n");
    else if (broker->clients == MODEL_UNKNOWN)
        add(self, "its clients %s; how many isn't known\n", what);
    else
        add(self, "%" PRIu64 " client%s %s\n", broker->clients, plural(broker->clients), what);
}

/* ---- Orders --------------------------------------------------------------------------------- */

void consequences_of_drain(
    const session_view_t *session, const broker_t *broker, char *out, size_t room)
{
    lines_t lines = {out, room, 0};
    add_identity(&lines, broker);
    add_clients(&lines, broker, "cut, and told to go elsewhere");
    add_beneath(&lines, session, broker);
}

void consequences_of_move(
    const session_view_t *session, const broker_t *broker, char *out, size_t room)
{
    lines_t lines = {out, room, 0};
    size_t parent = find_broker(session, broker->parent);
    add_identity(&lines, broker);
    add(&lines, "now beneath ");
    if (parent < session_view_row_count(session, VIEW_TREE))
        add_shown(&lines, broker_at(session, parent)->name);
    else
        add(&lines, "nobody");
    add(&lines, "\n");
    add_clients(&lines, broker, "cut off from the rest until it has joined");
    add_beneath(&lines, session, broker);
}

void consequences_of_ending(const client_t *client, char *out, size_t room)
{
    static const char *const FIELDS[] = {"since_ms", "subscriptions", "outbox"};
    char texts[3][COLUMN_TEXT_ROOM];
    lines_t lines = {out, room, 0};
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        column_text(
            columns_find(columns_of(VIEW_CLIENTS), FIELDS[i]), client, texts[i], sizeof texts[i]);
    add(&lines, "at ");
    add_shown(&lines, client->broker);
    add(&lines, " ");
    add_shown(&lines, client->scope);
    add(&lines, "  id ");
    add_shown(&lines, client->broker_id);
    add(&lines, "\nregistered for %s, with %s subscription%s\n", texts[0], texts[1],
        plural(client->subscriptions));
    add(&lines, "what waits for it is lost: %s", texts[2]);
}

bool consequences_other_parent(const broker_t *broker, char out[DD_ENDPOINT_MAX + 1])
{
    const char *text = broker->parents;
    listed_parent_t parent;
    while (parent_list_next(&text, &parent)) {
        if (!listed_parent_is_other(&parent))
            continue;
        memcpy(out, parent.endpoint, sizeof parent.endpoint);
        return true;
    }
    return false;
}

/* ---- Who is meant --------------------------------------------------------------------------- */

/* Of a broker that was started anew, the row of the one before stays for a while; it can't be meant
   by who looks at the new one. */
bool consequences_broker_ambiguous(const session_view_t *session, const broker_t *broker)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *other = broker_at(session, i);
        bool counts = other->silent_ms == 0 || broker->silent_ms > 0;
        if (counts && strcmp(other->name, broker->name) == 0 && strcmp(other->id, broker->id) != 0)
            return true;
    }
    return false;
}

bool consequences_client_ambiguous(const session_view_t *session, const client_t *client)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_CLIENTS); i++) {
        const client_t *other = session_view_row(session, VIEW_CLIENTS, i);
        bool counts = other->silent_ms == 0 || client->silent_ms > 0;
        if (counts && strcmp(other->name, client->name) == 0 &&
            strcmp(other->tenant, client->tenant) == 0 &&
            strcmp(other->broker_id, client->broker_id) != 0)
            return true;
    }
    return false;
}

bool consequences_client_only_one(const session_view_t *session, const client_t *client)
{
    size_t count = 0;
    for (size_t i = 0; i < session_view_row_count(session, VIEW_CLIENTS); i++) {
        const client_t *other = session_view_row(session, VIEW_CLIENTS, i);
        count += strcmp(other->name, client->name) == 0;
    }
    return count == 1;
}
