/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy - clients of protocols 3 and 4 log in and talk with native ones
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "legacy_world.h"
#include "shell.h"

/* ---- Login -------------------------------------------------------------------------------- */

static void both_versions_log_in(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *three = legacy_world_client(world, "a", LEGACY_V3);
    legacy_client_t *four = legacy_world_client(world, "public", LEGACY_V4);
    legacy_client_login(three, "three");
    legacy_client_login(four, "four");
    assert_true(dd_bytes_equal(legacy_client_frame(four, 1), dd_bytes_of("four")));
    legacy_client_expect_silence(three);
    legacy_client_expect_silence(four);
    assert_true(program_said(world->broker, "client a.three registered (protocol 3)"));
    assert_true(program_said(world->broker, "client public.four registered (protocol 4)"));
    legacy_world_check(world);
    legacy_client_destroy(&three);
    legacy_client_destroy(&four);
}

static void the_broker_makes_up_names(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *some = legacy_world_login(world, "a", "auto");
    char name[64], other[64];
    dd_bytes_copy(legacy_client_frame(some, 1), name, sizeof name);
    legacy_client_t *another = legacy_world_login(world, "a", "auto");
    dd_bytes_copy(legacy_client_frame(another, 1), other, sizeof other);
    assert_string_not_equal(name, other);
    legacy_client_notify(another, name, "hello");
    legacy_client_expect_data(some, other, "hello");
    legacy_client_destroy(&some);
    legacy_client_destroy(&another);
}

static void a_wrong_proof_is_refused(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *client = legacy_world_client(world, "a", LEGACY_V4);
    dd_bytes_t unknown = dd_bytes_of("0000");
    legacy_client_say(client, CMD_ADDLCL, &unknown, 1);
    legacy_client_expect_error(client, 1, "Authentication failed!");

    legacy_client_answer(client, "guess"); /* nobody has asked */
    legacy_client_expect_error(client, 1, "Authentication failed!");

    legacy_client_ask(client);
    const dd_bytes_t wrong[] = {
        dd_bytes("8 bytes!", 8), legacy_client_hash(client), dd_bytes_of("guess")};
    legacy_client_say(client, CMD_CHALLOK, wrong, 3);
    legacy_client_expect_error(client, 1, "Authentication failed!");
    legacy_client_answer(client, "guess"); /* too late: that challenge is used up */
    legacy_client_expect_error(client, 1, "Authentication failed!");

    legacy_client_t *other = legacy_world_client(world, "b", LEGACY_V4);
    legacy_client_ask(other);
    const dd_bytes_t foreign[] = {
        legacy_client_cookie(other), legacy_client_hash(client), dd_bytes_of("guess")};
    legacy_client_say(other, CMD_CHALLOK, foreign, 3);
    legacy_client_expect_error(other, 1, "Authentication failed!");

    legacy_client_login(client, "guess");
    legacy_world_check(world);
    legacy_client_destroy(&client);
    legacy_client_destroy(&other);
}

static void a_name_is_had_once(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *client = legacy_world_client(world, "a", LEGACY_V3);
    static const char *const TAKEN[] = {"old", "native"};
    for (size_t i = 0; i < COUNT(TAKEN); i++) {
        legacy_client_ask(client);
        legacy_client_answer(client, TAKEN[i]);
        legacy_client_expect_error(client, 1, "local");
        legacy_client_destroy(&client);
        client = legacy_world_client(world, "a", LEGACY_V3);
    }
    legacy_client_t *b = legacy_world_login(world, "b", "old"); /* another tenant's */
    broker_start(world->harness, "below", "broker0", "/1/2/3/4/", NULL);
    dd_client_t *far = legacy_world_native(world, "below", "a", "far");
    dd_client_t *near = legacy_world_native(world, "broker0", "a", "near");
    assert_int_equal(dd_client_notify(far, "near", "here", 4, 0, NULL), DD_OK);
    native_expect(near, "far", "", "here"); /* so broker0 knows of it */
    legacy_client_ask(client);
    legacy_client_answer(client, "far");
    legacy_client_expect_error(client, 1, "remote");
    legacy_world_check(world);
    dd_client_destroy(&near);
    dd_client_destroy(&far);
    legacy_client_destroy(&client);
    legacy_client_destroy(&b);
}

/* Its broker knows what it has read from its PINGs. */
static void it_has_what_it_was_sent(void **state)
{
    legacy_world_t *world = *state;
    shell_open(world->harness, "broker0", "a");
    program_t *sends = shell_start("ddtui -n old -m hello -t 60 cli1");
    legacy_client_expect_data(world->old, "cli1", "hello");
    legacy_client_expect_silence(world->old);
    legacy_client_ping(world->old);
    shell_end(sends, DONE);
    legacy_client_expect(world->old, CMD_PONG, 0);
    legacy_world_check(world);
}

/* Its name is free as soon as its connection is gone. */
static void a_client_that_left_can_come_back(void **state)
{
    legacy_world_t *world = *state;
    for (int i = 0; i < 20; i++) {
        legacy_client_t *client = legacy_world_login(world, "a", "phoenix");
        legacy_client_destroy(&client);
    }
    legacy_world_check(world);
}

static bool leaver_is_gone(void *arg)
{
    legacy_client_t *asker = arg;
    bool gone = false;
    legacy_client_notify(asker, "leaver", "gone?");
    legacy_client_ping(asker);
    do {
        assert_true(legacy_client_next(asker, HARNESS_DEADLINE));
        gone |= legacy_client_command(asker) == CMD_ERROR;
    } while (legacy_client_command(asker) != CMD_PONG);
    return gone;
}

static void unreg_frees_the_name(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *client = legacy_world_login(world, "a", "leaver");
    legacy_client_notify(client, "old", "farewell");
    legacy_client_unreg(client);
    legacy_client_expect_data(world->old, "leaver", "farewell");
    assert_true(wait_until(leaver_is_gone, world->old, HARNESS_DEADLINE));
    legacy_world_check(world);
    legacy_client_destroy(&client);
}

/* What a client said before its connection went isn't lost, though the broker may hear of the end
   first. */
static void last_words_are_heard(void **state)
{
    legacy_world_t *world = *state;
    for (int i = 0; i < 50; i++) {
        char name[32];
        snprintf(name, sizeof name, "mortal%d", i);
        legacy_client_t *client = legacy_world_login(world, "a", name);
        for (int word = 0; word < 20; word++)
            legacy_client_notify(client, "old", "last words");
        legacy_client_linger(client);
        legacy_client_destroy(&client);
        for (int word = 0; word < 20; word++)
            legacy_client_expect_data(world->old, name, "last words");
    }
    legacy_world_check(world);
}

/* ---- Notifications ------------------------------------------------------------------------ */

/* Two of each kind, their names made different by a number, so that none waits for another to go.
 */
typedef struct {
    legacy_client_t *old_from, *old_to;
    dd_client_t *new_from, *new_to;
} quartet_t;

static const struct {
    const char *from, *to; /* tenants */
    const char *to_prefix; /* of the receiver's name, as the sender names it */
    const char *from_prefix;
} DIRECTIONS[] = {
    {"a", "a", "", ""},
    {"a", "public", "public.", "a."},
    {"public", "a", "a.", "public."},
    {"public", "public", "", ""},
    {"public", "public", "public.", ""},
};

/* A name with that prefix; two may be in use. */
static const char *named(const char *prefix, const char *name, size_t number)
{
    static char names[2][64];
    static size_t next;
    char *text = names[next++ % 2];
    snprintf(text, sizeof names[0], "%s%s%zu", prefix, name, number);
    return text;
}

static quartet_t gather(legacy_world_t *world, size_t i)
{
    const char *from = DIRECTIONS[i].from, *to = DIRECTIONS[i].to;
    return (quartet_t){.old_from = legacy_world_login(world, from, named("", "old-from", i)),
        .old_to = legacy_world_login(world, to, named("", "old-to", i)),
        .new_from = legacy_world_native(world, "broker0", from, named("", "new-from", i)),
        .new_to = legacy_world_native(world, "broker0", to, named("", "new-to", i))};
}

static void notifications_go_every_way(void **state)
{
    legacy_world_t *world = *state;
    for (size_t i = 0; i < COUNT(DIRECTIONS); i++) {
        const char *to = DIRECTIONS[i].to_prefix, *from = DIRECTIONS[i].from_prefix;
        quartet_t all = gather(world, i);
        legacy_client_notify(all.old_from, named(to, "old-to", i), "old to old");
        legacy_client_expect_data(all.old_to, named(from, "old-from", i), "old to old");
        legacy_client_notify(all.old_from, named(to, "new-to", i), "old to new");
        native_expect(all.new_to, named(from, "old-from", i), "", "old to new");
        const char *old_to = named(to, "old-to", i);
        assert_int_equal(dd_client_notify(all.new_from, old_to, "new to old", 10, 0, NULL), DD_OK);
        legacy_client_expect_data(all.old_to, named(from, "new-from", i), "new to old");
        legacy_client_destroy(&all.old_from);
        legacy_client_destroy(&all.old_to);
        dd_client_destroy(&all.new_from);
        dd_client_destroy(&all.new_to);
    }
    legacy_world_check(world);
}

static void nobody_there_is_answered(void **state)
{
    legacy_world_t *world = *state;
    static const struct {
        const char *from, *destination, *shown;
    } ROWS[] = {{"a", "nobody", "nobody"}, {"a", "b.cli", "b.cli"}, {"a", "", ""},
        {"a", "public.nobody", "public.nobody"}, {"public", "a.nobody", "a.nobody"},
        {"public", "c.nobody", "c.nobody"}, {"b", "old", "old"}};
    legacy_client_t *b = legacy_world_login(world, "b", "cli");
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        legacy_client_t *client = legacy_world_login(world, ROWS[i].from, "asker");
        legacy_client_notify(client, ROWS[i].destination, "anybody?");
        assert_true(legacy_client_next(client, HARNESS_DEADLINE));
        assert_int_equal(legacy_client_command(client), CMD_ERROR);
        assert_int_equal(legacy_client_frames(client), 3);
        assert_true(dd_bytes_equal(legacy_client_frame(client, 0), dd_bytes("\2\0\0\0", 4)));
        assert_true(dd_bytes_equal(legacy_client_frame(client, 1), dd_bytes_of(ROWS[i].shown)));
        assert_true(dd_bytes_equal(legacy_client_frame(client, 2), dd_bytes_of("asker")));
        legacy_client_unreg(client);
        legacy_client_destroy(&client);
    }
    legacy_client_expect_silence(b);
    legacy_client_destroy(&b);
}

/* ---- The broker --------------------------------------------------------------------------- */

static void the_endpoint_is_warned_of(void **state)
{
    legacy_world_t *world = *state;
    assert_true(program_said(world->broker, "warning listening on"));
    assert_true(program_said(world->broker, "can log in as they do"));
}

static void old_clients_are_inspected_too(void **state)
{
    legacy_world_t *world = *state;
    uint32_t ref;
    const dd_question_t question = {.what = "clients"};
    assert_int_equal(dd_client_inspect(world->native, &question, &ref), DD_OK);
    dd_event_t *event = native_wait(world->native, DD_EVENT_REPORT);
    assert_non_null(strstr(event->text, "\"old\""));
    dd_event_destroy(&event);
}

static void new_keys_end_old_clients(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *b = legacy_world_login(world, "b", "cli");
    const char *directory = harness_path(world->harness, "");
    program_t *rotate = program_run(world->harness, NULL, HARNESS_DEADLINE, "ddkeys", "rotate",
        "-f", "-d", directory, "b", NULL);
    assert_int_equal(program_wait(rotate, HARNESS_DEADLINE), 0);
    program_signal(world->broker, SIGHUP);
    legacy_client_expect_error(b, 1, "");
    legacy_client_t *again = legacy_world_login(world, "b", "cli");
    legacy_client_expect_silence(again);
    legacy_world_check(world);
    legacy_client_destroy(&b);
    legacy_client_destroy(&again);
}

static void the_broker_shuts_down_in_order(void **state)
{
    legacy_world_t *world = *state;
    const char *endpoint = harness_reserve(world->harness, "last");
    program_t *broker =
        broker_start(world->harness, "brief", NULL, NULL, "--legacy", endpoint, NULL);
    legacy_client_t *client =
        legacy_client_new(world->context, endpoint, harness_keys(world->harness, "a"), LEGACY_V4);
    legacy_client_login(client, "cli");
    program_signal(broker, SIGTERM);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
    legacy_client_destroy(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_endpoint_is_warned_of),
        cmocka_unit_test(both_versions_log_in),
        cmocka_unit_test(the_broker_makes_up_names),
        cmocka_unit_test(a_wrong_proof_is_refused),
        cmocka_unit_test(a_name_is_had_once),
        cmocka_unit_test(it_has_what_it_was_sent),
        cmocka_unit_test(a_client_that_left_can_come_back),
        cmocka_unit_test(unreg_frees_the_name),
        cmocka_unit_test(last_words_are_heard),
        cmocka_unit_test(notifications_go_every_way),
        cmocka_unit_test(nobody_there_is_answered),
        cmocka_unit_test(old_clients_are_inspected_too),
        cmocka_unit_test(new_keys_end_old_clients),
        cmocka_unit_test(the_broker_shuts_down_in_order),
    };
    return cmocka_run_group_tests(tests, legacy_world_open, legacy_world_close);
}
