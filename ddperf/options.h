/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line
 */
#ifndef OPTIONS_H_INCLUDED
#define OPTIONS_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "libdd/base/options.h"
#include "libdd/protocol/endpoint.h"

/* Process ids on one command line. */
#define OPTIONS_LIST_MAX 32

typedef enum { MODE_NOTIFY, MODE_PUBLISH, MODE_LATENCY, MODE_CONNECT, MODES } perf_mode_t;

/* Strings belong to argv or the environment. */
typedef struct {
    perf_mode_t mode;
    dd_endpoints_t endpoints;    /* of the senders; at least one */
    dd_endpoints_t receivers_at; /* of the receivers; the same if none was given */
    const char *keyfile;
    unsigned size;  /* bytes of a message */
    uint64_t count; /* messages of each sender */
    unsigned senders;
    unsigned receivers;
    uint64_t rate;                /* messages a second of each sender; 0: as fast as it goes */
    pid_t pids[OPTIONS_LIST_MAX]; /* brokers to watch */
    size_t pid_count;
    bool json;
} options_t;

/* Exit status of a wrong command line. */
#define EXIT_USAGE 2

/* Reads the command line and the environment. What it asks for, like help, is printed; *problem
   says what is wrong. */
dd_options_outcome_t options_read(
    options_t *self, int argc, char *const argv[], dd_problem_t *problem);

/* Writes the list as the client of a number, from 0, is to have it: they begin with each in turn.
 */
void options_endpoints_of(
    const dd_endpoints_t *list, unsigned number, char text[DD_ENDPOINTS_TEXT]);

/* "notify" and so on. */
const char *options_mode_name(perf_mode_t mode);

#endif
