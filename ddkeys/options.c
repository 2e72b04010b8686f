/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line
 */
#include "options.h"

#include <limits.h>
#include <string.h>

#include "libdd/base/problem.h"
#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"
#include "names.h"

#define IN(member) offsetof(options_t, member)
#define FOR(command) (1u << COMMAND_##command)

/* What stands for a pair of keys that isn't a tenant's. */
static const char *const ADDED[] = {"operator", NULL};
static const char *const ROTATED[] = {"operator", "public", "dd", NULL};
static const char *const SWITCHED[] = {"dd", NULL};
static const char *const FINISHED[] = {"public", "dd", NULL};

static dd_option_suggest_t suggest_tenants, suggest_owners;

static const dd_option_t OPTIONS[] = {
    {.letter = 'd',
        .name = "directory",
        .argument = "DIR",
        .help = "the directory of the key files",
        .fallback = DD_SYSCONF,
        .commands = FOR(MAKE) | FOR(ADD) | FOR(OPERATOR) | FOR(ROTATE) | FOR(SWITCH) | FOR(FINISH) |
                    FOR(REMOVE) | FOR(CHECK),
        .takes = DD_TAKES_DIRECTORY,
        .set = dd_option_set_text,
        .offset = IN(directory)},
    {.letter = 't',
        .name = "tenants",
        .argument = "NAMES",
        .help = "the tenants, like a,b,c; without it: a line of standard input",
        .commands = FOR(MAKE),
        .set = dd_option_set_text,
        .offset = IN(tenants)},
    {.letter = 'f',
        .name = "force",
        .help = "replace files; with rotate: keys at once, in one step",
        .commands = FOR(MAKE) | FOR(ADD) | FOR(OPERATOR) | FOR(ROTATE),
        .set = dd_option_set_flag,
        .offset = IN(force)},
    /* Whoever wants secrets on a screen shall have to spell it. */
    {.name = "secret",
        .help = "show private keys and cookies, too",
        .commands = FOR(SHOW),
        .set = dd_option_set_flag,
        .offset = IN(secret)},
    {.name = "read-only",
        .help = "one who looks at everything and acts on nothing",
        .commands = FOR(OPERATOR),
        .set = dd_option_set_flag,
        .offset = IN(read_only)},
    {.argument = "TENANT",
        .help = "a tenant, or \"operator\"",
        .commands = FOR(ADD),
        .required = true,
        .words = ADDED,
        .set = dd_option_set_text,
        .offset = IN(operand)},
    {.argument = "NAME",
        .help = "a person, or what else is to look and to act",
        .commands = FOR(OPERATOR),
        .required = true,
        .set = dd_option_set_text,
        .offset = IN(operand)},
    {.argument = "TENANT",
        .help = "a tenant, \"operator\", \"operator.NAME\", \"public\", or \"dd\"",
        .commands = FOR(ROTATE),
        .required = true,
        .words = ROTATED,
        .suggest = suggest_owners,
        .set = dd_option_set_text,
        .offset = IN(operand)},
    {.argument = "dd",
        .help = "the brokers' own pair, and no other",
        .commands = FOR(SWITCH),
        .required = true,
        .words = SWITCHED,
        .set = dd_option_set_text,
        .offset = IN(operand)},
    {.argument = "TENANT",
        .help = "a tenant, \"public\", or \"dd\"",
        .commands = FOR(FINISH),
        .required = true,
        .words = FINISHED,
        .suggest = suggest_tenants,
        .set = dd_option_set_text,
        .offset = IN(operand)},
    {.argument = "TENANT",
        .help = "a tenant, \"operator\", or \"operator.NAME\"",
        .commands = FOR(REMOVE),
        .required = true,
        .words = ADDED,
        .suggest = suggest_owners,
        .set = dd_option_set_text,
        .offset = IN(operand)},
    {.argument = "FILE",
        .help = "a key file",
        .commands = FOR(SHOW),
        .required = true,
        .takes = DD_TAKES_FILE,
        .set = dd_option_set_text,
        .offset = IN(operand)},
    {.argument = "DIR",
        .help = "a directory; the same as with -d",
        .commands = FOR(CHECK),
        .takes = DD_TAKES_DIRECTORY,
        .set = dd_option_set_text,
        .offset = IN(operand)},
};

static const dd_command_t COMMANDS[] = {
    [COMMAND_MAKE] = {"", "make a set of key files"},
    [COMMAND_ADD] = {"add", "add a tenant, or \"operator\", to a set"},
    [COMMAND_OPERATOR] = {"operator", "add an operator with a name to a set"},
    [COMMAND_ROTATE] = {"rotate", "give a tenant, \"public\", \"operator\", or \"dd\" new keys"},
    [COMMAND_SWITCH] = {"switch",
        "between rotate and finish of \"dd\": brokers change to the new keys"},
    [COMMAND_FINISH] = {"finish", "end a rotation: the new keys alone are good from then on"},
    [COMMAND_REMOVE] = {"remove", "take a tenant, or \"operator\", out of a set"},
    [COMMAND_SHOW] = {"show", "print what a key file holds, but no secret"},
    [COMMAND_CHECK] = {"check", "check a directory; 1 if something is wrong"},
};

static const dd_options_t COMMAND_LINE = {
    .program = "ddkeys",
    .summary = "Makes, changes, shows and checks DoubleDecker's key files.\n",
    DD_OPTIONS_TABLE(OPTIONS),
    .commands = COMMANDS,
    .command_count = sizeof COMMANDS / sizeof COMMANDS[0],
    .notes = "Exit status: 0 done, 1 failed or something wrong, 2 wrong usage. See ddkeys(1).\n",
};

/* What the brokers' file of the directory says; NULL if nothing can be known. */
static dd_keyring_t *load_brokers(const options_t *options)
{
    const char *directory = options->directory ? options->directory : DD_SYSCONF;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" BROKER_FILE, directory);
    return dd_keyring_load(path, NULL);
}

static void suggest_tenants(const void *values, dd_suggestions_t *suggestions)
{
    dd_keyring_t *keyring = load_brokers(values);
    const dd_tenant_t *tenant;
    for (size_t i = 0; keyring && (tenant = dd_keyring_tenant_at(keyring, i)); i++)
        if (strcmp(tenant->name, DD_PUBLIC) != 0)
            dd_suggest(suggestions, tenant->name);
    dd_keyring_destroy(&keyring);
}

/* Tenants, and operators with names. */
static void suggest_owners(const void *values, dd_suggestions_t *suggestions)
{
    suggest_tenants(values, suggestions);
    dd_keyring_t *keyring = load_brokers(values);
    const dd_operator_t *known;
    for (size_t i = 0; keyring && (known = dd_keyring_operator_at(keyring, i)); i++) {
        char name[sizeof OPERATOR_PREFIX + DD_TENANT_MAX];
        snprintf(name, sizeof name, OPERATOR_PREFIX "%s", known->name);
        if (strcmp(known->name, DD_OPERATOR) != 0)
            dd_suggest(suggestions, name);
    }
    dd_keyring_destroy(&keyring);
}

dd_options_outcome_t options_read(
    options_t *self, int argc, char *const argv[], dd_problem_t *problem)
{
    dd_given_t given;
    *self = (options_t){.command = COMMAND_MAKE};
    dd_options_outcome_t outcome =
        dd_options_read(&COMMAND_LINE, argc, argv, self, &given, stdout, problem);
    if (outcome != DD_OPTIONS_TAKEN)
        return outcome;
    self->command = (command_t)given.command;
    if (self->command == COMMAND_CHECK && self->operand && self->directory) {
        dd_problem(problem, DD_E_ARGUMENT, "'check' takes one directory, as DIR or with -d");
        return DD_OPTIONS_WRONG;
    }
    if (self->command == COMMAND_CHECK && self->operand)
        self->directory = self->operand;
    else if (dd_options_fill(&COMMAND_LINE, &given, self, problem) != DD_OK)
        return DD_OPTIONS_WRONG;
    return outcome;
}
