/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * form_validation - what may be entered into a form
 */
#include <string.h>

#include "form_state.h"
#include "libdd/protocol/endpoint.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/scope.h"
#include "libdd/protocol/topic.h"

/* Each returns what is wrong with a field's text, or NULL. */
typedef const char *(check_t)(const form_t *self, const char *text);

static const char *check_destination(const form_t *self, const char *text)
{
    (void)self;
    if (text[0] == '\0')
        return "who is it for? Down shows who is there";
    return dd_word_valid(dd_bytes_of(text), DD_NAME_MAX)
               ? NULL
               : "a name has no blanks and no control characters";
}

static const char *check_topic(const form_t *self, const char *text)
{
    (void)self;
    if (text[0] == '\0')
        return "on what topic?";
    return dd_topic_valid(dd_bytes_of(text)) ? NULL
                                             : "a topic has no blanks, and isn't just \"public\"";
}

static const char *check_subscribable(const form_t *self, const char *text)
{
    const char *why = check_topic(self, text);
    if (why)
        return why;
    bool is_public = strcmp(session_view_link(self->session)->tenant, DD_PUBLIC) == 0;
    return is_public || dd_topic_subscribable(dd_bytes_of(text))
               ? NULL
               : "public.TOPIC is for the public clients; nobody else can subscribe to it";
}

static const char *check_scope(const form_t *self, const char *text)
{
    dd_scope_t pattern, here, path;
    if (!dd_scope_parse_pattern(&pattern, dd_bytes_of(text)))
        return "no scope: a word of the list, or a path like /1/2/ or /1/*/";
    bool known = dd_scope_parse(&here, dd_bytes_of(session_view_link(self->session)->scope));
    return !known || dd_scope_resolve(&path, &pattern, &here)
               ? NULL
               : "this broker's scope isn't that deep";
}

static const char *check_own(const form_t *self, const char *text)
{
    completions_t own;
    completion_offer(&own, COMPLETION_OWN, HISTORY_NONE, self->session, self->history, "");
    if (own.count == 0)
        return "you have no subscription";
    for (size_t i = 0; i < own.count; i++)
        if (strcmp(own.texts[i], text) == 0)
            return NULL;
    return "that is none of your subscriptions; Down shows them";
}

static const char *check_file(const form_t *self, const char *text)
{
    (void)self;
    return text[0] != '\0' ? NULL : "to which file?";
}

static const char *check_level(const form_t *self, const char *text)
{
    completions_t levels;
    completion_offer(&levels, COMPLETION_LEVELS, HISTORY_NONE, self->session, self->history, "");
    for (size_t i = 0; i < levels.count; i++)
        if (strcmp(levels.texts[i], text) == 0)
            return NULL;
    return "a level is one of the list";
}

static const char *check_object(const form_t *self, const char *text)
{
    bool is_also = self->also[0] != '\0' && strcmp(text, self->also) == 0;
    if (is_also || strcmp(text, self->confirm) == 0)
        return NULL;
    if (strcmp(self->confirm, self->object) == 0)
        return "that isn't the name above";
    return strcmp(text, self->object) == 0 ? "others have that name, too: it isn't enough"
                                           : "that isn't what is to be typed";
}

static const char *check_parent(const form_t *self, const char *text)
{
    (void)self;
    return dd_endpoint_check(text, NULL) == DD_OK
               ? NULL
               : "a parent is tcp://HOST:PORT, tcp://[V6]:PORT or ipc://PATH";
}

static check_t *const CHECKS[FORMS][FIELDS_MAX] = {
    [FORM_NOTIFY] = {check_destination},
    [FORM_PUBLISH] = {check_topic},
    [FORM_SUBSCRIBE] = {check_subscribable, check_scope},
    [FORM_UNSUBSCRIBE] = {check_own},
    [FORM_TRACE] = {check_destination},
    [FORM_SAVE] = {check_file},
    [FORM_END_CLIENT] = {check_object},
    [FORM_DRAIN] = {check_object},
    [FORM_LOG_LEVEL] = {check_level, check_object},
    [FORM_EXPORT] = {check_file},
    [FORM_MOVE] = {check_parent, check_object},
};

const char *form_validate(const form_t *self, size_t *field)
{
    for (size_t i = 0; i < self->spec->count; i++) {
        check_t *check = CHECKS[self->kind][i];
        const char *why = check ? check(self, line_editor_text(self->editors[i])) : NULL;
        if (why) {
            *field = i;
            return why;
        }
    }
    return NULL;
}
