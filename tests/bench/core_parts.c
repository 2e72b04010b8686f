/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_parts - the parts of core_scale with a million of everything
 */
#include "core_parts.h"

#include <stdio.h>

#define MILLION 1000000
/* Of the broker in the middle. */
#define BRANCHES 10

static void lose(bench_t *self, peer_t *link)
{
    uint64_t began = bench_clock_us();
    core_disconnect(self->core, link, 0);
    bench_end_turn(self, began);
    bench_rest(self);
}

/* ---- a million in one broker ----------------------------------------------------------------- */

typedef void(tell_t)(bench_t *self, peer_t *child, unsigned first, unsigned count);

/* All children say that, a part of the million each. */
static void tell_all(
    bench_t *self, peer_t *const children[BRANCHES], tell_t *tell, const char *what)
{
    const unsigned part = MILLION / BRANCHES;
    bench_begin(self);
    for (unsigned i = 0; i < BRANCHES; i++)
        tell(self, children[i], i * part, part);
    bench_rest(self);
    bench_print_each(self, what, MILLION);
}

static void print_traffic(bench_t *self, const char *what, dd_record_type_t type)
{
    double few = bench_time_traffic(self, &(bench_traffic_t){type, MILLION, 100});
    double all = bench_time_traffic(self, &(bench_traffic_t){type, MILLION, MILLION});
    printf("%-30s %4.0f ns to 100 of them, %4.0f ns spread over all\n", what, few, all);
}

/* A parent is found, and told of all. */
static peer_t *tell_parent(bench_t *self)
{
    bench_begin(self);
    peer_t *parent = bench_parent(self);
    bench_rest(self);
    bench_print_each(self, "a new parent is told of all", 2 * MILLION);
    printf("%-30s %.0f turns\n", "", (double)self->turns);
    return parent;
}

void core_parts_million(void)
{
    bench_t self;
    peer_t *children[BRANCHES];
    puts("\n1,000,000 names and as many topics, wanted beneath 10 children:");
    bench_open(&self, true);
    for (unsigned i = 0; i < BRANCHES; i++)
        children[i] = bench_child(&self, i);
    tell_all(&self, children, bench_tell_names, "names come");
    tell_all(&self, children, bench_tell_topics, "subscriptions come");
    for (unsigned i = 0; i < BRANCHES; i++)
        bench_synced(&self, children[i]);
    print_traffic(&self, "a notification", DD_SEND);
    print_traffic(&self, "a publication", DD_PUBLISH);
    peer_t *parent = tell_parent(&self);
    bench_begin(&self);
    lose(&self, parent);
    bench_print(&self, "the parent is lost");
    bench_begin(&self);
    lose(&self, children[0]);
    bench_print_each(&self, "a child is lost", 2 * MILLION / BRANCHES);
    children[0] = bench_child(&self, 0);
    bench_tell_names(&self, children[0], 0, MILLION / BRANCHES);
    bench_tell_topics(&self, children[0], 0, MILLION / BRANCHES);
    tell_all(&self, children, bench_drop_names, "names go");
    tell_all(&self, children, bench_drop_topics, "subscriptions go");
    bench_close(&self);
}

/* ---- a root ---------------------------------------------------------------------------------- */

#define CHILDREN 200
#define CHILD_NAMES 5000
/* Topics that are wanted beneath one child alone: all others hear of them. */
#define CHILD_TOPICS 1000

/* All join at once, as after the root's restart, and tell all they have, a bit each in turn. */
static void join_all(bench_t *self, peer_t *children[CHILDREN])
{
    bench_begin(self);
    for (unsigned i = 0; i < CHILDREN; i++)
        children[i] = bench_child(self, i);
    for (unsigned told = 0; told < CHILD_NAMES; told += BENCH_FRAME_NAMES)
        for (unsigned i = 0; i < CHILDREN; i++)
            bench_tell_names(self, children[i], i * CHILD_NAMES + told, BENCH_FRAME_NAMES);
    bench_print_each(self, "all names come", CHILDREN * CHILD_NAMES);
    bench_begin(self);
    for (unsigned i = 0; i < CHILDREN; i++)
        bench_tell_topics(self, children[i], i * CHILD_TOPICS, CHILD_TOPICS);
    for (unsigned i = 0; i < CHILDREN; i++)
        bench_synced(self, children[i]);
    bench_rest(self);
    bench_print_each(self, "200,000 topics come", CHILDREN * CHILD_TOPICS);
}

/* The clients of one child are on another one a moment later. */
static void move_names(bench_t *self, peer_t *const children[CHILDREN])
{
    bench_begin(self);
    bench_drop_names(self, children[0], 0, CHILD_NAMES);
    bench_tell_names(self, children[1], 0, CHILD_NAMES);
    bench_rest(self);
    bench_print_each(self, "5,000 names move", CHILD_NAMES);
}

static void lose_child(bench_t *self, peer_t *children[CHILDREN])
{
    bench_begin(self);
    lose(self, children[2]);
    bench_print_each(self, "a child is lost", CHILD_NAMES + CHILD_TOPICS);
    bench_begin(self);
    children[2] = bench_child(self, 2);
    bench_tell_names(self, children[2], 2 * CHILD_NAMES, CHILD_NAMES);
    bench_tell_topics(self, children[2], 2 * CHILD_TOPICS, CHILD_TOPICS);
    bench_synced(self, children[2]);
    bench_rest(self);
    bench_print_each(self, "it comes back", CHILD_NAMES + CHILD_TOPICS);
}

void core_parts_root(void)
{
    bench_t self;
    peer_t *children[CHILDREN];
    puts("\nA root with 200 children of 5,000 names each, after its restart:");
    bench_open(&self, false);
    join_all(&self, children);
    printf("%-30s %4.0f ns\n", "a notification",
        bench_time_traffic(
            &self, &(bench_traffic_t){DD_SEND, CHILDREN * CHILD_NAMES, CHILDREN * CHILD_NAMES}));
    move_names(&self, children);
    lose_child(&self, children);
    bench_close(&self);
}
