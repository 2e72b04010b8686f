/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line and the environment of ddtui
 */
#ifndef OPTIONS_H_INCLUDED
#define OPTIONS_H_INCLUDED

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ddtui/model/health_check.h"
#include "ddtui/model/model.h"
#include "ddtui/settings.h"
#include "libdd/base/options.h"
#include "libdd/protocol/endpoint.h"
#include "libdd/protocol/scope.h"

#define OPTIONS_SUBSCRIPTIONS_MAX 64

typedef struct {
    char topic[DD_TOPIC_MAX + 1];
    dd_scope_t scope; /* canonical pattern */
} wish_t;

/* What an operator wants a broker to do. */
typedef struct {
    const char *what;               /* in the words of dd_client_control(); NULL: nothing */
    const char *argument;           /* for it: a client's full name, a broker's name, a level */
    view_t view;                    /* whose rows say which broker is meant */
    char broker[DD_BROKER_MAX + 1]; /* its name; "": the one that has the client */
} order_t;

/* Texts are the command line's or the environment's. */
typedef struct {
    dd_endpoints_t endpoints;
    char endpoint[DD_ENDPOINTS_TEXT]; /* the same as a text */
    const char *keyfile;
    const char *operator_keys; /* the same file as keyfile, but it must be an operator's; or NULL */
    const char *name;
    const char *tenant;  /* NULL: whatever the key file says */
    const char *notify;  /* destination, or NULL */
    const char *publish; /* topic, or NULL */
    const char *message; /* NULL or "-": from standard input */
    const char *trace;   /* destination, or NULL */
    bool wait;
    bool listen;
    wish_t subscriptions[OPTIONS_SUBSCRIPTIONS_MAX];
    size_t subscription_count;
    uint64_t count;      /* messages, or rounds, after which to end; 0: no such limit */
    uint64_t timeout_ms; /* 0: not given */
    view_t view;
    bool check;
    health_check_limits_t limits; /* for it */
    uint64_t watch_ms;            /* from one round to the next; 0: there is one only */
    order_t order;
    bool json;
    bool quiet;
    bool read_only; /* sends and changes nothing; options_forbids() knows of the tree's word, too */
    bool no_colour; /* of the console; there are none elsewhere */
    char default_keyfile[PATH_MAX];
    const settings_t *settings;  /* of the configuration file; NULL: not wanted, so not read */
    const settings_tree_t *tree; /* of these, a copy of the one that was chosen; or NULL */
    settings_tree_t chosen_tree; /* that */
} options_t;

/* Reads the command line, then the environment and the defaults for what it doesn't say. What it
   asks for, like help, is printed. If it can't be, *problem says why, and of the options only
   `check` counts. */
dd_options_outcome_t options_read(
    options_t *self, int argc, char *const argv[], dd_problem_t *problem);

/* Chooses another tree for what was begun with other options; DD_E_ARGUMENT with *problem if there
   is none of that name, or it says too little. */
dd_error_t options_go_to(
    options_t *self, const options_t *begun, const char *tree, dd_problem_t *problem);

/* Reads the configuration file again, for all options that have its settings and all keys. With a
   mistake in it, which *problem tells, everything stays as it was. */
dd_error_t options_reload(dd_problem_t *problem);

/* Whether nothing is to be sent and changed. */
bool options_forbids(const options_t *self);
/* Whether there is something to send and to ask, and whether there is something to wait for. */
bool options_acts(const options_t *self);
bool options_listens(const options_t *self);
/* What is to be asked of the brokers; VIEW_NONE if nothing is. */
view_t options_question(const options_t *self);
/* Whether it does nothing but ask: nobody is to notice. */
bool options_observes(const options_t *self);
/* Whether there is neither to act nor to listen: the console is wanted. */
bool options_interact(const options_t *self);

#endif
