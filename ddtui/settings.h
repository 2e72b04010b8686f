/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings - ddtui's configuration file: trees by name, and how the console looks and is used
 *
 * ddtui.conf(5) has the format. Keys are handed to the keymap while the file is read; all else is
 * kept here.
 */
#ifndef SETTINGS_H_INCLUDED
#define SETTINGS_H_INCLUDED

#include <limits.h>

#include "ddtui/ui/command_line.h"
#include "ddtui/ui/keymap.h"
#include "ddtui/ui/theme.h"
#include "libdd/protocol/endpoint.h"

#define SETTINGS_TREES_MAX 32
/* Bytes of the names of a page's columns. */
#define SETTINGS_COLUMNS_ROOM 512

/* A tree that has a name here. What the file doesn't say is empty. */
typedef struct {
    char name[TREE_NAME_MAX + 1];
    dd_endpoints_t endpoints;
    char keyfile[PATH_MAX];
    char client[DD_CLIENT_MAX + 1];
    char tenant[DD_TENANT_MAX + 1];
    bool read_only;
} settings_tree_t;

typedef struct {
    theme_t theme;
    char columns[PAGES][SETTINGS_COLUMNS_ROOM]; /* as column_choice has them; "": the usual ones */
    settings_tree_t trees[SETTINGS_TREES_MAX];
    size_t tree_count;
    const char *tree_names[SETTINGS_TREES_MAX + 1]; /* ends with NULL */
} settings_t;

/* Where the user's file is: below $XDG_CONFIG_HOME, or else ~/.config. False if the user has
   neither, or it doesn't fit. */
bool settings_path(char *out, size_t room);

/* Reads a file; one that isn't there is empty. The first mistake goes to *problem, with the file's
   name and the line, and how many more there are; the settings are then as far as they could be
   read. */
dd_error_t settings_read(settings_t *self, const char *path, dd_problem_t *problem);

/* The tree of a name; NULL with *problem saying which was meant. */
const settings_tree_t *settings_tree(
    const settings_t *self, const char *name, dd_problem_t *problem);

#endif
