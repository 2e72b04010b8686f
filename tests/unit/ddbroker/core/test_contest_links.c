/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_contest_links - names that two clients want at brokers far from each other, and what links
 * say of that
 */
#include <stdio.h>

#include "tests/unit/ddbroker/contest.h"

/* ---- In a tree ------------------------------------------------------------------------------ */

enum { PLACES = 5 };

static broker_t *place_at(const pair_t *pair, unsigned index)
{
    broker_t *const BROKERS[PLACES] = {
        pair->root, pair->left, pair->right, pair->left_leaf, pair->right_leaf};
    return BROKERS[index];
}

/* The last thing that was said to it, which must be of the type. */
static const dd_record_t *last(actor_t *actor, uint8_t type)
{
    const dd_record_t *record, *found = NULL;
    while ((record = actor_next(actor)))
        found = record;
    assert_non_null(found);
    assert_int_equal(found->type, type);
    return found;
}

static void test_who_is_there_keeps_its_name_wherever_both_are(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PLACES * PLACES; i++) {
        pair_t pair = pair_new();
        actor_t *holder = actor_client(place_at(&pair, i / PLACES), "a", "x");
        actor_t *other =
            actor_new_hello(place_at(&pair, i % PLACES), "a", "x", INSTANCE(1 << 20, 1));
        assert_int_equal(last(other, DD_ERROR)->code, DD_E_NAME_TAKEN);
        for (unsigned k = 0; k < PLACES; k++)
            assert_reached(place_at(&pair, k), holder);
        tree_destroy(&pair.tree);
    }
}

static void test_who_is_gone_loses_its_name_wherever_both_are(void **state)
{
    (void)state;
    for (unsigned i = 0; i < PLACES * PLACES; i++) {
        pair_t pair = pair_new();
        actor_t *holder = actor_client(place_at(&pair, i / PLACES), "a", "x");
        vanish(holder);
        tree_pass(pair.tree, HEARTBEAT * 3 / 2);
        actor_t *other =
            actor_new_hello(place_at(&pair, i % PLACES), "a", "x", INSTANCE(1 << 20, 1));
        tree_pass(pair.tree, 1000 + TICK);
        last(other, DD_WELCOME);
        for (unsigned k = 0; k < PLACES; k++)
            assert_reached(place_at(&pair, k), other);
        assert_int_equal(actor_peer(holder)->ending, DD_E_TIMEOUT);
        tree_destroy(&pair.tree);
    }
}

/* The broker that it is at is gone as well, and can't say so. */
static void test_a_broker_that_says_nothing_keeps_its_names_until_it_is_lost(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_client(pair.left_leaf, "a", "x");
    broker_hold_up(pair.left, true);
    broker_hold_down(pair.left, true);
    actor_t *here = newcomer(pair.root, 1);
    actor_t *there = actor_new_hello(pair.right_leaf, "a", "x", INSTANCE(1 << 20 | 2, 1));
    actor_expect(there, DD_WELCOME); /* granted at once, and contested above */
    tree_pass(pair.tree, 2 * HEARTBEAT);
    actor_expect_nothing(here);
    say_ping(there);
    tree_pass(pair.tree, HEARTBEAT + SCAN + TICK);
    actor_expect(here, DD_WELCOME);
    assert_int_equal(last(there, DD_ERROR)->code, DD_E_NAME_TAKEN);
    assert_reached(pair.right, here);
    tree_destroy(&pair.tree);
}

static void test_who_wants_a_name_may_leave_and_so_may_its_broker(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        pair_t pair = pair_new();
        actor_t *holder = actor_client(pair.left_leaf, "a", "x");
        vanish(holder);
        actor_t *other = actor_client(pair.right_leaf, "a", "x");
        if (i == 0)
            actor_leave(other);
        else if (i == 1)
            broker_kill(pair.right_leaf);
        else
            broker_cut(pair.right);
        tree_run(pair.tree);
        tree_pass(pair.tree, 3 * HEARTBEAT + SCAN + TICK);
        assert_null(directory_find(&pair.root->core->directory, B("a.x")));
        assert_null(pair.root->core->contests);
        tree_destroy(&pair.tree);
    }
}

/* It is welcome at its own broker already, and those above don't know yet whose the name is. */
static void test_who_wants_a_name_is_told_what_it_cannot_send_yet(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *holder = actor_client(pair.left_leaf, "a", "x");
    actor_t *receiver = actor_client(pair.left, "a", "y");
    vanish(holder);
    actor_t *other = actor_client(pair.right_leaf, "a", "x");
    actor_send(other, "y", "too early", 1);
    actor_expect_error(other, DD_E_UPLINK_DOWN, 1);
    actor_leave(holder);
    tree_run(pair.tree);
    actor_send(other, "y", "now", 2);
    assert_bytes(actor_expect(receiver, DD_DATA)->payload, "now");
    tree_destroy(&pair.tree);
}

/* ---- Anything ------------------------------------------------------------------------------- */

enum { ACTORS = 6, SEEDS = 300 };

typedef struct {
    actor_t *actor; /* NULL: not there yet, or gone */
    bool vanished;
} rival_t;

static void happen(pair_t *pair, rival_t *rival, unsigned client)
{
    switch (tree_random(pair->tree, 4)) {
    case 0: /* nothing more comes from it, and its connection stands */
        if (rival->actor && !rival->vanished)
            vanish(rival->actor);
        rival->vanished = rival->actor != NULL;
        break;
    case 1:
        if (rival->actor)
            actor_leave(rival->actor);
        *rival = (rival_t){0};
        break;
    default:
        if (rival->actor)
            break;
        rival->actor = actor_connect(place_at(pair, tree_random(pair->tree, PLACES)), "a");
        actor_add(rival->actor,
            &(dd_record_t){.type = DD_HELLO, .number = INSTANCE(client, 1), .name = B("x")});
    }
}

static bool is_ready(const rival_t *rival)
{
    return rival->actor && actor_peer(rival->actor)->state == PEER_READY;
}

static void pass_time(pair_t *pair, const rival_t rivals[], uint64_t ms)
{
    for (uint64_t end = tree_now(pair->tree) + ms; tree_now(pair->tree) < end;) {
        for (unsigned i = 0; i < ACTORS; i++)
            if (is_ready(&rivals[i]) && !rivals[i].vanished)
                say_ping(rivals[i].actor);
        tree_pass(pair->tree, 1000);
    }
}

/* Once all is known, at most one has the name, it is one that is there, and all brokers agree. */
static void check(pair_t *pair, const rival_t rivals[])
{
    actor_t *winner = NULL;
    for (unsigned i = 0; i < ACTORS; i++) {
        if (!is_ready(&rivals[i]))
            continue;
        assert_false(rivals[i].vanished);
        assert_null(winner);
        winner = rivals[i].actor;
    }
    for (unsigned k = 0; k < PLACES; k++) {
        const core_t *core = place_at(pair, k)->core;
        assert_null(core->contests);
        assert_int_equal(core->contest_count, 0);
        if (winner)
            assert_reached(place_at(pair, k), winner);
    }
    if (!winner)
        assert_null(directory_find(&pair->root->core->directory, B("a.x")));
    actor_t *next = actor_new_hello(pair->root, "a", "x", INSTANCE(1 << 20, 1));
    if (winner)
        actor_expect_end(next, DD_E_NAME_TAKEN);
    else
        actor_expect(next, DD_WELCOME);
}

static void test_whatever_happens_one_who_is_there_has_the_name(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        pair_t pair = pair_new();
        rival_t rivals[ACTORS] = {{0}};
        tree_seed(pair.tree, seed);
        for (unsigned round = 0; round < 40; round++) {
            unsigned i = tree_random(pair.tree, ACTORS);
            happen(&pair, &rivals[i], round * ACTORS + i + 1);
            for (uint32_t steps = tree_random(pair.tree, 8); steps > 0; steps--)
                tree_step(pair.tree);
            if (tree_random(pair.tree, 4) == 0)
                pass_time(&pair, rivals, 1000 * tree_random(pair.tree, 10));
        }
        pass_time(&pair, rivals, 10 * HEARTBEAT);
        check(&pair, rivals);
        tree_destroy(&pair.tree);
    }
}

/* ---- What links say ------------------------------------------------------------------------- */

static void speak(actor_t *link, uint8_t type, const char *name, uint64_t instance)
{
    actor_say(link, &(dd_record_t){.type = type, .number = instance, .name = dd_bytes_of(name)});
}

static void expect_word(actor_t *link, uint8_t type, const char *name, uint64_t instance)
{
    const dd_record_t *record = actor_expect(link, type);
    assert_bytes(record->name, name);
    assert_int_equal(record->number, instance);
}

static void test_the_parent_is_answered(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *holder = actor_new_hello(broker, "a", "x", INSTANCE(7, 3));
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    actor_add_client(child, "a.y", INSTANCE(8, 3));
    actor_skip(parent);
    speak(parent, DD_CONTEST, "a.nobody", 5);
    expect_word(parent, DD_GONE, "a.nobody", 5);
    speak(parent, DD_CONTEST, "a.x", INSTANCE(7, 2));
    expect_word(parent, DD_GONE, "a.x", INSTANCE(7, 2));
    speak(parent, DD_CONTEST, "a.x", INSTANCE(7, 3));
    expect_word(parent, DD_KEPT, "a.x", INSTANCE(7, 3));
    speak(parent, DD_CONTEST, "a.x", INSTANCE(7, 3)); /* which still holds */
    expect_word(parent, DD_KEPT, "a.x", INSTANCE(7, 3));
    speak(parent, DD_CONTEST, "a.y", INSTANCE(8, 3));
    actor_expect_nothing(parent);
    expect_word(child, DD_CONTEST, "a.y", INSTANCE(8, 3));
    speak(child, DD_GONE, "a.y", INSTANCE(8, 3));
    expect_word(parent, DD_DROP_CLIENT, "a.y", INSTANCE(8, 3));
    expect_word(parent, DD_GONE, "a.y", INSTANCE(8, 3));
    vanish(holder);
    tree_pass(tree, 1000 + TICK);
    speak(parent, DD_CONTEST, "a.x", INSTANCE(7, 3));
    actor_skip(parent);
    actor_leave(holder);
    tree_run(tree);
    expect_word(parent, DD_DROP_CLIENT, "a.x", INSTANCE(7, 3));
    expect_word(parent, DD_GONE, "a.x", INSTANCE(7, 3));
    tree_destroy(&tree);
}

/* A link's word counts for what is beneath it, and of the instance it names. */
static void test_a_link_decides_its_own_contests_only(void **state)
{
    (void)state;
    place_t place = place_new();
    uint64_t instance = actor_peer(place.holder)->instance;
    actor_t *one = actor_child(place.broker, 1, "/1/1/");
    actor_t *two = actor_child(place.broker, 2, "/1/2/");
    vanish(place.holder);
    actor_add_client(one, "a.y", INSTANCE(7, 3));
    actor_add_client(two, "a.y", INSTANCE(8, 3));
    expect_word(one, DD_CONTEST, "a.y", INSTANCE(7, 3));
    actor_t *other = newcomer(place.broker, 1);
    speak(two, DD_GONE, "a.y", INSTANCE(7, 3));
    speak(two, DD_KEPT, "a.y", INSTANCE(7, 3));
    speak(one, DD_GONE, "a.y", INSTANCE(7, 2));
    speak(one, DD_KEPT, "a.y", INSTANCE(8, 3));
    speak(one, DD_GONE, "a.x", instance);
    speak(one, DD_KEPT, "a.x", instance);
    speak(one, DD_GONE, "a.nobody", 0);
    actor_expect_nothing(two);
    actor_expect_nothing(other);
    speak(one, DD_KEPT, "a.y", INSTANCE(7, 3));
    expect_word(two, DD_DROP_CLIENT, "a.y", INSTANCE(8, 3));
    tree_destroy(&place.tree);
}

/* For ever, without an answer, though it lives. */
static void test_a_link_that_never_says_holds_nobody_for_ever(void **state)
{
    (void)state;
    place_t place = place_new();
    actor_t *child = actor_child(place.broker, 1, "/1/1/");
    actor_add_client(child, "a.y", INSTANCE(7, 3));
    actor_t *other = actor_new_hello(place.broker, "a", "y", INSTANCE(8, 3));
    for (unsigned s = 0; s < 195 && actor_peer(other)->state == PEER_WAITING; s++) {
        say_ping(child);
        tree_pass(place.tree, 1000);
    }
    actor_expect_end(other, DD_E_TIMEOUT);
    tree_destroy(&place.tree);
}

/* The subtree of who has the name has gone to another parent: it is asked there. */
static void test_who_moves_is_asked_where_it_is(void **state)
{
    (void)state;
    place_t place = place_new();
    actor_t *one = actor_child(place.broker, 1, "/1/1/");
    actor_t *two = actor_child(place.broker, 2, "/1/2/");
    actor_add_client(one, "a.y", INSTANCE(7, 3));
    actor_t *other = actor_new_hello(place.broker, "a", "y", INSTANCE(8, 3));
    expect_word(one, DD_CONTEST, "a.y", INSTANCE(7, 3));
    actor_add_client(two, "a.y", INSTANCE(7, 3));
    expect_word(two, DD_CONTEST, "a.y", INSTANCE(7, 3));
    speak(one, DD_GONE, "a.y", INSTANCE(7, 3));
    actor_expect_nothing(other);
    speak(two, DD_KEPT, "a.y", INSTANCE(7, 3));
    actor_expect_end(other, DD_E_NAME_TAKEN);
    tree_destroy(&place.tree);
}

/* Both children tell of the same so many names of a tenant; what the second is told then stays to
   be read. */
static void contest_many(
    place_t *place, actor_t *const children[2], const char *tenant, unsigned names)
{
    for (unsigned i = 0; i < 2 * names; i++) {
        char name[32];
        snprintf(name, sizeof name, "%s.n%u", tenant, i % names);
        actor_add(children[i / names],
            &(dd_record_t){
                .type = DD_ADD_CLIENT, .number = INSTANCE(i + 1, 1), .name = dd_bytes_of(name)});
        if (i % 100 == 99)
            tree_run(place->tree);
    }
    tree_run(place->tree);
}

static unsigned count_refused(actor_t *child)
{
    unsigned refused = 0;
    const dd_record_t *record;
    while ((record = actor_next(child))) {
        assert_int_equal(record->type, DD_DROP_CLIENT);
        assert_int_equal(record->code, DD_E_LIMIT); /* which isn't for good */
        refused++;
    }
    return refused;
}

/* A link may name any number of clients that others have. */
static void test_contests_are_bounded_and_one_tenant_leaves_some_to_others(void **state)
{
    enum { NAMES = 3000, ALL = 4096, OF_ONE = ALL / 2 };
    (void)state;
    place_t place = place_new();
    actor_t *children[] = {
        actor_child(place.broker, 1, "/1/1/"), actor_child(place.broker, 2, "/1/2/")};
    contest_many(&place, children, "a", NAMES);
    assert_int_equal(place.broker->core->contest_count, OF_ONE);
    assert_int_equal(count_refused(children[1]), NAMES - OF_ONE);
    contest_many(&place, children, "b", OF_ONE / 2);
    assert_int_equal(place.broker->core->contest_count, OF_ONE + OF_ONE / 2);
    assert_int_equal(count_refused(children[1]), 0);
    actor_leave(children[1]);
    actor_leave(children[0]);
    tree_run(place.tree);
    assert_int_equal(place.broker->core->contest_count, 0);
    assert_null(place.broker->core->contests);
    contest_many(&place,
        (actor_t *[]){actor_child(place.broker, 3, "/1/3/"), actor_child(place.broker, 4, "/1/4/")},
        "a", OF_ONE);
    assert_int_equal(place.broker->core->contest_count, OF_ONE);
    tree_destroy(&place.tree);
}

/* Very many of one tenant have answered: that their answers hold no longer keeps nobody waiting. */
static void test_answers_that_hold_no_longer_delay_nobody(void **state)
{
    enum { NAMES = 1000 };
    (void)state;
    place_t place = place_new();
    actor_t *children[] = {
        actor_child(place.broker, 1, "/1/1/"), actor_child(place.broker, 2, "/1/2/")};
    contest_many(&place, children, "b", NAMES);
    for (unsigned i = 0; i < NAMES; i++) {
        char name[32];
        snprintf(name, sizeof name, "b.n%u", i);
        speak(children[0], DD_KEPT, name, INSTANCE(i + 1, 1));
    }
    tree_pass(place.tree, 1000 + TICK);
    assert_int_equal(place.broker->core->contest_count, 0);
    tree_destroy(&place.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_there_keeps_its_name_wherever_both_are),
        cmocka_unit_test(test_who_is_gone_loses_its_name_wherever_both_are),
        cmocka_unit_test(test_a_broker_that_says_nothing_keeps_its_names_until_it_is_lost),
        cmocka_unit_test(test_who_wants_a_name_may_leave_and_so_may_its_broker),
        cmocka_unit_test(test_who_wants_a_name_is_told_what_it_cannot_send_yet),
        cmocka_unit_test(test_whatever_happens_one_who_is_there_has_the_name),
        cmocka_unit_test(test_the_parent_is_answered),
        cmocka_unit_test(test_a_link_decides_its_own_contests_only),
        cmocka_unit_test(test_a_link_that_never_says_holds_nobody_for_ever),
        cmocka_unit_test(test_who_moves_is_asked_where_it_is),
        cmocka_unit_test(test_contests_are_bounded_and_one_tenant_leaves_some_to_others),
        cmocka_unit_test(test_answers_that_hold_no_longer_delay_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
