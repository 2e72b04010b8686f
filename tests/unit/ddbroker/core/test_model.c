/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_model - random trees in which everything comes and goes, against the rules as they are
 * written
 *
 * The model knows where every client is and what it subscribed to, and works out by brute force
 * who is to hear what, and what each link is to have been told.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define BROKERS 8
#define CLIENTS 14
#define WISHES 6
#define SEEDS 60
#define ROUNDS 120

static const char *const TENANTS[] = {"a", "ab", "public"};
static const char *const TOPICS[] = {"t", "tt", "u"};
static const char *const PATTERNS[] = {
    "all", "region", "/1/", "/*/1/", "/1/1/", "/1/2/", "/1/1/1/", "noscope"};

typedef struct {
    int topic, pattern;
    bool held;
} wish_t;

typedef struct {
    actor_t *actor; /* NULL: not there */
    int broker, tenant;
    char name[16];
    wish_t wishes[WISHES];
    int heard; /* copies of the publication at hand */
} client_t;

typedef struct {
    tree_t *tree;
    int count;
    broker_t *brokers[BROKERS];
    int parents[BROKERS];
    dd_scope_t scopes[BROKERS];
    client_t clients[CLIENTS];
    unsigned names; /* given so far */
} model_t;

static int pick(model_t *self, int below)
{
    return (int)tree_random(self->tree, (uint32_t)below);
}

/* ---- What the model knows ------------------------------------------------------------------- */

/* The topmost broker that is still joined with this one. */
static int top_of(const model_t *self, int broker)
{
    while (self->brokers[broker]->uplink)
        broker = self->parents[broker];
    return broker;
}

/* Whether one is, or is beneath, the other. */
static bool is_beneath(const model_t *self, int broker, int other)
{
    for (;;) {
        if (broker == other)
            return true;
        if (!self->brokers[broker]->uplink)
            return false;
        broker = self->parents[broker];
    }
}

/* The path that a client's wish comes to at its broker. False if it has no meaning there. */
static bool resolve(const model_t *self, const client_t *client, const wish_t *wish, char *path)
{
    dd_scope_t pattern, resolved;
    dd_scope_parse_pattern(&pattern, B(PATTERNS[wish->pattern]));
    if (!wish->held || !dd_scope_resolve(&resolved, &pattern, &self->scopes[client->broker]))
        return false;
    memcpy(path, resolved.text, sizeof resolved.text);
    return true;
}

static bool wants(
    const model_t *self, const client_t *client, const char *topic, const char *origin)
{
    for (int i = 0; i < WISHES; i++) {
        char path[DD_SCOPE_MAX + 1];
        const char *about = TOPICS[client->wishes[i].topic];
        if (!resolve(self, client, &client->wishes[i], path))
            continue;
        if (strcmp(path, "noscope") == 0
                ? strncmp(topic, about, strlen(about)) == 0
                : strcmp(topic, about) == 0 && strncmp(origin, path, strlen(path)) == 0)
            return true;
    }
    return false;
}

/* ---- What the brokers know ------------------------------------------------------------------ */

static bool holds(
    const core_t *core, peer_t *link, const client_t *client, const wish_t *wish, const char *path)
{
    interest_key_t key = {B(TENANTS[client->tenant]), B(TOPICS[wish->topic]), B(path)};
    interest_t *interest = interest_find(&core->interests, key);
    dd_scope_t pattern;
    return interest && dd_scope_parse_pattern(&pattern, B(path)) &&
           interest_held(&core->interests, link, interest, &pattern);
}

/* Whether somebody beyond the link wants what it holds. */
static bool is_wanted(const model_t *self, const bool beyond[], const subscription_t *held)
{
    interest_key_t key = interest_key(held->key.interest);
    for (int c = 0; c < CLIENTS; c++) {
        const client_t *client = &self->clients[c];
        for (int i = 0; client->actor && beyond[client->broker] && i < WISHES; i++) {
            char path[DD_SCOPE_MAX + 1];
            if (resolve(self, client, &client->wishes[i], path) &&
                strcmp(TENANTS[client->tenant], (const char *)key.tenant.data) == 0 &&
                strcmp(TOPICS[client->wishes[i].topic], (const char *)key.topic.data) == 0 &&
                strcmp(path, (const char *)key.path.data) == 0)
                return true;
        }
    }
    return false;
}

/* Rule 5: a link holds an interest here if and only if somebody beyond it wants it. */
static void check_link(const model_t *self, int broker, peer_t *link)
{
    bool beyond[BROKERS] = {false};
    int other = atoi(link->name.text + 1);
    for (int b = 0; b < self->count; b++)
        beyond[b] = link->role == ROLE_CHILD
                        ? is_beneath(self, b, other)
                        : top_of(self, b) == top_of(self, broker) && !is_beneath(self, b, broker);
    for (int c = 0; c < CLIENTS; c++) {
        const client_t *client = &self->clients[c];
        for (int i = 0; client->actor && beyond[client->broker] && i < WISHES; i++) {
            char path[DD_SCOPE_MAX + 1];
            if (resolve(self, client, &client->wishes[i], path))
                assert_true(
                    holds(self->brokers[broker]->core, link, client, &client->wishes[i], path));
        }
    }
    const subscription_t *held;
    DL_FOREACH (link->subscriptions, held)
        assert_true(is_wanted(self, beyond, held));
}

static void check_brokers(const model_t *self)
{
    for (int b = 0; b < self->count; b++) {
        const core_t *core = self->brokers[b]->core;
        peer_t *link;
        DL_FOREACH2 (core->links, link, next_link)
            check_link(self, b, link);
        unsigned beneath = 0;
        for (int c = 0; c < CLIENTS; c++)
            beneath += self->clients[c].actor && is_beneath(self, self->clients[c].broker, b);
        assert_int_equal(directory_count(&core->directory), beneath);
    }
}

/* ---- What happens --------------------------------------------------------------------------- */

static void come(model_t *self)
{
    client_t *client = &self->clients[pick(self, CLIENTS)];
    if (client->actor)
        return;
    *client = (client_t){.broker = pick(self, self->count), .tenant = pick(self, 3)};
    snprintf(client->name, sizeof client->name, "c%u", ++self->names);
    client->actor = actor_connect(self->brokers[client->broker], TENANTS[client->tenant]);
    actor_add(client->actor,
        &(dd_record_t){
            .type = DD_HELLO, .number = (uint64_t)self->names << 16, .name = B(client->name)});
}

static void go(model_t *self)
{
    client_t *client = &self->clients[pick(self, CLIENTS)];
    if (!client->actor)
        return;
    if (pick(self, 2))
        actor_add(client->actor, &(dd_record_t){.type = DD_BYE});
    else
        actor_leave(client->actor);
    client->actor = NULL;
}

static void wish(model_t *self)
{
    client_t *client = &self->clients[pick(self, CLIENTS)];
    wish_t *own = &client->wishes[pick(self, WISHES)];
    if (!client->actor)
        return;
    if (!own->held) {
        wish_t new = {pick(self, 3), pick(self, 8), true};
        for (int i = 0; i < WISHES; i++)
            if (client->wishes[i].held && client->wishes[i].topic == new.topic &&
                client->wishes[i].pattern == new.pattern)
                return; /* it has that already */
        *own = new;
    } else {
        own->held = false;
    }
    actor_add(client->actor, &(dd_record_t){.type = own->held ? DD_SUBSCRIBE : DD_UNSUBSCRIBE,
                                 .ref = 1,
                                 .topic = B(TOPICS[own->topic]),
                                 .scope = B(PATTERNS[own->pattern])});
}

static void cut(model_t *self)
{
    int broker = pick(self, self->count);
    if (self->brokers[broker]->uplink)
        broker_cut(self->brokers[broker]);
}

static void heal(model_t *self)
{
    for (int b = 1; b < self->count; b++)
        if (!self->brokers[b]->uplink)
            broker_join(self->brokers[b], self->brokers[self->parents[b]]);
}

static void happen(model_t *self)
{
    switch (pick(self, 12)) {
    case 0:
    case 1:
        come(self);
        break;
    case 2:
        go(self);
        break;
    case 3:
        cut(self);
        break;
    case 4:
        heal(self);
        break;
    default:
        wish(self);
    }
}

/* ---- What is heard -------------------------------------------------------------------------- */

static void skip_all(model_t *self)
{
    for (int c = 0; c < CLIENTS; c++)
        if (self->clients[c].actor)
            actor_skip(self->clients[c].actor);
}

/* Where brokers came back, some may be missing, of which all are told before the next one. */
static void pass_over_gaps(actor_t *self)
{
    while (self->read < self->count && self->records[self->read].type == DD_GAP)
        actor_next(self);
}

/* Rules 1 and 6: one copy to each that wants it, none to others. */
static void check_publication(model_t *self, const client_t *publisher)
{
    char topic[32];
    bool to_public = pick(self, 3) == 0;
    const char *bare = TOPICS[pick(self, 3)];
    snprintf(topic, sizeof topic, "%s%s", to_public ? "public." : "", bare);
    actor_publish(publisher->actor, topic, "news");
    for (int c = 0; c < CLIENTS; c++) {
        client_t *client = &self->clients[c];
        if (!client->actor)
            continue;
        bool own = to_public ? strcmp(TENANTS[client->tenant], "public") == 0
                             : client->tenant == publisher->tenant;
        bool joined = top_of(self, client->broker) == top_of(self, publisher->broker);
        bool wanted =
            own && joined && wants(self, client, bare, self->scopes[publisher->broker].text);
        pass_over_gaps(client->actor);
        if (wanted)
            assert_bytes(actor_expect(client->actor, DD_PUBLICATION)->topic, bare);
        pass_over_gaps(client->actor);
        actor_expect_nothing(client->actor);
    }
}

static void check_notification(model_t *self, const client_t *sender)
{
    const client_t *receiver = &self->clients[pick(self, CLIENTS)];
    if (!receiver->actor)
        return;
    int top = top_of(self, sender->broker);
    bool reached = sender->tenant == receiver->tenant && top == top_of(self, receiver->broker);
    actor_send(sender->actor, receiver->name, "hello", 5);
    pass_over_gaps(receiver->actor);
    if (reached)
        assert_bytes(actor_expect(receiver->actor, DD_DATA)->source, sender->name);
    else
        actor_expect_error(sender->actor, top == 0 ? DD_E_NO_DESTINATION : DD_E_UPLINK_DOWN, 5);
    for (int c = 0; c < CLIENTS; c++)
        if (self->clients[c].actor) {
            pass_over_gaps(self->clients[c].actor);
            actor_expect_nothing(self->clients[c].actor);
        }
}

static void check_all(model_t *self)
{
    tree_run(self->tree);
    check_brokers(self);
    skip_all(self);
    const client_t *client = &self->clients[pick(self, CLIENTS)];
    if (!client->actor)
        return;
    check_publication(self, client);
    check_notification(self, client);
}

static void plant(model_t *self, uint32_t seed)
{
    *self = (model_t){.tree = tree_new()};
    tree_seed(self->tree, seed);
    tree_settings(self->tree)->step_units = seed % 3; /* 0: most of it is done at once */
    self->count = 2 + pick(self, BROKERS - 1);
    for (int b = 0; b < self->count; b++) {
        char name[16];
        int parent = self->parents[b] = b == 0 ? 0 : pick(self, b);
        if (b == 0)
            dd_scope_parse(&self->scopes[b], B("/1/"));
        else
            dd_scope_child(&self->scopes[b], &self->scopes[parent], 1 + tree_random(self->tree, 2));
        snprintf(name, sizeof name, "b%d", b);
        self->brokers[b] = broker_new(
            self->tree, name, b == 0 ? NULL : self->brokers[parent], self->scopes[b].text);
    }
}

static void test_whatever_happens_the_rules_hold(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= SEEDS; seed++) {
        static model_t model;
        plant(&model, seed);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = pick(&model, 8); i >= 0; i--) {
                happen(&model);
                for (int steps = pick(&model, 4); steps > 0; steps--)
                    tree_step(model.tree);
            }
            check_all(&model);
        }
        tree_destroy(&model.tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_whatever_happens_the_rules_hold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
