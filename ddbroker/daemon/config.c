/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config - what the broker was told to be, by its command line and its configuration file
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config_file.h"
#include "config_options.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/outbox.h"

/* ---- The file ------------------------------------------------------------------------------ */

/* Where the file's settings go. */
typedef struct {
    config_t *config;
    dd_given_t command; /* what the command line has given; it wins */
    dd_given_t file;    /* what the file has given so far */
} sources_t;

static dd_error_t from_file(void *arg, const char *name, const char *value, dd_problem_t *problem)
{
    sources_t *self = arg;
    config_t unused = {.name = NULL};
    dd_problem_t why = {.text = ""};
    const config_option_t *setting = config_option_in_file(name);
    if (!setting)
        return dd_problem(problem, DD_E_ARGUMENT,
            "there is no option '%.64s'; ddbroker.conf(5) has the list", name);
    if (!setting->option.repeats && dd_options_given(&CONFIG_OPTIONS, &self->file, name))
        return dd_problem(problem, DD_E_ARGUMENT, "%s is given a second time", name);
    dd_options_give(&CONFIG_OPTIONS, &self->file, name);
    /* The command line wins, but a wrong value is an error even so. */
    bool wins = dd_options_given(&CONFIG_OPTIONS, &self->command, name);
    dd_error_t error = dd_option_take(&setting->option, wins ? &unused : self->config, value, &why);
    config_clear(&unused);
    return error == DD_OK ? DD_OK : dd_problem(problem, error, "%s: %s", name, why.text);
}

/* ---- The whole ----------------------------------------------------------------------------- */

/* The name stands by itself, or with its option, but not twice. */
static dd_error_t check_name(sources_t *self, dd_problem_t *problem)
{
    if (!dd_options_given(&CONFIG_OPTIONS, &self->command, "NAME"))
        return DD_OK;
    if (dd_options_given(&CONFIG_OPTIONS, &self->command, "name"))
        return dd_problem(
            problem, DD_E_ARGUMENT, "'%.64s' is one name too many", self->config->name);
    dd_options_give(&CONFIG_OPTIONS, &self->command, "name");
    return DD_OK;
}

static config_outcome_t read_arguments(
    sources_t *self, int argc, char *const argv[], dd_problem_t *problem)
{
    switch (dd_options_read(
        &CONFIG_OPTIONS, argc, argv, self->config, &self->command, stdout, problem)) {
    case DD_OPTIONS_ANSWERED:
        return CONFIG_ANSWERED;
    case DD_OPTIONS_TAKEN:
        if (check_name(self, problem) == DD_OK)
            return self->config->only_check ? CONFIG_CHECK : CONFIG_RUN;
        return CONFIG_WRONG_USAGE;
    default:
        return CONFIG_WRONG_USAGE;
    }
}

/* What neither has given. */
static dd_error_t fill(sources_t *self, dd_problem_t *problem)
{
    dd_given_t given = {.options = self->command.options | self->file.options};
    dd_error_t error = dd_options_fill(&CONFIG_OPTIONS, &given, self->config, problem);
    char host[DD_BROKER_MAX + 1] = "";
    if (error != DD_OK || self->config->name)
        return error;
    if (gethostname(host, sizeof host) == 0 && dd_broker_valid(dd_bytes_of(host)))
        return dd_option_take(&config_option_in_file("name")->option, self->config, host, problem);
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
    if (self->parents.random)
        return dd_problem(
            problem, DD_E_ARGUMENT, "a broker's parents have an order; 'random:' is for clients");
    if (self->parents.count > 1 && strcmp(self->scope, "auto") == 0)
        return dd_problem(problem, DD_E_ARGUMENT,
            "several parents need a scope like /1/2/ instead of auto: each parent would give this "
            "broker another one, and its clients would have to register again");
    if (small)
        return dd_problem(problem, DD_E_ARGUMENT,
            "%s must be at least 32k more than payload-max, so that every message fits", small);
    return DD_OK;
}

config_outcome_t config_read(config_t *self, int argc, char *const argv[], dd_problem_t *problem)
{
    sources_t sources = {.config = self};
    *self = (config_t){.name = NULL};
    config_outcome_t outcome = read_arguments(&sources, argc, argv, problem);
    if (outcome != CONFIG_RUN && outcome != CONFIG_CHECK)
        return outcome;
    if (self->file && config_file_read(self->file, from_file, &sources, problem) != DD_OK)
        return CONFIG_WRONG;
    if (fill(&sources, problem) != DD_OK || check(self, problem) != DD_OK)
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
    char *texts[] = {self->name, self->keys, self->scope, self->file, self->log_file};
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
                others + used, room - used, "%s%s", used ? ", " : "", option->option.name);
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
