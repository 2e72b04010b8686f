/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drop_notes - events that tell of publications for which there was no room
 */
#include "drop_notes.h"

#include <stdio.h>

/* ms from one event to the next; and for which losses are gathered before they are told, which is
   as often as somebody looks. */
#define INTERVAL 60000
#define GATHERED 1000

/* Bytes of how many there were within which time. */
#define NUMBERS_ROOM 128

/* Whole seconds that hold so many ms. */
static unsigned long long seconds(uint64_t ms)
{
    return ms > 0 ? (ms + 999) / 1000 : 1;
}

static bool has_fresh(drop_note_t *note, const counts_t *count, uint64_t now_ms)
{
    if (count->dropped > note->told && note->fresh_ms == 0)
        note->fresh_ms = now_ms;
    return count->dropped > note->told;
}

static bool is_due(drop_note_t *note, const counts_t *count, uint64_t now_ms)
{
    return has_fresh(note, count, now_ms) && now_ms >= note->fresh_ms + GATHERED &&
           (note->told == 0 || now_ms >= note->told_ms + INTERVAL);
}

/* "6 within 2 s", and later "90 within 60 s, 5406 within 3720 s in all". */
static void take(drop_note_t *note, const counts_t *count, uint64_t now_ms, char out[NUMBERS_ROOM])
{
    unsigned long long all_s = seconds(now_ms - count->dropped_since_ms);
    unsigned long long fresh = count->dropped - note->told, all = count->dropped;
    if (note->told == 0)
        snprintf(out, NUMBERS_ROOM, "%llu within %llu s", all, all_s);
    else
        snprintf(out, NUMBERS_ROOM, "%llu within %llu s, %llu within %llu s in all", fresh,
            seconds(now_ms - note->fresh_ms + GATHERED), all, all_s);
    *note = (drop_note_t){.told = count->dropped, .told_ms = now_ms};
}

static void tell_of_peer(core_t *self, peer_t *peer)
{
    char text[PEER_TEXT_MAX], numbers[NUMBERS_ROOM];
    take(&peer->drop_note, &peer->count, self->now_ms, numbers);
    core_event(self, peer, DD_LOG_WARNING, "%s lost publications for want of room: %s",
        peer_text(peer, text), numbers);
}

void drop_notes_tell_of_peer(core_t *self, peer_t *peer)
{
    if (is_due(&peer->drop_note, &peer->count, self->now_ms))
        tell_of_peer(self, peer);
}

void drop_notes_tell_last(core_t *self, peer_t *peer)
{
    if (has_fresh(&peer->drop_note, &peer->count, self->now_ms))
        tell_of_peer(self, peer);
}

void drop_notes_tell_of_all(core_t *self)
{
    char numbers[NUMBERS_ROOM];
    if (!is_due(&self->drop_note, &self->count, self->now_ms))
        return;
    take(&self->drop_note, &self->count, self->now_ms, numbers);
    core_log(self, DD_LOG_WARNING, "dropped publications for want of room: %s", numbers);
}
