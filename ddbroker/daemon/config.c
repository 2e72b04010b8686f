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

/* Before the names of the settings that are each tenant's. */
#define TENANT_PREFIX "tenant-"

/* ---- The file ------------------------------------------------------------------------------ */

/* Where the file's settings go. */
typedef struct {
    config_t *config;
    dd_given_t command; /* what the command line has given; it wins */
    dd_given_t file;    /* what the file has given so far */
    bool in_section;    /* of the exception that came last */
} sources_t;

/* ---- Tenants' own quotas: they hold 0 where the section says nothing */

static bool is_excepted(const config_t *self, const char *tenant)
{
    for (size_t i = 0; i < self->exception_count; i++)
        if (strcmp(self->exceptions[i].tenant, tenant) == 0)
            return true;
    return false;
}

static dd_error_t begin_section(sources_t *self, const char *tenant, dd_problem_t *problem)
{
    config_t *config = self->config;
    if (!dd_tenant_valid(dd_bytes_of(tenant)))
        return dd_problem(problem, DD_E_NAME_INVALID, "'%.64s' is no tenant's name", tenant);
    if (is_excepted(config, tenant))
        return dd_problem(problem, DD_E_ARGUMENT, "tenant %s has a section already", tenant);
    quota_exception_t *more =
        realloc(config->exceptions, (config->exception_count + 1) * sizeof *more);
    if (!more)
        return dd_problem(problem, DD_E_MEMORY, "%s", dd_strerror(DD_E_MEMORY));
    config->exceptions = more;
    more += config->exception_count++;
    *more = (quota_exception_t){.tenant = ""};
    dd_bytes_copy(dd_bytes_of(tenant), more->tenant, sizeof more->tenant);
    self->in_section = true;
    return DD_OK;
}

/* A setting of a section is the general one for its tenant. */
static dd_error_t take_in_section(
    sources_t *self, const char *name, const char *value, dd_problem_t *problem)
{
    char whole[sizeof TENANT_PREFIX + 64];
    dd_problem_t why = {.text = ""};
    if (!self->in_section)
        return dd_problem(problem, DD_E_ARGUMENT, "an indented line needs a tenant above it");
    snprintf(whole, sizeof whole, TENANT_PREFIX "%.64s", name);
    const config_option_t *setting = config_option_in_file(whole);
    if (!setting)
        return dd_problem(problem, DD_E_ARGUMENT,
            "a tenant has no option '%.64s'; ddbroker.conf(5) has the list", name);
    quota_limits_t *limits = &self->config->exceptions[self->config->exception_count - 1].limits;
    config_t values = {.quota = *limits};
    if (config_option_number(setting, &values) != 0)
        return dd_problem(problem, DD_E_ARGUMENT, "%s is given a second time", name);
    dd_error_t error = dd_option_take(&setting->option, &values, value, &why);
    *limits = values.quota;
    return error == DD_OK ? DD_OK : dd_problem(problem, error, "%s: %s", name, why.text);
}

/* What a section doesn't say is as usual. */
static void fill_sections(config_t *self)
{
    const config_option_t *option;
    for (size_t i = 0; i < self->exception_count; i++) {
        config_t own = {.quota = self->exceptions[i].limits}, usual = {.quota = self->quota};
        for (size_t at = 0; (option = config_option_at(at)); at++)
            if (config_option_is_quota(option) && config_option_number(option, &own) == 0)
                config_option_swap(option, &own, &usual);
        self->exceptions[i].limits = own.quota;
    }
}

/* ---- All settings */

static dd_error_t from_file(
    void *arg, bool indented, const char *name, const char *value, dd_problem_t *problem)
{
    sources_t *self = arg;
    if (indented)
        return take_in_section(self, name, value, problem);
    if (strcmp(name, "tenant") == 0)
        return begin_section(self, value, problem);
    self->in_section = false;
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

/* Whether only this host can connect there. */
static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0;
}

/* What no option can check alone. */
static dd_error_t check(const config_t *self, dd_problem_t *problem)
{
    uint64_t least = self->payload_max + DD_FRAME_TARGET;
    const char *small = self->client_outbox < least  ? "client-outbox"
                        : self->link_outbox < least  ? "link-outbox"
                        : self->quota.outbox < least ? "tenant-outbox"
                                                     : NULL;
    for (size_t i = 0; i < self->exception_count && !small; i++)
        small = self->exceptions[i].limits.outbox < least ? "a tenant's outbox" : NULL;
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
    if (self->http && !self->http_token_file && !is_loopback(self->http))
        return dd_problem(problem, DD_E_ARGUMENT,
            "http at %s can be reached from other hosts, which needs an http-token-file",
            self->http);
    if (self->input_max < 4 * self->payload_max)
        return dd_problem(problem, DD_E_ARGUMENT,
            "input-max must be at least four times payload-max, so that every tenant can send");
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
    if (fill(&sources, problem) != DD_OK)
        return CONFIG_WRONG;
    fill_sections(self);
    if (check(self, problem) != DD_OK)
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
    char *texts[] = {self->name, self->keys, self->scope, self->file, self->log_file, self->http,
        self->http_token_file};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        free(texts[i]);
    clear_list(&self->listen);
    clear_list(&self->reserved);
    clear_list(&self->legacy);
    free(self->exceptions);
    *self = (config_t){.name = NULL};
}

/* Adds a name to a list like "x, y", as far as it finds room. */
static void list(char *names, size_t room, const char *name)
{
    size_t used = strlen(names);
    snprintf(names + used, room - used, "%s%s", used ? ", " : "", name);
}

void config_adopt(config_t *self, config_t *newer, char *others, size_t room)
{
    config_t before = *self;
    self->exceptions = newer->exceptions;
    self->exception_count = newer->exception_count;
    newer->exceptions = before.exceptions;
    newer->exception_count = before.exception_count;
    others[0] = '\0';
    const config_option_t *option;
    for (size_t i = 0; (option = config_option_at(i)); i++) {
        if (config_option_same(option, self, newer))
            continue;
        if (option->reloads)
            config_option_swap(option, self, newer);
        else
            list(others, room, option->option.name);
    }
}

void config_strangers(const config_t *self, const dd_keyring_t *keyring, char *names, size_t room)
{
    names[0] = '\0';
    for (size_t i = 0; i < self->exception_count; i++) {
        const char *tenant = self->exceptions[i].tenant;
        if (!dd_keyring_has_tenant(keyring, dd_bytes_of(tenant)))
            list(names, room, tenant);
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
