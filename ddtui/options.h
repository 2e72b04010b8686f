/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line and the environment of ddtui
 *
 * One table has every option; reading the command line, --help, and the test that holds the manual
 * page against it all go by that table.
 */
#ifndef OPTIONS_H_INCLUDED
#define OPTIONS_H_INCLUDED

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "ddtui/model/model.h"
#include "libdd/protocol/scope.h"

#define OPTIONS_SUBSCRIPTIONS_MAX 64

typedef enum {
    OPTION_FLAG,         /* bool */
    OPTION_TEXT,         /* const char * */
    OPTION_COUNT,        /* uint64_t, from 1 */
    OPTION_SECONDS,      /* uint64_t, ms */
    OPTION_SUBSCRIPTION, /* one more in `subscriptions` */
    OPTION_VIEW,         /* view_t */
    OPTION_ORDER         /* order_t */
} option_kind_t;

typedef struct {
    char letter;          /* '\0': only a long name */
    const char *name;     /* long, without "--" */
    const char *argument; /* what the argument is called; NULL: has none */
    const char *help;
    option_kind_t kind;
    view_t view;   /* of an OPTION_VIEW; of an OPTION_ORDER, what names its object */
    size_t offset; /* of the member in options_t */
} option_t;

/* All options, in the order of the help; ends with a name of NULL. */
extern const option_t OPTIONS[];

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
    const char *endpoint;
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
    uint64_t watch_ms; /* from one round to the next; 0: there is one only */
    order_t order;
    bool json;
    bool quiet;
    bool read_only; /* sends and changes nothing */
    bool no_colour; /* of the console; there are none elsewhere */
    bool version;
    bool help;
    char default_keyfile[PATH_MAX];
} options_t;

/* What is wrong with a command line, for a person. */
typedef struct {
    char text[512];
} complaint_t;

/* Reads the command line, then the environment and the defaults for what it doesn't say. False with
 *complaint filled if it can't be; then only `check` counts. With --help or --version the rest may
 be missing. */
bool options_parse(options_t *self, int argc, char *argv[], complaint_t *complaint);

/* Whether there is something to send and to ask, and whether there is something to wait for. */
bool options_acts(const options_t *self);
bool options_listens(const options_t *self);
/* What is to be asked of the brokers; VIEW_NONE if nothing is. */
view_t options_question(const options_t *self);
/* Whether there is neither to act nor to listen: the console is wanted. */
bool options_interact(const options_t *self);

void options_help(FILE *out);

#endif
