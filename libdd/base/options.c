/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - command lines, all of whose words stand in one table
 */
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "escape.h"
#include "problem.h"
#include "utf8.h"

/* Bytes of a word in a message; longer ones are cut. */
#define SHOWN_ROOM 80
/* Bytes of a list of names or words in a message. */
#define LIST_ROOM 256
/* Bytes of "--" and a name. */
#define TITLE_ROOM 40
/* Columns of the help. */
#define HELP_WIDTH 80
/* So many letters of a name may be wrong for it to be meant. */
#define TYPOS_MAX 2
/* Longest name that is compared with a mistyped one. */
#define NAME_MAX_SIZE 32

static const dd_option_t STANDARD[] = {
    {.letter = 'h', .name = "help", .help = "print this help"},
    {.letter = 'V', .name = "version", .help = "print the version"},
};
#define STANDARD_COUNT (sizeof STANDARD / sizeof STANDARD[0])
#define HELP (&STANDARD[0])

/* ---- The table ---------------------------------------------------------------------------- */

static const dd_option_t *option_at(const dd_options_t *self, size_t index)
{
    if (index < self->count)
        return (const void *)((const char *)self->table + index * self->entry_size);
    return index < self->count + STANDARD_COUNT ? &STANDARD[index - self->count] : NULL;
}

static bool is_standard(const dd_option_t *option)
{
    return option >= STANDARD && option < STANDARD + STANDARD_COUNT;
}

static uint64_t bit(const dd_options_t *self, const dd_option_t *option)
{
    size_t distance = (size_t)((const char *)option - (const char *)self->table);
    return is_standard(option) ? 0 : UINT64_C(1) << distance / self->entry_size;
}

static bool belongs(const dd_option_t *option, size_t command)
{
    return option->commands == 0 || (option->commands >> command & 1);
}

/* What the option is called where one speaks of it. */
static const char *title(const dd_option_t *option, char room[TITLE_ROOM])
{
    snprintf(room, TITLE_ROOM, "%s%s", option->name ? "--" : "",
        option->name ? option->name : option->argument);
    return room;
}

/* The bit of the entry with that name; 0 if there is none. */
static uint64_t bit_named(const dd_options_t *self, const char *name)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = option_at(self, i)); i++)
        if (strcmp(option->name ? option->name : option->argument, name) == 0)
            return bit(self, option);
    return 0;
}

bool dd_options_given(const dd_options_t *self, const dd_given_t *given, const char *name)
{
    return given->options & bit_named(self, name);
}

void dd_options_give(const dd_options_t *self, dd_given_t *given, const char *name)
{
    given->options |= bit_named(self, name);
}

static const dd_option_t *find_letter(const dd_options_t *self, char letter)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = option_at(self, i)); i++)
        if (option->letter == letter)
            return option;
    return NULL;
}

/* The option of that number among those with the whole name, or, if there is none, among those
   whose names begin so; NULL past the last. */
static const dd_option_t *find_name(
    const dd_options_t *self, const char *start, size_t size, size_t number)
{
    const dd_option_t *option, *found = NULL;
    size_t seen = 0;
    for (size_t i = 0; size > 0 && (option = option_at(self, i)); i++) {
        if (!option->name || strncmp(option->name, start, size) != 0)
            continue;
        if (option->name[size] == '\0')
            return number == 0 ? option : NULL;
        if (seen++ == number)
            found = option;
    }
    return found;
}

/* The operand of that number that a command takes. */
static const dd_option_t *find_operand(const dd_options_t *self, size_t command, size_t number)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = option_at(self, i)); i++) {
        if (option->name || !belongs(option, command))
            continue;
        if (number == 0 || option->repeats)
            return option;
        number--;
    }
    return NULL;
}

/* ---- Texts -------------------------------------------------------------------------------- */

static const char *shown(const char *text, size_t size, char room[SHOWN_ROOM])
{
    dd_escape_text(text, size, room, SHOWN_ROOM);
    return room;
}

/* Adds one of count words to a list like "a, b or c". */
static void add_word(
    char list[LIST_ROOM], const char *prefix, const char *word, size_t index, size_t count)
{
    const char *before = index == 0 ? "" : index + 1 == count ? " or " : ", ";
    size_t used = strlen(list);
    snprintf(list + used, LIST_ROOM - used, "%s%s%s", before, prefix, word);
}

static void list_words(char list[LIST_ROOM], const char *const *words)
{
    size_t count = 0;
    list[0] = '\0';
    while (words[count])
        count++;
    for (size_t i = 0; i < count; i++)
        add_word(list, "", words[i], i, count);
}

/* How many characters are to be added, left out or changed to make one word the other. */
static size_t distance(const char *a, const char *b, size_t b_size)
{
    size_t row[NAME_MAX_SIZE + 1];
    for (size_t j = 0; j <= b_size; j++)
        row[j] = j;
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t corner = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_size; j++) {
            size_t changed = corner + (a[i] != b[j]);
            size_t shorter = row[j] + 1, longer = row[j + 1] + 1;
            corner = row[j + 1];
            row[j + 1] = shorter < longer ? shorter : longer;
            row[j + 1] = changed < row[j + 1] ? changed : row[j + 1];
        }
    }
    return row[b_size];
}

/* Whether a word could be meant that was typed wrong; *best is how wrong the best one so far is. */
static bool resembles(const char *word, const char *typed, size_t size, size_t *best)
{
    if (size > NAME_MAX_SIZE)
        return false;
    size_t wrong = distance(word, typed, size);
    if (wrong >= *best || 2 * wrong > size)
        return false;
    *best = wrong;
    return true;
}

static const char *nearest_name(const dd_options_t *self, const char *typed, size_t size)
{
    const dd_option_t *option;
    const char *name = NULL;
    size_t best = TYPOS_MAX + 1;
    for (size_t i = 0; (option = option_at(self, i)); i++)
        if (option->name && resembles(option->name, typed, size, &best))
            name = option->name;
    return name;
}

static const char *nearest_command(const dd_options_t *self, const char *typed)
{
    const char *name = NULL;
    size_t best = TYPOS_MAX + 1;
    for (size_t i = 1; i < self->command_count; i++)
        if (resembles(self->commands[i].name, typed, strlen(typed), &best))
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

dd_error_t dd_option_take(
    const dd_option_t *option, void *values, const char *argument, dd_problem_t *problem)
{
    bool known = option->takes != DD_TAKES_WORD;
    for (size_t i = 0; !known && option->words[i]; i++)
        known = strcmp(option->words[i], argument) == 0;
    if (known)
        return option->set(values, option, argument, problem);
    char list[LIST_ROOM];
    list_words(list, option->words);
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

typedef struct {
    const dd_options_t *options;
    void *values;
    dd_given_t *given;
    dd_problem_t *problem;
    bool wrong;                 /* *problem has the first mistake */
    bool operands_only;         /* "--" has been read */
    bool has_command;           /* it has been read, too */
    size_t operands;            /* read so far, without the command */
    const dd_option_t *waiting; /* for its argument, the next word */
    const dd_option_t *asked;   /* --help or --version, and nothing counts any more */
} reader_t;

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
    uint64_t own = bit(self->options, option);
    if (is_standard(option)) {
        self->asked = option;
        return;
    }
    if ((self->given->options & own) && argument && !option->repeats) {
        dd_problem(mistake(self), DD_E_ARGUMENT, "%s is given twice; only one is taken",
            title(option, name));
        return;
    }
    self->given->options |= own;
    dd_error_t error = dd_option_take(option, self->values, argument, &why);
    if (error != DD_OK)
        dd_problem(mistake(self), error, "%s: %s", title(option, name), why.text);
}

/* Why a long name means nothing. */
static void refuse_name(reader_t *self, const char *typed, size_t size)
{
    char room[SHOWN_ROOM], list[LIST_ROOM] = "";
    size_t count = 0;
    shown(typed, size, room);
    while (find_name(self->options, typed, size, count))
        count++;
    for (size_t i = 0; i < count; i++)
        add_word(list, "--", find_name(self->options, typed, size, i)->name, i, count);
    const char *near = nearest_name(self->options, typed, size);
    if (count > 0)
        dd_problem(mistake(self), DD_E_ARGUMENT, "--%s can be %s; write more of it", room, list);
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
    const dd_option_t *option = find_name(self->options, start, size, 0);
    if (!option || find_name(self->options, start, size, 1))
        refuse_name(self, start, size);
    else if (argument && !option->argument)
        dd_problem(
            mistake(self), DD_E_ARGUMENT, "--%s takes no argument; write it alone", option->name);
    else if (option->argument && !argument)
        self->waiting = option;
    else
        take(self, option, argument);
}

/* "-f", "-fd DIR" or "-fdDIR". */
static void read_letters(reader_t *self, const char *word)
{
    for (const char *at = word + 1; *at != '\0' && !self->asked;) {
        uint32_t character;
        char room[SHOWN_ROOM];
        size_t size = dd_utf8_decode((const uint8_t *)at, strlen(at), &character);
        const dd_option_t *option = find_letter(self->options, *at);
        if (!option) {
            dd_problem(mistake(self), DD_E_ARGUMENT, "there is no option -%s; see '%s --help'",
                shown(at, size > 0 ? size : 1, room), self->options->program);
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
        find_operand(self->options, self->given->command, self->operands++);
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
    for (size_t i = 0; (option = option_at(self->options, i)); i++) {
        bool belonging = belongs(option, self->given->command);
        bool given = self->given->options & bit(self->options, option);
        if (given && !belonging)
            dd_problem(mistake(self), DD_E_ARGUMENT, "%s means nothing %s%s", title(option, name),
                command[0] == '\0' ? "without a command" : "with ", command);
        if (option->required && belonging && !given)
            dd_problem(
                mistake(self), DD_E_ARGUMENT, "'%s' needs a %s", command, title(option, name));
    }
}

dd_error_t dd_options_fill(
    const dd_options_t *self, const dd_given_t *given, void *values, dd_problem_t *problem)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = option_at(self, i)); i++) {
        if (given->options & bit(self, option))
            continue;
        const char *set = option->variable ? getenv(option->variable) : NULL;
        const char *argument = set && set[0] != '\0' ? set : option->fallback;
        char name[TITLE_ROOM];
        dd_problem_t why = {.text = ""};
        dd_error_t error = argument ? dd_option_take(option, values, argument, &why) : DD_OK;
        if (error != DD_OK)
            return dd_problem(problem, error, "%s: %s",
                argument == set ? option->variable : title(option, name), why.text);
    }
    return DD_OK;
}

/* ---- Help --------------------------------------------------------------------------------- */

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
        list_words(list, option->words);
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
    size_t left = HELP_WIDTH - indent;
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
    while ((option = option_at(self, *index)) && !option->name && self->commands)
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
        const dd_option_t *option = option_at(self, i);
        const char *argument = option->argument ? option->argument : "";
        if (!option->name || !belongs(option, command))
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
    for (size_t i = 0; (operand = find_operand(self, command, i)); i++) {
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

/* ---- Completion --------------------------------------------------------------------------- */

struct dd_suggestions {
    FILE *out;
    const char *typed; /* the whole word */
    size_t lead;       /* bytes of it before what is suggested */
};

/* Writes a word, which stands behind the lead, if it suits. */
static void offer(const dd_suggestions_t *self, const char *word, const char *help)
{
    const char *typed = self->typed + self->lead;
    if (strncmp(word, typed, strlen(typed)) != 0)
        return;
    fprintf(self->out, "%.*s%s%s%s\n", (int)self->lead, self->typed, word, help ? "\t" : "",
        help ? help : "");
}

void dd_suggest(dd_suggestions_t *suggestions, const char *argument)
{
    offer(suggestions, argument, NULL);
}

static void offer_words(dd_suggestions_t *self, const dd_option_t *option)
{
    const char *typed = self->typed + self->lead;
    const char *behind = option->behind ? strrchr(typed, option->behind) : NULL;
    if (behind)
        self->lead = (size_t)(behind + 1 - self->typed);
    fprintf(self->out, "words %zu\n", self->lead);
    bool here = option->words && (behind || !option->behind);
    for (size_t i = 0; here && option->words[i]; i++)
        offer(self, option->words[i], NULL);
}

/* An argument that stands behind the lead. */
static void complete_argument(dd_suggestions_t *self, const dd_option_t *option, const void *values)
{
    if (option->takes == DD_TAKES_FILE || option->takes == DD_TAKES_DIRECTORY) {
        fprintf(self->out, "%s %zu\n", option->takes == DD_TAKES_FILE ? "files" : "directories",
            self->lead);
        return;
    }
    offer_words(self, option);
    if (option->suggest)
        option->suggest(values, self);
}

/* Names; behind a single '-' letters, too. */
static void complete_option(const dd_suggestions_t *self, const reader_t *reader)
{
    const dd_option_t *option;
    fputs("words 0\n", self->out);
    for (size_t i = 0; (option = option_at(reader->options, i)); i++) {
        char word[TITLE_ROOM];
        bool again = reader->given->options & bit(reader->options, option);
        if (!option->name || !belongs(option, reader->given->command) ||
            (again && !option->repeats))
            continue;
        offer(self, title(option, word), option->help);
        snprintf(word, sizeof word, "-%c", option->letter);
        if (option->letter && self->typed[1] == '\0')
            offer(self, word, option->help);
    }
}

static void complete_operand(dd_suggestions_t *self, const reader_t *reader)
{
    const dd_options_t *options = reader->options;
    if (options->commands && !reader->has_command) {
        fputs("words 0\n", self->out);
        for (size_t i = 1; i < options->command_count; i++)
            offer(self, options->commands[i].name, options->commands[i].help);
        return;
    }
    const dd_option_t *operand = find_operand(options, reader->given->command, reader->operands);
    if (operand)
        complete_argument(self, operand, reader->values);
}

/* words are those before the typed one. */
static void complete(
    reader_t *reader, char *const words[], size_t count, const char *typed, FILE *out)
{
    dd_suggestions_t suggestions = {.out = out, .typed = typed};
    for (size_t i = 0; i < count; i++)
        read_word(reader, words[i]);
    size_t size = strcspn(typed, "=");
    bool names = !reader->waiting && !reader->operands_only && typed[0] == '-';
    const dd_option_t *option = reader->waiting;
    if (names && typed[1] == '-' && typed[size] == '=') {
        option = find_name(reader->options, typed + 2, size - 2, 0);
        suggestions.lead = size + 1;
        if (!option || !option->argument)
            return;
    }
    if (option)
        complete_argument(&suggestions, option, reader->values);
    else if (names)
        complete_option(&suggestions, reader);
    else
        complete_operand(&suggestions, reader);
}

/* ---- The whole ---------------------------------------------------------------------------- */

dd_options_outcome_t dd_options_read(const dd_options_t *self, int argc, char *const argv[],
    void *values, dd_given_t *given, FILE *out, dd_problem_t *problem)
{
    reader_t reader = {.options = self, .values = values, .given = given, .problem = problem};
    *given = (dd_given_t){0};
    if (argc > 2 && strcmp(argv[1], "--complete") == 0) {
        reader.problem = NULL;
        complete(&reader, argv + 2, (size_t)argc - 3, argv[argc - 1], out);
        return DD_OPTIONS_ANSWERED;
    }
    for (int i = 1; i < argc && !reader.asked; i++)
        read_word(&reader, argv[i]);
    if (!reader.asked)
        read_end(&reader);
    else if (!reader.wrong && reader.asked == HELP)
        dd_options_help(self, out);
    else if (!reader.wrong)
        fprintf(out, "%s %s\n", self->program, DD_VERSION);
    if (reader.wrong)
        return DD_OPTIONS_WRONG;
    return reader.asked ? DD_OPTIONS_ANSWERED : DD_OPTIONS_TAKEN;
}
