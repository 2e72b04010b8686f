/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyfile - a JSON file that holds secrets: read, parsed, and wiped
 */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>
#include <json-c/json_visit.h>

#include "keyfile.h"
#include "libdd/base/foreign_locks.h"
#include "libdd/base/problem.h"

/* Longer than any key or hash in a file. */
#define SCRATCH_SIZE 256

static struct json_object *parse_more(struct json_tokener *tokener, const char *json, size_t size)
{
    dd_foreign_locks_enter();
    struct json_object *value = json_tokener_parse_ex(tokener, json, (int)size);
    dd_foreign_locks_leave();
    return value;
}

/*
 * A tokener collects each string in one scratch buffer, which it frees as it is. Parsing a long
 * harmless string before the file makes that buffer large enough never to move while there are
 * keys in it, and parsing it again afterwards overwrites the last of them. What stays out of
 * reach: copies left behind by a file with even longer strings or with broken JSON.
 */
static void scrub(struct json_tokener *tokener)
{
    char text[SCRATCH_SIZE];
    memset(text, '-', sizeof text);
    text[0] = text[sizeof text - 1] = '"';
    json_tokener_reset(tokener);
    json_object_put(parse_more(tokener, text, sizeof text));
    json_tokener_reset(tokener);
}

static int line_of(const char *json, size_t offset)
{
    int line = 1;
    for (size_t i = 0; i < offset; i++)
        line += json[i] == '\n';
    return line;
}

/* NULL with *problem filled if the text isn't one JSON value and nothing else. */
static struct json_object *parse(struct json_tokener *tokener, const char *path, const char *json,
    size_t size, dd_problem_t *problem)
{
    struct json_object *value = parse_more(tokener, json, size);
    enum json_tokener_error error = json_tokener_get_error(tokener);
    size_t end = json_tokener_get_parse_end(tokener);
    if (error == json_tokener_success && end == size)
        return value;

    dd_keyfile_destroy(&value);
    if (error == json_tokener_continue)
        dd_problem(problem, DD_E_KEYS,
            "%s: the file is cut off: its JSON text doesn't end; restore it from a copy", path);
    else
        dd_problem(problem, DD_E_KEYS, "%s: line %d is not valid JSON: %s", path,
            line_of(json, end),
            error == json_tokener_success ? "something follows the end"
                                          : json_tokener_error_desc(error));
    return NULL;
}

static bool check_size(const char *path, uint64_t size, dd_problem_t *problem)
{
    if (size > 0 && size <= DD_KEYFILE_MAX)
        return true;
    dd_problem(problem, DD_E_KEYS, "%s: the file %s, so it is no key file", path,
        size == 0 ? "is empty" : "is larger than 64 MiB");
    return false;
}

struct json_object *dd_keyfile_parse(
    const char *path, const char *json, size_t size, dd_problem_t *problem)
{
    if (!check_size(path, size, problem))
        return NULL;
    struct json_tokener *tokener = json_tokener_new();
    if (tokener == NULL) {
        dd_problem(problem, DD_E_MEMORY, "%s: out of memory", path);
        return NULL;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    scrub(tokener);
    struct json_object *value = parse(tokener, path, json, size, problem);
    scrub(tokener);
    json_tokener_free(tokener);

    if (value != NULL && !json_object_is_type(value, json_type_object)) {
        dd_problem(
            problem, DD_E_KEYS, "%s: the file holds no JSON object, so it is no key file", path);
        dd_keyfile_destroy(&value);
    }
    return value;
}

/* Opens a regular file and tells its size; -1 with *problem filled. */
static int open_file(const char *path, size_t *size, dd_problem_t *problem)
{
    /* Without O_NONBLOCK, opening a pipe would wait for somebody to write into it. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd == -1 || fstat(fd, &status) == -1)
        dd_problem(problem, DD_E_FILE, "%s: can't be opened: %m", path);
    else if (S_ISDIR(status.st_mode))
        dd_problem(problem, DD_E_FILE, "%s: is a directory; name the key file in it", path);
    else if (!S_ISREG(status.st_mode))
        dd_problem(problem, DD_E_FILE, "%s: is not a regular file", path);
    else if (check_size(path, (uint64_t)status.st_size, problem)) {
        *size = (size_t)status.st_size;
        return fd;
    }
    if (fd != -1)
        close(fd);
    return -1;
}

/* Reads until size bytes are there or the file ends; false on an error. */
static bool read_all(int fd, char *text, size_t *size)
{
    size_t have = 0;
    while (have < *size) {
        ssize_t got = read(fd, text + have, *size - have);
        if (got == -1 && errno != EINTR)
            return false;
        if (got == 0)
            break;
        if (got > 0)
            have += (size_t)got;
    }
    *size = have;
    return true;
}

struct json_object *dd_keyfile_load(const char *path, dd_problem_t *problem)
{
    size_t size = 0;
    int fd = open_file(path, &size, problem);
    if (fd == -1)
        return NULL;
    struct json_object *object = NULL;
    char *text = dd_foreign_locks_sodium() ? sodium_malloc(size) : NULL;
    if (text == NULL)
        dd_problem(problem, DD_E_MEMORY, "%s: out of memory", path);
    else if (!read_all(fd, text, &size))
        dd_problem(problem, DD_E_FILE, "%s: can't be read: %m", path);
    else
        object = dd_keyfile_parse(path, text, size, problem);
    sodium_free(text);
    close(fd);
    return object;
}

static int wipe(struct json_object *value, int flags, struct json_object *parent, const char *key,
    size_t *index, void *argument)
{
    (void)flags, (void)parent, (void)key, (void)index, (void)argument;
    if (json_object_is_type(value, json_type_string)) {
        size_t size = (size_t)json_object_get_string_len(value);
        sodium_memzero((char *)json_object_get_string(value), size);
    }
    return JSON_C_VISIT_RETURN_CONTINUE;
}

void dd_keyfile_destroy(struct json_object **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    json_c_visit(*self_p, 0, wipe, NULL);
    json_object_put(*self_p);
    *self_p = NULL;
}
