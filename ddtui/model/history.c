/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * history - what was typed into fields before, also in earlier runs
 */
#include "history.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libdd/base/buffer.h"
#include "libdd/protocol/name.h"

/* Lines of a file that are read: more than any console writes. */
#define LINES_MAX (4 * HISTORY_KINDS * HISTORY_MAX)

typedef struct {
    char texts[HISTORY_MAX][HISTORY_ROOM]; /* the newest first */
    size_t count;
} entries_t;

struct history {
    char *path; /* NULL: only in memory */
    entries_t entries[HISTORY_KINDS];
};

static const char *const KIND_NAMES[HISTORY_KINDS] = {
    [HISTORY_DESTINATION] = "destination",
    [HISTORY_TOPIC] = "topic",
    [HISTORY_SCOPE] = "scope",
    [HISTORY_FILTER] = "filter",
    [HISTORY_FILE] = "file",
    [HISTORY_COMMAND] = "command",
};

/* ---- Entries -------------------------------------------------------------------------------- */

/* What a field could have held: one line of UTF-8. */
static bool is_fit(const char *text)
{
    char word[HISTORY_ROOM];
    if (text[0] == '\0' || strlen(text) >= sizeof word)
        return false;
    /* Blanks are fine here, unlike in a word. */
    for (size_t i = 0; i <= strlen(text); i++)
        word[i] = text[i] == ' ' ? '_' : text[i];
    return dd_word_valid(dd_bytes_of(word), sizeof word);
}

static size_t find(const entries_t *self, const char *text)
{
    size_t number = 0;
    while (number < self->count && strcmp(self->texts[number], text) != 0)
        number++;
    return number;
}

static void put_first(entries_t *self, const char *text)
{
    size_t number = find(self, text);
    if (number == HISTORY_MAX)
        number--;
    else if (number == self->count)
        self->count++;
    char copy[HISTORY_ROOM];
    snprintf(copy, sizeof copy, "%s", text);
    memmove(self->texts[1], self->texts[0], number * HISTORY_ROOM);
    memcpy(self->texts[0], copy, sizeof copy);
}

static void put_last(entries_t *self, const char *text)
{
    if (self->count < HISTORY_MAX && find(self, text) == self->count)
        snprintf(self->texts[self->count++], HISTORY_ROOM, "%s", text);
}

size_t history_count(const history_t *self, history_kind_t kind)
{
    return self->entries[kind].count;
}

const char *history_at(const history_t *self, history_kind_t kind, size_t number)
{
    return self->entries[kind].texts[number];
}

/* ---- Reading -------------------------------------------------------------------------------- */

static void take_line(history_t *self, char *line)
{
    line[strcspn(line, "\n")] = '\0';
    char *text = strchr(line, '\t');
    if (!text)
        return;
    *text++ = '\0';
    for (size_t kind = 0; kind < HISTORY_KINDS; kind++)
        if (strcmp(line, KIND_NAMES[kind]) == 0 && is_fit(text))
            put_last(&self->entries[kind], text);
}

/* Adds what the file has behind what is known already. */
static void read_file(history_t *self)
{
    /* Never wait for a pipe that somebody has put there. */
    int fd = open(self->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    FILE *file =
        fd >= 0 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ? fdopen(fd, "r") : NULL;
    if (!file) {
        if (fd >= 0)
            close(fd);
        return;
    }
    char line[HISTORY_ROOM + 64];
    for (size_t i = 0; i < LINES_MAX && fgets(line, sizeof line, file); i++)
        take_line(self, line);
    fclose(file);
}

/* ---- Writing -------------------------------------------------------------------------------- */

static void make_directories(const char *path)
{
    char part[PATH_MAX];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
        mkdir(part, 0700);
    }
}

static bool write_entries(const history_t *self, FILE *file)
{
    for (size_t kind = 0; kind < HISTORY_KINDS; kind++)
        for (size_t i = 0; i < self->entries[kind].count; i++)
            fprintf(file, "%s\t%s\n", KIND_NAMES[kind], self->entries[kind].texts[i]);
    return fflush(file) == 0 && fsync(fileno(file)) == 0;
}

/* Writes aside and renames, so that there is always a whole file. */
static bool write_file(const history_t *self)
{
    char aside[PATH_MAX];
    int size = snprintf(aside, sizeof aside, "%s.XXXXXX", self->path);
    if (size < 0 || (size_t)size >= sizeof aside)
        return false;
    make_directories(self->path);
    int fd = mkostemp(aside, O_CLOEXEC); /* 0600 */
    if (fd < 0)
        return false;
    FILE *file = fdopen(fd, "w");
    bool good = file && write_entries(self, file);
    if (file)
        good = fclose(file) == 0 && good;
    else
        close(fd);
    good = good && rename(aside, self->path) == 0;
    if (!good)
        unlink(aside);
    return good;
}

bool history_add(history_t *self, history_kind_t kind, const char *text)
{
    entries_t *entries = &self->entries[kind];
    if (!is_fit(text) || (entries->count > 0 && strcmp(entries->texts[0], text) == 0))
        return true;
    put_first(entries, text);
    if (!self->path)
        return true;
    read_file(self);
    return write_file(self);
}

/* ---- The whole ------------------------------------------------------------------------------ */

bool history_path(char *out, size_t room)
{
    static const char REST[] = "doubledecker/history";
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int size = -1;
    if (state && state[0] == '/')
        size = snprintf(out, room, "%s/%s", state, REST);
    else if (home && home[0] == '/')
        size = snprintf(out, room, "%s/.local/state/%s", home, REST);
    return size > 0 && (size_t)size < room;
}

history_t *history_new(const char *path)
{
    history_t *self = calloc(1, sizeof *self);
    if (!self || !path)
        return self;
    self->path = strdup(path);
    if (self->path)
        read_file(self);
    else
        history_destroy(&self);
    return self;
}

void history_destroy(history_t **self_p)
{
    history_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    free(self->path);
    free(self);
    *self_p = NULL;
}
