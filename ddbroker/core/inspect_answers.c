/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect_answers - what can be asked about this broker
 */
#include "inspect_answers.h"

#include <stdio.h>

/* Rows in one REPORT: even at their longest they take less than DD_FRAME_TARGET, which every
   connection carries, however small a payload may be. */
#define PAGE_ROWS 20
/* Bytes of the reasons for which something was refused; enough for all of them. */
#define REASONS_ROOM 1024

/* One answer in the making. */
typedef struct {
    const report_to_t *to;
    dd_bytes_t tenant; /* who asks; empty for an operator, who sees all */
    const char *what;
    json_object *rows; /* of the page in the making */
    uint32_t row;      /* number of the next one */
    uint32_t first;    /* the first one wanted */
    uint32_t end;      /* and the first one no more wanted */
    bool full;         /* the asker takes no more */
} answer_t;

static void send_page(answer_t *answer, bool last)
{
    json_object *report = report_new(answer->to->core);
    report_id(report, "broker_id", answer->to->core->id);
    json_object_object_add(report, answer->what, answer->rows);
    report_number(report, "rows", answer->row);
    answer->rows = json_object_new_array();
    if (!report_send(answer->to, report, last))
        answer->full = true;
}

/* Counts a row; whether it is one of those that are wanted. */
static bool wants_row(answer_t *answer)
{
    uint32_t row = answer->row++;
    return !answer->full && row >= answer->first && row < answer->end;
}

static void add_row(answer_t *answer, json_object *row)
{
    json_object_array_add(answer->rows, row);
    if (json_object_array_length(answer->rows) >= PAGE_ROWS)
        send_page(answer, false);
}

/* ---- What can be asked --------------------------------------------------------------------- */

/* Rule 11: a tenant sees its own clients, an operator all. */
static bool is_theirs(const answer_t *answer, const peer_t *peer)
{
    return peer->role == ROLE_CLIENT &&
           (answer->tenant.size == 0 || dd_bytes_equal(answer->tenant, peer_tenant(peer)));
}

static bool may_see(const answer_t *answer, const peer_t *peer)
{
    return is_theirs(answer, peer) && peer->state == PEER_READY;
}

/* "3 no such destination, 1 overloaded", the codes in their order; null if nothing was refused. */
static void add_reasons(json_object *report, const uint64_t refused[TENANT_TOTALS_REASONS])
{
    char text[REASONS_ROOM] = "";
    size_t used = 0;
    for (size_t code = 0; code < TENANT_TOTALS_REASONS && used < sizeof text; code++) {
        const char *reason = code > 0 ? dd_strerror((dd_error_t)code) : "other";
        if (refused[code] > 0)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%llu %s",
                used > 0 ? ", " : "", (unsigned long long)refused[code], reason);
    }
    if (used > 0)
        report_text(report, "refused_for", text);
    else
        json_object_object_add(report, "refused_for", NULL);
}

/* A limit, or null for none. */
static void add_limit(json_object *report, const char *name, uint64_t limit)
{
    if (limit > 0)
        report_number(report, name, limit);
    else
        json_object_object_add(report, name, NULL);
}

/* How much of what there is the asker may have at most. */
static void add_limits(json_object *report, const core_t *self, const quota_limits_t *limits)
{
    add_limit(report, "clients_max", quota_places(limits, self->settings.clients_max));
    add_limit(report, "subscriptions_max", limits->subscriptions);
    add_limit(report, "outbox_max", limits->outbox);
}

/* What the asker may know of the traffic here: an operator the broker's, a tenant that of its
   clients, those that have left included. */
static void add_totals(const answer_t *answer, json_object *report)
{
    const core_t *self = answer->to->core;
    uint64_t clients = 0, subscriptions = 0, outbox = 0;
    tallied_t tallied = tenant_totals_of(self->tally, answer->tenant);
    peer_count_t count = tallied.left;
    peer_t *peer;
    DL_FOREACH (self->peers, peer) {
        if (is_theirs(answer, peer))
            peer_count_add(&count, &peer->count);
        if (!may_see(answer, peer))
            continue;
        clients++;
        subscriptions += peer->subscription_count;
        outbox += peer->outbox.bytes;
    }
    static const quota_limits_t NONE = {.clients = 0};
    add_limits(report, self,
        answer->tenant.size == 0 ? &NONE : quota_rules_of(&self->quotas.rules, answer->tenant));
    report_number(report, "clients", clients);
    report_number(report, "outbox", outbox);
    report_number(report, "subscriptions", subscriptions);
    add_reasons(report, tallied.refused);
    report_count(report, answer->tenant.size == 0 ? &self->count : &count, self->now_ms);
}

static const char *state_of(const core_t *self)
{
    if (self->drain != DRAIN_NOT)
        return "draining";
    return core_has_parent(self) && !core_parent_ready(self) ? "cut off" : "ok";
}

static void answer_tree(answer_t *answer)
{
    core_t *self = answer->to->core;
    peer_t *parent = core_parent_ready(self) ? self->parent : NULL;
    json_object *report = report_new(self);
    report_id(report, "id", self->id);
    report_id(report, "parent", parent ? parent->id : NULL);
    report_text(report, "version", DD_VERSION);
    report_text(report, "state", state_of(self));
    report_number(report, "uptime_ms", self->now_ms - self->started_ms);
    uint64_t children = 0;
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        children += link->role == ROLE_CHILD;
    report_number(report, "children", children);
    if (parent && parent->rtt_us > 0)
        report_number(report, "rtt_us", parent->rtt_us);
    else
        json_object_object_add(report, "rtt_us", NULL);
    add_totals(answer, report);
    report_send(answer->to, report, true);
}

static void answer_clients(answer_t *answer)
{
    core_t *self = answer->to->core;
    peer_t *peer;
    DL_FOREACH (self->peers, peer) {
        if (!may_see(answer, peer) || !wants_row(answer))
            continue;
        json_object *row = json_object_new_object();
        report_text(row, "tenant", peer->tenant);
        report_text(row, "name", peer->name.text + strlen(peer->tenant) + 1);
        report_number(row, "since_ms", self->now_ms - peer->since_ms);
        report_number(row, "idle_ms", self->now_ms - peer->heard_ms);
        report_number(row, "subscriptions", peer->subscription_count);
        report_number(row, "outbox", peer->outbox.bytes);
        report_count(row, &peer->count, self->now_ms);
        add_row(answer, row);
    }
    send_page(answer, true);
}

static void answer_subscriptions(answer_t *answer)
{
    peer_t *peer;
    DL_FOREACH (answer->to->core->peers, peer) {
        if (!may_see(answer, peer))
            continue;
        subscription_t *subscription;
        DL_FOREACH (peer->subscriptions, subscription) {
            if (!wants_row(answer))
                continue;
            interest_key_t key = interest_key(subscription->key.interest);
            json_object *row = json_object_new_object();
            report_text(row, "tenant", peer->tenant);
            report_text(row, "client", peer->name.text + strlen(peer->tenant) + 1);
            report_text(row, "topic", (const char *)key.topic.data);
            report_text(row, "scope", subscription->key.pattern);
            report_text(row, "path", (const char *)key.path.data);
            add_row(answer, row);
        }
    }
    send_page(answer, true);
}

/* Of tenants that were here since the start. */
static void answer_quotas(answer_t *answer)
{
    core_t *self = answer->to->core;
    const quota_t *quota, *next;
    HASH_ITER (hh, self->quotas.by_tenant, quota, next) {
        dd_bytes_t tenant = dd_bytes_of(quota->tenant);
        if ((answer->tenant.size > 0 && !dd_bytes_equal(answer->tenant, tenant)) ||
            !wants_row(answer))
            continue;
        json_object *row = json_object_new_object();
        report_text(row, "tenant", quota->tenant);
        report_number(row, "clients", quota->clients);
        report_number(row, "subscriptions", quota->subscriptions);
        report_number(row, "outbox", quota->outbox.bytes);
        report_number(row, "questions", quota->questions);
        add_limits(row, self, &quota->limits);
        add_limit(row, "questions_max", quota->limits.questions);
        add_limit(row, "connects_max", quota->limits.connects);
        add_limit(row, "messages_max", quota->limits.messages);
        add_limit(row, "bytes_max", quota->limits.bytes);
        add_row(answer, row);
    }
    send_page(answer, true);
}

/* Newest first. */
static void answer_events(answer_t *answer)
{
    core_t *self = answer->to->core;
    const event_t *event;
    for (uint64_t i = 0; (event = event_history_at(&self->events, i)); i++) {
        if (!event_is_for(event, answer->tenant) || !wants_row(answer))
            continue;
        json_object *row = json_object_new_object();
        report_number(row, "at_ms", event->at_ms - self->started_ms);
        report_number(row, "age_ms", self->now_ms - event->at_ms);
        report_text(row, "level", dd_log_level_name(event->level));
        report_text(row, "tenant", event->tenant);
        report_text(row, "text", event->text);
        add_row(answer, row);
    }
    send_page(answer, true);
}

static const struct {
    const char *what;
    void (*answer)(answer_t *answer);
} QUESTIONS[] = {{"tree", answer_tree}, {"clients", answer_clients},
    {"subscriptions", answer_subscriptions}, {"events", answer_events}, {"quotas", answer_quotas}};

bool inspect_answers_is_question(dd_bytes_t what)
{
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++)
        if (dd_bytes_equal(what, dd_bytes_of(QUESTIONS[i].what)))
            return true;
    return false;
}

void inspect_answers_inspect(const report_to_t *to, const dd_record_t *asked)
{
    answer_t answer = {.to = to,
        .tenant = asked->tenant,
        .rows = json_object_new_array(),
        .first = asked->first,
        .end = UINT32_MAX};
    if (asked->limit > 0 && asked->limit < UINT32_MAX - asked->first)
        answer.end = asked->first + asked->limit;
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        answer.what = QUESTIONS[i].what;
        if (dd_bytes_equal(asked->text, dd_bytes_of(answer.what)))
            QUESTIONS[i].answer(&answer);
    }
    json_object_put(answer.rows);
}
