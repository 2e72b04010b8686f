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

static const char *const PLACES[] = {"auto", NULL};
static const char *const SHARES[] = {"fair", NULL};
static const char *const MODES[] = {"0600", "0660", "0666", NULL};
static const char *const LEVELS[] = {
    [DD_LOG_ERROR] = "error",
    [DD_LOG_WARNING] = "warning",
    [DD_LOG_NOTICE] = "notice",
    [DD_LOG_INFO] = "info",
    [DD_LOG_DEBUG] = "debug",
    [DD_LOG_QUIET] = "quiet",
    NULL,
};

static dd_option_set_t add_endpoints, set_path, set_scope, set_level, set_mode, set_time, set_size,
    set_count, set_share, set_name, set_http;

static const config_option_t OPTIONS[] = {
    {.option = {.letter = 'r',
         .name = "listen",
         .argument = "ENDPOINT",
         .help = "where clients and child brokers connect",
         .fallback = "tcp://*:5555",
         .words = DD_ENDPOINT_WORDS,
         .repeats = true,
         .set = add_endpoints,
         .offset = FIELD(listen)},
        .kind = KIND_ENDPOINTS,
        .in_file = true},
    {.option = {.name = "reserved",
         .argument = "ENDPOINT",
         .help = "where only operators and child brokers connect",
         .words = DD_ENDPOINT_WORDS,
         .repeats = true,
         .set = add_endpoints,
         .offset = FIELD(reserved)},
        .kind = KIND_ENDPOINTS,
        .in_file = true},
    {.option = {.name = "ipc-mode",
         .argument = "MODE",
         .help = "who may connect at ipc paths, as chmod(1) has it",
         .fallback = "0660",
         .words = MODES,
         .set = set_mode,
         .offset = FIELD(ipc_mode)},
        .kind = KIND_NUMBER,
        .in_file = true},
    {.option = {.name = "legacy",
         .argument = "ENDPOINT",
         .help = "where clients of protocols 3 and 4 connect",
         .words = DD_ENDPOINT_WORDS,
         .repeats = true,
         .set = add_endpoints,
         .offset = FIELD(legacy)},
        .kind = KIND_ENDPOINTS,
        .in_file = true},
    {.option = {.letter = 'd',
         .name = "parent",
         .help = "the broker above this one; of several, the first that answers",
         DD_ENDPOINTS_OPTION,
         .offset = FIELD(parents)},
        .kind = KIND_PARENTS,
        .in_file = true,
        .reloads = true},
    {.option = {.letter = 'k',
         .name = "keys",
         .argument = "FILE",
         .help = "the brokers' key file",
         .fallback = DD_SYSCONF "/broker-keys.json",
         .takes = DD_TAKES_FILE,
         .set = set_path,
         .offset = FIELD(keys)},
        .kind = KIND_TEXT,
        .in_file = true,
        .reloads = true},
    {.option = {.letter = 's',
         .name = "scope",
         .argument = "SCOPE",
         .help = "the broker's place, like /1/2/, or auto: from the parent",
         .fallback = "auto",
         .words = PLACES,
         .set = set_scope,
         .offset = FIELD(scope)},
        .kind = KIND_TEXT,
        .in_file = true},
    {.option = {.letter = 'c',
         .also = 'f', /* what the original had */
         .name = "config",
         .argument = "FILE",
         .help = "read these options from a file too",
         .takes = DD_TAKES_FILE,
         .set = set_path,
         .offset = FIELD(file)},
        .kind = KIND_TEXT},
    {.option = {.letter = 'l',
         .name = "log-level",
         .argument = "LEVEL",
         .help = "least important lines to log",
         .fallback = "notice",
         .takes = DD_TAKES_WORD,
         .words = LEVELS,
         .set = set_level,
         .offset = FIELD(log_level)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true},
    {.option = {.letter = 'L',
         .name = "log-file",
         .argument = "FILE",
         .help = "log there instead of to standard error",
         .takes = DD_TAKES_FILE,
         .set = set_path,
         .offset = FIELD(log_file)},
        .kind = KIND_TEXT,
        .in_file = true,
        .reloads = true},
    {.option = {.name = "heartbeat",
         .argument = "TIME",
         .help = "a peer is lost after three of these in silence",
         .fallback = "2500ms",
         .set = set_time,
         .offset = FIELD(heartbeat)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .least = "100ms",
        .most = "1min"},
    {.option = {.name = "settle",
         .argument = "TIME",
         .help = "after its start, an unknown name may still come",
         .fallback = "5s",
         .set = set_time,
         .offset = FIELD(settle)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .least = "0ms",
        .most = "1min"},
    {.option = {.name = "payload-max",
         .argument = "SIZE",
         .help = "largest message",
         .fallback = "1M",
         .set = set_size,
         .offset = FIELD(payload_max)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .least = "1k",
        .most = "16M"},
    {.option = {.name = "client-outbox",
         .argument = "SIZE",
         .help = "what may wait for one client",
         .fallback = "16M",
         .set = set_size,
         .offset = FIELD(client_outbox)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "64k",
        .most = "1024M"},
    {.option = {.name = "link-outbox",
         .argument = "SIZE",
         .help = "what may wait for one broker",
         .fallback = "64M",
         .set = set_size,
         .offset = FIELD(link_outbox)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "64k",
        .most = "4096M"},
    {.option = {.name = "client-window",
         .argument = "SIZE",
         .help = "what one client may have on its way here",
         .fallback = "1M",
         .set = set_size,
         .offset = FIELD(client_window)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "4k",
        .most = "1024M"},
    {.option = {.name = "link-window",
         .argument = "SIZE",
         .help = "what one child broker may have on its way",
         .fallback = "16M",
         .set = set_size,
         .offset = FIELD(link_window)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "4k",
        .most = "1024M"},
    {.option = {.name = "input-max",
         .argument = "SIZE",
         .help = "what all clients may have on their way here",
         .fallback = "256M",
         .set = set_size,
         .offset = FIELD(input_max)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1M",
        .most = "65536M"},
    {.option = {.name = "clients-max",
         .argument = "COUNT",
         .help = "connections at one time",
         .fallback = "60000",
         .set = set_count,
         .offset = FIELD(clients_max)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "1000000"},
    {.option = {.name = "subscriptions-max",
         .argument = "COUNT",
         .help = "subscriptions of one client",
         .fallback = "10000",
         .set = set_count,
         .offset = FIELD(subscriptions_max)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "1000000"},
    {.option = {.name = "link-names-max",
         .argument = "COUNT",
         .help = "clients beneath one child broker",
         .fallback = "1000000",
         .set = set_count,
         .offset = FIELD(link_names_max)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "100000000"},
    {.option = {.name = "link-interests-max",
         .argument = "COUNT",
         .help = "interests of one broker",
         .fallback = "1000000",
         .set = set_count,
         .offset = FIELD(link_interests_max)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "100000000"},
    {.option = {.name = "tenant-clients",
         .argument = "COUNT",
         .help = "clients of one tenant; fair: no more than places left",
         .fallback = "fair",
         .words = SHARES,
         .set = set_share,
         .offset = FIELD(quota.clients)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "1000000"},
    {.option = {.name = "tenant-connects",
         .argument = "COUNT",
         .help = "new connections of one tenant a second",
         .fallback = "1000",
         .set = set_count,
         .offset = FIELD(quota.connects)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "1000000"},
    {.option = {.name = "tenant-subscriptions",
         .argument = "COUNT",
         .help = "subscriptions of one tenant",
         .fallback = "200000",
         .set = set_count,
         .offset = FIELD(quota.subscriptions)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "10000000"},
    {.option = {.name = "tenant-outbox",
         .argument = "SIZE",
         .help = "what may wait for one tenant's clients",
         .fallback = "64M",
         .set = set_size,
         .offset = FIELD(quota.outbox)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "64k",
        .most = "65536M"},
    {.option = {.name = "tenant-messages",
         .argument = "COUNT",
         .help = "messages from one tenant a second",
         .fallback = "1000000",
         .set = set_count,
         .offset = FIELD(quota.messages)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "10000000"},
    {.option = {.name = "tenant-bytes",
         .argument = "SIZE",
         .help = "bytes of messages from one tenant a second",
         .fallback = "1024M",
         .set = set_size,
         .offset = FIELD(quota.bytes)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1k",
        .most = "65536M"},
    {.option = {.name = "tenant-burst",
         .argument = "TIME",
         .help = "what was not sent may be made up for so long",
         .fallback = "2s",
         .set = set_time,
         .offset = FIELD(quota.burst)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "100ms",
        .most = "1min"},
    {.option = {.name = "tenant-questions",
         .argument = "COUNT",
         .help = "questions of one tenant in ten seconds",
         .fallback = "250",
         .set = set_count,
         .offset = FIELD(quota.questions)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .reloads = true,
        .least = "1",
        .most = "1000000"},
    {.option = {.name = "io-threads",
         .argument = "COUNT",
         .help = "threads for the network and encryption",
         .fallback = "1",
         .set = set_count,
         .offset = FIELD(io_threads)},
        .kind = KIND_NUMBER,
        .in_file = true,
        .least = "1",
        .most = "63"},
    {.option = {.name = "http",
         .argument = "ADDRESS",
         .help = "where monitors ask for health and figures, like 127.0.0.1:9080",
         .set = set_http,
         .offset = FIELD(http)},
        .kind = KIND_TEXT,
        .in_file = true,
        .reloads = true},
    {.option = {.name = "http-token-file",
         .argument = "FILE",
         .help = "what monitors must know to be given more than health",
         .takes = DD_TAKES_FILE,
         .set = set_path,
         .offset = FIELD(http_token_file)},
        .kind = KIND_TEXT,
        .in_file = true,
        .reloads = true},
    {.option = {.name = "name",
         .argument = "NAME",
         .help = "the broker's name; without it: the host's",
         .set = set_name,
         .offset = FIELD(name)},
        .kind = KIND_TEXT,
        .in_file = true},
    {.option = {.name = "check-config",
         .help = "check options, file and keys, and end",
         .set = dd_option_set_flag,
         .offset = FIELD(only_check)}},
    {.option = {.name = "reload",
         .argument = "PID",
         .help = "have the broker of that process reload, and end",
         .set = set_count,
         .offset = FIELD(reload)},
        .least = "1",
        .most = "4194304"},
    {.option = {.argument = "NAME",
         .help = "the same as with --name",
         .set = set_name,
         .offset = FIELD(name)}},
};
#define OPTION_COUNT (sizeof OPTIONS / sizeof OPTIONS[0])

/* What the DoubleDecker of 2015 to 2017 had, and what to write. */
static const dd_former_t FORMER[] = {
    {"router", "write legacy = tcp://*:PORT for clients of protocols 3 and 4, and listen = "
               "tcp://*:PORT, another one, for all others"},
    {"dealer", "write parent = tcp://HOST:PORT"},
    {"keyfile", "write keys = FILE"},
    {"loglevel", "write log-level = notice"},
    {"logfile", "write log-file = FILE, or nothing to log to standard error"},
    {"rest", "write http = 127.0.0.1:PORT"},
    {"syslog", "leave it out: systemd(1) takes what goes to standard error into its journal"},
    {"daemonize", "leave it out: the broker stays in the foreground, where systemd(1) keeps it"},
    {"-w", "write --http 127.0.0.1:PORT"},
    {"-S", "leave it out: systemd(1) takes what goes to standard error into its journal"},
    {"-D", "leave it out: the broker stays in the foreground, where systemd(1) keeps it"},
    {NULL, NULL},
};

const dd_options_t CONFIG_OPTIONS = {
    .program = "ddbroker",
    .summary = "Carries messages between the clients of a tree of DoubleDecker brokers.\n",
    DD_OPTIONS_TABLE(OPTIONS),
    .former = FORMER,
    .notes = "Exit status: 0 stopped in order, 1 could not start, 2 wrong usage.\n"
             "See ddbroker(8).\n",
};

const config_option_t *config_option_at(size_t index)
{
    return index < OPTION_COUNT ? &OPTIONS[index] : NULL;
}

const config_option_t *config_option_in_file(const char *name)
{
    for (size_t i = 0; i < OPTION_COUNT; i++)
        if (OPTIONS[i].in_file && strcmp(OPTIONS[i].option.name, name) == 0)
            return &OPTIONS[i];
    return NULL;
}

static bool is_in_file(const dd_option_t *option)
{
    return config_option_in_file(option->name);
}

const config_option_t *config_option_nearest(const char *name)
{
    const char *near = dd_options_nearest(&CONFIG_OPTIONS, name, strlen(name), is_in_file);
    return near ? config_option_in_file(near) : NULL;
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

/* Sets a text if it is good. */
static dd_error_t keep_text(void *values, const dd_option_t *option, const char *text, bool good,
    const char *expected, dd_problem_t *problem)
{
    char **field = (char **)(void *)((char *)values + option->offset);
    if (!good)
        return dd_option_refuse(text, expected, problem);
    char *copy = strdup(text);
    if (!copy)
        return dd_problem(problem, DD_E_MEMORY, "%s", dd_strerror(DD_E_MEMORY));
    free(*field);
    *field = copy;
    return DD_OK;
}

static dd_error_t set_name(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    return keep_text(values, option, text, dd_broker_valid(dd_bytes_of(text)),
        "1 to 63 bytes without white space and control characters", problem);
}

static dd_error_t set_path(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    return keep_text(values, option, text, text[0] != '\0', "the name of a file", problem);
}

/* An endpoint of TCP without what says so, in numbers: no name is looked up. Whether this host has
   that address is seen when it is bound. */
static dd_error_t set_http(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    char endpoint[DD_ENDPOINT_MAX + 1];
    int size = snprintf(endpoint, sizeof endpoint, "tcp://%s", text);
    bool in_numbers = text[0] == '[' || text[strspn(text, "0123456789.*")] == ':';
    bool good = in_numbers && size < (int)sizeof endpoint && dd_endpoint_listenable(endpoint);
    return keep_text(
        values, option, text, good, "ADDRESS:PORT in numbers, like 127.0.0.1:9080", problem);
}

/* The slashes at both ends may be left out. */
static bool read_scope(dd_scope_t *scope, const char *text)
{
    char whole[DD_SCOPE_MAX + 3];
    dd_bytes_t inner = dd_bytes_of(text);
    if (inner.size > 0 && inner.data[0] == '/')
        inner = dd_bytes(inner.data + 1, inner.size - 1);
    if (inner.size > 0 && inner.data[inner.size - 1] == '/')
        inner.size--;
    if (inner.size > DD_SCOPE_MAX)
        return false;
    snprintf(whole, sizeof whole, "/%.*s/", (int)inner.size, (const char *)inner.data);
    return dd_scope_parse(scope, dd_bytes_of(whole));
}

static dd_error_t set_scope(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    dd_scope_t scope;
    if (strcmp(text, PLACES[0]) == 0)
        return keep_text(values, option, text, true, NULL, problem);
    if (read_scope(&scope, text))
        return keep_text(values, option, scope.text, true, NULL, problem);
    return dd_option_refuse(text, "a path of 1 to 8 numbers like /1/2/, or auto", problem);
}

bool config_list_has(const config_list_t *self, const char *endpoint)
{
    dd_bytes_t host, port = {0};
    if (dd_endpoint_split(dd_bytes_of(endpoint), &host, &port) &&
        (dd_bytes_equal(port, dd_bytes_of("*")) || dd_bytes_equal(port, dd_bytes_of("0"))))
        return false;
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->items[i], endpoint) == 0)
            return true;
    return false;
}

/* Takes an endpoint over. */
static dd_error_t add_endpoint(config_list_t *list, char *endpoint, dd_problem_t *problem)
{
    dd_error_t result = DD_OK;
    if (!endpoint)
        return dd_problem(problem, DD_E_MEMORY, "%s", dd_strerror(DD_E_MEMORY));
    if (!dd_endpoint_listenable(endpoint) || list->count == CONFIG_ENDPOINTS_MAX)
        result = dd_option_refuse(
            endpoint, "tcp://ADDRESS:PORT, tcp://*:PORT or ipc://PATH, 16 times at most", problem);
    else if (config_list_has(list, endpoint))
        result = dd_problem(problem, DD_E_ARGUMENT, "'%.128s' is given twice", endpoint);
    else
        list->items[list->count++] = endpoint;
    if (result != DD_OK)
        free(endpoint);
    return result;
}

/* One endpoint, or several with commas between. */
static dd_error_t add_endpoints(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    config_list_t *list = (config_list_t *)(void *)((char *)values + option->offset);
    for (const char *at = text;; at++) {
        size_t size = strcspn(at, ",");
        dd_error_t result = add_endpoint(list, strndup(at, size), problem);
        at += size;
        if (result != DD_OK || *at == '\0')
            return result;
    }
}

static dd_error_t set_mode(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    uint64_t mode = 0;
    size_t size = strlen(text);
    for (size_t i = 0; i < size; i++)
        mode = mode * 8 + (uint64_t)(text[i] - '0');
    /* Who may write may connect; its own account always may. */
    if (size < 3 || size > 4 || strspn(text, "01234567") != size || mode > 0777 ||
        (mode & 0600) != 0600)
        return dd_option_refuse(text, "a mode like 0660, from 0600 to 0777", problem);
    *(uint64_t *)(void *)((char *)values + option->offset) = mode;
    return DD_OK;
}

/* The table has made sure that it is one of the names. */
static dd_error_t set_level(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    uint64_t level = 0;
    (void)problem;
    while (strcmp(LEVELS[level], text) != 0)
        level++;
    *(uint64_t *)(void *)((char *)values + option->offset) = level;
    return DD_OK;
}

/* Digits and a unit; numbers that a unit would make too large for 64 bits are more than any
   option's most. */
static bool read_number(const unit_t *units, const char *text, uint64_t *number)
{
    const char *unit = dd_option_digits(text, number);
    if (!unit || *number > UINT32_MAX)
        return false;
    for (; units->name; units++)
        if (strcmp(unit, units->name) == 0) {
            *number *= units->factor;
            return true;
        }
    return false;
}

static dd_error_t set_number(const unit_t *units, const char *expected, void *values,
    const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    const config_option_t *limits = (const config_option_t *)option;
    uint64_t least, most, *field = (uint64_t *)(void *)((char *)values + option->offset);
    if (read_number(units, limits->least, &least) && read_number(units, limits->most, &most) &&
        read_number(units, text, field) && *field >= least && *field <= most)
        return DD_OK;
    char wanted[96];
    snprintf(wanted, sizeof wanted, "%s, from %s to %s", expected, limits->least, limits->most);
    return dd_option_refuse(text, wanted, problem);
}

static dd_error_t set_size(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    return set_number(SIZE_UNITS, "bytes, or with k or M", values, option, text, problem);
}

static dd_error_t set_time(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    return set_number(TIME_UNITS, "a number with ms, s or min", values, option, text, problem);
}

static dd_error_t set_count(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    return set_number(COUNT_UNITS, "a number", values, option, text, problem);
}

/* Or no number, but what the others leave. */
static dd_error_t set_share(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    if (strcmp(text, SHARES[0]) != 0)
        return set_number(COUNT_UNITS, "fair or a number", values, option, text, problem);
    *(uint64_t *)(void *)((char *)values + option->offset) = QUOTA_FAIR;
    return DD_OK;
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

static bool same_parents(const dd_endpoints_t *a, const dd_endpoints_t *b)
{
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++)
        same = strcmp(a->items[i], b->items[i]) == 0;
    return same;
}

bool config_option_same(const config_option_t *option, const config_t *a, const config_t *b)
{
    const void *left = (const char *)a + option->option.offset;
    const void *right = (const char *)b + option->option.offset;
    switch (option->kind) {
    case KIND_ENDPOINTS:
        return same_list(left, right);
    case KIND_PARENTS:
        return same_parents(left, right);
    case KIND_NUMBER:
        return *(const uint64_t *)left == *(const uint64_t *)right;
    case KIND_TEXT:
        return same_text(*(char *const *)left, *(char *const *)right);
    default:
        return true;
    }
}

bool config_option_is_quota(const config_option_t *option)
{
    size_t offset = option->option.offset;
    return option->kind == KIND_NUMBER && offset >= FIELD(quota) &&
           offset < FIELD(quota) + sizeof(quota_limits_t);
}

uint64_t config_option_number(const config_option_t *option, const config_t *config)
{
    return *(const uint64_t *)(const void *)((const char *)config + option->option.offset);
}

const config_list_t *config_option_list(const config_option_t *option, const config_t *config)
{
    return (const config_list_t *)(const void *)((const char *)config + option->option.offset);
}

static size_t size_of(kind_t kind)
{
    switch (kind) {
    case KIND_NUMBER:
        return sizeof(uint64_t);
    case KIND_PARENTS:
        return sizeof(dd_endpoints_t);
    default:
        return sizeof(char *);
    }
}

void config_option_swap(const config_option_t *option, config_t *a, config_t *b)
{
    uint8_t kept[sizeof(dd_endpoints_t)];
    size_t size = size_of(option->kind), offset = option->option.offset;
    memcpy(kept, (char *)a + offset, size);
    memcpy((char *)a + offset, (char *)b + offset, size);
    memcpy((char *)b + offset, kept, size);
}
