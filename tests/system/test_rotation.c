/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_rotation - one pair of keys after another, at a broker whose clients go on talking
 */
#include <stdio.h>
#include <string.h>

#include "scene.h"

static void change_keys(harness_t *harness, const char *step, const char *tenant)
{
    program_t *program = program_run(harness, NULL, HARNESS_DEADLINE, "ddkeys", step, tenant, "-d",
        harness_path(harness, "."), NULL);
    assert_int_equal(program_wait(program, 0), 0);
}

static void reload_broker(harness_t *harness)
{
    harness_reload(harness_broker(harness, "broker"), "log reloaded");
}

static void take_keys(harness_t *harness, client_t *client, const char *owner)
{
    dd_problem_t problem;
    if (dd_client_set_keys(client_handle(client), harness_keys(harness, owner), &problem) != DD_OK)
        fail_msg("%s", problem.text);
}

/* ---- Between tenants ------------------------------------------------------------------------- */

typedef struct {
    harness_t *harness;
    client_t *a[2], *public[2];
} talk_t;

static talk_t talk_begin(harness_t *harness)
{
    broker_start(harness, "broker", NULL, NULL, NULL);
    return (talk_t){harness,
        {client_open(harness, "broker", "a", "x"), client_open(harness, "broker", "a", "y")},
        {client_open(harness, "broker", "public", "x"),
            client_open(harness, "broker", "public", "y")}};
}

/* Everybody understands everybody. */
static void talk(const talk_t *self)
{
    for (unsigned from = 0; from < 2; from++)
        for (unsigned to = 0; to < 2; to++) {
            const char *sender = from ? "y" : "x", *receiver = to ? "y" : "x";
            char other[16], seen[16];
            client_tell(self->a[from], receiver, "inside a");
            client_expect(self->a[to], sender, "inside a");
            client_tell(self->public[from], receiver, "inside public");
            client_expect(self->public[to], sender, "inside public");
            snprintf(other, sizeof other, "public.%s", receiver);
            snprintf(seen, sizeof seen, "a.%s", sender);
            client_tell(self->a[from], other, "to public");
            client_expect(self->public[to], seen, "to public");
            snprintf(other, sizeof other, "a.%s", receiver);
            snprintf(seen, sizeof seen, "public.%s", sender);
            client_tell(self->public[from], other, "from public");
            client_expect(self->a[to], seen, "from public");
        }
}

static void take_step(const talk_t *self, const char *step, const char *tenant)
{
    change_keys(self->harness, step, tenant);
    reload_broker(self->harness);
    talk(self);
    for (unsigned i = 0; i < 2; i++) {
        take_keys(self->harness, self->a[i], "a");
        talk(self);
        take_keys(self->harness, self->public[i], "public");
        talk(self);
    }
}

/* Both tenants' keys are replaced, one within the other, twice, and nobody loses its connection. */
static void a_tenant_and_public_come_to_other_keys(void **state)
{
    static const char *const STEPS[][2] = {{"rotate", "public"}, {"rotate", "a"},
        {"finish", "public"}, {"rotate", "public"}, {"finish", "a"}, {"finish", "public"}};
    talk_t self = talk_begin(*state);
    talk(&self);
    for (size_t i = 0; i < COUNT(STEPS); i++)
        take_step(&self, STEPS[i][0], STEPS[i][1]);
    client_t *all[] = {self.a[0], self.a[1], self.public[0], self.public[1]};
    for (size_t i = 0; i < COUNT(all); i++)
        assert_null(client_take(all[i],
            EVENT(DD_EVENT_DISCONNECTED) | EVENT(DD_EVENT_CLOSED) | EVENT(DD_EVENT_ERROR), 0));
}

/* ---- Who is early, and who is late ----------------------------------------------------------- */

/* A client goes by its new file whether the broker has taken that step, or is to take it yet. */
static void who_has_its_file_first_is_let_in(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker", NULL, NULL, NULL);
    change_keys(harness, "rotate", "a");
    client_t *early = client_open(harness, "broker", "a", "early");
    reload_broker(harness);
    client_t *middle = client_open(harness, "broker", "a", "middle");
    client_deliver(early, middle, "begun");
    change_keys(harness, "finish", "a");
    client_t *late = client_open(harness, "broker", "a", "late");
    client_deliver(late, early, "finished");
    reload_broker(harness);
    client_deliver(early, middle, "still there");
    client_deliver(middle, late, "still there");

    /* Who hasn't been told of the end logs in with its other key. */
    broker_start(harness, "broker", NULL, NULL, NULL);
    client_await(early, DD_EVENT_DISCONNECTED);
    client_await(early, DD_EVENT_REGISTERED);
    client_await(late, DD_EVENT_DISCONNECTED);
    client_await(late, DD_EVENT_REGISTERED);
    client_deliver(early, late, "again");
}

/* The old key alone is good until the end, and then its owner is told what is wrong. */
static void who_has_no_new_file_is_told_so(void **state)
{
    harness_t *harness = *state;
    program_t *broker = broker_start(harness, "broker", NULL, NULL, NULL);
    client_t *old = client_open(harness, "broker", "a", "old");
    change_keys(harness, "rotate", "a");
    reload_broker(harness);
    client_t *new = client_open(harness, "broker", "a", "new");
    client_deliver(old, new, "begun");
    change_keys(harness, "finish", "a");
    reload_broker(harness);
    dd_event_t *end = client_wait(old, EVENT(DD_EVENT_CLOSED));
    assert_int_equal(end->error, DD_E_REFUSED);
    assert_non_null(strstr(end->text, "a has another one, and a new file"));
    dd_event_destroy(&end);
    assert_true(program_said(broker, "its key was taken out of the broker's key file"));
    client_deliver(new, new, "still there");
}

/* As ddkeys(1) has it be asked before the end. */
static program_t *ask(harness_t *harness, const char *const words[])
{
    const char *arguments[12] = {"ddtui", "-d", harness_endpoint(harness, "broker"),
        "--operator-keys", harness_keys(harness, "operator")};
    for (size_t i = 0; words[i]; i++)
        arguments[5 + i] = words[i];
    program_t *program = program_spawn_array(harness, arguments);
    assert_true(program_wait(program, HARNESS_DEADLINE) >= 0);
    return program;
}

static void expect_old_keys(harness_t *harness, const char *count, int status)
{
    char figure[64];
    program_t *check = ask(harness, (const char *[]){"--check", "--critical", "old_keys=0", NULL});
    snprintf(figure, sizeof figure, "old_keys=%s;", count);
    assert_true(program_said(check, figure));
    assert_int_equal(program_wait(check, 0), status);
}

static void who_has_the_old_key_alone_is_seen_before_the_end(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker", NULL, NULL, NULL);
    client_t *slow = client_open(harness, "broker", "a", "slow");
    client_open(harness, "broker", "b", "other");
    change_keys(harness, "rotate", "a");
    client_open(harness, "broker", "a", "new");
    expect_old_keys(harness, "0", 0);
    reload_broker(harness);
    expect_old_keys(harness, "1", 2);
    program_t *clients = ask(harness, (const char *[]){"--clients", "--json", NULL});
    const char *row = strstr(program_stdout(clients), "\"key\":\"old\"");
    assert_non_null(row);
    assert_null(strstr(row + 1, "\"key\":\"old\""));
    take_keys(harness, slow, "a");
    client_deliver(slow, slow, "its proof was first");
    expect_old_keys(harness, "0", 0);
    change_keys(harness, "finish", "a");
    reload_broker(harness);
    client_deliver(slow, slow, "still there");
}

/* A rotation in one step cuts off who has the old file, at once. */
static void keys_in_wrong_hands_are_good_no_more(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker", NULL, NULL, NULL);
    client_t *begun = client_open(harness, "broker", "a", "begun");
    change_keys(harness, "rotate", "a");
    take_keys(harness, begun, "a");
    reload_broker(harness);
    program_t *program = program_run(harness, NULL, HARNESS_DEADLINE, "ddkeys", "rotate", "-f", "a",
        "-d", harness_path(harness, "."), NULL);
    assert_int_equal(program_wait(program, 0), 0);
    reload_broker(harness);
    assert_int_equal(client_await(begun, DD_EVENT_CLOSED), DD_E_REFUSED);
    client_open(harness, "broker", "a", "new");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_tenant_and_public_come_to_other_keys),
        SCENE(who_has_its_file_first_is_let_in),
        SCENE(who_has_no_new_file_is_told_so),
        SCENE(who_has_the_old_key_alone_is_seen_before_the_end),
        SCENE(keys_in_wrong_hands_are_good_no_more),
    };
    return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
