/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - command lines, all of whose words stand in one table
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "options_state.h"
#include "problem.h"
#include "similar.h"
#include "utf8.h"

/* Bytes of a word in a message; longer ones are cut. */
#define SHOWN_ROOM 80

/* ---- Texts -------------------------------------------------------------------------------- */

static const char *shown(const char *text, size_t size, char room[SHOWN_ROOM])
{
    dd_escape_text(text, size, room, SHOWN_ROOM);
    return room;
}

const char *dd_options_nearest(
    const dd_options_t *self, const char *typed, size_t size, dd_option_suits_t *suits)
{
    const dd_option_t *option;
    const char *name = NULL;
    size_t best = DD_SIMILAR_NOT;
    for (size_t i = 0; (option = dd_options_at(self, i)); i++)
        if (option->name && (!suits || suits(option)) &&
            dd_similar(option->name, typed, size, &best))
            name = option->name;
    return name;
}

static const char *nearest_command(const dd_options_t *self, const char *typed)
{
    const char *name = NULL;
    size_t best = DD_SIMILAR_NOT;
    for (size_t i = 1; i < self->command_count; i++)
        if (dd_similar(self->commands[i].name, typed, strlen(typed), &best))
            name = self->commands[i].name;
    return name;
}

/* ---- One argument ------------------------------------------------------------------------- */

dd_error_t dd_option_refuse(const char *argument, const char *expected, dd_problem_t *problem)
{
    char room[SHOWN_ROOM];
    return dd_problem(problem, DD_E_ARGUMENT, "'%s' is no good; write %s",
        shown(argument, strlen(argument), room), expected);
}

/* The word that an argument is, or that alone begins like it; NULL if there is none. */
static const char *whole_word(const dd_option_t *option, const char *argument)
{
    const char *found = NULL;
    size_t size = strlen(argument), count = 0;
    for (size_t i = 0; size > 0 && option->words[i]; i++) {
        if (strncmp(option->words[i], argument, size) != 0)
            continue;
        if (option->words[i][size] == '\0')
            return option->words[i];
        found = option->words[i];
        count++;
    }
    return count == 1 ? found : NULL;
}

dd_error_t dd_option_take(
    const dd_option_t *option, void *values, const char *argument, dd_problem_t *problem)
{
    if (option->takes != DD_TAKES_WORD)
        return option->set(values, option, argument, problem);
    const char *word = whole_word(option, argument);
    if (word)
        return option->set(values, option, word, problem);
    char list[LIST_ROOM];
    dd_options_list_words(list, option->words);
    return dd_option_refuse(argument, list, problem);
}

dd_error_t dd_option_set_flag(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    (void)argument;
    (void)problem;
    *(bool *)((char *)values + option->offset) = true;
    return DD_OK;
}

dd_error_t dd_option_set_text(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    (void)problem;
    *(const char **)((char *)values + option->offset) = argument;
    return DD_OK;
}

const char *dd_option_digits(const char *text, uint64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return text[0] >= '0' && text[0] <= '9' && errno == 0 ? end : NULL;
}

/* ---- Reading ------------------------------------------------------------------------------ */

/* Where to say what is wrong: the first mistake is the one that counts. */
static dd_problem_t *mistake(reader_t *self)
{
    dd_problem_t *problem = self->wrong ? NULL : self->problem;
    self->wrong = true;
    return problem;
}

static void take(reader_t *self, const dd_option_t *option, const char *argument)
{
    char name[TITLE_ROOM];
    dd_problem_t why = {.text = ""};
    uint64_t own = dd_options_bit(self->options, option);
    if (dd_option_is_standard(option)) {
        self->asked = option;
        return;
    }
    if ((self->given->options & own) && !option->repeats) {
        dd_problem(mistake(self), DD_E_ARGUMENT, "%s is given twice; %s",
            dd_option_title(option, name), argument ? "only one is taken" : "once is enough");
        return;
    }
    self->given->options |= own;
    dd_error_t error = dd_option_take(option, self->values, argument, &why);
    if (error != DD_OK)
        dd_problem(mistake(self), error, "%s: %s", dd_option_title(option, name), why.text);
}

/* Why a long name means nothing. */
static void refuse_name(reader_t *self, const char *typed, size_t size)
{
    char room[SHOWN_ROOM], list[LIST_ROOM] = "";
    size_t count = 0;
    shown(typed, size, room);
    while (dd_options_find_name(self->options, typed, size, count))
        count++;
    for (size_t i = 0; i < count; i++)
        dd_options_add_word(
            list, "--", dd_options_find_name(self->options, typed, size, i)->name, i, count);
    const char *near = dd_options_nearest(self->options, typed, size, NULL);
    const char *instead = dd_options_former(self->options, typed, size);
    if (count > 0)
        dd_problem(mistake(self), DD_E_ARGUMENT, "--%s can be %s; write more of it", room, list);
    else if (instead)
        dd_problem(
            mistake(self), DD_E_ARGUMENT, "there is no option --%s any more; %s", room, instead);
    else if (near)
        dd_problem(mistake(self), DD_E_ARGUMENT, "there is no option --%s; did you mean --%s?",
            room, near);
    else
        dd_problem(mistake(self), DD_E_ARGUMENT, "there is no option --%s; see '%s --help'", room,
            self->options->program);
}

/* "--name" or "--name=argument". */
static void read_name(reader_t *self, const char *word)
{
    const char *start = word + 2;
    size_t size = strcspn(start, "=");
    const char *argument = start[size] == '=' ? start + size + 1 : NULL;
    const dd_option_t *option = dd_options_find_name(self->options, start, size, 0);
    if (!option || dd_options_find_name(self->options, start, size, 1))
        refuse_name(self, start, size);
    else if (argument && !option->argument)
        dd_problem(
            mistake(self), DD_E_ARGUMENT, "--%s takes no argument; write it alone", option->name);
    else if (option->argument && !argument)
        self->waiting = option;
    else
        take(self, option, argument);
}

/* Why the letter that stands there means nothing. */
static void refuse_letter(reader_t *self, const char *at)
{
    uint32_t character;
    char room[SHOWN_ROOM], word[] = {'-', *at, '\0'};
    const char *instead = dd_options_former(self->options, word, strlen(word));
    size_t size = dd_utf8_decode((const uint8_t *)at, strlen(at), &character);
    shown(at, size > 0 ? size : 1, room);
    if (instead)
        dd_problem(
            mistake(self), DD_E_ARGUMENT, "there is no option -%s any more; %s", room, instead);
    else
        dd_problem(mistake(self), DD_E_ARGUMENT, "there is no option -%s; see '%s --help'", room,
            self->options->program);
}

/* "-f", "-fd DIR" or "-fdDIR". */
static void read_letters(reader_t *self, const char *word)
{
    for (const char *at = word + 1; *at != '\0' && !self->asked;) {
        const dd_option_t *option = dd_options_find_letter(self->options, *at);
        if (!option) {
            refuse_letter(self, at);
            return;
        }
        at++;
        if (!option->argument) {
            take(self, option, NULL);
            continue;
        }
        if (*at != '\0')
            take(self, option, at);
        else
            self->waiting = option;
        return;
    }
}

static void read_command(reader_t *self, const char *word)
{
    char room[SHOWN_ROOM];
    self->has_command = true;
    for (size_t i = 1; i < self->options->command_count; i++) {
        if (strcmp(self->options->commands[i].name, word) == 0) {
            self->given->command = i;
            return;
        }
    }
    const char *near = nearest_command(self->options, word);
    shown(word, strlen(word), room);
    if (near)
        dd_problem(mistake(self), DD_E_ARGUMENT, "there is no command '%s'; did you mean '%s'?",
            room, near);
    else
        dd_problem(mistake(self), DD_E_ARGUMENT, "there is no command '%s'; see '%s --help'", room,
            self->options->program);
}

static void read_operand(reader_t *self, const char *word)
{
    char room[SHOWN_ROOM];
    if (self->options->commands && !self->has_command) {
        read_command(self, word);
        return;
    }
    const dd_option_t *operand =
        dd_options_find_operand(self->options, self->given->command, self->operands++);
    if (operand)
        take(self, operand, word);
    else
        dd_problem(mistake(self), DD_E_ARGUMENT, "'%s' is one word too many; see '%s --help'",
            shown(word, strlen(word), room), self->options->program);
}

static void read_word(reader_t *self, const char *word)
{
    const dd_option_t *waiting = self->waiting;
    self->waiting = NULL;
    if (waiting)
        take(self, waiting, word);
    else if (self->operands_only || word[0] != '-' || word[1] == '\0')
        read_operand(self, word);
    else if (strcmp(word, "--") == 0)
        self->operands_only = true;
    else if (word[1] == '-')
        read_name(self, word);
    else
        read_letters(self, word);
}

/* What is known to be missing, or out of place, only after the last word. */
static void read_end(reader_t *self)
{
    const dd_option_t *option;
    const char *command = self->options->commands
                              ? self->options->commands[self->given->command].name
                              : self->options->program;
    char name[TITLE_ROOM];
    if (self->waiting)
        dd_problem(mistake(self), DD_E_ARGUMENT, "--%s needs an argument; write --%s %s",
            self->waiting->name, self->waiting->name, self->waiting->argument);
    for (size_t i = 0; (option = dd_options_at(self->options, i)); i++) {
        bool belonging = dd_option_belongs(option, self->given->command);
        bool given = self->given->options & dd_options_bit(self->options, option);
        if (given && !belonging)
            dd_problem(mistake(self), DD_E_ARGUMENT, "%s means nothing %s%s",
                dd_option_title(option, name), command[0] == '\0' ? "without a command" : "with ",
                command);
        if (option->required && belonging && !given)
            dd_problem(mistake(self), DD_E_ARGUMENT, "'%s' needs a %s", command,
                dd_option_title(option, name));
    }
}

dd_error_t dd_options_fill(
    const dd_options_t *self, const dd_given_t *given, void *values, dd_problem_t *problem)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = dd_options_at(self, i)); i++) {
        if (given->options & dd_options_bit(self, option))
            continue;
        const char *set = option->variable ? getenv(option->variable) : NULL;
        const char *argument = set && set[0] != '\0' ? set : option->fallback;
        char name[TITLE_ROOM];
        dd_problem_t why = {.text = ""};
        dd_error_t error = argument ? dd_option_take(option, values, argument, &why) : DD_OK;
        if (error != DD_OK)
            return dd_problem(problem, error, "%s: %s",
                argument == set ? option->variable : dd_option_title(option, name), why.text);
    }
    return DD_OK;
}

/* ---- The whole ---------------------------------------------------------------------------- */

dd_options_outcome_t dd_options_read(const dd_options_t *self, int argc, char *const argv[],
    void *values, dd_given_t *given, FILE *out, dd_problem_t *problem)
{
    reader_t reader = {.options = self, .values = values, .given = given, .problem = problem};
    *given = (dd_given_t){0};
    if (argc > 2 && strcmp(argv[1], "--complete") == 0) {
        reader.problem = NULL;
        for (int i = 2; i < argc - 1; i++)
            read_word(&reader, argv[i]);
        dd_options_complete(&reader, argv[argc - 1], out);
        return DD_OPTIONS_ANSWERED;
    }
    for (int i = 1; i < argc && !reader.asked; i++)
        read_word(&reader, argv[i]);
    if (!reader.asked)
        read_end(&reader);
    else if (!reader.wrong && reader.asked == &DD_OPTIONS_STANDARD[0])
        dd_options_help(self, out);
    else if (!reader.wrong)
        fprintf(out, "%s %s\n", self->program, DD_VERSION);
    if (reader.wrong)
        return DD_OPTIONS_WRONG;
    return reader.asked ? DD_OPTIONS_ANSWERED : DD_OPTIONS_TAKEN;
}
