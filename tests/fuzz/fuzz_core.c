/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_core - the broker's core under any order of connections, frames and time
 *
 * The input is a list of steps, each a byte that says which and at which place, and a byte of
 * argument. A frame's argument is its length; its bytes follow, without the frame header. Places
 * are connections that may be there or not, one for each kind of peer and two of those that can
 * hurt each other.
 */
#include <sodium.h>

#include "ddbroker/core/core.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/libdd/keys.h"

/* Small, so that they fill up. */
#define OUTBOX 4096
#define WINDOW 400
#define HEARTBEAT 1000
#define SCOPE "/1/2/"

enum { CLIENT_A, OTHER_A, CLIENT_B, CLIENT_PUBLIC, OPERATOR, CHILD, OTHER_CHILD, PARENT, PLACES };

typedef struct {
    core_t *core;
    peer_t *peers[PLACES];
    uint64_t now_ms;
    uint64_t instances;
} fuzz_t;

/* ---- Chance, which is the same for each input ----------------------------------------------- */

static uint64_t drawn; /* numbers so far: a broker's id, drawn first, is 0 and 1 */

static const char *random_name(void)
{
    return "count";
}

static void random_bytes(void *buffer, const size_t size)
{
    uint8_t *bytes = buffer;
    for (size_t at = 0; at < size; at += sizeof drawn, drawn++)
        memcpy(bytes + at, &drawn, size - at < sizeof drawn ? size - at : sizeof drawn);
}

static uint32_t random_number(void)
{
    uint32_t number;
    random_bytes(&number, sizeof number);
    return number;
}

static randombytes_implementation count = {
    .implementation_name = random_name, .random = random_number, .buf = random_bytes};

/* ---- Keys ----------------------------------------------------------------------------------- */

/* The keyring with all tenants, or one without b; made once. */
static const dd_keyring_t *keyring(bool whole)
{
    static const char *const FILES[] = {"{" DD_OWN ", " TENANT(A_HASH, "a", "1", A_KEY) ", " TENANT(
                                            PUBLIC_HASH, "public", "1", PUBLIC_KEY) "}",
        BROKER_FILE};
    static dd_keyring_t *keyrings[2];
    dd_problem_t problem;
    if (!keyrings[whole])
        keyrings[whole] = dd_keyring_parse("keys", FILES[whole], strlen(FILES[whole]), &problem);
    check(keyrings[whole] != NULL);
    return keyrings[whole];
}

static const uint8_t *key_of(unsigned place)
{
    static const char *const TENANTS[] = {"a", "a", "b", "public"};
    if (place == OPERATOR)
        return dd_keyring_operator_key(keyring(true));
    if (place > OPERATOR)
        return dd_keyring_broker_key(keyring(true));
    return dd_keyring_tenant_by_name(keyring(true), dd_bytes_of(TENANTS[place]))->public_key;
}

/* ---- Frames --------------------------------------------------------------------------------- */

/* What waits for a peer is within the limit, but for what waited when that was lowered. */
static void check_room(const peer_t *peer)
{
    const dd_outbox_t *outbox = &peer->outbox;
    size_t waiting = peer->shares ? link_outbox_bytes(peer->shares) : outbox->bytes;
    check(
        waiting - dd_outbox_excused(outbox) <= outbox->limit + DD_OUTBOX_RESERVE + DD_FRAME_HEADER);
}

/* Takes what waits for a peer, all of which must be records. */
static void flush(fuzz_t *self, peer_t *peer)
{
    dd_frame_t *frame;
    check_room(peer);
    while ((frame = dd_outbox_take(&peer->outbox))) {
        dd_reader_t reader;
        dd_record_t record;
        check(dd_frame_open(&reader, frame->data, frame->size));
        while (dd_frame_more(&reader))
            check(dd_frame_next(&reader, &record) == DD_OK);
        dd_frame_free(frame);
    }
    core_flushed(self->core, peer);
}

static void hear(fuzz_t *self, peer_t *peer, dd_bytes_t records)
{
    uint8_t *frame = malloc(DD_FRAME_HEADER + records.size);
    check(frame != NULL);
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    if (records.size > 0)
        memcpy(frame + DD_FRAME_HEADER, records.data, records.size);
    core_input(self->core, peer, frame, DD_FRAME_HEADER + records.size, self->now_ms);
    free(frame);
}

static void say(fuzz_t *self, peer_t *peer, const dd_record_t *record)
{
    uint8_t bytes[256];
    size_t size = dd_record_size(record);
    check(size <= sizeof bytes);
    dd_record_write(record, bytes, size);
    hear(self, peer, dd_bytes(bytes, size));
}

/* ---- Steps ---------------------------------------------------------------------------------- */

/* Registers the peer as it should be done, so that inputs need not find out how. */
static void greet(fuzz_t *self, unsigned place)
{
    char name[] = {(char)('a' + place), '\0'};
    char id[] = "idididididididi?";
    id[15] = name[0];
    dd_record_t record = {.type = place == PARENT  ? DD_ADMIT
                                  : place >= CHILD ? DD_JOIN
                                                   : DD_HELLO,
        .number = ++self->instances,
        .heartbeat = HEARTBEAT,
        .name = dd_bytes_of(name),
        .scope = dd_bytes_of(place == PARENT ? SCOPE : SCOPE "3/"),
        .id = dd_bytes_of(id)};
    say(self, self->peers[place], &record);
}

static void connect(fuzz_t *self, unsigned place, uint8_t argument)
{
    if (self->peers[place])
        return;
    self->peers[place] = place == PARENT
                             ? core_connect_parent(self->core, NULL, self->now_ms)
                             : core_connect(self->core, key_of(place), NULL, self->now_ms);
    if (self->peers[place] && argument & 1)
        greet(self, place);
}

static void disconnect(fuzz_t *self, unsigned place)
{
    if (self->peers[place])
        core_disconnect(self->core, self->peers[place], self->now_ms);
    self->peers[place] = NULL;
}

static void reload(fuzz_t *self, uint8_t argument)
{
    core_settings_t settings = {.heartbeat = HEARTBEAT,
        .outbox_client = argument & 2 ? OUTBOX : 0,
        .outbox_link = argument & 4 ? OUTBOX : 0,
        .window_client = argument & 32 ? WINDOW : 0,
        .window_link = argument & 32 ? WINDOW : 0,
        .clients_max = argument & 8 ? PLACES : 1,
        .subscriptions_max = argument & 16 ? 4 : 0,
        .link_names_max = 8,
        .link_interests_max = 8};
    core_set_limits(self->core, &settings);
    core_set_keyring(self->core, keyring(argument & 1), self->now_ms);
}

/* What the sockets layer has to say of a peer besides its frames. */
static void surprise(fuzz_t *self, unsigned place, uint8_t argument)
{
    if (argument == 'G' && place != PARENT)
        core_gone(self->peers[place]);
    else if (argument == 'L')
        core_refused(self->core, self->peers[place], DD_E_LIMIT);
    else if (argument == 'N')
        core_not_flushed(self->core, self->peers[place]);
    else
        core_bad_input(self->core, self->peers[place], self->now_ms);
}

static void step(fuzz_t *self, uint8_t which, uint8_t argument, dd_reader_t *rest)
{
    unsigned place = which % PLACES;
    switch (which / PLACES % 10) {
    case 0:
        connect(self, place, argument);
        break;
    case 1:
        disconnect(self, place);
        break;
    case 2:
        if (self->peers[place])
            flush(self, self->peers[place]);
        break;
    case 3:
        self->now_ms += (uint64_t)argument * argument;
        core_tick(self->core, self->now_ms);
        break;
    case 4:
        if (argument == 'R')
            reload(self, (uint8_t)(which / (PLACES * 10) | place << 2));
        else if (argument == 'D')
            core_drain(self->core, self->now_ms);
        else if (self->peers[place])
            surprise(self, place, argument);
        break;
    default: /* the greatest part of the steps, since all is in the records */
        if (self->peers[place])
            hear(self, self->peers[place], dd_read_bytes(rest, argument));
    }
}

/* What the sockets layer does after each frame. */
static void look(fuzz_t *self)
{
    dd_error_t why;
    peer_t *peer;
    if (core_parent_ended(self->core, &why))
        disconnect(self, PARENT);
    core_drained(self->core, self->now_ms);
    while ((peer = core_next_dirty(self->core)))
        check_room(peer);
}

static void take_control(void *arg, core_control_t control, dd_log_level_t level)
{
    (void)arg;
    check(control == CONTROL_DRAIN || dd_log_level_name(level) != NULL);
}

static void take_line(void *arg, dd_log_level_t level, const char *line)
{
    (void)arg;
    check(dd_log_level_name(level) != NULL && line[0] != '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t self = {.now_ms = 1000000};
    randombytes_set_implementation(&count);
    core_settings_t settings = {.name = "broker",
        .scope = SCOPE,
        .has_parent = true,
        .heartbeat = HEARTBEAT,
        .payload_max = 100,
        .outbox_client = OUTBOX,
        .outbox_link = OUTBOX,
        .window_client = WINDOW,
        .window_link = WINDOW,
        .clients_max = PLACES,
        .subscriptions_max = 4,
        .link_names_max = 8,
        .link_interests_max = 8,
        .log = take_line,
        .obey = take_control};
    const dd_keyring_t *keys = keyring(true); /* first: it may draw too */
    drawn = 0;
    self.core = core_new(&settings, keys, self.now_ms);
    check(self.core != NULL);
    dd_reader_t reader = dd_reader(data, size);
    while (dd_reader_left(&reader) >= 2 && !reader.failed) {
        uint8_t which = dd_read_u8(&reader);
        step(&self, which, dd_read_u8(&reader), &reader);
        look(&self);
    }
    core_destroy(&self.core);
    return 0;
}
