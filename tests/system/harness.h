/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * harness - runs real programs for the system and screen tests
 *
 * A harness owns a temporary directory with key files, and every program that was started through
 * it: harness_destroy() kills what still runs, by process id, and removes the directory. Programs
 * also die with the test that started them. Nothing here waits for a fixed time: each wait is for a
 * condition and has a deadline in ms.
 *
 * It settles the environment, for the test itself and all programs: the locale is C.UTF-8, the time
 * zone UTC, and HOME the directory.
 *
 * What can only fail through a mistake in the test or the machine (fork, a broker that doesn't
 * start) fails the cmocka test at once, with the program's output.
 *
 * BUILD in the environment is the directory of the binaries; "build" without it.
 */
#ifndef HARNESS_H_INCLUDED
#define HARNESS_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/deadline.h"

#define HARNESS_DEADLINE DEADLINE
#define COUNT(table) (sizeof(table) / sizeof(table)[0])

typedef struct harness harness_t;
typedef struct program program_t;

/* Makes the directory and, unless tenants is NULL, the key files for "a,b,c" and the public tenant
   with ddkeys. */
harness_t *harness_new(const char *tenants);
void harness_destroy(harness_t **self_p);

/* The path of a file in the harness's directory. The text is the harness's. */
const char *harness_path(harness_t *self, const char *file);
/* The key file of a tenant, of "public", "broker" or "operator". */
const char *harness_keys(harness_t *self, const char *owner);
/* The path of one of our programs: $BUILD/bin/NAME. */
const char *harness_binary(harness_t *self, const char *name);

/* ---- Brokers ------------------------------------------------------------------------------ */

/*
 * Starts a broker and waits until it listens. parent is the name of a broker started before, or
 * NULL; scope may be NULL for the broker's default. Its heartbeat is so long that nobody whom the
 * machine or the test lets wait is taken for dead. Further arguments follow, ended with NULL. A
 * name that was started before gets its old endpoint again, so a broker can be killed and started
 * anew; one that still runs is killed first.
 */
__attribute__((sentinel)) program_t *broker_start(
    harness_t *self, const char *name, const char *parent, const char *scope, ...);

/* The program that was started last as the broker of that name. */
program_t *harness_broker(harness_t *self, const char *name);
/* Where the broker of that name listens: tcp://127.0.0.1:PORT, which nobody else gets as long as
   the harness is there. Known already before its start once harness_reserve() has been called. */
const char *harness_endpoint(harness_t *self, const char *name);
/* A connection, with nothing said, to such an endpoint, or to "ipc://PATH". */
int harness_connect(const char *endpoint);
/* Chooses and holds a port for a broker that is to be started later. */
const char *harness_reserve(harness_t *self, const char *name);

/* ---- Programs ----------------------------------------------------------------------------- */

/* Starts a program with its arguments, ended with NULL. A name without '/' is one of ours. Standard
   input is empty; both outputs go to files. */
__attribute__((sentinel)) program_t *program_spawn(harness_t *self, const char *name, ...);
/* The same with an array that ends with NULL. */
program_t *program_spawn_array(harness_t *self, const char *const arguments[]);

/* Runs a program to its end with input (may be NULL) as standard input; killed at the deadline,
   which gives status 128 + SIGKILL. */
__attribute__((sentinel)) program_t *program_run(
    harness_t *self, const char *input, int deadline_ms, const char *name, ...);

/* Waits until the program's standard output or error holds text after what the last
   program_expect() found. False at the deadline or when the program has ended without it; then both
   outputs are printed. */
bool program_expect(program_t *self, const char *text, int deadline_ms);
/* Whether the program has written text at all, up to now. */
bool program_said(program_t *self, const char *text);

/* All output up to now, NUL-terminated. The text is the program's, until the next call. */
const char *program_stdout(program_t *self);
const char *program_stderr(program_t *self);

int program_pid(const program_t *self);
/* After SIGSTOP it stands still already. */
void program_signal(program_t *self, int signal);
/* Waits for the end: exit status, or 128 + the signal's number. -1 at the deadline. */
int program_wait(program_t *self, int deadline_ms);
/* SIGKILL, and waits. Fine for a program that has ended. */
void program_kill(program_t *self);

/* Has this process, and so what it starts from now on, belong to no terminal, as services do. */
void harness_leave_terminal(void);
/* Has a program, or a broker, read its files again, and waits until it says that with this text. */
void harness_reload(program_t *program, const char *text);

/* How many clients a process may have, of those that are wanted: it is given all descriptors that
   it can get. What it starts has as many. */
unsigned harness_clients(unsigned wanted);

/* ---- Waiting ------------------------------------------------------------------------------ */

/* Tries until condition(arg) is true; false at the deadline. */
bool wait_until(bool (*condition)(void *arg), void *arg, int deadline_ms);

#endif
