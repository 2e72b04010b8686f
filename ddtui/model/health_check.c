/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * health_check - the state of the tree in one line, as monitors want it
 */
#include "health_check.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <json-c/json.h>

#include "libdd/base/escape.h"

/* Brokers in trouble that are named; the others are counted. */
#define NAMED_MAX 4

static const char *const STATES[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* The figures, in the order in which they are printed; the units are those of the plugins: "c" for
   what only grows. */
static const struct {
    const char *name;
    const char *unit;
    size_t offset;
} FIGURES[] = {
    {"brokers", "", offsetof(health_check_figures_t, brokers)},
    {"silent", "", offsetof(health_check_figures_t, silent)},
    {"cut_off", "", offsetof(health_check_figures_t, cut_off)},
    {"draining", "", offsetof(health_check_figures_t, draining)},
    {"clients", "", offsetof(health_check_figures_t, clients)},
    {"subscriptions", "", offsetof(health_check_figures_t, subscriptions)},
    {"outbox", "B", offsetof(health_check_figures_t, outbox)},
    {"in", "c", offsetof(health_check_figures_t, in)},
    {"out", "c", offsetof(health_check_figures_t, out)},
    {"refused", "c", offsetof(health_check_figures_t, refused)},
    {"dropped", "c", offsetof(health_check_figures_t, dropped)},
};
#define FIGURE_COUNT (sizeof FIGURES / sizeof FIGURES[0])

static uint64_t figure(const health_check_t *self, size_t i)
{
    uint64_t value;
    memcpy(&value, (const char *)&self->figures + FIGURES[i].offset, sizeof value);
    return value;
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
static void begin_warning(health_check_t *self)
{
    say(self, "%s", self->state == HEALTH_WARNING ? ", " : "");
    self->state = HEALTH_WARNING;
}

static void warn_of_number(health_check_t *self, uint64_t number, const char *one, const char *many)
{
    if (number == 0)
        return;
    begin_warning(self);
    say(self, "%" PRIu64 " %s", number, number == 1 ? one : many);
}

/* ---- Judgement ---------------------------------------------------------------------------- */

static void add(uint64_t *sum, uint64_t value)
{
    if (value != MODEL_UNKNOWN)
        *sum += value;
}

static void count(health_check_figures_t *self, const broker_t *broker)
{
    self->brokers++;
    add(&self->clients, broker->clients);
    add(&self->subscriptions, broker->subscriptions);
    add(&self->outbox, broker->outbox);
    add(&self->in, broker->traffic.in);
    add(&self->out, broker->traffic.out);
    add(&self->refused, broker->traffic.refused);
    add(&self->dropped, broker->traffic.dropped);
    self->cut_off += strcmp(broker->state, "cut off") == 0;
    self->draining += strcmp(broker->state, "draining") == 0;
}

/* What is wrong with a broker, in a few words; false if nothing is. */
static bool find_fault(const broker_t *broker, char *out, size_t room)
{
    const char *state = broker->state[0] != '\0' ? broker->state : "in no known state";
    bool drops = broker->traffic.drop_age_ms <= HEALTH_DROP_AGE;
    if (strcmp(state, "ok") != 0)
        dd_escape_text(state, strlen(state), out, room);
    else if (drops)
        snprintf(out, room, "dropped publications %" PRIu64 " s ago",
            broker->traffic.drop_age_ms / 1000);
    else if (broker->parents_silent != MODEL_UNKNOWN && broker->parents_silent > 0)
        snprintf(out, room, "%" PRIu64 " of its parents %s not answer", broker->parents_silent,
            broker->parents_silent == 1 ? "does" : "do");
    else
        return false;
    return true;
}

static void judge(health_check_t *self, const broker_t *broker, uint64_t *faults)
{
    char fault[128], name[DD_ESCAPE_MAX * DD_BROKER_MAX + 1];
    if (!find_fault(broker, fault, sizeof fault) || ++*faults > NAMED_MAX)
        return;
    begin_warning(self);
    dd_escape_text(broker->name, strlen(broker->name), name, sizeof name);
    say(self, "%s: %s", name, fault);
}

void health_check_tree(
    health_check_t *self, const model_t *model, uint64_t silent, uint64_t unreadable)
{
    *self = (health_check_t){.state = HEALTH_OK, .figures.silent = silent};
    const health_check_figures_t *figures = &self->figures;
    uint64_t faults = 0;
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        count(&self->figures, broker);
        judge(self, broker, &faults);
    }
    if (faults > NAMED_MAX)
        warn_of_number(self, faults - NAMED_MAX, "other in trouble", "others in trouble");
    warn_of_number(self, silent, "broker did not answer", "brokers did not answer");
    warn_of_number(self, unreadable, "report can't be read", "reports can't be read");
    say(self, "%s%" PRIu64 " broker%s, %" PRIu64 " client%s", self->state == HEALTH_OK ? "" : "; ",
        figures->brokers, figures->brokers == 1 ? "" : "s", figures->clients,
        figures->clients == 1 ? "" : "s");
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
    for (size_t i = 0; i < FIGURE_COUNT; i++)
        json_object_object_add(
            object, FIGURES[i].name, self->failed ? NULL : json_object_new_uint64(figure(self, i)));
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

bool health_check_print(const health_check_t *self, FILE *out, bool json)
{
    if (json)
        return print_json(self, out);
    bool good = fprintf(out, "DOUBLEDECKER %s - ", STATES[self->state]) >= 0;
    for (const char *at = self->text; good && *at != '\0'; at++)
        good = put_character(out, *at);
    for (size_t i = 0; good && i < FIGURE_COUNT && !self->failed; i++)
        good = fprintf(out, "%s%s=%" PRIu64 "%s", i == 0 ? " | " : " ", FIGURES[i].name,
                   figure(self, i), FIGURES[i].unit) >= 0;
    return good && putc('\n', out) != EOF;
}
