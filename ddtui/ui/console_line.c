/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_line - the line behind ':' while it is typed: what is offered, and what it looks like
 */
#include <stdio.h>
#include <string.h>

#include "console_state.h"
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* Offers that are visible at once, at least, and cells of the box they stand in. */
#define OFFERS_VISIBLE 10
#define BOX_WIDTH 100
/* Cells of a command with its arguments, before its help. */
#define COMMAND_WIDTH 26

static const char *text_of(const console_t *self)
{
    return line_editor_text(self->command.line);
}

bool console_line_new(console_t *self)
{
    self->command.line = line_editor_new(COMMAND_LINE_ROOM - 1);
    return self->command.line != NULL;
}

void console_line_update(console_t *self)
{
    command_state_t *state = &self->command;
    char marked[COMPLETION_ROOM] = "";
    if (state->marked < state->offers.count)
        memcpy(marked, state->offers.texts[state->marked], sizeof marked);
    command_line_complete(&state->offers, text_of(self), &state->start, self->rights, self->session,
        self->history, self->trees);
    state->marked = state->offers.count;
    for (size_t i = 0; marked[0] != '\0' && i < state->offers.count; i++)
        if (strcmp(state->offers.texts[i], marked) == 0)
            state->marked = i;
}

static void forget_mark(console_t *self)
{
    self->command.marked = COMPLETIONS_MAX;
    console_line_update(self);
}

void console_line_open(console_t *self)
{
    self->over = OVER_COMMAND;
    line_editor_set(self->command.line, "");
    forget_mark(self);
}

/* ---- Keys ----------------------------------------------------------------------------------- */

/* Puts a text in place of the word that is typed. */
static void replace(console_t *self, const char *text, size_t size, const char *end)
{
    char line[2 * COMMAND_LINE_ROOM];
    snprintf(line, sizeof line, "%.*s%.*s%s", (int)self->command.start, text_of(self), (int)size,
        text, end);
    line_editor_set(self->command.line, line);
    forget_mark(self);
}

/* Whether it can be what a word is completed to: lines of the history are to be chosen. */
static bool is_word(const console_t *self, size_t offer)
{
    return self->command.start > 0 || !strchr(self->command.offers.texts[offer], ' ');
}

/* The first word that is offered, and how many there are; *common is what all of them begin with.
 */
static const char *first_word(const console_t *self, size_t *count, size_t *common)
{
    const completions_t *offers = &self->command.offers;
    const char *first = NULL;
    *count = *common = 0;
    for (size_t i = 0; i < offers->count; i++) {
        size_t same = 0;
        if (!is_word(self, i))
            continue;
        if (!first) {
            first = offers->texts[i];
            *common = strlen(first);
        }
        while (same < *common && offers->texts[i][same] == first[same])
            same++;
        *common = same;
        ++*count;
    }
    if (first)
        *common = dd_utf8_cut(first, strlen(first), *common);
    return first;
}

/* As a shell does: what is marked, or what all words have in common; and if that is nothing new,
   the first offer is marked. */
static void complete(console_t *self)
{
    command_state_t *state = &self->command;
    const char *typed = text_of(self) + state->start;
    size_t count, common;
    const char *first = first_word(self, &count, &common);
    if (state->offers.count == 0)
        return;
    if (state->marked < state->offers.count) {
        const char *text = state->offers.texts[state->marked];
        replace(self, text, strlen(text), " ");
    } else if (count == 1) {
        replace(self, first, strlen(first), " ");
    } else if (first && common > strlen(typed) && strncmp(first, typed, strlen(typed)) == 0) {
        replace(self, first, common, "");
    } else {
        state->marked = 0;
    }
}

static void move_mark(console_t *self, bool down)
{
    size_t count = self->command.offers.count, marked = self->command.marked;
    if (count == 0)
        return;
    if (down)
        self->command.marked = marked + 1 < count ? marked + 1 : 0;
    else
        self->command.marked = marked > 0 && marked < count ? marked - 1 : count - 1;
    if (marked >= count && down)
        self->command.marked = 0;
}

void console_line_key(console_t *self, ui_key_t key, action_t action)
{
    if (action == ACT_UP || action == ACT_DOWN) {
        move_mark(self, action == ACT_DOWN);
    } else if (action == ACT_NEXT) {
        complete(self);
    } else if (action != ACT_NONE) {
        line_editor_act(self->command.line, action);
        forget_mark(self);
    } else if (key >= ' ' && key < UI_BEYOND) {
        line_editor_type(self->command.line, key);
        forget_mark(self);
    }
}

const char *console_line_take(console_t *self)
{
    if (self->command.marked < self->command.offers.count)
        complete(self);
    return text_of(self);
}

void console_line_remember(console_t *self, const char *typed)
{
    char line[COMMAND_LINE_ROOM];
    snprintf(line, sizeof line, "%s", typed);
    line[command_line_public(line, self->rights)] = '\0';
    size_t size = strlen(line);
    while (size > 0 && line[size - 1] == ' ')
        line[--size] = '\0';
    history_add(self->history, HISTORY_COMMAND, line);
}

/* ---- Drawing -------------------------------------------------------------------------------- */

static const command_spec_t *spec_named(const char *name)
{
    for (command_id_t id = 0; id < COMMANDS; id++)
        if (strcmp(COMMAND_SPECS[id].name, name) == 0)
            return &COMMAND_SPECS[id];
    return NULL;
}

static void draw_offer(const console_t *self, size_t number, canvas_t *canvas, rect_t line)
{
    const char *text = self->command.offers.texts[number];
    const command_spec_t *spec = self->command.start == 0 ? spec_named(text) : NULL;
    char shown[DD_ESCAPE_MAX * COMPLETION_ROOM];
    dd_escape_text(text, strlen(text), shown, sizeof shown);
    int at = canvas_text(canvas, line, 0, 1, STYLE_PLAIN, shown) + 2;
    if (spec) {
        canvas_text(canvas, line, 0, at, STYLE_DIM, spec->arguments);
        canvas_text(canvas, line, 0, COMMAND_WIDTH, STYLE_DIM, spec->help);
    } else if (self->command.start == 0) {
        canvas_text(canvas, line, 0, at, STYLE_DIM, "(again)");
    }
    if (number == self->command.marked)
        canvas_mark(canvas, line, STYLE_SELECTED);
}

/* The offers stand above the line, right where it is typed. */
static void draw_offers(const console_t *self, canvas_t *canvas, rect_t area)
{
    size_t count = self->command.offers.count, first = 0;
    int most = area.height / 2 > OFFERS_VISIBLE ? area.height / 2 : OFFERS_VISIBLE;
    int lines = count < (size_t)most ? (int)count : most;
    if (count == 0)
        return;
    if (self->command.marked < count && self->command.marked >= (size_t)lines)
        first = self->command.marked - (size_t)lines + 1;
    rect_t box = rect_cut_bottom(&area, lines + 2);
    box.width = box.width < BOX_WIDTH ? box.width : BOX_WIDTH;
    canvas_fill(canvas, box, STYLE_PLAIN);
    rect_t inside = canvas_box(canvas, box, NULL);
    for (int i = 0; i < inside.height; i++)
        draw_offer(self, first + (size_t)i, canvas,
            (rect_t){inside.row + i, inside.column, 1, inside.width});
    list_table_draw_bar(canvas, box, first, (size_t)lines, count);
}

/* What the command that is typed wants, when nothing is offered for it. */
static void draw_usage(const console_t *self, canvas_t *canvas, rect_t line, int column)
{
    char name[64];
    const char *text = text_of(self);
    size_t size = strcspn(text, " ");
    snprintf(name, sizeof name, "%.*s", (int)(size < sizeof name ? size : sizeof name - 1), text);
    const command_spec_t *spec = spec_named(name);
    if (spec && text[size] != '\0')
        canvas_print(canvas, line, 0, column + 3, STYLE_DIM, "%s  %s", spec->arguments, spec->help);
}

void console_line_draw(
    const console_t *self, canvas_t *canvas, rect_t area, rect_t line, cursor_t *cursor)
{
    int width = (int)dd_utf8_width(text_of(self));
    rect_cut_left(&line, canvas_text(canvas, line, 0, 0, STYLE_STRONG, ":"));
    *cursor =
        (cursor_t){true, line.row, line_editor_draw(self->command.line, canvas, line, STYLE_FIELD)};
    if (self->command.offers.count == 0)
        draw_usage(self, canvas, line, width);
    draw_offers(self, canvas, area);
}
