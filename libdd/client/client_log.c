/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_log - what a client tells whoever keeps a log
 */
#include "client_log.h"

#include <stdarg.h>
#include <stdio.h>

#include "libdd/base/escape.h"

/* Bytes of a line, its NUL included. */
#define LINE_MAX_SIZE 1024

void dd_client_note(dd_client_t *self, dd_log_level_t level, const char *format, ...)
{
    char text[LINE_MAX_SIZE];
    va_list arguments;
    if (!self->log)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    dd_news_t line = {.type = DD_LOG_LINE, .number = level, .text = dd_bytes_of(text)};
    dd_event_node_t *node = dd_event_new(&line, 0);
    if (node)
        dd_event_list_append(&self->news, node);
}

/* What is told of an event by which a connection begins or ends, or something is lost. */
static const struct {
    dd_event_type_t type;
    dd_log_level_t level;
} TOLD[] = {
    {DD_EVENT_REGISTERED, DD_LOG_NOTICE},
    {DD_EVENT_DISCONNECTED, DD_LOG_WARNING},
    {DD_EVENT_CLOSED, DD_LOG_ERROR},
    {DD_EVENT_GAP, DD_LOG_WARNING},
};

static void describe(const dd_event_t *event, char text[LINE_MAX_SIZE])
{
    if (event->type == DD_EVENT_REGISTERED)
        snprintf(text, LINE_MAX_SIZE, "registered as %s at %s, %s", event->source, event->text,
            event->endpoint);
    else if (event->type == DD_EVENT_GAP)
        snprintf(text, LINE_MAX_SIZE, "%llu publications on %s within %s were lost",
            (unsigned long long)event->number, event->topic, event->scope);
    else
        snprintf(text, LINE_MAX_SIZE, "%s: %s",
            event->type == DD_EVENT_CLOSED ? "ended" : "disconnected", event->text);
}

/* What strangers wrote may be in it. */
static void tell_text(const dd_client_t *self, dd_log_level_t level, char *text)
{
    dd_escape_mask(text);
    self->log(self->log_arg, level, text);
}

void dd_client_tell(const dd_client_t *self, const dd_event_t *event)
{
    char text[LINE_MAX_SIZE];
    if (event->type == DD_LOG_LINE) {
        snprintf(text, sizeof text, "%s", event->text);
        tell_text(self, (dd_log_level_t)event->number, text);
    }
    for (size_t i = 0; i < sizeof TOLD / sizeof TOLD[0]; i++)
        if (TOLD[i].type == event->type) {
            describe(event, text);
            tell_text(self, TOLD[i].level, text);
        }
}
