/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * shell - our programs as users type them: lines of shell
 */
#include "shell.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

static harness_t *opened;

static void set_path(const char *variable, const char *path, const char *more)
{
    char text[4096];
    char *whole = realpath(path, NULL);
    assert_non_null(whole);
    snprintf(text, sizeof text, "%s%s", whole, more);
    free(whole);
    setenv(variable, text, 1);
}

void shell_open(harness_t *harness, const char *broker, const char *owner)
{
    static char more[2048]; /* the PATH as it was before the first time */
    opened = harness;
    if (more[0] == '\0')
        snprintf(more, sizeof more, ":%s", getenv("PATH"));
    set_path("DIR", harness_path(harness, "."), "");
    set_path("PATH", harness_binary(harness, "."), more);
    setenv("DD_BROKER", harness_endpoint(harness, broker), 1);
    setenv("DD_KEYS", harness_keys(harness, owner), 1);
    unsetenv("DD_NAME");
}

int shell_tree(void **state)
{
    char option[1024];
    scene_open(state);
    harness_t *harness = *state;
    scene_tree(harness);
    shell_open(harness, "leaf", "a");
    setenv("ROOT", harness_endpoint(harness, "root"), 1);
    setenv("OTHER", harness_endpoint(harness, "other"), 1);
    snprintf(option, sizeof option, "--operator-keys %s", harness_keys(harness, "operator"));
    setenv("OPERATOR", option, 1);
    return 0;
}

program_t *shell_start(const char *line)
{
    char command[1024];
    int size = snprintf(command, sizeof command, "exec %s", line);
    assert_in_range(size, 1, sizeof command - 1);
    return program_spawn(opened, "/bin/sh", "-c", command, NULL);
}

program_t *shell_run(const char *line)
{
    program_t *program = program_spawn(opened, "/bin/sh", "-c", line, NULL);
    if (program_wait(program, HARNESS_DEADLINE) < 0)
        fail_msg("doesn't end: %s", line);
    return program;
}

void shell_check(const char *line, int status, const char *out, const char *said)
{
    program_t *program = shell_run(line);
    int found = program_wait(program, 0);
    if (found != status || (out && strcmp(program_stdout(program), out) != 0) ||
        !strstr(program_stderr(program), said))
        fail_msg("%s\nstatus %d instead of %d\n--- stdout\n%s--- stderr\n%s", line, found, status,
            program_stdout(program), program_stderr(program));
}

typedef struct {
    const char *line;
    const char *out;
} printing_t;

static bool prints(void *arg)
{
    const printing_t *self = arg;
    return strcmp(program_stdout(shell_run(self->line)), self->out) == 0;
}

bool shell_prints(const char *line, const char *out)
{
    return wait_until(prints, &(printing_t){line, out}, HARNESS_DEADLINE);
}

program_t *shell_listen(const char *line, int subscriptions)
{
    program_t *program = shell_start(line);
    assert_true(program_expect(program, "registered as ", HARNESS_DEADLINE));
    for (int i = 0; i < subscriptions; i++)
        assert_true(program_expect(program, "subscribed\t", HARNESS_DEADLINE));
    return program;
}

void shell_end(program_t *program, int status)
{
    assert_int_equal(program_wait(program, HARNESS_DEADLINE), status);
}

void shell_stop(program_t *program)
{
    program_signal(program, SIGTERM);
    shell_end(program, DONE);
}

/* ---- JSON --------------------------------------------------------------------------------- */

struct json_object *shell_objects(program_t *program)
{
    struct json_object *array = json_object_new_array();
    char *text = strdup(program_stdout(program));
    assert_non_null(text);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        struct json_object *object = json_tokener_parse(line);
        if (!json_object_is_type(object, json_type_object))
            fail_msg("not an object: %s", line);
        json_object_array_add(array, object);
    }
    free(text);
    return array;
}

void shell_field(struct json_object *objects, size_t index, const char *field, const char *value)
{
    struct json_object *object = json_object_array_get_idx(objects, index), *found;
    if (!json_object_object_get_ex(object, field, &found))
        fail_msg("no field %s in %s", field, json_object_to_json_string(object));
    assert_string_equal(json_object_get_string(found), value);
}
