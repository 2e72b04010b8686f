/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session - the client's side of a connection as a state machine
 */
#include "session.h"

#include <stdlib.h>

#include "libdd/base/hash.h"
#include "libdd/base/problem.h"
#include "session_state.h"

/* A registration that held for so long wasn't in vain. */
#define LASTING (1000 * MS)
/* A broker that was silent for so many heartbeats is lost. */
#define HEARTBEATS_MISSED 3
/* Looks in a heartbeat at a connection that brings nothing. */
#define LOOKS 4
/* The low bits of an instance count how often the client has said HELLO, so that a broker knows the
   latest of its registrations. */
#define INSTANCE_COUNT_BITS 16

/* ms for which a notification may stay without an outcome, unless the application says otherwise;
   and keepalives, whatever it says. */
#define OUTCOME_LIMIT 60000
#define OUTCOME_KEEPALIVES 3
/* Between two looks for notifications that are over that. */
#define EXPIRE_INTERVAL (1000 * MS)
/* Notifications told as unknown in one go. */
#define UNKNOWN_AT_ONCE 256
/* Requests that end in one go because their time is over. */
#define REQUESTS_AT_ONCE 256
/* Notifications that wait for their acknowledgement before it is sent at once, as after a frame. */
#define ACKNOWLEDGE_AT_ONCE 64
/* Where in an instance the random bits of the first run are. */
#define RUN_SHIFT 32
/* Senders whose latest notification is remembered. */
#define SENDERS_MAX 65536

/* An outcome is told if it is a bad one, which is the end of a request, or if the application wants
   to hear of all. */
static void settle(void *arg, const dd_outcome_t *outcome)
{
    dd_session_t *self = arg;
    dd_request_t *request = dd_requests_find(self->requests, outcome->ref);
    if (request && outcome->error != DD_OK)
        dd_session_end_request(self, request, outcome->error, NULL);
    else if (outcome->error != DD_OK)
        dd_session_emit_error(self, outcome->error, outcome->ref, outcome->destination);
    else if (outcome->wanted)
        self->emit(self->arg,
            &(dd_news_t){
                .type = DD_EVENT_DELIVERED, .ref = outcome->ref, .source = outcome->destination});
}

/* ---- Making and ending --------------------------------------------------------------------- */

dd_session_t *dd_session_new(const dd_session_settings_t *settings)
{
    dd_session_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->subscriptions = dd_subscriptions_new();
    self->outcomes = dd_outcomes_new(settle, self);
    self->arrivals = dd_arrivals_new(SENDERS_MAX);
    self->requests = dd_requests_new();
    if (!self->subscriptions || !self->outcomes || !self->arrivals || !self->requests) {
        dd_session_destroy(&self);
        return NULL;
    }
    self->outcome_limit_ms = OUTCOME_LIMIT;
    self->emit = settings->emit;
    self->look = settings->look;
    self->prove = settings->prove;
    self->arg = settings->arg;
    self->random = settings->random;
    self->operator_key = settings->operator_key;
    self->endpoints = settings->endpoints;
    self->instance = settings->instance >> INSTANCE_COUNT_BITS << INSTANCE_COUNT_BITS;
    /* Not the numbers of an earlier process of that name, whose receipts may still be under way. */
    self->last_ref = (uint32_t)(settings->instance >> INSTANCE_COUNT_BITS);
    self->run = (uint32_t)(settings->instance >> RUN_SHIFT) & ~DD_RUN_COUNT;
    dd_bytes_copy(dd_bytes_of(settings->name), self->name, sizeof self->name);
    dd_outbox_init(&self->outbox, settings->outbox);
    return self;
}

void dd_session_destroy(dd_session_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    dd_subscriptions_destroy(&(*self_p)->subscriptions);
    dd_outcomes_destroy(&(*self_p)->outcomes);
    dd_arrivals_destroy(&(*self_p)->arrivals);
    dd_requests_destroy(&(*self_p)->requests);
    dd_outbox_clear(&(*self_p)->outbox);
    free(*self_p);
    *self_p = NULL;
}

void dd_session_set_tenant(dd_session_t *self, const char *tenant)
{
    dd_bytes_copy(dd_bytes_of(tenant), self->tenant, sizeof self->tenant);
}

dd_error_t dd_session_set_observer(dd_session_t *self)
{
    if (dd_subscriptions_unsent(self->subscriptions))
        return DD_E_ARGUMENT;
    self->observes = true;
    return DD_OK;
}

dd_session_state_t dd_session_state(const dd_session_t *self)
{
    return self->state;
}

dd_outbox_t *dd_session_outbox(dd_session_t *self)
{
    return &self->outbox;
}

uint64_t dd_session_rtt_us(const dd_session_t *self)
{
    return self->rtt_us;
}

/* States in which the broker is listened to. */
#define LISTENING (1u << DD_SESSION_REGISTERING | REGISTERED | 1u << DD_SESSION_LEAVING)

/* ---- The connection ------------------------------------------------------------------------ */

void dd_session_start(dd_session_t *self)
{
    if (self->state == DD_SESSION_IDLE)
        self->state = DD_SESSION_CONNECTING;
}

bool dd_session_wants_connection(const dd_session_t *self)
{
    return self->state == DD_SESSION_CONNECTING || LISTENING & 1u << self->state;
}

void dd_session_connected(dd_session_t *self, uint64_t now_us)
{
    if (self->state != DD_SESSION_CONNECTING)
        return;
    self->state = DD_SESSION_REGISTERING;
    self->heard_us = now_us;
    self->look_us = 0;
    self->pulse = (dd_pulse_t){0};
    self->due_us = now_us + REGISTER_LIMIT;
    self->rtt_us = 0;
    self->outbox.window = (dd_window_t){0};
    uint64_t count_mask = (1u << INSTANCE_COUNT_BITS) - 1;
    self->instance = (self->instance & ~count_mask) | ((self->instance + 1) & count_mask);
    dd_record_t hello = {.type = DD_HELLO,
        .number = self->instance,
        .features = self->observes ? DD_OBSERVES : 0,
        .name = dd_bytes_of(self->name)};
    dd_outbox_append_urgent(&self->outbox, &hello);
}

void dd_session_lost(dd_session_t *self, dd_error_t error, const char *text)
{
    if (self->leaves)
        self->state = DD_SESSION_CLOSED;
    else if (dd_session_wants_connection(self))
        dd_session_end(self, error, text);
}

/* After BYE the broker's own BYE counts, or an ERROR that crossed ours: it has read all before.
   Ours may still wait for it to have room. */
static dd_error_t wait_for_farewell(dd_session_t *self, const dd_record_t *record)
{
    if (record->type == DD_TAKEN)
        return dd_session_taken(self, record);
    if (record->type != DD_BYE && (record->type != DD_ERROR || record->ref != 0))
        return DD_OK;
    if (self->leaves)
        self->state = DD_SESSION_CLOSED;
    else
        dd_session_end(self, DD_E_DRAINING, "the broker is shutting down");
    return DD_OK;
}

void dd_session_input(dd_session_t *self, const void *data, size_t size, uint64_t now_us)
{
    if (!(LISTENING & 1u << self->state))
        return;
    self->now_us = self->heard_us = now_us;
    dd_reader_t frame;
    dd_record_t record;
    dd_error_t error = dd_frame_open(&frame, data, size) ? DD_OK : DD_E_MALFORMED;
    while (error == DD_OK && dd_frame_more(&frame) && LISTENING & 1u << self->state) {
        error = dd_frame_next(&frame, &record);
        if (error == DD_OK && self->state == DD_SESSION_LEAVING)
            error = wait_for_farewell(self, &record);
        else if (error == DD_OK)
            error = dd_session_handle(self, &record);
    }
    if (error != DD_OK)
        dd_session_lost(self, error, "the broker sent what a broker doesn't send");
}

void dd_session_unheard(dd_session_t *self, uint64_t now_us)
{
    self->heard_us = now_us;
    self->expire_us = now_us + EXPIRE_INTERVAL;
}

/* Tells of what was in the oldest unsent frame. */
static void return_frame(dd_session_t *self, dd_frame_t *unsent)
{
    dd_reader_t frame;
    dd_record_t record;
    bool valid = dd_frame_open(&frame, unsent->data, unsent->size);
    while (valid && dd_frame_more(&frame) && dd_frame_next(&frame, &record) == DD_OK) {
        if (record.type == DD_SEND)
            dd_outcomes_settle(self->outcomes, dd_session_shown(self, record.destination),
                record.ref, DD_E_NOT_CONNECTED);
        else if (record.type == DD_PUBLISH)
            self->unpublished++;
    }
    dd_frame_free(unsent);
}

/* A broker that isn't there all day is told of once. */
static void emit_disconnected(dd_session_t *self)
{
    unsigned *told = &self->told[self->endpoint];
    unsigned text = dd_hash_bytes(self->reason.text, strlen(self->reason.text));
    unsigned reason = (text ^ (unsigned)self->reason.error << 1) | 1u;
    if (!self->was_registered && *told == reason)
        return;
    *told = reason;
    self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_DISCONNECTED,
                              .error = self->reason.error,
                              .number = self->unpublished,
                              .text = dd_bytes_of(self->reason.text)});
}

/* Chooses where to connect next, and when: at once, until all endpoints have been tried. */
static void choose_next(dd_session_t *self)
{
    self->due_us = self->now_us;
    /* A broker that has forgotten a client is there: no reason to wait, or to go elsewhere, if it
       doesn't do so all the time. */
    if (self->was_registered && self->reason.error == DD_E_UNKNOWN_PEER &&
        self->now_us >= self->registered_us + LASTING)
        return;
    self->endpoint = (self->endpoint + 1) % self->endpoints->count;
    if (++self->failures % self->endpoints->count == 0)
        self->due_us += dd_backoff_next(&self->backoff, self->random()) * (uint64_t)MS;
}

static void finish_ending(dd_session_t *self)
{
    dd_session_drop_questions(self, UINT64_MAX, DD_E_NOT_CONNECTED);
    if (self->is_final) {
        dd_session_close_requests(self);
        self->state = DD_SESSION_CLOSED;
        self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_CLOSED,
                                  .error = self->reason.error,
                                  .text = dd_bytes_of(self->reason.text)});
        return;
    }
    emit_disconnected(self);
    self->unpublished = 0;
    self->state = DD_SESSION_PAUSE;
    choose_next(self);
}

/* Settles what has waited for too long. */
static void expire(dd_session_t *self)
{
    if (dd_outcomes_count(self->outcomes) == 0 || self->now_us < self->expire_us)
        return;
    uint64_t least_ms = OUTCOME_KEEPALIVES * self->heartbeat_us / MS;
    uint64_t limit_ms = self->outcome_limit_ms > least_ms ? self->outcome_limit_ms : least_ms;
    if (!dd_outcomes_expire(self->outcomes, self->now_us / MS, limit_ms, UNKNOWN_AT_ONCE))
        self->expire_us = self->now_us + EXPIRE_INTERVAL;
}

/* When a broker that stays silent is looked at next. */
static uint64_t next_look(const dd_session_t *self)
{
    uint64_t first_us = self->heard_us + self->heartbeat_us;
    return first_us > self->look_us ? first_us : self->look_us;
}

/* A broker isn't silent while one message takes its time on the line, or our PING behind one. */
static bool is_silent(dd_session_t *self)
{
    uint64_t end_us = self->heard_us + HEARTBEATS_MISSED * self->heartbeat_us;
    bool late = self->now_us >= end_us;
    if (self->now_us < next_look(self))
        return false;
    self->look_us = self->now_us + self->heartbeat_us / LOOKS;
    if (!late && end_us < self->look_us)
        self->look_us = end_us;
    dd_traffic_t traffic;
    if (self->look && self->look(self->arg, &traffic) &&
        dd_pulse_feel(&self->pulse, &traffic, true, &self->heard_us, self->now_us) != DD_PULSE_NONE)
        return false;
    return late;
}

static void keep_up(dd_session_t *self)
{
    if (is_silent(self)) {
        dd_session_end(self, DD_E_TIMEOUT, "the broker is silent");
        return;
    }
    if (self->now_us >= self->due_us)
        dd_session_ping(self);
    dd_session_drop_questions(self, self->now_us, DD_E_TIMEOUT);
    dd_session_send_subscriptions(self);
    if (dd_arrivals_pending(self->arrivals) >= ACKNOWLEDGE_AT_ONCE ||
        (self->acknowledge_us > 0 && self->now_us >= self->acknowledge_us))
        dd_session_acknowledge(self);
    expire(self);
}

/* Goes on leaving once all that was sent is settled, or time is over. */
static void settle_and_part(dd_session_t *self)
{
    if (self->state != DD_SESSION_SETTLING ||
        (dd_outcomes_count(self->outcomes) > 0 && self->now_us < self->part_us))
        return;
    self->state = DD_SESSION_PARTING;
    self->due_us = self->now_us + LEAVE_LIMIT;
    dd_session_acknowledge(self);
    dd_outbox_append_urgent(&self->outbox, &(dd_record_t){.type = DD_DRAIN});
}

/* Tells what was in the outbox of the connection that is over, and then what was on its way. */
static void wind_up(dd_session_t *self)
{
    dd_frame_t *unsent = dd_outbox_take(&self->outbox);
    if (unsent)
        return_frame(self, unsent);
    else if (!dd_outcomes_abandon(self->outcomes, UNKNOWN_AT_ONCE))
        finish_ending(self);
}

void dd_session_tick(dd_session_t *self, uint64_t now_us)
{
    self->now_us = now_us;
    dd_session_expire_requests(self, now_us, REQUESTS_AT_ONCE);
    switch (self->state) {
    case DD_SESSION_ENDING:
        wind_up(self);
        break;
    case DD_SESSION_PAUSE:
        if (now_us >= self->due_us)
            self->state = DD_SESSION_CONNECTING;
        break;
    case DD_SESSION_REGISTERING:
        if (now_us >= self->due_us)
            dd_session_end(self, DD_E_TIMEOUT, "the broker doesn't answer");
        break;
    case DD_SESSION_REGISTERED:
        keep_up(self);
        break;
    case DD_SESSION_SETTLING:
        keep_up(self);
        settle_and_part(self);
        break;
    case DD_SESSION_PARTING:
        if (now_us >= self->due_us)
            dd_session_say_bye(self);
        break;
    case DD_SESSION_LEAVING:
        if (now_us >= self->due_us)
            dd_session_lost(self, DD_E_DRAINING, "the broker is shutting down");
        break;
    default:
        break;
    }
}

/* When the connection is to be looked after. */
static uint64_t connection_due(const dd_session_t *self)
{
    switch (self->state) {
    case DD_SESSION_ENDING:
        return 0;
    case DD_SESSION_PAUSE:
    case DD_SESSION_REGISTERING:
    case DD_SESSION_PARTING:
    case DD_SESSION_LEAVING:
        return self->due_us;
    case DD_SESSION_SETTLING:
    case DD_SESSION_REGISTERED:
        break;
    default:
        return UINT64_MAX;
    }
    uint64_t due = self->due_us < next_look(self) ? self->due_us : next_look(self);
    if (self->state == DD_SESSION_SETTLING && self->part_us < due)
        due = self->part_us;
    if (self->acknowledge_us > 0 && self->acknowledge_us < due)
        due = self->acknowledge_us;
    if (self->subscribe_us > self->now_us && self->subscribe_us < due)
        due = self->subscribe_us;
    if (dd_outcomes_count(self->outcomes) > 0 && self->expire_us < due)
        due = self->expire_us;
    for (size_t i = 0; i < QUESTIONS_MAX; i++)
        if (self->questions[i].ref != 0 && self->questions[i].until_us < due)
            due = self->questions[i].until_us;
    return due;
}

uint64_t dd_session_due(const dd_session_t *self)
{
    uint64_t due = connection_due(self);
    const dd_request_t *request = dd_requests_first(self->requests);
    return request && request->until_us < due ? request->until_us : due;
}

void dd_session_leave(dd_session_t *self, uint64_t until_us, uint64_t now_us)
{
    self->now_us = now_us;
    self->leaves = true;
    dd_session_close_requests(self);
    if (self->state == DD_SESSION_REGISTERED || self->state == DD_SESSION_SETTLING) {
        dd_session_settle_until(self, until_us);
        settle_and_part(self);
    } else if (self->state == DD_SESSION_REGISTERING) {
        dd_session_say_bye(self); /* it may be registered by now */
    } else if (!(LISTENING & 1u << self->state)) {
        self->state = DD_SESSION_CLOSED;
    }
}
