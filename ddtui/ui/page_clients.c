/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_clients - every client that the key may see, and where it is connected
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "losses.h"

/* Columns of the pane beside the list. */
#define DETAIL_WIDTH 44
/* Subscriptions and events that a client's detail lists. */
#define DETAIL_ROWS 50

/* Subscriptions that a client's details begin with. */
#define FEW_SUBSCRIPTIONS 5
#define DAY_MS 86400000u

enum { COLUMN_NAME, COLUMN_DROPPED = 7, COLUMN_STATE = 10, COLUMN_WHY };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_NAME] = {"name", "CLIENT", 16, 1, 50, false},
    {"broker", "BROKER", 14, 1, 24, false},
    {"scope", "SCOPE", 8, 3, 16, false},
    {"subscriptions", "SUBSCR", 6, 8, 0, true},
    {"in_rate", "IN/S", 6, 5, 0, true},
    {"out_rate", "OUT/S", 6, 5, 0, true},
    {"outbox", "OUTBOX", 7, 7, 0, true},
    [COLUMN_DROPPED] = {"dropped", "DROPPED", 7, 2, 0, true},
    {"refused", "REFUSED", 7, 9, 0, true},
    {"idle_ms", "IDLE", 6, 10, 0, true},
    [COLUMN_STATE] = {"since_ms", "STATE", 15, 1, 18, false},
    [COLUMN_WHY] = {NULL, "WHY", 22, 11, LIST_TABLE_REST, false},
};
/* Up to this rank, columns don't make room for the pane beside the list. */
#define RANK_OF_NEED 5

/* The page's private state. */
typedef struct {
    bool some_left; /* a client in the list is no longer reported */
} clients_page_t;

static uint64_t identity(const void *source, size_t index)
{
    const client_t *client = page_row(source, index);
    return list_identity(
        list_identity(list_identity(LIST_IDENTITY, client->tenant), client->name), client->broker);
}

/* The tenant is part of the name, shown or not. */
static size_t row_text(const void *source, size_t index, char *out, size_t room)
{
    const client_t *client = page_row(source, index);
    size_t used = (size_t)snprintf(out, room, "%s.%s ", client->tenant, client->name);
    return used + page_row_text(source, index, out + used, room - used);
}

/* The last that its broker said of a client which has left, if that says how; else nothing. */
static void why_it_left(const page_t *self, const client_t *client, char *out, size_t room)
{
    static const char ENDED[] = "ended: ";
    const char *words = session_view_last_words(self->session, client);
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

/* One that is well has been so since its registration. */
static void state_text(const page_t *self, const client_t *client, char *out, size_t room)
{
    static const char *const WORDS[] = {
        [CLIENT_HERE] = "ok", [CLIENT_LEFT] = "left", [CLIENT_UNKNOWN] = "unknown"};
    client_fate_t fate = session_view_client_fate(self->session, client);
    char traffic[TROUBLE_ROOM], age[AGE_ROOM] = "";
    trouble_traffic_text(&client->traffic, trouble_of_client(self->session, client), traffic);
    uint64_t age_ms =
        fate == CLIENT_HERE ? client->since_ms : session_view_client_silence(self->session, client);
    if (age_ms != MODEL_UNKNOWN)
        page_age(age_ms, age);
    if (traffic[0] != '\0')
        snprintf(out, room, "%s", traffic);
    else
        snprintf(out, room, "%s%s%s", WORDS[fate], age[0] != '\0' ? " " : "", age);
}

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    const page_t *self = source;
    const client_t *client = page_row(source, index);
    client_fate_t fate = session_view_client_fate(self->session, client);
    if (column == COLUMN_NAME) {
        char name[DD_NAME_MAX + 1];
        session_view_shown_name(self->session, client->tenant, client->name, name);
        dd_escape_text(name, strlen(name), out, room);
    } else if (column == COLUMN_STATE) {
        state_text(self, client, out, room);
    } else if (column == COLUMN_WHY && fate == CLIENT_LEFT) {
        why_it_left(self, client, out, room);
    } else if (column == COLUMN_WHY && fate == CLIENT_UNKNOWN) {
        snprintf(out, room, "%s", why_unknown(self));
    }
    return column == COLUMN_NAME || column == COLUMN_STATE || column == COLUMN_WHY;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    const page_t *self = source;
    const client_t *client = page_row(source, index);
    trouble_t trouble = trouble_of_client(self->session, client);
    if (session_view_client_fate(self->session, client) != CLIENT_HERE)
        return STYLE_DIM;
    if (column == COLUMN_STATE && trouble != TROUBLE_NONE)
        return page_trouble_style(trouble, true);
    if (column == COLUMN_DROPPED && client->traffic.dropped != MODEL_UNKNOWN)
        return client->traffic.dropped > 0 ? STYLE_WARNING : STYLE_PLAIN;
    bool is_own = session_view_is_own(self->session, client->tenant, client->name);
    return column == COLUMN_NAME && is_own ? STYLE_ACCENT : STYLE_PLAIN;
}

static const list_table_t TABLE = {.view = VIEW_CLIENTS,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .row = page_row,
    .cell = cell,
    .style = style};

/* Names as they are shown: the tenant's own have no tenant before them. */
static int compare_names(const page_t *self, const client_t *left, const client_t *right)
{
    char names[2][DD_NAME_MAX + 1];
    if (strcmp(left->tenant, right->tenant) == 0)
        return strverscmp(left->name, right->name);
    session_view_shown_name(self->session, left->tenant, left->name, names[0]);
    session_view_shown_name(self->session, right->tenant, right->name, names[1]);
    return strverscmp(names[0], names[1]);
}

/* By state, the worst first, and then those that have left. */
static int compare_states(const page_t *self, const client_t *left, const client_t *right)
{
    trouble_t troubles[2] = {
        trouble_of_client(self->session, left), trouble_of_client(self->session, right)};
    if (troubles[0] != troubles[1])
        return troubles[0] > troubles[1] ? -1 : 1;
    if (left->fate != right->fate)
        return left->fate > right->fate ? -1 : 1;
    return (left->since_ms > right->since_ms) - (left->since_ms < right->since_ms);
}

static int compare(const void *source, size_t a, size_t b, size_t column)
{
    if (column == COLUMN_NAME)
        return compare_names(source, page_row(source, a), page_row(source, b));
    if (column == COLUMN_STATE)
        return compare_states(source, page_row(source, a), page_row(source, b));
    return list_table_compare(&TABLE, source, a, b, column);
}

static bool known(const void *source, size_t index, size_t column)
{
    return column == COLUMN_STATE || list_table_known(&TABLE, source, index, column);
}

static const list_ops_t LIST = {.count = page_row_count,
    .identity = identity,
    .text = row_text,
    .field = page_row_field,
    .compare = compare,
    .known = known};

/* ---- The detail ----------------------------------------------------------------------------- */

static bool is_of(const subscription_t *row, const client_t *client)
{
    return strcmp(row->tenant, client->tenant) == 0 && strcmp(row->client, client->name) == 0;
}

static size_t count_subscriptions(const page_t *self, const client_t *client)
{
    size_t found = 0;
    for (size_t i = 0; i < session_view_row_count(self->session, VIEW_SUBSCRIPTIONS); i++)
        found += is_of(session_view_row(self->session, VIEW_SUBSCRIPTIONS, i), client);
    return found;
}

static void add_subscriptions(const page_t *self, const client_t *client, text_pane_t *pane)
{
    size_t found = 0, rows = session_view_row_count(self->session, VIEW_SUBSCRIPTIONS);
    for (size_t i = 0; i < rows && found < DETAIL_ROWS; i++) {
        const subscription_t *row = session_view_row(self->session, VIEW_SUBSCRIPTIONS, i);
        char topic[DD_TOPIC_MAX + 1];
        if (!is_of(row, client))
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
        char text[COLUMN_TEXT_ROOM], age[AGE_ROOM], when[AGE_ROOM + 4];
        if (!strstr(row->text, name))
            continue;
        if (found++ == 0)
            text_pane_text(pane, STYLE_TITLE, "Lately");
        dd_escape_text(row->text, strlen(row->text), text, sizeof text);
        snprintf(when, sizeof when, "%s ago", page_age(ago_ms > 0 ? (uint64_t)ago_ms : 0, age));
        page_add_happened(pane, when, text);
    }
}

/* When it was, by the clock of this machine, that something was so long before the last reports. */
static void add_moment(const page_t *self, text_pane_t *pane, const char *name, uint64_t ago_ms)
{
    char time[COLUMN_TEXT_ROOM];
    int64_t when_ms =
        ago_ms < INT64_MAX ? session_view_when(self->session, VIEW_CLIENTS, ago_ms) : 0;
    if (when_ms <= 0)
        return;
    if (ago_ms < DAY_MS)
        page_time(when_ms, false, time);
    else
        column_number_text(COLUMN_WHEN, (uint64_t)when_ms, time, sizeof time);
    text_pane_pair(pane, name, STYLE_PLAIN, time);
}

/* How it is, why if it isn't here, and since when. */
static void add_state(const page_t *self, const client_t *client, text_pane_t *pane)
{
    char state[COLUMN_TEXT_ROOM], why[COLUMN_TEXT_ROOM] = "", line[2 * COLUMN_TEXT_ROOM];
    client_fate_t fate = session_view_client_fate(self->session, client);
    state_text(self, client, state, sizeof state);
    if (fate == CLIENT_LEFT)
        why_it_left(self, client, why, sizeof why);
    else if (fate == CLIENT_UNKNOWN)
        snprintf(why, sizeof why, "%s", why_unknown(self));
    snprintf(line, sizeof line, "%s%s%s%s", state, fate == CLIENT_LEFT ? " ago" : "",
        why[0] != '\0' ? ": " : "", why);
    bool is_bad = fate != CLIENT_HERE || trouble_of_client(self->session, client) != TROUBLE_NONE;
    text_pane_pair(pane, "state", is_bad ? STYLE_WARNING : STYLE_GOOD, line);
    if (fate == CLIENT_HERE)
        add_moment(self, pane, "registered", client->since_ms);
    else
        add_moment(self, pane, fate == CLIENT_LEFT ? "left at" : "heard last", client->silent_ms);
}

/* What it gets is what is asked for most: it stands first if it leaves the figures in sight. */
static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    const client_t *client = page_row(self, index);
    bool few = count_subscriptions(self, client) <= FEW_SUBSCRIPTIONS;
    add_state(self, client, pane);
    losses_add_of_client(self, client, pane);
    if (strcmp(client->key, "old") == 0)
        text_pane_pair(pane, "key", STYLE_WARNING, "the old one alone, which a rotation ends");
    if (few)
        add_subscriptions(self, client, pane);
    page_add_columns(pane, VIEW_CLIENTS, client);
    if (!few)
        add_subscriptions(self, client, pane);
    add_events(self, client, pane);
}

/* ---- The graph ------------------------------------------------------------------------------ */

static const graph_line_t GRAPH[] = {
    {FIGURE_IN, "from it", COLUMN_RATE, "/s", STYLE_ACCENT},
    {FIGURE_OUT, "to it", COLUMN_RATE, "/s", STYLE_GOOD},
    {FIGURE_DROPPED, "dropped", COLUMN_RATE, "/s", STYLE_BAD},
};

static void graph_title(const page_t *self, const void *row, char *out, size_t room)
{
    const client_t *client = row;
    char name[DD_NAME_MAX + 1], escaped[4 * sizeof name];
    session_view_shown_name(self->session, client->tenant, client->name, name);
    dd_escape_text(name, strlen(name), escaped, sizeof escaped);
    snprintf(out, room, "Client %s", escaped);
}

/* ---- The page ------------------------------------------------------------------------------- */

static void prepare(page_t *self)
{
    clients_page_t *clients = self->private;
    clients->some_left = false;
    for (size_t i = 0; i < page_row_count(self) && !clients->some_left; i++)
        clients->some_left = ((const client_t *)page_row(self, i))->fate == CLIENT_LEFT;
}

/* The brokers' events tell why. */
static unsigned more_views(const page_t *self)
{
    const clients_page_t *clients = self->private;
    return clients->some_left ? 1u << VIEW_EVENTS : 0;
}

static bool is_in_trouble(const page_t *self, size_t index)
{
    return trouble_of_client(self->session, page_row(self, index)) != TROUBLE_NONE;
}

static const char *empty_text(const page_t *self)
{
    if (!poller_last(session_view_poller(self->session), VIEW_CLIENTS)->any)
        return "Waiting for the brokers to answer.";
    return session_view_is_operator(self->session)
               ? "No client is anywhere in the tree."
               : "No client of this tenant is anywhere in the tree.";
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    rect_t right = {0};
    if (area.width - DETAIL_WIDTH >= list_table_needs(&TABLE, RANK_OF_NEED) + 2)
        right = rect_cut_right(&area, DETAIL_WIDTH);
    page_draw_list(self, canvas, area, "Clients");
    page_draw_empty(self, canvas, area, empty_text(self));
    if (right.width > 0)
        page_draw_detail(self, canvas, right, "Client");
}

const page_ops_t CLIENTS_PAGE = {.title = "Clients",
    .part = PART_CLIENTS,
    .state_size = sizeof(clients_page_t),
    .views = 1u << VIEW_TREE | 1u << VIEW_CLIENTS | 1u << VIEW_SUBSCRIPTIONS,
    .more_views = more_views,
    .detail_views = 1u << VIEW_EVENTS,
    .order = "by tenant",
    .filters = "tenant:a broker:east state:left",
    .list = &LIST,
    .table = &TABLE,
    .is_in_trouble = is_in_trouble,
    .prepare = prepare,
    .draw = draw,
    .detail = detail,
    .graph = GRAPH,
    .graph_count = sizeof GRAPH / sizeof GRAPH[0],
    .graph_title = graph_title};
