/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session_calls - what the application asks of a session
 */
#include "libdd/protocol/scope.h"
#include "libdd/protocol/topic.h"
#include "session_state.h"

/* For how long answers to a question are waited for. */
#define QUESTION_LIFE (15000 * MS)

static bool is_over(const dd_session_t *self)
{
    return self->leaves || self->state == DD_SESSION_CLOSED;
}

/* Whether the broker still takes an answer to what it has brought. */
static bool may_answer(const dd_session_t *self)
{
    return REGISTERED & 1u << self->state;
}

/* What is wrong when there is no registration. */
static dd_error_t check_registered(const dd_session_t *self)
{
    if (self->state == DD_SESSION_REGISTERED)
        return DD_OK;
    return is_over(self) ? DD_E_CLOSED : DD_E_NOT_CONNECTED;
}

/* Notifications of one run. A receiver tells earlier from later by half the range of a ref, and may
   have heard nothing of this client for long. */
#define RUN_LENGTH (1u << 30)

/* The number of a SEND: its run, and a ref in it. */
static void number(dd_session_t *self, dd_record_t *record)
{
    record->ref = dd_session_next_ref(self);
    if (record->ref - self->run_began > RUN_LENGTH)
        dd_session_next_run(self);
    record->run = self->run;
}

/* Too many to one destination are open. What is still here may go yet: no receiver's fault. */
static dd_error_t refuse_crowded(dd_session_t *self, dd_bytes_t destination)
{
    bool sent = dd_outbox_empty(&self->outbox);
    dd_bytes_t watched = {0};
    if (!sent)
        watched = destination;
    dd_outcomes_watch(self->outcomes, watched);
    return sent ? DD_E_OVERLOADED : DD_E_OUTBOX_FULL;
}

/* Bytes that a slow line carries in a millisecond. */
#define SLOW_LINE 50

/* A notification may take as long as a slow line needs for it, and for what is here before it. */
static uint64_t patient_since_ms(const dd_session_t *self, const dd_record_t *record)
{
    return self->now_us / MS + (self->outbox.bytes + record->payload.size) / SLOW_LINE;
}

/* The time is that of the last tick, at most a heartbeat ago: a notification may wait for its
   outcome for much longer, and a clock is not read for each. */
static dd_error_t send_notification(dd_session_t *self, const dd_record_t *record, bool wanted)
{
    dd_bytes_t destination = dd_session_shown(self, record->destination);
    dd_error_t error = dd_outcomes_open(
        self->outcomes, destination, record->ref, wanted, patient_since_ms(self, record));
    if (error == DD_E_OVERLOADED)
        return refuse_crowded(self, destination);
    if (error != DD_OK)
        return error;
    error = dd_session_append(self, record);
    if (error != DD_OK)
        dd_outcomes_cancel(self->outcomes, destination, record->ref);
    return error;
}

/* What forbids to send that record now. */
static dd_error_t check_sending(const dd_session_t *self, const dd_record_t *record)
{
    if (self->observes)
        return DD_E_REFUSED;
    dd_error_t error = check_registered(self);
    if (error != DD_OK)
        return error;
    return record->payload.size > self->sealed_max ? DD_E_TOO_LARGE : DD_OK;
}

dd_error_t dd_session_send(dd_session_t *self, dd_record_t *record, bool wanted)
{
    dd_error_t error = check_sending(self, record);
    if (error != DD_OK)
        return error;
    if (record->type != DD_SEND)
        return dd_session_append(self, record);
    number(self, record);
    return send_notification(self, record, wanted);
}

size_t dd_session_unsettled(const dd_session_t *self)
{
    return dd_outcomes_count(self->outcomes);
}

bool dd_session_is_congested(const dd_session_t *self)
{
    return dd_outcomes_is_full(self->outcomes) ||
           (dd_outcomes_is_crowded(self->outcomes) && !dd_outbox_empty(&self->outbox));
}

void dd_session_set_outcome_limit(dd_session_t *self, uint64_t limit_us)
{
    self->outcome_limit_ms = limit_us / MS;
}

void dd_session_receipt(dd_session_t *self, uint32_t ref, dd_bytes_t source)
{
    if (!may_answer(self))
        return;
    dd_outbox_append_urgent(
        &self->outbox, &(dd_record_t){.type = DD_RECEIPT, .ref = ref, .destination = source});
}

void dd_session_unreadable(dd_session_t *self, uint32_t ref, dd_bytes_t source)
{
    if (!may_answer(self))
        return;
    dd_arrivals_exclude(self->arrivals, source, ref);
    dd_outbox_append_urgent(&self->outbox,
        &(dd_record_t){
            .type = DD_RECEIPT, .code = DD_E_UNREADABLE, .ref = ref, .destination = source});
}

/* An empty outbox takes one however small it is. */
static bool has_room_for_ack(const dd_outbox_t *outbox)
{
    return dd_outbox_empty(outbox) ||
           outbox->bytes + DD_RECORD_OVERHEAD + DD_ARRIVALS_ROOM < outbox->limit;
}

void dd_session_acknowledge(dd_session_t *self)
{
    uint8_t room[DD_ARRIVALS_ROOM];
    dd_record_t ack;
    /* They may wait for room, and what waits too long is merely unknown to its sender. */
    while (has_room_for_ack(&self->outbox) && dd_arrivals_next(self->arrivals, &ack, room))
        dd_outbox_append_urgent(&self->outbox, &ack);
    bool waits = dd_arrivals_pending(self->arrivals) > 0;
    self->acknowledge_us = waits ? self->now_us + ACKNOWLEDGE_LIMIT : 0;
}

/* ---- Requests ------------------------------------------------------------------------------ */

dd_error_t dd_session_request(
    dd_session_t *self, dd_record_t *record, uint64_t until_us, dd_handler_t handler)
{
    dd_error_t error = check_sending(self, record);
    if (error != DD_OK)
        return error;
    number(self, record);
    error = dd_requests_open(self->requests, dd_session_shown(self, record->destination),
        record->ref, until_us, handler);
    if (error != DD_OK)
        return error;
    error = send_notification(self, record, false);
    if (error != DD_OK)
        dd_requests_end(self->requests, dd_requests_find(self->requests, record->ref));
    return error;
}

/* What comes of it later is nothing to tell of. */
static void cancel_outcome(dd_session_t *self, const dd_request_t *request)
{
    dd_outcomes_cancel(self->outcomes, dd_request_destination(request), request->ref);
}

void dd_session_forget_request(dd_session_t *self, uint32_t ref)
{
    dd_request_t *request = dd_requests_find(self->requests, ref);
    if (!request)
        return;
    cancel_outcome(self, request);
    dd_requests_end(self->requests, request);
}

static void emit_reply(
    dd_session_t *self, const dd_request_t *request, dd_error_t error, const dd_record_t *reply)
{
    dd_news_t news = {.type = DD_EVENT_REPLY,
        .error = error,
        .ref = request->ref,
        .source = dd_request_destination(request),
        .handler = request->handler};
    if (reply) {
        news.sealed = reply->payload;
        news.arrival = reply->ref;
    }
    self->emit(self->arg, &news);
}

void dd_session_end_request(
    dd_session_t *self, dd_request_t *request, dd_error_t error, const dd_record_t *reply)
{
    emit_reply(self, request, error, reply);
    dd_requests_end(self->requests, request);
}

void dd_session_take_reply(dd_session_t *self, dd_request_t *request, const dd_record_t *reply)
{
    cancel_outcome(self, request);
    dd_session_end_request(self, request, DD_OK, reply);
}

void dd_session_expire_requests(dd_session_t *self, uint64_t now_us, size_t most)
{
    dd_request_t *request;
    while ((request = dd_requests_first(self->requests)) && request->until_us <= now_us &&
           most-- > 0) {
        cancel_outcome(self, request);
        dd_session_end_request(self, request, DD_E_TIMEOUT, NULL);
    }
}

void dd_session_close_requests(dd_session_t *self)
{
    dd_request_t *request;
    while ((request = dd_requests_first(self->requests))) {
        cancel_outcome(self, request);
        dd_session_end_request(self, request, DD_E_CLOSED, NULL);
    }
}

/* ---- Subscriptions ------------------------------------------------------------------------- */

/* Sends what there is room for in the outbox and in memory; the next tick goes on. */
void dd_session_send_subscriptions(dd_session_t *self)
{
    const dd_subscription_t *next;
    if (self->now_us < self->subscribe_us)
        return;
    while ((next = dd_subscriptions_unsent(self->subscriptions))) {
        uint32_t ref = dd_session_next_ref(self);
        dd_record_t record = {.type = DD_SUBSCRIBE,
            .ref = ref,
            .topic = dd_bytes_of(next->topic),
            .scope = dd_bytes_of(next->pattern)};
        if (!dd_subscriptions_sent(self->subscriptions, ref))
            return;
        if (dd_session_append(self, &record) != DD_OK) {
            dd_subscriptions_take_back(self->subscriptions, ref);
            return;
        }
    }
}

/* Checks what the application gives, and makes the scope canonical. */
static dd_error_t check_subscription(
    const dd_session_t *self, const char *topic, const char *scope, dd_scope_t *pattern)
{
    if (is_over(self))
        return DD_E_CLOSED;
    if (self->operator_key || self->observes)
        return DD_E_REFUSED;
    if (!dd_topic_subscribable(dd_bytes_of(topic)))
        return DD_E_TOPIC_INVALID;
    return dd_scope_parse_pattern(pattern, dd_bytes_of(scope)) ? DD_OK : DD_E_SCOPE_INVALID;
}

dd_error_t dd_session_subscribe_to(
    dd_session_t *self, const char *topic, const char *scope, dd_handler_t handler)
{
    dd_scope_t pattern;
    dd_error_t error = check_subscription(self, topic, scope, &pattern);
    if (error != DD_OK)
        return error;
    bool is_new = !dd_subscriptions_find(self->subscriptions, topic, pattern.text);
    dd_subscription_t *wish = dd_subscriptions_add(self->subscriptions, topic, pattern.text);
    if (!wish)
        return DD_E_MEMORY;
    if (!dd_subscriptions_handle(self->subscriptions, wish, handler)) {
        if (is_new)
            dd_subscriptions_remove(self->subscriptions, wish);
        return DD_E_MEMORY;
    }
    if (self->state == DD_SESSION_REGISTERED)
        dd_session_send_subscriptions(self);
    return DD_OK;
}

dd_error_t dd_session_unsubscribe(dd_session_t *self, const char *topic, const char *scope)
{
    dd_scope_t pattern;
    dd_error_t error = check_subscription(self, topic, scope, &pattern);
    if (error != DD_OK)
        return error;
    dd_subscription_t *found = dd_subscriptions_find(self->subscriptions, topic, pattern.text);
    if (!found)
        return DD_E_NOT_SUBSCRIBED;
    dd_bytes_t topic_bytes = dd_bytes_of(topic);
    if (self->state == DD_SESSION_REGISTERED && found->ref != 0) {
        dd_record_t record = {.type = DD_UNSUBSCRIBE,
            .ref = dd_session_next_ref(self),
            .topic = topic_bytes,
            .scope = dd_scope_bytes(&pattern)};
        error = dd_session_append(self, &record);
        self->unsubscribes[self->unsubscribe++ % UNSUBSCRIBES_MAX] = record.ref;
    } else {
        self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_UNSUBSCRIBED,
                                  .topic = topic_bytes,
                                  .scope = dd_scope_bytes(&pattern)});
    }
    if (error == DD_OK)
        dd_subscriptions_remove(self->subscriptions, found);
    return error;
}

/* ---- Questions ----------------------------------------------------------------------------- */

question_t *dd_session_find_question(dd_session_t *self, uint32_t ref)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++)
        if (self->questions[i].ref == ref)
            return &self->questions[i];
    return NULL;
}

/* Gives up the questions whose time is over, with the reason. */
void dd_session_drop_questions(dd_session_t *self, uint64_t now_us, dd_error_t error)
{
    for (size_t i = 0; i < QUESTIONS_MAX; i++) {
        question_t *question = &self->questions[i];
        if (question->ref == 0 || question->until_us > now_us)
            continue;
        dd_session_emit_error(self, error, question->ref, dd_bytes_of("inspect"));
        question->ref = 0;
    }
}

dd_error_t dd_session_ask(dd_session_t *self, dd_record_t *question, uint64_t now_us)
{
    if (self->observes && question->type == DD_CONTROL)
        return DD_E_REFUSED;
    dd_error_t error = check_registered(self);
    if (error != DD_OK)
        return error;
    question_t *place = dd_session_find_question(self, 0);
    if (!place)
        return DD_E_LIMIT;
    question->ref = dd_session_next_ref(self);
    error = dd_session_append(self, question);
    if (error == DD_OK)
        *place = (question_t){question->ref, 1, now_us + QUESTION_LIFE};
    return error;
}
