/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * form_draw - what a form looks like
 */
#include <stdio.h>
#include <string.h>

#include "form_state.h"
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"
#include "libdd/protocol/scope.h"
#include "text_pane.h"

/* Cells of a form at most, and of the names of its fields. */
#define FORM_WIDTH 74
#define LABEL_WIDTH 13
/* Lines for suggestions, at most. */
#define HELP_HEIGHT 8
/* Lines of a form that are always there besides fields: frame, word, buttons. */
#define OTHER_HEIGHT 4
/* Cells before the name of what is to be done something to, and all that isn't for it. */
#define OBJECT_INDENT 2
#define OBJECT_MARGIN (OBJECT_INDENT + 4)
/* Bytes of a hint that is made up. */
#define HINT_ROOM (2 * DD_ESCAPE_MAX * DD_NAME_MAX + 64)

/* What is to be typed to confirm; where there is no room for that, where it stands. */
static void confirm_words(const form_t *self, int width, char out[HINT_ROOM])
{
    char confirm[DD_ESCAPE_MAX * sizeof self->confirm], also[DD_ESCAPE_MAX * sizeof self->also];
    dd_escape_text(self->confirm, strlen(self->confirm), confirm, sizeof confirm);
    dd_escape_text(self->also, strlen(self->also), also, sizeof also);
    snprintf(out, HINT_ROOM, "type %s%s%s to confirm", confirm, also[0] != '\0' ? ", or just " : "",
        also);
    if ((int)dd_utf8_width(out) > width)
        snprintf(out, HINT_ROOM, "type the name above to confirm");
}

/* What an empty field waits for, before anybody is there. */
static void draw_wish(const form_t *self, size_t number, canvas_t *canvas, rect_t line)
{
    char words[HINT_ROOM];
    if (!form_confirms(self, number) || line_editor_text(self->editors[number])[0] != '\0')
        return;
    confirm_words(self, line.width, words);
    canvas_text(canvas, line, 0, 0, STYLE_DIM, words);
}

static void draw_field(form_t *self, size_t number, canvas_t *canvas, rect_t line, cursor_t *cursor)
{
    const spec_t *spec = &self->spec->fields[number];
    bool has_focus = self->focus == number;
    self->lines[number] = line;
    rect_t label = rect_cut_left(&line, LABEL_WIDTH);
    canvas_text(canvas, label, 0, 0, has_focus ? STYLE_STRONG : STYLE_PLAIN, spec->label);
    *cursor = (cursor_t){has_focus, line.row, line.column + 1};
    if (spec->kind == FIELD_CHECK) {
        canvas_print(canvas, line, 0, 0, has_focus ? STYLE_STRONG : STYLE_PLAIN, "[%c]",
            self->checked ? 'x' : ' ');
        return;
    }
    cursor->column = line_editor_draw(self->editors[number], canvas, line, STYLE_FIELD);
    draw_wish(self, number, canvas, line);
    if (has_focus && self->fresh[number]) {
        rect_t text = line;
        text.width = cursor->column - line.column;
        canvas_mark(canvas, text, STYLE_SELECTED);
    }
}

/* Suggestions, the marked one always visible. */
static void draw_suggestions(form_t *self, canvas_t *canvas, rect_t area)
{
    rect_cut_left(&area, LABEL_WIDTH);
    size_t count = self->suggestions.count, height = (size_t)area.height, first = 0;
    if (self->suggestion < count && self->suggestion >= height)
        first = self->suggestion - height + 1;
    self->offers = area;
    self->first_offer = first;
    for (size_t i = 0; i < height && first + i < count; i++) {
        char text[4 * COMPLETION_ROOM];
        const char *suggestion = self->suggestions.texts[first + i];
        dd_escape_text(suggestion, strlen(suggestion), text, sizeof text);
        rect_t line = {area.row + (int)i, area.column, 1, area.width};
        int width = canvas_text(canvas, line, 0, 0, STYLE_DIM, text);
        dd_escape_text(self->suggestions.notes[first + i],
            strlen(self->suggestions.notes[first + i]), text, sizeof text);
        canvas_text(canvas, line, 0, width + 2, STYLE_PLAIN, text);
        if (first + i == self->suggestion)
            canvas_mark(canvas, line, STYLE_SELECTED);
    }
    if (first + height < count)
        canvas_text(canvas, area, area.height - 1, area.width - 1, STYLE_DIM, "↓");
}

/* Which of the tree's brokers the scope covers. */
static void draw_preview(const form_t *self, canvas_t *canvas, rect_t area)
{
    const char *text = line_editor_text(self->editors[self->focus]);
    dd_scope_t pattern, here, path;
    char meaning[128];
    completion_scope_meaning(self->session, text, meaning, sizeof meaning);
    canvas_text(canvas, area, 0, 0, STYLE_ACCENT, meaning);
    rect_cut_top(&area, 1);
    if (!dd_scope_parse_pattern(&pattern, dd_bytes_of(text)) ||
        !dd_scope_parse(&here, dd_bytes_of(session_view_link(self->session)->scope)) ||
        !dd_scope_resolve(&path, &pattern, &here))
        return;
    bool everywhere = dd_scope_is_noscope(dd_scope_bytes(&path));
    rect_t heading = rect_cut_top(&area, 1);
    size_t covered = 0, count = session_view_row_count(self->session, VIEW_TREE);
    for (size_t i = 0; i < count; i++) {
        const broker_t *broker = session_view_row(self->session, VIEW_TREE, i);
        char name[4 * sizeof broker->name];
        if (!everywhere && !dd_scope_covers(dd_scope_bytes(&path), dd_bytes_of(broker->scope)))
            continue;
        dd_escape_text(broker->name, strlen(broker->name), name, sizeof name);
        canvas_print(canvas, area, (int)covered++, 1, STYLE_GOOD, "%-14s %s", name, broker->scope);
    }
    canvas_print(canvas, heading, 0, 0, STYLE_PLAIN, "covers %zu of %zu brokers", covered, count);
}

static size_t add_buttons(const form_t *self, rect_t line, chooser_t *out)
{
    *out = (chooser_t){.kind = CHOOSER_BUTTONS,
        .area = line,
        .items = {self->spec->button, "Cancel"},
        .count = BUTTONS,
        .current = self->button,
        .focused = form_at_buttons(self)};
    return 1;
}

static size_t add_list(const form_t *self, rect_t area, chooser_t *out)
{
    *out = (chooser_t){.kind = CHOOSER_LIST,
        .area = area,
        .count = self->suggestions.count,
        .current = self->suggestion < self->suggestions.count ? self->suggestion : 0,
        .focused = self->suggestion < self->suggestions.count};
    for (size_t i = 0; i < out->count; i++)
        out->items[i] = self->suggestions.texts[i];
    return out->count > 0 ? 1 : 0;
}

static int count_facts(const form_t *self)
{
    int count = self->facts[0] != '\0';
    for (const char *at = self->facts; *at != '\0'; at++)
        count += *at == '\n';
    return count < FORM_FACTS_LINES ? count : FORM_FACTS_LINES;
}

/* The last ones, of so many as there is room for. */
static void draw_facts(const form_t *self, int shown, canvas_t *canvas, rect_t *inside)
{
    const char *at = self->facts;
    for (int i = count_facts(self); i > 0; i--) {
        size_t size = strcspn(at, "\n");
        rect_t line = rect_cut_top(inside, i <= shown ? 1 : 0);
        canvas_print(canvas, line, 0, 2, STYLE_PLAIN, "%.*s", (int)size, at);
        at += size + 1;
    }
}

/* Of a field that confirms, what is to be typed, as soon as that doesn't stand in the field itself.
 */
static const char *hint_of(const form_t *self, int width, char room[HINT_ROOM])
{
    if (!form_confirms(self, self->focus))
        return form_focused(self)->hint;
    bool is_in_field = line_editor_text(self->editors[self->focus])[0] == '\0';
    if (is_in_field && strcmp(self->confirm, self->object) == 0)
        return "";
    confirm_words(self, width, room);
    if (strcmp(self->confirm, self->object) != 0)
        snprintf(room, HINT_ROOM, "type %s to confirm: the name alone isn't enough", self->confirm);
    return room;
}

static void draw_word(const form_t *self, canvas_t *canvas, rect_t line)
{
    char hint[HINT_ROOM];
    if (self->why[0] != '\0')
        canvas_text(canvas, line, 0, 0, STYLE_BAD, self->why);
    else if (!form_at_buttons(self))
        canvas_text(canvas, line, 0, 0, STYLE_DIM, hint_of(self, line.width, hint));
}

/* All of it, since it is to be typed. */
static text_pane_t *object_pane(const form_t *self, int width)
{
    char object[DD_ESCAPE_MAX * sizeof self->object];
    text_pane_t *pane = text_pane_new(width);
    dd_escape_text(self->object, strlen(self->object), object, sizeof object);
    text_pane_text(pane, STYLE_STRONG, object);
    return pane;
}

static int count_object(const form_t *self, int width)
{
    text_pane_t *pane = object_pane(self, width);
    int lines = (int)text_pane_count(pane);
    text_pane_destroy(&pane);
    return lines;
}

static void draw_object(const form_t *self, canvas_t *canvas, rect_t *inside)
{
    text_pane_t *pane = object_pane(self, inside->width - OBJECT_INDENT);
    rect_t area = rect_cut_top(inside, (int)text_pane_count(pane));
    rect_cut_left(&area, OBJECT_INDENT);
    text_pane_draw(pane, canvas, area, 0, NULL);
    text_pane_destroy(&pane);
}

/* What a low screen has less of, the first least missed; fields, buttons, and what it is about are
   there on each. */
typedef struct {
    int help;      /* lines for suggestions */
    int above_tip; /* a blank one before the line that helps */
    int behind_fields;
    int before_fields;
    int facts;
} lines_t;

static void draw_warning(const form_t *self, const lines_t *lines, canvas_t *canvas, rect_t *inside)
{
    if (!self->spec->warning)
        return;
    canvas_text(canvas, rect_cut_top(inside, 1), 0, 0, STYLE_WARNING, self->spec->warning);
    draw_object(self, canvas, inside);
    draw_facts(self, lines->facts, canvas, inside);
    rect_cut_top(inside, lines->before_fields);
}

/* Lines for suggestions: none where nothing is ever suggested. */
static int help_height(const form_t *self)
{
    for (size_t i = 0; i < self->spec->count; i++)
        if (self->spec->fields[i].completion != COMPLETION_NOTHING ||
            self->spec->fields[i].history != HISTORY_NONE)
            return HELP_HEIGHT;
    return 0;
}

static int sum(const lines_t *lines)
{
    return lines->help + lines->above_tip + lines->behind_fields + lines->before_fields +
           lines->facts;
}

static void shorten(int *lines, int least, int *lack)
{
    while (*lines > least && *lack > 0) {
        --*lines;
        --*lack;
    }
}

/* Of so many lines; one for a suggestion stays as long as others can go. */
static lines_t share_lines(const form_t *self, int room)
{
    bool warns = self->spec->warning != NULL;
    lines_t lines = {help_height(self), 1, 1, warns, warns ? count_facts(self) : 0};
    int lack = sum(&lines) - room;
    shorten(&lines.help, 1, &lack);
    shorten(&lines.above_tip, 0, &lack);
    shorten(&lines.behind_fields, 0, &lack);
    shorten(&lines.before_fields, 0, &lack);
    shorten(&lines.facts, 0, &lack);
    shorten(&lines.help, 0, &lack);
    return lines;
}

size_t form_draw(form_t *self, canvas_t *canvas, rect_t area, cursor_t *cursor, chooser_t out[2])
{
    int width = area.width < FORM_WIDTH ? area.width : FORM_WIDTH;
    int needed = OTHER_HEIGHT + (int)self->spec->count;
    if (self->spec->warning)
        needed += 1 + count_object(self, width - OBJECT_MARGIN);
    const lines_t lines = share_lines(self, area.height - needed);
    rect_t box = rect_centre(area, needed + sum(&lines), FORM_WIDTH);
    canvas_fill(canvas, box, STYLE_PLAIN);
    rect_t inside = canvas_box(canvas, box, self->spec->title);
    rect_cut_left(&inside, 1);
    rect_cut_right(&inside, 1);
    size_t choosers = add_buttons(self, rect_cut_bottom(&inside, 1), &out[0]);
    draw_word(self, canvas, rect_cut_bottom(&inside, 1));
    rect_cut_bottom(&inside, lines.above_tip);
    draw_warning(self, &lines, canvas, &inside);
    *cursor = (cursor_t){0};
    self->offers = (rect_t){0};
    for (size_t i = 0; i < self->spec->count; i++) {
        cursor_t here;
        draw_field(self, i, canvas, rect_cut_top(&inside, 1), &here);
        if (here.visible)
            *cursor = here;
    }
    rect_cut_top(&inside, lines.behind_fields);
    if (form_is_choice(self)) {
        choosers += add_list(self, rect_cut_left(&inside, inside.width * 2 / 5), &out[1]);
        rect_cut_left(&inside, 1);
        if (form_focused(self)->completion == COMPLETION_SCOPES)
            draw_preview(self, canvas, inside);
    } else {
        draw_suggestions(self, canvas, inside);
    }
    return choosers;
}
