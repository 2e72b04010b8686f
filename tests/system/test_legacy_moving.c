/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_moving - what clients and brokers of 2015 to 2017 do that ours would not
 *
 * They keep what they had, or are told why not: in an ERROR that leaves them where they are, or in
 * a line of the broker's log.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

#include "legacy_world.h"

#define LONG_SIZE 256
#define PAYLOAD_MAX (1 << 20)

/* ---- Too long, too large ------------------------------------------------------------------ */

/* Such a client was ended and came back in an endless loop. */
static void a_topic_of_256_bytes_leaves_the_client_where_it_is(void **state)
{
    legacy_world_t *world = *state;
    static const char *const TOPIC = "a topic of 256 bytes: this broker takes 255 at most";
    char text[LONG_SIZE + 1];
    memset(text, 't', LONG_SIZE);
    text[LONG_SIZE] = '\0';
    legacy_client_t *client = legacy_world_login(world, "a", "wordy");
    legacy_client_publish(client, text, "no");
    legacy_client_expect_error(client, 4, TOPIC);
    legacy_client_subscribe(client, text, "/");
    legacy_client_expect_error(client, 4, TOPIC);
    legacy_client_unsubscribe(client, text, "/");
    legacy_client_expect_error(client, 4, TOPIC);
    legacy_client_subscribe(client, "t", text);
    legacy_client_expect_error(client, 4, "a scope of 256 bytes: this broker takes 255 at most");
    legacy_client_notify(client, text, "no");
    legacy_client_expect_error(client, 4, "a name of 256 bytes: this broker takes 255 at most");

    text[LONG_SIZE - 1] = '\0'; /* the longest that there is */
    legacy_client_subscribe(client, text, "/");
    legacy_client_expect_subok(client, text, "/");
    legacy_client_publish(world->old, text, "yes");
    legacy_client_expect_pub(client, "old", text, "yes");
    legacy_client_notify(client, "old", "still here");
    legacy_client_expect_data(world->old, "wordy", "still here");
    legacy_client_destroy(&client);
}

static void expect_name_refused(legacy_world_t *world, const char *name)
{
    char text[256];
    legacy_client_t *client = legacy_world_client(world, "a", LEGACY_V3);
    legacy_client_ask(client);
    legacy_client_answer(client, name);
    assert_true(legacy_client_next(client, HARNESS_DEADLINE));
    assert_int_equal(legacy_client_command(client), CMD_ERROR);
    assert_int_equal(legacy_client_frames(client), 2);
    assert_true(dd_bytes_equal(legacy_client_frame(client, 0), dd_bytes("\1\0\0\0", 4)));
    dd_bytes_copy(legacy_client_frame(client, 1), text, sizeof text);
    assert_non_null(strstr(text, "a client's name is 1 to 190 bytes of UTF-8 without white space"));
    legacy_client_destroy(&client);
    legacy_world_check(world);
}

static void a_name_too_long_is_told_why_not(void **state)
{
    char name[LONG_SIZE + 1];
    memset(name, 'n', LONG_SIZE);
    name[LONG_SIZE] = '\0';
    expect_name_refused(*state, name);
}

static void a_name_with_a_space_is_told_why_not(void **state)
{
    expect_name_refused(*state, "my client");
}

static void a_payload_too_large_leaves_the_client_where_it_is(void **state)
{
    legacy_world_t *world = *state;
    static const size_t SIZES[] = {PAYLOAD_MAX + 1, 2 * PAYLOAD_MAX};
    char *text = malloc(2 * PAYLOAD_MAX + 1);
    assert_non_null(text);
    legacy_client_t *client = legacy_world_login(world, "a", "heavy");
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        char expected[128];
        snprintf(expected, sizeof expected, "a payload of %zu bytes: this broker takes %d at most",
            SIZES[i], PAYLOAD_MAX);
        memset(text, 'x', SIZES[i]);
        text[SIZES[i] - 40] = '\0'; /* encryption adds as much */
        legacy_client_notify(client, "old", text);
        legacy_client_expect_error(client, 4, expected);
        legacy_client_publish(client, "topic", text);
        legacy_client_expect_error(client, 4, expected);
    }
    text[PAYLOAD_MAX - 40] = '\0';
    legacy_client_notify(client, "heavy", text);
    legacy_client_expect(client, CMD_DATA, 2);
    legacy_client_expect_silence(client);
    legacy_client_destroy(&client);
    free(text);
    legacy_world_check(world);
}

/* Its connection ends, and whoever looks for the reason finds it in the log. */
static void a_payload_far_too_large_is_named_in_the_log(void **state)
{
    legacy_world_t *world = *state;
    char *text = malloc(3 * PAYLOAD_MAX);
    assert_non_null(text);
    memset(text, 'x', 3 * PAYLOAD_MAX);
    text[3 * PAYLOAD_MAX - 40] = '\0';
    legacy_client_t *client = legacy_world_login(world, "a", "huge");
    legacy_client_notify(client, "old", text);
    assert_true(program_expect(world->broker,
        "client a.huge sent a message of 3145728 bytes, which ended its connection: payload-max is "
        "1048576",
        HARNESS_DEADLINE));
    legacy_client_destroy(&client);
    free(text);
    legacy_world_check(world);
}

/* ---- Coming and going --------------------------------------------------------------------- */

/* As real ones do: 1.5 s after each PONG. */
#define PING_INTERVAL 1500

static void pings_every_1500_ms_are_enough_for_any_heartbeat(void **state)
{
    legacy_world_t *world = *state;
    const char *endpoint = harness_reserve(world->harness, "hasty-legacy");
    program_t *broker = broker_start(
        world->harness, "hasty", NULL, NULL, "--legacy", endpoint, "--heartbeat", "200ms", NULL);
    legacy_client_t *client =
        legacy_client_new(world->context, endpoint, harness_keys(world->harness, "a"), LEGACY_V3);
    legacy_client_login(client, "calm");
    for (int i = 0; i < 3; i++) {
        legacy_client_expect_silence(client);
        assert_false(legacy_client_next(client, PING_INTERVAL));
    }
    legacy_client_notify(client, "calm", "still here");
    legacy_client_expect_data(client, "calm", "still here");
    assert_false(program_said(broker, "nothing was heard"));
    legacy_client_destroy(&client);
    program_kill(broker);
}

/* Nothing is said to it any more, and its name is free. */
static void unreg_of_any_form_ends_quietly(void **state)
{
    legacy_world_t *world = *state;
    static const char *const FORMS[] = {"", "c", "cn", "tnc", "x", "cnt"};
    for (size_t i = 0; i < COUNT(FORMS); i++) {
        legacy_client_t *client = legacy_world_login(world, "a", "leaver");
        dd_bytes_t frames[3];
        for (size_t at = 0; FORMS[i][at]; at++)
            frames[at] = FORMS[i][at] == 'c'   ? legacy_client_cookie(client)
                         : FORMS[i][at] == 'n' ? dd_bytes_of("leaver")
                         : FORMS[i][at] == 't' ? dd_bytes_of("a")
                                               : dd_bytes_of("12345678");
        legacy_client_say(client, CMD_UNREG, frames, strlen(FORMS[i]));
        legacy_client_t *again = legacy_world_login(world, "a", "leaver");
        assert_false(legacy_client_next(client, 0));
        legacy_client_unreg(again);
        legacy_client_destroy(&again);
        legacy_client_destroy(&client);
    }
    assert_false(program_said(world->broker, "leaver ended: it sent"));
    legacy_world_check(world);
}

/* ---- At the wrong door -------------------------------------------------------------------- */

#define HINT "--legacy"

/* A DEALER of libzmq 4, which Python and C have. What it says never arrives. */
static void an_old_client_at_a_native_endpoint_is_told_of_in_the_log(void **state)
{
    legacy_world_t *world = *state;
    program_t *broker = broker_start(world->harness, "modern", NULL, NULL, NULL);
    legacy_client_t *client = legacy_client_new(world->context,
        harness_endpoint(world->harness, "modern"), harness_keys(world->harness, "a"), LEGACY_V4);
    dd_bytes_t hash = legacy_client_hash(client);
    legacy_client_say(client, CMD_ADDLCL, &hash, 1);
    assert_true(program_expect(broker, HINT, HARNESS_DEADLINE));
    legacy_client_destroy(&client);
    program_kill(broker);
}

#define ADDBR 5

/* An old broker dials as a client does, and asks to join with the hash of its keys. */
static void an_old_broker_at_a_native_endpoint_is_told_of_in_the_log(void **state)
{
    legacy_world_t *world = *state;
    program_t *broker = broker_start(world->harness, "modern", NULL, NULL, NULL);
    legacy_client_t *old = legacy_client_new(world->context,
        harness_endpoint(world->harness, "modern"), harness_keys(world->harness, "a"), LEGACY_V4);
    dd_bytes_t hash = legacy_client_hash(old);
    legacy_client_say(old, ADDBR, &hash, 1);
    assert_true(program_expect(broker, HINT, HARNESS_DEADLINE));
    assert_true(program_said(broker, "a broker of these is to be replaced"));
    legacy_client_destroy(&old);
    program_kill(broker);
}

/* Java's clients speak ZMTP 2, those before them 1; libzmq ends them without a word. */
static void older_zmtp_at_a_native_endpoint_is_told_of_in_the_log(void **state)
{
    legacy_world_t *world = *state;
    static const struct {
        uint8_t bytes[16];
        size_t size;
    } GREETINGS[] = {{{0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 5, 0, 0}, 14}, {{1, 0}, 2}};
    for (size_t i = 0; i < COUNT(GREETINGS); i++) {
        uint8_t answer[64];
        program_t *broker = broker_start(world->harness, "modern", NULL, NULL, NULL);
        int fd = harness_connect(harness_endpoint(world->harness, "modern"));
        assert_int_equal(send(fd, GREETINGS[i].bytes, GREETINGS[i].size, MSG_NOSIGNAL),
            (ssize_t)GREETINGS[i].size);
        while (recv(fd, answer, sizeof answer, 0) > 0)
            ;
        assert_true(program_expect(broker, HINT, HARNESS_DEADLINE));
        close(fd);
        program_kill(broker);
    }
}

/* What isn't ZeroMQ at all is no old client. */
static void a_scanner_at_a_native_endpoint_is_not_taken_for_an_old_client(void **state)
{
    legacy_world_t *world = *state;
    static const char REQUEST[] = "GET / HTTP/1.0\r\n\r\n";
    uint8_t answer[64];
    program_t *broker = broker_start(world->harness, "modern", NULL, NULL, "-l", "info", NULL);
    int fd = harness_connect(harness_endpoint(world->harness, "modern"));
    assert_int_equal(send(fd, REQUEST, strlen(REQUEST), MSG_NOSIGNAL), (ssize_t)strlen(REQUEST));
    while (recv(fd, answer, sizeof answer, 0) > 0)
        ;
    close(fd);
    dd_client_t *client = legacy_world_native(world, "modern", "a", "later");
    dd_client_destroy(&client);
    assert_true(program_expect(broker, "a.later", HARNESS_DEADLINE));
    assert_false(program_said(broker, HINT));
    program_kill(broker);
}

static void an_old_broker_at_the_legacy_endpoint_is_told_of_in_the_log(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *old = legacy_world_client(world, "a", LEGACY_V4);
    dd_bytes_t hash = legacy_client_hash(old);
    legacy_client_say(old, ADDBR, &hash, 1);
    assert_true(program_expect(world->broker,
        "a broker of protocol 3 or 4 asks to join at the legacy endpoint", HARNESS_DEADLINE));
    legacy_client_destroy(&old);
    legacy_world_check(world);
}

/* ---- Outboxes ----------------------------------------------------------------------------- */

#define OUTBOX (256 << 10)
/* What ZeroMQ and the kernels hold besides. */
#define HELD (8 << 20)
#define BIG 16384

/* One who doesn't read has so much waiting and no more: the rest is refused. */
static void client_outbox_bounds_old_clients_too(void **state)
{
    legacy_world_t *world = *state;
    const char *endpoint = harness_reserve(world->harness, "narrow-legacy");
    program_t *broker = broker_start(world->harness, "narrow", NULL, NULL, "--legacy", endpoint,
        "--payload-max", "64K", "--client-outbox", "256K", NULL);
    legacy_client_t *idle =
        legacy_client_new(world->context, endpoint, harness_keys(world->harness, "a"), LEGACY_V4);
    legacy_client_login(idle, "idle");
    dd_client_t *sender = legacy_world_native(world, "narrow", "a", "sender");
    static char text[BIG];
    size_t sent = 0;
    dd_error_t refusal = DD_OK;
    while (refusal == DD_OK && sent < 4 * (OUTBOX + HELD)) {
        dd_error_t error = dd_client_notify(sender, "idle", text, sizeof text, 0, NULL);
        assert_true(error == DD_OK || error == DD_E_OUTBOX_FULL);
        sent += error == DD_OK ? sizeof text : 0;
        dd_event_t *event = dd_client_receive(sender, error == DD_OK ? 0 : 10);
        if (event && event->type == DD_EVENT_ERROR)
            refusal = event->error;
        dd_event_destroy(&event);
    }
    assert_int_equal(refusal, DD_E_OVERLOADED);
    dd_client_destroy(&sender);
    legacy_client_destroy(&idle);
    program_kill(broker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_topic_of_256_bytes_leaves_the_client_where_it_is),
        cmocka_unit_test(a_name_too_long_is_told_why_not),
        cmocka_unit_test(a_payload_too_large_leaves_the_client_where_it_is),
        cmocka_unit_test(a_payload_far_too_large_is_named_in_the_log),
        cmocka_unit_test(pings_every_1500_ms_are_enough_for_any_heartbeat),
        cmocka_unit_test(unreg_of_any_form_ends_quietly),
        cmocka_unit_test(a_name_with_a_space_is_told_why_not),
        cmocka_unit_test(an_old_client_at_a_native_endpoint_is_told_of_in_the_log),
        cmocka_unit_test(an_old_broker_at_a_native_endpoint_is_told_of_in_the_log),
        cmocka_unit_test(older_zmtp_at_a_native_endpoint_is_told_of_in_the_log),
        cmocka_unit_test(a_scanner_at_a_native_endpoint_is_not_taken_for_an_old_client),
        cmocka_unit_test(an_old_broker_at_the_legacy_endpoint_is_told_of_in_the_log),
        cmocka_unit_test(client_outbox_bounds_old_clients_too),
    };
    return cmocka_run_group_tests(tests, legacy_world_open, legacy_world_close);
}
