/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * theme - what each style looks like on a terminal, as data
 */
#include "theme.h"

#include <stdio.h>
#include <string.h>

#include "libdd/base/options.h"
#include "libdd/base/problem.h"
#include "libdd/base/similar.h"

enum { RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN };

const theme_t THEME_DARK = {{
    [STYLE_PLAIN] = {0, LOOK_OWN},
    [STYLE_DIM] = {LOOK_DIM, LOOK_OWN},
    [STYLE_STRONG] = {LOOK_BOLD, LOOK_OWN},
    [STYLE_BORDER] = {LOOK_DIM, LOOK_OWN},
    [STYLE_TITLE] = {LOOK_BOLD, LOOK_OWN},
    [STYLE_ACCENT] = {LOOK_BOLD, CYAN},
    [STYLE_GOOD] = {0, GREEN},
    [STYLE_WARNING] = {0, YELLOW},
    [STYLE_BAD] = {LOOK_BOLD, RED},
    [STYLE_BAR] = {LOOK_REVERSE, LOOK_OWN},
    [STYLE_TAB] = {LOOK_REVERSE | LOOK_BOLD, LOOK_OWN},
    [STYLE_FIELD] = {LOOK_UNDERLINE, LOOK_OWN},
}};

/* Yellow and cyan can't be read on white. */
static const theme_t THEME_LIGHT = {{
    [STYLE_PLAIN] = {0, LOOK_OWN},
    [STYLE_DIM] = {LOOK_DIM, LOOK_OWN},
    [STYLE_STRONG] = {LOOK_BOLD, LOOK_OWN},
    [STYLE_BORDER] = {LOOK_DIM, LOOK_OWN},
    [STYLE_TITLE] = {LOOK_BOLD, LOOK_OWN},
    [STYLE_ACCENT] = {LOOK_BOLD, BLUE},
    [STYLE_GOOD] = {0, GREEN},
    [STYLE_WARNING] = {LOOK_BOLD, MAGENTA},
    [STYLE_BAD] = {LOOK_BOLD, RED},
    [STYLE_BAR] = {LOOK_REVERSE, LOOK_OWN},
    [STYLE_TAB] = {LOOK_REVERSE | LOOK_BOLD, LOOK_OWN},
    [STYLE_FIELD] = {LOOK_UNDERLINE, LOOK_OWN},
}};

/* Attributes alone tell what is what. */
static const theme_t THEME_PLAIN = {{
    [STYLE_PLAIN] = {0, LOOK_OWN},
    [STYLE_DIM] = {LOOK_DIM, LOOK_OWN},
    [STYLE_STRONG] = {LOOK_BOLD, LOOK_OWN},
    [STYLE_BORDER] = {LOOK_DIM, LOOK_OWN},
    [STYLE_TITLE] = {LOOK_BOLD, LOOK_OWN},
    [STYLE_ACCENT] = {LOOK_BOLD, LOOK_OWN},
    [STYLE_GOOD] = {0, LOOK_OWN},
    [STYLE_WARNING] = {LOOK_UNDERLINE, LOOK_OWN},
    [STYLE_BAD] = {LOOK_BOLD | LOOK_REVERSE, LOOK_OWN},
    [STYLE_BAR] = {LOOK_REVERSE, LOOK_OWN},
    [STYLE_TAB] = {LOOK_REVERSE | LOOK_BOLD, LOOK_OWN},
    [STYLE_FIELD] = {LOOK_UNDERLINE, LOOK_OWN},
}};

static const struct {
    const char *name;
    const theme_t *theme;
} THEMES[] = {{"dark", &THEME_DARK}, {"light", &THEME_LIGHT}, {"plain", &THEME_PLAIN}};

static const char *const STYLE_NAMES[STYLES] = {
    [STYLE_PLAIN] = "plain",
    [STYLE_DIM] = "dim",
    [STYLE_STRONG] = "strong",
    [STYLE_BORDER] = "border",
    [STYLE_TITLE] = "title",
    [STYLE_ACCENT] = "accent",
    [STYLE_GOOD] = "good",
    [STYLE_WARNING] = "warning",
    [STYLE_BAD] = "bad",
    [STYLE_BAR] = "bar",
    [STYLE_TAB] = "tab",
    [STYLE_FIELD] = "field",
};

/* Attributes have bits, and colours numbers. */
static const struct {
    const char *name;
    unsigned attribute;
    short colour;
} WORDS[] = {
    {"bold", LOOK_BOLD, LOOK_OWN},
    {"dim", LOOK_DIM, LOOK_OWN},
    {"underline", LOOK_UNDERLINE, LOOK_OWN},
    {"reverse", LOOK_REVERSE, LOOK_OWN},
    {"default", 0, LOOK_OWN},
    {"black", 0, 0},
    {"red", 0, RED},
    {"green", 0, GREEN},
    {"yellow", 0, YELLOW},
    {"blue", 0, BLUE},
    {"magenta", 0, MAGENTA},
    {"cyan", 0, CYAN},
    {"white", 0, 7},
    {"grey", 0, 8},
    {"bright-red", 0, 8 + RED},
    {"bright-green", 0, 8 + GREEN},
    {"bright-yellow", 0, 8 + YELLOW},
    {"bright-blue", 0, 8 + BLUE},
    {"bright-magenta", 0, 8 + MAGENTA},
    {"bright-cyan", 0, 8 + CYAN},
    {"bright-white", 0, 15},
};
#define WORD_COUNT (sizeof WORDS / sizeof WORDS[0])
#define COLOURS_MAX 256

const theme_t *theme_named(const char *name, dd_problem_t *problem)
{
    for (size_t i = 0; i < sizeof THEMES / sizeof THEMES[0]; i++)
        if (strcmp(THEMES[i].name, name) == 0)
            return THEMES[i].theme;
    dd_option_refuse(name, "dark, light or plain", problem);
    return NULL;
}

style_t theme_style(const char *name, dd_problem_t *problem)
{
    size_t best = DD_SIMILAR_NOT;
    style_t meant = STYLES;
    for (style_t style = 0; style < STYLES; style++) {
        if (strcmp(STYLE_NAMES[style], name) == 0)
            return style;
        if (dd_similar(STYLE_NAMES[style], name, strlen(name), &best))
            meant = style;
    }
    if (meant < STYLES)
        dd_problem(problem, DD_E_ARGUMENT, "nothing is called %.64s; did you mean %s?", name,
            STYLE_NAMES[meant]);
    else
        dd_problem(problem, DD_E_ARGUMENT,
            "nothing is called %.64s; ddtui.conf(5) has the list of what has a colour", name);
    return STYLES;
}

static dd_error_t refuse_word(const char *word, dd_problem_t *problem)
{
    size_t best = DD_SIMILAR_NOT;
    const char *meant = NULL;
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (dd_similar(WORDS[i].name, word, strlen(word), &best))
            meant = WORDS[i].name;
    if (meant)
        return dd_problem(
            problem, DD_E_ARGUMENT, "no colour is called %.64s; did you mean %s?", word, meant);
    return dd_option_refuse(word,
        "a colour's name like red or bright-red, its number from 0 to 255, default, bold, dim, "
        "underline or reverse",
        problem);
}

static dd_error_t read_word(look_t *self, const char *word, dd_problem_t *problem)
{
    uint64_t number;
    const char *rest = dd_option_digits(word, &number);
    if (rest && *rest == '\0' && number < COLOURS_MAX) {
        self->colour = (short)number;
        return DD_OK;
    }
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (strcmp(WORDS[i].name, word) != 0)
            continue;
        self->attributes |= WORDS[i].attribute;
        if (WORDS[i].attribute == 0)
            self->colour = WORDS[i].colour;
        return DD_OK;
    }
    return refuse_word(word, problem);
}

dd_error_t theme_read_look(look_t *self, const char *text, dd_problem_t *problem)
{
    look_t look = {0, LOOK_OWN};
    while (*(text += strspn(text, " ")) != '\0') {
        char word[80];
        size_t size = strcspn(text, " ");
        snprintf(
            word, sizeof word, "%.*s", (int)(size < sizeof word ? size : sizeof word - 1), text);
        dd_error_t error = read_word(&look, word, problem);
        if (error != DD_OK)
            return error;
        text += size;
    }
    *self = look;
    return DD_OK;
}
