/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusal_notes - events that tell of those who are refused what they ask
 */
#include "refusal_notes.h"

/* Names that nobody has, from one look to the next, which are a flood and not mistyped. */
#define FLOOD 10
/* ms in which a tenant's clients make so many events; the others' come later, with all that there
   was by then. An outage concerns all of them at once, and other warnings stay. */
#define WHILE 60000
#define EVENTS_MAX 12

static void look_at_names(refusal_note_t *note, uint64_t now_ms)
{
    if (note->unknown >= FLOOD) {
        if (note->count == 0)
            note->since_ms = now_ms;
        note->count += note->unknown;
    }
    note->unknown = 0;
}

static bool has_room(quota_t *quota, uint64_t now_ms)
{
    if (!quota)
        return true;
    if (now_ms >= quota->refusals_ms + WHILE) {
        quota->refusals_ms = now_ms;
        quota->refusals_told = 0;
    }
    return quota->refusals_told < EVENTS_MAX;
}

static void tell(core_t *self, peer_t *peer)
{
    char text[PEER_TEXT_MAX], numbers[GATHERED_ROOM];
    refusal_note_t *note = &peer->refusal_note;
    if (!has_room(peer->quota, self->now_ms))
        return;
    if (peer->quota)
        peer->quota->refusals_told++;
    gathered_take(&note->gathered, note->count, note->since_ms, self->now_ms, numbers);
    core_event(self, peer, DD_LOG_WARNING, "%s was refused requests: %s; the last: %s",
        peer_text(peer, text), numbers, dd_strerror(note->code));
}

/* What a link is refused, it shouldn't have said: that is told of where it happens. */
void refusal_notes_tell_of_peer(core_t *self, peer_t *peer)
{
    refusal_note_t *note = &peer->refusal_note;
    look_at_names(note, self->now_ms);
    if (!peer_is_link(peer) && gathered_is_due(&note->gathered, note->count, self->now_ms))
        tell(self, peer);
}

void refusal_notes_tell_last(core_t *self, peer_t *peer)
{
    refusal_note_t *note = &peer->refusal_note;
    look_at_names(note, self->now_ms);
    if (!peer_is_link(peer) && gathered_has_fresh(&note->gathered, note->count, self->now_ms))
        tell(self, peer);
}
