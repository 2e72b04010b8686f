/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session_handlers - what a broker may say, and what a session makes of it
 */
#include <sodium.h>
#include <stdio.h>

#include "libdd/keys/box.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/scope.h"
#include "session_state.h"

static dd_error_t wire_error(uint16_t code)
{
    return dd_wire_error(code, DD_E_PROTOCOL);
}

/* Of a broker that shuts down, which waits a little longer. */
#define SETTLE_LIMIT (1500 * MS)
/* Until subscriptions are asked for again that came too fast. */
#define SUBSCRIBE_PAUSE (1000 * MS)

/* Each takes one record. DD_OK, or what the broker did wrong, which ends the connection. What the
   broker only hands on is others' doing: of that, what can't be is passed over. */
typedef dd_error_t(handler_t)(dd_session_t *self, const dd_record_t *record);

static bool is_valid_welcome(const dd_session_t *self, const dd_record_t *record)
{
    dd_scope_t scope;
    bool tenant_valid =
        self->operator_key ? record->tenant.size == 0 : dd_tenant_valid(record->tenant);
    return tenant_valid && dd_client_valid(record->name) && dd_broker_valid(record->source) &&
           dd_scope_parse(&scope, record->scope) && record->id.size == DD_BROKER_ID_SIZE;
}

static void emit_registered(dd_session_t *self, const dd_record_t *record)
{
    dd_name_t full;
    dd_bytes_t source = record->name;
    if (dd_name_join(&full, record->tenant, record->name))
        source = dd_name_bytes(&full);
    size_t payload_max =
        self->sealed_max > DD_BOX_OVERHEAD ? self->sealed_max - DD_BOX_OVERHEAD : 0;
    self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_REGISTERED,
                              .number = payload_max,
                              .source = source,
                              .text = record->source,
                              .scope = record->scope,
                              .endpoint = dd_bytes_of(dd_session_endpoint(self))});
}

static dd_error_t on_welcome(dd_session_t *self, const dd_record_t *record)
{
    if (!is_valid_welcome(self, record))
        return DD_E_MALFORMED;
    if (self->tenant[0] && !dd_bytes_equal(record->tenant, dd_bytes_of(self->tenant))) {
        char text[sizeof self->reason.text];
        snprintf(text, sizeof text, "the key file is of tenant %.*s, not of %s",
            (int)record->tenant.size, (const char *)record->tenant.data, self->tenant);
        dd_session_end(self, DD_E_REFUSED, text);
        self->is_final = true;
        return DD_OK;
    }
    self->heartbeat_us = (uint64_t)dd_heartbeat(record->heartbeat) * MS;
    self->sealed_max = record->limit;
    self->outbox.window.size = record->window;
    self->registered_us = self->now_us;
    self->is_public = dd_bytes_equal(record->tenant, dd_bytes_of(DD_PUBLIC));
    dd_session_next_run(self);
    dd_arrivals_forget_pending(self->arrivals);
    self->acknowledge_us = 0;
    self->state = DD_SESSION_REGISTERED;
    memset(self->told, 0, sizeof self->told);
    self->failures = 0;
    dd_backoff_reset(&self->backoff);
    emit_registered(self, record);
    dd_session_prove(self);
    dd_session_ping(self);
    self->subscribe_us = 0;
    dd_subscriptions_restart(self->subscriptions);
    dd_session_send_subscriptions(self);
    return DD_OK;
}

/* While registering: the broker has yet to find out whether the name is free. */
static dd_error_t on_ping(dd_session_t *self, const dd_record_t *record)
{
    if (self->state == DD_SESSION_REGISTERING)
        self->due_us = self->now_us + REGISTER_LIMIT;
    dd_session_say_alive(self, &(dd_record_t){.type = DD_PONG, .number = record->number});
    return DD_OK;
}

static dd_error_t on_pong(dd_session_t *self, const dd_record_t *record)
{
    if (record->number <= self->now_us)
        self->rtt_us = self->now_us - record->number;
    return DD_OK;
}

static dd_error_t on_bye(dd_session_t *self, const dd_record_t *record)
{
    char text[sizeof self->reason.text];
    dd_bytes_copy(record->text, text, sizeof text);
    dd_session_end(self, wire_error(record->code), text);
    return DD_OK;
}

/* The broker shuts down and asks to be left; or it has sent all that it had for us when we said
   that we leave. */
static dd_error_t on_drain(dd_session_t *self, const dd_record_t *record)
{
    if (record->code != DD_OK && self->state != DD_SESSION_PARTING) {
        dd_session_settle_until(self, self->now_us + SETTLE_LIMIT);
    } else if (record->code == DD_OK && self->state == DD_SESSION_PARTING) {
        dd_session_acknowledge(self);
        dd_session_say_bye(self);
    }
    return DD_OK;
}

/* A word about the connection itself: it is over. */
static void on_connection_error(dd_session_t *self, dd_error_t error, dd_bytes_t text)
{
    static const dd_error_t FINAL[] = {DD_E_NAME_TAKEN, DD_E_NAME_INVALID, DD_E_REFUSED};
    char why[sizeof self->reason.text];
    dd_bytes_copy(text, why, sizeof why);
    dd_session_end(self, error, why);
    for (size_t i = 0; i < sizeof FINAL / sizeof FINAL[0]; i++)
        self->is_final |= error == FINAL[i];
}

/* Whether one of the latest UNSUBSCRIBEs has that ref, which is given up then. */
static bool take_unsubscribe(dd_session_t *self, uint32_t ref)
{
    for (size_t i = 0; i < UNSUBSCRIBES_MAX; i++)
        if (self->unsubscribes[i] == ref) {
            self->unsubscribes[i] = 0;
            return true;
        }
    return false;
}

/* A notification, a question or an UNSUBSCRIBE was refused. What has had its outcome, or was never
   asked, has no second one. */
static void on_refusal(dd_session_t *self, dd_error_t error, const dd_record_t *record)
{
    question_t *question = dd_session_find_question(self, record->ref);
    if (question)
        question->ref = 0;
    if (question || take_unsubscribe(self, record->ref))
        dd_session_emit_error(self, error, record->ref, record->text);
    else
        dd_outcomes_settle(
            self->outcomes, dd_session_shown(self, record->text), record->ref, error);
}

/* The tenant has done too much in this time: asks again later. False if that can't be. */
static bool postpone(dd_session_t *self, const dd_subscription_t *refused)
{
    self->subscribe_us = self->now_us + SUBSCRIBE_PAUSE;
    return dd_subscriptions_add(self->subscriptions, refused->topic, refused->pattern);
}

static dd_error_t on_error(dd_session_t *self, const dd_record_t *record)
{
    dd_error_t error = wire_error(record->code);
    if (record->ref == 0) {
        on_connection_error(self, error, record->text);
        return DD_OK;
    }
    dd_subscription_t *refused = dd_subscriptions_find_ref(self->subscriptions, record->ref);
    if (!refused) {
        on_refusal(self, error, record);
        return DD_OK;
    }
    bool passes = error == DD_E_RATE_LIMITED || error == DD_E_OVERLOADED;
    if (passes && postpone(self, refused))
        return DD_OK;
    self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_ERROR,
                              .error = error,
                              .topic = dd_bytes_of(refused->topic),
                              .scope = dd_bytes_of(refused->pattern),
                              .text = record->text});
    dd_subscriptions_remove(self->subscriptions, refused);
    return DD_OK;
}

/* One that nobody waits for, any more or from that source, is passed over. */
static dd_error_t on_reply(dd_session_t *self, const dd_record_t *record)
{
    dd_request_t *request = dd_requests_find(self->requests, record->re);
    if (request && dd_bytes_equal(record->source, dd_request_destination(request)))
        dd_session_take_reply(self, request, record);
    return DD_OK;
}

static dd_error_t on_data(dd_session_t *self, const dd_record_t *record)
{
    if (!dd_word_valid(record->source, DD_NAME_MAX) || !dd_arrivals_take(self->arrivals, record))
        return DD_OK;
    if (self->acknowledge_us == 0 && dd_arrivals_pending(self->arrivals) > 0)
        self->acknowledge_us = self->now_us + ACKNOWLEDGE_LIMIT;
    if (record->flags & DD_FLAG_TRACE) { /* only to see whether it arrives */
        dd_session_receipt(self, record->ref, record->source);
        return DD_OK;
    }
    if (record->flags & DD_FLAG_REPLY)
        return on_reply(self, record);
    self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_NOTIFICATION,
                              .ref = record->ref,
                              .came_us = self->now_us,
                              .source = record->source,
                              .sealed = record->payload,
                              .arrival = record->ref,
                              .is_request = record->flags & DD_FLAG_REQUEST,
                              .wants_receipt = record->flags & DD_FLAG_RECEIPT});
    return DD_OK;
}

static bool is_valid_topic_and_scope(const dd_record_t *record)
{
    return dd_word_valid(record->topic, DD_TOPIC_MAX) && dd_word_valid(record->scope, DD_SCOPE_MAX);
}

typedef struct {
    dd_session_t *session;
    const dd_record_t *record;
} publication_t;

static void emit_publication(void *arg, dd_handler_t handler)
{
    const publication_t *self = arg;
    const dd_record_t *record = self->record;
    self->session->emit(self->session->arg, &(dd_news_t){.type = DD_EVENT_PUBLICATION,
                                                .came_us = self->session->now_us,
                                                .source = record->source,
                                                .topic = record->topic,
                                                .scope = record->scope,
                                                .sealed = record->payload,
                                                .handler = handler});
}

static dd_error_t on_publication(dd_session_t *self, const dd_record_t *record)
{
    publication_t publication = {self, record};
    if (!dd_word_valid(record->source, DD_NAME_MAX) || !is_valid_topic_and_scope(record))
        return DD_OK;
    if (!dd_subscriptions_match(
            self->subscriptions, record->topic, record->scope, emit_publication, &publication))
        emit_publication(&publication, (dd_handler_t){0});
    return DD_OK;
}

/* Whether something was sent with that ref. */
static bool is_of_mine(const dd_session_t *self, uint32_t ref)
{
    return self->last_ref - ref < self->refs;
}

static dd_error_t on_receipt(dd_session_t *self, const dd_record_t *record)
{
    if (!dd_word_valid(record->source, DD_NAME_MAX) || !is_of_mine(self, record->ref))
        return DD_OK;
    dd_outcomes_settle(self->outcomes, record->source, record->ref, DD_OK);
    self->emit(self->arg,
        &(dd_news_t){.type = DD_EVENT_RECEIPT, .ref = record->ref, .source = record->source});
    return DD_OK;
}

/* A publication has no ref: what is known of one that was refused is its topic. */
static dd_error_t on_unpublished(dd_session_t *self, const dd_record_t *record)
{
    if (!dd_word_valid(record->topic, DD_TOPIC_MAX))
        return DD_E_MALFORMED;
    self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_ERROR,
                              .error = wire_error(record->code),
                              .topic = record->topic,
                              .text = record->topic});
    return DD_OK;
}

static dd_error_t on_ack(dd_session_t *self, const dd_record_t *record)
{
    if (dd_word_valid(record->source, DD_NAME_MAX) && dd_run_is_of_same(record->run, self->run))
        dd_outcomes_acknowledge(self->outcomes, record->source, record->payload);
    return DD_OK;
}

static dd_error_t on_hop(dd_session_t *self, const dd_record_t *record)
{
    dd_scope_t scope;
    if (!is_of_mine(self, record->ref) || !dd_broker_valid(record->name) ||
        !dd_scope_parse(&scope, record->scope))
        return DD_OK;
    self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_HOP,
                              .error = record->code == DD_OK ? DD_OK : wire_error(record->code),
                              .ref = record->ref,
                              .number = record->number,
                              .source = record->name,
                              .scope = record->scope,
                              .text = record->text});
    return DD_OK;
}

/* SUBSCRIBED, UNSUBSCRIBED and GAP: all of one form. */
static dd_error_t on_topic(dd_session_t *self, const dd_record_t *record)
{
    static const dd_event_type_t EVENTS[] = {[DD_SUBSCRIBED] = DD_EVENT_SUBSCRIBED,
        [DD_UNSUBSCRIBED] = DD_EVENT_UNSUBSCRIBED,
        [DD_GAP] = DD_EVENT_GAP};
    if (!is_valid_topic_and_scope(record))
        return DD_E_MALFORMED;
    self->emit(self->arg, &(dd_news_t){.type = EVENTS[record->type],
                              .number = record->number,
                              .topic = record->topic,
                              .scope = record->scope});
    return DD_OK;
}

/* Between two connections nobody counts what is missed. */
static dd_error_t on_subscribed(dd_session_t *self, const dd_record_t *record)
{
    dd_error_t error = on_topic(self, record);
    dd_subscription_t *wish = dd_subscriptions_find_ref(self->subscriptions, record->ref);
    if (error == DD_OK && wish)
        dd_bytes_copy(record->scope, wish->path, sizeof wish->path);
    if (error != DD_OK || !wish || !wish->interrupted)
        return error;
    wish->interrupted = false;
    self->emit(self->arg,
        &(dd_news_t){.type = DD_EVENT_GAP, .topic = record->topic, .scope = record->scope});
    return DD_OK;
}

static dd_error_t on_report(dd_session_t *self, const dd_record_t *record)
{
    char id[2 * DD_BROKER_ID_SIZE + 1];
    question_t *question = record->ref == 0 ? NULL : dd_session_find_question(self, record->ref);
    if (!question || record->id.size != DD_BROKER_ID_SIZE)
        return DD_OK; /* its time is over */
    sodium_bin2hex(id, sizeof id, record->id.data, record->id.size);
    if (record->flags & DD_FLAG_LAST)
        question->outstanding += record->links - 1u;
    self->emit(self->arg, &(dd_news_t){.type = DD_EVENT_REPORT,
                              .ref = record->ref,
                              .number = question->outstanding,
                              .source = dd_bytes_of(id),
                              .text = record->payload});
    if (question->outstanding == 0)
        question->ref = 0;
    return DD_OK;
}

#define REGISTERING (1u << DD_SESSION_REGISTERING)

static const struct {
    handler_t *handle;
    unsigned states; /* in which it may come */
} HANDLERS[] = {
    [DD_WELCOME] = {on_welcome, REGISTERING},
    [DD_PING] = {on_ping, REGISTERING | REGISTERED},
    [DD_PONG] = {on_pong, REGISTERED},
    [DD_BYE] = {on_bye, REGISTERING | REGISTERED},
    [DD_ERROR] = {on_error, REGISTERING | REGISTERED},
    [DD_DATA] = {on_data, REGISTERED},
    [DD_RECEIPT] = {on_receipt, REGISTERED},
    [DD_HOP] = {on_hop, REGISTERED},
    [DD_ACK] = {on_ack, REGISTERED},
    [DD_TAKEN] = {dd_session_taken, REGISTERED},
    [DD_DRAIN] = {on_drain, REGISTERED},
    [DD_SUBSCRIBED] = {on_subscribed, REGISTERED},
    [DD_UNSUBSCRIBED] = {on_topic, REGISTERED},
    [DD_PUBLICATION] = {on_publication, REGISTERED},
    [DD_GAP] = {on_topic, REGISTERED},
    [DD_UNPUBLISHED] = {on_unpublished, REGISTERED},
    [DD_REPORT] = {on_report, REGISTERED},
};

dd_error_t dd_session_handle(dd_session_t *self, const dd_record_t *record)
{
    if (!dd_record_name(record->type))
        return DD_OK; /* unknown, but optional */
    size_t count = sizeof HANDLERS / sizeof HANDLERS[0];
    if (record->type >= count || !(HANDLERS[record->type].states & 1u << self->state))
        return DD_E_PROTOCOL;
    return HANDLERS[record->type].handle(self, record);
}
