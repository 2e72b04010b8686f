/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shell - our programs as users type them: lines of shell
 *
 * In a line, DD_BROKER is set to the broker and DD_KEYS to the keys that shell_open() was told,
 * $DIR is the folder with all key files, and our programs are found by their names. What isn't as
 * it must be fails the test.
 */
#ifndef SHELL_H_INCLUDED
#define SHELL_H_INCLUDED

#include <json-c/json.h>

#include "harness.h"

/* Exit statuses of ddtui(1). */
enum { DONE, FAILED, USAGE, NO_DESTINATION, REFUSED, TIMEOUT, OVERLOADED, IN_DOUBT };

/* Makes the harness the one that the lines run in, until another is opened. */
void shell_open(harness_t *harness, const char *broker, const char *owner);

/* Setup of a test that has the harness and the tree of scene.h: DD_BROKER is leaf, DD_KEYS the keys
   of tenant a, $ROOT and $OTHER are the endpoints of those brokers, and $OPERATOR is the option
   with the operator's keys. */
int shell_tree(void **state);
#define TREE(test) cmocka_unit_test_setup_teardown(test, shell_tree, scene_close)

/* Starts one command. */
program_t *shell_start(const char *line);
/* Runs a line to its end. */
program_t *shell_run(const char *line);
/* Runs a line that must end with a status, print exactly out (NULL: whatever) and say something. */
void shell_check(const char *line, int status, const char *out, const char *said);
/* Whether a line, run again and again until the harness's deadline, prints exactly out in the end;
   no more than that is wanted of it. */
bool shell_prints(const char *line, const char *out);

/* Starts a ddtui that listens, and waits until it is registered, and subscribed as often as it
   asks. */
program_t *shell_listen(const char *line, int subscriptions);
/* Waits for an end with that status. */
void shell_end(program_t *program, int status);
/* Sends SIGTERM and waits for an end that is DONE. */
void shell_stop(program_t *program);

/* ---- JSON --------------------------------------------------------------------------------- */

/* The objects that a program has printed, one a line, as an array that the caller releases. */
struct json_object *shell_objects(program_t *program);
/* An object of such an array must have this field, with this value as text. */
void shell_field(struct json_object *objects, size_t index, const char *field, const char *value);

#endif
