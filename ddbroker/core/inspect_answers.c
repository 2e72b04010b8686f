/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect_answers - what can be asked about this broker
 *
 * An answer is made a step at a time, as the asker has room for it. What comes and goes meanwhile
 * may be in it or not.
 */
#include "inspect_answers.h"

#include <stdio.h>
#include <stdlib.h>

#include "figures.h"
#include "rotation.h"

/* Rows in one REPORT, those of topics and others: even at their longest they take less than
   DD_FRAME_TARGET, which every connection carries, however small a payload may be. */
#define PAGE_TOPICS 5
#define PAGE_ROWS 20
/* What the making of a row costs, in units of a step; to pass over one costs 1. */
#define ROW_UNITS 4
/* Bytes of a tenant's answers that wait in an outbox, at most, before there are more. */
#define AHEAD_MAX (128u * 1024)
/* Bytes of the reasons for which something was refused; enough for all of them. */
#define REASONS_ROOM 1024
/* Bytes of the list of parents; what doesn't fit is cut. */
#define PARENTS_ROOM 1024

/* Events of one level that aren't told. */
typedef struct {
    uint64_t count;
    uint64_t at_ms; /* when the newest of them was */
} untold_t;

typedef struct question_kind {
    const char *what;
    size_t page_rows;
    /* Goes on with the answer: true at its end. */
    bool (*go_on)(answer_t *answer);
    void (*finish)(answer_t *answer);
} kind_t;

struct answer {
    job_t job;
    report_to_t to;
    const kind_t *kind;
    json_object *rows;     /* of the page in the making */
    uint32_t row;          /* number of the next one */
    uint32_t first;        /* the first one wanted */
    uint32_t end;          /* and the first one no more wanted */
    bool full;             /* the asker takes no more */
    int units;             /* left of the step */
    cursor_t peer;         /* looked at next */
    cursor_t subscription; /* of that peer, if it is one's turn */
    cursor_t event;        /* looked at next, the newest of when it was asked first */
    uint32_t infos;        /* that are still told of the events that are only information */
    untold_t untold[EVENT_LEVELS];
    const quota_t *quota;       /* looked at next; none is ever removed */
    cursor_t topic;             /* looked at next */
    const topics_own_t *others; /* looked at next; none is ever removed */
    figures_t figures;          /* of the tenants so far */
};

/* ---- Rows ---------------------------------------------------------------------------------- */

static dd_bytes_t tenant_of(const answer_t *answer)
{
    return answer->to.tenant;
}

/* An operator sees all. */
static bool is_operators(const answer_t *answer)
{
    return answer->to.tenant.size == 0;
}

/* Rule 11: a tenant sees what is its own, an operator all. */
static bool sees_tenant(const answer_t *answer, dd_bytes_t tenant)
{
    return is_operators(answer) || dd_bytes_equal(tenant_of(answer), tenant);
}

static void send_page(answer_t *answer, bool last)
{
    json_object *report = report_new(answer->to.core);
    report_id(report, "broker_id", answer->to.core->id);
    json_object_object_add(report, answer->kind->what, answer->rows);
    report_number(report, "rows", answer->row);
    answer->rows = json_object_new_array();
    if (!report_send(&answer->to, report, last))
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
    answer->units -= ROW_UNITS;
    json_object_array_add(answer->rows, row);
    if (json_object_array_length(answer->rows) >= answer->kind->page_rows)
        send_page(answer, false);
}

static void finish_rows(answer_t *answer)
{
    send_page(answer, true);
}

/* ---- Peers --------------------------------------------------------------------------------- */

static bool is_theirs(const answer_t *answer, const peer_t *peer)
{
    return peer_is_tenants(peer) && sees_tenant(answer, peer_tenant(peer));
}

/* Who only asks isn't one of those that are asked about. */
static bool may_see(const answer_t *answer, const peer_t *peer)
{
    return is_theirs(answer, peer) && peer->state == PEER_READY && peer->role == ROLE_CLIENT;
}

static void next_peer(answer_t *answer)
{
    const peer_t *peer = answer->peer.at;
    answer->units--;
    cursor_set(&answer->to.core->cursors, &answer->peer, peer->next);
}

/* Shows each peer that is the asker's to the function, as far as the step goes. */
static bool walk(answer_t *answer, void (*show)(answer_t *answer, const peer_t *peer))
{
    for (; answer->units > 0 && answer->peer.at; next_peer(answer))
        if (is_theirs(answer, answer->peer.at))
            show(answer, answer->peer.at);
    return !answer->peer.at;
}

/* ---- What can be asked --------------------------------------------------------------------- */

/* "3 no such destination, 1 overloaded", the codes in their order; null if nothing was refused. */
static void add_reasons(json_object *report, const counts_reasons_t *refused)
{
    char text[REASONS_ROOM] = "";
    size_t used = 0;
    for (size_t code = 0; code < COUNTS_REASONS && used < sizeof text; code++)
        if (refused->of[code] > 0)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%s%llu %s", used > 0 ? ", " : "",
                    (unsigned long long)refused->of[code], counts_reason_name(code));
    report_text(report, "refused_for", used > 0 ? text : NULL);
}

/* A limit, or null for none. */
static void add_limit(json_object *report, const char *name, uint64_t limit)
{
    report_number_if(report, name, limit > 0, limit);
}

/* How much of what there is the asker may have at most. */
static void add_limits(json_object *report, const core_t *self, const quota_limits_t *limits)
{
    add_limit(report, "clients_max", quota_places(limits, self->settings.clients_max));
    add_limit(report, "subscriptions_max", limits->subscriptions);
    add_limit(report, "outbox_max", limits->outbox);
}

/* What all clients did, and links besides: what passes through on the way from one to another isn't
   this broker's clients'. What was refused and dropped stays that of all. */
static counts_t without_links(const core_t *self)
{
    counts_t count = self->count;
    count.in -= self->of_links.in;
    count.out -= self->of_links.out;
    count.in_bytes -= self->of_links.in_bytes;
    count.out_bytes -= self->of_links.out_bytes;
    return count;
}

/* Who was refused a connection is an event; here is how often that was. */
static void add_strangers(
    const answer_t *answer, const figures_broker_t *broker, json_object *report)
{
    const core_t *self = answer->to.core;
    if (!is_operators(answer))
        return;
    report_number(report, "not_let_in", broker->not_let_in);
    report_number_if(report, "not_let_in_age_ms", broker->not_let_in > 0,
        self->now_ms - self->strangers.last_ms);
}

/* The operators' business, as all that isn't one tenant's. */
static void add_links(const answer_t *answer, json_object *report)
{
    const core_t *self = answer->to.core;
    if (!is_operators(answer))
        return;
    report_number(report, "links_in", self->of_links.in);
    report_number(report, "links_out", self->of_links.out);
}

/* What the asker may know of the traffic here: an operator that of all clients, a tenant that of
   its own, those that have left included. */
static void add_totals(const answer_t *answer, json_object *report)
{
    static const quota_limits_t NONE = {.clients = 0};
    static const quota_t NOBODY;
    const core_t *self = answer->to.core;
    const figures_t *figures = &answer->figures;
    const quota_t *quota = quotas_find(&self->quotas, tenant_of(answer));
    bool all = is_operators(answer);
    counts_t of_all = without_links(self);
    quota = quota ? quota : &NOBODY;
    add_limits(report, self, all ? &NONE : quota_rules_of(&self->quotas.rules, tenant_of(answer)));
    report_number(report, "clients", figures->clients);
    report_number(report, "outbox", figures->outbox);
    report_number(report, "subscriptions", figures->subscriptions);
    add_reasons(report, all ? &self->refused_for : &quota->refused_for);
    report_count(report, all ? &of_all : &quota->count, self->now_ms);
    add_links(answer, report);
    report_number(
        report, "dropped_lately", recent_sum(all ? &self->dropped : &quota->dropped, self->now_ms));
    report_number(report, "old_keys", figures->old_keys);
}

/* Where the parents are is the operators' business: "tcp://a:5555 joined, tcp://b:5555 silent", in
   their order; null without any. */
static void add_parents(const answer_t *answer, const figures_broker_t *broker, json_object *report)
{
    const parents_t *parents = broker->parents;
    char text[PARENTS_ROOM] = "";
    size_t used = 0;
    if (!is_operators(answer))
        return;
    for (size_t i = 0; i < parents->list.count && used < sizeof text; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %s", i > 0 ? ", " : "",
            parents->list.items[i], parents_health_name(parents, i));
    report_text(report, "parents", used > 0 ? text : NULL);
    report_number(report, "parents_silent", broker->parents_silent);
    report_number_if(report, "parent_ms", parents->joined, broker->parent_ms);
    report_number(report, "moves", parents->moves);
}

/* Brokers that ought to be beneath this one; null for none. */
static void add_lost(const core_t *self, json_object *report)
{
    json_object *list = self->lost.count > 0 ? json_object_new_array() : NULL;
    for (size_t i = 0; list && i < self->lost.count; i++) {
        const lost_broker_t *lost = &self->lost.items[i];
        json_object *row = json_object_new_object();
        report_text(row, "name", lost->name);
        report_id(row, "id", lost->id);
        report_number(row, "age_ms", self->now_ms - lost->at_ms);
        json_object_array_add(list, row);
    }
    json_object_object_add(report, "lost", list);
}

static bool sum_up(answer_t *answer)
{
    for (; answer->units > 0 && answer->quota; answer->units--) {
        if (sees_tenant(answer, dd_bytes_of(answer->quota->tenant)))
            figures_add(&answer->figures, answer->quota);
        answer->quota = quotas_after(answer->quota);
    }
    return !answer->quota;
}

/* Operators alone see it: how busy a broker is says something of other tenants. */
static void add_turns(const answer_t *answer, json_object *report)
{
    const turns_t *turns = &answer->to.core->turns;
    json_object *counts = is_operators(answer) ? json_object_new_array() : NULL;
    for (size_t i = 0; counts && i < TURNS_LENGTHS; i++)
        json_object_array_add(counts, json_object_new_uint64(turns->count[i]));
    json_object_object_add(report, "turns_us", counts);
}

static void finish_tree(answer_t *answer)
{
    core_t *self = answer->to.core;
    figures_broker_t broker = figures_of_broker(self, self->now_ms);
    json_object *report = report_new(self);
    report_id(report, "id", self->id);
    report_id(report, "parent", core_parent_ready(self) ? self->parent->id : NULL);
    report_text(report, "version", DD_VERSION);
    report_text(report, "state", broker.state);
    report_number(report, "uptime_ms", broker.uptime_ms);
    report_number(report, "children", broker.children);
    add_lost(self, report);
    report_number_if(report, "rtt_us", broker.rtt_us > 0, broker.rtt_us);
    add_parents(answer, &broker, report);
    add_strangers(answer, &broker, report);
    add_totals(answer, report);
    add_turns(answer, report);
    report_send(&answer->to, report, true);
}

static void show_client(answer_t *answer, const peer_t *peer)
{
    const core_t *self = answer->to.core;
    if (!may_see(answer, peer) || !wants_row(answer))
        return;
    json_object *row = json_object_new_object();
    report_text(row, "tenant", peer->tenant);
    report_text(row, "name", peer->name.text + strlen(peer->tenant) + 1);
    report_text(row, "key", rotation_key(self, peer));
    report_number(row, "since_ms", self->now_ms - peer->since_ms);
    report_number(row, "idle_ms", self->now_ms - peer->heard_ms);
    report_number(row, "subscriptions", peer->subscription_count);
    report_number(row, "outbox", peer->outbox.bytes);
    report_count(row, &peer->count, self->now_ms);
    add_row(answer, row);
}

static bool list_clients(answer_t *answer)
{
    return walk(answer, show_client);
}

static void show_subscription(
    answer_t *answer, const peer_t *peer, const subscription_t *subscription)
{
    interest_key_t key = interest_key(subscription->key.interest);
    json_object *row = json_object_new_object();
    report_text(row, "tenant", peer->tenant);
    report_text(row, "client", peer->name.text + strlen(peer->tenant) + 1);
    report_text(row, "topic", (const char *)key.topic.data);
    report_text(row, "scope", subscription->key.pattern);
    report_text(row, "path", (const char *)key.path.data);
    add_row(answer, row);
}

/* Whether none of so many rows from here on is wanted. */
static bool passes_over(const answer_t *answer, unsigned rows)
{
    return answer->full || answer->row >= answer->end ||
           (uint64_t)answer->row + rows <= answer->first;
}

/* Enters the list of the peer's subscriptions, unless all of them can be counted at once. */
static void open_peer(answer_t *answer, const peer_t *peer)
{
    if (!may_see(answer, peer))
        return;
    if (passes_over(answer, peer->subscription_count))
        answer->row += peer->subscription_count;
    else
        cursor_set(
            &answer->to.core->interests.held_cursors, &answer->subscription, peer->subscriptions);
}

static void next_subscription(answer_t *answer)
{
    const subscription_t *subscription = answer->subscription.at;
    cursor_set(&answer->to.core->interests.held_cursors, &answer->subscription, subscription->next);
    if (wants_row(answer))
        show_subscription(answer, subscription->key.peer, subscription);
    else
        answer->units--;
}

static bool list_subscriptions(answer_t *answer)
{
    while (answer->units > 0 && (answer->subscription.at || answer->peer.at)) {
        if (answer->subscription.at) {
            next_subscription(answer);
            continue;
        }
        const peer_t *peer = answer->peer.at;
        next_peer(answer);
        open_peer(answer, peer);
    }
    return !answer->subscription.at && !answer->peer.at;
}

static void show_quota(answer_t *answer, const quota_t *quota)
{
    const core_t *self = answer->to.core;
    if (!sees_tenant(answer, dd_bytes_of(quota->tenant)) || !wants_row(answer))
        return;
    json_object *row = json_object_new_object();
    report_text(row, "tenant", quota->tenant);
    report_number(row, "clients", quota->clients);
    report_number(row, "subscriptions", quota->subscriptions);
    report_number(row, "outbox", quota->outbox.bytes);
    report_number(row, "questions", quota->questions);
    report_number(row, "old_keys", quota->old_keys);
    add_limits(row, self, &quota->limits);
    add_limit(row, "questions_max", quota->limits.questions);
    add_limit(row, "connects_max", quota->limits.connects);
    add_limit(row, "messages_max", quota->limits.messages);
    add_limit(row, "bytes_max", quota->limits.bytes);
    add_row(answer, row);
}

/* Of tenants that were here since the start. */
static bool list_quotas(answer_t *answer)
{
    for (; answer->units > 0 && answer->quota; answer->units--) {
        show_quota(answer, answer->quota);
        answer->quota = quotas_after(answer->quota);
    }
    return !answer->quota;
}

/* Whoever wants so many only gets what is more than information first, for half of them; and hears
   what isn't told. */
static void share_events(answer_t *answer)
{
    const event_history_t *events = &answer->to.core->events;
    uint64_t important = 0, half = (answer->end - answer->first) / 2;
    for (dd_log_level_t level = 0; level < EVENT_LEVELS; level++) {
        event_sums_t sums = event_history_sums(events, tenant_of(answer), level);
        answer->untold[level] = (untold_t){sums.forgotten, sums.forgotten_ms};
        important += level < DD_LOG_INFO ? sums.count : 0;
    }
    answer->infos = UINT32_MAX;
    if (answer->end < UINT32_MAX && answer->first == 0)
        answer->infos = answer->end - (uint32_t)(important < half ? important : half);
}

static bool is_one_info_too_many(answer_t *answer, const event_t *event)
{
    if (event->level != DD_LOG_INFO)
        return false;
    if (answer->infos > 0) {
        answer->infos--;
        return false;
    }
    answer->row++;
    answer->end++; /* for another one */
    return true;
}

static json_object *new_event(
    const core_t *self, uint64_t at_ms, dd_log_level_t level, const char *tenant, const char *text)
{
    json_object *row = json_object_new_object();
    report_number(row, "at_ms", at_ms - self->started_ms);
    report_number(row, "age_ms", self->now_ms - at_ms);
    report_text(row, "level", dd_log_level_name(level));
    report_text(row, "tenant", tenant);
    report_text(row, "text", text);
    return row;
}

/* They come newest first. */
static void leave_untold(answer_t *answer, const event_t *event)
{
    untold_t *untold = &answer->untold[event->level];
    untold->count++;
    if (event->at_ms > untold->at_ms)
        untold->at_ms = event->at_ms;
}

static void show_event(answer_t *answer, const event_t *event)
{
    if (!event_is_for(event, tenant_of(answer)))
        return;
    if (!is_one_info_too_many(answer, event) && wants_row(answer))
        add_row(answer, new_event(answer->to.core, event->at_ms, event->level, event_tenant(event),
                            event->text));
    else
        leave_untold(answer, event);
}

/* Newest first; those that come meanwhile aren't in it. */
static bool list_events(answer_t *answer)
{
    event_history_t *events = &answer->to.core->events;
    for (; answer->units > 0; answer->units--) {
        const event_t *event = answer->event.at;
        if (!event)
            return true;
        show_event(answer, event);
        cursor_set(&events->cursors, &answer->event, event->older);
    }
    return false;
}

/* Who goes through them page by page has seen that on the first one. */
static void finish_events(answer_t *answer)
{
    char tenant[DD_TENANT_MAX + 1], text[EVENT_TEXT_MAX];
    dd_bytes_copy(tenant_of(answer), tenant, sizeof tenant);
    for (dd_log_level_t level = 0; level < EVENT_LEVELS && answer->first == 0; level++) {
        const untold_t *untold = &answer->untold[level];
        snprintf(text, sizeof text, "%llu older events of level %s aren't told any more",
            (unsigned long long)untold->count, dd_log_level_name(level));
        if (untold->count > 0)
            add_row(answer, new_event(answer->to.core, untold->at_ms, level, tenant, text));
    }
    send_page(answer, true);
}

/* One without a name is what there was no room for. */
static json_object *new_topic(
    const core_t *self, const char *tenant, const char *topic, const topic_count_t *count)
{
    bool any = count->lost > 0;
    json_object *row = json_object_new_object();
    report_text(row, "tenant", tenant);
    report_text(row, "topic", topic);
    report_number(row, "publications", count->publications);
    report_number(row, "bytes", count->bytes);
    report_number(row, "lost", count->lost);
    report_number_if(row, "lost_since_ms", any, self->now_ms - count->lost_since_ms);
    report_number_if(row, "lost_age_ms", any, self->now_ms - count->lost_ms);
    return row;
}

static void add_publishers(json_object *row, const topic_t *topic)
{
    json_object *publishers = json_object_new_array();
    const topic_publisher_t *most[TOPICS_PUBLISHERS_TOLD];
    size_t count = topics_publishers(topic, most);
    for (size_t i = 0; i < count; i++) {
        json_object *one = json_object_new_object();
        report_text(one, "name", most[i]->name);
        report_number(one, "publications", topic_publisher_surely(most[i]));
        json_object_array_add(publishers, one);
    }
    json_object_object_add(row, "publishers", publishers);
}

static void show_topic(answer_t *answer, const topic_t *topic)
{
    if (!sees_tenant(answer, dd_bytes_of(topic_tenant(topic))) || !wants_row(answer))
        return;
    json_object *row =
        new_topic(answer->to.core, topic_tenant(topic), topic_text(topic), &topic->count);
    report_number(row, "subscribers", topic->subscribers);
    add_publishers(row, topic);
    add_row(answer, row);
}

static void show_others(answer_t *answer, const topics_own_t *own)
{
    bool any = own->others.publications > 0 || own->others.lost > 0;
    if (any && sees_tenant(answer, dd_bytes_of(own->tenant)) && wants_row(answer))
        add_row(answer, new_topic(answer->to.core, own->tenant, NULL, &own->others));
}

static bool list_topics(answer_t *answer)
{
    topics_t *topics = &answer->to.core->topics;
    const topic_t *topic;
    for (; answer->units > 0 && (topic = answer->topic.at); answer->units--) {
        show_topic(answer, topic);
        cursor_set(&topics->cursors, &answer->topic, topics_after(topic));
    }
    for (; answer->units > 0 && answer->others; answer->units--) {
        show_others(answer, answer->others);
        answer->others = topics_own_after(answer->others);
    }
    return !answer->topic.at && !answer->others;
}

static const kind_t KINDS[] = {{"tree", PAGE_ROWS, sum_up, finish_tree},
    {"clients", PAGE_ROWS, list_clients, finish_rows},
    {"subscriptions", PAGE_ROWS, list_subscriptions, finish_rows},
    {"events", PAGE_ROWS, list_events, finish_events},
    {"quotas", PAGE_ROWS, list_quotas, finish_rows},
    {"topics", PAGE_TOPICS, list_topics, finish_rows}};

static const kind_t *kind_of(dd_bytes_t what)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (dd_bytes_equal(what, dd_bytes_of(KINDS[i].what)))
            return &KINDS[i];
    return NULL;
}

bool inspect_answers_is_question(dd_bytes_t what)
{
    return kind_of(what);
}

/* ---- Answers in the making ----------------------------------------------------------------- */

/* An operator may fill half of an outbox, and a tenant no more than keeps it busy. */
static bool has_room(const answer_t *answer)
{
    const peer_t *asker = answer->to.asker;
    size_t most = asker->outbox.limit / 2;
    if (!is_operators(answer) && most > AHEAD_MAX)
        most = AHEAD_MAX;
    if (!asker->shares)
        return asker->outbox.bytes <= most;
    return link_outbox_waiting(asker->shares, tenant_of(answer)) <= most &&
           link_outbox_has_room(asker->shares, tenant_of(answer), 1);
}

static void free_rows(answer_t *answer)
{
    core_t *core = answer->to.core;
    cursor_set(&core->cursors, &answer->peer, NULL);
    cursor_set(&core->interests.held_cursors, &answer->subscription, NULL);
    cursor_set(&core->events.cursors, &answer->event, NULL);
    cursor_set(&core->topics.cursors, &answer->topic, NULL);
    json_object_put(answer->rows);
    answer->rows = NULL;
}

static job_state_t step(void *core, job_t *job)
{
    answer_t *answer = (answer_t *)job;
    if (!has_room(answer)) {
        jobs_wait(job, &answer->to.asker->waiting);
        return JOB_WAITS;
    }
    answer->units = core_step_units(core);
    core_answers(core);
    if (!answer->kind->go_on(answer))
        return JOB_GOES_ON;
    answer->kind->finish(answer);
    free_rows(answer);
    return JOB_DONE;
}

/* Where it begins is settled when it is asked for. */
static void start(answer_t *answer, const dd_record_t *asked)
{
    core_t *core = answer->to.core;
    answer->kind = kind_of(asked->text);
    answer->rows = json_object_new_array();
    answer->first = asked->first;
    answer->end = UINT32_MAX;
    if (asked->limit > 0 && asked->limit < UINT32_MAX - asked->first)
        answer->end = asked->first + asked->limit;
    cursor_set(&core->events.cursors, &answer->event, core->events.newest);
    share_events(answer);
    cursor_set(&core->cursors, &answer->peer, core->peers);
    answer->quota = quotas_first(&core->quotas);
    cursor_set(&core->topics.cursors, &answer->topic, topics_first(&core->topics));
    answer->others = topics_own_first(&core->topics);
}

/* Who asked; of what comes over a link, the tenant, or all operators beyond that link, as no
   operator is called. */
static dd_bytes_t owner_of(const answer_t *answer, char room[QUOTA_NAME_MAX + 1])
{
    const peer_t *asker = answer->to.asker;
    if (asker->quota)
        return dd_bytes_of(peer_owner(asker));
    if (!is_operators(answer))
        return tenant_of(answer);
    snprintf(room, QUOTA_NAME_MAX + 1, "//%u", (unsigned)asker->link_number);
    return dd_bytes_of(room);
}

answer_t *inspect_answers_begin(const report_to_t *to, const dd_record_t *asked)
{
    char room[QUOTA_NAME_MAX + 1];
    answer_t *answer = calloc(1, sizeof *answer);
    if (!answer)
        return NULL;
    answer->job.step = step;
    answer->to = *to;
    start(answer, asked);
    if (jobs_add(&to->core->jobs, owner_of(answer, room), &answer->job))
        return answer;
    inspect_answers_end(answer);
    return NULL;
}

void inspect_answers_end(answer_t *answer)
{
    if (!answer)
        return;
    jobs_remove(&answer->to.core->jobs, &answer->job);
    free_rows(answer);
    free(answer);
}

bool inspect_answers_await(answer_t *answer, unsigned outstanding)
{
    if (!answer || !answer->rows)
        return false;
    answer->to.links = outstanding < UINT16_MAX ? (uint16_t)outstanding : UINT16_MAX;
    return true;
}
