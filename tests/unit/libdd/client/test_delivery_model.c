/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_delivery_model - millions of random steps: every notification ends in exactly one outcome,
 * and in a true one
 *
 * Real sessions talk over a made-up tree. It has several ways, each of which keeps its order; a
 * client is now reached by the one and now by another, so that what is on the old way comes late.
 * Ways break and lose what is on them, connections end, and processes start anew under their old
 * names. The model knows of each notification who took it, and what its sender was told.
 */
#include <stdio.h>
#include <stdlib.h>

#include "libdd/client/session.h"
#include "libdd/protocol/name.h"
#include "tests/unit/unit.h"

#define STEPS 1000000
#define MESSAGES_MAX (4 * STEPS)
#define WAYS 4
#define WAY_ROOM 1024
#define CLIENTS 5
#define NEWS_MAX 4096
/* More than one client sends in the time that a notification may be open. */
#define REFS_KEPT 65536
#define HEARTBEAT 2000
#define OUTCOME_LIMIT (60 * 1000000)

/* ---- The model ------------------------------------------------------------------------------- */

typedef enum { OPEN, DELIVERED, REFUSED, UNKNOWN, UNTOLD } outcome_t;

/* One notification that a session has accepted; its index is its payload. */
typedef struct {
    uint32_t ref;
    uint32_t process; /* of its sender */
    uint8_t outcome;
    bool taken;
    bool is_trace; /* which libraries answer by themselves */
} message_t;

/* What is on its way to a client. */
typedef struct {
    uint8_t type; /* DD_DATA, DD_ACK, DD_RECEIPT */
    uint8_t to;   /* index of a client */
    uint8_t from;
    uint8_t flags;
    uint16_t code;
    uint16_t size; /* of bytes */
    uint32_t ref;
    uint32_t run;
    uint8_t bytes[DD_ACK_RANGES_MAX * DD_ACK_RANGE_SIZE];
} item_t;

typedef struct {
    item_t items[WAY_ROOM];
    unsigned first, count;
} way_t;

typedef struct {
    dd_event_type_t type;
    dd_error_t error;
    uint32_t ref;
    uint32_t message; /* of a notification */
    uint8_t from;
} news_t;

typedef struct {
    struct world *world;
    const char *tenant, *name;
    char full[64];
    unsigned index;
    dd_session_t *session;
    uint32_t process;           /* number of the one at hand */
    uint32_t oldest;            /* message that it may have sent */
    uint32_t by_ref[REFS_KEPT]; /* its messages */
    unsigned way;               /* by which it is reached */
    uint32_t latest[CLIENTS];   /* message that this process took last from each */
    news_t news[NEWS_MAX];      /* emitted, not yet looked at */
    unsigned emitted;
} client_t;

typedef struct world {
    uint64_t now_us;
    uint32_t seed;
    uint32_t processes;
    client_t clients[CLIENTS];
    way_t ways[WAYS];
    message_t *messages;
    uint32_t count;
    uint32_t told[UNTOLD + 1];
    uint32_t taken;
} world_t;

static uint32_t draw(world_t *self, uint32_t below)
{
    self->seed ^= self->seed << 13;
    self->seed ^= self->seed >> 17;
    self->seed ^= self->seed << 5;
    return (uint32_t)((uint64_t)self->seed * below >> 32);
}

static uint32_t no_random(void)
{
    return 0;
}

/* ---- What the application of a client sees --------------------------------------------------- */

static void keep(void *arg, const dd_news_t *news)
{
    client_t *self = arg;
    assert_true(self->emitted < NEWS_MAX);
    news_t *kept = &self->news[self->emitted++];
    *kept = (news_t){.type = news->type, .error = news->error, .ref = news->ref};
    if (news->type != DD_EVENT_NOTIFICATION)
        return;
    memcpy(&kept->message, news->sealed.data, sizeof kept->message);
    dd_bytes_t shown = news->source;
    for (client_t *from = self->world->clients; from < self->world->clients + CLIENTS; from++)
        if (dd_bytes_equal(
                dd_name_shown(dd_bytes_of(from->full), dd_bytes_of(self->tenant)), shown))
            kept->from = (uint8_t)from->index;
}

/* The message that this process sent under that ref. */
static message_t *find_message(client_t *self, uint32_t ref)
{
    message_t *message = &self->world->messages[self->by_ref[ref % REFS_KEPT]];
    assert_int_equal(message->ref, ref);
    assert_int_equal(message->process, self->process);
    return message;
}

static void tell(client_t *self, uint32_t ref, outcome_t outcome)
{
    message_t *message = find_message(self, ref);
    assert_int_equal(message->outcome, OPEN);
    message->outcome = (uint8_t)outcome;
    self->world->told[outcome]++;
    assert_false(outcome == DELIVERED && !message->taken && !message->is_trace);
    assert_false(outcome == REFUSED && message->taken);
}

/* Some payloads can't be read. */
static void take_notification(client_t *self, const news_t *news)
{
    world_t *world = self->world;
    message_t *message = &world->messages[news->message];
    assert_true(news->message < world->count);
    assert_false(message->taken);
    assert_int_not_equal(message->outcome, REFUSED);
    /* In the order in which they were sent, whoever of that name did so. */
    assert_true(news->message >= self->latest[news->from]);
    self->latest[news->from] = news->message + 1;
    client_t *from = &world->clients[news->from];
    dd_bytes_t source = dd_name_shown(dd_bytes_of(from->full), dd_bytes_of(self->tenant));
    if (draw(world, 50) == 0) {
        dd_session_unreadable(self->session, news->ref, source);
        return;
    }
    message->taken = true;
    world->taken++;
}

static void look_at_news(client_t *self)
{
    for (unsigned i = 0; i < self->emitted; i++) {
        const news_t *news = &self->news[i];
        if (news->type == DD_EVENT_NOTIFICATION)
            take_notification(self, news);
        else if (news->type == DD_EVENT_DELIVERED)
            tell(self, news->ref, DELIVERED);
        else if (news->type == DD_EVENT_ERROR)
            tell(self, news->ref, news->error == DD_E_UNKNOWN ? UNKNOWN : REFUSED);
    }
    self->emitted = 0;
}

/* ---- The tree -------------------------------------------------------------------------------- */

static bool tenant_exists(const void *tenants, dd_bytes_t name)
{
    (void)tenants;
    return dd_bytes_equal(name, dd_bytes_of("a")) || dd_bytes_equal(name, dd_bytes_of(DD_PUBLIC));
}

static client_t *find_client(client_t *from, dd_bytes_t destination)
{
    dd_name_t full;
    if (!dd_name_resolve(&full, dd_bytes_of(from->tenant), destination, tenant_exists, NULL))
        return NULL;
    for (client_t *to = from->world->clients; to < from->world->clients + CLIENTS; to++)
        if (dd_bytes_equal(dd_bytes_of(to->full), dd_name_bytes(&full)))
            return to;
    return NULL;
}

static bool is_registered(const client_t *self)
{
    return dd_session_state(self->session) == DD_SESSION_REGISTERED;
}

static void hear(client_t *self, const dd_record_t *record)
{
    uint8_t frame[2048] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    size_t size = dd_record_size(record);
    assert_in_range(size, 1, sizeof frame - DD_FRAME_HEADER);
    dd_record_write(record, frame + DD_FRAME_HEADER, size);
    dd_session_input(self->session, frame, DD_FRAME_HEADER + size, self->world->now_us);
    look_at_news(self);
}

static void refuse(client_t *sender, uint32_t ref, dd_bytes_t about, dd_error_t error)
{
    hear(sender,
        &(dd_record_t){.type = DD_ERROR, .code = (uint16_t)error, .ref = ref, .text = about});
}

static void put(client_t *to, const item_t *item);

/* A notification can't go on: its sender is told by the way that it is reached by. */
static void send_back(const item_t *item, client_t *clients, dd_error_t error)
{
    item_t receipt = {.type = DD_RECEIPT,
        .to = item->from,
        .from = item->to,
        .code = (uint16_t)error,
        .ref = item->ref};
    put(&clients[item->from], &receipt);
}

/* Hands over what has arrived at the client's broker. */
static void hand_over(world_t *self, const item_t *item)
{
    client_t *to = &self->clients[item->to], *from = &self->clients[item->from];
    dd_bytes_t source = dd_name_shown(dd_bytes_of(from->full), dd_bytes_of(to->tenant));
    dd_bytes_t bytes = dd_bytes(item->bytes, item->size);
    if (!is_registered(to)) {
        if (item->type == DD_DATA)
            send_back(item, self->clients, DD_E_NO_DESTINATION);
    } else if (item->type == DD_RECEIPT && item->code != DD_OK) {
        refuse(to, item->ref, source, (dd_error_t)item->code);
    } else {
        hear(to, &(dd_record_t){.type = item->type,
                     .flags = item->flags,
                     .ref = item->ref,
                     .run = item->run,
                     .source = source,
                     .payload = bytes});
    }
}

static bool advance(world_t *self, unsigned index)
{
    way_t *way = &self->ways[index];
    if (way->count == 0)
        return false;
    item_t item = way->items[way->first];
    way->first = (way->first + 1) % WAY_ROOM;
    way->count--;
    hand_over(self, &item);
    return true;
}

static void put(client_t *to, const item_t *item)
{
    way_t *way = &to->world->ways[to->way];
    if (way->count == WAY_ROOM) {
        assert_int_not_equal(item->type, DD_DATA); /* which look for room first */
        return;
    }
    way->items[(way->first + way->count++) % WAY_ROOM] = *item;
}

static void carry(client_t *from, const dd_record_t *record)
{
    world_t *world = from->world;
    client_t *to = find_client(from, record->destination);
    bool sends = record->type == DD_SEND;
    if (!to) {
        if (sends)
            refuse(from, record->ref, record->destination, DD_E_NO_DESTINATION);
        return;
    }
    item_t item = {.type = sends ? DD_DATA : record->type,
        .to = (uint8_t)to->index,
        .from = (uint8_t)from->index,
        .flags = record->flags,
        .code = record->code,
        .size = (uint16_t)record->payload.size,
        .ref = record->ref,
        .run = record->run};
    assert_in_range(item.size, 0, sizeof item.bytes);
    if (item.size > 0)
        memcpy(item.bytes, record->payload.data, item.size);
    bool is_full = world->ways[to->way].count > WAY_ROOM * 3 / 4 || draw(world, 100) == 0;
    if (sends && is_full)
        send_back(&item, world->clients, DD_E_OVERLOADED);
    else
        put(to, &item);
}

static void answer(client_t *self, const dd_record_t *record)
{
    static const uint8_t ID[DD_BROKER_ID_SIZE] = "0123456789abcdef";
    if (record->type == DD_HELLO)
        hear(self, &(dd_record_t){.type = DD_WELCOME,
                       .heartbeat = HEARTBEAT,
                       .limit = 1000,
                       .tenant = dd_bytes_of(self->tenant),
                       .name = record->name,
                       .id = dd_bytes(ID, sizeof ID),
                       .source = dd_bytes_of("broker"),
                       .scope = dd_bytes_of("/1/")});
    else if (record->type == DD_PING)
        hear(self, &(dd_record_t){.type = DD_PONG, .number = record->number});
    else
        carry(self, record);
}

/* The client's broker reads what the client has sent. */
static void flush(client_t *self)
{
    dd_frame_t *frame;
    while (dd_session_wants_connection(self->session) &&
           (frame = dd_outbox_take(dd_session_outbox(self->session)))) {
        dd_reader_t reader;
        dd_record_t record;
        assert_true(dd_frame_open(&reader, frame->data, frame->size));
        while (dd_frame_more(&reader)) {
            assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
            answer(self, &record);
        }
        dd_frame_free(frame);
    }
}

/* ---- What happens ---------------------------------------------------------------------------- */

static void tick(client_t *self)
{
    dd_session_tick(self->session, self->world->now_us);
    if (dd_session_state(self->session) == DD_SESSION_CONNECTING)
        dd_session_connected(self->session, self->world->now_us);
    look_at_news(self);
    flush(self);
}

static void send(client_t *self)
{
    static const char *const NAMES[] = {
        "c0", "c1", "c2", "public.c0", "public.c1", "a.c0", "a.c1", "nobody"};
    world_t *world = self->world;
    const char *destination = NAMES[draw(world, 8)];
    for (uint32_t i = draw(world, 8) + 1; i > 0; i--) {
        assert_true(world->count < MESSAGES_MAX);
        message_t *message = &world->messages[world->count];
        dd_record_t record = {.type = DD_SEND,
            .flags = draw(world, 100) == 0 ? DD_FLAG_TRACE | DD_FLAG_RECEIPT : 0,
            .destination = dd_bytes_of(destination),
            .payload = dd_bytes(&world->count, sizeof world->count)};
        if (dd_session_send(self->session, &record, true) != DD_OK)
            return;
        *message = (message_t){
            .ref = record.ref, .process = self->process, .is_trace = record.flags & DD_FLAG_TRACE};
        self->by_ref[record.ref % REFS_KEPT] = world->count++;
    }
}

static void start(client_t *self)
{
    static const dd_endpoints_t ENDPOINTS = {.items = {"ipc://broker"}, .count = 1};
    world_t *world = self->world;
    dd_session_settings_t settings = {.name = self->name,
        .endpoints = &ENDPOINTS,
        .instance = (uint64_t)draw(world, UINT32_MAX) << 32 | draw(world, UINT32_MAX),
        .outbox = 1 << 20,
        .emit = keep,
        .arg = self,
        .random = no_random};
    self->session = dd_session_new(&settings);
    assert_non_null(self->session);
    self->process = ++world->processes;
    self->oldest = world->count;
    memset(self->latest, 0, sizeof self->latest);
    dd_session_start(self->session);
    tick(self);
}

/* Nobody is there any more to hear of what is open. */
static void kill_process(client_t *self)
{
    for (uint32_t i = self->oldest; i < self->world->count; i++) {
        message_t *message = &self->world->messages[i];
        if (message->process == self->process && message->outcome == OPEN) {
            message->outcome = UNTOLD;
            self->world->told[UNTOLD]++;
        }
    }
    dd_session_destroy(&self->session);
    self->emitted = 0;
}

static void step(world_t *self)
{
    client_t *client = &self->clients[draw(self, CLIENTS)];
    uint32_t what = draw(self, 10000);
    if (what < 2500) {
        send(client);
    } else if (what < 4500) {
        flush(client);
    } else if (what < 7500) {
        for (uint32_t way = draw(self, WAYS), i = draw(self, 32); i > 0; i--)
            advance(self, way);
    } else if (what < 9900) {
        self->now_us += draw(self, 20000);
        tick(client);
    } else if (what < 9960) {
        client->way = draw(self, WAYS);
    } else if (what < 9970) {
        self->ways[draw(self, WAYS)].count = 0;
    } else if (what < 9990) {
        dd_session_lost(client->session, DD_E_NETWORK, "gone");
        look_at_news(client);
    } else if (what < 9995) {
        kill_process(client);
        start(client);
    }
}

/* All that is on its way arrives, and what doesn't is given up. */
static void settle_all(world_t *self)
{
    for (int round = 0; round < 400; round++) {
        self->now_us += 500000;
        for (unsigned i = 0; i < CLIENTS; i++)
            tick(&self->clients[i]);
        for (unsigned way = 0; way < WAYS; way++)
            while (advance(self, way))
                ;
    }
    for (uint32_t i = 0; i < self->count; i++)
        assert_int_not_equal(self->messages[i].outcome, OPEN);
    for (unsigned i = 0; i < CLIENTS; i++)
        assert_int_equal(dd_session_unsettled(self->clients[i].session), 0);
}

static void run(uint32_t seed)
{
    static const struct {
        const char *tenant, *name;
    } WHO[CLIENTS] = {{"a", "c0"}, {"a", "c1"}, {"a", "c2"}, {DD_PUBLIC, "c0"}, {DD_PUBLIC, "c1"}};
    world_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->seed = seed;
    self->now_us = 1000000;
    self->messages = calloc(MESSAGES_MAX, sizeof *self->messages);
    assert_non_null(self->messages);
    for (unsigned i = 0; i < CLIENTS; i++) {
        client_t *client = &self->clients[i];
        *client =
            (client_t){.world = self, .index = i, .tenant = WHO[i].tenant, .name = WHO[i].name};
        snprintf(client->full, sizeof client->full, "%s.%s", client->tenant, client->name);
        start(client);
    }
    for (int i = 0; i < STEPS; i++)
        step(self);
    settle_all(self);
    printf("seed %u: %u sent, %u taken, %u delivered, %u refused, %u unknown, %u untold\n", seed,
        self->count, self->taken, self->told[DELIVERED], self->told[REFUSED], self->told[UNKNOWN],
        self->told[UNTOLD]);
    for (int outcome = DELIVERED; outcome <= UNTOLD; outcome++)
        assert_in_range(self->told[outcome], self->count / 1000, self->count);
    for (unsigned i = 0; i < CLIENTS; i++)
        dd_session_destroy(&self->clients[i].session);
    free(self->messages);
    free(self);
}

static void test_every_notification_ends_in_one_true_outcome(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 3; seed++)
        run(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_notification_ends_in_one_true_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
