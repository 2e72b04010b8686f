/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * health_check - the state of the tree in one line, as monitors want it
 */
#include "health_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include <json-c/json.h>

#include "libdd/base/escape.h"

/* Brokers in trouble that are named; the others are counted. */
#define NAMED_MAX 4

static const char *const STATES[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* The units are those of the plugins: "c" for what only grows. */
static const struct {
    const char *name;
    const char *unit;
} FIGURES[HEALTH_FIGURES] = {
    [HEALTH_BROKERS] = {"brokers", ""},
    [HEALTH_SILENT] = {"silent", ""},
    [HEALTH_CUT_OFF] = {"cut_off", ""},
    [HEALTH_DRAINING] = {"draining", ""},
    [HEALTH_CLIENTS] = {"clients", ""},
    [HEALTH_SUBSCRIPTIONS] = {"subscriptions", ""},
    [HEALTH_OUTBOX] = {"outbox", "B"},
    [HEALTH_IN] = {"in", "c"},
    [HEALTH_OUT] = {"out", "c"},
    [HEALTH_REFUSED] = {"refused", "c"},
    [HEALTH_DROPPED] = {"dropped", "c"},
    [HEALTH_DROPPED_LATELY] = {"dropped_lately", ""},
    [HEALTH_OLD_KEYS] = {"old_keys", ""},
    [HEALTH_GONE] = {"gone", ""},
    [HEALTH_RTT] = {"rtt", "us"},
    [HEALTH_TIME] = {"time", "us"},
};

health_check_figure_t health_check_find(const char *name, size_t size)
{
    size_t i = 0;
    while (i < HEALTH_FIGURES &&
           (strlen(FIGURES[i].name) != size || memcmp(FIGURES[i].name, name, size) != 0))
        i++;
    return (health_check_figure_t)i;
}

/* ---- Words -------------------------------------------------------------------------------- */

/* Appends to the text; what doesn't fit is left out. */
__attribute__((format(printf, 2, 3))) static void say(health_check_t *self, const char *format, ...)
{
    size_t used = strlen(self->text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->text + used, sizeof self->text - used, format, arguments);
    va_end(arguments);
}

/* Another reason to worry. */
static void worry(health_check_t *self, health_check_state_t state)
{
    say(self, "%s", self->state != HEALTH_OK ? ", " : "");
    if (state > self->state)
        self->state = state;
}

static void worry_of_number(health_check_t *self, health_check_state_t state, uint64_t number,
    const char *one, const char *many)
{
    if (number == 0)
        return;
    worry(self, state);
    say(self, "%" PRIu64 " %s", number, number == 1 ? one : many);
}

/* ---- Brokers ------------------------------------------------------------------------------ */

/* A look at all brokers. Of those in trouble, so many are named. */
typedef struct {
    health_check_t *check;
    const model_t *model;
    uint64_t faults;
    health_check_state_t worst_unnamed;
} look_t;

/* One more is in trouble, with a fault in a few words. */
static void name_fault(
    look_t *self, health_check_state_t state, const char *broker, const char *fault)
{
    char name[DD_ESCAPE_MAX * DD_BROKER_MAX + 1];
    if (++self->faults > NAMED_MAX) {
        if (state > self->worst_unnamed)
            self->worst_unnamed = state;
        return;
    }
    worry(self->check, state);
    dd_escape_text(broker, strlen(broker), name, sizeof name);
    say(self->check, "%s: %s", name, fault);
}

/* Whether the broker is in the tree after all, elsewhere or started anew. */
static bool is_back(const model_t *model, const lost_t *lost)
{
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        if (strcmp(broker->id, lost->id) == 0 || strcmp(broker->name, lost->name) == 0)
            return true;
    }
    return false;
}

/* Those that a broker misses beneath it. */
static void look_for_lost(look_t *self, const broker_t *broker)
{
    for (const lost_t *lost = broker->lost; lost->name[0] != '\0'; lost++) {
        char fault[64];
        if (is_back(self->model, lost))
            continue;
        self->check->figures[HEALTH_GONE]++;
        snprintf(fault, sizeof fault, "gone for %" PRIu64 " s", lost->age_ms / 1000);
        name_fault(self, HEALTH_CRITICAL, lost->name, fault);
    }
}

/* Whoever has said how much may be dropped is believed. */
static bool drops(const health_check_limits_t *limits, const broker_t *broker)
{
    return broker->traffic.drop_age_ms <= HEALTH_DROP_AGE &&
           !limits->warning[HEALTH_DROPPED_LATELY].text &&
           !limits->critical[HEALTH_DROPPED_LATELY].text;
}

/* What is wrong with a broker, in a few words; HEALTH_OK if nothing is. */
static health_check_state_t find_fault(
    const health_check_limits_t *limits, const broker_t *broker, char *out, size_t room)
{
    const char *state = broker->state[0] != '\0' ? broker->state : "in no known state";
    if (strcmp(state, "ok") != 0)
        dd_escape_text(state, strlen(state), out, room);
    else if (drops(limits, broker))
        snprintf(out, room, "dropped publications %" PRIu64 " s ago",
            broker->traffic.drop_age_ms / 1000);
    else if (broker->parents_silent != MODEL_UNKNOWN && broker->parents_silent > 0)
        snprintf(out, room, "%" PRIu64 " of its parents %s not answer", broker->parents_silent,
            broker->parents_silent == 1 ? "does" : "do");
    else
        return HEALTH_OK;
    return strcmp(state, "cut off") == 0 ? HEALTH_CRITICAL : HEALTH_WARNING;
}

static void add(uint64_t *sum, uint64_t value)
{
    if (value != MODEL_UNKNOWN)
        *sum += value;
}

static void count(uint64_t figures[HEALTH_FIGURES], const broker_t *broker)
{
    figures[HEALTH_BROKERS]++;
    add(&figures[HEALTH_CLIENTS], broker->clients);
    add(&figures[HEALTH_SUBSCRIPTIONS], broker->subscriptions);
    add(&figures[HEALTH_OUTBOX], broker->outbox);
    add(&figures[HEALTH_IN], broker->traffic.in);
    add(&figures[HEALTH_OUT], broker->traffic.out);
    add(&figures[HEALTH_REFUSED], broker->traffic.refused);
    add(&figures[HEALTH_DROPPED], broker->traffic.dropped);
    add(&figures[HEALTH_DROPPED_LATELY], broker->traffic.dropped_lately);
    add(&figures[HEALTH_OLD_KEYS], broker->old_keys);
    figures[HEALTH_CUT_OFF] += strcmp(broker->state, "cut off") == 0;
    figures[HEALTH_DRAINING] += strcmp(broker->state, "draining") == 0;
    if (broker->rtt_us != MODEL_UNKNOWN && broker->rtt_us > figures[HEALTH_RTT])
        figures[HEALTH_RTT] = broker->rtt_us;
}

static void look_at_brokers(look_t *self)
{
    health_check_t *check = self->check;
    for (size_t i = 0; i < model_count(self->model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(self->model, VIEW_TREE, i);
        char fault[128];
        health_check_state_t state = find_fault(check->limits, broker, fault, sizeof fault);
        count(check->figures, broker);
        look_for_lost(self, broker);
        if (state != HEALTH_OK)
            name_fault(self, state, broker->name, fault);
    }
    if (self->faults > NAMED_MAX)
        worry_of_number(check, self->worst_unnamed, self->faults - NAMED_MAX, "other in trouble",
            "others in trouble");
}

/* ---- Judgement ---------------------------------------------------------------------------- */

static void look_at_number(health_check_t *self)
{
    uint64_t brokers = self->figures[HEALTH_BROKERS], expected = self->limits->brokers;
    if (brokers >= expected)
        return;
    worry(self, HEALTH_CRITICAL);
    say(self, "%" PRIu64 " of %" PRIu64 " brokers", brokers, expected);
}

static void look_at_figures(health_check_t *self)
{
    for (size_t i = 0; i < HEALTH_FIGURES; i++) {
        const threshold_t *critical = &self->limits->critical[i];
        const threshold_t *warning = &self->limits->warning[i];
        uint64_t value = self->figures[i];
        bool is_critical = threshold_alerts(critical, value);
        if (!is_critical && !threshold_alerts(warning, value))
            continue;
        worry(self, is_critical ? HEALTH_CRITICAL : HEALTH_WARNING);
        say(self, "%s is %" PRIu64 "%s, limit %s", FIGURES[i].name, value,
            strcmp(FIGURES[i].unit, "c") == 0 ? "" : FIGURES[i].unit,
            is_critical ? critical->text : warning->text);
    }
}

void health_check_tree(health_check_t *self, const model_t *model,
    const health_check_round_t *round, const health_check_limits_t *limits)
{
    *self = (health_check_t){.state = HEALTH_OK, .limits = limits};
    self->figures[HEALTH_SILENT] = round->silent;
    self->figures[HEALTH_TIME] = round->took_us;
    look_at_brokers(&(look_t){.check = self, .model = model});
    worry_of_number(
        self, HEALTH_CRITICAL, round->silent, "broker did not answer", "brokers did not answer");
    worry_of_number(
        self, HEALTH_WARNING, round->unreadable, "report can't be read", "reports can't be read");
    look_at_number(self);
    look_at_figures(self);
    uint64_t brokers = self->figures[HEALTH_BROKERS], clients = self->figures[HEALTH_CLIENTS];
    say(self, "%s%" PRIu64 " broker%s, %" PRIu64 " client%s", self->state == HEALTH_OK ? "" : "; ",
        brokers, brokers == 1 ? "" : "s", clients, clients == 1 ? "" : "s");
}

void health_check_fail(health_check_t *self, health_check_state_t state, const char *text)
{
    *self = (health_check_t){.state = state, .failed = true};
    dd_escape_text(text, strlen(text), self->text, sizeof self->text);
}

/* ---- Output ------------------------------------------------------------------------------- */

static bool print_json(const health_check_t *self, FILE *out)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "state", json_object_new_string(STATES[self->state]));
    json_object_object_add(object, "status", json_object_new_int((int)self->state));
    json_object_object_add(object, "text", json_object_new_string(self->text));
    for (size_t i = 0; i < HEALTH_FIGURES; i++)
        json_object_object_add(object, FIGURES[i].name,
            self->failed ? NULL : json_object_new_uint64(self->figures[i]));
    const char *text = json_object_to_json_string_ext(
        object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    bool good = text && fprintf(out, "%s\n", text) >= 0;
    json_object_put(object);
    return good;
}

/* A '|' would begin the figures. */
static bool put_character(FILE *out, char character)
{
    return character != '|' ? putc(character, out) != EOF : fputs("\\x7c", out) != EOF;
}

/* With the limits behind it, as far as there are any. */
static bool print_figure(const health_check_t *self, FILE *out, size_t i)
{
    const char *warning = self->limits->warning[i].text, *critical = self->limits->critical[i].text;
    if (fprintf(out, "%s%s=%" PRIu64 "%s", i == 0 ? " | " : " ", FIGURES[i].name, self->figures[i],
            FIGURES[i].unit) < 0)
        return false;
    return !(warning || critical) || fprintf(out, ";%s%s%s", warning ? warning : "",
                                         critical ? ";" : "", critical ? critical : "") >= 0;
}

bool health_check_print(const health_check_t *self, FILE *out, bool json)
{
    if (json)
        return print_json(self, out);
    bool good = fprintf(out, "DOUBLEDECKER %s - ", STATES[self->state]) >= 0;
    for (const char *at = self->text; good && *at != '\0'; at++)
        good = put_character(out, *at);
    for (size_t i = 0; good && i < HEALTH_FIGURES && !self->failed; i++)
        good = print_figure(self, out, i);
    return good && putc('\n', out) != EOF;
}
