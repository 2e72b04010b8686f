/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_walls - a tenant tries to reach another one by every record there is
 *
 * Tenant b has a victim at the lower of two brokers and a friend of it at the upper one. Tenant a
 * speaks raw, with b's names in every field. Whatever it says, the first message that the victim
 * gets is its friend's, and everybody else goes on.
 */
#include <stdio.h>
#include <string.h>

#include "raw.h"
#include "scene.h"

#define GUESSES 1000

typedef struct {
    harness_t *harness;
    client_t *victim, *friend; /* of tenant b */
    client_t *good, *better;   /* of tenant a */
} world_t;

static void world_open(world_t *self, harness_t *harness)
{
    self->harness = harness;
    broker_start(harness, "root", NULL, "/1/", "-l", "info", NULL);
    scene_broker(harness, "leaf", "root", "/1/2/");
    self->victim = client_open(harness, "leaf", "b", "victim");
    self->friend = client_open(harness, "root", "b", "friend");
    self->good = client_open(harness, "leaf", "a", "good");
    self->better = client_open(harness, "root", "a", "better");
    client_subscribe(self->victim, "t", "noscope");
    client_subscribe(self->victim, "topic", "all");
    client_reach(self->victim, "friend");
    client_reach(self->good, "better");
}

static void check_undisturbed(client_t *client)
{
    dd_event_t *event = client_take(client,
        MESSAGES | OUTCOMES | EVENT(DD_EVENT_DISCONNECTED) | EVENT(DD_EVENT_CLOSED) |
            EVENT(DD_EVENT_GAP),
        0);
    if (event)
        fail_msg("event %d from %s: %s", (int)event->type, event->source, event->text);
}

/* Nothing has come to b, all that belongs to b still comes, and a's other clients talk on. */
static void world_check(world_t *self)
{
    client_deliver(self->friend, self->victim, "legitimate");
    assert_int_equal(dd_client_publish(client_handle(self->friend), "topic", "news", 4), DD_OK);
    client_expect(self->victim, "friend", "news");
    client_deliver(self->good, self->better, "hi");
    client_t *all[] = {self->victim, self->friend, self->good, self->better};
    for (size_t i = 0; i < COUNT(all); i++)
        check_undisturbed(all[i]);
}

/* ---- Every record ------------------------------------------------------------------------- */

/* A record of any type, with what would be right if it came from b, or from a broker of the tree.
 */
static dd_record_t forge(uint8_t type)
{
    static const uint8_t ID[DD_BROKER_ID_SIZE] = "some broker's id";
    return (dd_record_t){.type = type,
        .ref = 7,
        .number = 7,
        .heartbeat = 1000,
        .limit = 1000,
        .id = dd_bytes(ID, sizeof ID),
        .tenant = dd_bytes_of("b"),
        .name = dd_bytes_of("b.victim"),
        .source = dd_bytes_of("b.friend"),
        .destination = dd_bytes_of("b.victim"),
        .topic = dd_bytes_of("topic"),
        .scope = dd_bytes_of("/"),
        .text = dd_bytes_of("clients"),
        .payload = dd_bytes_of("forged: nonce and box of a payload")};
}

/* What a registered client may say, and what it gets for an answer; all else ends it. */
static const struct {
    uint8_t said, answered;
    dd_error_t code;
} ALLOWED[] = {
    {DD_PING, DD_PONG, DD_OK},
    {DD_PONG, 0, DD_OK},
    {DD_BYE, DD_BYE, DD_OK},
    {DD_SEND, DD_ERROR, DD_E_NO_DESTINATION},
    {DD_TAKEN, 0, DD_OK},
    {DD_DRAIN, DD_DRAIN, DD_OK},
    {DD_PROVE, 0, DD_OK},
    {DD_RECEIPT, 0, DD_OK},
    {DD_ACK, DD_ERROR, DD_E_MALFORMED},
    {DD_SUBSCRIBE, DD_SUBSCRIBED, DD_OK},
    {DD_UNSUBSCRIBE, DD_ERROR, DD_E_NOT_SUBSCRIBED},
    {DD_PUBLISH, 0, DD_OK},
};

static void check_answer(raw_t *spy, uint8_t said)
{
    uint8_t answered = DD_ERROR;
    dd_error_t code = DD_E_PROTOCOL;
    for (size_t i = 0; i < COUNT(ALLOWED); i++)
        if (ALLOWED[i].said == said) {
            answered = ALLOWED[i].answered;
            code = ALLOWED[i].code;
        }
    if (answered == 0) { /* nothing, also before the answer to what comes next */
        raw_say(spy, &(dd_record_t){.type = DD_PING});
        answered = DD_PONG;
    }
    dd_record_t answer;
    if (!raw_hear(spy, &answer, HARNESS_DEADLINE))
        fail_msg("no answer to %s", dd_record_name(said));
    if (answer.type != answered || (answered == DD_ERROR && answer.code != code))
        fail_msg("%s was answered with %s, code %u", dd_record_name(said),
            dd_record_name(answer.type), answer.code);
}

static void no_record_of_a_client_reaches_another_tenant(void **state)
{
    static const char *const BROKERS[] = {"root", "leaf"};
    world_t world;
    world_open(&world, *state);
    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        if (!dd_record_name((uint8_t)type) || type == DD_INSPECT)
            continue;
        for (size_t i = 0; i < COUNT(BROKERS); i++) {
            dd_record_t record = forge((uint8_t)type);
            raw_t *spy = raw_register(*state, BROKERS[i], "a", "spy");
            raw_say(spy, &record);
            check_answer(spy, record.type);
            raw_close(&spy);
        }
    }
    world_check(&world);
}

/* Before a client has said its name it may say nothing but that. */
static void no_record_works_without_registration(void **state)
{
    world_t world;
    world_open(&world, *state);
    for (unsigned type = 0; type <= UINT8_MAX; type++) {
        if (!dd_record_name((uint8_t)type) || type == DD_HELLO || type == DD_BYE)
            continue;
        dd_record_t record = forge((uint8_t)type), answer;
        raw_t *spy = raw_open(*state, "root", "a");
        raw_say(spy, &record);
        raw_await(spy, DD_ERROR, &answer);
        assert_int_equal(answer.ref, 0);
        raw_close(&spy);
    }
    world_check(&world);
}

/* ---- Receipts ----------------------------------------------------------------------------- */

/* Who guesses the number that a notification of b's has can't make its sender believe that it has
   arrived. */
static void guessed_receipts_reach_nobody(void **state)
{
    static const char *const DESTINATIONS[] = {"b.friend", "friend", "public.b.friend"};
    world_t world;
    world_open(&world, *state);
    raw_t *spy = raw_register(*state, "root", "a", "spy");
    for (uint32_t ref = 1; ref <= GUESSES; ref++)
        for (size_t i = 0; i < COUNT(DESTINATIONS); i++)
            raw_say(spy, &(dd_record_t){.type = DD_RECEIPT,
                             .ref = ref,
                             .source = dd_bytes_of("b.victim"),
                             .destination = dd_bytes_of(DESTINATIONS[i])});
    dd_record_t answer;
    raw_say(spy, &(dd_record_t){.type = DD_PING});
    raw_await(spy, DD_PONG, &answer);
    raw_close(&spy);
    world_check(&world);
}

/* ---- Subscriptions ------------------------------------------------------------------------ */

static const struct {
    const char *topic;
    const char *scope;
    dd_error_t code;
} SUBSCRIPTIONS[] = {
    {"topic", "/", DD_OK},
    {"b.topic", "/", DD_OK}, /* a topic of a's, whatever it looks like */
    {"t", "noscope", DD_OK},
    {"public.topic", "/", DD_E_REFUSED},
    {"public.", "noscope", DD_E_REFUSED},
};

/* What b publishes doesn't come to a, however it subscribes. */
static void subscriptions_hear_nothing_of_another_tenant(void **state)
{
    world_t world;
    world_open(&world, *state);
    raw_t *spy = raw_register(*state, "root", "a", "spy");
    dd_record_t record;
    for (size_t i = 0; i < COUNT(SUBSCRIPTIONS); i++) {
        raw_say(spy, &(dd_record_t){.type = DD_SUBSCRIBE,
                         .ref = 1,
                         .topic = dd_bytes_of(SUBSCRIPTIONS[i].topic),
                         .scope = dd_bytes_of(SUBSCRIPTIONS[i].scope)});
        assert_true(raw_hear(spy, &record, HARNESS_DEADLINE));
        assert_int_equal(record.type, SUBSCRIPTIONS[i].code ? DD_ERROR : DD_SUBSCRIBED);
        assert_int_equal(record.code, SUBSCRIPTIONS[i].code);
    }
    dd_client_t *friend = client_handle(world.friend);
    static const char *const TOPICS[] = {"topic", "b.topic", "a.topic", "public.topic"};
    for (size_t i = 0; i < COUNT(TOPICS); i++)
        assert_int_equal(dd_client_publish(friend, TOPICS[i], "secret", 6), DD_OK);
    assert_int_equal(client_send(world.friend, "nobody", "all said"), DD_E_NO_DESTINATION);
    assert_int_equal(dd_client_publish(client_handle(world.better), "topic", "own", 3), DD_OK);
    assert_true(raw_hear(spy, &record, HARNESS_DEADLINE));
    assert_int_equal(record.type, DD_PUBLICATION);
    assert_true(dd_bytes_equal(record.source, dd_bytes_of("better")));
    raw_close(&spy);
}

/* ---- Questions ---------------------------------------------------------------------------- */

/* Takes all reports to a question; none of them may hold what is b's. */
static void check_reports(raw_t *spy)
{
    for (unsigned outstanding = 1; outstanding > 0;) {
        dd_record_t report;
        raw_await(spy, DD_REPORT, &report);
        char text[16384];
        assert_true(report.payload.size < sizeof text);
        dd_bytes_copy(report.payload, text, sizeof text);
        if (strstr(text, "victim") || strstr(text, "friend") || strstr(text, "\"b\""))
            fail_msg("a report shows what is tenant b's: %s", text);
        if (report.flags & DD_FLAG_LAST)
            outstanding += report.links - 1u;
    }
}

static void questions_show_nothing_of_another_tenant(void **state)
{
    static const char *const WHAT[] = {"tree", "clients", "subscriptions", "events"};
    static const char *const TENANTS[] = {"b", "", "public"};
    world_t world;
    world_open(&world, *state);
    raw_t *spy = raw_register(*state, "root", "a", "spy");
    for (size_t i = 0; i < COUNT(WHAT); i++)
        for (size_t j = 0; j < COUNT(TENANTS); j++) {
            raw_say(spy, &(dd_record_t){.type = DD_INSPECT,
                             .ref = 1,
                             .number = j,
                             .tenant = dd_bytes_of(TENANTS[j]),
                             .text = dd_bytes_of(WHAT[i])});
            check_reports(spy);
        }
    raw_close(&spy);
    world_check(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(no_record_of_a_client_reaches_another_tenant),
        SCENE(no_record_works_without_registration),
        SCENE(guessed_receipts_reach_nobody),
        SCENE(subscriptions_hear_nothing_of_another_tenant),
        SCENE(questions_show_nothing_of_another_tenant),
    };
    return cmocka_run_group_tests_name("walls", tests, NULL, NULL);
}
