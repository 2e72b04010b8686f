/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_abuse - whatever comes to the legacy endpoint, only who sent it suffers
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "legacy_world.h"

/* ---- Malformed messages ------------------------------------------------------------------- */

#define SEALED_SIZE 40
static uint8_t zeros[DD_HASH_SIZE + 1];

/* Frames by their letters: cookie, hash, name, topic, scope, empty, payload. UNREG isn't there,
   since no form of it is wrong. */
static const struct {
    uint32_t command;
    const char *frames;
} COMMANDS[] = {{CMD_SEND, "cnp"}, {CMD_PING, "c"}, {CMD_ADDLCL, "h"}, {CMD_CHALLOK, "chn"},
    {CMD_PUB, "ctep"}, {CMD_SUB, "cts"}, {CMD_UNSUB, "cts"}};

static dd_bytes_t valid_frame(const legacy_client_t *client, char letter)
{
    switch (letter) {
    case 'c':
        return legacy_client_cookie(client);
    case 'h':
        return legacy_client_hash(client);
    case 'e':
        return dd_bytes("", 0);
    case 'p':
        return dd_bytes(zeros, SEALED_SIZE);
    case 's':
        return dd_bytes_of("/");
    default:
        return dd_bytes_of("word");
    }
}

/* Sizes that a frame of that letter can't have. */
static const struct {
    char letter;
    size_t size;
} WRONG_SIZES[] = {
    {'c', 0}, {'c', 7}, {'c', 9}, {'h', 0}, {'h', 65}, {'e', 1}, {'p', 0}, {'p', SEALED_SIZE - 1}};

typedef void(say_t)(
    legacy_world_t *world, uint32_t command, const dd_bytes_t *frames, size_t count);

/* Says every command in every malformed way. The frames are of a client whose cookie is known. */
static void say_malformed(legacy_world_t *world, say_t *say, const legacy_client_t *like)
{
    for (size_t i = 0; i < COUNT(COMMANDS); i++) {
        dd_bytes_t frames[5];
        size_t count = strlen(COMMANDS[i].frames);
        for (size_t at = 0; at < count; at++)
            frames[at] = valid_frame(like, COMMANDS[i].frames[at]);
        frames[count] = dd_bytes("", 0);
        say(world, COMMANDS[i].command, frames, count + 1);
        for (size_t fewer = 0; fewer < count; fewer++)
            if (COMMANDS[i].command != CMD_UNSUB || fewer != 1)
                say(world, COMMANDS[i].command, frames, fewer);
        for (size_t at = 0; at < count; at++) {
            dd_bytes_t valid = frames[at];
            for (size_t wrong = 0; wrong < COUNT(WRONG_SIZES); wrong++) {
                frames[at] = dd_bytes(zeros, WRONG_SIZES[wrong].size);
                if (COMMANDS[i].frames[at] == WRONG_SIZES[wrong].letter)
                    say(world, COMMANDS[i].command, frames, count);
            }
            frames[at] = valid;
        }
    }
}

/* A client that says it is ended, and its name free again. */
static void say_as_client(
    legacy_world_t *world, uint32_t command, const dd_bytes_t *frames, size_t count)
{
    legacy_client_t *client = legacy_world_login(world, "a", "bad");
    legacy_client_say(client, command, frames, count);
    legacy_client_expect_error(client, 1, "");
    legacy_client_destroy(&client);
}

static void malformed_messages_end_who_sends_them(void **state)
{
    legacy_world_t *world = *state;
    say_malformed(world, say_as_client, world->old);
    legacy_world_check(world);
}

/* A stranger that says it hears nothing, and can log in later. */
static legacy_client_t *stranger;

static void say_as_stranger(
    legacy_world_t *world, uint32_t command, const dd_bytes_t *frames, size_t count)
{
    (void)world;
    legacy_client_say(stranger, command, frames, count);
}

static void malformed_messages_of_strangers_are_dropped(void **state)
{
    legacy_world_t *world = *state;
    stranger = legacy_world_client(world, "a", LEGACY_V4);
    say_malformed(world, say_as_stranger, world->old);
    legacy_client_notify(stranger, "old", "not logged in");
    legacy_client_ping(stranger);
    legacy_client_login(stranger, "auto");
    legacy_client_expect_silence(stranger);
    legacy_world_check(world);
    legacy_client_destroy(&stranger);
}

static void commands_that_are_no_client_s_end_it(void **state)
{
    legacy_world_t *world = *state;
    static const uint32_t WRONG[] = {
        1, 4, 5, 7, 8, 9, 10, 11, 12, 13, 18, 19, 20, 21, 22, 23, 24, 255, UINT32_MAX};
    dd_bytes_t frames[] = {
        legacy_client_cookie(world->old), dd_bytes_of("a.x"), dd_bytes_of("a.y")};
    for (size_t i = 0; i < COUNT(WRONG); i++)
        for (size_t count = 0; count <= COUNT(frames); count++)
            say_as_client(world, WRONG[i], frames, count);
    legacy_world_check(world);
}

static void a_second_login_ends_the_first(void **state)
{
    legacy_world_t *world = *state;
    const dd_bytes_t hash = legacy_client_hash(world->old);
    const dd_bytes_t answer[] = {legacy_client_cookie(world->old), hash, dd_bytes_of("x")};
    say_as_client(world, CMD_ADDLCL, &hash, 1);
    say_as_client(world, CMD_CHALLOK, answer, 3);
    legacy_world_check(world);
}

static void a_wrong_cookie_ends_who_has_it(void **state)
{
    legacy_world_t *world = *state;
    for (size_t i = 0; i < COUNT(COMMANDS); i++) {
        dd_bytes_t frames[4];
        size_t count = strlen(COMMANDS[i].frames);
        for (size_t at = 0; at < count; at++)
            frames[at] = valid_frame(world->old, COMMANDS[i].frames[at]);
        frames[0] = dd_bytes(zeros, 8);
        if (COMMANDS[i].frames[0] == 'c')
            say_as_client(world, COMMANDS[i].command, frames, count);
    }
    legacy_world_check(world);
}

static void frames_that_are_no_message_at_all(void **state)
{
    legacy_world_t *world = *state;
    static const dd_bytes_t MESSAGES[][2] = {{{(const uint8_t *)"", 0}, {(const uint8_t *)"", 0}},
        {{(const uint8_t *)"\4\0\r\r", 4}, {(const uint8_t *)"", 0}},
        {{(const uint8_t *)"\4\0\r", 3}, {(const uint8_t *)"\2\0\0\0", 4}},
        {{(const uint8_t *)"\4\0\r\r\0", 5}, {(const uint8_t *)"\2\0\0\0", 4}},
        {{(const uint8_t *)"\4\0\r\r", 4}, {(const uint8_t *)"\2\0\0", 3}},
        {{(const uint8_t *)"\4\0\r\r", 4}, {(const uint8_t *)"\2\0\0\0\0", 5}}};
    for (size_t i = 0; i < COUNT(MESSAGES); i++) {
        for (size_t count = 1; count <= 2; count++) {
            legacy_client_t *client = legacy_world_login(world, "a", "bad");
            legacy_client_raw(client, MESSAGES[i], count);
            legacy_client_expect_error(client, 1, "");
            legacy_client_destroy(&client);
        }
    }
    legacy_world_check(world);
}

static void thousands_of_frames_are_thrown_away(void **state)
{
    legacy_world_t *world = *state;
    static dd_bytes_t frames[20000];
    for (size_t i = 0; i < COUNT(frames); i++)
        frames[i] = dd_bytes(zeros, 8);
    frames[0] = dd_bytes("\4\0\r\r", 4);
    frames[1] = dd_bytes("\0\0\0\0", 4);
    frames[2] = legacy_client_cookie(world->old);
    legacy_client_t *bad = legacy_world_login(world, "a", "bad");
    legacy_client_raw(bad, frames, COUNT(frames));
    legacy_client_expect_error(bad, 1, "");
    legacy_client_destroy(&bad);
    stranger = legacy_world_client(world, "a", LEGACY_V3);
    for (int i = 0; i < 5; i++) /* more of them, and its connection would be cut */
        legacy_client_raw(stranger, frames, COUNT(frames) / 100);
    legacy_client_login(stranger, "auto");
    legacy_world_check(world);
    legacy_client_destroy(&stranger);
}

static void other_versions_are_told(void **state)
{
    legacy_world_t *world = *state;
    static const uint32_t OTHER[] = {0, 1, 0x0d0d0001, 0x0d0d0002, 0x0d0d0005, UINT32_MAX};
    for (size_t i = 0; i < COUNT(OTHER); i++) {
        legacy_client_t *client = legacy_world_client(world, "a", OTHER[i]);
        dd_bytes_t hash = legacy_client_hash(client);
        legacy_client_say(client, CMD_ADDLCL, &hash, 1);
        legacy_client_expect_error(client, 3, "Different versions in use");
        legacy_client_speak(client, LEGACY_V4);
        legacy_client_login(client, "auto");
        legacy_client_speak(client, OTHER[i]);
        legacy_client_ping(client);
        legacy_client_expect_error(client, 3, "Different versions in use");
        legacy_client_speak(client, LEGACY_V3); /* not the one it logged in with */
        legacy_client_ping(client);
        legacy_client_expect_error(client, 3, "Different versions in use");
        legacy_client_speak(client, LEGACY_V4);
        legacy_client_expect_silence(client);
        legacy_client_destroy(&client);
    }
    legacy_world_check(world);
}

static void names_that_can_t_be_are_refused(void **state)
{
    legacy_world_t *world = *state;
    static const char *const NAMES[] = {"", "two words", "tab\there", "public.x", "\xff\xfe",
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567"
        "8901234567890123456789012345678901234567890123456789012345678901234567890123456789012345"
        "678901234567890"};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        legacy_client_t *client = legacy_world_client(world, "a", LEGACY_V4);
        legacy_client_ask(client);
        legacy_client_answer(client, NAMES[i]);
        legacy_client_expect_error(client, 1, "");
        legacy_client_destroy(&client);
    }
    legacy_client_t *client = legacy_world_client(world, "public", LEGACY_V4);
    legacy_client_ask(client);
    legacy_client_answer(client, "a.x"); /* would be taken for a tenant's */
    legacy_client_expect_error(client, 1, "");
    legacy_client_destroy(&client);
    legacy_world_check(world);
}

/* ---- Too much ----------------------------------------------------------------------------- */

#define PAYLOAD_MAX (1 << 20)

static void large_payloads_are_refused(void **state)
{
    legacy_world_t *world = *state;
    char *text = malloc(2 * PAYLOAD_MAX);
    assert_non_null(text);
    memset(text, 'x', 2 * PAYLOAD_MAX);
    legacy_client_t *client = legacy_world_login(world, "a", "large");
    text[PAYLOAD_MAX] = '\0';
    legacy_client_notify(client, "old", text);
    legacy_client_expect_error(client, 4, "");
    legacy_client_publish(client, "topic", text);
    legacy_client_expect_error(client, 4, "");
    legacy_client_expect_silence(client);
    /* So large that its connection ends. */
    text[PAYLOAD_MAX] = 'x';
    text[2 * PAYLOAD_MAX - 1] = '\0';
    legacy_client_notify(client, "old", text);
    legacy_client_t *again = legacy_world_login(world, "a", "large");
    legacy_world_check(world);
    legacy_client_destroy(&again);
    legacy_client_destroy(&client);
    free(text);
}

#define BIG 6000

/* Notifies "slow" until some were refused; how many were sent. */
static int fill_up(dd_client_t *sender, int *refused)
{
    char *text = malloc(BIG);
    assert_non_null(text);
    memset(text, 'x', BIG);
    int sent = 0;
    *refused = 0;
    while (*refused == 0) {
        snprintf(text, BIG, "%d", sent);
        text[strlen(text)] = ' ';
        dd_error_t error = dd_client_notify(sender, "slow", text, BIG, 0, NULL);
        assert_true(error == DD_OK || error == DD_E_OUTBOX_FULL);
        sent += error == DD_OK;
        dd_event_t *event = dd_client_receive(sender, error == DD_OK ? 0 : 10);
        *refused += event && event->error == DD_E_OVERLOADED;
        dd_event_destroy(&event);
    }
    free(text);
    return sent;
}

/* Takes what "slow" has: how many came, each later than the one before. */
static int read_all(legacy_client_t *slow)
{
    int count = 0, last = -1;
    for (;;) {
        assert_true(legacy_client_next(slow, HARNESS_DEADLINE));
        if (legacy_client_command(slow) == CMD_PONG)
            return count;
        int number = atoi(legacy_client_open(slow, 1, "native"));
        assert_true(number > last);
        last = number;
        count++;
    }
}

static void who_reads_slowly_holds_up_nobody(void **state)
{
    legacy_world_t *world = *state;
    int refused;
    legacy_client_t *slow = legacy_world_login(world, "a", "slow");
    int sent = fill_up(world->native, &refused);
    legacy_client_notify(world->old, "old", "as ever");
    legacy_client_expect_data(world->old, "old", "as ever");
    /* The end of all that it was sent, refused or not. */
    assert_int_equal(dd_client_notify(world->native, "old", "end", 3, 0, NULL), DD_OK);
    legacy_client_expect_data(world->old, "native", "end");
    legacy_client_ping(slow);
    int came = read_all(slow);
    for (dd_event_t *event; came + refused < sent; dd_event_destroy(&event)) {
        event = native_wait(world->native, DD_EVENT_ERROR);
        assert_int_equal(event->error, DD_E_OVERLOADED);
        refused++;
    }
    assert_int_equal(came + refused, sent);
    legacy_world_check(world);
    legacy_client_destroy(&slow);
}

static void silent_clients_are_ended(void **state)
{
    legacy_world_t *world = *state;
    const char *endpoint = harness_reserve(world->harness, "hasty-legacy");
    broker_start(
        world->harness, "hasty", NULL, NULL, "--legacy", endpoint, "--heartbeat", "500ms", NULL);
    const char *keys = harness_keys(world->harness, "a");
    legacy_client_t *silent = legacy_client_new(world->context, endpoint, keys, LEGACY_V4);
    legacy_client_t *awake = legacy_client_new(world->context, endpoint, keys, LEGACY_V4);
    legacy_client_login(silent, "silent");
    legacy_client_login(awake, "awake");
    while (!legacy_client_next(silent, 20))
        legacy_client_expect_silence(awake);
    assert_int_equal(legacy_client_command(silent), CMD_ERROR);
    legacy_client_t *again = legacy_client_new(world->context, endpoint, keys, LEGACY_V4);
    legacy_client_login(again, "silent");
    legacy_client_expect_silence(awake);
    legacy_client_destroy(&again);
    legacy_client_destroy(&silent);
    legacy_client_destroy(&awake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_messages_end_who_sends_them),
        cmocka_unit_test(malformed_messages_of_strangers_are_dropped),
        cmocka_unit_test(commands_that_are_no_client_s_end_it),
        cmocka_unit_test(a_second_login_ends_the_first),
        cmocka_unit_test(a_wrong_cookie_ends_who_has_it),
        cmocka_unit_test(frames_that_are_no_message_at_all),
        cmocka_unit_test(thousands_of_frames_are_thrown_away),
        cmocka_unit_test(other_versions_are_told),
        cmocka_unit_test(names_that_can_t_be_are_refused),
        cmocka_unit_test(large_payloads_are_refused),
        cmocka_unit_test(who_reads_slowly_holds_up_nobody),
        cmocka_unit_test(silent_clients_are_ended),
    };
    return cmocka_run_group_tests(tests, legacy_world_open, legacy_world_close);
}
