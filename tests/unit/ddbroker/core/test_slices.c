/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_slices - what takes long is done a bit at a time, and what is half done misleads nobody
 *
 * Brokers here do one thing a step and few steps a turn, so that everything is seen half done.
 */
#include <stdio.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/ddbroker/tree_state.h"
#include "tests/unit/unit.h"

#define MANY 300
/* What a turn may do, if it does one thing a step. */
#define STEPS_AT_ONCE 4

static broker_t *new_broker(tree_t *tree, bool has_parent)
{
    tree_settings(tree)->step_units = 1;
    tree_settings(tree)->has_parent = has_parent;
    return broker_new(tree, "broker", NULL, "/1/1/");
}

static unsigned count(actor_t *actor, uint8_t type)
{
    unsigned found = 0;
    const dd_record_t *record;
    while ((record = actor_next(actor)))
        found += record->type == type;
    return found;
}

/* Records, appended to an outbox since it was empty. */
static unsigned waiting(const peer_t *peer)
{
    unsigned found = 0;
    for (const dd_frame_t *frame = peer->outbox.first; frame; frame = frame->next) {
        dd_reader_t reader;
        dd_record_t record;
        bool valid = dd_frame_open(&reader, frame->data, frame->size);
        while (valid && dd_frame_more(&reader) && dd_frame_next(&reader, &record) == DD_OK)
            found++;
    }
    return found;
}

static void add_names(actor_t *child, int from, int to)
{
    for (int i = from; i < to; i++) {
        char name[32];
        snprintf(name, sizeof name, "a.client%d", i);
        actor_add(
            child, &(dd_record_t){.type = DD_ADD_CLIENT, .number = (uint64_t)i, .name = B(name)});
    }
    tree_run(child->tree);
}

static void add_brokers(actor_t *child, int from, int to)
{
    for (int i = from; i < to; i++) {
        uint8_t secret[DD_BROKER_ID_SIZE] = {0};
        memcpy(secret, &i, sizeof i);
        actor_add(
            child, &(dd_record_t){.type = DD_ADD_BROKER, .id = dd_bytes(secret, sizeof secret)});
    }
    tree_run(child->tree);
}

static void subscribe_to_many(actor_t *client, int count)
{
    for (int i = 0; i < count; i++) {
        char topic[32];
        snprintf(topic, sizeof topic, "topic%d", i);
        actor_subscribe(client, topic, "all");
    }
}

static void add_interests(actor_t *link, int from, int to)
{
    for (int i = from; i < to; i++) {
        char topic[32];
        snprintf(topic, sizeof topic, "topic%d", i);
        actor_add(link,
            &(dd_record_t){
                .type = DD_ADD_INTEREST, .tenant = B("a"), .topic = B(topic), .scope = B("/")});
    }
    tree_run(link->tree);
}

/* One turn of a broker, whose peers don't read. */
static void turn(broker_t *broker)
{
    core_work(broker->core, tree_now(broker->tree));
}

/* ---- Bounds -------------------------------------------------------------------------------- */

/* Each turn tells the parent of so many brokers and names, however many there are. */
static void test_a_turn_tells_a_link_so_much(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, true);
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    add_brokers(child, 1, MANY); /* and itself */
    add_names(child, 0, MANY);
    add_interests(child, 0, MANY);
    actor_t *parent = actor_parent(broker);
    actor_hold(parent, true);
    actor_add_admit(parent, "parentparentpare", "/1/1/");
    tree_step(tree);
    peer_t *peer = broker->core->parent;
    unsigned turns = 0;
    for (unsigned told = waiting(peer); core_is_busy(broker->core); turns++) {
        turn(broker);
        assert_true(waiting(peer) - told <= STEPS_AT_ONCE);
        told = waiting(peer);
    }
    assert_true(turns >= 3 * MANY / STEPS_AT_ONCE);
    actor_hold(parent, false);
    tree_run(tree);
    assert_int_equal(count(parent, DD_ADD_BROKER), MANY);
    parent->read = 0;
    assert_int_equal(count(parent, DD_ADD_CLIENT), MANY);
    parent->read = 0;
    assert_int_equal(count(parent, DD_ADD_INTEREST), MANY);
    parent->read = 0;
    assert_int_equal(count(parent, DD_SYNCED), 1);
    tree_destroy(&tree);
}

static size_t known(const core_t *core)
{
    return directory_count(&core->directory) + core->interests.by_key.count +
           HASH_COUNT(core->descendants.by_id);
}

static void test_a_turn_forgets_so_much(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, false);
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    add_brokers(child, 1, MANY);
    add_names(child, 0, MANY);
    add_interests(child, 0, MANY);
    actor_leave(child);
    core_t *core = broker->core;
    while (core_is_busy(core)) {
        size_t before = known(core);
        turn(broker);
        assert_true(before - known(core) <= STEPS_AT_ONCE);
    }
    assert_int_equal(known(core), 0);
    assert_null(core->peers);
    tree_destroy(&tree);
}

/* An answer is made no faster than the asker reads it, and costs others nothing. */
static void test_an_answer_waits_for_its_asker(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 8000;
    broker_t *broker = new_broker(tree, false);
    actor_t *asker = actor_client(broker, "a", "asker"), *other = actor_client(broker, "a", "o");
    subscribe_to_many(other, MANY);
    actor_skip(other);
    actor_hold(asker, true);
    ask(asker, "subscriptions", 1);
    assert_false(core_is_busy(broker->core));
    assert_true(actor_peer(asker)->outbox.bytes <= 8000);
    actor_send(other, "asker", "hello", 1); /* for which there is room */
    actor_expect_nothing(other);
    ask(other, "clients", 2);
    answer_t answer = read_answer(other, 2);
    assert_int_equal(answer.outstanding, 0);
    free_answer(&answer);
    actor_hold(asker, false);
    tree_run(tree);
    const dd_record_t *record;
    unsigned reports = 0;
    while ((record = actor_next(asker)))
        reports += record->type == DD_REPORT;
    assert_int_equal(reports, MANY / 20 + 1);
    tree_destroy(&tree);
}

/* The questions of one tenant don't hold up another's. */
static void test_a_tenants_questions_wait_behind_each_other(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, false);
    actor_t *greedy = actor_client(broker, "a", "greedy"), *modest = actor_client(broker, "b", "m");
    subscribe_to_many(greedy, MANY);
    actor_skip(greedy);
    for (uint32_t i = 1; i <= 60; i++)
        actor_add(greedy, &(dd_record_t){.type = DD_INSPECT, .ref = i, .text = B("subscriptions")});
    peer_t *peer = actor_peer(modest);
    while (actor_peer(greedy)->question_count < 60)
        tree_step(tree);
    actor_hold(modest, true);
    actor_add(modest, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = B("clients")});
    while (!peer->questions)
        tree_step(tree);
    unsigned turns = 0;
    for (; waiting(peer) == 0; turns++)
        turn(broker);
    assert_true(turns <= 3); /* two peers to look at */
    assert_true(core_is_busy(broker->core));
    tree_destroy(&tree);
}

/* Nor do those of one link's operators hold up another's. */
static void test_a_links_questions_wait_behind_each_other(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, false);
    actor_t *greedy = actor_child(broker, 1, "/1/1/1/"),
            *modest = actor_child(broker, 2, "/1/1/2/");
    actor_t *client = actor_client(broker, "a", "client");
    subscribe_to_many(client, MANY);
    actor_skip(greedy);
    actor_skip(modest);
    actor_hold(greedy, true);
    actor_hold(modest, true);
    for (uint64_t i = 1; i <= 60; i++)
        actor_add(
            greedy, &(dd_record_t){.type = DD_INSPECT, .number = i, .text = B("subscriptions")});
    actor_add(modest, &(dd_record_t){.type = DD_INSPECT, .number = 77, .text = B("clients")});
    while (actor_peer(greedy)->question_count < 60 || !actor_peer(modest)->questions)
        tree_step(tree);
    size_t before = waiting(actor_peer(modest));
    unsigned turns = 0;
    for (; turns < 1000 && waiting(actor_peer(modest)) == before; turns++)
        turn(broker);
    assert_true(turns <= 5); /* three peers to look at */
    assert_true(core_is_busy(broker->core));
    tree_destroy(&tree);
}

static unsigned count_answers(actor_t *actor)
{
    unsigned found = 0;
    const dd_record_t *record;
    while ((record = actor_next(actor)))
        found += record->type == DD_REPORT && (record->flags & DD_FLAG_LAST);
    return found;
}

/* Whoever asks for a lot waits for it, the broker rests in between, and others have their turn. */
static void test_answers_have_a_part_of_the_time(void **state)
{
    enum { QUESTIONS = 60, ROWS = 1000 };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *greedy = actor_client(broker, "a", "greedy"), *modest = actor_client(broker, "b", "m");
    subscribe_to_many(greedy, ROWS);
    actor_skip(greedy);
    for (uint32_t i = 1; i <= QUESTIONS; i++)
        actor_add(greedy, &(dd_record_t){.type = DD_INSPECT, .ref = i, .text = B("subscriptions")});
    tree_run(tree);
    unsigned answers = count_answers(greedy);
    assert_in_range(answers, 1, QUESTIONS - 1);
    assert_false(core_is_busy(broker->core));
    assert_int_equal(core_due(broker->core), tree_now(tree) + 1);
    ask(modest, "clients", 1);
    actor_expect_nothing(modest);
    tree_pass(tree, 1);
    assert_int_equal(count_answers(modest), 1);
    for (int ms = 0; ms < 1000 && answers < QUESTIONS; ms++) {
        tree_pass(tree, 1);
        answers += count_answers(greedy);
    }
    assert_int_equal(answers, QUESTIONS);
    assert_true(core_due(broker->core) > tree_now(tree) + 1);
    tree_destroy(&tree);
}

/* ---- What is half done --------------------------------------------------------------------- */

/* Names of a link that is gone are nobody's, and can be taken; and what is taken stays. */
static void test_names_of_a_lost_link_are_absent_at_once(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, false);
    actor_t *sender = actor_client(broker, "a", "sender");
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    add_names(child, 0, MANY);
    actor_leave(child); /* nothing runs yet */
    assert_true(directory_count(&broker->core->directory) > MANY / 2);
    assert_null(directory_find(&broker->core->directory, B("a.client299")));
    assert_false(core_serves(broker->core, B("a.client299")));
    actor_t *taker = actor_connect(broker, "a");
    actor_add(taker, &(dd_record_t){.type = DD_HELLO, .number = 1 << 16, .name = B("client299")});
    actor_t *again = actor_connect(broker, KEY_OF_BROKERS);
    actor_add(again, &(dd_record_t){.type = DD_JOIN,
                         .id = B("againagainagaina"),
                         .name = B("again"),
                         .scope = B("/1/1/1/")});
    for (int i = 0; i < 4; i++)
        tree_step(tree);
    add_names(again, 0, MANY - 1);
    assert_true(actor_peer(taker)->state == PEER_READY);
    assert_int_equal(directory_count(&broker->core->directory), 1 + MANY);
    actor_send(sender, "client299", "hello", 1);
    assert_non_null(actor_find(taker, DD_DATA));
    actor_send(sender, "client298", "hello", 2);
    assert_bytes(actor_find(again, DD_FORWARD)->destination, "a.client298");
    actor_expect_nothing(sender);
    tree_destroy(&tree);
}

/* Nothing is sent to a peer that is gone, and those who come have all they want. */
static void test_interests_of_a_lost_link_are_absent_at_once(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, true);
    actor_t *parent = actor_parent(broker);
    actor_admit(parent, "parentparentpare", "/1/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/1/"), *sender = actor_client(broker, "a", "s");
    add_interests(child, 0, MANY);
    assert_int_equal(count(parent, DD_ADD_INTEREST), MANY);
    actor_leave(child);
    actor_t *heir = actor_client(broker, "a", "heir");
    actor_subscribe(heir, "topic299", "all");
    actor_skip(heir);
    tree_run(tree);
    unsigned drops = 0;
    const dd_record_t *record;
    while ((record = actor_next(parent)))
        drops += record->type == DD_DROP_INTEREST;
    /* The heir's may have been dropped and told again, or never dropped. */
    assert_in_range(drops, MANY - 1, MANY);
    assert_int_equal(broker->core->interests.by_key.count, 1);
    actor_publish(sender, "topic299", "news");
    assert_non_null(actor_find(heir, DD_PUBLICATION));
    actor_expect_nothing(heir);
    tree_destroy(&tree);
}

/* A client whose name the parent doesn't know yet is introduced before what it says. */
static void test_a_client_is_introduced_above(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, true);
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    add_names(child, 0, MANY);
    actor_t *last = actor_client(broker, "a", "last"); /* to be told */
    actor_t *parent = actor_parent(broker);
    actor_add_admit(parent, "parentparentpare", "/1/1/");
    actor_add(
        last, &(dd_record_t){
                  .type = DD_SEND, .ref = 1, .destination = B("elsewhere"), .payload = B("hello")});
    while (!broker->core->parent->resync)
        tree_step(tree);
    actor_skip(parent);
    tree_run(tree);
    unsigned names = 0, introduced = 0;
    const dd_record_t *record;
    while ((record = actor_next(parent)) && record->type != DD_SYNCED) {
        bool own = record->type == DD_ADD_CLIENT && dd_bytes_equal(record->name, B("a.last"));
        introduced += own;
        names += record->type == DD_ADD_CLIENT;
        if (record->type == DD_FORWARD)
            assert_int_equal(introduced, 1);
    }
    assert_int_equal(introduced, 1); /* once */
    assert_int_equal(names, MANY + 1);
    tree_destroy(&tree);
}

/* What brokers beneath say means nothing to a parent that wasn't told of them yet. */
static void test_a_parents_question_goes_to_those_it_knows_of(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, true);
    actor_t *child = actor_child(broker, 1, "/1/1/1/"), *parent = actor_parent(broker);
    add_brokers(child, 1, MANY);
    dd_record_t question = {.type = DD_INSPECT, .number = 7, .text = B("tree")};
    actor_add_admit(parent, "parentparentpare", "/1/1/");
    actor_add(parent, &question);
    tree_run(tree);
    actor_find(child, DD_ADMIT); /* which tells it who is above */
    actor_expect_nothing(child);
    assert_int_equal(actor_find(parent, DD_REPORT)->links, 0);
    question.number = 8;
    actor_say(parent, &question);
    actor_expect(child, DD_INSPECT);
    assert_int_equal(actor_find(parent, DD_REPORT)->links, 1);
    tree_destroy(&tree);
}

/* It still answers for a client whose name another takes before its turn to be removed has come. */
static void test_a_leaving_child_answers_for_a_name_that_is_taken(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, false);
    actor_t *sender = actor_client(broker, "a", "sender"), *taker = actor_connect(broker, "a");
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    add_names(child, 0, MANY);
    actor_send(sender, "client299", "hello", 1);
    actor_add(child, &(dd_record_t){.type = DD_DRAIN});
    while (!actor_peer(child)->leaving)
        tree_step(tree);
    actor_add(taker, &(dd_record_t){.type = DD_HELLO, .number = 1 << 16, .name = B("client299")});
    while (actor_peer(taker)->state != PEER_READY)
        tree_step(tree);
    assert_non_null(directory_left(&broker->core->directory, B("a.client298")));
    actor_say(child, &(dd_record_t){.type = DD_RECEIPT,
                         .ref = 1,
                         .code = DD_E_NO_DESTINATION,
                         .source = B("a.client299"),
                         .destination = B("a.sender")});
    actor_expect_error(sender, DD_E_NO_DESTINATION, 1);
    tree_destroy(&tree);
}

/* It may go at any moment, and come again. */
static void test_a_link_is_lost_while_it_is_told(void **state)
{
    (void)state;
    for (int steps = 0; steps < 40; steps++) {
        tree_t *tree = tree_new();
        tree_seed(tree, (uint32_t)steps + 1);
        tree_settings(tree)->step_units = 1;
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        broker_t *middle = broker_new(tree, "middle", root, "/1/1/");
        actor_t *child = actor_child(middle, 1, "/1/1/1/");
        actor_t *publisher = actor_client(root, "a", "publisher");
        add_names(child, 0, 30);
        add_interests(child, 0, 30);
        for (int round = 0; round < 3; round++) {
            broker_cut(middle);
            for (int i = 0; i < steps; i++)
                tree_step(tree);
            broker_join(middle, root);
            for (int i = 0; i < 2 * steps; i++)
                tree_step(tree);
        }
        tree_run(tree);
        assert_int_equal(directory_count(&root->core->directory), 31);
        assert_int_equal(root->core->interests.by_key.count, 30);
        actor_skip(child);
        actor_publish(publisher, "topic29", "news");
        assert_bytes(actor_expect(child, DD_RELAY)->topic, "topic29");
        actor_send(publisher, "client29", "hello", 1);
        assert_bytes(actor_expect(child, DD_FORWARD)->destination, "a.client29");
        tree_destroy(&tree);
    }
}

/* Whoever comes or goes while an answer is made: those who stay are in it, and each once. */
static void test_an_answer_while_others_come_and_go(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 30; seed++) {
        actor_t *clients[30];
        tree_t *tree = tree_new();
        broker_t *broker = new_broker(tree, false);
        tree_seed(tree, seed);
        actor_t *asker = actor_operator(broker);
        for (int i = 0; i < 30; i++) {
            char name[32];
            snprintf(name, sizeof name, "c%d", i);
            clients[i] = actor_client(broker, "a", name);
            actor_subscribe(clients[i], "t", "all");
            actor_subscribe(clients[i], "u", "all");
        }
        actor_add(asker, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = B("subscriptions")});
        for (int i = 0; i < 15; i++) {
            int victim = (int)tree_random(tree, 15) * 2; /* the odd ones stay */
            tree_step(tree);
            if (clients[victim] && tree_random(tree, 2))
                actor_unsubscribe(clients[victim], "t", "all");
            else if (clients[victim])
                actor_leave(clients[victim]);
            if (clients[victim] && !clients[victim]->end)
                clients[victim] = NULL;
        }
        tree_run(tree);
        answer_t answer = read_answer(asker, 1);
        assert_int_equal(answer.outstanding, 0);
        json_object *rows = rows_of(&answer, "subscriptions");
        for (int i = 1; i < 30; i += 2) {
            char name[32];
            unsigned found = 0;
            snprintf(name, sizeof name, "c%d", i);
            for (size_t k = 0; k < json_object_array_length(rows); k++)
                found += strcmp(text_of(json_object_array_get_idx(rows, k), "client"), name) == 0;
            assert_int_equal(found, 2);
        }
        json_object_put(rows);
        free_answer(&answer);
        tree_destroy(&tree);
    }
}

/* Who asked, or the whole broker, may go while an answer is made. */
static void test_the_asker_leaves_before_the_answer(void **state)
{
    (void)state;
    for (int turns = 0; turns < 20; turns++) {
        tree_t *tree = tree_new();
        broker_t *broker = new_broker(tree, false);
        actor_t *asker = actor_client(broker, "a", "asker"), *next = actor_client(broker, "a", "n");
        for (int i = 0; i < 10; i++)
            actor_client(broker, "a", DD_AUTO_NAME);
        actor_add(asker, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = B("clients")});
        actor_add(next, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = B("clients")});
        tree_step(tree);
        tree_step(tree);
        for (int i = 0; i < turns; i++)
            turn(broker);
        actor_leave(asker);
        tree_run(tree);
        answer_t answer = read_answer(next, 1);
        assert_int_equal(answer.outstanding, 0);
        free_answer(&answer);
        actor_leave(next);
        assert_null(broker->core->questions);
        assert_null(broker->core->cursors);
        assert_null(broker->core->jobs.tenants.first);
        tree_destroy(&tree);
    }
}

/* ---- Standing ------------------------------------------------------------------------------ */

/* Before it is its turn to be looked at, a peer whose key is gone isn't heard. */
static void test_a_revoked_key_counts_at_once(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, false);
    actor_t *clients[20], *other = actor_client(broker, "b", "other");
    for (int i = 0; i < 20; i++)
        clients[i] = actor_client(broker, "a", DD_AUTO_NAME);
    dd_keyring_t *without = tenants_keyring("ab,b,public");
    core_set_keyring(broker->core, without, tree_now(tree));
    turn(broker); /* looks at some */
    assert_int_equal(actor_peer(clients[19])->state, PEER_READY);
    actor_add(clients[19], &(dd_record_t){.type = DD_PUBLISH, .topic = B("t"), .payload = B("x")});
    tree_run(tree);
    assert_int_equal(broker->core->count.in, 0);
    for (int i = 0; i < 20; i++)
        actor_expect_end(clients[i], DD_E_REFUSED);
    assert_int_equal(actor_peer(other)->state, PEER_READY);
    tree_destroy(&tree);
    dd_keyring_destroy(&without);
}

/* Beneath children, some names at a time are looked at; also if keys change again meanwhile. */
static void test_a_turn_drops_so_many_names_of_a_revoked_tenant(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = new_broker(tree, false);
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    add_names(child, 0, MANY);
    actor_add_client(child, "b.stays", 1);
    dd_keyring_t *fewer = tenants_keyring("b,public"), *without = tenants_keyring("ab,b,public");
    core_set_keyring(broker->core, tree_keyring(tree), tree_now(tree));
    while (broker->core->name_round.left > MANY / 2)
        turn(broker);
    assert_int_equal(directory_count(&broker->core->directory), MANY + 1);
    core_set_keyring(broker->core, without, tree_now(tree));
    core_t *core = broker->core;
    while (core_is_busy(core)) {
        size_t before = directory_count(&core->directory);
        turn(broker);
        assert_true(before - directory_count(&core->directory) <= STEPS_AT_ONCE);
    }
    assert_int_equal(directory_count(&core->directory), 1);
    core_set_keyring(core, fewer, tree_now(tree));
    tree_run(tree);
    assert_non_null(directory_find(&core->directory, B("b.stays")));
    assert_int_equal(count(child, DD_DROP_CLIENT), MANY);
    tree_destroy(&tree);
    dd_keyring_destroy(&fewer);
    dd_keyring_destroy(&without);
}

/* ---- Frames -------------------------------------------------------------------------------- */

/* All that an outbox holds as one frame, which is taken in as far as a turn has time, until it is
   done with. Returns the turns. */
static unsigned take_in(broker_t *broker, const actor_t *from, dd_outbox_t *outbox, size_t links)
{
    unsigned turns = 0;
    dd_frame_t *frame = dd_outbox_take(outbox);
    assert_true(dd_outbox_empty(outbox));
    for (size_t at = 0; at < frame->size; turns++) {
        at = core_input_from(
            broker->core, actor_peer(from), frame->data, frame->size, at, tree_now(broker->tree));
        assert_true(broker->core->work < CORE_WORK_ENOUGH + CORE_WORK_INTEREST + links);
        assert_int_equal(core_has_enough(broker->core), at < frame->size);
        broker_flush(broker);
        assert_false(core_has_enough(broker->core));
    }
    dd_frame_free(frame);
    return turns;
}

/* Of an interest all links are told, so that what a frame of them comes to depends on how many
   there are. What is behind in the frame comes after it. */
static void test_a_turn_takes_in_so_much_of_a_frame(void **state)
{
    enum { LINKS = 100, INTERESTS = 500 };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/1/");
    actor_t *links[LINKS];
    for (int i = 0; i < LINKS; i++) {
        char scope[32];
        snprintf(scope, sizeof scope, "/1/1/%d/", i + 1);
        links[i] = actor_child(broker, (uint8_t)(i + 1), scope);
    }
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, SIZE_MAX / 2);
    outbox.hint = DD_FRAME_TARGET; /* so that all is one frame */
    for (int i = 0; i < INTERESTS; i++) {
        char topic[32];
        snprintf(topic, sizeof topic, "topic%d", i);
        dd_outbox_append(&outbox,
            &(dd_record_t){
                .type = DD_ADD_INTEREST, .tenant = B("a"), .topic = B(topic), .scope = B("/")});
    }
    dd_outbox_append(&outbox, &(dd_record_t){.type = DD_PING, .number = 7});
    assert_true(take_in(broker, links[0], &outbox, LINKS) >= LINKS * INTERESTS / CORE_WORK_ENOUGH);
    tree_run(tree);
    for (int i = 1; i < LINKS; i++)
        assert_int_equal(count(links[i], DD_ADD_INTEREST), INTERESTS);
    assert_int_equal(actor_find(links[0], DD_PONG)->number, 7);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_turn_tells_a_link_so_much),
        cmocka_unit_test(test_a_turn_forgets_so_much),
        cmocka_unit_test(test_an_answer_waits_for_its_asker),
        cmocka_unit_test(test_a_tenants_questions_wait_behind_each_other),
        cmocka_unit_test(test_a_links_questions_wait_behind_each_other),
        cmocka_unit_test(test_answers_have_a_part_of_the_time),
        cmocka_unit_test(test_names_of_a_lost_link_are_absent_at_once),
        cmocka_unit_test(test_interests_of_a_lost_link_are_absent_at_once),
        cmocka_unit_test(test_a_client_is_introduced_above),
        cmocka_unit_test(test_a_parents_question_goes_to_those_it_knows_of),
        cmocka_unit_test(test_a_leaving_child_answers_for_a_name_that_is_taken),
        cmocka_unit_test(test_a_link_is_lost_while_it_is_told),
        cmocka_unit_test(test_an_answer_while_others_come_and_go),
        cmocka_unit_test(test_the_asker_leaves_before_the_answer),
        cmocka_unit_test(test_a_revoked_key_counts_at_once),
        cmocka_unit_test(test_a_turn_drops_so_many_names_of_a_revoked_tenant),
        cmocka_unit_test(test_a_turn_takes_in_so_much_of_a_frame),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
