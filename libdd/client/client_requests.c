/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_requests - requests and replies, for callers that wait and for those that don't
 */
#include <utlist.h>

#include "client_wait.h"
#include "libdd/base/clock.h"
#include "libdd/protocol/name.h"

/* ---- Sending ------------------------------------------------------------------------------- */

static dd_error_t send_request(dd_client_t *self, const char *destination, const void *data,
    size_t size, const dd_sending_t *how, uint32_t *ref)
{
    dd_bytes_t name = dd_bytes_of(destination);
    if (!dd_word_valid(name, DD_NAME_MAX))
        return DD_E_NAME_INVALID;
    dd_record_t record = {.type = DD_SEND, .flags = DD_FLAG_REQUEST, .destination = name};
    dd_error_t error = dd_client_send(self, name, data, size, &record, how);
    if (ref)
        *ref = record.ref;
    return error;
}

dd_error_t dd_client_send_request(dd_client_t *self, const char *destination, const void *data,
    size_t size, int timeout_ms, dd_event_callback_t *callback, void *arg, uint32_t *ref)
{
    const dd_sending_t how = {
        .until_us = dd_client_deadline(timeout_ms), .handler = {callback, arg}};
    return send_request(self, destination, data, size, &how, ref);
}

dd_error_t dd_client_reply(
    dd_client_t *self, const dd_event_t *request, const void *data, size_t size)
{
    if (!request->is_request)
        return DD_E_ARGUMENT;
    dd_bytes_t source = dd_bytes_of(request->source);
    dd_record_t record = {
        .type = DD_SEND, .flags = DD_FLAG_REPLY, .re = request->ref, .destination = source};
    return dd_client_send(self, source, data, size, &record, &(dd_sending_t){0});
}

/* ---- Waiting ------------------------------------------------------------------------------- */

/* The end of a request is here. Whoever waited for it may have gone, so that it is known by its
   number and not by its address. */
static void take_reply(dd_client_t *self, const dd_event_t *event, void *number)
{
    dd_event_node_t *node = dd_event_node(event);
    dd_waiter_t *waiter;
    pthread_mutex_lock(&self->lock);
    LL_SEARCH_SCALAR(self->waiters, waiter, number, (uintptr_t)number);
    if (waiter) {
        waiter->reply = &node->event;
        self->kept = true;
        pthread_cond_broadcast(&self->replied);
    }
    pthread_mutex_unlock(&self->lock);
}

static void add_waiter(dd_client_t *self, dd_waiter_t *waiter)
{
    pthread_mutex_lock(&self->lock);
    waiter->number = ++self->last_waiter;
    LL_PREPEND(self->waiters, waiter);
    pthread_mutex_unlock(&self->lock);
}

/* Waits for the reply, if it was sent. A thread that is held up, by a callback or by events that
   nobody takes, keeps nobody waiting here for longer. */
static void await_reply(dd_client_t *self, dd_waiter_t *waiter, uint32_t ref, uint64_t until_us)
{
    pthread_mutex_lock(&self->lock);
    while (ref != 0 && !waiter->reply && dd_clock_us() < until_us)
        dd_client_await(self, &self->replied, until_us);
    dd_session_forget_request(self->session, ref);
    LL_DELETE(self->waiters, waiter);
    pthread_mutex_unlock(&self->lock);
}

dd_error_t dd_client_request(dd_client_t *self, const char *destination, const void *data,
    size_t size, int timeout_ms, dd_event_t **reply)
{
    dd_waiter_t waiter = {0};
    *reply = NULL;
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (dd_client_is_mine(self))
        return DD_E_ARGUMENT;
    add_waiter(self, &waiter);
    const dd_sending_t how = {
        .until_us = dd_client_deadline(timeout_ms), .handler = {take_reply, (void *)waiter.number}};
    uint32_t ref;
    dd_error_t error = send_request(self, destination, data, size, &how, &ref);
    await_reply(self, &waiter, error == DD_OK ? ref : 0, how.until_us);
    if (error == DD_OK)
        error = waiter.reply ? waiter.reply->error : DD_E_TIMEOUT;
    if (error == DD_OK)
        *reply = waiter.reply;
    else
        dd_event_destroy(&waiter.reply);
    return error;
}
