/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line, and the help that describes it
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/include/dd.h"
#include "payload.h"

/* Options with a long name only. */
enum { MODE = 256, SIZE, COUNT, SENDERS, RECEIVERS, RATE, PID, JSON };

static const struct {
    int code; /* the letter, or above all letters */
    const char *name;
    const char *argument;
    const char *help;
} OPTIONS[] = {
    {'d', "broker", "ENDPOINT",
        "a broker; repeatable: senders on the first, receivers on the last"},
    {'k', "keys", "FILE", "a tenant's key file"},
    {MODE, "mode", "MODE", "notify, publish, latency or connect; default notify"},
    {SIZE, "size", "BYTES", "bytes of a message; default 64"},
    {COUNT, "count", "N", "messages of each sender"},
    {SENDERS, "senders", "N", "clients that send; default 1"},
    {RECEIVERS, "receivers", "N", "clients that receive; default 1, with connect 100"},
    {RATE, "rate", "N", "messages (connect: clients) a second of each sender; default: no limit"},
    {PID, "pid", "PID", "a broker's process to watch, on this machine; repeatable"},
    {JSON, "json", NULL, "print one JSON object"},
    {'h', "help", NULL, "print this help"},
    {'V', "version", NULL, "print the version"},
};
#define OPTION_COUNT (sizeof OPTIONS / sizeof OPTIONS[0])

static const struct {
    const char *name;
    uint64_t count;
    unsigned receivers;
} MODE_DEFAULTS[MODES] = {
    [MODE_NOTIFY] = {"notify", 1000000, 1},
    [MODE_PUBLISH] = {"publish", 1000000, 1},
    [MODE_LATENCY] = {"latency", 10000, 1},
    [MODE_CONNECT] = {"connect", 0, 100},
};

const char *options_mode_name(perf_mode_t mode)
{
    return MODE_DEFAULTS[mode].name;
}

void options_print_help(FILE *stream)
{
    fputs("usage: ddperf [-d ENDPOINT]... [-k FILE] [--mode MODE] [options]\n\noptions:\n", stream);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char letter[8] = "    ";
        if (OPTIONS[i].code < MODE)
            snprintf(letter, sizeof letter, "-%c, ", OPTIONS[i].code);
        fprintf(stream, "  %s--%-9s %-8s %s\n", letter, OPTIONS[i].name,
            OPTIONS[i].argument ? OPTIONS[i].argument : "", OPTIONS[i].help);
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

/* The limits of the options that are numbers. */
static const struct {
    int code;
    uint64_t least, most;
} NUMBERS[] = {
    {SIZE, PAYLOAD_HEADER, DD_PAYLOAD_MAX},
    {COUNT, 1, 1000000000},
    {SENDERS, 1, 1000},
    {RECEIVERS, 1, 10000},
    {RATE, 1, 100000000},
    {PID, 1, INT32_MAX},
};

static bool parse_number(int code, const char *name, uint64_t *value)
{
    size_t i = 0;
    while (NUMBERS[i].code != code)
        i++;
    char *end;
    errno = 0;
    *value = strtoull(optarg, &end, 10);
    if (errno == 0 && end != optarg && *end == '\0' && optarg[0] != '-' &&
        *value >= NUMBERS[i].least && *value <= NUMBERS[i].most)
        return true;
    fprintf(stderr, "ddperf: --%s %s: give a number from %llu to %llu\n", name, optarg,
        (unsigned long long)NUMBERS[i].least, (unsigned long long)NUMBERS[i].most);
    return false;
}

static bool parse_mode(options_t *self)
{
    for (perf_mode_t mode = 0; mode < MODES; mode++) {
        if (strcmp(optarg, MODE_DEFAULTS[mode].name) == 0) {
            self->mode = mode;
            return true;
        }
    }
    fprintf(stderr, "ddperf: --mode %s: it is notify, publish, latency or connect\n", optarg);
    return false;
}

static bool has_room(size_t count, const char *name)
{
    if (count < OPTIONS_LIST_MAX)
        return true;
    fprintf(stderr, "ddperf: --%s can be given %d times\n", name, OPTIONS_LIST_MAX);
    return false;
}

static bool set_number(options_t *self, int code, const char *name)
{
    uint64_t value;
    if (!parse_number(code, name, &value))
        return false;
    switch (code) {
    case SIZE:
        self->size = (size_t)value;
        break;
    case COUNT:
        self->count = value;
        break;
    case SENDERS:
        self->senders = (unsigned)value;
        break;
    case RECEIVERS:
        self->receivers = (unsigned)value;
        break;
    case RATE:
        self->rate = value;
        break;
    case PID:
        if (!has_room(self->pid_count, name))
            return false;
        self->pids[self->pid_count++] = (pid_t)value;
        break;
    }
    return true;
}

static bool set(options_t *self, int code, const char *name)
{
    switch (code) {
    case 'd':
        if (!has_room(self->endpoint_count, name))
            return false;
        self->endpoints[self->endpoint_count++] = optarg;
        return true;
    case 'k':
        self->keyfile = optarg;
        return true;
    case MODE:
        return parse_mode(self);
    case JSON:
        self->json = true;
        return true;
    default:
        return set_number(self, code, name);
    }
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* getopt's two descriptions of the table. */
typedef struct {
    struct option names[OPTION_COUNT + 1];
    char letters[2 * OPTION_COUNT + 1];
} getopt_tables_t;

static getopt_tables_t make_tables(void)
{
    getopt_tables_t self = {0};
    char *letter = self.letters;
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        bool has_argument = OPTIONS[i].argument;
        self.names[i] = (struct option){
            OPTIONS[i].name, has_argument ? required_argument : no_argument, NULL, OPTIONS[i].code};
        if (OPTIONS[i].code >= MODE)
            continue;
        *letter++ = (char)OPTIONS[i].code;
        if (has_argument)
            *letter++ = ':';
    }
    return self;
}

static int misuse(void)
{
    fputs("ddperf: see 'ddperf --help'\n", stderr);
    return EXIT_USAGE;
}

/* What wasn't given comes from the environment or the mode. */
static bool complete(options_t *self)
{
    if (self->endpoint_count == 0) {
        const char *endpoint = getenv("DD_BROKER");
        self->endpoints[self->endpoint_count++] = endpoint ? endpoint : "tcp://127.0.0.1:5555";
    }
    if (!self->keyfile)
        self->keyfile = getenv("DD_KEYS");
    if (self->count == 0)
        self->count = MODE_DEFAULTS[self->mode].count;
    if (self->receivers == 0)
        self->receivers = MODE_DEFAULTS[self->mode].receivers;
    if (self->keyfile)
        return true;
    fputs("ddperf: which key file? Give it with -k, or in DD_KEYS\n", stderr);
    return false;
}

int options_read(options_t *self, int argc, char **argv)
{
    const getopt_tables_t tables = make_tables();
    *self = (options_t){.size = 64, .senders = 1};
    optind = 0;
    for (int code, at;
         (code = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1;) {
        if (code == 'h') {
            options_print_help(stdout);
            return EXIT_SUCCESS;
        }
        if (code == 'V') {
            puts("ddperf " DD_VERSION);
            return EXIT_SUCCESS;
        }
        if (code == '?')
            return misuse();
        for (at = 0; OPTIONS[at].code != code; at++)
            ;
        if (!set(self, code, OPTIONS[at].name))
            return misuse();
    }
    if (optind < argc) {
        fprintf(stderr, "ddperf: '%s' is no option\n", argv[optind]);
        return misuse();
    }
    return complete(self) ? -1 : misuse();
}
