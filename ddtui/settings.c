/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings - ddtui's configuration file
 */
#include "settings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_file.h"
#include "ddtui/home_path.h"
#include "ddtui/ui/column_choice.h"
#include "ddtui/ui/key_names.h"
#include "ddtui/ui/pages.h"
#include "libdd/base/problem.h"
#include "libdd/base/similar.h"
#include "libdd/protocol/name.h"

/* Where a line stands. */
typedef enum {
    SECTION_NONE,
    SECTION_KEYS,
    SECTION_COLOURS,
    SECTION_COLUMNS,
    SECTION_TREE,
    SECTION_WRONG /* one that can't be taken, so its lines aren't looked at */
} section_t;

/* A file that is being read. */
typedef struct {
    settings_t *settings;
    const char *path;
    section_t section;
    bool has_look[STYLES]; /* said of that style alone */
    dd_problem_t *problem;
    size_t mistakes;
} reading_t;

/* One setting; NULL ends a table of them. */
typedef struct {
    const char *name;
    dd_error_t (*take)(reading_t *self, const char *value, dd_problem_t *problem);
} setting_t;

/* ---- Names ---------------------------------------------------------------------------------- */

static const char *nearest_setting(const setting_t *table, const char *name)
{
    const char *meant = NULL;
    size_t best = DD_SIMILAR_NOT;
    for (; table->name; table++)
        if (dd_similar(table->name, name, strlen(name), &best))
            meant = table->name;
    return meant;
}

/* Has the setting of that name in a table take a value. where: what to say of one that isn't. */
static dd_error_t take_by_name(reading_t *self, const setting_t *table, const char *where,
    const char *name, const char *value, dd_problem_t *problem)
{
    for (const setting_t *setting = table; setting->name; setting++) {
        dd_problem_t why = {.text = ""};
        if (strcmp(setting->name, name) != 0)
            continue;
        dd_error_t error = setting->take(self, value, &why);
        return error == DD_OK ? DD_OK : dd_problem(problem, error, "%s: %s", name, why.text);
    }
    const char *meant = nearest_setting(table, name);
    if (meant)
        return dd_problem(
            problem, DD_E_ARGUMENT, "%s '%.64s'; did you mean %s?", where, name, meant);
    return dd_problem(
        problem, DD_E_ARGUMENT, "%s '%.64s'; ddtui.conf(5) has the list", where, name);
}

/* ---- Trees ---------------------------------------------------------------------------------- */

static settings_tree_t *last_tree(reading_t *self)
{
    return &self->settings->trees[self->settings->tree_count - 1];
}

static bool has_tree(const settings_t *self, const char *name)
{
    for (size_t i = 0; i < self->tree_count; i++)
        if (strcmp(self->trees[i].name, name) == 0)
            return true;
    return false;
}

static dd_error_t begin_tree(reading_t *self, const char *name, dd_problem_t *problem)
{
    settings_t *settings = self->settings;
    self->section = SECTION_WRONG;
    if (!dd_word_valid(dd_bytes_of(name), TREE_NAME_MAX) || name[0] == '@')
        return dd_problem(problem, DD_E_ARGUMENT,
            "'%.64s' can't be a tree's name: that has no blanks, no '@' before it, and at most %d "
            "bytes",
            name, TREE_NAME_MAX);
    if (has_tree(settings, name))
        return dd_problem(problem, DD_E_ARGUMENT, "tree %s has a section already", name);
    if (settings->tree_count == SETTINGS_TREES_MAX)
        return dd_problem(
            problem, DD_E_LIMIT, "no more than %d trees can have names", SETTINGS_TREES_MAX);
    settings_tree_t *tree = &settings->trees[settings->tree_count];
    *tree = (settings_tree_t){.read_only = false};
    snprintf(tree->name, sizeof tree->name, "%s", name);
    settings->tree_names[settings->tree_count++] = tree->name;
    self->section = SECTION_TREE;
    return DD_OK;
}

static dd_error_t take_broker(reading_t *self, const char *value, dd_problem_t *problem)
{
    return dd_endpoints_add(&last_tree(self)->endpoints, value, problem);
}

/* A path that begins nowhere begins where the file is. */
static dd_error_t take_keys(reading_t *self, const char *value, dd_problem_t *problem)
{
    char path[PATH_MAX];
    const char *slash = strrchr(self->path, '/');
    settings_tree_t *tree = last_tree(self);
    if (!home_path(value, path, problem))
        return DD_E_FILE;
    int size = snprintf(tree->keyfile, sizeof tree->keyfile, "%.*s%s",
        path[0] != '/' && slash ? (int)(slash + 1 - self->path) : 0, self->path, path);
    return size < PATH_MAX ? DD_OK : dd_problem(problem, DD_E_ARGUMENT, "the path is too long");
}

static dd_error_t take_client(reading_t *self, const char *value, dd_problem_t *problem)
{
    settings_tree_t *tree = last_tree(self);
    if (!dd_client_valid(dd_bytes_of(value)))
        return dd_problem(problem, DD_E_ARGUMENT, "'%.64s' is not the name of a client", value);
    snprintf(tree->client, sizeof tree->client, "%s", value);
    return DD_OK;
}

static dd_error_t take_tenant(reading_t *self, const char *value, dd_problem_t *problem)
{
    settings_tree_t *tree = last_tree(self);
    if (!dd_tenant_valid(dd_bytes_of(value)))
        return dd_problem(problem, DD_E_ARGUMENT, "'%.64s' is not the name of a tenant", value);
    snprintf(tree->tenant, sizeof tree->tenant, "%s", value);
    return DD_OK;
}

static dd_error_t take_read_only(reading_t *self, const char *value, dd_problem_t *problem)
{
    bool yes = strcmp(value, "yes") == 0;
    if (!yes && strcmp(value, "no") != 0)
        return dd_option_refuse(value, "yes or no", problem);
    last_tree(self)->read_only = yes;
    return DD_OK;
}

static const setting_t TREE_SETTINGS[] = {{"broker", take_broker}, {"keys", take_keys},
    {"name", take_client}, {"tenant", take_tenant}, {"read-only", take_read_only}, {NULL, NULL}};

/* ---- Looks ---------------------------------------------------------------------------------- */

/* What was said of one style alone stays, wherever the theme stands. */
static dd_error_t take_theme(reading_t *self, const char *value, dd_problem_t *problem)
{
    const theme_t *theme = theme_named(value, problem);
    self->section = SECTION_NONE;
    if (!theme)
        return DD_E_ARGUMENT;
    for (size_t style = 0; style < STYLES; style++)
        if (!self->has_look[style])
            self->settings->theme.looks[style] = theme->looks[style];
    return DD_OK;
}

static dd_error_t take_look(
    reading_t *self, const char *name, const char *value, dd_problem_t *problem)
{
    style_t style = theme_style(name, problem);
    if (style == STYLES)
        return DD_E_ARGUMENT;
    self->has_look[style] = true;
    return theme_read_look(&self->settings->theme.looks[style], value, problem);
}

/* ---- Columns -------------------------------------------------------------------------------- */

/* "clients" for the page that is called Clients. */
static bool is_page(page_number_t page, const char *name)
{
    const char *title = pages_title(page);
    return name[0] == title[0] + ('a' - 'A') && strcmp(name + 1, title + 1) == 0;
}

static dd_error_t take_columns(
    reading_t *self, const char *name, const char *value, dd_problem_t *problem)
{
    for (page_number_t page = 0; page < PAGES; page++) {
        const list_table_t *table = pages_table(page);
        if (!table || !is_page(page, name))
            continue;
        if (strlen(value) >= SETTINGS_COLUMNS_ROOM)
            return dd_problem(problem, DD_E_ARGUMENT, "%s: too many columns", name);
        snprintf(self->settings->columns[page], SETTINGS_COLUMNS_ROOM, "%s", value);
        return column_choice_check(table, value, problem);
    }
    return dd_problem(problem, DD_E_ARGUMENT,
        "no list is called '%.64s'; write tree, clients, subscriptions, topics, messages, events "
        "or "
        "trace",
        name);
}

/* ---- Lines ---------------------------------------------------------------------------------- */

/* Sections without a value of their own. */
static dd_error_t begin(
    reading_t *self, section_t section, const char *value, dd_problem_t *problem)
{
    self->section = section;
    return value[0] == '\0'
               ? DD_OK
               : dd_problem(problem, DD_E_ARGUMENT,
                     "nothing stands behind it; its lines are indented by four spaces");
}

static dd_error_t begin_keys(reading_t *self, const char *value, dd_problem_t *problem)
{
    return begin(self, SECTION_KEYS, value, problem);
}

static dd_error_t begin_colours(reading_t *self, const char *value, dd_problem_t *problem)
{
    return begin(self, SECTION_COLOURS, value, problem);
}

static dd_error_t begin_columns(reading_t *self, const char *value, dd_problem_t *problem)
{
    return begin(self, SECTION_COLUMNS, value, problem);
}

static const setting_t SETTINGS[] = {{"theme", take_theme}, {"keys", begin_keys},
    {"colours", begin_colours}, {"columns", begin_columns}, {"tree", begin_tree}, {NULL, NULL}};

static dd_error_t take_indented(
    reading_t *self, const char *name, const char *value, dd_problem_t *problem)
{
    switch (self->section) {
    case SECTION_KEYS:
        return key_names_bind(name, value, problem);
    case SECTION_COLOURS:
        return take_look(self, name, value, problem);
    case SECTION_COLUMNS:
        return take_columns(self, name, value, problem);
    case SECTION_TREE:
        return take_by_name(self, TREE_SETTINGS, "a tree has no setting", name, value, problem);
    case SECTION_WRONG:
        return DD_OK;
    default:
        return dd_problem(problem, DD_E_ARGUMENT,
            "an indented line needs keys, colours, columns or a tree above it");
    }
}

static dd_error_t take_line(
    void *arg, bool indented, const char *name, const char *value, dd_problem_t *problem)
{
    reading_t *self = arg;
    if (!value)
        value = "";
    if (indented)
        return take_indented(self, name, value, problem);
    self->section = SECTION_WRONG;
    return take_by_name(self, SETTINGS, "there is no setting", name, value, problem);
}

static void note_mistake(void *arg, const dd_problem_t *problem)
{
    reading_t *self = arg;
    if (self->mistakes++ == 0)
        *self->problem = *problem;
}

/* ---- The whole ------------------------------------------------------------------------------ */

bool settings_path(char *out, size_t room)
{
    static const char REST[] = "doubledecker/ddtui.conf";
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int size = -1;
    if (config && config[0] == '/')
        size = snprintf(out, room, "%s/%s", config, REST);
    else if (home && home[0] == '/')
        size = snprintf(out, room, "%s/.config/%s", home, REST);
    return size > 0 && (size_t)size < room;
}

dd_error_t settings_read(settings_t *self, const char *path, dd_problem_t *problem)
{
    reading_t reading = {.settings = self, .path = path, .problem = problem};
    memset(self, 0, sizeof *self);
    self->theme = THEME_DARK;
    if (access(path, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
        return DD_OK;
    dd_error_t error = config_file_read(path, take_line, note_mistake, &reading);
    size_t used = strlen(problem->text);
    if (reading.mistakes > 1)
        snprintf(problem->text + used, sizeof problem->text - used, " (and %zu more)",
            reading.mistakes - 1);
    return error;
}

const settings_tree_t *settings_tree(
    const settings_t *self, const char *name, dd_problem_t *problem)
{
    size_t best = DD_SIMILAR_NOT;
    const char *meant = NULL;
    for (size_t i = 0; i < self->tree_count; i++) {
        if (strcmp(self->trees[i].name, name) == 0)
            return &self->trees[i];
        if (dd_similar(self->trees[i].name, name, strlen(name), &best))
            meant = self->trees[i].name;
    }
    if (meant)
        dd_problem(
            problem, DD_E_ARGUMENT, "ddtui.conf has no tree %.64s; did you mean @%s?", name, meant);
    else
        dd_problem(problem, DD_E_ARGUMENT, "ddtui.conf has no tree %.64s%s", name,
            self->tree_count == 0 ? ": it names none" : "");
    return NULL;
}
