/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * advice - what is to be done after keys were changed
 */
#include "advice.h"

#include <string.h>

#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"
#include "names.h"

/* Whose keys were changed. */
typedef enum { A_TENANT, THE_PUBLIC, AN_OPERATOR, A_NAMED_OPERATOR, THE_BROKERS } whose_t;

static whose_t whose(const char *name)
{
    return names_operator(name) != NULL     ? A_NAMED_OPERATOR
           : strcmp(name, DD_PUBLIC) == 0   ? THE_PUBLIC
           : strcmp(name, DD_OPERATOR) == 0 ? AN_OPERATOR
           : strcmp(name, "dd") == 0        ? THE_BROKERS
                                            : A_TENANT;
}

#define BROKERS_RELOAD "give " BROKER_FILE " to all brokers, and each a SIGHUP"

/* Steps in their order. "%s" is the name that was given. */
#define STEPS_MAX 3
typedef const char *steps_t[STEPS_MAX];

static const steps_t ADDED[] = {
    [A_TENANT] = {BROKERS_RELOAD, "give %s-keys.json to the tenant's clients",
        "have public clients that talk to it reload " PUBLIC_FILE},
    [AN_OPERATOR] = {BROKERS_RELOAD, "give " OPERATOR_FILE " to operators"},
};

static const steps_t OPERATOR_ADDED = {
    BROKERS_RELOAD, "give " OPERATOR_PREFIX "%s-keys.json to %s, and to nobody else"};

static const steps_t REMOVED[] = {
    [A_TENANT] = {BROKERS_RELOAD ": the tenant \"%s\" is gone then"},
    [AN_OPERATOR] = {BROKERS_RELOAD ": the \"%s\" is gone then"},
    [A_NAMED_OPERATOR] = {BROKERS_RELOAD ": \"%s\" is gone then"},
};

static const steps_t BEGUN[] = {
    [A_TENANT] = {BROKERS_RELOAD,
        "have all clients of %s reload their %s-keys.json, and public "
        "clients " PUBLIC_FILE,
        "when all have, run 'ddkeys finish %s'"},
    [THE_PUBLIC] = {BROKERS_RELOAD, "have all clients, public ones too, reload their key files",
        "when all have, run 'ddkeys finish %s'"},
    [THE_BROKERS] = {BROKERS_RELOAD, "have all clients and operators reload their key files",
        "when all have, run 'ddkeys switch %s'"},
};

static const steps_t SWITCHED = {
    "clients of protocols 3 and 4 can log in with their new files alone from then on: give these "
    "to them before",
    BROKERS_RELOAD ": who connects from then on finds the new key",
    "when all have, run 'ddkeys finish %s'"};

static const steps_t FINISHED[] = {
    [A_TENANT] = {BROKERS_RELOAD ": the old key is no good from then on",
        "have all clients of %s reload their %s-keys.json, and public clients " PUBLIC_FILE},
    [THE_PUBLIC] = {BROKERS_RELOAD ": the old key is no good from then on",
        "have all clients, public ones too, reload their key files"},
    [THE_BROKERS] = {BROKERS_RELOAD ": the old key is no good from then on",
        "let all clients and operators have their new files some day"},
};

static const steps_t AT_ONCE[] = {
    [A_TENANT] = {BROKERS_RELOAD ": clients with an old file are cut off then",
        "start the clients of %s with their new %s-keys.json",
        "restart public clients that talk to it with " PUBLIC_FILE},
    [THE_PUBLIC] = {BROKERS_RELOAD ": public clients with an old file are cut off then",
        "restart all clients with their new files"},
    [AN_OPERATOR] = {BROKERS_RELOAD ": who has the old file is cut off then",
        "give " OPERATOR_FILE " to operators"},
    [A_NAMED_OPERATOR] = {BROKERS_RELOAD ": who has the old file is cut off then",
        "give %s-keys.json to whose it is"},
    [THE_BROKERS] = {"stop all brokers, and start them with the new " BROKER_FILE,
        "restart all clients and operators with their new files"},
};

static const steps_t *steps_of(const options_t *options)
{
    whose_t who = options->operand == NULL ? A_TENANT : whose(options->operand);
    switch (options->command) {
    case COMMAND_ADD:
        return &ADDED[who];
    case COMMAND_OPERATOR:
        return &OPERATOR_ADDED;
    case COMMAND_SWITCH:
        return &SWITCHED;
    case COMMAND_REMOVE:
        return &REMOVED[who];
    case COMMAND_FINISH:
        return &FINISHED[who];
    case COMMAND_ROTATE:
        return options->force || who == AN_OPERATOR || who == A_NAMED_OPERATOR ? &AT_ONCE[who]
                                                                               : &BEGUN[who];
    default:
        return NULL;
    }
}

/* Puts the name in the place of each "%s". */
static void print_step(const char *step, const char *name, FILE *stream)
{
    const char *place;
    while ((place = strstr(step, "%s")) != NULL) {
        fprintf(stream, "%.*s%s", (int)(place - step), step, name);
        step = place + 2;
    }
    fprintf(stream, "%s\n", step);
}

void advice_print(const options_t *options, FILE *stream)
{
    const steps_t *steps = steps_of(options);
    for (size_t i = 0; steps != NULL && i < STEPS_MAX && (*steps)[i] != NULL; i++) {
        fprintf(stream, "%s %zu. ", i == 0 ? "now:" : "    ", i + 1);
        print_step((*steps)[i], options->operand, stream);
    }
}
