/*
 * test_link - brokers join, get a scope, leave, come back, and never form a loop
 */
#include <stdio.h>

#include "tree.h"

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define B(text) dd_bytes_of(text)
#define ID_A "aaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbb"

static void join(actor_t *child, const char *id, const char *name, const char *scope, bool is_auto)
{
    actor_say(child, &(dd_record_t){.type = DD_JOIN,
                         .flags = is_auto ? DD_FLAG_AUTO_SCOPE : 0,
                         .id = B(id),
                         .name = B(name),
                         .scope = B(scope)});
}

static void admit(actor_t *parent, const char *ids, const char *scope)
{
    actor_say(parent, &(dd_record_t){.type = DD_ADMIT,
                          .heartbeat = 5000,
                          .name = B("parent"),
                          .scope = B(scope),
                          .id = B(ids)});
}

/* A broker whose parent is played by an actor, who has said nothing yet. */
typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *parent;
} orphan_t;

static orphan_t orphan_new(const char *scope)
{
    orphan_t self = {.tree = tree_new()};
    tree_settings(self.tree)->has_parent = true;
    self.broker = broker_new(self.tree, "orphan", NULL, scope);
    self.parent = actor_parent(self.broker);
    return self;
}

/* ---- Joining -------------------------------------------------------------------------------- */

static void test_join_is_answered_with_all_there_is_to_know(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/2/");
    actor_subscribe(actor_client(root, "a", "x"), "topic", "noscope");
    actor_t *child = actor_connect(middle, KEY_OF_BROKERS);
    join(child, ID_A, "child", "/1/2/3/", false);
    const dd_record_t *record = actor_expect(child, DD_ADMIT);
    assert_bytes(record->name, "middle");
    assert_bytes(record->scope, "/1/2/3/");
    assert_int_equal(record->heartbeat, 5000);
    assert_int_equal(record->id.size, 2 * DD_BROKER_ID_SIZE); /* middle, then root */
    assert_memory_not_equal(
        record->id.data, record->id.data + DD_BROKER_ID_SIZE, DD_BROKER_ID_SIZE);
    record = actor_expect(child, DD_ADD_INTEREST);
    assert_bytes(record->tenant, "a");
    assert_bytes(record->topic, "topic");
    assert_bytes(record->scope, "noscope");
    actor_expect(child, DD_SYNCED);
    actor_expect_nothing(child);
    tree_destroy(&tree);
}

static void test_joins_that_cannot_be(void **state)
{
    static const struct {
        const char *id, *name, *scope;
        dd_error_t code;
    } CASES[] = {
        {"", "child", "/1/1/", DD_E_NAME_INVALID},
        {"short", "child", "/1/1/", DD_E_NAME_INVALID},
        {ID_A ID_B, "child", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "two words", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "new\nline", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "child", "", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/1/*/", DD_E_SCOPE_INVALID},
        {ID_A, "child", "noscope", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/1/2/3/4/5/6/7/8/9/", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/65536/", DD_E_SCOPE_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        tree_t *tree = tree_new();
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        actor_t *child = actor_connect(root, KEY_OF_BROKERS);
        join(child, CASES[i].id, CASES[i].name, CASES[i].scope, false);
        actor_expect_end(child, CASES[i].code);
        actor_expect_nothing(child);
        tree_destroy(&tree);
    }
}

static void test_admissions_that_cannot_be(void **state)
{
    static const struct {
        const char *ids, *name, *scope;
    } CASES[] = {
        {"", "parent", "/1/1/"},
        {"short", "parent", "/1/1/"},
        {ID_A "short", "parent", "/1/1/"},
        {ID_A, "", "/1/1/"},
        {ID_A, "two words", "/1/1/"},
        {ID_A, "parent", ""},
        {ID_A, "parent", "/"},
        {ID_A, "parent", "noscope"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        orphan_t orphan = orphan_new("/1/1/");
        actor_t *client = actor_client(orphan.broker, "a", "x");
        actor_say(orphan.parent, &(dd_record_t){.type = DD_ADMIT,
                                     .id = B(CASES[i].ids),
                                     .name = B(CASES[i].name),
                                     .scope = B(CASES[i].scope)});
        assert_int_equal(orphan.broker->parent_left, DD_E_MALFORMED);
        actor_expect_nothing(client);
        tree_destroy(&orphan.tree);
    }
}

static void test_a_broker_tells_its_parent_all_it_has(void **state)
{
    (void)state;
    orphan_t orphan = orphan_new("/1/1/");
    const dd_record_t *record = actor_expect(orphan.parent, DD_JOIN);
    assert_bytes(record->name, "orphan");
    assert_bytes(record->scope, "/1/1/");
    assert_int_equal(record->flags, 0);
    assert_int_equal(record->id.size, DD_BROKER_ID_SIZE);
    actor_t *client = actor_client(orphan.broker, "a", "x");
    actor_subscribe(client, "topic", "all");
    actor_t *child = actor_child(orphan.broker, 1, "/1/1/1/");
    actor_say(child, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 5, .name = B("b.y")});
    actor_expect_nothing(orphan.parent); /* not before it is admitted */
    admit(orphan.parent, ID_A, "/1/1/");
    assert_bytes(actor_expect(orphan.parent, DD_ADD_CLIENT)->name, "a.x");
    record = actor_expect(orphan.parent, DD_ADD_CLIENT);
    assert_bytes(record->name, "b.y");
    assert_int_equal(record->number, 5);
    assert_bytes(actor_expect(orphan.parent, DD_ADD_INTEREST)->topic, "topic");
    actor_expect(orphan.parent, DD_SYNCED);
    actor_expect_nothing(orphan.parent);
    tree_destroy(&orphan.tree);
}

/* What there is to tell may be more than an outbox is to hold: ending the link for it would help
   nobody. */
static void test_a_sync_fits_whatever_the_outbox(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 1000;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", NULL, "/1/1/");
    actor_t *client = actor_client(leaf, "a", "x");
    char text[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "topic%d", i);
        actor_subscribe(client, text, "all");
    }
    broker_join(leaf, root);
    tree_run(tree);
    assert_non_null(leaf->uplink);
    actor_t *publisher = actor_client(root, "a", "publisher");
    actor_publish(publisher, "topic4999", "news");
    assert_non_null(actor_find(client, DD_PUBLICATION));
    tree_destroy(&tree);
}

static void test_a_broker_that_joins_again_takes_its_own_place(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *before = actor_child(root, 'b', "/1/1/");
    actor_say(before, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 5, .name = B("a.x")});
    actor_t *after = actor_child(root, 'b', "/1/1/");
    actor_expect_end(before, DD_E_UNKNOWN_PEER);
    actor_t *sender = actor_client(root, "a", "sender");
    actor_send(sender, "x", "hello", 1);
    actor_expect_error(sender, DD_E_NO_DESTINATION, 1);
    actor_say(after, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 5, .name = B("a.x")});
    actor_expect_nothing(after);
    actor_send(sender, "x", "hello", 2);
    actor_expect(after, DD_FORWARD);
    tree_destroy(&tree);
}

/* ---- Scopes --------------------------------------------------------------------------------- */

static void test_auto_gives_the_lowest_free_number(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/7/");
    broker_t *brokers[4];
    static const char *const SCOPES[] = {"/7/1/", "/7/2/", "/7/3/", "/7/4/"};
    for (size_t i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "b%zu", i);
        brokers[i] = broker_new(tree, name, root, "auto");
        assert_string_equal(core_scope(brokers[i]->core), SCOPES[i]);
    }
    broker_kill(brokers[1]);
    broker_kill(brokers[2]);
    broker_new(tree, "fixed", root, "/7/2/");
    assert_string_equal(core_scope(broker_new(tree, "new", root, "auto")->core), "/7/3/");
    tree_destroy(&tree);
}

static void test_auto_is_kept_over_a_new_connection(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/7/");
    broker_t *first = broker_new(tree, "first", root, "auto");
    broker_t *second = broker_new(tree, "second", root, "auto");
    actor_t *client = actor_client(second, "a", "x");
    broker_cut(first);
    broker_cut(second);
    tree_run(tree);
    broker_join(second, root);
    tree_run(tree);
    assert_string_equal(core_scope(second->core), "/7/2/");
    broker_join(first, root);
    tree_run(tree);
    assert_string_equal(core_scope(first->core), "/7/1/");
    actor_expect_nothing(client);
    tree_destroy(&tree);
}

static void test_a_scope_from_before_is_kept_only_if_it_fits(void **state)
{
    static const struct {
        const char *before, *given;
    } CASES[] = {{"/7/5/", "/7/5/"}, {"/7/1/", "/7/2/"}, {"/8/5/", "/7/2/"}, {"/7/", "/7/2/"},
        {"/7/5/1/", "/7/2/"}, {"/77/5/", "/7/2/"}, {"", "/7/2/"}, {"junk", "/7/2/"}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        tree_t *tree = tree_new();
        broker_t *root = broker_new(tree, "root", NULL, "/7/");
        actor_child(root, 1, "/7/1/");
        actor_t *child = actor_connect(root, KEY_OF_BROKERS);
        join(child, ID_A, "child", CASES[i].before, true);
        assert_bytes(actor_expect(child, DD_ADMIT)->scope, CASES[i].given);
        tree_destroy(&tree);
    }
}

static void test_auto_ends_where_scopes_get_too_deep(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/2/3/4/5/6/7/8/");
    actor_t *child = actor_connect(root, KEY_OF_BROKERS);
    join(child, ID_A, "child", "/0/", true);
    actor_expect_end(child, DD_E_SCOPE_INVALID);
    tree_destroy(&tree);
}

static void test_a_scope_from_elsewhere_is_taken_with_a_warning(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_child(root, 1, "/1/1/");
    assert_false(tree_logged(tree, "isn't beneath"));
    actor_child(root, 2, "/2/1/");
    assert_true(tree_logged(tree, "isn't beneath"));
    tree_destroy(&tree);
}

/* Subscriptions and the children's scopes were made from the old one. */
static void test_a_new_scope_ends_clients_and_children(void **state)
{
    (void)state;
    orphan_t orphan = orphan_new("auto");
    assert_int_equal(actor_expect(orphan.parent, DD_JOIN)->flags, DD_FLAG_AUTO_SCOPE);
    actor_t *client = actor_client(orphan.broker, "a", "x");
    actor_t *child = actor_child(orphan.broker, 1, "/0/1/");
    actor_t *waiting = actor_connect(orphan.broker, "a");
    admit(orphan.parent, ID_A, "/3/4/");
    assert_string_equal(core_scope(orphan.broker->core), "/3/4/");
    actor_expect_end(client, DD_E_UNKNOWN_PEER);
    assert_int_equal(actor_find(child, DD_ERROR)->code, DD_E_UNKNOWN_PEER);
    actor_expect_nothing(waiting);
    assert_int_equal(actor_peer(orphan.parent)->state, PEER_READY);
    actor_skip(orphan.parent);
    client = actor_client(orphan.broker, "a", "x");
    assert_bytes(actor_expect(orphan.parent, DD_ADD_CLIENT)->name, "a.x");
    admit(orphan.parent, ID_A ID_B, "/3/4/"); /* nothing new but the brokers above */
    actor_expect_nothing(client);
    admit(orphan.parent, ID_A ID_B, "/3/5/");
    actor_expect_end(client, DD_E_UNKNOWN_PEER);
    tree_destroy(&orphan.tree);
}

static void test_scopes_settle_however_deep_the_tree(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        tree_t *tree = tree_new();
        tree_seed(tree, seed);
        broker_t *brokers[5];
        tree_settings(tree)->has_parent = true;
        for (int i = 4; i > 0; i--) {
            char name[32];
            snprintf(name, sizeof name, "b%d", i);
            brokers[i] = broker_new(tree, name, NULL, "auto");
        }
        tree_settings(tree)->has_parent = false;
        brokers[0] = broker_new(tree, "b0", NULL, "/9/");
        for (int i = 1; i < 5; i++)
            broker_join(brokers[i], brokers[i - 1]);
        for (int round = 0; round < 10; round++) {
            tree_run(tree);
            for (int i = 1; i < 5; i++)
                if (!brokers[i]->uplink)
                    broker_join(brokers[i], brokers[i - 1]);
        }
        assert_string_equal(core_scope(brokers[4]->core), "/9/1/1/1/1/");
        tree_destroy(&tree);
    }
}

/* ---- Loops ---------------------------------------------------------------------------------- */

static void test_a_broker_is_not_its_own_parent(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *client = actor_client(broker, "a", "x");
    broker_join(broker, broker);
    tree_run(tree);
    assert_null(broker->uplink);
    assert_int_equal(broker->parent_left, DD_E_LOOP);
    actor_expect_nothing(client);
    tree_destroy(&tree);
}

static void test_a_broker_does_not_join_one_beneath_it(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/1/");
    broker_t *leaf = broker_new(tree, "leaf", middle, "/1/1/1/");
    broker_join(root, leaf);
    tree_run(tree);
    assert_null(root->uplink);
    assert_int_equal(root->parent_left, DD_E_LOOP);
    assert_non_null(middle->uplink);
    assert_non_null(leaf->uplink);
    tree_destroy(&tree);
}

static bool is_in_loop(broker_t *const brokers[], size_t count, const int parents[])
{
    for (size_t start = 0; start < count; start++) {
        size_t at = start;
        for (size_t steps = 0; brokers[at]->uplink; steps++) {
            at = (size_t)parents[at];
            if (steps > count)
                return true;
        }
    }
    return false;
}

/* All join at once, so that none can know of the loop when it is admitted. What they carry
   meanwhile goes round, but not for ever. */
static void test_loops_formed_at_once_are_found(void **state)
{
    static const int PARENTS[] = {1, 2, 3, 4, 0};
    (void)state;
    for (uint32_t seed = 1; seed <= 400; seed++) {
        size_t count = 2 + seed % 4;
        int parents[5];
        tree_t *tree = tree_new();
        broker_t *brokers[5];
        actor_t *clients[5];
        tree_seed(tree, seed);
        tree_settings(tree)->has_parent = true;
        for (size_t i = 0; i < count; i++) {
            char name[32];
            snprintf(name, sizeof name, "b%zu", i);
            brokers[i] = broker_new(tree, name, NULL, "/1/");
            clients[i] = actor_client(brokers[i], "a", name);
            actor_subscribe(clients[i], "topic", "all");
            actor_skip(clients[i]);
            parents[i] = i + 1 == count ? 0 : PARENTS[i];
        }
        for (size_t i = 0; i < count; i++)
            broker_join(brokers[i], brokers[parents[i]]);
        for (uint32_t steps = tree_random(tree, 30); steps > 0; steps--)
            tree_step(tree);
        actor_add(clients[0],
            &(dd_record_t){.type = DD_PUBLISH, .topic = B("topic"), .payload = B("news")});
        actor_add(
            clients[0], &(dd_record_t){.type = DD_SEND, .ref = 1, .destination = B("nobody")});
        tree_run(tree);
        assert_false(is_in_loop(brokers, count, parents));
        for (size_t i = 0; i < count; i++) {
            clients[i]->read = 0;
            int copies = 0;
            while (actor_find(clients[i], DD_PUBLICATION))
                copies++;
            assert_in_range(copies, 0, DD_HOPS_MAX);
            assert_int_equal(actor_peer(clients[i])->state, PEER_READY);
        }
        tree_destroy(&tree);
    }
}

static void test_a_loop_that_forms_above_is_left(void **state)
{
    (void)state;
    orphan_t orphan = orphan_new("/1/1/");
    broker_t *leaf = broker_new(orphan.tree, "leaf", orphan.broker, "/1/1/1/");
    char own[DD_BROKER_ID_SIZE + 1];
    dd_bytes_copy(actor_expect(orphan.parent, DD_JOIN)->id, own, sizeof own);
    admit(orphan.parent, ID_A, "/1/1/");
    actor_skip(orphan.parent);
    uint8_t ids[2 * DD_BROKER_ID_SIZE];
    memcpy(ids, ID_A, DD_BROKER_ID_SIZE);
    memcpy(ids + DD_BROKER_ID_SIZE, own, DD_BROKER_ID_SIZE);
    actor_say(orphan.parent, &(dd_record_t){.type = DD_ADMIT,
                                 .name = B("parent"),
                                 .scope = B("/1/1/"),
                                 .id = dd_bytes(ids, sizeof ids)});
    actor_expect_error(orphan.parent, DD_E_LOOP, 0);
    assert_int_equal(orphan.broker->parent_left, DD_E_LOOP);
    assert_non_null(leaf->uplink);
    tree_destroy(&orphan.tree);
}

static void test_all_beneath_learn_who_is_above(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *top = broker_new(tree, "top", NULL, "/1/");
    broker_t *root = broker_new(tree, "root", NULL, "/1/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/1/1/");
    actor_t *child = actor_child(middle, 1, "/1/1/1/1/");
    broker_join(root, top);
    tree_run(tree);
    assert_int_equal(actor_expect(child, DD_ADMIT)->id.size, 3 * DD_BROKER_ID_SIZE);
    actor_expect_nothing(child);
    broker_join(top, middle);
    tree_run(tree);
    assert_int_equal(top->parent_left, DD_E_LOOP);
    broker_cut(root);
    tree_run(tree);
    assert_int_equal(actor_expect(child, DD_ADMIT)->id.size, 2 * DD_BROKER_ID_SIZE);
    broker_join(top, middle); /* now it may */
    tree_run(tree);
    assert_non_null(top->uplink);
    tree_destroy(&tree);
}

/* A record gets from the deepest broker of one branch to the deepest of another. */
static void test_the_deepest_tree_is_reached_from_end_to_end(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/"), *ends[2];
    char name[32];
    for (int branch = 0; branch < 2; branch++) {
        ends[branch] = root;
        for (int depth = 1; depth <= DD_ANCESTORS_MAX; depth++) {
            snprintf(name, sizeof name, "b%d-%d", branch, depth);
            ends[branch] = broker_new(tree, name, ends[branch], "/1/");
        }
    }
    broker_t *over = broker_new(tree, "over", ends[0], "/1/");
    assert_null(over->uplink);
    assert_int_equal(over->parent_left, DD_E_HOP_LIMIT);
    actor_t *left = actor_client(ends[0], "a", "left"),
            *right = actor_client(ends[1], "a", "right");
    actor_subscribe(right, "topic", "all");
    actor_skip(right);
    actor_publish(left, "topic", "news");
    assert_bytes(actor_expect(right, DD_PUBLICATION)->payload, "news");
    actor_say(
        left, &(dd_record_t){
                  .type = DD_SEND, .flags = DD_FLAG_RECEIPT, .ref = 1, .destination = B("right")});
    actor_expect(right, DD_DATA);
    actor_say(right, &(dd_record_t){.type = DD_RECEIPT, .ref = 1, .destination = B("left")});
    actor_expect(left, DD_RECEIPT);
    actor_say(left, &(dd_record_t){.type = DD_INSPECT, .ref = 2, .text = B("tree")});
    for (int i = 0; i < 1 + 2 * DD_ANCESTORS_MAX; i++)
        actor_expect(left, DD_REPORT);
    actor_expect_nothing(left);
    tree_destroy(&tree);
}

/* ---- Coming back ---------------------------------------------------------------------------- */

static void test_nothing_of_a_lost_child_is_kept(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *other = broker_new(tree, "other", root, "/1/2/");
    actor_t *child = actor_child(root, 1, "/1/1/");
    actor_t *publisher = actor_client(other, "a", "publisher");
    actor_say(child, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 5, .name = B("a.x")});
    actor_say(child,
        &(dd_record_t){
            .type = DD_ADD_INTEREST, .tenant = B("a"), .topic = B("topic"), .scope = B("/")});
    actor_publish(publisher, "topic", "news");
    actor_expect(child, DD_RELAY);
    actor_leave(child);
    tree_run(tree);
    actor_send(publisher, "x", "hello", 1);
    actor_expect_error(publisher, DD_E_NO_DESTINATION, 1);
    actor_publish(publisher, "topic", "news");
    actor_expect_nothing(publisher);
    tree_destroy(&tree);
}

static void test_a_tree_heals_around_a_middle_broker_that_comes_back(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/1/");
    broker_t *leaf = broker_new(tree, "leaf", middle, "/1/1/1/");
    actor_t *high = actor_client(root, "a", "high"), *low = actor_client(leaf, "a", "low");
    actor_subscribe(high, "topic", "all");
    actor_subscribe(low, "topic", "all");
    actor_skip(high);
    actor_skip(low);
    for (int round = 0; round < 3; round++) {
        broker_kill(middle);
        tree_run(tree);
        assert_null(leaf->uplink);
        actor_send(high, "low", "hello", 1);
        actor_expect_error(high, DD_E_NO_DESTINATION, 1);
        actor_send(low, "high", "hello", 1);
        actor_expect_error(low, DD_E_UPLINK_DOWN, 1);
        middle = broker_new(tree, "middle", root, "/1/1/");
        broker_join(leaf, middle);
        tree_run(tree);
        actor_send(high, "low", "hello", 2);
        actor_expect(low, DD_DATA);
        actor_publish(low, "topic", "news");
        actor_expect(high, DD_PUBLICATION);
        actor_expect(low, DD_PUBLICATION);
        actor_expect_nothing(high);
        actor_expect_nothing(low);
    }
    tree_destroy(&tree);
}

static void test_a_parent_that_says_goodbye_is_left(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    core_drain(root->core, tree_now(tree));
    tree_run(tree);
    assert_null(leaf->uplink);
    assert_int_equal(leaf->parent_left, DD_E_DRAINING);
    assert_int_equal(core_connections(root->core), 0);
    tree_destroy(&tree);
}

static void test_a_child_that_says_goodbye_is_let_go(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    core_drain(leaf->core, tree_now(tree));
    tree_run(tree);
    assert_null(leaf->uplink); /* it needs not wait for the end of its patience */
    assert_int_equal(core_connections(root->core), 0);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join_is_answered_with_all_there_is_to_know),
        cmocka_unit_test(test_joins_that_cannot_be),
        cmocka_unit_test(test_admissions_that_cannot_be),
        cmocka_unit_test(test_a_broker_tells_its_parent_all_it_has),
        cmocka_unit_test(test_a_sync_fits_whatever_the_outbox),
        cmocka_unit_test(test_a_broker_that_joins_again_takes_its_own_place),
        cmocka_unit_test(test_auto_gives_the_lowest_free_number),
        cmocka_unit_test(test_auto_is_kept_over_a_new_connection),
        cmocka_unit_test(test_a_scope_from_before_is_kept_only_if_it_fits),
        cmocka_unit_test(test_auto_ends_where_scopes_get_too_deep),
        cmocka_unit_test(test_a_scope_from_elsewhere_is_taken_with_a_warning),
        cmocka_unit_test(test_a_new_scope_ends_clients_and_children),
        cmocka_unit_test(test_scopes_settle_however_deep_the_tree),
        cmocka_unit_test(test_a_broker_is_not_its_own_parent),
        cmocka_unit_test(test_a_broker_does_not_join_one_beneath_it),
        cmocka_unit_test(test_loops_formed_at_once_are_found),
        cmocka_unit_test(test_a_loop_that_forms_above_is_left),
        cmocka_unit_test(test_all_beneath_learn_who_is_above),
        cmocka_unit_test(test_the_deepest_tree_is_reached_from_end_to_end),
        cmocka_unit_test(test_nothing_of_a_lost_child_is_kept),
        cmocka_unit_test(test_a_tree_heals_around_a_middle_broker_that_comes_back),
        cmocka_unit_test(test_a_parent_that_says_goodbye_is_left),
        cmocka_unit_test(test_a_child_that_says_goodbye_is_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
