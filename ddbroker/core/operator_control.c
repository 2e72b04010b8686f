/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operator_control - what an operator can have a broker do
 */
#include "operator_control.h"

#include "operators.h"

/* Each returns NULL, or why it couldn't be done. */
typedef const char *(control_t)(core_t *self, const char *operator_name, dd_bytes_t argument);

static const char *end_client(core_t *self, const char *operator_name, dd_bytes_t argument)
{
    entry_t *entry = directory_find(&self->directory, argument);
    if (!entry || peer_is_link(entry->via))
        return "no such client at this broker";
    core_end(self, entry->via, DD_E_REFUSED, "operator %s ended it", operator_name);
    return NULL;
}

static const char *drain(core_t *self, const char *operator_name, dd_bytes_t argument)
{
    (void)operator_name;
    if (!dd_bytes_equal(argument, dd_bytes_of(self->name)))
        return "to drain a broker, name it";
    self->settings.obey(self->settings.obey_arg, CONTROL_DRAIN, DD_LOG_NOTICE);
    return NULL;
}

static const char *set_log_level(core_t *self, const char *operator_name, dd_bytes_t argument)
{
    (void)operator_name;
    dd_log_level_t level;
    if (!dd_log_level_parse(&level, argument))
        return "a log level is " DD_LOG_LEVELS;
    self->settings.obey(self->settings.obey_arg, CONTROL_LOG_LEVEL, level);
    return NULL;
}

/* Until the broker's restart, or until that parent is lost and another one joined. */
static const char *move(core_t *self, const char *operator_name, dd_bytes_t argument)
{
    (void)operator_name;
    char endpoint[DD_ENDPOINT_MAX + 1];
    dd_bytes_copy(argument, endpoint, sizeof endpoint);
    if (dd_endpoint_check(endpoint, NULL) != DD_OK)
        return "a parent is tcp://HOST:PORT, tcp://[V6]:PORT or ipc://PATH";
    if (self->drain != DRAIN_NOT)
        return "the broker is shutting down";
    move_begin(self, endpoint);
    return NULL;
}

static const struct {
    const char *what;
    control_t *control;
} CONTROLS[] = {
    {"end-client", end_client}, {"drain", drain}, {"log-level", set_log_level}, {"move", move}};

/* failure: why it couldn't be done, or "". */
static void log_order(core_t *self, dd_log_level_t level, const char *operator_name,
    const dd_record_t *asked, const char *failure)
{
    core_log(self, level, "operator %s: %.*s %.*s%s%s", operator_name, (int)asked->text.size,
        (const char *)asked->text.data, (int)asked->name.size, (const char *)asked->name.data,
        failure[0] ? ": " : "", failure);
}

bool operator_control_is_forbidden(const core_t *self, const dd_record_t *asked)
{
    const dd_operator_t *known = operators_find(self, asked->source);
    return known && known->read_only;
}

/* NULL, or why it can't be done. */
static const char *carry_out(core_t *self, const char *operator_name, const dd_record_t *asked)
{
    if (operator_control_is_forbidden(self, asked))
        return OPERATOR_LOOKS_ONLY;
    for (size_t i = 0; i < sizeof CONTROLS / sizeof CONTROLS[0]; i++)
        if (dd_bytes_equal(asked->text, dd_bytes_of(CONTROLS[i].what)))
            return CONTROLS[i].control(self, operator_name, asked->name);
    return "no such control";
}

static const char *obey(core_t *self, const char *operator_name, const dd_record_t *asked)
{
    log_order(
        self, DD_LOG_NOTICE, operator_name, asked, ""); /* first: it may change what is logged */
    const char *failure = carry_out(self, operator_name, asked);
    if (failure)
        log_order(self, DD_LOG_WARNING, operator_name, asked, failure);
    return failure;
}

/* Whether all that will be shown to people can be. */
static bool is_readable(const dd_record_t *asked)
{
    return dd_word_valid(asked->source, DD_NAME_MAX) && dd_word_valid(asked->text, DD_NAME_MAX) &&
           dd_word_valid(asked->name, DD_NAME_MAX);
}

/* The parent of the broker, or those beneath a root. */
static bool is_next_to(const core_t *self, dd_bytes_t id)
{
    const peer_t *link;
    bool is_beneath_root = self->ancestors_size == DD_BROKER_ID_SIZE;
    DL_FOREACH2 (self->links, link, next_link)
        if (dd_bytes_equal(dd_bytes(link->id, sizeof link->id), id))
            return link->role == ROLE_CHILD || is_beneath_root;
    return false;
}

void operator_control_overheard(core_t *self, const peer_t *peer, const dd_record_t *asked)
{
    if (!dd_bytes_equal(asked->text, dd_bytes_of("drain")) || !is_readable(asked) ||
        operator_control_is_forbidden(self, asked) || !is_next_to(self, asked->id))
        return;
    core_remark(self, peer, DD_LOG_NOTICE, "operator %.*s: drain %.*s", (int)asked->source.size,
        (const char *)asked->source.data, (int)asked->name.size, (const char *)asked->name.data);
}

void operator_control(const report_to_t *to, const dd_record_t *asked)
{
    core_t *self = to->core;
    char operator_name[DD_NAME_MAX + 1];
    dd_bytes_copy(asked->source, operator_name, sizeof operator_name);
    const char *failure = is_readable(asked) ? obey(self, operator_name, asked) : "no such control";
    json_object *report = report_new(self);
    json_object_object_add(report, "done", json_object_new_boolean(!failure));
    if (failure)
        report_text(report, "failure", failure);
    report_send(to, report, true);
}
