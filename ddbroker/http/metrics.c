/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics - a broker's figures as Prometheus reads them
 */
#include "metrics.h"

/* No line, and no family's head, is longer. */
#define LINE_MAX_BYTES (METRICS_ROOM / 2)
/* Samples or tenants looked at in one piece. */
#define UNITS 500

typedef enum { COUNTER, GAUGE, HISTOGRAM } type_t;
static const char *const TYPES[] = {"counter", "gauge", "histogram"};

/* In what a figure is kept; seconds and bytes are what metrics are in. */
typedef enum { PLAIN, MS, US } unit_t;

typedef struct family family_t;
struct family {
    const char *name;
    type_t type;
    const char *help;
    /* Writes the sample whose turn it is, and goes on to the next one; false if there was none. */
    bool (*write)(metrics_t *self, const family_t *family, dd_writer_t *out);
    /* Of the broker or of a tenant; false if there is no such figure now. */
    bool (*figure)(const metrics_t *self, uint64_t *value);
    unit_t unit;
};

/* ---- Words --------------------------------------------------------------------------------- */

static void put(dd_writer_t *out, const char *text)
{
    dd_write_bytes(out, dd_bytes_of(text));
}

static void put_number(dd_writer_t *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do
        digits[--at] = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    dd_write_bytes(out, dd_bytes(digits + at, sizeof digits - at));
}

/* A number of thousandths or millionths. */
static void put_fraction(dd_writer_t *out, uint64_t number, uint64_t whole)
{
    put_number(out, number / whole);
    dd_write_u8(out, '.');
    for (uint64_t place = whole / 10; place > 0; place /= 10)
        dd_write_u8(out, (uint8_t)('0' + number / place % 10));
}

static void put_value(dd_writer_t *out, uint64_t value, unit_t unit)
{
    dd_write_u8(out, ' ');
    if (unit == PLAIN)
        put_number(out, value);
    else
        put_fraction(out, value, unit == MS ? 1000 : 1000000);
    dd_write_u8(out, '\n');
}

/* Names have no control characters in them, but may have what would end them here. */
static void put_label(dd_writer_t *out, const char *before, const char *name, const char *text)
{
    put(out, before);
    put(out, name);
    put(out, "=\"");
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            dd_write_u8(out, '\\');
        dd_write_u8(out, (uint8_t)*text);
    }
    dd_write_u8(out, '"');
}

/* ---- The broker ---------------------------------------------------------------------------- */

static bool write_figure(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    uint64_t value;
    if (self->part++ > 0 || !family->figure(self, &value))
        return false;
    put(out, family->name);
    put_value(out, value, family->unit);
    return true;
}

static bool write_build(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    if (self->part++ > 0)
        return false;
    put(out, family->name);
    put_label(out, "{", "broker", self->broker.name);
    put_label(out, ",", "scope", self->broker.scope);
    put_label(out, ",", "version", DD_VERSION);
    put(out, "} 1\n");
    return true;
}

static bool write_state(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    static const char *const STATES[] = {"ok", "cut off", "draining"};
    if (self->part == sizeof STATES / sizeof STATES[0])
        return false;
    const char *state = STATES[self->part++];
    put(out, family->name);
    put_label(out, "{", "state", state);
    put(out, strcmp(state, self->broker.state) == 0 ? "} 1\n" : "} 0\n");
    return true;
}

static bool write_lost(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    const lost_brokers_t *lost = self->broker.lost;
    if (self->part >= lost->count)
        return false;
    const lost_broker_t *one = &lost->items[self->part++];
    put(out, family->name);
    put_label(out, "{", "broker", one->name);
    dd_write_u8(out, '}');
    put_value(out, self->now_ms - one->at_ms, MS);
    return true;
}

/* Moves to the next reason for which something was refused. */
static bool find_reason(metrics_t *self, const counts_reasons_t *refused)
{
    while (self->part < COUNTS_REASONS && refused->of[self->part] == 0)
        self->part++;
    return self->part < COUNTS_REASONS;
}

static bool write_reason(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    const counts_reasons_t *refused = self->broker.refused_for;
    if (!find_reason(self, refused))
        return false;
    put(out, family->name);
    put_label(out, "{", "reason", counts_reason_name(self->part));
    dd_write_u8(out, '}');
    put_value(out, refused->of[self->part++], PLAIN);
    return true;
}

/* Turns that were no longer than those of that length; TURNS_LENGTHS: all. */
static uint64_t count_turns(const turns_t *turns, size_t length)
{
    uint64_t count = 0;
    for (size_t i = 0; i <= length && i < TURNS_LENGTHS; i++)
        count += turns->count[i];
    return count;
}

static bool write_turns(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    const turns_t *turns = self->broker.turns;
    size_t part = self->part++;
    if (part > TURNS_LENGTHS + 1)
        return false;
    put(out, family->name);
    if (part < TURNS_LENGTHS - 1) {
        put(out, "_bucket{le=\"");
        put_fraction(out, (uint64_t)TURNS_SHORTEST_US << part, 1000000);
        put(out, "\"}");
        put_value(out, count_turns(turns, part), PLAIN);
    } else if (part == TURNS_LENGTHS - 1) {
        put(out, "_bucket{le=\"+Inf\"}");
        put_value(out, count_turns(turns, TURNS_LENGTHS), PLAIN);
    } else if (part == TURNS_LENGTHS) {
        put(out, "_sum");
        put_value(out, turns->sum_us, US);
    } else {
        put(out, "_count");
        put_value(out, count_turns(turns, TURNS_LENGTHS), PLAIN);
    }
    return true;
}

/* Defines a figure that is there if the condition is true. */
#define FIGURE(name, condition, expression)                                                        \
    static bool name(const metrics_t *self, uint64_t *value)                                       \
    {                                                                                              \
        *value = (expression);                                                                     \
        return (condition);                                                                        \
    }

FIGURE(uptime, true, self->broker.uptime_ms)
FIGURE(clients, true, self->held.clients)
FIGURE(clients_max, true, self->broker.clients_max)
FIGURE(connections, true, self->broker.connections)
FIGURE(subscriptions, true, self->held.subscriptions)
FIGURE(outbox, true, self->held.outbox)
FIGURE(in, true, self->broker.count->in)
FIGURE(out, true, self->broker.count->out)
FIGURE(in_bytes, true, self->broker.count->in_bytes)
FIGURE(out_bytes, true, self->broker.count->out_bytes)
FIGURE(dropped, true, self->broker.count->dropped)
FIGURE(dropped_lately, true, self->broker.dropped_lately)
FIGURE(old_keys, true, self->held.old_keys)
FIGURE(children, true, self->broker.children)
FIGURE(children_lost, true, self->broker.lost->count)
FIGURE(parents, true, self->broker.parents->list.count)
FIGURE(parents_silent, true, self->broker.parents_silent)
FIGURE(joined, self->broker.parents->list.count > 0, self->broker.parents->joined)
FIGURE(parent_index, self->broker.parents->joined, self->broker.parents->chosen)
FIGURE(parent_ms, self->broker.parents->joined, self->broker.parent_ms)
FIGURE(not_let_in, true, self->broker.not_let_in)
FIGURE(moves, true, self->broker.parents->moves)
FIGURE(rtt, self->broker.rtt_us > 0, self->broker.rtt_us)
FIGURE(memory, true, self->process->memory)
FIGURE(cpu, true, self->process->cpu_us)
FIGURE(started, true, self->process->started_ms)
FIGURE(descriptors, true, self->process->descriptors)
FIGURE(descriptors_max, true, self->process->descriptors_max)

/* ---- Tenants ------------------------------------------------------------------------------- */

static void put_tenant(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    put(out, family->name);
    put_label(out, "{", "tenant", self->tenant->tenant);
}

static bool write_tenant(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    uint64_t value;
    if (!self->tenant)
        return false;
    if (family->figure(self, &value)) {
        put_tenant(self, family, out);
        dd_write_u8(out, '}');
        put_value(out, value, family->unit);
    }
    self->tenant = quotas_after(self->tenant);
    return true;
}

static bool write_tenant_reason(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    if (!self->tenant)
        return false;
    const counts_reasons_t *refused = &self->tenant->refused_for;
    if (find_reason(self, refused)) {
        put_tenant(self, family, out);
        put_label(out, ",", "reason", counts_reason_name(self->part));
        dd_write_u8(out, '}');
        put_value(out, refused->of[self->part++], PLAIN);
    } else {
        self->part = 0;
        self->tenant = quotas_after(self->tenant);
    }
    return true;
}

#define LIMIT(name, limit) FIGURE(name, self->tenant->limits.limit > 0, self->tenant->limits.limit)

FIGURE(t_clients, true, self->tenant->registered)
FIGURE(t_places, true, self->tenant->clients)
FIGURE(t_places_max, true, quota_places(&self->tenant->limits, self->broker.clients_max))
FIGURE(t_subscriptions, true, self->tenant->subscriptions)
LIMIT(t_subscriptions_max, subscriptions)
FIGURE(t_outbox, true, self->tenant->outbox.bytes)
LIMIT(t_outbox_max, outbox)
FIGURE(t_questions, true, self->tenant->questions)
LIMIT(t_questions_max, questions)
LIMIT(t_connects_max, connects)
LIMIT(t_messages_max, messages)
LIMIT(t_bytes_max, bytes)
FIGURE(t_in, true, self->tenant->count.in)
FIGURE(t_out, true, self->tenant->count.out)
FIGURE(t_in_bytes, true, self->tenant->count.in_bytes)
FIGURE(t_out_bytes, true, self->tenant->count.out_bytes)
FIGURE(t_dropped, true, self->tenant->count.dropped)
FIGURE(t_dropped_lately, true, recent_sum(&self->tenant->dropped, self->now_ms))
FIGURE(t_old_keys, true, self->tenant->old_keys)

/* ---- All ----------------------------------------------------------------------------------- */

/* Those of the broker, then those of tenants. */
static const family_t FAMILIES[] = {
    {"dd_build_info", GAUGE, "Name, scope and version of the broker.", write_build, NULL, PLAIN},
    {"dd_state", GAUGE, "1 for the state that the broker is in.", write_state, NULL, PLAIN},
    {"dd_uptime_seconds", GAUGE, "Time since the broker started.", write_figure, uptime, MS},
    {"dd_clients", GAUGE, "Clients that are registered here.", write_figure, clients, PLAIN},
    {"dd_connections", GAUGE, "Connections of clients, operators and child brokers.", write_figure,
        connections, PLAIN},
    {"dd_clients_limit", GAUGE, "Connections that there may be.", write_figure, clients_max, PLAIN},
    {"dd_subscriptions", GAUGE, "Subscriptions of the clients here.", write_figure, subscriptions,
        PLAIN},
    {"dd_outbox_bytes", GAUGE, "Bytes that wait for the clients here.", write_figure, outbox,
        PLAIN},
    {"dd_messages_received_total", COUNTER, "Notifications and publications from all peers.",
        write_figure, in, PLAIN},
    {"dd_messages_sent_total", COUNTER, "Notifications and publications to all peers.",
        write_figure, out, PLAIN},
    {"dd_received_bytes_total", COUNTER, "Bytes of their payloads from all peers.", write_figure,
        in_bytes, PLAIN},
    {"dd_sent_bytes_total", COUNTER, "Bytes of their payloads to all peers.", write_figure,
        out_bytes, PLAIN},
    {"dd_refused_total", COUNTER, "What peers asked for and didn't get, by reason.", write_reason,
        NULL, PLAIN},
    {"dd_dropped_total", COUNTER, "Publications that a peer lost.", write_figure, dropped, PLAIN},
    {"dd_connections_refused_total", COUNTER, "Connections that were not let in.", write_figure,
        not_let_in, PLAIN},
    {"dd_dropped_lately", GAUGE, "Of these, those of the last five minutes.", write_figure,
        dropped_lately, PLAIN},
    {"dd_old_key_clients", GAUGE, "Clients that the end of a rotation of keys would cut off.",
        write_figure, old_keys, PLAIN},
    {"dd_children", GAUGE, "Child brokers that are joined.", write_figure, children, PLAIN},
    {"dd_children_lost", GAUGE, "Child brokers that were lost and are missed.", write_figure,
        children_lost, PLAIN},
    {"dd_child_lost_seconds", GAUGE, "Time since one of these was lost.", write_lost, NULL, PLAIN},
    {"dd_parents", GAUGE, "Parents that are configured.", write_figure, parents, PLAIN},
    {"dd_parents_silent", GAUGE, "Parents that did not answer when they were tried last.",
        write_figure, parents_silent, PLAIN},
    {"dd_parent_joined", GAUGE,
        "1 if this broker is joined to a parent; only where it is to have "
        "one.",
        write_figure, joined, PLAIN},
    {"dd_parent_index", GAUGE, "Which parent of the list is joined, from 0.", write_figure,
        parent_index, PLAIN},
    {"dd_parent_joined_seconds", GAUGE, "Time since the parent was joined.", write_figure,
        parent_ms, MS},
    {"dd_parent_moves_total", COUNTER, "How often another parent was joined than before.",
        write_figure, moves, PLAIN},
    {"dd_parent_round_trip_seconds", GAUGE, "Time to the parent and back.", write_figure, rtt, US},
    {"dd_turn_seconds", HISTOGRAM, "How long turns of the broker's loop took.", write_turns, NULL,
        PLAIN},
    {"process_resident_memory_bytes", GAUGE, "Resident memory size.", write_figure, memory, PLAIN},
    {"process_cpu_seconds_total", COUNTER, "User and system CPU time spent.", write_figure, cpu,
        US},
    {"process_start_time_seconds", GAUGE, "Start time of the process since 1970.", write_figure,
        started, MS},
    {"process_open_fds", GAUGE, "Open file descriptors.", write_figure, descriptors, PLAIN},
    {"process_max_fds", GAUGE, "Most open file descriptors.", write_figure, descriptors_max, PLAIN},

    {"dd_tenant_clients", GAUGE, "Clients of the tenant that are registered here.", write_tenant,
        t_clients, PLAIN},
    {"dd_tenant_connections", GAUGE, "Connections of the tenant.", write_tenant, t_places, PLAIN},
    {"dd_tenant_clients_limit", GAUGE, "Connections that the tenant may have.", write_tenant,
        t_places_max, PLAIN},
    {"dd_tenant_subscriptions", GAUGE, "Subscriptions of the tenant's clients.", write_tenant,
        t_subscriptions, PLAIN},
    {"dd_tenant_subscriptions_limit", GAUGE, "Subscriptions that they may have.", write_tenant,
        t_subscriptions_max, PLAIN},
    {"dd_tenant_outbox_bytes", GAUGE, "Bytes that wait for the tenant's clients.", write_tenant,
        t_outbox, PLAIN},
    {"dd_tenant_outbox_limit_bytes", GAUGE, "Bytes that may wait for them.", write_tenant,
        t_outbox_max, PLAIN},
    {"dd_tenant_questions", GAUGE, "Questions of the tenant in the last ten seconds.", write_tenant,
        t_questions, PLAIN},
    {"dd_tenant_questions_limit", GAUGE, "Questions that it may ask in ten seconds.", write_tenant,
        t_questions_max, PLAIN},
    {"dd_tenant_connects_per_second_limit", GAUGE, "New connections that it may make.",
        write_tenant, t_connects_max, PLAIN},
    {"dd_tenant_messages_per_second_limit", GAUGE, "Messages that it may send.", write_tenant,
        t_messages_max, PLAIN},
    {"dd_tenant_bytes_per_second_limit", GAUGE, "Bytes that it may send.", write_tenant,
        t_bytes_max, PLAIN},
    {"dd_tenant_messages_received_total", COUNTER, "Messages from the tenant's clients.",
        write_tenant, t_in, PLAIN},
    {"dd_tenant_messages_sent_total", COUNTER, "Messages to the tenant's clients.", write_tenant,
        t_out, PLAIN},
    {"dd_tenant_received_bytes_total", COUNTER, "Bytes of payloads from the tenant's clients.",
        write_tenant, t_in_bytes, PLAIN},
    {"dd_tenant_sent_bytes_total", COUNTER, "Bytes of payloads to the tenant's clients.",
        write_tenant, t_out_bytes, PLAIN},
    {"dd_tenant_refused_total", COUNTER, "What the tenant's clients asked for and didn't get.",
        write_tenant_reason, NULL, PLAIN},
    {"dd_tenant_dropped_total", COUNTER, "Publications that the tenant's clients lost.",
        write_tenant, t_dropped, PLAIN},
    {"dd_tenant_dropped_lately", GAUGE, "Of these, those of the last five minutes.", write_tenant,
        t_dropped_lately, PLAIN},
    {"dd_tenant_old_key_clients", GAUGE,
        "The tenant's clients that the end of its rotation would cut off.", write_tenant,
        t_old_keys, PLAIN},
};
#define FAMILY_COUNT (sizeof FAMILIES / sizeof FAMILIES[0])

static bool is_tenants(const family_t *family)
{
    return family->write == write_tenant || family->write == write_tenant_reason;
}

static void write_head(metrics_t *self, const family_t *family, dd_writer_t *out)
{
    put(out, "# HELP ");
    put(out, family->name);
    put(out, " ");
    put(out, family->help);
    put(out, "\n# TYPE ");
    put(out, family->name);
    put(out, " ");
    put(out, TYPES[family->type]);
    put(out, "\n");
    self->begun = true;
    self->part = 0;
    self->tenant = is_tenants(family) ? figures_tenants(self->core) : NULL;
}

void metrics_begin(
    metrics_t *self, const core_t *core, const metrics_process_t *process, bool with_tenants)
{
    *self = (metrics_t){.core = core,
        .process = process,
        .with_tenants = with_tenants,
        .tenant = figures_tenants(core)};
}

/* What clients hold, summed up as far as the units go. */
static void sum_up(metrics_t *self, unsigned *units)
{
    for (; self->tenant && *units > 0; (*units)--) {
        figures_add(&self->held, self->tenant);
        self->tenant = quotas_after(self->tenant);
    }
    self->summed = !self->tenant;
}

static void write_next(metrics_t *self, dd_writer_t *out)
{
    const family_t *family = &FAMILIES[self->family];
    if (is_tenants(family) && !self->with_tenants) {
        self->family++;
    } else if (!self->begun) {
        write_head(self, family, out);
    } else if (!family->write(self, family, out)) {
        self->begun = false;
        self->family++;
    }
}

bool metrics_write(metrics_t *self, dd_writer_t *out, uint64_t now_ms)
{
    unsigned units = UNITS;
    self->now_ms = now_ms;
    self->broker = figures_of_broker(self->core, now_ms);
    if (!self->summed)
        sum_up(self, &units);
    if (!self->summed)
        return true;
    for (; units > 0 && self->family < FAMILY_COUNT && out->end - out->at >= LINE_MAX_BYTES;
         units--)
        write_next(self, out);
    return self->family < FAMILY_COUNT;
}
