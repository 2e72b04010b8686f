/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store - a directory of key files, changed as a whole or not at all
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <json-c/json.h>

#include "libdd/base/problem.h"
#include "libdd/keys/access.h"
#include "libdd/keys/keyfile.h"
#include "libdd/keys/keyring.h"
#include "names.h"
#include "store.h"

typedef struct {
    file_name_t name;
    struct json_object *content; /* NULL: it is to be removed */
    store_put_t how;
    bool aside;  /* its aside file is there */
    bool placed; /* the file itself is the new one */
} item_t;

struct store {
    char *directory; /* as the caller named it, for messages and paths */
    int fd;          /* the directory, locked */
    item_t *items;
    size_t count;
    char path[PATH_MAX]; /* answer of store_path() */
};

/* ---- opening --------------------------------------------------------------------------------- */

static int open_directory(const char *path, store_mode_t mode, dd_problem_t *problem)
{
    if (strlen(path) > PATH_MAX - NAME_MAX - 2) {
        dd_problem(problem, DD_E_FILE, "the directory's path is too long");
        return -1;
    }
    /* The umask may take from the owner, too. */
    if (mode == STORE_CREATE && mkdir(path, 0700) == 0)
        chmod(path, 0700);
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1 && errno == ENOENT && mode != STORE_CREATE)
        dd_problem(problem, DD_E_FILE,
            "%s: there is no such directory; name the one of the key files with -d", path);
    else if (fd == -1)
        dd_problem(problem, DD_E_FILE, "%s: can't be opened: %m", path);
    return fd;
}

/* Others could put keys of theirs into it, or see what becomes of it in between. */
static bool is_ours(int fd, const char *path, store_mode_t mode, dd_problem_t *problem)
{
    struct stat status;
    char fault[DD_ACCESS_FAULT_ROOM];
    if (mode == STORE_READ)
        return true;
    if (fstat(fd, &status) == -1)
        dd_problem(problem, DD_E_FILE, "%s: can't be looked at: %m", path);
    else if (dd_access_directory_fault(&status, fault))
        dd_problem(problem, DD_E_FILE, "%s: %s", path, fault);
    else
        return true;
    return false;
}

static bool lock(int fd, store_mode_t mode)
{
    int rc;
    do
        rc = flock(fd, mode == STORE_READ ? LOCK_SH : LOCK_EX);
    while (rc == -1 && errno == EINTR);
    return rc == 0;
}

/* Whoever holds the lock and finds an aside file finds what an interrupted ddkeys left behind. */
static void remove_leftovers(const char *directory, int fd)
{
    DIR *list = opendir(directory);
    if (list == NULL)
        return;
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;)
        if (names_is_aside(entry->d_name))
            unlinkat(fd, entry->d_name, 0);
    closedir(list);
}

store_t *store_open(const char *directory, store_mode_t mode, dd_problem_t *problem)
{
    int fd = open_directory(directory, mode, problem);
    if (fd == -1)
        return NULL;
    store_t *self = calloc(1, sizeof *self);
    char *copy = strdup(directory);
    if (self == NULL || copy == NULL) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        goto failed;
    }
    if (!is_ours(fd, directory, mode, problem))
        goto failed;
    if (!lock(fd, mode)) {
        dd_problem(problem, DD_E_FILE, "%s: can't be locked: %m", directory);
        goto failed;
    }
    if (mode != STORE_READ)
        remove_leftovers(directory, fd);
    self->directory = copy;
    self->fd = fd;
    return self;

failed:
    free(copy);
    free(self);
    close(fd);
    return NULL;
}

void store_close(store_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    store_t *self = *self_p;
    for (size_t i = 0; i < self->count; i++)
        dd_keyfile_destroy(&self->items[i].content);
    free(self->items);
    free(self->directory);
    close(self->fd);
    free(self);
    *self_p = NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

const char *store_directory(const store_t *self)
{
    return self->directory;
}

const char *store_path(store_t *self, const char *name)
{
    snprintf(self->path, sizeof self->path, "%s/%s", self->directory, name);
    return self->path;
}

bool store_has(const store_t *self, const char *name)
{
    struct stat status;
    return fstatat(self->fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
}

/* ---- changing -------------------------------------------------------------------------------- */

/* Takes the content over, whatever the outcome. */
static dd_error_t append(store_t *self, const char *name, struct json_object *content,
    store_put_t how, dd_problem_t *problem)
{
    item_t *items = reallocarray(self->items, self->count + 1, sizeof *items);
    if (items == NULL) {
        dd_keyfile_destroy(&content);
        return dd_problem(problem, DD_E_MEMORY, "out of memory");
    }
    self->items = items;
    item_t *item = &self->items[self->count++];
    *item = (item_t){.content = content, .how = how};
    snprintf(item->name.text, sizeof item->name.text, "%s", name);
    return DD_OK;
}

dd_error_t store_put(store_t *self, const char *name, struct json_object **content_p,
    store_put_t how, dd_problem_t *problem)
{
    struct json_object *content = *content_p;
    *content_p = NULL;
    return content == NULL ? dd_problem(problem, DD_E_MEMORY, "out of memory")
                           : append(self, name, content, how, problem);
}

dd_error_t store_remove(store_t *self, const char *name, dd_problem_t *problem)
{
    return append(self, name, NULL, STORE_REPLACE, problem);
}

/* What stands in the way of an item, before anything is written. *old has the status of the file
   that it replaces, or mode 0. */
static dd_error_t check_target(
    store_t *self, const item_t *item, struct stat *old, dd_problem_t *problem)
{
    const char *name = item->name.text;
    *old = (struct stat){0};
    if (strchr(name, '/') != NULL)
        return dd_problem(problem, DD_E_FILE, "%s: a tenant's name with '/' has no file", name);
    if (fstatat(self->fd, name, old, AT_SYMLINK_NOFOLLOW) == -1)
        return errno == ENOENT ? DD_OK
                               : dd_problem(problem, DD_E_FILE, "%s: can't be looked at: %m",
                                     store_path(self, name));
    if (item->how == STORE_NEW)
        return dd_problem(problem, DD_E_FILE,
            "%s exists already; move it away, or say --force to replace it",
            store_path(self, name));
    if (!S_ISREG(old->st_mode))
        return dd_problem(problem, DD_E_FILE,
            "%s is not a regular file, so it can't be replaced; put the file itself there",
            store_path(self, name));
    return DD_OK;
}

static bool write_all(int fd, const char *text, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written == -1 && errno != EINTR)
            return false;
        if (written > 0) {
            text += written;
            size -= (size_t)written;
        }
    }
    return true;
}

static bool keep_owner(int fd, const struct stat *old)
{
    struct stat status;
    if (fstat(fd, &status) == -1)
        return false;
    return (status.st_uid == old->st_uid && status.st_gid == old->st_gid) ||
           fchown(fd, old->st_uid, old->st_gid) == 0;
}

/* Whether a file is the brokers', and in a directory that their group may look into. */
static bool is_shared(const store_t *self, const item_t *item, struct stat *directory)
{
    return strcmp(item->name.text, BROKER_FILE) == 0 && fstat(self->fd, directory) == 0 &&
           dd_access_is_shared(directory);
}

/* Who may not give the file to that group keeps it: 'ddkeys check' and the broker say what is
   wrong. */
static bool share(int fd, const struct stat *directory)
{
    return fchown(fd, (uid_t)-1, directory->st_gid) == -1 || fchmod(fd, DD_ACCESS_MODE_SHARED) == 0;
}

/* Whoever could read the replaced file, a broker with an account of its own perhaps, still can. The
   owner comes first, lest another group reads it for a moment. */
static bool set_access(const store_t *self, int fd, const item_t *item, const struct stat *old)
{
    struct stat directory;
    bool replaces = old->st_mode != 0;
    mode_t mode = dd_access_mode(replaces ? old : NULL);
    bool is_good = replaces && mode == (old->st_mode & ~(mode_t)S_IFMT);
    return (!replaces || keep_owner(fd, old)) && fchmod(fd, mode) == 0 &&
           (is_good || !is_shared(self, item, &directory) || share(fd, &directory));
}

static dd_error_t write_aside(store_t *self, item_t *item, dd_problem_t *problem)
{
    const char *path = store_path(self, item->name.text);
    struct stat old;
    size_t size;
    const char *text = json_object_to_json_string_length(item->content,
        JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE, &size);
    if (text == NULL)
        return dd_problem(problem, DD_E_MEMORY, "out of memory");

    /* What no broker or client would load never gets a file's name. */
    dd_keyring_t *keyring = dd_keyring_parse(path, text, size, problem);
    if (keyring == NULL)
        return DD_E_KEYS;
    dd_keyring_destroy(&keyring);

    dd_error_t error = check_target(self, item, &old, problem);
    if (error != DD_OK)
        return error;
    int fd = openat(self->fd, names_aside(item->name.text).text,
        O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    item->aside = fd != -1;
    bool done = fd != -1 && set_access(self, fd, item, &old) && write_all(fd, text, size) &&
                write_all(fd, "\n", 1) && fsync(fd) == 0;
    if (!done)
        error = dd_problem(problem, DD_E_FILE, "%s: can't be written: %m", path);
    if (fd != -1)
        close(fd);
    return error;
}

/* A link never replaces a file, not even one that somebody made a moment ago; a rename does. */
static dd_error_t place(store_t *self, item_t *item, dd_problem_t *problem)
{
    aside_name_t aside = names_aside(item->name.text);
    const char *name = item->name.text;
    int rc = item->how == STORE_NEW ? linkat(self->fd, aside.text, self->fd, name, 0)
                                    : renameat(self->fd, aside.text, self->fd, name);
    if (rc == -1)
        return dd_problem(problem, DD_E_FILE, "%s: can't be put in place: %m; see 'ddkeys check'",
            store_path(self, name));
    item->placed = true;
    item->aside = item->how == STORE_NEW;
    return DD_OK;
}

/* Nothing can be brought back, so this comes when all else is done. */
static dd_error_t remove_files(store_t *self, dd_problem_t *problem)
{
    for (size_t i = 0; i < self->count; i++) {
        item_t *item = &self->items[i];
        if (item->content != NULL)
            continue;
        item->placed = unlinkat(self->fd, item->name.text, 0) == 0;
        if (!item->placed && errno != ENOENT)
            return dd_problem(problem, DD_E_FILE, "%s: can't be removed: %m; nobody needs it now",
                store_path(self, item->name.text));
    }
    return DD_OK;
}

static void remove_asides(store_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->items[i].aside &&
            unlinkat(self->fd, names_aside(self->items[i].name.text).text, 0) == 0)
            self->items[i].aside = false;
}

/* After a failure: files that are new go again. */
static void undo(store_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->items[i].placed && self->items[i].how == STORE_NEW &&
            unlinkat(self->fd, self->items[i].name.text, 0) == 0)
            self->items[i].placed = false;
}

dd_error_t store_commit(store_t *self, dd_problem_t *problem)
{
    dd_error_t error = DD_OK;
    for (size_t i = 0; i < self->count && error == DD_OK; i++)
        if (self->items[i].content != NULL)
            error = write_aside(self, &self->items[i], problem);
    for (size_t i = 0; i < self->count && error == DD_OK; i++)
        if (self->items[i].content != NULL)
            error = place(self, &self->items[i], problem);
    if (error == DD_OK && fsync(self->fd) == -1)
        error = dd_problem(problem, DD_E_FILE, "%s: can't be synchronised: %m", self->directory);
    if (error != DD_OK)
        undo(self);
    remove_asides(self);
    return error == DD_OK ? remove_files(self, problem) : error;
}

void store_print(store_t *self, FILE *stream)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->items[i].placed)
            fprintf(stream, "%s\n", store_path(self, self->items[i].name.text));
}
