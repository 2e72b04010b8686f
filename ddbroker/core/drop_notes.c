/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drop_notes - events that tell of publications for which there was no room
 */
#include "drop_notes.h"

static void tell_of_peer(core_t *self, peer_t *peer)
{
    char text[PEER_TEXT_MAX], numbers[GATHERED_ROOM];
    gathered_take(
        &peer->drop_note, peer->count.dropped, peer->count.dropped_since_ms, self->now_ms, numbers);
    core_event(self, peer, DD_LOG_WARNING, "%s lost publications for want of room: %s",
        peer_text(peer, text), numbers);
}

void drop_notes_tell_of_peer(core_t *self, peer_t *peer)
{
    if (gathered_is_due(&peer->drop_note, peer->count.dropped, self->now_ms))
        tell_of_peer(self, peer);
}

void drop_notes_tell_last(core_t *self, peer_t *peer)
{
    if (gathered_has_fresh(&peer->drop_note, peer->count.dropped, self->now_ms))
        tell_of_peer(self, peer);
}

void drop_notes_tell_of_all(core_t *self)
{
    char numbers[GATHERED_ROOM];
    if (!gathered_is_due(&self->drop_note, self->count.dropped, self->now_ms))
        return;
    gathered_take(
        &self->drop_note, self->count.dropped, self->count.dropped_since_ms, self->now_ms, numbers);
    core_log(self, DD_LOG_WARNING, "dropped publications for want of room: %s", numbers);
}
