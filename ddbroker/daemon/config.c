/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config - what the broker was told to be, by its command line and its configuration file
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "config/config_file.h"
#include "config_options.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/outbox.h"

/* Before the names of the settings that are each tenant's. */
#define TENANT_PREFIX "tenant-"
/* Bytes of what is said of an unknown name. */
#define ADVICE_ROOM 256

/* ---- The file ------------------------------------------------------------------------------ */

/* Where a line of the file stands. */
typedef enum {
    SECTION_NONE,
    SECTION_OPEN, /* in that of the exception that came last */
    SECTION_WRONG /* in one that can't be taken, so its lines aren't looked at */
} section_t;

/* Where the file's settings go. */
typedef struct {
    config_t *config;
    config_findings_t *findings;
    dd_given_t command; /* what the command line has given; it wins */
    dd_given_t file;    /* what the file has given so far */
    section_t section;
} sources_t;

/* What a name that no setting has could mean, as the end of a sentence. */
static void advise(char text[ADVICE_ROOM], const char *name)
{
    const char *instead = dd_options_former(&CONFIG_OPTIONS, name, strlen(name));
    const config_option_t *near = config_option_nearest(name);
    if (instead)
        snprintf(text, ADVICE_ROOM, "%s", instead);
    else if (near)
        snprintf(text, ADVICE_ROOM, "did you mean %s?", near->option.name);
    else
        snprintf(text, ADVICE_ROOM, "ddbroker.conf(5) has the list");
}

/* The same within a section, where the names of quotas are shorter. */
static void advise_in_section(char text[ADVICE_ROOM], const char *whole)
{
    const config_option_t *near = config_option_nearest(whole);
    if (near && config_option_is_quota(near))
        snprintf(text, ADVICE_ROOM, "did you mean %s?", near->option.name + strlen(TENANT_PREFIX));
    else
        snprintf(text, ADVICE_ROOM, "ddbroker.conf(5) has the list");
}

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
    self->section = SECTION_WRONG;
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
    self->section = SECTION_OPEN;
    return DD_OK;
}

/* A setting of a section is the general one for its tenant. */
static dd_error_t take_in_section(
    sources_t *self, const char *name, const char *value, dd_problem_t *problem)
{
    char whole[sizeof TENANT_PREFIX + 64], advice[ADVICE_ROOM];
    dd_problem_t why = {.text = ""};
    if (self->section == SECTION_WRONG)
        return DD_OK;
    if (self->section == SECTION_NONE)
        return dd_problem(problem, DD_E_ARGUMENT, "an indented line needs a tenant above it");
    snprintf(whole, sizeof whole, TENANT_PREFIX "%.64s", name);
    const config_option_t *setting = config_option_in_file(whole);
    if (!setting) {
        advise_in_section(advice, whole);
        return dd_problem(
            problem, DD_E_ARGUMENT, "a tenant has no option '%.64s'; %s", name, advice);
    }
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

static dd_error_t refuse_name(const char *name, dd_problem_t *problem)
{
    char advice[ADVICE_ROOM];
    advise(advice, name);
    return dd_problem(problem, DD_E_ARGUMENT, "there is no option '%.64s'; %s", name, advice);
}

static void note_mistake(void *arg, const dd_problem_t *problem)
{
    const sources_t *self = arg;
    dd_problem_t *next = config_findings_next(self->findings);
    if (next)
        *next = *problem;
}

static dd_error_t from_file(
    void *arg, bool indented, const char *name, const char *value, dd_problem_t *problem)
{
    sources_t *self = arg;
    if (indented)
        return take_in_section(self, name, value, problem);
    if (strcmp(name, "tenant") == 0)
        return begin_section(self, value, problem);
    self->section = SECTION_NONE;
    const config_option_t *setting = config_option_in_file(name);
    if (!setting)
        return refuse_name(name, problem);
    if (!setting->option.repeats && dd_options_given(&CONFIG_OPTIONS, &self->file, name))
        return dd_problem(problem, DD_E_ARGUMENT, "%s is given a second time", name);
    dd_options_give(&CONFIG_OPTIONS, &self->file, name);
    config_t unused = {.name = NULL};
    dd_problem_t why = {.text = ""};
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

static config_outcome_t read_arguments(sources_t *self, int argc, char *const argv[])
{
    dd_problem_t problem;
    switch (dd_options_read(
        &CONFIG_OPTIONS, argc, argv, self->config, &self->command, stdout, &problem)) {
    case DD_OPTIONS_ANSWERED:
        return CONFIG_ANSWERED;
    case DD_OPTIONS_TAKEN:
        if (check_name(self, &problem) == DD_OK)
            return self->config->reload       ? CONFIG_RELOAD
                   : self->config->only_check ? CONFIG_CHECK
                                              : CONFIG_RUN;
        break;
    default:
        break;
    }
    note_mistake(self, &problem);
    return CONFIG_WRONG_USAGE;
}

/* Whether an endpoint for old clients takes the port on which a broker listens that isn't told
   otherwise. */
static bool takes_usual_port(const config_t *self)
{
    dd_bytes_t host, usual, port;
    dd_endpoint_split(dd_bytes_of(config_option_in_file("listen")->option.fallback), &host, &usual);
    for (size_t i = 0; i < self->legacy.count; i++)
        if (dd_endpoint_split(dd_bytes_of(self->legacy.items[i]), &host, &port) &&
            dd_bytes_equal(port, usual))
            return true;
    return false;
}

/* What neither has given. */
static dd_error_t fill(sources_t *self, dd_problem_t *problem)
{
    dd_given_t given = {.options = self->command.options | self->file.options};
    if (takes_usual_port(self->config))
        dd_options_give(&CONFIG_OPTIONS, &given, "listen");
    dd_error_t error = dd_options_fill(&CONFIG_OPTIONS, &given, self->config, problem);
    char host[DD_BROKER_MAX + 1] = "";
    if (error != DD_OK || self->config->name)
        return error;
    if (gethostname(host, sizeof host) == 0 && dd_broker_valid(dd_bytes_of(host)))
        return dd_option_take(&config_option_in_file("name")->option, self->config, host, problem);
    return dd_problem(
        problem, DD_E_ARGUMENT, "this host has no name that suits a broker; give it a name");
}

/* ---- What no option can check alone */

static void check_outbox(
    const config_t *self, uint64_t outbox, const char *name, config_findings_t *findings)
{
    if (outbox < self->payload_max + DD_FRAME_TARGET)
        dd_problem(config_findings_next(findings), DD_E_ARGUMENT,
            "%s must be at least 32k more than payload-max, so that every message fits", name);
}

static void check_sizes(const config_t *self, config_findings_t *findings)
{
    check_outbox(self, self->client_outbox, "client-outbox", findings);
    check_outbox(self, self->link_outbox, "link-outbox", findings);
    check_outbox(self, self->quota.outbox, "tenant-outbox", findings);
    for (size_t i = 0; i < self->exception_count; i++) {
        char name[DD_TENANT_MAX + 32];
        snprintf(name, sizeof name, "the outbox of tenant %s", self->exceptions[i].tenant);
        check_outbox(self, self->exceptions[i].limits.outbox, name, findings);
    }
    if (self->input_max < 4 * self->payload_max)
        dd_problem(config_findings_next(findings), DD_E_ARGUMENT,
            "input-max must be at least four times payload-max, so that every tenant can send");
}

/* Whether only this host can connect there. */
static bool is_loopback(const char *address)
{
    return strncmp(address, "127.", 4) == 0 || strncmp(address, "[::1]:", 6) == 0;
}

static void check_http(const config_t *self, config_findings_t *findings)
{
    if (self->http && !self->http_token_file && !is_loopback(self->http))
        dd_problem(config_findings_next(findings), DD_E_ARGUMENT,
            "http at %s can be reached from other hosts, which needs an http-token-file",
            self->http);
}

static void check_parents(const config_t *self, config_findings_t *findings)
{
    if (self->parents.random)
        dd_problem(config_findings_next(findings), DD_E_ARGUMENT,
            "a broker's parents have an order; 'random:' is for clients");
    if (self->parents.count > 1 && strcmp(self->scope, "auto") == 0)
        dd_problem(config_findings_next(findings), DD_E_ARGUMENT,
            "several parents need a scope like /1/2/ instead of auto: each parent would give this "
            "broker another one, and its clients would have to register again");
}

/* No endpoint is of two kinds. */
static void check_apart(const config_option_t *one, const config_option_t *other,
    const config_t *self, config_findings_t *findings)
{
    const config_list_t *list = config_option_list(one, self);
    for (size_t i = 0; i < list->count; i++)
        if (config_list_has(config_option_list(other, self), list->items[i]))
            dd_problem(config_findings_next(findings), DD_E_ARGUMENT,
                "'%.128s' is given with %s and with %s, which are endpoints of two kinds",
                list->items[i], one->option.name, other->option.name);
}

static void check_endpoints(const config_t *self, config_findings_t *findings)
{
    const config_option_t *one, *other;
    for (size_t i = 0; (one = config_option_at(i)); i++)
        for (size_t j = i + 1; (other = config_option_at(j)); j++)
            if (one->kind == KIND_ENDPOINTS && other->kind == KIND_ENDPOINTS)
                check_apart(one, other, self, findings);
}

/* ---- All of it */

static config_outcome_t read_all(sources_t *self, int argc, char *const argv[])
{
    config_t *config = self->config;
    dd_problem_t problem;
    config_outcome_t outcome = read_arguments(self, argc, argv);
    if (outcome == CONFIG_ANSWERED || outcome == CONFIG_WRONG_USAGE || outcome == CONFIG_RELOAD)
        return outcome;
    if (config->file && config_file_read(config->file, from_file, note_mistake, self) != DD_OK)
        return CONFIG_WRONG;
    if (fill(self, &problem) != DD_OK) {
        note_mistake(self, &problem);
        return CONFIG_WRONG;
    }
    fill_sections(config);
    check_parents(config, self->findings);
    check_endpoints(config, self->findings);
    check_sizes(config, self->findings);
    check_http(config, self->findings);
    return self->findings->count == 0 ? outcome : CONFIG_WRONG;
}

config_outcome_t config_read_all(
    config_t *self, int argc, char *const argv[], config_findings_t *findings)
{
    sources_t sources = {.config = self, .findings = findings};
    *self = (config_t){.name = NULL};
    findings->count = 0;
    return read_all(&sources, argc, argv);
}

config_outcome_t config_read(config_t *self, int argc, char *const argv[], dd_problem_t *problem)
{
    config_findings_t findings;
    config_outcome_t outcome = config_read_all(self, argc, argv, &findings);
    if (findings.count > 0)
        *problem = findings.items[0];
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
