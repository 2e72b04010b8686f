/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_subscriptions - the own subscriptions, and below them everybody's that the key may see
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/protocol/scope.h"
#include "page.h"

enum { COLUMN_OWN, COLUMN_CLIENT, COLUMN_TOPIC, COLUMN_SCOPE, COLUMN_PATH, COLUMN_RECEIVED };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_OWN] = {NULL, "", 1, 1, 0, false},
    [COLUMN_CLIENT] = {"client", "CLIENT", 16, 1, 40, false},
    [COLUMN_TOPIC] = {"topic", "TOPIC", 16, 1, 40, false},
    [COLUMN_SCOPE] = {"scope", "SCOPE", 9, 2, 0, false},
    [COLUMN_PATH] = {"path", "COVERS", 10, 1, 16, false},
    [COLUMN_RECEIVED] = {NULL, "RECEIVED", 9, 3, 0, true},
    {"broker", "BROKER", 11, 4, 24, false},
};

/* The page's private state. */
typedef struct {
    topic_t topic; /* whose graph is drawn */
} subscriptions_page_t;

/* ---- Rows: first the own ones, then those of the model that aren't this client's ------------- */

static size_t own_count_of(const page_t *self)
{
    return session_view_own_subscriptions(self->session)->count;
}

static const own_subscription_t *own_at(const page_t *self, size_t index)
{
    const own_subscriptions_t *owns = session_view_own_subscriptions(self->session);
    return index < owns->count ? &owns->rows[index] : NULL;
}

static size_t count(const void *source)
{
    const page_t *self = source;
    return own_count_of(self) + session_view_row_count(self->session, VIEW_SUBSCRIPTIONS);
}

static const subscription_t *reported_at(const page_t *self, size_t index)
{
    return session_view_row(self->session, VIEW_SUBSCRIPTIONS, index - own_count_of(self));
}

/* Both kinds of rows as one. */
static subscription_t subscription_at(const page_t *self, size_t index)
{
    const own_subscription_t *own = own_at(self, index);
    if (!own)
        return *reported_at(self, index);
    const link_t *link = session_view_link(self->session);
    subscription_t row = {0};
    const char *dot = strchr(link->name, '.');
    snprintf(row.tenant, sizeof row.tenant, "%s", link->tenant);
    dd_bytes_copy(dd_bytes_of(dot ? dot + 1 : link->name), row.client, sizeof row.client);
    snprintf(row.broker, sizeof row.broker, "%s", link->broker);
    memcpy(row.topic, own->topic, sizeof row.topic);
    memcpy(row.scope, own->scope, sizeof row.scope);
    memcpy(row.path, own->path, sizeof row.path);
    return row;
}

static bool is_hidden(const void *source, size_t index)
{
    const page_t *self = source;
    if (own_at(self, index))
        return false;
    const subscription_t *row = reported_at(self, index);
    return session_view_is_own(self->session, row->tenant, row->client);
}

static uint64_t identity(const void *source, size_t index)
{
    subscription_t row = subscription_at(source, index);
    const char *const texts[] = {row.tenant, row.client, row.topic, row.scope};
    uint64_t number = LIST_IDENTITY;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        number = list_identity(number, texts[i]);
    return number;
}

/* The tenant is part of the name, and a scope is asked for by its path too, shown or not. */
static size_t row_text(const void *source, size_t index, char *out, size_t room)
{
    subscription_t row = subscription_at(source, index);
    size_t used = (size_t)snprintf(out, room, "%s.%s %s ", row.tenant, row.client, row.scope);
    return used + page_row_text(source, index, out + used, room - used);
}

static size_t row_field(const void *source, size_t index, const char *name, char *out, size_t room)
{
    subscription_t row = subscription_at(source, index);
    const column_t *column = columns_find(columns_of(VIEW_SUBSCRIPTIONS), name);
    if (!column)
        return page_row_field(source, index, name, out, room);
    column_text(column, &row, out, room);
    return strlen(out);
}

/* ---- The table ------------------------------------------------------------------------------ */

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    const page_t *self = source;
    const own_subscription_t *own = own_at(self, index);
    subscription_t row = subscription_at(self, index);
    char name[DD_NAME_MAX + 1];
    const char *text = "";
    switch (column) {
    case COLUMN_OWN:
        text = own ? "●" : "";
        break;
    case COLUMN_CLIENT:
        session_view_shown_name(self->session, row.tenant, row.client, name);
        text = name;
        break;
    case COLUMN_TOPIC:
        text = row.topic;
        break;
    case COLUMN_SCOPE:
        text = dd_scope_word(row.scope);
        break;
    case COLUMN_PATH:
        text = row.path[0] != '\0' ? row.path : "asked…";
        break;
    case COLUMN_RECEIVED:
        if (own)
            snprintf(name, sizeof name, "%" PRIu64, own->received);
        text = own ? name : "";
        break;
    default:
        text = row.broker;
    }
    dd_escape_text(text, strlen(text), out, room);
    return true;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    const own_subscription_t *own = own_at(source, index);
    if (!own)
        return STYLE_PLAIN;
    bool trouble = trouble_is_with_own(((const page_t *)source)->session, own);
    bool asked = own->path[0] == '\0';
    if (trouble && column == (asked ? COLUMN_PATH : COLUMN_RECEIVED))
        return STYLE_BAD;
    return column == COLUMN_PATH && asked ? STYLE_WARNING : STYLE_ACCENT;
}

/* An operator has none, and what only own ones have comes last. */
static void prepare(page_t *self)
{
    if (!session_view_is_operator(self->session))
        return;
    self->columns[COLUMN_OWN].rank = self->columns[COLUMN_RECEIVED].rank = LIST_TABLE_COLUMNS_MAX;
    self->table.naming = 1u << COLUMN_CLIENT | 1u << COLUMN_TOPIC;
}

static const list_table_t TABLE = {.view = VIEW_SUBSCRIPTIONS,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .naming = 1u << COLUMN_OWN | 1u << COLUMN_CLIENT | 1u << COLUMN_TOPIC,
    .cell = cell,
    .style = style};

/* Names as they are shown: the tenant's own have no tenant before them. */
static int compare(const void *source, size_t a, size_t b, size_t column)
{
    const page_t *self = source;
    const column_t *field = columns_find(columns_of(VIEW_SUBSCRIPTIONS), COLUMNS[column].field);
    subscription_t left = subscription_at(source, a), right = subscription_at(source, b);
    char names[2][DD_NAME_MAX + 1];
    if (column != COLUMN_CLIENT)
        return column_compare(field, &left, &right);
    session_view_shown_name(self->session, left.tenant, left.client, names[0]);
    session_view_shown_name(self->session, right.tenant, right.client, names[1]);
    return strverscmp(names[0], names[1]);
}

static const list_ops_t LIST = {.count = count,
    .identity = identity,
    .text = row_text,
    .field = row_field,
    .hidden = is_hidden,
    .compare = compare};

const char *page_subscriptions_selected_own(page_t *self, char room[COMPLETION_ROOM])
{
    page_update(self);
    size_t index = list_selected_index(self->list);
    const own_subscription_t *own = index == LIST_NONE ? NULL : own_at(self, index);
    if (!own && own_count_of(self) == 1)
        own = own_at(self, 0);
    if (!own)
        return NULL;
    completion_own_text(own, room);
    return room;
}

/* ---- The graph ------------------------------------------------------------------------------ */

/* That of its topic. */
static const void *graph_row(page_t *self, size_t index)
{
    subscriptions_page_t *subscriptions = self->private;
    subscription_t row = subscription_at(self, index);
    memcpy(subscriptions->topic.tenant, row.tenant, sizeof row.tenant);
    memcpy(subscriptions->topic.topic, row.topic, sizeof row.topic);
    return &subscriptions->topic;
}

/* ---- The page ------------------------------------------------------------------------------- */

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    subscription_t row = subscription_at(self, index);
    const own_subscription_t *own = own_at(self, index);
    page_add_columns(pane, VIEW_SUBSCRIPTIONS, &row);
    if (!own)
        return;
    char received[32];
    snprintf(received, sizeof received, "%" PRIu64, own->received);
    text_pane_pair(pane, "received", STYLE_PLAIN, received);
    if (own->lost)
        text_pane_print(pane, STYLE_WARNING,
            "Publications were lost, or may have been, %" PRIu64 " s ago: see the messages.",
            (session_view_now_ms(self->session) - own->lost_ms) / 1000);
    text_pane_text(pane, STYLE_DIM, "This is your own subscription; u gives it up.");
}

static bool is_in_trouble(const page_t *self, size_t index)
{
    const own_subscription_t *own = own_at(self, index);
    return own && trouble_is_with_own(self->session, own);
}

static const char *empty_text(const page_t *self)
{
    if (!poller_last(session_view_poller(self->session), VIEW_SUBSCRIPTIONS)->any)
        return "Waiting for the brokers to answer.";
    return session_view_is_operator(self->session)
               ? "No client has subscribed to anything."
               : "Nobody of this tenant has subscribed to anything. s subscribes.";
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    page_draw_list(self, canvas, area, "Subscriptions (● yours)");
    page_draw_empty(self, canvas, area, empty_text(self));
}

static struct json_object *json(const page_t *self, size_t index)
{
    subscription_t row = subscription_at(self, index);
    return columns_json(columns_of(VIEW_SUBSCRIPTIONS), &row);
}

static bool topic(const page_t *self, size_t index, char out[DD_TOPIC_MAX + 1])
{
    subscription_t row = subscription_at(self, index);
    memcpy(out, row.topic, sizeof row.topic);
    return true;
}

const page_ops_t SUBSCRIPTIONS_PAGE = {.title = "Subscriptions",
    .part = PART_SUBSCRIPTIONS,
    .state_size = sizeof(subscriptions_page_t),
    .views = 1u << VIEW_TREE | 1u << VIEW_SUBSCRIPTIONS,
    .order = "your own first",
    .filters = "topic:alarms broker:east",
    .list = &LIST,
    .table = &TABLE,
    .is_in_trouble = is_in_trouble,
    .prepare = prepare,
    .draw = draw,
    .detail = detail,
    .json = json,
    .topic = topic,
    .graphs_of = &TOPICS_PAGE,
    .graph_row = graph_row};
