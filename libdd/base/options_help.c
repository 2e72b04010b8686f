/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options_help - what --help prints
 */
#include <string.h>

#include "options_state.h"

/* Columns. */
#define WIDTH 80

/* What stands in one line before the help of an entry. */
static void name_entry(const dd_option_t *option, char *out, size_t room)
{
    char letter[] = "    ";
    if (option->letter)
        snprintf(letter, sizeof letter, "-%c, ", option->letter);
    if (option->name)
        snprintf(out, room, "%s--%s%s%s", letter, option->name, option->argument ? " " : "",
            option->argument ? option->argument : "");
    else
        snprintf(out, room, "%s", option->argument);
}

static void add_remark(char *text, size_t room, const char *before, const char *remark)
{
    size_t used = strlen(text);
    snprintf(text + used, room - used, "%s%s", before, remark);
}

/* The help of an entry, and what the table knows besides. */
static void explain_entry(const dd_option_t *option, char *out, size_t room)
{
    char list[LIST_ROOM];
    snprintf(out, room, "%s", option->help);
    if (option->takes == DD_TAKES_WORD) {
        dd_options_list_words(list, option->words);
        add_remark(out, room, ": ", list);
    }
    if (option->repeats)
        add_remark(out, room, "; repeatable", "");
    if (option->variable)
        add_remark(out, room, "; else $", option->variable);
    if (option->fallback)
        add_remark(out, room, "; default ", option->fallback);
}

/* Writes a text behind what stands in the first line, broken at spaces. */
static void print_wrapped(FILE *out, const char *text, size_t indent)
{
    size_t left = WIDTH - indent;
    for (const char *end; strlen(text) > left; text = end + 1) {
        end = text + left;
        while (end > text && *end != ' ')
            end--;
        if (end == text)
            break;
        fprintf(out, "%.*s\n%*s", (int)(end - text), text, (int)indent, "");
    }
    fprintf(out, "%s\n", text);
}

/* The first entry from *index on that is explained; what a command works on is said with the
   command. */
static const dd_option_t *next_entry(const dd_options_t *self, size_t *index)
{
    const dd_option_t *option;
    while ((option = dd_options_at(self, *index)) && !option->name && self->commands)
        (*index)++;
    return option;
}

static void print_entries(const dd_options_t *self, FILE *out)
{
    const dd_option_t *option;
    char name[64], text[2 * LIST_ROOM];
    size_t width = 0;
    for (size_t i = 0; (option = next_entry(self, &i)); i++) {
        name_entry(option, name, sizeof name);
        width = strlen(name) > width ? strlen(name) : width;
    }
    for (size_t i = 0; (option = next_entry(self, &i)); i++) {
        name_entry(option, name, sizeof name);
        explain_entry(option, text, sizeof text);
        fprintf(out, "  %-*s  ", (int)width, name);
        print_wrapped(out, text, width + 4);
    }
}

/* The options that a command takes, each with its argument. */
static void print_options_of(const dd_options_t *self, size_t command, FILE *out)
{
    for (size_t i = 0; i < self->count; i++) {
        const dd_option_t *option = dd_options_at(self, i);
        const char *argument = option->argument ? option->argument : "";
        if (!option->name || !dd_option_belongs(option, command))
            continue;
        if (option->letter)
            fprintf(out, " [-%c%s%s]", option->letter, argument[0] ? " " : "", argument);
        else
            fprintf(out, " [--%s%s%s]", option->name, argument[0] ? " " : "", argument);
    }
}

static void print_operands_of(const dd_options_t *self, size_t command, FILE *out)
{
    const dd_option_t *operand;
    size_t open = 0;
    for (size_t i = 0; (operand = dd_options_find_operand(self, command, i)); i++) {
        if (operand->repeats) {
            fprintf(out, operand->required ? " %s..." : " [%s]...", operand->argument);
            break;
        }
        fprintf(out, operand->required ? " %s" : " [%s", operand->argument);
        open += !operand->required;
    }
    while (open-- > 0)
        fputc(']', out);
}

static void print_usage(const dd_options_t *self, FILE *out)
{
    size_t lines = self->commands ? self->command_count : 1;
    for (size_t i = 0; i < lines; i++) {
        fprintf(out, "%s %s", i == 0 ? "usage:" : "      ", self->program);
        if (!self->commands)
            fputs(" [OPTION]...", out);
        else if (i > 0)
            fprintf(out, " %s", self->commands[i].name);
        if (self->commands)
            print_options_of(self, i, out);
        print_operands_of(self, i, out);
        fputc('\n', out);
    }
}

void dd_options_help(const dd_options_t *self, FILE *out)
{
    print_usage(self, out);
    fprintf(out, "\n%s", self->summary);
    if (self->commands)
        fputs("\ncommands:\n", out);
    for (size_t i = 0; i < self->command_count; i++)
        fprintf(out, "  %-10s  %s\n", i == 0 ? "(none)" : self->commands[i].name,
            self->commands[i].help);
    fputs("\noptions:\n", out);
    print_entries(self, out);
    fprintf(out, "\n%s", self->notes);
}
