/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_results - receipts, refusals and traces on their way back: who may say what of whom
 */
#include "ddbroker/flood.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

/* A child and a parent of the test's own making, and between them a broker. */
typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *parent, *child, *sibling, *client;
} between_t;

/* a.low and public.low are beneath the child, a.theirs beneath its sibling, a.s is a client here.
 */
static between_t between_new(void)
{
    between_t self = {.tree = tree_new()};
    self.parent = actor_new_parent(self.tree, &self.broker);
    self.child = actor_child(self.broker, 1, "/1/1/1/");
    self.sibling = actor_child(self.broker, 2, "/1/1/2/");
    self.client = actor_client(self.broker, "a", "s");
    actor_add_client(self.child, "a.low", 1);
    actor_add_client(self.child, "public.low", 1);
    actor_add_client(self.sibling, "a.theirs", 1);
    actor_skip(self.parent);
    return self;
}

/* Hands a link so many notifications of the client's, with those flags. */
static void hand(between_t *self, actor_t *link, uint8_t flags, int count)
{
    for (int i = 0; i < count; i++)
        actor_say(self->client, &(dd_record_t){.type = DD_SEND,
                                    .flags = flags,
                                    .ref = 7,
                                    .destination = B(link == self->parent ? "far" : "low")});
    while (count-- > 0)
        assert_non_null(actor_find(link, DD_FORWARD));
    actor_skip(self->client);
}

/* What a link may answer to the client's notification. */
static dd_record_t result(uint8_t type, const char *source, dd_error_t code)
{
    return (dd_record_t){.type = type,
        .code = (uint16_t)code,
        .ref = 7,
        .number = 2,
        .name = B("broker"),
        .scope = B("/1/2/"),
        .text = B("here: client low"),
        .source = B(source),
        .destination = B("a.s")};
}

/* Whether the client heard of it; if so as what it was said. */
static bool passes(between_t *self, actor_t *link, const dd_record_t *said)
{
    uint64_t refused = actor_peer(link)->count.refused;
    actor_say(link, said);
    const dd_record_t *heard = actor_next(self->client);
    if (heard)
        assert_int_equal(heard->type, said->code != DD_OK ? DD_ERROR : said->type);
    else
        assert_int_equal(actor_peer(link)->count.refused, refused + 1);
    actor_expect_nothing(self->client);
    assert_int_equal(actor_peer(link)->state, PEER_READY);
    assert_int_equal(actor_peer(self->client)->state, PEER_READY);
    return heard;
}

/* ---- Receipts and refusals ------------------------------------------------------------------- */

static void test_a_link_receipts_for_those_beyond_it(void **state)
{
    static const struct {
        const char *source;
        bool of_child, of_parent;
    } CASES[] = {
        {"a.low", true, false},
        {"public.low", true, false},
        {"a.far", false, true},
        {"public.far", false, true},
        {"a.theirs", false, false},
        {"a.s", false, false},
        {"b.far", false, false},
        {"ab.far", false, false},
        {"far", false, false},
        {"", false, false},
        {".far", false, false},
        {"a.", false, false},
        {"a.\x1b[2J", false, false},
        {"a.f\xff", false, false},
        {"a.f r", false, false},
    };
    (void)state;
    between_t self = between_new();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_record_t receipt = result(DD_RECEIPT, CASES[i].source, DD_OK);
        hand(&self, self.child, 0, 1);
        hand(&self, self.parent, 0, 1);
        if (passes(&self, self.child, &receipt) != CASES[i].of_child)
            fail_msg("receipt %zu of the child", i);
        if (passes(&self, self.parent, &receipt) != CASES[i].of_parent)
            fail_msg("receipt %zu of the parent", i);
    }
    tree_destroy(&self.tree);
}

/* A child knows the refs that a client uses, since they rise over all that it sends. */
static void test_a_child_refuses_nothing_that_was_for_others(void **state)
{
    static const char *const OTHERS[] = {"a.far", "a.theirs", "a.s", "public.far", "b.low"};
    (void)state;
    between_t self = between_new();
    hand(&self, self.child, 0, COUNT(OTHERS) + 1);
    for (size_t i = 0; i < COUNT(OTHERS); i++) {
        dd_record_t refusal = result(DD_RECEIPT, OTHERS[i], DD_E_NO_DESTINATION);
        assert_false(passes(&self, self.child, &refusal));
    }
    dd_record_t refusal = result(DD_RECEIPT, "a.low", DD_E_OVERLOADED);
    assert_true(passes(&self, self.child, &refusal));
    tree_destroy(&self.tree);
}

/* What was handed over before a client left, or came back elsewhere, is refused after that. */
static void test_a_child_refuses_for_who_has_just_left_it(void **state)
{
    (void)state;
    between_t self = between_new();
    dd_record_t refusal = result(DD_RECEIPT, "a.low", DD_E_NO_DESTINATION);
    hand(&self, self.child, 0, 4);
    actor_add_client(self.sibling, "a.low", 1); /* it has moved */
    assert_true(passes(&self, self.child, &refusal));
    actor_add_client(self.child, "a.low", 1);
    actor_say(self.child, &(dd_record_t){.type = DD_DROP_CLIENT, .number = 1, .name = B("a.low")});
    assert_true(passes(&self, self.child, &refusal));
    for (int i = 0; i < 7; i++) {
        actor_peer(self.child)->heard_ms = actor_peer(self.client)->heard_ms = tree_now(self.tree);
        tree_pass(self.tree, 10000);
        actor_say(self.child, &(dd_record_t){.type = DD_PING});
        actor_say(self.client, &(dd_record_t){.type = DD_PING});
        actor_skip(self.client);
    }
    assert_false(passes(&self, self.child, &refusal)); /* that is long ago */
    tree_destroy(&self.tree);
}

/* One who leaves answers for all that were beneath it. */
static void test_a_child_that_leaves_goes_on_answering(void **state)
{
    (void)state;
    between_t self = between_new();
    dd_record_t receipt = result(DD_RECEIPT, "a.low", DD_OK);
    hand(&self, self.child, 0, 2);
    actor_say(self.child, &(dd_record_t){.type = DD_DRAIN});
    assert_true(passes(&self, self.child, &receipt));
    receipt = result(DD_RECEIPT, "a.theirs", DD_E_NO_DESTINATION);
    assert_false(passes(&self, self.child, &receipt));
    tree_destroy(&self.tree);
}

/* It was sent up before the client was here. */
static void test_the_parent_refuses_for_who_has_registered_since(void **state)
{
    (void)state;
    between_t self = between_new();
    hand(&self, self.parent, 0, 1);
    actor_client(self.broker, "a", "far");
    dd_record_t refusal = result(DD_RECEIPT, "a.far", DD_E_NO_DESTINATION);
    assert_true(passes(&self, self.parent, &refusal));
    tree_destroy(&self.tree);
}

/* As an ERROR with ref 0 it would be the end of the client's connection. */
static void test_nobody_ends_a_client_by_a_receipt(void **state)
{
    static const uint16_t CODES[] = {DD_OK, DD_E_REFUSED, DD_E_NAME_TAKEN, DD_E_ARGUMENT, 65535};
    (void)state;
    between_t self = between_new();
    actor_t *public = actor_client(self.broker, "public", "evil");
    actor_t *const LIARS[] = {self.child, self.parent, public};
    for (size_t i = 0; i < COUNT(LIARS) * COUNT(CODES); i++) {
        actor_t *liar = LIARS[i % COUNT(LIARS)];
        const char *sources[] = {"a.low", "a.far", ""};
        actor_peer(liar)->owed_receipts++;
        dd_record_t receipt =
            result(DD_RECEIPT, sources[i % COUNT(LIARS)], CODES[i / COUNT(LIARS)]);
        receipt.ref = 0;
        assert_false(passes(&self, liar, &receipt));
    }
    hand(&self, self.child, 0, 1);
    dd_record_t receipt = result(DD_RECEIPT, "a.low", 65535);
    actor_say(self.child, &receipt);
    actor_expect_error(self.client, DD_E_PROTOCOL, 7); /* no code of the wire's */
    tree_destroy(&self.tree);
}

static void test_nobody_receipts_more_often_than_it_was_handed_something(void **state)
{
    (void)state;
    between_t self = between_new();
    actor_t *const LINKS[] = {self.child, self.parent};
    for (size_t i = 0; i < 2 * COUNT(LINKS); i++) {
        actor_t *link = LINKS[i / 2];
        dd_error_t code = i % 2 ? DD_E_NO_DESTINATION : DD_OK;
        dd_record_t receipt = result(DD_RECEIPT, link == self.child ? "a.low" : "a.far", code);
        assert_false(passes(&self, link, &receipt));
        hand(&self, link, 0, 2);
        assert_true(passes(&self, link, &receipt));
        assert_true(passes(&self, link, &receipt));
        assert_false(passes(&self, link, &receipt));
    }
    actor_t *receiver = actor_client(self.broker, "a", "r");
    dd_record_t receipt = result(DD_RECEIPT, "", DD_OK);
    receipt.destination = B("s");
    assert_false(passes(&self, receiver, &receipt));
    actor_send(self.client, "r", "hello", 7);
    assert_true(passes(&self, receiver, &receipt));
    assert_false(passes(&self, receiver, &receipt));
    tree_destroy(&self.tree);
}

/* Whoever makes up a receipt can do so in its own name only, and only within its walls. */
static void test_a_client_receipts_in_its_own_name(void **state)
{
    static const char *const NAMES[] = {"b.s", "", "nobody", "public.nobody", "s\x1b"};
    (void)state;
    pair_t pair = pair_new();
    actor_t *a = actor_client(pair.left_leaf, "a", "s"), *b = actor_client(pair.root, "b", "s");
    actor_t *liar = actor_client(pair.right_leaf, "a", "liar");
    for (size_t i = 0; i <= COUNT(NAMES); i++) {
        actor_send(a, "liar", "hello", 1);
        assert_non_null(actor_find(liar, DD_DATA));
        dd_record_t receipt = {.type = DD_RECEIPT, .code = DD_E_NAME_TAKEN, .ref = 1};
        receipt.source = B("a.other");
        receipt.destination = B(i < COUNT(NAMES) ? NAMES[i] : "s");
        actor_say(liar, &receipt);
        actor_expect_nothing(b);
        if (i < COUNT(NAMES))
            actor_expect_nothing(a);
    }
    const dd_record_t *receipt = actor_expect(a, DD_RECEIPT);
    assert_int_equal(receipt->code, DD_OK);
    assert_bytes(receipt->source, "liar");
    actor_expect_nothing(liar);
    tree_destroy(&pair.tree);
}

/* ---- Traces ---------------------------------------------------------------------------------- */

static void test_hops_that_can_not_be_are_passed_over(void **state)
{
    (void)state;
    between_t self = between_new();
    char longest[2 * DD_NAME_MAX + 2];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    dd_record_t good = result(DD_HOP, "", DD_OK);
    dd_record_t bad[] = {good, good, good, good, good, good, good, good, good, good, good};
    bad[0].name = B("evil\x1b[31m");
    bad[1].name = B("");
    bad[2].scope = B("/1");
    bad[3].scope = B("noscope");
    bad[4].text = B("text \x1b]0;pwn\x07");
    bad[5].text = B("two\nlines");
    bad[6].text = B("no \xff UTF-8");
    bad[7].text = B(longest);
    bad[8].number = DD_HOPS_MAX + 2;
    bad[9].number = 0;
    bad[10].ref = 0;
    actor_t *const LINKS[] = {self.child, self.parent};
    for (size_t link = 0; link < COUNT(LINKS); link++) {
        hand(&self, LINKS[link], DD_FLAG_TRACE, 1);
        for (size_t i = 0; i < COUNT(bad); i++)
            if (passes(&self, LINKS[link], &bad[i]))
                fail_msg("hop %zu", i);
        assert_true(passes(&self, LINKS[link], &good));
    }
    tree_destroy(&self.tree);
}

static void test_only_what_is_traced_has_hops(void **state)
{
    (void)state;
    between_t self = between_new();
    dd_record_t hop = result(DD_HOP, "", DD_E_NO_DESTINATION);
    hop.code = DD_OK;
    hand(&self, self.child, 0, 5);
    assert_false(passes(&self, self.child, &hop));
    hand(&self, self.child, DD_FLAG_TRACE, 1);
    for (int i = 0; i < DD_HOPS_MAX; i++)
        assert_true(passes(&self, self.child, &hop));
    assert_false(passes(&self, self.child, &hop));
    tree_destroy(&self.tree);
}

/* ---- Ways ------------------------------------------------------------------------------------ */

/* From the child to the parent and the other way: each link adds one, up to the most. */
static void test_hops_of_results_are_counted(void **state)
{
    static const uint8_t HOPS[] = {0, 1, 7, DD_HOPS_MAX - 1, DD_HOPS_MAX, UINT8_MAX};
    static const uint8_t TYPES[] = {DD_RECEIPT, DD_HOP};
    (void)state;
    between_t self = between_new();
    actor_t *const FROM[] = {self.child, self.parent}, *const TO[] = {self.parent, self.child};
    for (size_t i = 0; i < COUNT(HOPS) * COUNT(TYPES) * 2; i++) {
        dd_record_t said = result(TYPES[i / 2 % 2], i % 2 ? "a.far" : "a.low", DD_OK);
        said.destination = i % 2 ? B("a.low") : B("a.far");
        said.hops = HOPS[i / 4];
        hand(&self, FROM[i % 2], DD_FLAG_TRACE, 1);
        actor_skip(TO[i % 2]);
        actor_say(FROM[i % 2], &said);
        if (said.hops < DD_HOPS_MAX)
            assert_int_equal(actor_expect(TO[i % 2], said.type)->hops, said.hops + 1);
        actor_expect_nothing(TO[i % 2]);
    }
    tree_destroy(&self.tree);
}

/* Where it came from, nobody waits for it; it would go back and forth. */
static void test_a_result_does_not_return_by_the_link_it_came_from(void **state)
{
    static const uint8_t TYPES[] = {DD_RECEIPT, DD_HOP};
    (void)state;
    between_t self = between_new();
    for (size_t i = 0; i < 2 * COUNT(TYPES); i++) {
        actor_t *link = i % 2 ? self.parent : self.child;
        dd_record_t said = result(TYPES[i / 2], i % 2 ? "a.far" : "a.low", DD_OK);
        said.destination = i % 2 ? B("a.farther") : B("public.low");
        hand(&self, link, DD_FLAG_TRACE, 1);
        actor_skip(link);
        actor_say(link, &said);
        actor_expect_nothing(self.child);
        actor_expect_nothing(self.parent);
    }
    tree_destroy(&self.tree);
}

/* ---- Floods ---------------------------------------------------------------------------------- */

/* Others' results find no room at a client that doesn't read; what it asks itself is answered, and
   it isn't ended for them. */
static void test_results_of_others_end_nobody(void **state)
{
    (void)state;
    between_t self = between_new();
    core_settings_t settings = self.broker->settings;
    settings.outbox_client = 1000;
    core_set_limits(self.broker->core, &settings);
    actor_hold(self.client, true);
    actor_hold(self.child, true);
    for (int i = 0; i < 8000; i++) {
        dd_record_t receipt = result(DD_RECEIPT, "a.low", i % 2 ? DD_OK : DD_E_OVERLOADED);
        actor_peer(self.child)->owed_receipts++;
        actor_add(self.child, &receipt);
    }
    actor_hold(self.child, false);
    tree_run(self.tree);
    assert_true(actor_peer(self.client)->outbox.bytes <= 1000 + DD_OUTBOX_RESERVE / 2);
    actor_say(self.client, &(dd_record_t){.type = DD_PING, .number = 55});
    actor_hold(self.client, false);
    tree_run(self.tree);
    assert_int_equal(actor_find(self.client, DD_PONG)->number, 55);
    tree_destroy(&self.tree);
}

/* And at a link. */
static void test_results_of_others_end_no_link(void **state)
{
    (void)state;
    between_t self = between_new();
    core_settings_t settings = self.broker->settings;
    settings.outbox_link = 1000;
    core_set_limits(self.broker->core, &settings);
    actor_hold(self.sibling, true);
    for (int i = 0; i < 8000; i++) {
        dd_record_t receipt = result(DD_RECEIPT, "a.low", DD_OK);
        receipt.destination = B("a.theirs");
        actor_peer(self.child)->owed_receipts++;
        actor_add(self.child, &receipt);
    }
    tree_run(self.tree);
    assert_int_equal(actor_peer(self.sibling)->state, PEER_READY);
    tree_destroy(&self.tree);
}

static void test_what_a_link_can_not_mean_does_not_fill_the_log(void **state)
{
    (void)state;
    between_t self = between_new();
    dd_record_t hop = result(DD_HOP, "", DD_OK);
    unsigned lines = 0;
    for (int i = 0; i < 1000; i++) {
        actor_say(self.child, &hop);
        lines += tree_logged(self.tree, "child1 tells of the way");
    }
    assert_int_equal(lines, FLOOD_LINES);
    assert_int_equal(actor_peer(self.child)->count.refused, 1000);
    tree_pass(self.tree, FLOOD_WHILE + 1000);
    assert_true(tree_logged(self.tree, "900 more"));
    tree_destroy(&self.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_link_receipts_for_those_beyond_it),
        cmocka_unit_test(test_a_child_refuses_nothing_that_was_for_others),
        cmocka_unit_test(test_a_child_refuses_for_who_has_just_left_it),
        cmocka_unit_test(test_a_child_that_leaves_goes_on_answering),
        cmocka_unit_test(test_the_parent_refuses_for_who_has_registered_since),
        cmocka_unit_test(test_nobody_ends_a_client_by_a_receipt),
        cmocka_unit_test(test_nobody_receipts_more_often_than_it_was_handed_something),
        cmocka_unit_test(test_a_client_receipts_in_its_own_name),
        cmocka_unit_test(test_hops_that_can_not_be_are_passed_over),
        cmocka_unit_test(test_only_what_is_traced_has_hops),
        cmocka_unit_test(test_hops_of_results_are_counted),
        cmocka_unit_test(test_a_result_does_not_return_by_the_link_it_came_from),
        cmocka_unit_test(test_results_of_others_end_nobody),
        cmocka_unit_test(test_results_of_others_end_no_link),
        cmocka_unit_test(test_what_a_link_can_not_mean_does_not_fill_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
