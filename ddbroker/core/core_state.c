/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_state - what all of the core's files do to peers: tell, refuse, count, end, log
 */
#include "core_state.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- Sending ------------------------------------------------------------------------------- */

void core_touch(core_t *self, peer_t *peer)
{
    if (peer->dirty)
        return;
    peer->dirty = true;
    DL_APPEND2(self->dirty, peer, prev_dirty, next_dirty);
}

void core_untouch(core_t *self, peer_t *peer)
{
    if (!peer->dirty)
        return;
    peer->dirty = false;
    DL_DELETE2(self->dirty, peer, prev_dirty, next_dirty);
}

dd_error_t core_append(
    core_t *self, peer_t *peer, const dd_record_t *record, dd_outbox_need_t need, dd_bytes_t *copy)
{
    dd_error_t error = peer->shares ? link_outbox_append(peer->shares, record, need, copy)
                                    : dd_outbox_write(&peer->outbox, record, need, copy);
    if (error == DD_OK)
        core_touch(self, peer);
    return error;
}

dd_error_t core_send(core_t *self, peer_t *peer, const dd_record_t *record)
{
    return core_append(self, peer, record, DD_OUTBOX_USUAL, NULL);
}

void core_tell(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (core_append(self, peer, record, DD_OUTBOX_URGENT, NULL) != DD_OK)
        core_end(self, peer, DD_E_OVERLOADED, "it doesn't read what it is told");
}

void core_refuse(core_t *self, peer_t *peer, dd_error_t code, uint32_t ref, dd_bytes_t about)
{
    core_count_refused(self, peer, code);
    core_tell(self, peer,
        &(dd_record_t){.type = DD_ERROR, .code = (uint16_t)code, .ref = ref, .text = about});
}

/* A link can say any number of such things: the first few are told each, and the rest as a number.
 */
void core_pass_over(core_t *self, peer_t *link, const char *what)
{
    char text[PEER_TEXT_MAX];
    core_count_refused(self, link, DD_E_PROTOCOL);
    core_remark(self, link, DD_LOG_WARNING, "%s %s", peer_text(link, text), what);
}

/* ---- Ending -------------------------------------------------------------------------------- */

void core_end(core_t *self, peer_t *peer, dd_error_t code, const char *format, ...)
{
    if (peer->ending)
        return;
    peer->ending = code;
    va_list list;
    va_start(list, format);
    vsnprintf(peer->why, sizeof peer->why, format, list);
    va_end(list);
    LL_PREPEND2(self->ending, peer, next_ending);
}

/* ---- Saying -------------------------------------------------------------------------------- */

/* Bytes of a line. */
#define LINE_ROOM 1024

static void say(core_t *self, const char *tenant, dd_log_level_t level, const char *line)
{
    if (level < DD_LOG_DEBUG)
        event_history_add(&self->events, self->now_ms, level, tenant, line);
    if (self->settings.log)
        self->settings.log(self->settings.log_arg, level, line);
}

/* The flood that a line of a peer belongs to. */
static flood_line_t flood_line(
    const peer_t *peer, dd_log_level_t level, const char *format, const char *text)
{
    flood_line_t line = {
        .sort = FLOOD_OF_OPERATORS, .name = "", .kind = format, .level = level, .text = text};
    if (peer_is_link(peer)) {
        line.sort = FLOOD_OF_BROKER;
        line.name = peer->name.text;
    } else if (peer_is_tenants(peer)) {
        line.sort = FLOOD_OF_TENANT;
        line.name = peer->tenant;
    }
    return line;
}

__attribute__((format(printf, 5, 0))) static void say_of(core_t *self, const peer_t *peer,
    const char *tenant, dd_log_level_t level, const char *format, va_list list)
{
    char text[LINE_ROOM];
    vsnprintf(text, sizeof text, format, list);
    flood_line_t line = flood_line(peer, level, format, text);
    if (floods_admit(&self->floods, &line, self->now_ms))
        say(self, tenant, level, text);
}

void core_log(core_t *self, dd_log_level_t level, const char *format, ...)
{
    char text[LINE_ROOM];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    say(self, EVENT_FOR_OPERATORS, level, text);
}

void core_event(core_t *self, const peer_t *peer, dd_log_level_t level, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say_of(self, peer, peer_is_link(peer) ? EVENT_FOR_ALL : peer->tenant, level, format, list);
    va_end(list);
}

void core_remark(core_t *self, const peer_t *peer, dd_log_level_t level, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    say_of(self, peer, EVENT_FOR_OPERATORS, level, format, list);
    va_end(list);
}

void core_tell_floods(core_t *self)
{
    flood_rest_t rest;
    while (floods_rest(&self->floods, &rest, self->now_ms))
        say(self, rest.sort == FLOOD_OF_TENANT ? rest.name : EVENT_FOR_OPERATORS, rest.level,
            rest.text);
}
