/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config - what the broker was told to be, by its command line and its configuration file
 */
#include "config.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config_file.h"
#include "config_options.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/outbox.h"

/* ---- The file ------------------------------------------------------------------------------ */

static uint32_t bit(const config_option_t *option)
{
    return 1u << (option - config_option_at(0));
}

static dd_error_t from_file(void *arg, const char *name, const char *value, dd_problem_t *problem)
{
    config_t *self = arg;
    const config_option_t *option = config_option_named(name);
    if (!option || !option->in_file)
        return dd_problem(problem, DD_E_ARGUMENT,
            "there is no option '%.64s'; ddbroker.conf(5) has the list", name);
    if (option->kind != KIND_ENDPOINTS && self->by_file & bit(option))
        return dd_problem(problem, DD_E_ARGUMENT, "%s is given a second time", name);
    self->by_file |= bit(option);
    if (!(self->by_command & bit(option)))
        return config_option_set(self, option, value, problem);
    /* The command line wins, but a wrong value is an error even so. */
    config_t unused = {.name = NULL};
    dd_error_t result = config_option_set(&unused, option, value, problem);
    config_clear(&unused);
    return result;
}

/* ---- The command line ---------------------------------------------------------------------- */

/* What getopt_long(3) wants; `short_options` has room for a ':' behind each flag. */
static void describe(struct option long_options[CONFIG_OPTIONS_MAX + 1],
    char short_options[2 * CONFIG_OPTIONS_MAX + 2])
{
    char *at = short_options;
    *at++ = ':'; /* our own messages */
    size_t i;
    const config_option_t *option;
    for (i = 0; (option = config_option_at(i)); i++) {
        int wants = option->kind == KIND_FLAG ? no_argument : required_argument;
        long_options[i] = (struct option){option->name, wants, NULL, (int)(UINT8_MAX + 1 + i)};
        if (option->flag)
            *at++ = option->flag;
        if (option->flag && wants == required_argument)
            *at++ = ':';
    }
    *at = '\0';
    long_options[i] = (struct option){.name = NULL};
}

/* From what getopt_long() returned: a flag, or a long option's number. */
static const config_option_t *option_of(int code)
{
    if (code > UINT8_MAX)
        return config_option_at((size_t)code - UINT8_MAX - 1);
    const config_option_t *option;
    for (size_t i = 0; (option = config_option_at(i)); i++)
        if (option->flag && option->flag == code)
            return option;
    return NULL;
}

static config_outcome_t wrong_option(int code, char **argv, dd_problem_t *problem)
{
    const char *what = code == ':' ? "needs a value" : "doesn't exist; see ddbroker --help";
    if (optopt > 0 && optopt <= UINT8_MAX)
        dd_problem(problem, DD_E_ARGUMENT, "option -%c %s", optopt, what);
    else
        dd_problem(problem, DD_E_ARGUMENT, "option %.64s %s", argv[optind - 1], what);
    return CONFIG_WRONG_USAGE;
}

static config_outcome_t outcome_of_flag(const config_option_t *option)
{
    switch (option->flag) {
    case 'h':
        return CONFIG_HELP;
    case 'V':
        return CONFIG_VERSION;
    default:
        return CONFIG_CHECK;
    }
}

static config_outcome_t take_name(config_t *self, int argc, char **argv, dd_problem_t *problem)
{
    const config_option_t *name = config_option_named("name");
    if (optind == argc)
        return CONFIG_RUN;
    if (optind + 1 < argc || self->name) {
        dd_problem(problem, DD_E_ARGUMENT, "'%.64s' is one name too many", argv[argc - 1]);
        return CONFIG_WRONG_USAGE;
    }
    self->by_command |= bit(name);
    return config_option_set(self, name, argv[optind], problem) == DD_OK ? CONFIG_RUN
                                                                         : CONFIG_WRONG_USAGE;
}

static config_outcome_t read_arguments(config_t *self, int argc, char **argv, dd_problem_t *problem)
{
    struct option long_options[CONFIG_OPTIONS_MAX + 1];
    char short_options[2 * CONFIG_OPTIONS_MAX + 2];
    describe(long_options, short_options);
    config_outcome_t outcome = CONFIG_RUN;
    int code;
    optind = 0; /* glibc's way to begin anew */
    while ((code = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
        const config_option_t *option = option_of(code);
        if (!option)
            return wrong_option(code, argv, problem);
        if (option->kind == KIND_FLAG) {
            outcome = outcome_of_flag(option);
            if (outcome != CONFIG_CHECK)
                return outcome;
        } else if (config_option_set(self, option, optarg, problem) != DD_OK) {
            return CONFIG_WRONG_USAGE;
        }
        self->by_command |= bit(option);
    }
    config_outcome_t named = take_name(self, argc, argv, problem);
    return named == CONFIG_RUN ? outcome : named;
}

/* ---- The whole ----------------------------------------------------------------------------- */

static dd_error_t fill(config_t *self, dd_problem_t *problem)
{
    const config_option_t *option;
    for (size_t i = 0; (option = config_option_at(i)); i++) {
        bool given = (self->by_command | self->by_file) & bit(option);
        if (given || !option->fallback)
            continue;
        dd_error_t result = config_option_set(self, option, option->fallback, problem);
        if (result != DD_OK)
            return result;
    }
    char host[DD_BROKER_MAX + 1] = "";
    if (self->name)
        return DD_OK;
    if (gethostname(host, sizeof host) == 0 && dd_broker_valid(dd_bytes_of(host)))
        return config_option_set(self, config_option_named("name"), host, problem);
    return dd_problem(
        problem, DD_E_ARGUMENT, "this host has no name that suits a broker; give it a name");
}

/* What no option can check alone. */
static dd_error_t check(const config_t *self, dd_problem_t *problem)
{
    uint64_t least = self->payload_max + DD_FRAME_TARGET;
    const char *small = self->client_outbox < least ? "client-outbox"
                        : self->link_outbox < least ? "link-outbox"
                                                    : NULL;
    if (small)
        return dd_problem(problem, DD_E_ARGUMENT,
            "%s must be at least 32k more than payload-max, so that every message fits", small);
    return DD_OK;
}

config_outcome_t config_read(config_t *self, int argc, char **argv, dd_problem_t *problem)
{
    *self = (config_t){.name = NULL};
    config_outcome_t outcome = read_arguments(self, argc, argv, problem);
    if (outcome != CONFIG_RUN && outcome != CONFIG_CHECK)
        return outcome;
    if (self->file && config_file_read(self->file, from_file, self, problem) != DD_OK)
        return CONFIG_WRONG;
    if (fill(self, problem) != DD_OK || check(self, problem) != DD_OK)
        return CONFIG_WRONG;
    return outcome;
}

static void clear_list(config_list_t *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
}

void config_clear(config_t *self)
{
    char *texts[] = {self->name, self->parent, self->keys, self->scope, self->file, self->log_file};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    clear_list(&self->listen);
    clear_list(&self->legacy);
    *self = (config_t){.name = NULL};
}

void config_adopt(config_t *self, config_t *newer, char *others, size_t room)
{
    size_t used = 0;
    others[0] = '\0';
    const config_option_t *option;
    for (size_t i = 0; (option = config_option_at(i)); i++) {
        if (config_option_same(option, self, newer))
            continue;
        if (option->reloads)
            config_option_swap(option, self, newer);
        else if (used < room)
            used += (size_t)snprintf(
                others + used, room - used, "%s%s", used ? ", " : "", option->name);
    }
}

dd_keyring_t *config_load_keys(const config_t *self, dd_problem_t *problem)
{
    dd_keyring_t *keyring = dd_keyring_load(self->keys, problem);
    if (keyring && dd_keyring_kind(keyring) != DD_KEYS_BROKER) {
        dd_problem(problem, DD_E_KEYS,
            "%s is no broker's key file; give the one that ddkeys calls broker-keys.json",
            self->keys);
        dd_keyring_destroy(&keyring);
    }
    return keyring;
}
