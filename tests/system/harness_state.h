/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * harness_state - what the harness's own files share
 */
#ifndef HARNESS_STATE_H_INCLUDED
#define HARNESS_STATE_H_INCLUDED

#include <setjmp.h>
#include <stdarg.h>
#include <sys/types.h>

#include <cmocka.h>

#include "harness.h"

#define ARGUMENTS_MAX 64
#define BROKERS_MAX 64
#define PATH_ROOM 512

typedef struct {
    char path[PATH_ROOM];
    char *text;   /* as read last */
    size_t found; /* where program_expect() goes on */
} output_t;

struct program {
    program_t *next; /* in the harness */
    pid_t pid;
    int status; /* -1 while it runs */
    output_t out, err;
};

typedef struct {
    char name[64];
    char endpoint[64];
    int port;           /* its port, held for it */
    program_t *program; /* started last under that name */
} broker_t;

/* Text handed to the caller, kept until the harness goes. */
typedef struct text {
    struct text *next;
    char text[];
} text_t;

struct harness {
    char directory[PATH_ROOM];
    program_t *programs;
    unsigned spawned; /* numbers the files of output */
    broker_t brokers[BROKERS_MAX];
    size_t broker_count;
    text_t *texts;
};

/* Formats a text that lives as long as the harness. */
__attribute__((format(printf, 2, 3))) const char *harness_keep(
    harness_t *self, const char *format, ...);

/* Collects variadic arguments behind those already there. */
void program_collect(const char *arguments[ARGUMENTS_MAX], size_t count, va_list more);
/* Starts what arguments[0] names, a path, with a file as standard input. */
program_t *program_start(harness_t *self, const char *input, const char *const arguments[]);
void program_print(program_t *self, const char *why);
/* Whether a sanitizer or an assertion has complained in its output. */
bool program_is_faulty(program_t *self);
/* SIGTERM, again and again, and at last SIGKILL: what ends in order says what it leaked and which
   of its lines it ran. */
void program_end(program_t *self);
/* Kills it if it still runs. */
void program_destroy(program_t *self);

#endif
