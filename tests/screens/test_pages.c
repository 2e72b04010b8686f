/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_pages - every screen and every form of the console in a real terminal, small and large
 */
#include <stdio.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static const int SIZES[][2] = {{24, 80}, {50, 200}};

static terminal_t *open_console(harness_t *harness, int rows, int columns)
{
    terminal_t *terminal = terminal_console(
        harness, rows, columns, harness_endpoint(harness, "leaf"), "a", "cli1", "", "");
    terminal_expect(terminal, "registered as a.cli1 at leaf /1/2/3/");
    return terminal;
}

static void test_screens(void **state)
{
    harness_t *harness = *state;
    static const struct {
        const char *key;
        const char *shows[4];
    } PAGES[] = {
        {"1", {"▾ root", "  ▾ mid", "      leaf", "/1/5/"}},
        {"2", {"CLIENT", "cli1", "cli2", "other"}},
        {"3", {"Subscriptions (● yours)", "alarms", "/1/", "cli2"}},
        {"4", {"Messages", "No message has arrived"}},
        {"5", {"Events", "client a.cli1 registered", "this console"}},
        {"6", {"Brokers on the way", "t sends a test notification"}},
        {"7", {"Help", "A tree of brokers", "Where to look"}},
        {"F1", {"▾ root", "Messages"}},
        {"F2", {"CLIENT", "cli2"}},
    };
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    client_subscribe(client, "alarms", "region");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size][0], SIZES[size][1]);
        for (size_t i = 0; i < COUNT(PAGES); i++) {
            terminal_press(terminal, PAGES[i].key);
            for (size_t s = 0; s < COUNT(PAGES[i].shows) && PAGES[i].shows[s]; s++)
                terminal_expect(terminal, PAGES[i].shows[s]);
            terminal_expect(terminal, "a.cli1 @ leaf /1/2/3/");
            terminal_expect(terminal, "m Menu");
        }
        terminal_press(terminal, "q");
        terminal_expect(terminal, "ended with 0");
        terminal_expect(terminal, "terminal restored");
        terminal_close(&terminal);
    }
}

static void test_forms(void **state)
{
    harness_t *harness = *state;
    static const struct {
        const char *key;
        const char *shows[5];
    } FORMS[] = {
        {"n", {"Send Notification", "Destination", "Message", "[ Notify ]", "cli2"}},
        {"p", {"Publish message", "Topic", "Message", "[ Publish ]", "alarms"}},
        {"s", {"Subscribe to topic", "Topic", "Scope", "[ Subscribe ]", "alarms"}},
        {"u", {"Unsubscribe from topic", "Subscription", "[ Unsubscribe ]"}},
        {"t", {"Trace a notification", "Destination", "[ Trace ]"}},
        {"m", {"Send Notification", "Publish message", "Subscribe to topic", "Quit"}},
        {"F9", {"Unsubscribe from topic", "Trace a notification"}},
        {"/", {"Filter:", "Esc Cancel"}},
    };
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    client_subscribe(client, "alarms", "region");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size][0], SIZES[size][1]);
        for (size_t i = 0; i < COUNT(FORMS); i++) {
            terminal_press(terminal, FORMS[i].key);
            for (size_t s = 0; s < COUNT(FORMS[i].shows) && FORMS[i].shows[s]; s++)
                terminal_expect(terminal, FORMS[i].shows[s]);
            terminal_press(terminal, "Escape");
            terminal_expect_gone(terminal, FORMS[i].shows[0]);
        }
        terminal_close(&terminal);
    }
}

/* Where a client is, a notification to it, by the names that the old client had for that. */
static void notify(terminal_t *terminal, client_t *client)
{
    terminal_press(terminal, "2 /");
    terminal_type(terminal, "cli2");
    terminal_expect(terminal, "Clients  1 of 2");
    terminal_expect(terminal, "other ");
    terminal_expect(terminal, "/1/5/");
    terminal_press(terminal, "Enter 1 F9 Enter");
    terminal_expect(terminal, "Send Notification");
    terminal_type(terminal, "cli2");
    terminal_press(terminal, "Tab");
    terminal_type(terminal, "hello å ✓ 漢");
    terminal_expect(terminal, "hello å ✓ 漢");
    terminal_press(terminal, "Tab Tab Enter"); /* past the receipt, to Notify */
    client_expect(client, "cli1", "hello å ✓ 漢");
    terminal_expect(terminal, "delivered to cli2");
}

static void subscribe(terminal_t *terminal)
{
    terminal_press(terminal, "F9 Down Down Enter");
    terminal_expect(terminal, "Subscribe to topic");
    terminal_type(terminal, "alarms");
    terminal_press(terminal, "Tab Down");
    terminal_expect(terminal, "your region: /1/");
    terminal_expect(terminal, "covers 5 of 5 brokers");
    terminal_press(terminal, "Down");
    terminal_expect(terminal, "covers 3 of 5 brokers");
    terminal_press(terminal, "Up Tab Enter"); /* to Subscribe */
    terminal_expect(terminal, "subscribed to alarms within /1/");
}

static void publish(terminal_t *terminal)
{
    terminal_press(terminal, "F9 Down Enter");
    terminal_expect(terminal, "Publish message");
    terminal_type(terminal, "alarms");
    terminal_press(terminal, "Tab");
    terminal_type(terminal, "{\"sev\":3}");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "cli1  alarms  {\"sev\":3}"); /* to itself, too */
}

/* Why nothing came of a notification, and how far it got. */
static void fail_to_notify(terminal_t *terminal)
{
    terminal_press(terminal, "n");
    terminal_type(terminal, "nobody");
    terminal_press(terminal, "Tab x Enter");
    terminal_expect(terminal, "not delivered to nobody: no such destination");
    terminal_press(terminal, "t Enter"); /* it knows whom */
    terminal_expect(terminal, "refused: no such dest");
}

static void test_everyday_by_name(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size][0], SIZES[size][1]);
        notify(terminal, client);
        subscribe(terminal);
        publish(terminal);
        fail_to_notify(terminal);
        terminal_press(terminal, "q");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

static void test_what_was_typed_is_remembered(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    terminal_t *terminal = open_console(harness, 24, 80);
    terminal_press(terminal, "p");
    terminal_type(terminal, "weather.øst");
    terminal_press(terminal, "Tab x Enter");
    terminal_expect(terminal, "published 1 bytes on weather.øst");
    terminal_press(terminal, "q");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
    terminal = open_console(harness, 24, 80);
    terminal_press(terminal, "s");
    terminal_expect(terminal, "weather.øst");
    terminal_press(terminal, "Down Enter Enter");
    terminal_expect(terminal, "subscribed to weather.øst within /");
    terminal_close(&terminal);
}

static const char JSON[] = "{\"sev\":\"warning\",\"node\":7}";

static void look_at_messages(terminal_t *terminal, client_t *client)
{
    assert_int_equal(client_send(client, "cli1", JSON), DD_OK);
    terminal_expect(terminal, "cli2  {\"sev\":\"warning\",\"node\":7}");
    terminal_press(terminal, "4");
    terminal_expect(terminal, "  \"sev\": \"warning\",");
    terminal_press(terminal, "v v v");
    terminal_expect(terminal, "7b 22 73 65 76");
    terminal_press(terminal, "f");
    terminal_expect(terminal, "FROZEN");
    assert_int_equal(client_send(client, "cli1", "unseen"), DD_OK); /* it has come */
    assert_null(strstr(terminal_screen(terminal), "unseen"));
    terminal_press(terminal, "f");
    terminal_expect(terminal, "unseen");
    terminal_press(terminal, "/");
    terminal_type(terminal, "NODE");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "1 of 2 with \"NODE\"");
}

static void save(terminal_t *terminal, harness_t *harness)
{
    char saved[64] = "";
    const char *path = harness_path(harness, "saved");
    terminal_press(terminal, "w");
    terminal_expect(terminal, "Save message");
    terminal_press(terminal, "C-u");
    terminal_type(terminal, path);
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "saved to ");
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(saved, 1, sizeof saved, file), sizeof JSON - 1);
    assert_string_equal(saved, JSON);
    fclose(file);
    assert_int_equal(remove(path), 0);
}

static void test_messages(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size][0], SIZES[size][1]);
        look_at_messages(terminal, client);
        save(terminal, harness);
        terminal_press(terminal, "q");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

static void end_client(terminal_t *terminal, client_t *client)
{
    terminal_press(terminal, "2");
    terminal_expect(terminal, "│b.cli2"); /* in the table, not among the events */
    terminal_press(terminal, "E");
    terminal_expect(terminal, "This ends the client's connection");
    terminal_type(terminal, "b.cli");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "that isn't the name above");
    terminal_type(terminal, "2");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "done: end-client b.cli2");
    dd_event_t *event = client_wait(client, EVENT(DD_EVENT_CLOSED));
    assert_int_equal(event->error, DD_E_REFUSED);
    dd_event_destroy(&event);
    terminal_expect(terminal, "left "); /* it stays in sight for a while */
}

static void change_log_level(terminal_t *terminal, program_t *broker, const char *name)
{
    terminal_press(terminal, "L");
    terminal_expect(terminal, "This changes how much the broker logs");
    terminal_press(terminal, "Down Down Tab"); /* from notice to debug */
    terminal_expect(terminal, "Level        debug");
    terminal_type(terminal, name);
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "done: log-level");
    assert_true(program_expect(broker, "operator op: log-level debug", HARNESS_DEADLINE));
}

static void drain(terminal_t *terminal, program_t *broker, const char *name)
{
    terminal_press(terminal, "D");
    terminal_expect(terminal, "Drain broker");
    terminal_type(terminal, name);
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "done: drain");
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
    assert_true(program_said(broker, "operator op: drain"));
}

static void test_operators(void **state)
{
    harness_t *harness = *state;
    static const char *const BROKERS[] = {"twin", "mid"}; /* to be drained */
    scene_tree(harness);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        client_t *client = client_open(harness, "other", "b", "cli2");
        terminal_t *terminal = terminal_console(harness, SIZES[size][0], SIZES[size][1],
            harness_endpoint(harness, "root"), "operator", "op", "", "");
        terminal_expect(terminal, "operator op @ root");
        terminal_expect(terminal, "joined parent "); /* an operator sees what happens */
        terminal_expect_not(terminal, "client b.cli2 registered"); /* but who comes and goes */
        end_client(terminal, client);
        terminal_press(terminal, "1 /");
        terminal_type(terminal, BROKERS[size]);
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "Tree  1 of ");
        program_t *broker = harness_broker(harness, BROKERS[size]);
        change_log_level(terminal, broker, BROKERS[size]);
        drain(terminal, broker, BROKERS[size]);
        terminal_close(&terminal);
        client_close(&client);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_screens),
        SCENE(test_forms),
        SCENE(test_everyday_by_name),
        SCENE(test_what_was_typed_is_remembered),
        SCENE(test_messages),
        SCENE(test_operators),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
