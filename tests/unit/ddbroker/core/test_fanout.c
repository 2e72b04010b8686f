/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_fanout - a publication to very many goes out a bit at a time, and nothing overtakes it
 *
 * Brokers here do little in a turn, so that everything is seen half done.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

/* Subscribers; a turn gets to less than a third of them. */
#define MANY 30

typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *publisher;
    actor_t *members[MANY];
} crowd_t;

static crowd_t new_crowd(size_t outbox)
{
    crowd_t self = {.tree = tree_new()};
    tree_settings(self.tree)->step_units = 1;
    if (outbox > 0)
        tree_settings(self.tree)->outbox_client = outbox;
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    self.publisher = actor_client(self.broker, "a", "publisher");
    for (int i = 0; i < MANY; i++) {
        char name[16];
        snprintf(name, sizeof name, "m%d", i);
        self.members[i] = actor_want(actor_client(self.broker, "a", name), "news", "all");
    }
    return self;
}

static void add_publication(actor_t *publisher, const char *topic, unsigned number)
{
    char text[16];
    snprintf(text, sizeof text, "%u", number);
    actor_add(publisher, &(dd_record_t){.type = DD_PUBLISH, .topic = B(topic), .payload = B(text)});
}

/* The broker hears what the actor has to say, and does no more in this turn. */
static void hear(const crowd_t *self, actor_t *actor)
{
    dd_frame_t *frame = dd_outbox_take(&actor->outbox);
    core_input(self->broker->core, actor_peer(actor), frame->data, frame->size, 0);
    dd_frame_free(frame);
}

/* The child relays what a.far, beneath it, has published. */
static void add_relayed(actor_t *child, unsigned number)
{
    char text[16];
    snprintf(text, sizeof text, "%u", number);
    actor_add(child, &(dd_record_t){.type = DD_RELAY,
                         .hops = 1,
                         .tenant = B("a"),
                         .topic = B("news"),
                         .scope = B("/1/1/"),
                         .source = B("a.far"),
                         .payload = B(text)});
}

static unsigned count_told(const crowd_t *self)
{
    unsigned told = 0;
    for (int i = 0; i < MANY; i++)
        told += actor_peer(self->members[i])->count.out > 0;
    return told;
}

/* The broker hears it, and has told some. */
static void begin(crowd_t *self)
{
    add_publication(self->publisher, "news", 1);
    while (count_told(self) == 0)
        tree_step(self->tree);
    assert_true(core_is_busy(self->broker->core));
}

static unsigned number_of(const dd_record_t *publication)
{
    char text[16];
    dd_bytes_copy(publication->payload, text, sizeof text);
    return (unsigned)strtoul(text, NULL, 10);
}

static void expect_numbers(actor_t *member, unsigned first, unsigned last)
{
    for (unsigned number = first; number <= last; number++)
        assert_int_equal(number_of(actor_expect(member, DD_PUBLICATION)), number);
    actor_expect_nothing(member);
}

/* ---- A bit at a time ------------------------------------------------------------------------ */

static void test_a_turn_tells_so_many(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    begin(&crowd);
    unsigned told = count_told(&crowd), turns = 0;
    assert_true(told > 0 && told < MANY / 3);
    for (; core_is_busy(crowd.broker->core); turns++) {
        core_work(crowd.broker->core, tree_now(crowd.tree));
        while (core_next_dirty(crowd.broker->core))
            ;
        assert_true(count_told(&crowd) - told <= MANY / 3);
        told = count_told(&crowd);
    }
    assert_int_equal(told, MANY);
    assert_true(turns > 3);
    tree_destroy(&crowd.tree);
}

static void test_others_are_served_meanwhile(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *other = actor_client(crowd.broker, "ab", "other");
    begin(&crowd);
    actor_add(other, &(dd_record_t){.type = DD_SEND, .ref = 1, .destination = B("other")});
    hear(&crowd, other);
    assert_int_equal(actor_peer(other)->count.out, 1);
    assert_true(core_is_busy(crowd.broker->core));
    tree_run(crowd.tree);
    actor_expect(other, DD_DATA);
    tree_destroy(&crowd.tree);
}

/* Few subscribers are told at once, and nothing is kept. */
static void test_few_are_told_at_once(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_want(crowd.members[0], "rare", "all");
    add_publication(crowd.publisher, "rare", 1);
    tree_step(crowd.tree);
    assert_false(core_is_busy(crowd.broker->core));
    assert_null(crowd.broker->core->fanouts.by_tenant.first);
    tree_run(crowd.tree);
    expect_numbers(crowd.members[0], 1, 1);
    tree_destroy(&crowd.tree);
}

static void expect_topic(actor_t *member, unsigned number, const char *topic, size_t suffix)
{
    const dd_record_t *record = actor_expect(member, DD_PUBLICATION);
    assert_int_equal(number_of(record), number);
    assert_bytes(record->topic, topic);
    assert_int_equal(record->suffix, suffix);
}

/* An old client's topic with its path behind it: old subscribers see it as it was sent, others the
   one that they know. The same bytes from another client are a topic. */
static void test_a_topic_with_a_path_waits_as_others(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *native = actor_client(crowd.broker, "a", "native");
    for (int i = 0; i < MANY; i += 3)
        actor_peer(crowd.members[i])->protocol = 4;
    for (int i = 1; i < MANY; i += 3) {
        actor_unsubscribe(crowd.members[i], "news", "all");
        actor_expect(crowd.members[i], DD_UNSUBSCRIBED);
        actor_want(crowd.members[i], "news/1/", "all");
    }
    actor_peer(crowd.publisher)->protocol = 4;
    for (unsigned number = 1; number <= 4; number++)
        add_publication(crowd.publisher, "news/1/", number);
    hear(&crowd, crowd.publisher);
    add_publication(native, "news/1/", 5);
    hear(&crowd, native);
    add_publication(crowd.publisher, "news", 6);
    hear(&crowd, crowd.publisher);
    tree_run(crowd.tree);
    for (int i = 0; i < MANY; i++) {
        bool old = i % 3 == 0, literal = i % 3 == 1;
        for (unsigned number = 1; number <= 4; number++)
            expect_topic(crowd.members[i], number, old || literal ? "news/1/" : "news",
                old ? strlen("/1/") : 0);
        expect_topic(crowd.members[i], literal ? 5 : 6, literal ? "news/1/" : "news", 0);
        actor_expect_nothing(crowd.members[i]);
    }
    tree_destroy(&crowd.tree);
}

/* ---- Who comes and goes --------------------------------------------------------------------- */

static void test_who_leaves_meanwhile_ends_nothing(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    begin(&crowd);
    for (int i = 0; i < MANY; i += 2) /* the next one in turn among them, or the one after it */
        actor_leave(crowd.members[i]);
    actor_unsubscribe(crowd.members[MANY - 1], "news", "all");
    tree_run(crowd.tree);
    for (int i = 1; i < MANY - 1; i += 2)
        expect_numbers(crowd.members[i], 1, 1);
    tree_destroy(&crowd.tree);
}

static void test_all_leave_meanwhile(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    begin(&crowd);
    add_publication(crowd.publisher, "news", 2);
    tree_step(crowd.tree);
    for (int i = 0; i < MANY; i++)
        actor_leave(crowd.members[i]);
    assert_null(crowd.broker->core->interests.by_key.first);
    tree_run(crowd.tree);
    assert_null(crowd.broker->core->fanouts.by_tenant.first);
    tree_destroy(&crowd.tree);
}

static void test_who_comes_meanwhile_hears_what_is_published_then(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *late = actor_client(crowd.broker, "a", "late");
    begin(&crowd);
    add_publication(crowd.publisher, "news", 2);
    hear(&crowd, crowd.publisher);
    dd_record_t subscribe = {.type = DD_SUBSCRIBE, .ref = 1, .topic = B("news"), .scope = B("all")};
    actor_add(late, &subscribe);
    hear(&crowd, late);
    add_publication(crowd.publisher, "news", 3);
    tree_run(crowd.tree);
    actor_expect(late, DD_SUBSCRIBED);
    expect_numbers(late, 3, 3);
    expect_numbers(crowd.members[MANY - 1], 1, 3);
    tree_destroy(&crowd.tree);
}

/* It stands at the end of the line again, with its new subscription. */
static void test_who_subscribes_anew_meanwhile_gets_it_once(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    begin(&crowd);
    assert_int_equal(actor_peer(crowd.members[0])->count.out, 1);
    actor_add(crowd.members[0],
        &(dd_record_t){.type = DD_UNSUBSCRIBE, .ref = 2, .topic = B("news"), .scope = B("all")});
    actor_add(crowd.members[0],
        &(dd_record_t){.type = DD_SUBSCRIBE, .ref = 3, .topic = B("news"), .scope = B("all")});
    hear(&crowd, crowd.members[0]);
    tree_run(crowd.tree);
    actor_expect(crowd.members[0], DD_PUBLICATION);
    actor_expect(crowd.members[0], DD_UNSUBSCRIBED);
    actor_expect(crowd.members[0], DD_SUBSCRIBED);
    actor_expect_nothing(crowd.members[0]);
    tree_destroy(&crowd.tree);
}

static void test_the_publisher_may_leave(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    begin(&crowd);
    actor_leave(crowd.publisher);
    tree_run(crowd.tree);
    for (int i = 0; i < MANY; i++)
        expect_numbers(crowd.members[i], 1, 1);
    tree_destroy(&crowd.tree);
}

/* ---- Order ---------------------------------------------------------------------------------- */

/* A topic of few subscribers isn't faster than one of many, whoever publishes. */
static void test_later_ones_dont_overtake(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *last = crowd.members[MANY - 1];
    actor_want(last, "rare", "all");
    for (unsigned number = 1; number <= 60; number++)
        add_publication(crowd.publisher, number % 3 ? "rare" : "news", number);
    tree_run(crowd.tree);
    expect_numbers(last, 1, 60);
    for (unsigned number = 3; number <= 60; number += 3)
        assert_int_equal(number_of(actor_expect(crowd.members[0], DD_PUBLICATION)), number);
    tree_destroy(&crowd.tree);
}

/* A link waits for nobody, and what it gets has its order. */
static void test_a_link_is_told_at_once(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *child = actor_child(crowd.broker, 1, "/1/1/");
    actor_add(
        child, &(dd_record_t){
                   .type = DD_ADD_INTEREST, .tenant = B("a"), .topic = B("news"), .scope = B("/")});
    tree_run(crowd.tree);
    actor_skip(child);
    for (unsigned number = 1; number <= 3; number++)
        add_publication(crowd.publisher, "news", number);
    tree_step(crowd.tree);
    assert_int_equal(actor_peer(child)->count.out, 3);
    assert_true(core_is_busy(crowd.broker->core));
    tree_run(crowd.tree);
    for (unsigned number = 1; number <= 3; number++)
        assert_int_equal(number_of(actor_expect(child, DD_RELAY)), number);
    expect_numbers(crowd.members[MANY - 1], 1, 3);
    tree_destroy(&crowd.tree);
}

/* What a link has lost is told behind what it brought before. */
static void test_a_gap_doesnt_overtake(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *child = actor_child(crowd.broker, 1, "/1/1/");
    actor_add_client(child, "a.far", 7);
    add_relayed(child, 1);
    actor_add(child,
        &(dd_record_t){
            .type = DD_GAP, .number = 5, .tenant = B("a"), .topic = B("news"), .scope = B("/")});
    add_relayed(child, 7);
    tree_run(crowd.tree);
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(number_of(actor_expect(crowd.members[i], DD_PUBLICATION)), 1);
        assert_int_equal(actor_expect(crowd.members[i], DD_GAP)->number, 5);
        expect_numbers(crowd.members[i], 7, 7);
    }
    tree_destroy(&crowd.tree);
}

/* That something may be lost is told behind what was published before, to those, too, who were told
   of it while they still waited for that. */
static void test_a_doubt_doesnt_overtake(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *child = actor_child(crowd.broker, 1, "/1/1/");
    tree_run(crowd.tree);
    begin(&crowd);
    actor_leave(child);
    add_publication(crowd.publisher, "news", 2);
    tree_run(crowd.tree);
    for (int i = 0; i < MANY; i++) {
        const dd_record_t *record;
        bool told = false;
        unsigned number = 0;
        while ((record = actor_next(crowd.members[i])) && number < 2)
            if (record->type == DD_GAP)
                told = number == 1;
            else
                number = number_of(record);
        assert_int_equal(number, 2);
        assert_true(told);
    }
    tree_destroy(&crowd.tree);
}

/* ---- Together ------------------------------------------------------------------------------- */

static unsigned count_frames(const actor_t *member)
{
    unsigned count = 0;
    const dd_frame_t *frame;
    LL_FOREACH (member->frames, frame)
        count++;
    return count;
}

/* Some have had the first one when others come: they get these, and the rest get all in one frame.
 */
static void test_what_comes_meanwhile_goes_along(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    unsigned before[MANY], told = 0;
    for (int i = 0; i < MANY; i++)
        before[i] = count_frames(crowd.members[i]);
    begin(&crowd);
    for (unsigned number = 2; number <= 5; number++)
        add_publication(crowd.publisher, "news", number);
    hear(&crowd, crowd.publisher);
    told = count_told(&crowd);
    tree_run(crowd.tree);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(count_frames(crowd.members[i]) - before[i], i < told ? 2 : 1);
        expect_numbers(crowd.members[i], 1, 5);
    }
    tree_destroy(&crowd.tree);
}

/* Who publishes several at once has nobody served before all of them are there. */
static void test_what_comes_together_goes_together(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    unsigned before = count_frames(crowd.members[0]);
    for (unsigned number = 1; number <= 5; number++)
        add_publication(crowd.publisher, "news", number);
    tree_run(crowd.tree);
    expect_numbers(crowd.members[0], 1, 5);
    assert_int_equal(count_frames(crowd.members[0]) - before, 1);
    tree_destroy(&crowd.tree);
}

/* However much that is, up to what a frame takes. */
static void test_what_goes_along_makes_one_frame(void **state)
{
    (void)state;
    char text[500];
    memset(text, 'x', sizeof text);
    crowd_t crowd = new_crowd(0);
    actor_t *last = crowd.members[MANY - 1];
    unsigned before = count_frames(last);
    begin(&crowd);
    for (int i = 0; i < 50; i++)
        actor_add(crowd.publisher,
            &(dd_record_t){
                .type = DD_PUBLISH, .topic = B("news"), .payload = dd_bytes(text, sizeof text)});
    hear(&crowd, crowd.publisher);
    hear(&crowd, crowd.publisher); /* it may be two frames */
    tree_run(crowd.tree);
    assert_int_equal(count_frames(last) - before, 1);
    tree_destroy(&crowd.tree);
}

/* However many come one by one, nobody is passed over, and nobody gets a frame for each. */
static void test_a_stream_goes_in_few_frames(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    unsigned before = count_frames(crowd.members[MANY - 1]);
    for (unsigned number = 1; number <= 100; number++) {
        add_publication(crowd.publisher, "news", number);
        hear(&crowd, crowd.publisher);
        tree_step(crowd.tree);
    }
    tree_run(crowd.tree);
    assert_true(count_frames(crowd.members[MANY - 1]) - before < 50);
    for (int i = 0; i < MANY; i++)
        expect_numbers(crowd.members[i], 1, 100);
    tree_destroy(&crowd.tree);
}

/* By the interest that is first on the way; each stands for all that is lost, once. */
static void test_who_holds_two_interests_gets_one_copy(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(0);
    actor_t *twice[] = {crowd.members[0], crowd.members[MANY - 1]};
    for (int i = 0; i < 2; i++)
        actor_want(twice[i], "news", "region");
    begin(&crowd);
    for (int i = 0; i < 2; i++)
        actor_hold(twice[i], true);
    tree_step(crowd.tree);
    for (int i = 0; i < 2; i++)
        dd_outbox_set_limit(&actor_peer(twice[i])->outbox, 200);
    for (unsigned number = 2; number <= 20; number++) {
        add_publication(crowd.publisher, "news", number);
        hear(&crowd, crowd.publisher);
        tree_step(crowd.tree);
    }
    tree_run(crowd.tree);
    for (int i = 0; i < 2; i++) {
        const dd_record_t *record;
        uint64_t got = 0, lost[2] = {0};
        actor_hold(twice[i], false);
        tree_run(crowd.tree);
        while ((record = actor_next(twice[i])))
            if (record->type == DD_PUBLICATION)
                assert_int_equal(number_of(record), ++got);
            else
                lost[record->scope.size > 1] += record->number;
        assert_true(lost[0] > 0);
        assert_int_equal(got + lost[0], 20);
        assert_int_equal(lost[1], lost[0]);
    }
    tree_destroy(&crowd.tree);
}

/* ---- Too much ------------------------------------------------------------------------------- */

/* A publisher that is too fast is told so, of each publication; all others arrive, in order. */
static void test_a_flood_is_refused_by_its_publisher(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(4000);
    for (unsigned number = 1; number <= 200; number++)
        add_publication(crowd.publisher, "news", number);
    tree_run(crowd.tree);
    unsigned refused = 0, got = 0, last = 0;
    const dd_record_t *record;
    while ((record = actor_next(crowd.publisher))) {
        assert_int_equal(record->type, DD_UNPUBLISHED);
        assert_int_equal(record->code, DD_E_RATE_LIMITED);
        refused++;
    }
    while ((record = actor_next(crowd.members[MANY - 1]))) {
        assert_int_equal(record->type, DD_PUBLICATION);
        assert_true(number_of(record) > last);
        last = number_of(record);
        got++;
    }
    assert_true(refused > 0 && got > 0);
    assert_int_equal(refused + got, 200);
    assert_int_equal(quotas_find(&crowd.broker->core->quotas, B("a"))->outbox.bytes, 0);
    tree_destroy(&crowd.tree);
}

/* What waits counts as the tenant's. */
static void test_what_waits_is_within_the_tenants_quota(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(4000);
    quota_t *quota = quotas_find(&crowd.broker->core->quotas, B("a"));
    begin(&crowd);
    size_t one = quota->outbox.bytes;
    assert_true(one > 0);
    quota->outbox.limit = one + 10;
    add_publication(crowd.publisher, "news", 2);
    tree_run(crowd.tree);
    assert_int_equal(actor_expect(crowd.publisher, DD_UNPUBLISHED)->code, DD_E_RATE_LIMITED);
    tree_destroy(&crowd.tree);
}

/* What clients that don't read have used up is the quota: what waits besides doesn't take the room
   for what others of the tenant are told. */
static void test_what_waits_beyond_the_quota_takes_none_of_it(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(64000);
    quota_t *quota = quotas_find(&crowd.broker->core->quotas, B("a"));
    begin(&crowd);
    quota->outbox.limit = quota->outbox.bytes + 10;
    size_t before = quota->outbox.bytes;
    add_publication(crowd.publisher, "news", 2);
    hear(&crowd, crowd.publisher);
    assert_int_equal(quota->outbox.bytes, before);
    quota->outbox.limit = 64000;
    tree_run(crowd.tree);
    assert_int_equal(quota->outbox.bytes, 0);
    expect_numbers(crowd.members[MANY - 1], 1, 2);
    tree_destroy(&crowd.tree);
}

/* All numbers up to the last one in order, and where some are missing, a GAP that says how many.
   How many GAPs there were. */
static unsigned expect_all_or_gaps(actor_t *member, unsigned last)
{
    unsigned number = 0, gaps = 0;
    const dd_record_t *record;
    while ((record = actor_next(member))) {
        if (record->type == DD_GAP) {
            number += (unsigned)record->number;
            gaps++;
            continue;
        }
        assert_int_equal(number_of(record), number + 1);
        number++;
    }
    assert_int_equal(number, last);
    return gaps;
}

/* Whoever misses what a link brought is told how many, where they were missed. */
static void test_a_flood_over_a_link_is_lost_and_told(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(4000);
    actor_t *child = actor_child(crowd.broker, 1, "/1/1/");
    actor_add_client(child, "a.far", 7);
    for (unsigned number = 1; number <= 300; number++) {
        add_relayed(child, number);
        if (number % 100 == 0) { /* three frames */
            tree_step(crowd.tree);
            tree_step(crowd.tree);
        }
    }
    tree_run(crowd.tree);
    for (int i = 0; i < MANY; i++)
        assert_true(expect_all_or_gaps(crowd.members[i], 300) > 0);
    assert_null(crowd.broker->core->fanouts.by_tenant.first);
    tree_destroy(&crowd.tree);
}

/* What is lost while a loss waits to be told isn't told with it, in front of what came between. */
static void test_a_loss_is_told_where_it_was(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(1500);
    actor_t *child = actor_child(crowd.broker, 1, "/1/1/");
    actor_add_client(child, "a.far", 7);
    for (unsigned number = 1; number <= 3000; number++) {
        add_relayed(child, number);
        if (number % 30 == 0)
            tree_step(crowd.tree);
    }
    tree_run(crowd.tree);
    for (int i = 0; i < MANY; i++)
        assert_true(expect_all_or_gaps(crowd.members[i], 3000) > 1);
    tree_destroy(&crowd.tree);
}

/* An interest goes while there is a loss to be told of it, and that of others isn't told earlier
   for that. */
static void test_a_loss_goes_with_its_interest(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(1500);
    actor_t *child = actor_child(crowd.broker, 1, "/1/1/"), *fickle = crowd.members[0];
    actor_add_client(child, "a.far", 7);
    for (unsigned number = 1; number <= 3000; number++) {
        add_relayed(child, number);
        if (number % 30 > 0)
            continue;
        uint8_t type = number % 60 ? DD_SUBSCRIBE : DD_UNSUBSCRIBE;
        actor_add(
            fickle, &(dd_record_t){.type = type, .ref = 9, .topic = B("news"), .scope = B("/1/")});
        for (unsigned steps = number % 7; steps > 0; steps--)
            tree_step(crowd.tree);
    }
    tree_run(crowd.tree);
    for (int i = 1; i < MANY; i++)
        assert_true(expect_all_or_gaps(crowd.members[i], 3000) > 1);
    tree_destroy(&crowd.tree);
}

/* That so many are lost, and perhaps more, are two things to be told. */
static void test_a_loss_and_a_doubt_are_both_told(void **state)
{
    (void)state;
    crowd_t crowd = new_crowd(1500);
    actor_t *child = actor_child(crowd.broker, 1, "/1/1/");
    actor_add_client(child, "a.far", 7);
    for (unsigned number = 1; number <= 100; number++)
        add_relayed(child, number);
    actor_add(child,
        &(dd_record_t){.type = DD_GAP, .tenant = B("a"), .topic = B("news"), .scope = B("/")});
    tree_run(crowd.tree);
    for (int i = 0; i < MANY; i++) {
        const dd_record_t *record;
        unsigned counted = 0, doubts = 0;
        while ((record = actor_next(crowd.members[i]))) {
            counted += record->type == DD_GAP && record->number > 0;
            doubts += record->type == DD_GAP && record->number == 0;
        }
        assert_int_equal(counted, 1);
        assert_int_equal(doubts, 1);
    }
    tree_destroy(&crowd.tree);
}

/* ---- Whatever happens ----------------------------------------------------------------------- */

/* What one subscriber may count on: no number twice, and each one that is missing is in a GAP. */
typedef struct {
    unsigned next;
    uint64_t told;
    bool unsure;
} account_t;

static void settle(account_t *self, actor_t *member, bool all)
{
    const dd_record_t *record;
    while ((record = actor_next(member))) {
        if (record->type == DD_GAP) {
            self->told += record->number;
            self->unsure |= record->number == 0;
        } else if (record->type == DD_PUBLICATION) {
            unsigned number = number_of(record);
            assert_true(number >= self->next);
            if (all && !self->unsure)
                assert_int_equal(number - self->next, self->told);
            self->next = number + 1;
            self->told = 0;
            self->unsure = false;
        }
    }
}

static void stir(crowd_t *self, uint32_t what)
{
    static const char *const SCOPES[] = {"/", "region", "noscope"};
    dd_record_t record = {.type = what % 2 ? DD_SUBSCRIBE : DD_UNSUBSCRIBE,
        .ref = 1,
        .topic = B("news"),
        .scope = B(SCOPES[what % 3])};
    int chosen = (int)tree_random(self->tree, MANY / 2);
    if (what < 10) {
        actor_add(self->members[chosen], &record);
        return;
    }
    actor_leave(self->members[chosen]);
    self->members[chosen] = actor_connect(self->broker, "a");
    char name[16];
    snprintf(name, sizeof name, "m%d", chosen);
    actor_add(self->members[chosen], &(dd_record_t){.type = DD_HELLO, .name = B(name)});
    record.type = DD_SUBSCRIBE;
    actor_add(self->members[chosen], &record);
}

/* The first half comes, goes and changes its mind; the second half stays, and gets all there is. */
static void test_whoever_stays_has_no_holes(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 40; seed++) {
        crowd_t crowd = new_crowd(seed % 2 ? 3000 : 0);
        tree_seed(crowd.tree, seed);
        actor_t *child = actor_child(crowd.broker, 1, "/1/1/");
        actor_add_client(child, "a.far", 7);
        static account_t accounts[MANY];
        memset(accounts, 0, sizeof accounts);
        actor_t *before[MANY];
        for (unsigned number = 0; number < 150; number++) {
            add_relayed(child, number);
            memcpy(before, crowd.members, sizeof before);
            if (tree_random(crowd.tree, 3) == 0)
                stir(&crowd, tree_random(crowd.tree, 12));
            for (int i = 0; i < MANY; i++)
                if (before[i] != crowd.members[i])
                    accounts[i] = (account_t){0};
            for (uint32_t steps = tree_random(crowd.tree, 12); steps > 0; steps--)
                tree_step(crowd.tree);
        }
        tree_run(crowd.tree);
        for (int i = 0; i < MANY; i++)
            settle(&accounts[i], crowd.members[i], i >= MANY / 2);
        for (int i = MANY / 2; i < MANY; i++)
            assert_int_equal(accounts[i].next + accounts[i].told, 150);
        assert_null(crowd.broker->core->fanouts.by_tenant.first);
        tree_destroy(&crowd.tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_turn_tells_so_many),
        cmocka_unit_test(test_others_are_served_meanwhile),
        cmocka_unit_test(test_few_are_told_at_once),
        cmocka_unit_test(test_a_topic_with_a_path_waits_as_others),
        cmocka_unit_test(test_who_leaves_meanwhile_ends_nothing),
        cmocka_unit_test(test_all_leave_meanwhile),
        cmocka_unit_test(test_who_comes_meanwhile_hears_what_is_published_then),
        cmocka_unit_test(test_who_subscribes_anew_meanwhile_gets_it_once),
        cmocka_unit_test(test_the_publisher_may_leave),
        cmocka_unit_test(test_later_ones_dont_overtake),
        cmocka_unit_test(test_a_link_is_told_at_once),
        cmocka_unit_test(test_a_gap_doesnt_overtake),
        cmocka_unit_test(test_a_doubt_doesnt_overtake),
        cmocka_unit_test(test_what_comes_meanwhile_goes_along),
        cmocka_unit_test(test_what_comes_together_goes_together),
        cmocka_unit_test(test_what_goes_along_makes_one_frame),
        cmocka_unit_test(test_a_stream_goes_in_few_frames),
        cmocka_unit_test(test_who_holds_two_interests_gets_one_copy),
        cmocka_unit_test(test_a_flood_is_refused_by_its_publisher),
        cmocka_unit_test(test_what_waits_is_within_the_tenants_quota),
        cmocka_unit_test(test_what_waits_beyond_the_quota_takes_none_of_it),
        cmocka_unit_test(test_a_flood_over_a_link_is_lost_and_told),
        cmocka_unit_test(test_a_loss_is_told_where_it_was),
        cmocka_unit_test(test_a_loss_goes_with_its_interest),
        cmocka_unit_test(test_a_loss_and_a_doubt_are_both_told),
        cmocka_unit_test(test_whoever_stays_has_no_holes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
