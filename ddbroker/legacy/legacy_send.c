/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_send - what clients of protocols 3 and 4 are told
 */
#include "legacy_state.h"

/* What fails for want of memory is sent uncounted. */
static void send_frame(legacy_t *self, legacy_held_t *held, dd_bytes_t data, int flags)
{
    zmq_msg_t frame;
    if (!held || !legacy_held_frame(held, data, &frame))
        zmq_send(self->socket, data.data, data.size, flags);
    else if (zmq_msg_send(&frame, self->socket, flags) < 0)
        zmq_msg_close(&frame);
}

static bool has_room(legacy_route_t *route)
{
    if (!route->held)
        route->held = legacy_held_new();
    return route->held && legacy_held_has_room(route->held);
}

/* Only the routing id can be refused: what follows goes with it. */
static dd_error_t send_message(
    legacy_t *self, dd_bytes_t id, const legacy_message_t *message, legacy_held_t *held)
{
    if (zmq_send(self->socket, id.data, id.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return zmq_errno() == EAGAIN ? DD_E_OVERLOADED : DD_E_UNKNOWN_PEER;
    for (size_t i = 0; i < message->count; i++) {
        int flags = i + 1 < message->count ? ZMQ_SNDMORE | ZMQ_DONTWAIT : ZMQ_DONTWAIT;
        send_frame(self, held, message->frames[i], flags);
    }
    return DD_OK;
}

dd_error_t legacy_send(legacy_t *self, dd_bytes_t id, const legacy_message_t *message)
{
    return send_message(self, id, message, NULL);
}

/* Sends a frame's records from *at on, and moves it past those that were sent. */
static dd_error_t send_records(
    legacy_t *self, legacy_route_t *route, const dd_frame_t *frame, size_t *at)
{
    dd_reader_t reader = dd_reader(frame->data + *at, frame->size - *at);
    const legacy_recipient_t recipient = {.version = route->version,
        .cookie = route->cookie,
        .tenant = peer_tenant(route->peer),
        .name = dd_name_bytes(&route->peer->name),
        .taken_nearby = route->taken_nearby,
        .keyring = self->keyring};
    dd_record_t record;
    legacy_message_t message;
    while (dd_frame_more(&reader) && dd_frame_next(&reader, &record) == DD_OK) {
        dd_error_t error = DD_OK;
        if (legacy_from_record(&message, &recipient, &record))
            error = has_room(route) ? send_message(self, dd_bytes(route->id, route->id_size),
                                          &message, route->held)
                                    : DD_E_OVERLOADED;
        if (error != DD_OK)
            return error;
        if (record.type == DD_BYE)
            legacy_route_become(self, route, LEGACY_ROUTE_LEAVING);
        *at = (size_t)(reader.at - frame->data);
    }
    return DD_OK;
}

/* What was sent goes out of the frame, so that it is never taken for unsent. */
static void trim(dd_frame_t *frame, size_t sent)
{
    memmove(frame->data + DD_FRAME_HEADER, frame->data + sent, frame->size - sent);
    frame->size -= sent - DD_FRAME_HEADER;
}

static dd_error_t send_frames(legacy_t *self, legacy_route_t *route)
{
    dd_outbox_t *outbox = &route->peer->outbox;
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(outbox))) {
        size_t at = DD_FRAME_HEADER;
        dd_error_t error = send_records(self, route, frame, &at);
        if (error != DD_OK) {
            trim(frame, at);
            dd_outbox_untake(outbox, frame);
            return error;
        }
        dd_frame_free(frame);
    }
    return DD_OK;
}

void legacy_send_outbox(legacy_t *self, legacy_route_t *route)
{
    if (route->blocked || route->state == LEGACY_ROUTE_GONE)
        return;
    switch (send_frames(self, route)) {
    case DD_OK:
        core_flushed(self->core, route->peer);
        if (route->state == LEGACY_ROUTE_LEAVING)
            legacy_route_lose(self, route);
        else if (route->peer->state == PEER_ENDED)
            legacy_route_become(self, route, LEGACY_ROUTE_ENDED);
        break;
    case DD_E_OVERLOADED:
        legacy_route_block(self, route);
        break;
    default:
        legacy_route_depart(self, route);
    }
}

void legacy_send_retry(legacy_t *self)
{
    while (self->blocked) {
        legacy_route_t *route = self->blocked;
        legacy_route_unblock(self, route);
        core_not_flushed(self->core, route->peer);
    }
}
