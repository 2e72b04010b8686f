/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_topics - what is published on each topic of the tree, by whom, and what is lost of it
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ddtui/model/topic_sums.h"
#include "libdd/base/escape.h"
#include "losses.h"

/* Least columns of a screen that has a detail pane beside the list. */
#define DETAIL_FROM 140
#define DETAIL_WIDTH 48

enum { COLUMN_TENANT, COLUMN_TOPIC, COLUMN_BUSY, COLUMN_LOST_NOW = 5, COLUMN_PUBLISHED = 7 };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_TENANT] = {"tenant", "TENANT", 8, 2, 16, false},
    [COLUMN_TOPIC] = {"topic", "TOPIC", 18, 1, 60, false},
    [COLUMN_BUSY] = {"publications_per_s", "PUBL/S", 7, 1, 0, true},
    {"bytes_per_s", "BYTES/S", 8, 2, 0, true},
    {"subscribers", "SUBSCR", 7, 2, 0, true},
    [COLUMN_LOST_NOW] = {"lost_per_s", "LOST/S", 7, 1, 0, true},
    {"lost", "LOST", 7, 5, 0, true},
    [COLUMN_PUBLISHED] = {"publications", "PUBLISHED", 10, 6, 0, true},
    {"bytes", "BYTES", 8, 7, 0, true},
    {"publishers", "PUBLISHED BY", 24, 1, LIST_TABLE_REST, false},
};

/* The page's private state. */
typedef struct {
    bool ordered; /* once, and from then on as the user wants it */
    bool rated;   /* the busiest one was known, and was selected */
    bool at_top;  /* the selection was still where it began */
} topics_page_t;

/* ---- Rows ----------------------------------------------------------------------------------- */

static uint64_t identity(const void *source, size_t index)
{
    const topic_t *topic = page_row(source, index);
    return list_identity(list_identity(LIST_IDENTITY, topic->tenant), topic->topic);
}

static size_t row_text(const void *source, size_t index, char *out, size_t room)
{
    const topic_t *topic = page_row(source, index);
    char publishers[COLUMN_TEXT_ROOM];
    column_text(
        columns_find(columns_of(VIEW_TOPICS), "publishers"), topic, publishers, sizeof publishers);
    return (size_t)snprintf(out, room, "%s %s %s", topic->tenant, topic->topic, publishers);
}

static bool is_rest(const topic_t *topic)
{
    return topic->topic[0] == '\0';
}

/* ---- The table ------------------------------------------------------------------------------ */

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    if (column != COLUMN_TOPIC || !is_rest(page_row(source, index)))
        return false;
    snprintf(out, room, "(all others)");
    return true;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    const topic_t *topic = page_row(source, index);
    bool loses = topic->lost_rate != MODEL_UNKNOWN && topic->lost_rate > 0;
    if (column == COLUMN_LOST_NOW && loses)
        return STYLE_BAD;
    if (is_rest(topic))
        return STYLE_DIM;
    return column == COLUMN_TOPIC ? STYLE_ACCENT : STYLE_PLAIN;
}

static const list_table_t TABLE = {.view = VIEW_TOPICS,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .naming = 1u << COLUMN_TENANT | 1u << COLUMN_TOPIC,
    .row = page_row,
    .cell = cell,
    .style = style};

/* Those whose rates aren't known yet stand by what was published in all. */
static bool is_rated(const void *source, size_t index)
{
    return ((const topic_t *)page_row(source, index))->rate != MODEL_UNKNOWN;
}

static int compare(const void *source, size_t a, size_t b, size_t column)
{
    if (column == COLUMN_BUSY && !is_rated(source, a) && !is_rated(source, b))
        column = COLUMN_PUBLISHED;
    return list_table_compare(&TABLE, source, a, b, column);
}

static bool known(const void *source, size_t index, size_t column)
{
    return list_table_known(&TABLE, source, index, column);
}

static const list_ops_t LIST = {.count = page_row_count,
    .identity = identity,
    .text = row_text,
    .field = page_row_field,
    .compare = compare,
    .known = known};

/* Whose topics they are is the last that a tenant wants to know, unless it has said otherwise. */
static void choose_columns(page_t *self)
{
    bool is_chosen = self->columns[COLUMN_TENANT].rank != COLUMNS[COLUMN_TENANT].rank;
    if (session_view_is_operator(self->session) || is_chosen)
        return;
    self->columns[COLUMN_TENANT].rank = LIST_TABLE_COLUMNS_MAX;
    self->table.naming = 1u << COLUMN_TOPIC;
}

/* The busiest ones first. */
static void prepare(page_t *self)
{
    topics_page_t *topics = self->private;
    choose_columns(self);
    if (!topics->ordered)
        list_set_order(self->list, COLUMN_BUSY, true);
    topics->ordered = true;
    topics->at_top = list_selected(self->list) == 0 && !self->held;
}

/* ---- The detail ----------------------------------------------------------------------------- */

static void add_publisher(
    const page_t *self, const topic_t *topic, const publisher_t *one, text_pane_t *pane)
{
    char name[4 * DD_NAME_MAX + 1], rate[32] = "", share[TOPIC_SUMS_SHARE_ROOM];
    const char *shown = one->name;
    if (!session_view_is_operator(self->session))
        shown = topic_sums_shown(topic, one);
    dd_escape_text(shown, strlen(shown), name, sizeof name);
    if (one->rate != MODEL_UNKNOWN)
        snprintf(rate, sizeof rate, "  %" PRIu64 "/s", one->rate);
    topic_sums_share(topic, one->publications, share);
    text_pane_print(
        pane, STYLE_PLAIN, "  %4s  %s  %" PRIu64 "%s", share, name, one->publications, rate);
}

/* With what those had, too, who are named, but not surely. */
static void add_other_publishers(const topic_t *topic, text_pane_t *pane)
{
    char share[TOPIC_SUMS_SHARE_ROOM];
    uint64_t others = topic_sums_others(topic);
    topic_sums_share(topic, others, share);
    if (others > 0)
        text_pane_print(pane, STYLE_DIM, "  %4s  others  %" PRIu64, share, others);
}

static void add_publishers(const page_t *self, const topic_t *topic, text_pane_t *pane)
{
    const publishers_t *publishers = &topic->publishers;
    if (publishers->count == MODEL_UNKNOWN || publishers->count == 0)
        return;
    text_pane_text(
        pane, STYLE_TITLE, topic_sums_others(topic) > 0 ? "Published most by" : "Published by");
    for (size_t i = 0; i < publishers->count; i++)
        add_publisher(self, topic, &publishers->rows[i], pane);
    add_other_publishers(topic, pane);
}

static void value_text(const char *field, const topic_t *topic, char *out)
{
    column_text(columns_find(columns_of(VIEW_TOPICS), field), topic, out, COLUMN_TEXT_ROOM);
}

static void add_field(text_pane_t *pane, const char *field, const topic_t *topic)
{
    char text[COLUMN_TEXT_ROOM];
    value_text(field, topic, text);
    text_pane_pair(pane, field, STYLE_PLAIN, text);
}

#define COUNTER_ROOM (2 * COLUMN_TEXT_ROOM + 16)

/* All that there was and, once that is known, how much a second. */
static void counter_text(const char *field, const char *rate, const char *unit,
    const topic_t *topic, char out[COUNTER_ROOM])
{
    char all[COLUMN_TEXT_ROOM], now[COLUMN_TEXT_ROOM];
    value_text(field, topic, all);
    value_text(rate, topic, now);
    if (strcmp(now, "-") == 0)
        snprintf(out, COUNTER_ROOM, "%s", all);
    else
        snprintf(out, COUNTER_ROOM, "%s  (%s%s)", all, now, unit);
}

static void add_counter(
    text_pane_t *pane, const char *field, const char *rate, const char *unit, const topic_t *topic)
{
    char line[COUNTER_ROOM];
    counter_text(field, rate, unit, topic, line);
    text_pane_pair(pane, field, STYLE_PLAIN, line);
}

static void add_losses(const page_t *self, const topic_t *topic, text_pane_t *pane)
{
    char count[COUNTER_ROOM];
    counter_text("lost", "lost_per_s", "/s", topic, count);
    losses_add_of_topic(self, topic, count, pane);
}

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    const topic_t *topic = page_row(self, index);
    add_field(pane, "tenant", topic);
    if (!is_rest(topic))
        add_field(pane, "topic", topic);
    add_counter(pane, "publications", "publications_per_s", "/s", topic);
    add_counter(pane, "bytes", "bytes_per_s", "B/s", topic);
    add_losses(self, topic, pane);
    if (!is_rest(topic))
        add_field(pane, "subscribers", topic);
    add_publishers(self, topic, pane);
    if (is_rest(topic))
        text_pane_text(
            pane, STYLE_DIM, "These are the topics that brokers found no room to tell apart.");
}

/* ---- The graph ------------------------------------------------------------------------------ */

static const graph_line_t GRAPH[] = {
    {FIGURE_IN, "publications", COLUMN_RATE, "/s", STYLE_ACCENT},
    {FIGURE_OUT, "bytes", COLUMN_BYTES, "/s", STYLE_GOOD},
    {FIGURE_DROPPED, "lost", COLUMN_RATE, "/s", STYLE_BAD},
};

static void graph_title(const page_t *self, const void *row, char *out, size_t room)
{
    const topic_t *topic = row;
    (void)self;
    char name[4 * sizeof topic->topic];
    dd_escape_text(topic->topic, strlen(topic->topic), name, sizeof name);
    snprintf(out, room, "%s%s of tenant %s", is_rest(topic) ? "All other topics" : "Topic ", name,
        topic->tenant);
}

/* ---- The page ------------------------------------------------------------------------------- */

static bool is_in_trouble(const page_t *self, size_t index)
{
    const topic_t *topic = page_row(self, index);
    return topic->lost_rate != MODEL_UNKNOWN && topic->lost_rate > 0;
}

/* Rates come with the second round. */
static void select_busiest(page_t *self)
{
    topics_page_t *topics = self->private;
    const topic_t *first =
        list_count(self->list) > 0 ? page_row(self, list_index(self->list, 0)) : NULL;
    if (topics->rated || !first || first->rate == MODEL_UNKNOWN)
        return;
    if (topics->at_top)
        list_select(self->list, 0);
    topics->rated = true;
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    select_busiest(self);
    rect_t right = {0};
    if (area.width >= DETAIL_FROM)
        right = rect_cut_right(&area, DETAIL_WIDTH);
    page_draw_list(self, canvas, area, "Topics");
    page_draw_empty(self, canvas, area,
        poller_last(session_view_poller(self->session), VIEW_TOPICS)->any
            ? "Nothing was published lately, and nobody has subscribed."
            : "Waiting for the brokers to answer.");
    if (right.width > 0)
        page_draw_detail(self, canvas, right, "Topic");
}

static bool topic(const page_t *self, size_t index, char out[DD_TOPIC_MAX + 1])
{
    const topic_t *row = page_row(self, index);
    snprintf(out, DD_TOPIC_MAX + 1, "%s", row->topic);
    return !is_rest(row);
}

const page_ops_t TOPICS_PAGE = {.title = "Topics",
    .part = PART_TOPICS,
    .state_size = sizeof(topics_page_t),
    .views = 1u << VIEW_TREE | 1u << VIEW_TOPICS,
    .order = "by tenant and topic",
    .filters = "tenant:a topic:alarms",
    .list = &LIST,
    .table = &TABLE,
    .is_in_trouble = is_in_trouble,
    .prepare = prepare,
    .draw = draw,
    .detail = detail,
    .topic = topic,
    .graph = GRAPH,
    .graph_count = sizeof GRAPH / sizeof GRAPH[0],
    .graph_title = graph_title};
