/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_clients - every client that the key may see, and where it is connected
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "page.h"

/* Least columns of a screen that has a detail pane beside the list. */
#define DETAIL_FROM 120
#define DETAIL_WIDTH 44
/* Subscriptions and events that a client's detail lists. */
#define DETAIL_ROWS 50

enum { COLUMN_NAME, COLUMN_SINCE = 10, COLUMN_WHY };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_NAME] = {"name", "CLIENT", 18, 1, 50, false},
    {"broker", "BROKER", 14, 1, 24, false},
    {"scope", "SCOPE", 10, 3, 16, false},
    {"subscriptions", "SUBSCR", 6, 5, 0, true},
    {"in_rate", "IN/S", 6, 4, 0, true},
    {"out_rate", "OUT/S", 6, 4, 0, true},
    {"outbox", "OUTBOX", 7, 6, 0, true},
    {"dropped", "DROPPED", 7, 8, 0, true},
    {"refused", "REFUSED", 7, 9, 0, true},
    {"idle_ms", "IDLE", 6, 7, 0, true},
    [COLUMN_SINCE] = {"since_ms", "SINCE", 11, 2, 14, true},
    [COLUMN_WHY] = {NULL, "WHY", 16, 10, LIST_TABLE_REST, false},
};

/* The page's private state. */
typedef struct {
    bool some_left; /* a client in the list is no longer reported */
} clients_page_t;

static const void *row_at(const void *source, size_t index)
{
    const page_t *self = source;
    return session_view_row(self->session, VIEW_CLIENTS, index);
}

static size_t count(const void *source)
{
    const page_t *self = source;
    return session_view_row_count(self->session, VIEW_CLIENTS);
}

static uint64_t identity(const void *source, size_t index)
{
    const client_t *client = row_at(source, index);
    return list_identity(
        list_identity(list_identity(LIST_IDENTITY, client->tenant), client->name), client->broker);
}

static size_t row_text(const void *source, size_t index, char *out, size_t room)
{
    const client_t *client = row_at(source, index);
    return (size_t)snprintf(
        out, room, "%s.%s %s %s", client->tenant, client->name, client->broker, client->scope);
}

/* What follows the name in an event that begins with "client NAME "; NULL in any other. */
static const char *words_about(const archived_t *event, const client_t *client)
{
    char start[DD_NAME_MAX + 16];
    size_t size =
        (size_t)snprintf(start, sizeof start, "client %s.%s ", client->tenant, client->name);
    return strncmp(event->text, start, size) == 0 ? event->text + size : NULL;
}

/* The last that its broker said of a client which has left, if that says how; else nothing. */
static void why_it_left(const page_t *self, const client_t *client, char *out, size_t room)
{
    static const char ENDED[] = "ended: ";
    const char *words = NULL;
    const event_archive_t *events = session_view_events(self->session);
    for (size_t i = event_archive_count(events); i-- > 0 && !words;) {
        const archived_t *event = event_archive_at(events, i);
        if (strcmp(event->broker, client->broker) == 0)
            words = words_about(event, client);
    }
    out[0] = '\0';
    if (!words || strcmp(words, "registered") == 0)
        return;
    if (strncmp(words, ENDED, sizeof ENDED - 1) == 0)
        words += sizeof ENDED - 1;
    else if (strcmp(words, "is gone") == 0)
        words = "its connection broke";
    dd_escape_text(words, strlen(words), out, room);
}

static const char *why_unknown(const page_t *self)
{
    return session_view_is_current(self->session, VIEW_CLIENTS) ? "its broker does not answer"
                                                                : "nothing is heard of the tree";
}

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    const page_t *self = source;
    const client_t *client = row_at(source, index);
    client_fate_t fate = session_view_client_fate(self->session, client);
    if (column == COLUMN_NAME) {
        char name[DD_NAME_MAX + 1];
        session_view_shown_name(self->session, client->tenant, client->name, name);
        dd_escape_text(name, strlen(name), out, room);
    } else if (column == COLUMN_SINCE && fate != CLIENT_HERE) {
        char age[AGE_ROOM];
        snprintf(out, room, "%s %s", fate == CLIENT_LEFT ? "left" : "unknown",
            page_age(session_view_client_silence(self->session, client), age));
    } else if (column == COLUMN_WHY && fate == CLIENT_LEFT) {
        why_it_left(self, client, out, room);
    } else if (column == COLUMN_WHY && fate == CLIENT_UNKNOWN) {
        snprintf(out, room, "%s", why_unknown(self));
    }
    return column == COLUMN_NAME || column == COLUMN_WHY ||
           (column == COLUMN_SINCE && fate != CLIENT_HERE);
}

static unsigned style(const void *source, size_t index, size_t column)
{
    const page_t *self = source;
    const client_t *client = row_at(source, index);
    if (session_view_client_fate(self->session, client) != CLIENT_HERE)
        return STYLE_DIM;
    bool is_own = session_view_is_own(self->session, client->tenant, client->name);
    return column == COLUMN_NAME && is_own ? STYLE_ACCENT : STYLE_PLAIN;
}

static const list_table_t TABLE = {.view = VIEW_CLIENTS,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .row = row_at,
    .cell = cell,
    .style = style};

static int compare(const void *source, size_t a, size_t b, size_t column)
{
    return list_table_compare(&TABLE, source, a, b, column);
}

static const list_ops_t LIST = {
    .count = count, .identity = identity, .text = row_text, .compare = compare};

/* ---- The detail ----------------------------------------------------------------------------- */

static void add_subscriptions(const page_t *self, const client_t *client, text_pane_t *pane)
{
    size_t found = 0, rows = session_view_row_count(self->session, VIEW_SUBSCRIPTIONS);
    for (size_t i = 0; i < rows && found < DETAIL_ROWS; i++) {
        const subscription_t *row = session_view_row(self->session, VIEW_SUBSCRIPTIONS, i);
        char topic[DD_TOPIC_MAX + 1];
        if (strcmp(row->tenant, client->tenant) != 0 || strcmp(row->client, client->name) != 0)
            continue;
        if (found++ == 0)
            text_pane_text(pane, STYLE_TITLE, "Subscribed to");
        dd_escape_text(row->topic, strlen(row->topic), topic, sizeof topic);
        text_pane_print(pane, STYLE_PLAIN, "  %s  %s", topic, row->path);
    }
}

/* The brokers' own words, in which the full name stands. */
static void add_events(const page_t *self, const client_t *client, text_pane_t *pane)
{
    char name[DD_NAME_MAX + 1];
    size_t found = 0;
    const event_archive_t *events = session_view_events(self->session);
    snprintf(name, sizeof name, "%s.%s", client->tenant, client->name);
    for (size_t i = event_archive_count(events); i-- > 0 && found < DETAIL_ROWS;) {
        const archived_t *row = event_archive_at(events, i);
        int64_t ago_ms = session_view_wall_ms(self->session) - row->wall_ms;
        char text[COLUMN_TEXT_ROOM], age[AGE_ROOM];
        if (!strstr(row->text, name))
            continue;
        if (found++ == 0)
            text_pane_text(pane, STYLE_TITLE, "Lately");
        dd_escape_text(row->text, strlen(row->text), text, sizeof text);
        text_pane_print(pane, STYLE_PLAIN, "  %s ago  %s",
            page_age(ago_ms > 0 ? (uint64_t)ago_ms : 0, age), text);
    }
}

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    const client_t *client = row_at(self, index);
    client_fate_t fate = session_view_client_fate(self->session, client);
    uint64_t seconds = session_view_client_silence(self->session, client) / 1000;
    if (fate == CLIENT_LEFT)
        text_pane_print(pane, STYLE_WARNING, "left %" PRIu64 " s ago", seconds);
    else if (fate == CLIENT_UNKNOWN)
        text_pane_print(
            pane, STYLE_WARNING, "unknown since %" PRIu64 " s: %s", seconds, why_unknown(self));
    page_add_columns(pane, VIEW_CLIENTS, client);
    add_subscriptions(self, client, pane);
    add_events(self, client, pane);
}

/* ---- The page ------------------------------------------------------------------------------- */

static void prepare(page_t *self)
{
    clients_page_t *clients = self->private;
    clients->some_left = false;
    for (size_t i = 0; i < count(self) && !clients->some_left; i++)
        clients->some_left = ((const client_t *)row_at(self, i))->fate == CLIENT_LEFT;
}

/* The brokers' events tell why. */
static unsigned more_views(const page_t *self)
{
    const clients_page_t *clients = self->private;
    return clients->some_left ? 1u << VIEW_EVENTS : 0;
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    rect_t right = {0};
    if (area.width >= DETAIL_FROM)
        right = rect_cut_right(&area, DETAIL_WIDTH);
    page_draw_list(self, canvas, area, "Clients");
    page_draw_empty(self, canvas, area,
        poller_last(session_view_poller(self->session), VIEW_CLIENTS)->any
            ? "No client of this tenant is anywhere in the tree."
            : "Waiting for the brokers to answer.");
    if (right.width > 0)
        page_draw_detail(self, canvas, right, "Client");
}

const page_ops_t CLIENTS_PAGE = {.title = "Clients",
    .part = PART_CLIENTS,
    .state_size = sizeof(clients_page_t),
    .views = 1u << VIEW_TREE | 1u << VIEW_CLIENTS | 1u << VIEW_SUBSCRIPTIONS,
    .more_views = more_views,
    .detail_views = 1u << VIEW_EVENTS,
    .list = &LIST,
    .table = &TABLE,
    .prepare = prepare,
    .draw = draw,
    .detail = detail};
