/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line
 */
#include "options.h"

#include <string.h>

#include "libdd/base/problem.h"
#include "libdd/base/processes.h"
#include "payload.h"

#define IN(member) offsetof(options_t, member)

/* An option, and the limits of its argument if that is a number. */
typedef struct {
    dd_option_t option;
    uint64_t least, most;
} perf_option_t;

static const char *const MODE_NAMES[MODES + 1] = {
    [MODE_NOTIFY] = "notify",
    [MODE_PUBLISH] = "publish",
    [MODE_LATENCY] = "latency",
    [MODE_CONNECT] = "connect",
};

static dd_option_set_t set_mode, set_number, set_unsigned, add_pid;
static dd_option_suggest_t suggest_pids;

static const perf_option_t OPTIONS[] = {
    {.option = {.letter = 'd',
         .name = "broker",
         .help = "brokers to connect to; each sender begins with the next one",
         .variable = "DD_BROKER",
         .fallback = "tcp://127.0.0.1:5555",
         DD_ENDPOINTS_OPTION,
         .offset = IN(endpoints)}},
    {.option = {.name = "receivers-at",
         .help = "brokers that receivers connect to; without it: as senders",
         DD_ENDPOINTS_OPTION,
         .offset = IN(receivers_at)}},
    {.option = {.letter = 'k',
         .name = "keys",
         .argument = "FILE",
         .help = "a tenant's key file",
         .variable = "DD_KEYS",
         .takes = DD_TAKES_FILE,
         .set = dd_option_set_text,
         .offset = IN(keyfile)}},
    {.option = {.name = "mode",
         .argument = "MODE",
         .help = "what to measure",
         .fallback = "notify",
         .takes = DD_TAKES_WORD,
         .words = MODE_NAMES,
         .set = set_mode}},
    {.option = {.name = "size",
         .argument = "BYTES",
         .help = "bytes of a message",
         .fallback = "64",
         .set = set_unsigned,
         .offset = IN(size)},
        .least = PAYLOAD_HEADER,
        .most = DD_PAYLOAD_MAX},
    {.option = {.name = "count",
         .argument = "N",
         .help = "messages of each sender; without it: 1000000, with latency 10000",
         .set = set_number,
         .offset = IN(count)},
        .least = 1,
        .most = 1000000000},
    {.option = {.name = "senders",
         .argument = "N",
         .help = "clients that send",
         .fallback = "1",
         .set = set_unsigned,
         .offset = IN(senders)},
        .least = 1,
        .most = 1000},
    {.option = {.name = "receivers",
         .argument = "N",
         .help = "clients that receive; without it: 1, with connect 100",
         .set = set_unsigned,
         .offset = IN(receivers)},
        .least = 1,
        .most = 10000},
    {.option = {.name = "rate",
         .argument = "N",
         .help = "messages, with connect clients, of each sender a second; without it: no limit",
         .set = set_number,
         .offset = IN(rate)},
        .least = 1,
        .most = 100000000},
    {.option = {.name = "pid",
         .argument = "PID",
         .help = "a broker's process to watch, on this machine",
         .repeats = true,
         .suggest = suggest_pids,
         .set = add_pid},
        .least = 1,
        .most = INT32_MAX},
    {.option = {.name = "json",
         .help = "print one JSON object",
         .set = dd_option_set_flag,
         .offset = IN(json)}},
};

static const dd_options_t COMMAND_LINE = {
    .program = "ddperf",
    .summary = "Measures how fast DoubleDecker brokers carry messages.\n",
    DD_OPTIONS_TABLE(OPTIONS),
    .notes = "Exit status: 0 all arrived, 1 some didn't, 2 wrong usage. See ddperf(1).\n",
};

static const struct {
    uint64_t count;
    unsigned receivers;
} MODE_DEFAULTS[MODES] = {
    [MODE_NOTIFY] = {1000000, 1},
    [MODE_PUBLISH] = {1000000, 1},
    [MODE_LATENCY] = {10000, 1},
    [MODE_CONNECT] = {0, 100},
};

const char *options_mode_name(perf_mode_t mode)
{
    return MODE_NAMES[mode];
}

/* ---- values ---------------------------------------------------------------------------------- */

static dd_error_t parse_number(
    uint64_t *value, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    const perf_option_t *limits = (const perf_option_t *)option;
    const char *rest = dd_option_digits(argument, value);
    if (rest && *rest == '\0' && *value >= limits->least && *value <= limits->most)
        return DD_OK;
    char expected[64];
    snprintf(expected, sizeof expected, "a number from %llu to %llu",
        (unsigned long long)limits->least, (unsigned long long)limits->most);
    return dd_option_refuse(argument, expected, problem);
}

static dd_error_t set_number(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    return parse_number(
        (uint64_t *)(void *)((char *)values + option->offset), option, argument, problem);
}

static dd_error_t set_unsigned(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    uint64_t value;
    dd_error_t error = parse_number(&value, option, argument, problem);
    if (error == DD_OK)
        *(unsigned *)(void *)((char *)values + option->offset) = (unsigned)value;
    return error;
}

static dd_error_t set_mode(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    options_t *self = values;
    (void)option;
    (void)problem;
    self->mode = 0;
    while (strcmp(MODE_NAMES[self->mode], argument) != 0)
        self->mode++;
    return DD_OK;
}

static dd_error_t check_room(size_t count, dd_problem_t *problem)
{
    if (count < OPTIONS_LIST_MAX)
        return DD_OK;
    return dd_problem(problem, DD_E_ARGUMENT, "no more than %d of these", OPTIONS_LIST_MAX);
}

static dd_error_t add_pid(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    options_t *self = values;
    uint64_t value;
    dd_error_t error = check_room(self->pid_count, problem);
    if (error == DD_OK)
        error = parse_number(&value, option, argument, problem);
    for (size_t i = 0; error == DD_OK && i < self->pid_count; i++)
        if (self->pids[i] == (pid_t)value)
            error = dd_problem(problem, DD_E_ARGUMENT, "'%d' is given twice", (int)value);
    if (error == DD_OK)
        self->pids[self->pid_count++] = (pid_t)value;
    return error;
}

static void suggest_pid(void *suggestions, const char *pid)
{
    dd_suggest(suggestions, pid);
}

static void suggest_pids(const void *values, dd_suggestions_t *suggestions)
{
    (void)values;
    dd_processes_named("ddbroker", suggest_pid, suggestions);
}

void options_endpoints_of(const dd_endpoints_t *list, unsigned number, char text[DD_ENDPOINTS_TEXT])
{
    dd_endpoints_t turned = {.count = list->count, .random = list->random};
    for (size_t i = 0; i < list->count; i++)
        memcpy(turned.items[i], list->items[(i + number) % list->count], sizeof turned.items[i]);
    dd_endpoints_write(&turned, text, DD_ENDPOINTS_TEXT);
}

/* ---- the whole ------------------------------------------------------------------------------- */

dd_options_outcome_t options_read(
    options_t *self, int argc, char *const argv[], dd_problem_t *problem)
{
    dd_given_t given;
    *self = (options_t){0};
    dd_options_outcome_t outcome =
        dd_options_read(&COMMAND_LINE, argc, argv, self, &given, stdout, problem);
    if (outcome != DD_OPTIONS_TAKEN)
        return outcome;
    if (dd_options_fill(&COMMAND_LINE, &given, self, problem) != DD_OK)
        return DD_OPTIONS_WRONG;
    if (self->receivers_at.count == 0)
        self->receivers_at = self->endpoints;
    if (self->count == 0)
        self->count = MODE_DEFAULTS[self->mode].count;
    if (self->receivers == 0)
        self->receivers = MODE_DEFAULTS[self->mode].receivers;
    if (self->keyfile)
        return DD_OPTIONS_TAKEN;
    dd_problem(problem, DD_E_ARGUMENT, "which key file? Give it with -k, or in DD_KEYS");
    return DD_OPTIONS_WRONG;
}
