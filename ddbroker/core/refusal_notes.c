/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusal_notes - events that tell of those who are refused a flood of what they ask
 */
#include "refusal_notes.h"

/* ms from one event to the next. */
#define INTERVAL 60000
/* Refusals from one look to the next that are a flood. */
#define FLOOD 10

/* How many there are to be told of now; 0: none. What came in ones and twos isn't told later. */
static uint64_t take_due(refusal_note_t *note, uint64_t refused, uint64_t now_ms)
{
    uint64_t fresh = refused - note->told;
    bool floods = refused - note->seen >= FLOOD, goes_on = note->told_ms > 0;
    note->seen = refused;
    if (goes_on && now_ms < note->told_ms + INTERVAL)
        return 0;
    bool due = floods || (goes_on && fresh >= FLOOD);
    note->told = refused;
    note->told_ms = due ? now_ms : 0;
    return due ? fresh : 0;
}

/* What a link is refused, it shouldn't have said: that is told of where it happens. */
void refusal_notes_tell_of_peer(core_t *self, peer_t *peer)
{
    char text[PEER_TEXT_MAX];
    if (peer_is_link(peer))
        return;
    uint64_t fresh = take_due(&peer->refusal_note, peer->count.refused, self->now_ms);
    if (fresh > 0)
        core_event(self, peer, DD_LOG_WARNING,
            "%s was refused %llu requests, %llu in all; the last: %s", peer_text(peer, text),
            (unsigned long long)fresh, (unsigned long long)peer->count.refused,
            dd_strerror(peer->refusal_note.code));
}
