/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_options - the table of all that a broker can be told, and how each value is written
 */
#include "config_options.h"

#include <stdio.h>
#include <stdlib.h>

#include "libdd/base/problem.h"
#include "libdd/protocol/endpoint.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/scope.h"

#define FIELD(name) offsetof(config_t, name)

static const config_option_t OPTIONS[] = {
    {"listen", 'r', true, false, KIND_ENDPOINTS, FIELD(listen), NULL, NULL, "tcp://*:5555",
        "where clients and child brokers connect; repeatable"},
    {"legacy", 0, true, false, KIND_ENDPOINTS, FIELD(legacy), NULL, NULL, NULL,
        "where clients of protocols 3 and 4 connect; repeatable"},
    {"parent", 'd', true, false, KIND_ENDPOINT, FIELD(parent), NULL, NULL, NULL,
        "the broker above this one"},
    {"keys", 'k', true, true, KIND_PATH, FIELD(keys), NULL, NULL, DD_SYSCONF "/broker-keys.json",
        "the brokers' key file"},
    {"scope", 's', true, false, KIND_SCOPE, FIELD(scope), NULL, NULL, "auto",
        "the broker's place, like /1/2/, or auto: from the parent"},
    {"config", 'c', false, false, KIND_PATH, FIELD(file), NULL, NULL, NULL,
        "read these options from a file too"},
    {"log-level", 'l', true, true, KIND_LEVEL, FIELD(log_level), NULL, NULL, "notice",
        "least important lines to log"},
    {"log-file", 'L', true, true, KIND_PATH, FIELD(log_file), NULL, NULL, NULL,
        "log there instead of to standard error"},
    {"heartbeat", 0, true, false, KIND_TIME, FIELD(heartbeat), "100ms", "1min", "5s",
        "a peer is lost after three of these in silence"},
    {"payload-max", 0, true, false, KIND_SIZE, FIELD(payload_max), "1k", "16M", "1M",
        "largest message"},
    {"client-outbox", 0, true, true, KIND_SIZE, FIELD(client_outbox), "64k", "1024M", "16M",
        "what may wait for one client"},
    {"link-outbox", 0, true, true, KIND_SIZE, FIELD(link_outbox), "64k", "4096M", "64M",
        "what may wait for one broker"},
    {"clients-max", 0, true, true, KIND_COUNT, FIELD(clients_max), "1", "1000000", "60000",
        "connections at one time"},
    {"subscriptions-max", 0, true, true, KIND_COUNT, FIELD(subscriptions_max), "1", "1000000",
        "10000", "subscriptions of one client"},
    {"io-threads", 0, true, false, KIND_COUNT, FIELD(io_threads), "1", "64", "1",
        "threads for the network and encryption"},
    {"name", 0, true, false, KIND_NAME, FIELD(name), NULL, NULL, NULL,
        "the broker's name; default: the host's"},
    {"check-config", 0, false, false, KIND_FLAG, 0, NULL, NULL, NULL,
        "check options, file and keys, and end"},
    {"help", 'h', false, false, KIND_FLAG, 0, NULL, NULL, NULL, "print this and end"},
    {"version", 'V', false, false, KIND_FLAG, 0, NULL, NULL, NULL, "print the version and end"},
};
#define OPTION_COUNT (sizeof OPTIONS / sizeof OPTIONS[0])
_Static_assert(OPTION_COUNT <= CONFIG_OPTIONS_MAX, "config_options.h promises a bound");

const config_option_t *config_option_at(size_t index)
{
    return index < OPTION_COUNT ? &OPTIONS[index] : NULL;
}

const config_option_t *config_option_named(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (strcmp(OPTIONS[i].name, name) == 0)
            return &OPTIONS[i];
    return NULL;
}

/* ---- Values -------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    uint64_t factor;
} unit_t;

static const unit_t SIZE_UNITS[] = {
    {"", 1}, {"k", 1 << 10}, {"K", 1 << 10}, {"M", 1 << 20}, {NULL, 0}};
static const unit_t TIME_UNITS[] = {{"ms", 1}, {"s", 1000}, {"min", 60000}, {NULL, 0}};
static const unit_t COUNT_UNITS[] = {{"", 1}, {NULL, 0}};

typedef bool(parse_t)(const config_option_t *option, const char *text, void *field);

static bool set_text(char **field, const char *text)
{
    free(*field);
    *field = strdup(text);
    return *field != NULL;
}

static bool parse_name(const config_option_t *option, const char *text, void *field)
{
    (void)option;
    return dd_broker_valid(dd_bytes_of(text)) && set_text(field, text);
}

static bool parse_endpoint(const config_option_t *option, const char *text, void *field)
{
    (void)option;
    return dd_endpoint_check(text, NULL) == DD_OK && set_text(field, text);
}

static bool parse_endpoints(const config_option_t *option, const char *text, void *field)
{
    (void)option;
    config_list_t *list = field;
    return dd_endpoint_listenable(text) && list->count < CONFIG_ENDPOINTS_MAX &&
           set_text(&list->items[list->count++], text);
}

static bool parse_path(const config_option_t *option, const char *text, void *field)
{
    (void)option;
    return text[0] != '\0' && set_text(field, text);
}

static bool parse_scope(const config_option_t *option, const char *text, void *field)
{
    (void)option;
    dd_scope_t scope;
    bool valid = strcmp(text, "auto") == 0 || dd_scope_parse(&scope, dd_bytes_of(text));
    return valid && set_text(field, text);
}

static bool parse_level(const config_option_t *option, const char *text, void *field)
{
    (void)option;
    dd_log_level_t level;
    if (!dd_log_level_parse(&level, dd_bytes_of(text)))
        return false;
    *(uint64_t *)field = level;
    return true;
}

/* Digits and a unit; more than 12 digits are more than any option's most. */
static bool read_number(const unit_t *units, const char *text, uint64_t *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 12)
        return false;
    for (; units->name; units++)
        if (strcmp(text + digits, units->name) == 0) {
            *number = strtoull(text, NULL, 10) * units->factor;
            return true;
        }
    return false;
}

static bool parse_number(
    const unit_t *units, const config_option_t *option, const char *text, uint64_t *field)
{
    uint64_t least, most;
    return read_number(units, option->least, &least) && read_number(units, option->most, &most) &&
           read_number(units, text, field) && *field >= least && *field <= most;
}

static bool parse_size(const config_option_t *option, const char *text, void *field)
{
    return parse_number(SIZE_UNITS, option, text, field);
}

static bool parse_time(const config_option_t *option, const char *text, void *field)
{
    return parse_number(TIME_UNITS, option, text, field);
}

static bool parse_count(const config_option_t *option, const char *text, void *field)
{
    return parse_number(COUNT_UNITS, option, text, field);
}

static const struct {
    parse_t *parse;
    const char *word;    /* for the value, in help */
    const char *expects; /* what to write, in errors */
} KIND[KINDS] = {
    [KIND_NAME] = {parse_name, "NAME", "1 to 63 bytes without white space and control characters"},
    [KIND_ENDPOINT] = {parse_endpoint, "ENDPOINT",
        "tcp://HOST:PORT, tcp://[V6]:PORT or ipc://PATH"},
    [KIND_ENDPOINTS] = {parse_endpoints, "ENDPOINT",
        "tcp://ADDRESS:PORT, tcp://*:PORT or ipc://PATH, 16 times at most"},
    [KIND_PATH] = {parse_path, "FILE", "the name of a file"},
    [KIND_SCOPE] = {parse_scope, "SCOPE", "a path of 1 to 8 numbers like /1/2/, or auto"},
    [KIND_LEVEL] = {parse_level, "LEVEL", "error, warning, notice, info or debug"},
    [KIND_SIZE] = {parse_size, "SIZE", "bytes, or with k or M"},
    [KIND_TIME] = {parse_time, "TIME", "a number with ms, s or min"},
    [KIND_COUNT] = {parse_count, "COUNT", "a number"},
};

dd_error_t config_option_set(
    config_t *self, const config_option_t *option, const char *text, dd_problem_t *problem)
{
    if (KIND[option->kind].parse(option, text, (char *)self + option->offset))
        return DD_OK;
    if (option->least)
        return dd_problem(problem, DD_E_ARGUMENT, "%s: '%.64s' is no good; write %s, from %s to %s",
            option->name, text, KIND[option->kind].expects, option->least, option->most);
    return dd_problem(problem, DD_E_ARGUMENT, "%s: '%.64s' is no good; write %s", option->name,
        text, KIND[option->kind].expects);
}

/* ---- Comparing ----------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_list(const config_list_t *a, const config_list_t *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = same_text(a->items[i], b->items[i]);
    return same;
}

static bool is_number(const config_option_t *option)
{
    return option->least || option->kind == KIND_LEVEL;
}

bool config_option_same(const config_option_t *option, const config_t *a, const config_t *b)
{
    const void *left = (const char *)a + option->offset;
    const void *right = (const char *)b + option->offset;
    if (option->kind == KIND_FLAG)
        return true;
    if (option->kind == KIND_ENDPOINTS)
        return same_list(left, right);
    if (is_number(option))
        return *(const uint64_t *)left == *(const uint64_t *)right;
    return same_text(*(char *const *)left, *(char *const *)right);
}

void config_option_swap(const config_option_t *option, config_t *a, config_t *b)
{
    uint8_t kept[sizeof(uint64_t)];
    size_t size = is_number(option) ? sizeof(uint64_t) : sizeof(char *);
    memcpy(kept, (char *)a + option->offset, size);
    memcpy((char *)a + option->offset, (char *)b + option->offset, size);
    memcpy((char *)b + option->offset, kept, size);
}

/* ---- Help ---------------------------------------------------------------------------------- */

static void describe_option(FILE *out, const config_option_t *option)
{
    char names[64];
    const char *word = KIND[option->kind].word;
    snprintf(names, sizeof names, "--%s%s%s", option->name, word ? " " : "", word ? word : "");
    if (option->flag)
        fprintf(out, "  -%c, %-26s%s", option->flag, names, option->help);
    else
        fprintf(out, "      %-26s%s", names, option->help);
    if (option->fallback)
        fprintf(out, " (%s)", option->fallback);
    fputc('\n', out);
}

char *config_option_help(void)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    fputs("usage: ddbroker [OPTION]... [NAME]\n"
          "Carries messages between the clients of a tree of DoubleDecker brokers.\n\n",
        out);
    for (size_t i = 0; i < OPTION_COUNT; i++)
        describe_option(out, &OPTIONS[i]);
    fputs("\nExit status: 0 stopped in order, 1 could not start, 2 wrong usage. See ddbroker(8).\n",
        out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
