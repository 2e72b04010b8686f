/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_file - reads a configuration file in ZeroMQ's property language
 */
#include "config_file.h"

#include <czmq.h>

#include "libdd/base/escape.h"
#include "libdd/base/problem.h"
#include "libdd/base/utf8.h"

/* zconfig cuts longer lines without a word, and reads past the end of its input besides. */
#define LINE_MAX_SIZE 1000
#define LINES_MAX 10000
/* Before the settings of a section. */
#define INDENT "    "

/* Whether the line, if it is more than a comment, is text that a terminal shows and doesn't obey:
   zconfig prints what it doesn't understand. */
static bool is_shown(const char *line)
{
    if (line[0] == '#')
        return true;
    size_t left = strlen(line);
    for (size_t length; left > 0; line += length, left -= length) {
        uint32_t character;
        length = dd_utf8_decode((const uint8_t *)line, left, &character);
        bool blank = character == '\t' || character == '\r' || character == '\n';
        if (length == 0 || (!blank && dd_escape_acts(character)))
            return false;
    }
    return true;
}

/* Whether it is empty, a comment, or a setting without quotes and the like: always a valid line. */
static bool is_plain(const char *line)
{
    size_t name = strspn(line, "abcdefghijklmnopqrstuvwxyz-");
    if (name == 0)
        return line[0] == '#' || line[0] == '\n';
    line += name + strspn(line + name, " ");
    if (*line != '=')
        return false;
    line += 1 + strspn(line + 1, " ");
    return line[0] != '\n' && line[strcspn(line, "\"'#=\t\r\n")] == '\n';
}

/* One line to a tree with one child, or without a child for an empty line. NULL if it isn't valid;
   zconfig then says why on standard output, with the line's number within what it was given: hence
   the empty lines before it, which are left out where nothing can be wrong: of a long file they
   would be the most of what is read. */
static zconfig_t *parse(const char *line, size_t number)
{
    if (is_plain(line))
        return zconfig_str_load(line);
    char text[LINES_MAX + LINE_MAX_SIZE + 1];
    memset(text, '\n', number - 1);
    memcpy(text + number - 1, line, strlen(line) + 1);
    return zconfig_str_load(text);
}

static dd_error_t take_line(const char *line, size_t number, config_file_setting_t *setting,
    void *arg, dd_problem_t *problem)
{
    bool indented = strncmp(line, INDENT, strlen(INDENT)) == 0;
    zconfig_t *tree = parse(line + (indented ? strlen(INDENT) : 0), number);
    if (!tree)
        return dd_problem(problem, DD_E_FILE, "this is no line of the form: name = value");
    zconfig_t *child = zconfig_child(tree);
    dd_error_t result = DD_OK;
    if (child)
        result = setting(arg, indented, zconfig_name(child), zconfig_value(child), problem);
    zconfig_destroy(&tree);
    return result;
}

/* A line of that size and number; the file's first one is 1. */
static dd_error_t read_line(const char *line, size_t size, size_t number,
    config_file_setting_t *setting, void *arg, dd_problem_t *problem)
{
    if (size > LINE_MAX_SIZE || number > LINES_MAX || strlen(line) != size)
        return dd_problem(problem, DD_E_FILE, "this line is too long or no text");
    if (!is_shown(line))
        return dd_problem(problem, DD_E_FILE, "this line holds what isn't shown as it is");
    return take_line(line, number, setting, arg, problem);
}

static dd_error_t read_lines(FILE *file, const char *path, config_file_setting_t *setting,
    config_file_mistake_t *mistake, void *arg)
{
    char *line = NULL;
    size_t room = 0, mistakes = 0;
    ssize_t size;
    dd_error_t first = DD_OK;
    for (size_t number = 1; mistakes < CONFIG_FILE_MISTAKES && number <= LINES_MAX + 1 &&
                            (size = getline(&line, &room, file)) >= 0;
         number++) {
        dd_problem_t wrong = {.error = DD_OK}, whole;
        dd_error_t result = read_line(line, (size_t)size, number, setting, arg, &wrong);
        if (result == DD_OK)
            continue;
        dd_problem(&whole, result, "%s:%zu: %s", path, number, wrong.text);
        mistake(arg, &whole);
        first = first == DD_OK ? result : first;
        mistakes++;
    }
    free(line);
    return first;
}

/* Of the file as a whole. */
static dd_error_t complain(const char *path, config_file_mistake_t *mistake, void *arg)
{
    dd_problem_t problem;
    dd_problem(&problem, DD_E_FILE, "can't read %s: %s", path, strerror(errno));
    mistake(arg, &problem);
    return DD_E_FILE;
}

dd_error_t config_file_read(
    const char *path, config_file_setting_t *setting, config_file_mistake_t *mistake, void *arg)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return complain(path, mistake, arg);
    dd_error_t result = read_lines(file, path, setting, mistake, arg);
    if (result == DD_OK && ferror(file))
        result = complain(path, mistake, arg);
    fclose(file);
    return result;
}
