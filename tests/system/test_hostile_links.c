/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_hostile_links - a child broker that says what isn't so: it hurts nobody who isn't beneath it
 */
#include <sodium.h>
#include <string.h>

#include "libdd/protocol/record.h"
#include "puppet.h"
#include "raw.h"
#include "scene.h"

static const char SECRET[] = "evilevilevilevil";

/* Joins the broker as a child that nobody wrote. */
static raw_t *join(harness_t *self, const char *broker)
{
    dd_record_t admit;
    raw_t *raw = raw_open(self, broker, "broker");
    raw_say(raw, &(dd_record_t){.type = DD_JOIN,
                     .id = dd_bytes_of(SECRET),
                     .name = dd_bytes_of("evil"),
                     .scope = dd_bytes_of("/1/9/")});
    raw_await(raw, DD_ADMIT, &admit);
    raw_say(raw, &(dd_record_t){.type = DD_SYNCED});
    return raw;
}

/* What it says has been done with when the PONG comes. */
static void be_heard(raw_t *raw)
{
    dd_record_t pong;
    raw_say(raw, &(dd_record_t){.type = DD_PING, .number = 7});
    raw_await(raw, DD_PONG, &pong);
}

/* Each of these ended the client, whose library took them for its broker's own word. */
static void answers_end_no_client(void **state)
{
    static const struct {
        const char *source, *name, *text;
        uint16_t code;
        uint32_t ref;
    } SAID[] = {
        {"a.\x1b[2J", "evil\x1b[31mX", "text", DD_OK, 1},
        {"a.nobody", "evil", "text \x1b]0;pwn\x07", DD_OK, 1},
        {"a.nobody", "evil", "text", DD_E_REFUSED, 0},
        {"a.nobody", "evil", "text", DD_E_NAME_TAKEN, 0},
        {"b.nobody", "evil", "text", DD_OK, 1},
        {"a.nobody", "evil", "text", DD_E_NO_DESTINATION, 1},
    };
    harness_t *self = *state;
    program_t *broker = broker_start(self, "broker0", NULL, "/1/", NULL);
    client_t *victim = client_open(self, "broker0", "a", "victim");
    raw_t *evil = join(self, "broker0");
    for (size_t i = 0; i < COUNT(SAID); i++) {
        dd_record_t record = {.type = DD_RECEIPT, .code = SAID[i].code, .ref = SAID[i].ref};
        record.source = dd_bytes_of(SAID[i].source);
        record.destination = dd_bytes_of("a.victim");
        raw_say(evil, &record);
        record.type = DD_HOP;
        record.number = 1;
        record.name = dd_bytes_of(SAID[i].name);
        record.scope = dd_bytes_of("/1/");
        record.text = dd_bytes_of(SAID[i].text);
        raw_say(evil, &record);
    }
    be_heard(evil);
    client_deliver(victim, victim, "hi");
    assert_null(
        client_take(victim, EVENT(DD_EVENT_DISCONNECTED) | EVENT(DD_EVENT_CLOSED) | OUTCOMES, 0));
    assert_int_equal(program_wait(broker, 0), -1);
    raw_close(&evil);
}

/* Reports in place of others', and in the name of others. */
static void nobody_is_hidden_or_impersonated(void **state)
{
    harness_t *self = *state;
    uint8_t id[DD_BROKER_ID_SIZE];
    char shown[2 * DD_BROKER_ID_SIZE + 1];
    dd_record_t question;
    uint32_t ref;
    crypto_generichash(id, sizeof id, (const uint8_t *)SECRET, strlen(SECRET), NULL, 0);
    sodium_bin2hex(shown, sizeof shown, id, sizeof id);
    broker_start(self, "top", NULL, "/1/", NULL);
    client_t *asker = client_open(self, "top", "a", "asker");
    raw_t *evil = join(self, "top");
    be_heard(evil);
    assert_int_equal(
        dd_client_inspect(client_handle(asker), &(dd_question_t){.what = "tree"}, &ref), DD_OK);
    dd_event_t *own = client_wait(asker, EVENT(DD_EVENT_REPORT));
    raw_await(evil, DD_INSPECT, &question);
    dd_record_t report = {.type = DD_REPORT, .flags = DD_FLAG_LAST, .number = question.number};
    uint8_t tops[DD_BROKER_ID_SIZE];
    size_t size;
    assert_int_equal(
        sodium_hex2bin(tops, sizeof tops, own->source, strlen(own->source), NULL, &size, NULL), 0);
    report.payload = dd_bytes_of("{\"broker\":\"top\",\"state\":\"draining\"}");
    report.id = dd_bytes(tops, sizeof tops);
    raw_say(evil, &report);
    report.id = dd_bytes(id, sizeof id);
    for (int i = 0; i < 3; i++)
        raw_say(evil, &report);
    be_heard(evil);
    dd_event_t *theirs = client_wait(asker, EVENT(DD_EVENT_REPORT));
    assert_string_equal(theirs->source, shown);
    assert_int_equal(theirs->number, 0);
    assert_null(client_take(asker, EVENT(DD_EVENT_REPORT), 0));
    dd_event_destroy(&own);
    dd_event_destroy(&theirs);
    raw_close(&evil);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(answers_end_no_client),
        SCENE(nobody_is_hidden_or_impersonated),
    };
    return cmocka_run_group_tests_name("hostile_links", tests, NULL, NULL);
}
