/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options_table - what the other files of options ask of the table
 */
#include <stdio.h>
#include <string.h>

#include "options_state.h"

const dd_option_t DD_OPTIONS_STANDARD[] = {
    {.letter = 'h', .name = "help", .help = "print this help"},
    {.letter = 'V', .name = "version", .help = "print the version"},
};
#define STANDARD_COUNT (sizeof DD_OPTIONS_STANDARD / sizeof DD_OPTIONS_STANDARD[0])

const dd_option_t *dd_options_at(const dd_options_t *self, size_t index)
{
    if (index < self->count)
        return (const void *)((const char *)self->table + index * self->entry_size);
    return index < self->count + STANDARD_COUNT ? &DD_OPTIONS_STANDARD[index - self->count] : NULL;
}

bool dd_option_is_standard(const dd_option_t *option)
{
    return option >= DD_OPTIONS_STANDARD && option < DD_OPTIONS_STANDARD + STANDARD_COUNT;
}

uint64_t dd_options_bit(const dd_options_t *self, const dd_option_t *option)
{
    size_t distance = (size_t)((const char *)option - (const char *)self->table);
    return dd_option_is_standard(option) ? 0 : UINT64_C(1) << distance / self->entry_size;
}

bool dd_option_belongs(const dd_option_t *option, size_t command)
{
    return option->commands == 0 || (option->commands >> command & 1);
}

const char *dd_option_title(const dd_option_t *option, char room[TITLE_ROOM])
{
    snprintf(room, TITLE_ROOM, "%s%s", option->name ? "--" : "",
        option->name ? option->name : option->argument);
    return room;
}

/* The bit of the entry with that name; 0 if there is none. */
static uint64_t bit_named(const dd_options_t *self, const char *name)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = dd_options_at(self, i)); i++)
        if (strcmp(option->name ? option->name : option->argument, name) == 0)
            return dd_options_bit(self, option);
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

const dd_option_t *dd_options_find_letter(const dd_options_t *self, char letter)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = dd_options_at(self, i)); i++)
        if (option->letter == letter || option->also == letter)
            return option;
    return NULL;
}

const char *dd_options_former(const dd_options_t *self, const char *word, size_t size)
{
    for (const dd_former_t *former = self->former; former && former->word; former++)
        if (strlen(former->word) == size && memcmp(former->word, word, size) == 0)
            return former->instead;
    return NULL;
}

const dd_option_t *dd_options_find_name(
    const dd_options_t *self, const char *start, size_t size, size_t number)
{
    const dd_option_t *option, *found = NULL;
    size_t seen = 0;
    for (size_t i = 0; size > 0 && (option = dd_options_at(self, i)); i++) {
        if (!option->name || strncmp(option->name, start, size) != 0)
            continue;
        if (option->name[size] == '\0')
            return number == 0 ? option : NULL;
        if (seen++ == number)
            found = option;
    }
    return found;
}

const dd_option_t *dd_options_find_operand(const dd_options_t *self, size_t command, size_t number)
{
    const dd_option_t *option;
    for (size_t i = 0; (option = dd_options_at(self, i)); i++) {
        if (option->name || !dd_option_belongs(option, command))
            continue;
        if (number == 0 || option->repeats)
            return option;
        number--;
    }
    return NULL;
}

/* ---- Lists -------------------------------------------------------------------------------- */

void dd_options_add_word(
    char list[LIST_ROOM], const char *prefix, const char *word, size_t index, size_t count)
{
    const char *before = index == 0 ? "" : index + 1 == count ? " or " : ", ";
    size_t used = strlen(list);
    snprintf(list + used, LIST_ROOM - used, "%s%s%s", before, prefix, word);
}

void dd_options_list_words(char list[LIST_ROOM], const char *const *words)
{
    size_t count = 0;
    list[0] = '\0';
    while (words[count])
        count++;
    for (size_t i = 0; i < count; i++)
        dd_options_add_word(list, "", words[i], i, count);
}
