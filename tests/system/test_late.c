/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_late - a broker that lags: what it passes on late comes to nobody a second time
 */
#include <string.h>

#include "libdd/keys/box.h"
#include "raw.h"
#include "scene.h"

/* Payloads of the client a.far, each sealed once. */
typedef struct {
    dd_keyring_t *keyring;
    dd_box_t *box;
} sealer_t;

static sealer_t sealer_new(harness_t *harness)
{
    sealer_t self = {.keyring = dd_keyring_load(harness_keys(harness, "a"), NULL)};
    assert_non_null(self.keyring);
    self.box = dd_box_new(self.keyring);
    assert_non_null(self.box);
    return self;
}

static void sealer_clear(sealer_t *self)
{
    dd_box_destroy(&self->box);
    dd_keyring_destroy(&self->keyring);
}

#define SEALED_ROOM 100

static dd_bytes_t seal(const sealer_t *self, const char *text, uint8_t sealed[SEALED_ROOM])
{
    const dd_box_key_t *key = dd_box_peer(self->box, dd_bytes_of("far"));
    dd_box_seal(self->box, key, text, strlen(text), sealed);
    return dd_bytes(sealed, strlen(text) + DD_BOX_OVERHEAD);
}

/* A broker that nobody wrote joins that one, with the client a.far beneath it, and waits until
   somebody wants news. */
static raw_t *join(harness_t *self, const char *broker)
{
    dd_record_t record;
    raw_t *raw = raw_open(self, broker, "broker");
    raw_say(raw, &(dd_record_t){.type = DD_JOIN,
                     .id = dd_bytes_of("laglaglaglaglagl"),
                     .name = dd_bytes_of("lag"),
                     .scope = dd_bytes_of("/1/9/")});
    raw_await(raw, DD_ADMIT, &record);
    raw_say(raw,
        &(dd_record_t){.type = DD_ADD_CLIENT, .number = 1 << 16, .name = dd_bytes_of("a.far")});
    raw_say(raw, &(dd_record_t){.type = DD_SYNCED});
    raw_await(raw, DD_ADD_INTEREST, &record);
    return raw;
}

static void pass_on(raw_t *lag, dd_bytes_t sealed)
{
    raw_say(lag, &(dd_record_t){.type = DD_RELAY,
                     .hops = 1,
                     .tenant = dd_bytes_of("a"),
                     .source = dd_bytes_of("a.far"),
                     .topic = dd_bytes_of("news"),
                     .scope = dd_bytes_of("/1/9/"),
                     .payload = sealed});
}

/* The leaf has had the first one from the parent that it loses. To the next one the lagging broker
   passes it on after that. */
static void what_the_lost_parent_had_sent_doesnt_come_again_from_the_next(void **state)
{
    harness_t *self = *state;
    uint8_t first[SEALED_ROOM], second[SEALED_ROOM];
    sealer_t sealer = sealer_new(self);
    dd_bytes_t early = seal(&sealer, "early", first), late = seal(&sealer, "late", second);
    program_t *before = broker_start(self, "before", NULL, "/1/", NULL);
    program_t *after = broker_start(self, "after", NULL, "/1/", "-l", "i", NULL);
    program_t *leaf =
        broker_start(self, "leaf", "before", "/1/2/", "-d", harness_endpoint(self, "after"), NULL);
    client_t *listener = client_open(self, "leaf", "a", "listener");
    client_subscribe(listener, "news", "all");
    raw_t *lag = join(self, "before");
    pass_on(lag, early);
    client_expect(listener, "far", "early");
    raw_close(&lag);
    program_kill(before);
    assert_true(program_expect(leaf, "joined parent after", HARNESS_DEADLINE));
    assert_true(program_expect(after, "broker leaf has told all it has", HARNESS_DEADLINE));
    lag = join(self, "after");
    pass_on(lag, early);
    pass_on(lag, late);
    client_expect(listener, "far", "late");
    raw_close(&lag);
    sealer_clear(&sealer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(what_the_lost_parent_had_sent_doesnt_come_again_from_the_next),
    };
    return cmocka_run_group_tests_name("late", tests, NULL, NULL);
}
