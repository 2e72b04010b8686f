/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options_completion - what the word that is being typed may become
 */
#include <string.h>

#include "options_state.h"

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
    for (size_t i = 0; (option = dd_options_at(reader->options, i)); i++) {
        char word[TITLE_ROOM];
        bool again = reader->given->options & dd_options_bit(reader->options, option);
        if (!option->name || !dd_option_belongs(option, reader->given->command) ||
            (again && !option->repeats))
            continue;
        offer(self, dd_option_title(option, word), option->help);
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
    const dd_option_t *operand =
        dd_options_find_operand(options, reader->given->command, reader->operands);
    if (operand)
        complete_argument(self, operand, reader->values);
}

void dd_options_complete(const reader_t *reader, const char *typed, FILE *out)
{
    dd_suggestions_t suggestions = {.out = out, .typed = typed};
    size_t size = strcspn(typed, "=");
    bool names = !reader->waiting && !reader->operands_only && typed[0] == '-';
    const dd_option_t *option = reader->waiting;
    if (names && typed[1] == '-' && typed[size] == '=') {
        option = dd_options_find_name(reader->options, typed + 2, size - 2, 0);
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
