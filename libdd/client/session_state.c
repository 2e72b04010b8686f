/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session_state - what all of a session's files do: number, append, tell, end
 */
#include "session_state.h"

#include "libdd/base/problem.h"
#include "libdd/keys/proof.h"
#include "libdd/protocol/name.h"

const char *dd_session_endpoint(const dd_session_t *self)
{
    return self->endpoints->items[self->endpoint];
}

uint32_t dd_session_next_ref(dd_session_t *self)
{
    if (++self->last_ref == 0)
        self->last_ref = 1;
    if (self->refs < UINT32_MAX / 2)
        self->refs++;
    return self->last_ref;
}

dd_bytes_t dd_session_shown(const dd_session_t *self, dd_bytes_t name)
{
    return self->is_public ? dd_name_shown(name, dd_bytes_of(DD_PUBLIC)) : name;
}

void dd_session_next_run(dd_session_t *self)
{
    uint32_t count = (self->run & DD_RUN_COUNT) + 1;
    uint32_t random = count <= DD_RUN_COUNT / 2 ? self->run : self->random();
    self->run = (random & ~DD_RUN_COUNT) | (count <= DD_RUN_COUNT / 2 ? count : 1);
    self->run_began = self->last_ref - 1;
}

dd_error_t dd_session_append(dd_session_t *self, const dd_record_t *record)
{
    dd_error_t error = dd_outbox_append(&self->outbox, record);
    return error == DD_E_OVERLOADED ? DD_E_OUTBOX_FULL : error;
}

void dd_session_emit_error(dd_session_t *self, dd_error_t error, uint32_t ref, dd_bytes_t text)
{
    self->emit(
        self->arg, &(dd_news_t){.type = DD_EVENT_ERROR, .error = error, .ref = ref, .text = text});
}

void dd_session_end(dd_session_t *self, dd_error_t error, const char *text)
{
    self->was_registered =
        self->state != DD_SESSION_CONNECTING && self->state != DD_SESSION_REGISTERING;
    self->is_final = false;
    self->state = self->leaves ? DD_SESSION_CLOSED : DD_SESSION_ENDING;
    dd_problem(&self->reason, error, "%s", text);
}

void dd_session_settle_until(dd_session_t *self, uint64_t until_us)
{
    if (self->state == DD_SESSION_REGISTERED)
        self->part_us = until_us;
    else if (until_us < self->part_us)
        self->part_us = until_us;
    self->state = DD_SESSION_SETTLING;
}

void dd_session_say_bye(dd_session_t *self)
{
    self->state = DD_SESSION_LEAVING;
    self->due_us = self->now_us + LEAVE_LIMIT;
    dd_outbox_append_urgent(&self->outbox, &(dd_record_t){.type = DD_BYE});
}

void dd_session_say_alive(dd_session_t *self, const dd_record_t *record)
{
    if (dd_outbox_is_held(&self->outbox))
        dd_outbox_put_ahead(&self->outbox, record);
    else
        dd_outbox_append_urgent(&self->outbox, record);
}

void dd_session_ping(dd_session_t *self)
{
    self->due_us = self->now_us + self->heartbeat_us;
    dd_session_say_alive(self, &(dd_record_t){.type = DD_PING, .number = self->now_us});
}

/* A broker that knows nothing of proofs passes it over. */
void dd_session_prove(dd_session_t *self)
{
    uint8_t proof[DD_PROOF_SIZE];
    if (!(REGISTERED & 1u << self->state) || !self->prove ||
        !self->prove(self->arg, self->instance, proof))
        return;
    dd_record_t record = {
        .type = DD_PROVE, .flags = DD_FLAG_OPTIONAL, .payload = dd_bytes(proof, sizeof proof)};
    dd_outbox_append_urgent(&self->outbox, &record);
}

dd_error_t dd_session_taken(dd_session_t *self, const dd_record_t *record)
{
    return dd_window_taken(&self->outbox.window, record->number) ? DD_OK : DD_E_PROTOCOL;
}
