/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drop_notes - events that tell of publications for which there was no room
 */
#include "drop_notes.h"

/* ms from one event to the next. */
#define INTERVAL 60000

/* How many there are to be told of now; 0: none. */
static uint64_t take_due(drop_note_t *note, const counts_t *count, uint64_t now_ms)
{
    uint64_t fresh = count->dropped - note->told;
    if (fresh == 0 || (note->told > 0 && now_ms < note->told_ms + INTERVAL))
        return 0;
    note->told = count->dropped;
    note->told_ms = now_ms;
    return fresh;
}

void drop_notes_tell_of_peer(core_t *self, peer_t *peer)
{
    char text[PEER_TEXT_MAX];
    uint64_t fresh = take_due(&peer->drop_note, &peer->count, self->now_ms);
    if (fresh > 0)
        core_event(self, peer, DD_LOG_WARNING,
            "%s lost publications for want of room: %llu, %llu in all", peer_text(peer, text),
            (unsigned long long)fresh, (unsigned long long)peer->count.dropped);
}

void drop_notes_tell_of_all(core_t *self)
{
    uint64_t fresh = take_due(&self->drop_note, &self->count, self->now_ms);
    if (fresh > 0)
        core_log(self, DD_LOG_WARNING,
            "dropped publications for want of room: %llu, %llu since the start",
            (unsigned long long)fresh, (unsigned long long)self->count.dropped);
}
