/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_gap - lost publications are counted and told
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define MANY 300

/* Publishes MANY times 100 bytes on "t". How many didn't go on to a link, as the publisher is told.
 */
static uint32_t flood(actor_t *publisher)
{
    static const uint8_t PAYLOAD[100];
    for (uint32_t i = 0; i < MANY; i++)
        actor_say(publisher,
            &(dd_record_t){
                .type = DD_PUBLISH, .topic = B("t"), .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)});
    uint32_t told = 0;
    for (const dd_record_t *record; (record = actor_next(publisher)); told++) {
        assert_int_equal(record->type, DD_UNPUBLISHED);
        assert_int_equal(record->code, DD_E_OVERLOADED);
        assert_bytes(record->topic, "t");
    }
    return told;
}

/* Publications that a listener got, and how many it was told it lost by that path. */
typedef struct {
    uint32_t got;
    uint64_t lost;
    bool ends_with_gap;
} tally_t;

static tally_t tally(actor_t *listener, const char *path)
{
    tally_t self = {0};
    const dd_record_t *record;
    while ((record = actor_next(listener))) {
        self.got += record->type == DD_PUBLICATION;
        if (record->type == DD_GAP && dd_bytes_equal(record->scope, B(path)))
            self.lost += record->number;
        self.ends_with_gap = record->type == DD_GAP;
    }
    return self;
}

static void test_a_slow_subscriber_is_told_what_it_lost(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_want(actor_client(broker, "a", "slow"), "t", "all");
    actor_t *quick = actor_want(actor_client(broker, "a", "quick"), "t", "all");
    actor_t *publisher = actor_client(broker, "a", "publisher");
    uint64_t lost = 0;
    for (int round = 0; round < 3; round++) {
        actor_hold(slow, true);
        flood(publisher);
        assert_int_equal(tally(quick, "/").got, MANY);
        actor_hold(slow, false);
        tree_run(tree);
        tally_t told = tally(slow, "/");
        assert_in_range(told.got, 50, 150);
        assert_int_equal(told.got + told.lost, MANY);
        lost += told.lost;
        assert_int_equal(topics_first(&broker->core->topics)->count.lost, lost);
        assert_true(told.ends_with_gap); /* it needs not wait for the next one */
        actor_publish(publisher, "t", "after");
        actor_expect(slow, DD_PUBLICATION);
        actor_expect_nothing(slow);
        actor_skip(quick);
    }
    actor_expect_nothing(publisher);
    tree_destroy(&tree);
}

/* One that was ended with losses untold hears why it was ended, and nothing behind it. */
static void test_losses_are_told_to_nobody_who_was_ended(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_want(actor_client(broker, "a", "slow"), "t", "all");
    actor_t *publisher = actor_client(broker, "b", "publisher");
    actor_hold(slow, true);
    flood(actor_client(broker, "a", "publisher"));
    assert_true(actor_peer(slow)->lossy);
    dd_keyring_t *without = tenants_keyring("b,public");
    core_set_keyring(broker->core, without, tree_now(tree));
    actor_hold(slow, false);
    tree_run(tree);
    const dd_record_t *last = NULL, *record;
    while ((record = actor_next(slow)))
        last = record;
    assert_int_equal(last->type, DD_ERROR);
    assert_int_equal(last->code, DD_E_REFUSED);
    assert_null(actor_peer(slow)->subscriptions);
    actor_publish(publisher, "t", "others go on");
    core_set_keyring(broker->core, tree_keyring(tree), tree_now(tree));
    dd_keyring_destroy(&without);
    tree_destroy(&tree);
}

/* Room may come while the outbox is still not empty: the next publication finds it, and the gap
   comes before it. */
static void test_a_gap_is_told_where_it_was(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 40000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_want(actor_client(broker, "a", "slow"), "t", "all");
    actor_t *publisher = actor_client(broker, "a", "publisher");
    actor_hold(slow, true);
    flood(publisher);
    uint64_t lost = actor_peer(slow)->count.dropped;
    dd_frame_t *sent = dd_outbox_take(&actor_peer(slow)->outbox);
    assert_non_null(actor_peer(slow)->outbox.first); /* there is more */
    actor_publish(publisher, "t", "after");
    assert_int_equal(actor_peer(slow)->count.dropped, lost);
    dd_frame_free(sent);
    actor_hold(slow, false);
    tree_run(tree);
    uint64_t told = 0;
    const dd_record_t *record;
    while ((record = actor_next(slow)) && record->payload.size != strlen("after"))
        told += record->type == DD_GAP ? record->number : 0;
    assert_non_null(record);
    assert_int_equal(told, lost);
    actor_expect_nothing(slow);
    tree_destroy(&tree);
}

/* Wanted in two ways, a lost publication is lost in both; the same interest under two patterns is
   one. */
static void test_losses_are_counted_once_for_each_interest(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_client(broker, "a", "slow");
    actor_want(actor_want(actor_want(actor_want(slow, "t", "region"), "t", "all"), "t", "/1/"), "t",
        "/2/");
    actor_hold(slow, true);
    flood(actor_client(broker, "a", "publisher"));
    uint64_t dropped = actor_peer(slow)->count.dropped;
    actor_hold(slow, false);
    tree_run(tree);
    size_t start = slow->read;
    tally_t all = tally(slow, "/");
    slow->read = start;
    tally_t region = tally(slow, "/1/");
    slow->read = start;
    assert_int_equal(tally(slow, "/2/").lost, 0);
    assert_int_equal(all.got + all.lost, MANY);
    assert_int_equal(region.lost, all.lost);
    assert_int_equal(dropped, all.lost);
    tree_destroy(&tree);
}

/* What a link loses is lost to all beyond it who wanted it, whatever interest of theirs it was. */
static void test_a_slow_link_tells_all_beyond_it_what_they_lost(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        tree_t *tree = tree_new();
        tree_settings(tree)->outbox_link = 10000;
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
        broker_t *here = down ? root : leaf, *there = down ? leaf : root;
        broker_t *farther = down ? broker_new(tree, "farther", leaf, "/1/1/1/")
                                 : broker_new(tree, "farther", root, "/1/2/");
        actor_t *listeners[4];
        static const char *const SCOPES[] = {"/", "/1/", "noscope", "/1/"};
        static const char *const NAMES[] = {"k", "l", "m", "n"};
        for (size_t i = 0; i < 4; i++)
            listeners[i] =
                actor_want(actor_client(i < 3 ? there : farther, "a", NAMES[i]), "t", SCOPES[i]);
        actor_want(actor_want(listeners[3], "t", "/"), "u", "/");
        actor_t *near = actor_want(actor_client(here, "a", "near"), "t", "all");
        actor_t *publisher = actor_client(here, "a", "publisher");
        if (down)
            broker_hold_down(leaf, true);
        else
            broker_hold_up(leaf, true);
        uint32_t unpublished = flood(publisher);
        if (down)
            broker_hold_down(leaf, false);
        else
            broker_hold_up(leaf, false);
        tree_run(tree);
        for (size_t i = 0; i < 4; i++) {
            tally_t told = tally(listeners[i], SCOPES[i]);
            assert_in_range(told.got, 40, 150);
            assert_int_equal(told.got + told.lost, MANY);
            assert_int_equal(told.lost, unpublished);
        }
        assert_int_equal(tally(near, "/").got, MANY);
        tree_destroy(&tree);
    }
}

static void test_a_gap_is_forgotten_with_its_subscription(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_want(actor_client(broker, "a", "slow"), "t", "all");
    actor_hold(slow, true);
    flood(actor_client(broker, "a", "publisher"));
    actor_unsubscribe(slow, "t", "all");
    actor_hold(slow, false);
    tree_run(tree);
    tally_t told = tally(slow, "/");
    assert_true(told.got + told.lost < MANY);
    assert_false(actor_peer(slow)->lossy);
    tree_destroy(&tree);
}

static void test_a_link_may_tell_of_any_loss(void **state)
{
    static const struct {
        const char *topic;
        uint64_t number;
    } GAPS[] = {{"t", 0}, {"u", 7}, {"t", UINT64_MAX}, {"t", UINT64_MAX}, {"v", 0}};
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/");
    actor_t *slow = actor_want(actor_client(broker, "a", "slow"), "t", "all");
    actor_want(actor_want(slow, "u", "all"), "v", "all");
    actor_hold(slow, true);
    dd_record_t filler = {.type = DD_SEND, .ref = 2, .destination = B("slow")};
    actor_t *sender = actor_client(broker, "a", "filler");
    for (int i = 0; i < 1000; i++) /* until not even a gap has room */
        actor_say(sender, &filler);
    for (size_t i = 0; i < COUNT(GAPS); i++)
        actor_say(child, &(dd_record_t){.type = DD_GAP,
                             .number = GAPS[i].number,
                             .tenant = B("a"),
                             .topic = B(GAPS[i].topic),
                             .scope = B("/")});
    assert_int_equal(actor_peer(child)->state, PEER_READY);
    actor_hold(slow, false);
    tree_run(tree);
    static const struct {
        const char *topic;
        uint64_t number;
    } TOLD[] = {{"t", UINT64_MAX}, {"t", 0}, {"u", 7}, {"v", 0}};
    unsigned told[4] = {0};
    const dd_record_t *record;
    while ((record = actor_find(slow, DD_GAP)))
        for (size_t i = 0; i < 4; i++)
            told[i] +=
                dd_bytes_equal(record->topic, B(TOLD[i].topic)) && record->number == TOLD[i].number;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(told[i], 1);
    tree_destroy(&tree);
}

/* ---- Whatever is slow, and for how long ----------------------------------------------------- */

/* The pair of branches, with a subscriber at each broker. */
typedef struct {
    pair_t pair;
    broker_t *brokers[5];
    actor_t *listeners[5];
    const char *scopes[5];
    const char *paths[5]; /* what the scopes come to there */
    uint64_t expected[5];
} crowd_t;

static void crowd_gather(crowd_t *self, uint32_t seed)
{
    static const struct {
        const char *scope, *path;
    } SCOPES[] = {{"all", "/"}, {"region", "/1/"}, {"/1/1/", "/1/1/"}, {"/1/2/1/", "/1/2/1/"}};
    *self = (crowd_t){.pair = pair_new()};
    pair_t *pair = &self->pair;
    broker_t *const BROKERS[] = {
        pair->root, pair->left, pair->right, pair->left_leaf, pair->right_leaf};
    tree_seed(pair->tree, seed);
    for (int i = 0; i < 5; i++) {
        size_t choice = tree_random(pair->tree, 4);
        self->brokers[i] = BROKERS[i];
        self->scopes[i] = SCOPES[choice].scope;
        self->paths[i] = SCOPES[choice].path;
        self->listeners[i] = actor_client(BROKERS[i], "a", BROKERS[i]->name);
        actor_want(self->listeners[i], "t", self->scopes[i]);
    }
}

static void crowd_publish(crowd_t *self)
{
    static const uint8_t PAYLOAD[500];
    int from = (int)tree_random(self->pair.tree, 5);
    const char *origin = core_scope(self->brokers[from]->core);
    actor_say(self->listeners[from],
        &(dd_record_t){
            .type = DD_PUBLISH, .topic = B("t"), .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)});
    for (int i = 0; i < 5; i++)
        self->expected[i] += strncmp(origin, self->paths[i], strlen(self->paths[i])) == 0;
}

/* Somebody begins or ends to be slow. */
static void crowd_change(crowd_t *self, int what, bool slow)
{
    if (what < 5)
        actor_hold(self->listeners[what], slow);
    else if (what < 9)
        broker_hold_up(self->brokers[what - 4], slow);
    else
        broker_hold_down(self->brokers[what - 8], slow);
}

static void test_got_and_lost_make_all_whoever_was_slow(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        static crowd_t crowd;
        crowd_gather(&crowd, seed);
        for (int i = 0; i < 5; i++) {
            core_settings_t settings = crowd.brokers[i]->settings;
            settings.outbox_client = settings.outbox_link = 6000;
            core_set_limits(crowd.brokers[i]->core, &settings);
        }
        for (int round = 0; round < 200; round++) {
            if (tree_random(crowd.pair.tree, 8) == 0)
                crowd_change(
                    &crowd, (int)tree_random(crowd.pair.tree, 13), tree_random(crowd.pair.tree, 2));
            crowd_publish(&crowd);
        }
        for (int what = 0; what < 13; what++)
            crowd_change(&crowd, what, false);
        tree_run(crowd.pair.tree);
        for (int i = 0; i < 5; i++) {
            tally_t told = tally(crowd.listeners[i], crowd.paths[i]);
            assert_int_equal(told.got + told.lost, crowd.expected[i]);
        }
        tree_destroy(&crowd.pair.tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_slow_subscriber_is_told_what_it_lost),
        cmocka_unit_test(test_losses_are_told_to_nobody_who_was_ended),
        cmocka_unit_test(test_a_gap_is_told_where_it_was),
        cmocka_unit_test(test_losses_are_counted_once_for_each_interest),
        cmocka_unit_test(test_a_slow_link_tells_all_beyond_it_what_they_lost),
        cmocka_unit_test(test_a_gap_is_forgotten_with_its_subscription),
        cmocka_unit_test(test_a_link_may_tell_of_any_loss),
        cmocka_unit_test(test_got_and_lost_make_all_whoever_was_slow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
