/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_name - whether the own name is another client's somewhere in the tree
 *
 * A broker grants a name at once, and takes it back when a broker above knows of another client
 * that has it. Until then it carries what this one sends, some of the way. So before anything is
 * sent, a trace to somebody who can't be there goes up to the root: it comes back refused from
 * there, or from where the name is contested, unless this client is ended first.
 */
#include <sodium.h>
#include <string.h>

#include "libdd/protocol/name.h"
#include "script_state.h"

/* ms after which it is done without an answer, and from one question to the next while the name is
   contested. */
#define ANSWER_LIMIT 2000
#define PAUSE 200
/* Bytes of the name that nobody has. */
#define NOBODY_SIZE 16

/* A made-up name is nobody else's, and who sends nothing learns in time what becomes of its own. */
bool script_name_matters(const script_t *self)
{
    const options_t *options = self->options;
    return (options->publish || options->notify || options->trace) &&
           strcmp(options->name, DD_AUTO_NAME) != 0;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

void script_ask_for_name(script_t *self)
{
    uint8_t bytes[NOBODY_SIZE];
    char nobody[2 * NOBODY_SIZE + 1];
    uint64_t now = script_now_ms(), end = self->started_ms + script_limit_ms(self);
    script_enter(self, CONFIRMING);
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(nobody, sizeof nobody, bytes, sizeof bytes);
    self->name = NAME_ASKED;
    self->name_is_cut = false;
    self->name_due_ms = now + earlier(ANSWER_LIMIT, end > now ? (end - now) / 2 : 0);
    if (dd_client_trace(self->client, nobody, &self->name_ref) != DD_OK)
        self->name = NAME_OURS; /* as far as can be known; what is sent now fails the same way */
}

/* Where a broker that has no parent at the moment ends the trace, it says so itself; where the name
   is contested, nobody does. */
static name_state_t name_after(const script_t *self, const dd_event_t *event)
{
    bool is_contested = event->type == DD_EVENT_ERROR && event->error == DD_E_UPLINK_DOWN;
    return is_contested && !self->name_is_cut ? NAME_CONTESTED : NAME_OURS;
}

bool script_take_name(script_t *self, const dd_event_t *event)
{
    if (self->phase != CONFIRMING || event->ref == 0 || event->ref != self->name_ref)
        return false;
    if (event->type == DD_EVENT_HOP) {
        self->name_is_cut |= event->error == DD_E_UPLINK_DOWN;
        return true;
    }
    if (event->error == DD_E_NOT_CONNECTED || event->error == DD_E_UNKNOWN)
        return true; /* the connection is lost: it is asked anew on the next one */
    self->name = name_after(self, event);
    self->name_due_ms = script_now_ms() + PAUSE;
    return true;
}

uint64_t script_name_due_ms(const script_t *self)
{
    return self->phase == CONFIRMING && self->name != NAME_OURS ? self->name_due_ms : UINT64_MAX;
}

void script_look_at_name(script_t *self)
{
    if (script_now_ms() < script_name_due_ms(self))
        return;
    if (self->name == NAME_CONTESTED)
        script_ask_for_name(self);
    else
        self->name = NAME_OURS;
}
