/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client - clients at a scripted broker: arguments, messages, events, receipts
 */
#include <signal.h>

#include "libdd/keys/proof.h"
#include "tests/unit/libdd/client.h"

/* ---- Arguments ------------------------------------------------------------------------------- */

static void test_refuses_bad_arguments(void **state)
{
    broker_t *broker = *state;
    char keys[128], broker_keys[128], nowhere[128], name[DD_CLIENT_MAX + 2];
    strcpy(keys, path_of(broker, "a.json"));
    strcpy(broker_keys, path_of(broker, "broker.json"));
    strcpy(nowhere, path_of(broker, "nowhere.json"));
    memset(name, 'x', sizeof name);
    name[DD_CLIENT_MAX + 1] = '\0';
    const struct {
        const char *endpoint, *keyfile, *name;
        dd_error_t error;
        const char *words; /* in the problem's text */
    } CASES[] = {
        {NULL, keys, "x", DD_E_ARGUMENT, "needed"},
        {"tcp://127.0.0.1:1", NULL, "x", DD_E_ARGUMENT, "needed"},
        {"tcp://127.0.0.1:1", keys, NULL, DD_E_ARGUMENT, "needed"},
        {"127.0.0.1:5555", keys, "x", DD_E_ARGUMENT, "'127.0.0.1:5555' is no endpoint"},
        {"tcp://127.0.0.1:1", keys, "", DD_E_NAME_INVALID, "'' is no client's name"},
        {"tcp://127.0.0.1:1", keys, "a b", DD_E_NAME_INVALID, "'a b' is no client's name"},
        {"tcp://127.0.0.1:1", keys, "public.x", DD_E_NAME_INVALID, "'public.x'"},
        {"tcp://127.0.0.1:1", keys, name, DD_E_NAME_INVALID, "1 to 190 bytes"},
        {"tcp://127.0.0.1:1", nowhere, "x", DD_E_FILE, "nowhere.json"},
        {"tcp://127.0.0.1:1", broker_keys, "x", DD_E_KEYS, "a broker's keys"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_problem_t problem = {0};
        assert_null(dd_client_new(CASES[i].endpoint, CASES[i].keyfile, CASES[i].name, &problem));
        assert_int_equal(problem.error, CASES[i].error);
        assert_non_null(strstr(problem.text, CASES[i].words));
        assert_null(dd_client_new(CASES[i].endpoint, CASES[i].keyfile, CASES[i].name, NULL));
    }
    name[DD_CLIENT_MAX] = '\0';
    dd_client_t *client = dd_client_new("tcp://127.0.0.1:1", keys, name, NULL);
    assert_non_null(client);
    dd_client_destroy(&client);
    assert_null(client);
    dd_client_destroy(&client);
    dd_client_destroy(NULL);
}

static void ignore(dd_client_t *client, const dd_event_t *event, void *arg)
{
    (void)client, (void)event, (void)arg;
}

static void test_settings_end_with_the_start(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_set_tenant(client, "a.b"), DD_E_NAME_INVALID);
    assert_int_equal(dd_client_set_tenant(client, "a"), DD_OK);
    assert_int_equal(dd_client_set_limits(client, 0, 1), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_limits(client, 1, 0), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_limits(client, 1 << 20, 1 << 20), DD_OK);
    assert_int_equal(dd_client_set_outcome_limit(client, 0), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_outcome_limit(client, 3600001), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_outcome_limit(client, 3600000), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    assert_int_equal(dd_client_start(client), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_outcome_limit(client, 1000), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_tenant(client, "a"), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_limits(client, 1, 1), DD_E_ARGUMENT);
    assert_int_equal(dd_client_set_callback(client, ignore, NULL), DD_E_ARGUMENT);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    say_goodbye(broker, client);
}

/* ---- Messages -------------------------------------------------------------------------------- */

static void test_registers(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    assert_false(is_readable(dd_client_fd(client)));
    assert_null(dd_client_receive(client, 0));
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_admit(broker, "a");
    struct pollfd item = {.fd = dd_client_fd(client), .events = POLLIN};
    assert_int_equal(poll(&item, 1, DEADLINE), 1);
    dd_event_t *event = next_event(client, DD_EVENT_REGISTERED);
    assert_string_equal(event->source, "a.cli1");
    assert_string_equal(event->text, "broker0");
    assert_string_equal(event->scope, "/1/2/3/");
    assert_string_equal(event->topic, "");
    assert_int_equal(event->number, broker->limit - DD_BOX_OVERHEAD);
    dd_event_destroy(&event);
    assert_false(is_readable(dd_client_fd(client)));
    assert_null(dd_client_receive(client, 0));
    assert_null(dd_client_receive(client, 10));

    /* The round trip becomes known once the PONG is there, which comes before this answer. */
    assert_int_equal(dd_client_subscribe(client, "t", "all"), DD_OK);
    dd_record_t record = broker_expect(broker, DD_SUBSCRIBE);
    broker_say(broker, (dd_record_t){.type = DD_SUBSCRIBED,
                           .ref = record.ref,
                           .topic = dd_bytes_of("t"),
                           .scope = dd_bytes_of("/")});
    expect_event(client, DD_EVENT_SUBSCRIBED);
    assert_in_range(dd_client_rtt_us(client), 1, DEADLINE * 1000);
    say_goodbye(broker, client);
}

static void test_notifies(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE), public = other_of(PUBLIC_FILE);
    uint32_t ref = 0;
    assert_int_equal(dd_client_notify(client, "cli2", "hello", 5, DD_WANT_RECEIPT, &ref), DD_OK);
    dd_record_t record = broker_expect(broker, DD_SEND);
    assert_int_equal(record.ref, ref);
    assert_int_not_equal(ref, 0);
    assert_int_equal(record.flags, DD_FLAG_RECEIPT);
    assert_true(dd_bytes_equal(record.destination, dd_bytes_of("cli2")));
    assert_string_equal(opened(&a, "cli1", record.payload), "hello");

    broker_say(
        broker, (dd_record_t){.type = DD_RECEIPT, .ref = ref, .source = dd_bytes_of("cli2")});
    dd_event_t *event = next_event(client, DD_EVENT_RECEIPT);
    assert_int_equal(event->ref, ref);
    assert_string_equal(event->source, "cli2");
    dd_event_destroy(&event);

    assert_int_equal(dd_client_notify(client, "public.x", "", 0, ~DD_WANT_RECEIPT, NULL), DD_OK);
    record = broker_expect(broker, DD_SEND);
    assert_int_equal(record.flags, 0);
    assert_string_equal(opened(&public, "a.cli1", record.payload), "");

    assert_int_equal(dd_client_notify(client, "", "x", 1, 0, NULL), DD_E_NAME_INVALID);
    assert_int_equal(dd_client_notify(client, "a b", "x", 1, 0, NULL), DD_E_NAME_INVALID);
    say_goodbye(broker, client);
    other_end(&a);
    other_end(&public);
}

static void test_publishes(void **state)
{
    static const struct {
        const char *keys, *tenant, *topic;
        const char *reader, *source; /* who can open it, and whom it is shown from */
    } CASES[] = {
        {"a.json", "a", "alarms", A_FILE, "cli1"},
        {"a.json", "a", "b.alarms", A_FILE, "cli1"},
        {"a.json", "a", "public.alarms", PUBLIC_FILE, "a.cli1"},
        {"public.json", "public", "alarms", PUBLIC_FILE, "cli1"},
        {"public.json", "public", "public.alarms", PUBLIC_FILE, "cli1"},
        /* For public's own subscribers, though it looks like a client of tenant a. */
        {"public.json", "public", "a.alarms", PUBLIC_FILE, "cli1"},
    };
    broker_t *broker = *state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_client_t *client = client_of(broker, CASES[i].keys);
        assert_int_equal(dd_client_start(client), DD_OK);
        broker_admit(broker, CASES[i].tenant);
        expect_event(client, DD_EVENT_REGISTERED);
        assert_int_equal(dd_client_publish(client, CASES[i].topic, "fire", 4), DD_OK);
        dd_record_t record = broker_expect(broker, DD_PUBLISH);
        assert_true(dd_bytes_equal(record.topic, dd_bytes_of(CASES[i].topic)));
        other_t reader = other_of(CASES[i].reader);
        assert_string_equal(opened(&reader, CASES[i].source, record.payload), "fire");
        other_end(&reader);
        assert_int_equal(dd_client_publish(client, "public", "x", 1), DD_E_TOPIC_INVALID);
        assert_int_equal(dd_client_publish(client, "", "x", 1), DD_E_TOPIC_INVALID);
        say_goodbye(broker, client);
    }
}

static void test_receives(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE), public = other_of(PUBLIC_FILE);
    broker_say(broker, (dd_record_t){.type = DD_DATA,
                           .source = dd_bytes_of("cli2"),
                           .payload = sealed(&a, "cli1", "inside")});
    dd_event_t *event = next_event(client, DD_EVENT_NOTIFICATION);
    assert_string_equal(event->source, "cli2");
    assert_int_equal(event->size, 6);
    assert_string_equal(event->data, "inside");
    assert_int_equal((uintptr_t)event->data % _Alignof(max_align_t), 0);
    dd_event_destroy(&event);

    broker_say(broker, (dd_record_t){.type = DD_PUBLICATION,
                           .source = dd_bytes_of("public.x"),
                           .topic = dd_bytes_of("alarms"),
                           .scope = dd_bytes_of("/1/2/"),
                           .payload = sealed(&public, "a.cli1", "across")});
    event = next_event(client, DD_EVENT_PUBLICATION);
    assert_string_equal(event->source, "public.x");
    assert_string_equal(event->topic, "alarms");
    assert_string_equal(event->scope, "/1/2/");
    assert_string_equal(event->data, "across");

    /* What the application holds outlives the client. */
    say_goodbye(broker, client);
    assert_string_equal(event->data, "across");
    dd_event_destroy(&event);
    other_end(&a);
    other_end(&public);
}

static void test_what_does_not_open(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t b = other_of(B_FILE), a = other_of(A_FILE);
    const dd_bytes_t PAYLOADS[] = {sealed(&b, "cli1", "foreign"), {0}, dd_bytes_of("short"),
        dd_bytes("0123456789012345678901234567890123456789", DD_BOX_OVERHEAD)};
    for (size_t i = 0; i < COUNT(PAYLOADS); i++) {
        broker_say(broker, (dd_record_t){.type = DD_DATA,
                               .flags = DD_FLAG_RECEIPT,
                               .ref = 7,
                               .source = dd_bytes_of("mallory"),
                               .payload = PAYLOADS[i]});
        dd_event_t *event = next_event(client, DD_EVENT_ERROR);
        assert_int_equal(event->error, DD_E_DECRYPT);
        assert_string_equal(event->source, "mallory");
        assert_int_equal(event->ref, 0);
        assert_int_equal(event->size, 0);
        dd_event_destroy(&event);
    }
    /* Their sender learns of each that it can't be read. */
    for (size_t i = 0; i < COUNT(PAYLOADS); i++)
        assert_int_equal(broker_expect(broker, DD_RECEIPT).code, DD_E_UNREADABLE);
    assert_int_equal(dd_client_notify(client, "cli2", "x", 1, 0, NULL), DD_OK);
    broker_expect(broker, DD_SEND);
    say_goodbye(broker, client);
    other_end(&a);
    other_end(&b);
}

/* ---- Other keys ------------------------------------------------------------------------------ */

/* The broker hears a proof of tenant a's second key. */
static void expect_proof(broker_t *broker)
{
    other_t later = other_of(A_FINISHED_FILE);
    dd_record_t record = broker_expect(broker, DD_PROVE);
    assert_int_equal(record.flags, DD_FLAG_OPTIONAL);
    const uint8_t *key = dd_proof_check(broker->keyring, broker->instance, record.payload);
    assert_non_null(key);
    assert_memory_equal(key, dd_keyring_public_key(later.keyring), DD_KEY_SIZE);
    other_end(&later);
}

static void expect_read(broker_t *broker, dd_client_t *client, const other_t *sender)
{
    broker_say(broker, (dd_record_t){.type = DD_DATA,
                           .source = dd_bytes_of("cli2"),
                           .payload = sealed(sender, "cli1", "inside")});
    dd_event_t *event = next_event(client, DD_EVENT_NOTIFICATION);
    assert_string_equal(event->data, "inside");
    dd_event_destroy(&event);
}

static void expect_sealed_for(broker_t *broker, dd_client_t *client, const other_t *receiver)
{
    assert_int_equal(dd_client_notify(client, "cli2", "hello", 5, 0, NULL), DD_OK);
    assert_string_equal(opened(receiver, "cli1", broker_expect(broker, DD_SEND).payload), "hello");
}

/* A connection stays while its tenant's keys are replaced, and the next one has the new ones. */
static void test_takes_other_keys(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t before = other_of(A_FILE), after = other_of(B_FILE);
    assert_int_equal(dd_client_set_keys(client, path_of(broker, "a-begun.json"), NULL), DD_OK);
    expect_proof(broker);
    expect_sealed_for(broker, client, &before);
    expect_read(broker, client, &before);
    expect_read(broker, client, &after);
    assert_int_equal(dd_client_set_keys(client, path_of(broker, "a-finished.json"), NULL), DD_OK);
    expect_proof(broker);
    expect_sealed_for(broker, client, &after);
    expect_read(broker, client, &before);
    expect_read(broker, client, &after);

    broker_stop(broker);
    for (int unknown = 0; unknown < 2; unknown++)
        expect_event(client, DD_EVENT_ERROR);
    expect_event(client, DD_EVENT_DISCONNECTED);
    broker_run(broker);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    expect_sealed_for(broker, client, &after);
    say_goodbye(broker, client);
    other_end(&before);
    other_end(&after);
}

/* Who begins with a file of a rotation shows the next key as soon as it is registered. */
static void test_proves_the_next_key_when_registered(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_set_keys(client, path_of(broker, "a-begun.json"), NULL), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    expect_proof(broker);
    say_goodbye(broker, client);
}

static void test_other_keys_that_cant_be_taken(void **state)
{
    static const struct {
        const char *file;
        dd_error_t error;
        const char *words;
    } CASES[] = {
        {"b.json", DD_E_KEYS, "no key in common"},
        {"public.json", DD_E_KEYS, "no key in common"},
        {"operator.json", DD_E_KEYS, "no key in common"},
        {"broker.json", DD_E_KEYS, "a broker's keys"},
        {"nowhere.json", DD_E_FILE, "nowhere.json"},
    };
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_problem_t problem = {0};
        const char *path = path_of(broker, CASES[i].file);
        assert_int_equal(dd_client_set_keys(client, path, &problem), CASES[i].error);
        assert_int_equal(problem.error, CASES[i].error);
        assert_non_null(strstr(problem.text, CASES[i].words));
        assert_int_equal(dd_client_set_keys(client, path, NULL), CASES[i].error);
    }
    expect_sealed_for(broker, client, &a);
    say_goodbye(broker, client);
    other_end(&a);
}

static void test_receipts_when_received(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    broker_put(broker, (dd_record_t){.type = DD_DATA,
                           .flags = DD_FLAG_RECEIPT,
                           .ref = 31,
                           .source = dd_bytes_of("cli2"),
                           .payload = sealed(&a, "cli1", "one")});
    broker_put(broker, (dd_record_t){.type = DD_DATA,
                           .ref = 32,
                           .source = dd_bytes_of("cli2"),
                           .payload = sealed(&a, "cli1", "two")});
    assert_true(broker_flush(broker));
    struct pollfd item = {.fd = dd_client_fd(client), .events = POLLIN};
    assert_int_equal(poll(&item, 1, DEADLINE), 1);
    assert_int_equal(dd_client_notify(client, "first", "x", 1, 0, NULL), DD_OK);
    broker_expect(broker, DD_SEND); /* it wasn't receipted before it was taken */
    expect_event(client, DD_EVENT_NOTIFICATION);
    dd_record_t record = broker_expect(broker, DD_RECEIPT);
    assert_int_equal(record.ref, 31);
    assert_int_equal(record.code, DD_OK);
    assert_true(dd_bytes_equal(record.destination, dd_bytes_of("cli2")));
    expect_event(client, DD_EVENT_NOTIFICATION);
    say_goodbye(broker, client);
    other_end(&a);
}

static void test_largest_payload(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    size_t most = broker->limit - DD_BOX_OVERHEAD;
    uint8_t *data = calloc(1, most + 1);
    assert_int_equal(dd_client_notify(client, "cli2", data, most + 1, 0, NULL), DD_E_TOO_LARGE);
    assert_int_equal(dd_client_publish(client, "t", data, most + 1), DD_E_TOO_LARGE);
    assert_int_equal(dd_client_notify(client, "cli2", data, SIZE_MAX / 2, 0, NULL), DD_E_TOO_LARGE);
    assert_int_equal(dd_client_notify(client, "cli2", data, most, 0, NULL), DD_OK);
    dd_record_t record = broker_expect(broker, DD_SEND);
    assert_int_equal(record.payload.size, broker->limit);
    broker_say(broker,
        (dd_record_t){.type = DD_DATA, .source = dd_bytes_of("cli1"), .payload = record.payload});
    dd_event_t *event = next_event(client, DD_EVENT_NOTIFICATION);
    assert_int_equal(event->size, most);
    dd_event_destroy(&event);
    say_goodbye(broker, client);
    free(data);
    other_end(&a);
}

static void test_subscribes(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_subscribe(client, "early", "region"), DD_OK);
    assert_int_equal(dd_client_subscribe(client, "early", "nowhere"), DD_E_SCOPE_INVALID);
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    dd_record_t record = broker_expect(broker, DD_SUBSCRIBE);
    assert_true(dd_bytes_equal(record.scope, dd_bytes_of("/*/")));
    assert_int_equal(dd_client_subscribe(client, "late", "all"), DD_OK);
    broker_expect(broker, DD_SUBSCRIBE);
    assert_int_equal(dd_client_unsubscribe(client, "early", "/*/"), DD_OK);
    record = broker_expect(broker, DD_UNSUBSCRIBE);
    assert_true(dd_bytes_equal(record.topic, dd_bytes_of("early")));
    assert_int_equal(dd_client_unsubscribe(client, "early", "/*/"), DD_E_NOT_SUBSCRIBED);
    say_goodbye(broker, client);

    /* What no broker knows of is taken back without one. */
    client = client_of(broker, "a.json");
    assert_int_equal(dd_client_subscribe(client, "early", "region"), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    assert_int_equal(dd_client_unsubscribe(client, "early", "region"), DD_OK);
    expect_event(client, DD_EVENT_UNSUBSCRIBED);
    dd_client_destroy(&client);
    broker_stop(broker);
    broker_run(broker);
}

/* ---- Questions ------------------------------------------------------------------------------- */

#define ID_TEXT "30313233343536373839616263646566"

static void test_asks(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    uint32_t ref = 0;
    dd_question_t question = {.what = "clients", .broker = ID_TEXT, .first = 200, .rows = 100};
    assert_int_equal(dd_client_inspect(client, &question, &ref), DD_OK);
    dd_record_t record = broker_expect(broker, DD_INSPECT);
    assert_int_equal(record.ref, ref);
    assert_int_equal(record.first, 200);
    assert_int_equal(record.limit, 100);
    assert_true(dd_bytes_equal(record.id, dd_bytes_of("0123456789abcdef")));
    assert_true(dd_bytes_equal(record.text, dd_bytes_of("clients")));
    broker_say(broker, (dd_record_t){.type = DD_REPORT,
                           .flags = DD_FLAG_LAST,
                           .ref = ref,
                           .id = dd_bytes_of("0123456789abcdef"),
                           .payload = dd_bytes_of("{\"broker\":\"broker0\"}")});
    dd_event_t *event = next_event(client, DD_EVENT_REPORT);
    assert_int_equal(event->ref, ref);
    assert_int_equal(event->number, 0);
    assert_string_equal(event->source, ID_TEXT);
    assert_string_equal(event->text, "{\"broker\":\"broker0\"}");
    dd_event_destroy(&event);

    static const dd_question_t BAD[] = {{.what = ""}, {.what = "a b"},
        {.what = "tree", .broker = ""}, {.what = "tree", .broker = "30"},
        {.what = "tree", .broker = ID_TEXT "00"},
        {.what = "tree", .broker = "zz313233343536373839616263646566"}};
    for (size_t i = 0; i < COUNT(BAD); i++)
        assert_int_equal(dd_client_inspect(client, &BAD[i], NULL), DD_E_ARGUMENT);
    assert_int_equal(dd_client_control(client, ID_TEXT, "drain", "broker0", NULL), DD_E_REFUSED);

    assert_int_equal(dd_client_trace(client, "cli2", &ref), DD_OK);
    record = broker_expect(broker, DD_SEND);
    assert_int_equal(record.ref, ref);
    assert_int_equal(record.flags, DD_FLAG_RECEIPT | DD_FLAG_TRACE);
    assert_int_equal(record.payload.size, 0);
    assert_int_equal(dd_client_trace(client, "", NULL), DD_E_NAME_INVALID);
    say_goodbye(broker, client);
}

static void test_operators(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "operator.json");
    dd_question_t question = {.what = "tree"};
    assert_int_equal(dd_client_inspect(client, &question, NULL), DD_E_NOT_CONNECTED);
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_admit(broker, "");
    dd_event_t *event = next_event(client, DD_EVENT_REGISTERED);
    assert_string_equal(event->source, "cli1");
    dd_event_destroy(&event);
    assert_int_equal(dd_client_notify(client, "a.x", "x", 1, 0, NULL), DD_E_REFUSED);
    assert_int_equal(dd_client_trace(client, "a.x", NULL), DD_E_REFUSED);
    assert_int_equal(dd_client_publish(client, "t", "x", 1), DD_E_REFUSED);
    assert_int_equal(dd_client_subscribe(client, "t", "all"), DD_E_REFUSED);
    assert_int_equal(dd_client_unsubscribe(client, "t", "all"), DD_E_REFUSED);
    assert_int_equal(dd_client_inspect(client, &question, NULL), DD_OK);
    broker_expect(broker, DD_INSPECT);
    uint32_t ref;
    assert_int_equal(dd_client_control(client, ID_TEXT, "end-client", "a.cli1", &ref), DD_OK);
    dd_record_t record = broker_expect(broker, DD_CONTROL);
    assert_int_equal(record.ref, ref);
    assert_true(dd_bytes_equal(record.text, dd_bytes_of("end-client")));
    assert_true(dd_bytes_equal(record.name, dd_bytes_of("a.cli1")));
    assert_int_equal(dd_client_control(client, NULL, "drain", "x", NULL), DD_E_ARGUMENT);

    /* An operator has no keys to open a payload with. */
    broker_say(broker, (dd_record_t){.type = DD_DATA, .source = dd_bytes_of("a.x")});
    event = next_event(client, DD_EVENT_ERROR);
    assert_int_equal(event->error, DD_E_DECRYPT);
    dd_event_destroy(&event);
    say_goodbye(broker, client);
}

static void test_observers(void **state)
{
    broker_t *broker = *state;
    static const char *const FILES[] = {"a.json", "operator.json"}, *const TENANTS[] = {"a", ""};
    dd_question_t question = {.what = "tree"};
    for (size_t i = 0; i < COUNT(FILES); i++) {
        dd_client_t *client = client_of(broker, FILES[i]);
        assert_int_equal(dd_client_set_observer(client), DD_OK);
        assert_int_equal(dd_client_subscribe(client, "t", "all"), DD_E_REFUSED);
        assert_int_equal(dd_client_start(client), DD_OK);
        assert_int_equal(dd_client_set_observer(client), DD_E_ARGUMENT);
        broker_admit(broker, TENANTS[i]);
        dd_event_t *event = next_event(client, DD_EVENT_REGISTERED);
        dd_event_destroy(&event);
        assert_int_equal(dd_client_notify(client, "x", "x", 1, 0, NULL), DD_E_REFUSED);
        assert_int_equal(dd_client_trace(client, "x", NULL), DD_E_REFUSED);
        assert_int_equal(dd_client_publish(client, "t", "x", 1), DD_E_REFUSED);
        assert_int_equal(dd_client_control(client, ID_TEXT, "drain", "x", NULL), DD_E_REFUSED);
        assert_int_equal(dd_client_inspect(client, &question, NULL), DD_OK);
        broker_expect(broker, DD_INSPECT);
        say_goodbye(broker, client);
    }
}

static void test_a_subscriber_is_no_observer(void **state)
{
    dd_client_t *client = client_of(*state, "a.json");
    assert_int_equal(dd_client_subscribe(client, "t", "all"), DD_OK);
    assert_int_equal(dd_client_set_observer(client), DD_E_ARGUMENT);
    dd_client_destroy(&client);
}

/* ---- Callbacks ------------------------------------------------------------------------------- */

/* What a callback saw and did. */
typedef struct {
    atomic_uint registered, echoed;
    atomic_int drain_error;
    pthread_t thread;
    sigset_t blocked;
} seen_t;

/* Sends every notification back to where it came from. */
static void echo(dd_client_t *client, const dd_event_t *event, void *arg)
{
    seen_t *seen = arg;
    if (event->type == DD_EVENT_REGISTERED) {
        seen->thread = pthread_self();
        pthread_sigmask(SIG_SETMASK, NULL, &seen->blocked);
        seen->drain_error = dd_client_drain(client, 0, DEADLINE);
        seen->registered++;
    } else if (event->type == DD_EVENT_NOTIFICATION) {
        if (dd_client_notify(client, event->source, event->data, event->size, 0, NULL) == DD_OK)
            seen->echoed++;
    }
}

static void test_callbacks(void **state)
{
    broker_t *broker = *state;
    other_t a = other_of(A_FILE);
    seen_t seen = {0};
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_set_callback(client, echo, &seen), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_admit(broker, "a");
    for (unsigned i = 0; i < 5; i++) {
        broker_say(broker, (dd_record_t){.type = DD_DATA,
                               .flags = DD_FLAG_RECEIPT,
                               .ref = i,
                               .source = dd_bytes_of("cli2"),
                               .payload = sealed(&a, "cli1", "ping")});
        assert_int_equal(broker_expect(broker, DD_RECEIPT).ref, i);
        dd_record_t record = broker_expect(broker, DD_SEND);
        assert_true(dd_bytes_equal(record.destination, dd_bytes_of("cli2")));
        assert_string_equal(opened(&a, "cli1", record.payload), "ping");
    }
    assert_null(dd_client_receive(client, 0));
    assert_false(is_readable(dd_client_fd(client)));
    say_goodbye(broker, client);
    assert_int_equal(seen.registered, 1);
    assert_int_equal(seen.echoed, 5);
    assert_int_equal(seen.drain_error, DD_E_ARGUMENT);
    assert_false(pthread_equal(seen.thread, pthread_self()));
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGUSR1, SIGPIPE, SIGALRM, SIGWINCH};
    for (size_t i = 0; i < COUNT(SIGNALS); i++)
        assert_int_equal(sigismember(&seen.blocked, SIGNALS[i]), 1);
    other_end(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        client_test(test_refuses_bad_arguments),
        client_test(test_settings_end_with_the_start),
        client_test(test_registers),
        client_test(test_notifies),
        client_test(test_publishes),
        client_test(test_receives),
        client_test(test_what_does_not_open),
        client_test(test_takes_other_keys),
        client_test(test_proves_the_next_key_when_registered),
        client_test(test_other_keys_that_cant_be_taken),
        client_test(test_receipts_when_received),
        client_test(test_largest_payload),
        client_test(test_subscribes),
        client_test(test_asks),
        client_test(test_operators),
        client_test(test_observers),
        client_test(test_a_subscriber_is_no_observer),
        client_test(test_callbacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
