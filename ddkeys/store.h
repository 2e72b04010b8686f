/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * store - a directory of key files, changed as a whole or not at all
 *
 * Opening it takes a lock, so that two ddkeys wait for each other. New content is first written
 * aside, in hidden files in the same directory, and gets the files' names only when all of it is on
 * the disk.
 */
#ifndef STORE_H_INCLUDED
#define STORE_H_INCLUDED

#include <stdio.h>

#include "libdd/include/dd.h"

struct json_object;

typedef struct store store_t;

typedef enum {
    STORE_READ,   /* others may read at the same time */
    STORE_CHANGE, /* the directory must be there */
    STORE_CREATE  /* it is made, for its owner alone, if it isn't */
} store_mode_t;

typedef enum {
    STORE_NEW,    /* there must be no file of that name */
    STORE_REPLACE /* there may be one, whose owner and mode the new one gets */
} store_put_t;

/* NULL with *problem filled if the directory can't be opened, made, or locked, or, but for
   STORE_READ, if others can change what is in it. */
store_t *store_open(const char *directory, store_mode_t mode, dd_problem_t *problem);
/* Drops what was not committed; takes NULL and *self_p == NULL. */
void store_close(store_t **self_p);

const char *store_directory(const store_t *self);
/* The path of a file in the directory; valid until the next call. */
const char *store_path(store_t *self, const char *name);
/* Whether there is anything of that name. */
bool store_has(const store_t *self, const char *name);

/* Has a file written at the next commit. Takes *content_p over, whatever the outcome, and sets it
   to NULL. The name is a file's in the directory; content is a key file's. */
dd_error_t store_put(store_t *self, const char *name, struct json_object **content_p,
    store_put_t how, dd_problem_t *problem);

/* Has a file removed at the next commit, after all others are in place; there may be none. */
dd_error_t store_remove(store_t *self, const char *name, dd_problem_t *problem);

/*
 * Writes everything that was put, whatever the umask with the mode that dd_access_mode() says. If
 * it returns an error, the directory is as it was; only if a rename failed in the middle, which
 * takes a failing disk, some files may already be the new ones: then *problem says so.
 */
dd_error_t store_commit(store_t *self, dd_problem_t *problem);

/* Prints the paths of the files that were written or removed, one a line. */
void store_print(store_t *self, FILE *stream);

#endif
