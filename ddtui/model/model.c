/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * model - what is known of the tree: brokers, clients, subscriptions
 */
#include "model.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "topic_sums.h"

typedef struct {
    char *rows;
    size_t count;
    size_t room; /* rows for which there is memory */
} table_t;

struct model {
    table_t tables[VIEWS];
};

/* The brokers while they are put in order. */
typedef struct {
    const broker_t *from; /* all of them, children of one parent in their order */
    bool *placed;         /* one for each in `from` */
    size_t count;
    broker_t *to;
    size_t done;
} arrangement_t;

/* The numbers in scopes and names count as numbers: "/1/2/" comes before "/1/10/". */
static int compare_brokers(const void *a, const void *b)
{
    const broker_t *left = a, *right = b;
    int order = strverscmp(left->scope, right->scope);
    if (order == 0)
        order = strverscmp(left->name, right->name);
    return order ? order : strcmp(left->id, right->id);
}

static int compare_clients(const void *a, const void *b)
{
    const client_t *left = a, *right = b;
    int order = strcmp(left->tenant, right->tenant);
    if (order == 0)
        order = strverscmp(left->name, right->name);
    if (order == 0)
        order = strcmp(left->broker, right->broker);
    return order ? order : strcmp(left->broker_id, right->broker_id);
}

static int compare_subscriptions(const void *a, const void *b)
{
    const subscription_t *left = a, *right = b;
    int order = strcmp(left->tenant, right->tenant);
    if (order == 0)
        order = strverscmp(left->client, right->client);
    if (order == 0)
        order = strcmp(left->topic, right->topic);
    if (order == 0)
        order = strverscmp(left->path, right->path);
    if (order == 0)
        order = strcmp(left->scope, right->scope);
    return order ? order : strcmp(left->broker, right->broker);
}

static int compare_happenings(const void *a, const void *b)
{
    const happening_t *left = a, *right = b;
    if (left->age_ms != right->age_ms)
        return left->age_ms < right->age_ms ? -1 : 1;
    return strcmp(left->broker, right->broker);
}

static int compare_topics(const void *a, const void *b)
{
    const topic_t *left = a, *right = b;
    int order = topic_sums_compare(left, right);
    return order ? order : strcmp(left->broker_id, right->broker_id);
}

static const struct {
    size_t size;
    size_t max;
    int (*compare)(const void *a, const void *b);
    bool unique; /* rows that compare as equal are one, which was told of twice */
} ROWS[VIEWS] = {
    [VIEW_TREE] = {sizeof(broker_t), MODEL_BROKERS_MAX, compare_brokers, false},
    [VIEW_CLIENTS] = {sizeof(client_t), MODEL_ROWS_MAX, compare_clients, true},
    [VIEW_SUBSCRIPTIONS] = {sizeof(subscription_t), MODEL_ROWS_MAX, compare_subscriptions, true},
    [VIEW_EVENTS] = {sizeof(happening_t), MODEL_ROWS_MAX, compare_happenings, false},
    [VIEW_TOPICS] = {sizeof(topic_t), MODEL_TOPICS_MAX, compare_topics, true},
    [VIEW_TOPIC_PARTS] = {sizeof(topic_t), MODEL_TOPICS_MAX, compare_topics, true},
};

model_t *model_new(void)
{
    return calloc(1, sizeof(model_t));
}

void model_destroy(model_t **self_p)
{
    model_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    for (size_t i = 0; i < VIEWS; i++)
        free(self->tables[i].rows);
    free(self);
    *self_p = NULL;
}

static broker_t *find_broker(const table_t *self, const char *id)
{
    broker_t *brokers = (broker_t *)(void *)self->rows;
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(brokers[i].id, id) == 0)
            return &brokers[i];
    return NULL;
}

static dd_error_t append(table_t *self, view_t view, const void *row)
{
    size_t size = ROWS[view].size;
    if (self->count == ROWS[view].max)
        return DD_E_LIMIT;
    if (self->count == self->room) {
        size_t room = self->room ? 2 * self->room : 64;
        char *rows = reallocarray(self->rows, room, size);
        if (!rows)
            return DD_E_MEMORY;
        self->rows = rows;
        self->room = room;
    }
    memcpy(self->rows + self->count++ * size, row, size);
    return DD_OK;
}

dd_error_t model_add(model_t *self, view_t view, const void *row)
{
    table_t *table = &self->tables[view];
    if (view == VIEW_TREE) {
        broker_t *known = find_broker(table, ((const broker_t *)row)->id);
        if (known) {
            memcpy(known, row, sizeof *known);
            return DD_OK;
        }
    }
    return append(table, view, row);
}

/* Places a broker and all below it. Each is placed once, so parents that form a circle don't turn
   in it, and the depth has the number of brokers as its limit. */
static void place(arrangement_t *self, size_t index, unsigned depth)
{
    const broker_t *broker = &self->from[index];
    self->placed[index] = true;
    self->to[self->done] = *broker;
    self->to[self->done++].depth = depth;
    for (size_t i = 0; i < self->count; i++)
        if (!self->placed[i] && strcmp(model_parent(&self->from[i]), broker->id) == 0)
            place(self, i, depth + 1);
}

static dd_error_t arrange_tree(table_t *table)
{
    dd_error_t error = DD_E_MEMORY;
    arrangement_t arrangement = {
        .from = (const broker_t *)(void *)table->rows,
        .count = table->count,
        .placed = calloc(table->room, sizeof(bool)),
        .to = calloc(table->room, sizeof(broker_t)),
    };
    if (!arrangement.placed || !arrangement.to)
        goto cleanup;
    for (size_t i = 0; i < table->count; i++)
        if (!find_broker(table, model_parent(&arrangement.from[i])))
            place(&arrangement, i, 0);
    for (size_t i = 0; i < table->count; i++)
        if (!arrangement.placed[i])
            place(&arrangement, i, 0);
    char *old = table->rows;
    table->rows = (char *)arrangement.to;
    arrangement.to = (broker_t *)(void *)old;
    error = DD_OK;
cleanup:
    free(arrangement.placed);
    free(arrangement.to);
    return error;
}

static void drop_doubles(table_t *table, view_t view)
{
    size_t size = ROWS[view].size, kept = 1;
    for (size_t i = 1; i < table->count; i++) {
        const char *row = table->rows + i * size, *last = table->rows + (kept - 1) * size;
        if (ROWS[view].compare(last, row) != 0)
            memmove(table->rows + kept++ * size, row, size);
    }
    table->count = kept;
}

static dd_error_t sum_topic(table_t *sums, const topic_t *part)
{
    topic_t sum;
    topic_sums_begin(&sum, part);
    return append(sums, VIEW_TOPICS, &sum);
}

/* All of a topic stand together. */
static dd_error_t sum_topics(model_t *self)
{
    const table_t *parts = &self->tables[VIEW_TOPIC_PARTS];
    table_t *sums = &self->tables[VIEW_TOPICS];
    dd_error_t error = DD_OK;
    sums->count = 0;
    for (size_t i = 0; i < parts->count && error == DD_OK; i++) {
        const topic_t *part = (const topic_t *)(void *)parts->rows + i;
        topic_t *last = sums->count > 0 ? model_edit(self, VIEW_TOPICS, sums->count - 1) : NULL;
        if (last && topic_sums_compare(last, part) == 0)
            topic_sums_add(last, part);
        else
            error = sum_topic(sums, part);
    }
    return error;
}

dd_error_t model_arrange(model_t *self)
{
    for (view_t view = VIEW_TREE; view < VIEWS; view++) {
        table_t *table = &self->tables[view];
        if (table->count == 0)
            continue;
        qsort(table->rows, table->count, ROWS[view].size, ROWS[view].compare);
        if (ROWS[view].unique)
            drop_doubles(table, view);
    }
    table_t *brokers = &self->tables[VIEW_TREE];
    dd_error_t summed = sum_topics(self);
    dd_error_t error = brokers->count > 0 ? arrange_tree(brokers) : DD_OK;
    return error ? error : summed;
}

view_t model_reported(view_t view)
{
    return view == VIEW_TOPICS ? VIEW_TOPIC_PARTS : view;
}

const char *model_parent(const broker_t *broker)
{
    return broker->parent[0] != '\0' ? broker->parent : broker->last_parent;
}

size_t model_count(const model_t *self, view_t view)
{
    return self->tables[view].count;
}

const void *model_row(const model_t *self, view_t view, size_t index)
{
    return self->tables[view].rows + index * ROWS[view].size;
}

void *model_edit(model_t *self, view_t view, size_t index)
{
    return self->tables[view].rows + index * ROWS[view].size;
}

size_t model_broker(const model_t *self, const char *id)
{
    for (size_t i = 0; i < model_count(self, VIEW_TREE); i++)
        if (strcmp(((const broker_t *)model_row(self, VIEW_TREE, i))->id, id) == 0)
            return i;
    return SIZE_MAX;
}

void *model_find(model_t *self, view_t view, const void *row)
{
    const table_t *table = &self->tables[view];
    if (table->count == 0)
        return NULL;
    return bsearch(row, table->rows, table->count, ROWS[view].size, ROWS[view].compare);
}
