/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * old_clients - acknowledgements on behalf of clients that don't know them (protocols 3 and 4)
 */
#include "old_clients.h"

#include <stdlib.h>

#include "libdd/protocol/arrivals.h"

/* Bytes of ACKs that wait for a client's PING; what is more is unknown to its sender. */
#define ACKS_MAX (64u * 1024)
/* Senders to one client that are remembered: about as many as these ACKs are for. */
#define SENDERS_MAX 1024

struct old_client {
    dd_arrivals_t *arrivals; /* since its last PONG */
    dd_outbox_t acks;        /* for what was before that */
};

/* NULL when out of memory. */
static old_client_t *of(peer_t *client)
{
    if (client->old_client)
        return client->old_client;
    old_client_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->arrivals = dd_arrivals_new(SENDERS_MAX);
    if (!self->arrivals) {
        free(self);
        return NULL;
    }
    dd_outbox_init(&self->acks, ACKS_MAX);
    return client->old_client = self;
}

bool old_clients_take(peer_t *client, const dd_record_t *data)
{
    old_client_t *self = of(client);
    return !self || dd_arrivals_take(self->arrivals, data);
}

void old_clients_untake(peer_t *client, const dd_record_t *data)
{
    if (client->old_client)
        dd_arrivals_exclude(client->old_client->arrivals, data->source, data->ref);
}

dd_frame_t *old_clients_have_read(peer_t *client)
{
    return client->old_client ? dd_outbox_take(&client->old_client->acks) : NULL;
}

void old_clients_were_asked(peer_t *client)
{
    old_client_t *self = client->old_client;
    uint8_t room[DD_ARRIVALS_ROOM];
    dd_record_t ack;
    while (self && dd_arrivals_next(self->arrivals, &ack, room))
        dd_outbox_append(&self->acks, &ack);
}

void old_clients_forget(peer_t *client)
{
    if (!client->old_client)
        return;
    dd_arrivals_destroy(&client->old_client->arrivals);
    dd_outbox_clear(&client->old_client->acks);
    free(client->old_client);
    client->old_client = NULL;
}
