/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_draw - the line at the top, the screens' names, a page, and the two lines at the bottom
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "console_state.h"
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"
#include "outage.h"

/* ms for which a note is shown as new. */
#define NOTE_FRESH 10000
/* Its time takes so many columns; and it takes so many lines at most. */
#define NOTE_INDENT 9
#define NOTE_LINES_MAX 3
#define FOOTER_MAX 24
/* Columns of the text of a dialog. */
#define DIALOG_WIDTH 50
/* Columns of a tab besides its title, and of a title that is cut. */
#define TAB_EXTRA 4
#define TAB_SHORT 3
#define PROGRAM "DoubleDecker"
/* Columns of the menu's words; its keys are behind them. */
#define MENU_WORDS 26

/* ---- The line at the top -------------------------------------------------------------------- */

/* Why there is no connection stands below, where there is room for it. */
static void link_words(const console_t *self, char *out, size_t room, unsigned *style)
{
    const link_t *link = session_view_link(self->session);
    if (link->state == LINK_REGISTERED) {
        *style = STYLE_BAR;
        snprintf(out, room, "registered  rtt %.1f ms", (double)link->rtt_us / 1000);
    } else if (link->state == LINK_CLOSED) {
        *style = STYLE_BAD;
        snprintf(out, room, "ended: %s", link->reason);
    } else {
        *style = STYLE_WARNING;
        snprintf(out, room, "connecting to %s …", self->endpoint);
    }
}

/* Writes "name @ broker /1/2/  endpoint" as far as it is known. */
static void who_and_where(const console_t *self, bool with_endpoint, char *out, size_t room)
{
    const link_t *link = session_view_link(self->session);
    char name[2 * DD_NAME_MAX], broker[2 * DD_BROKER_MAX];
    out[0] = '\0';
    if (link->state != LINK_REGISTERED)
        return;
    dd_escape_text(link->name, strlen(link->name), name, sizeof name);
    dd_escape_text(link->broker, strlen(link->broker), broker, sizeof broker);
    snprintf(out, room, "%s%s @ %s %s  %s%s",
        session_view_is_operator(self->session) ? "operator " : "", name, broker, link->scope,
        with_endpoint ? link->endpoint : "", with_endpoint ? "  " : "");
}

static void add_spot(console_t *self, rect_t line, int column, int width, action_t action)
{
    if (self->spot_count < SPOTS_MAX)
        self->spots[self->spot_count++] =
            (spot_t){{line.row, line.column + column, 1, width}, action};
}

/* Takes its place before all else, at the right, behind the key that leads there. */
static bool draw_trouble(console_t *self, canvas_t *canvas, rect_t *line)
{
    char summary[TROUBLE_SUMMARY_ROOM], key[KEY_NAME_ROOM];
    if (trouble_summary(self->session, summary) == 0)
        return false;
    keymap_key_name(keymap_key_of(ACT_TROUBLE), key);
    int width = (int)dd_utf8_width(key);
    rect_t place = rect_cut_right(line, width + 1 + (int)dd_utf8_width(summary) + 1);
    canvas_text(canvas, place, 0, 0, STYLE_BAR | STYLE_SELECTED, key);
    width += 1 + canvas_text(canvas, place, 0, width + 1, STYLE_BAD, summary);
    add_spot(self, place, 0, width, ACT_TROUBLE);
    return true;
}

/* A tree that has a name of its own says which one it is. */
static const char *program_name(const console_t *self, char room[TREE_NAME_MAX + 2])
{
    if (!self->tree)
        return PROGRAM;
    snprintf(room, TREE_NAME_MAX + 2, "@%s", self->tree);
    return room;
}

/* Writes a text that may be too long, and then ends in an ellipsis; returns the cells it has. */
static int draw_fitting(canvas_t *canvas, rect_t line, int at, unsigned style, const char *text)
{
    char fitted[1024];
    int room = line.width > at ? line.width - at : 0;
    if ((int)dd_utf8_width(text) <= room)
        return canvas_text(canvas, line, 0, at, style, text);
    dd_utf8_fit(text, (size_t)room, fitted, sizeof fitted);
    return canvas_text(canvas, line, 0, at, style, fitted);
}

/* What there is no room for beside trouble is left out: that all is well with the connection, where
   that is, and the program's name. */
static void draw_top(console_t *self, canvas_t *canvas, rect_t line)
{
    char where[1024], words[NOTE_ROOM + 256], time[TIME_ROOM], room[TREE_NAME_MAX + 2];
    unsigned style;
    canvas_fill(canvas, line, STYLE_BAR);
    page_time(session_view_wall_ms(self->session), false, time);
    canvas_text(canvas, rect_cut_right(&line, 10), 0, 1, STYLE_BAR, time);
    bool trouble = draw_trouble(self, canvas, &line);
    link_words(self, words, sizeof words, &style);
    who_and_where(self, true, where, sizeof where);
    rect_cut_left(&line, 1);
    const char *program = program_name(self, room);
    int name = (int)dd_utf8_width(program) + 2, width = (int)dd_utf8_width(words), at = 0;
    if (name + (int)dd_utf8_width(where) + width > line.width)
        who_and_where(self, false, where, sizeof where);
    if (!trouble || name + (int)dd_utf8_width(where) <= line.width)
        at = canvas_text(canvas, line, 0, 0, STYLE_BAR, program) + 2;
    at += draw_fitting(canvas, line, at, STYLE_BAR, where);
    if (!trouble || style != STYLE_BAR || at + width <= line.width)
        draw_fitting(canvas, line, at, style, words);
}

/* ---- Names of screens, and the footer -------------------------------------------------------- */

/* The topics stand behind the tab of the subscriptions. */
static page_number_t shown_tab(const console_t *self)
{
    return self->page == PAGE_TOPICS ? PAGE_SUBSCRIPTIONS : self->page;
}

/* Bytes of each tab's title: all of it, or its beginning where they don't fit into the line, the
   longest first. The names are ASCII. */
static void fit_tabs(const console_t *self, int width, int sizes[PAGE_TABS])
{
    int needed = 0;
    for (page_number_t each = PAGE_TREE; each < PAGE_TABS; each++) {
        sizes[each] = (int)strlen(pages_title(each));
        needed += sizes[each] + TAB_EXTRA;
    }
    while (needed > width) {
        page_number_t longest = shown_tab(self);
        for (page_number_t each = PAGE_TREE; each < PAGE_TABS; each++)
            if (each != shown_tab(self) && sizes[each] > TAB_SHORT &&
                (longest == shown_tab(self) || sizes[each] > sizes[longest]))
                longest = each;
        if (longest == shown_tab(self))
            return;
        needed -= sizes[longest] - TAB_SHORT;
        sizes[longest] = TAB_SHORT;
    }
}

static void draw_tabs(console_t *self, canvas_t *canvas, rect_t line)
{
    rect_t right = {0};
    if (session_view_is_frozen(self->session))
        right = rect_cut_right(&line, 8);
    canvas_text(canvas, right, 0, 0, STYLE_WARNING, "FROZEN");
    if (self->mouse_freed)
        canvas_text(canvas, rect_cut_right(&line, 10), 0, 0, STYLE_WARNING, "NO MOUSE");
    int at = 0, sizes[PAGE_TABS];
    fit_tabs(self, line.width, sizes);
    for (page_number_t page = PAGE_TREE; page < PAGE_TABS; page++) {
        unsigned style = page == shown_tab(self) ? STYLE_TAB : STYLE_PLAIN;
        int width = canvas_print(
            canvas, line, 0, at, style, " %d %.*s ", (int)page + 1, sizes[page], pages_title(page));
        add_spot(self, line, at, width, (action_t)(ACT_GO_TREE + page));
        at += width;
    }
}

static void draw_footer(console_t *self, canvas_t *canvas, rect_t line)
{
    const binding_t *chosen[FOOTER_MAX];
    int at = 0;
    canvas_fill(canvas, line, STYLE_BAR);
    rect_cut_left(&line, 1);
    size_t count =
        keymap_footer(console_where(self), self->rights, (size_t)line.width, chosen, FOOTER_MAX);
    for (size_t i = 0; i < count; i++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(chosen[i]->keys[0], name);
        int width = canvas_text(canvas, line, 0, at, STYLE_BAR | STYLE_SELECTED, name);
        width += canvas_print(canvas, line, 0, at + width, STYLE_BAR, " %s", chosen[i]->label);
        add_spot(self, line, at, width, chosen[i]->action);
        at += width + 2;
    }
}

/* How more can be said, at the right if there is room. */
static void draw_line_hint(const console_t *self, canvas_t *canvas, rect_t line)
{
    const page_t *page = console_page(self);
    bool searches = self->over == OVER_SEARCH;
    char hint[128];
    snprintf(hint, sizeof hint, "%s%s/regex/ !not", searches ? "" : page->ops->filters,
        searches ? "" : " ");
    int width = (int)dd_utf8_width(hint);
    if (line.width > width + 2 + (int)dd_utf8_width(line_editor_text(self->line)))
        canvas_text(canvas, line, 0, line.width - width - 1, STYLE_DIM, hint);
}

/* What is wrong with what is typed has its room at the right, however long that is. */
static void draw_problem(const char *problem, canvas_t *canvas, rect_t *line)
{
    rect_t right = rect_cut_right(line, (int)dd_utf8_width(problem) + 2);
    canvas_text(canvas, right, 0, 1, STYLE_WARNING, problem);
}

static void draw_line(const console_t *self, canvas_t *canvas, rect_t line, cursor_t *cursor)
{
    const char *name = self->over == OVER_SEARCH ? "Search: " : "Filter: ";
    rect_cut_left(&line, canvas_text(canvas, line, 0, 0, STYLE_STRONG, name));
    const char *problem = console_typed(self)->problem;
    if (problem[0] != '\0')
        draw_problem(problem, canvas, &line);
    *cursor = (cursor_t){true, line.row, line_editor_draw(self->line, canvas, line, STYLE_FIELD)};
    rect_t typed = line;
    typed.width = cursor->column - line.column;
    if (self->line_fresh)
        canvas_mark(canvas, typed, STYLE_SELECTED);
    if (problem[0] == '\0')
        draw_line_hint(self, canvas, line);
}

/* NULL if there is none yet, or it isn't true any more. */
static const note_t *newest_note(const console_t *self)
{
    const status_log_t *log = session_view_status_log(self->session);
    const note_t *note = status_log_count(log) > 0 ? status_log_at(log, 0) : NULL;
    return note && !note->over ? note : NULL;
}

static bool is_fresh(const console_t *self, const note_t *note)
{
    return session_view_wall_ms(self->session) - note->wall_ms < NOTE_FRESH;
}

static text_pane_t *note_pane(const console_t *self, const note_t *note, int width)
{
    static const unsigned STYLES_OF[] = {[NOTE_PLAIN] = STYLE_PLAIN,
        [NOTE_GOOD] = STYLE_GOOD,
        [NOTE_WARNING] = STYLE_WARNING,
        [NOTE_BAD] = STYLE_BAD};
    text_pane_t *pane = text_pane_new(width - NOTE_INDENT);
    text_pane_text(pane, is_fresh(self, note) ? STYLES_OF[note->kind] : STYLE_DIM, note->text);
    return pane;
}

static bool is_line_open(const console_t *self)
{
    return self->over == OVER_COMMAND || self->over == OVER_LINE || self->over == OVER_SEARCH;
}

/* While it is new, a note has as many lines as it needs: what helps often stands at its end. */
static int status_height(const console_t *self, int width)
{
    const note_t *note = newest_note(self);
    if (is_line_open(self) || !note || !is_fresh(self, note))
        return 1;
    text_pane_t *pane = note_pane(self, note, width - 1);
    size_t lines = text_pane_count(pane);
    text_pane_destroy(&pane);
    return lines < 1 ? 1 : lines > NOTE_LINES_MAX ? NOTE_LINES_MAX : (int)lines;
}

static void draw_note(const console_t *self, const note_t *note, canvas_t *canvas, rect_t area)
{
    char time[TIME_ROOM];
    page_time(note->wall_ms, false, time);
    canvas_text(canvas, area, 0, 0, STYLE_DIM, time);
    text_pane_t *pane = note_pane(self, note, area.width);
    rect_cut_left(&area, NOTE_INDENT);
    bool goes_on = (int)text_pane_count(pane) > area.height;
    rect_t more = rect_cut_right(&area, goes_on ? 1 : 0);
    text_pane_draw(pane, canvas, area, 0, NULL);
    canvas_text(canvas, more, area.height - 1, 0, STYLE_DIM, goes_on ? "…" : "");
    text_pane_destroy(&pane);
}

/* The newest note, or the filter while it is typed. */
static void draw_status(console_t *self, canvas_t *canvas, rect_t area, cursor_t *cursor)
{
    const note_t *note = newest_note(self);
    rect_cut_left(&area, 1);
    if (self->over == OVER_LINE || self->over == OVER_SEARCH)
        draw_line(self, canvas, area, cursor);
    else if (self->over != OVER_COMMAND && note)
        draw_note(self, note, canvas, area);
}

/* ---- Over the page -------------------------------------------------------------------------- */

/* With its key, so that nobody needs the menu for it twice. */
static const char *menu_text(console_t *self, size_t number, const binding_t *item)
{
    char key[KEY_NAME_ROOM];
    keymap_key_name(item->keys[0], key);
    snprintf(self->menu_texts[number], MENU_TEXT_ROOM, "%-*s %s", MENU_WORDS, item->menu, key);
    return self->menu_texts[number];
}

static size_t draw_menu(console_t *self, rect_t area, chooser_t *out)
{
    const binding_t *items[CHOOSER_ITEMS_MAX];
    size_t count = console_menu(self, items);
    *out = (chooser_t){.kind = CHOOSER_LIST,
        .area = rect_centre(area, (int)count + 3, MENU_WORDS + 9),
        .title = "Menu",
        .count = count,
        .current = self->menu_item,
        .focused = true};
    for (size_t i = 0; i < count; i++)
        out->items[i] = menu_text(self, i, items[i]);
    return 1;
}

static size_t draw_orders(const console_t *self, rect_t area, chooser_t *out)
{
    size_t columns[LIST_TABLE_COLUMNS_MAX + 1];
    *out = (chooser_t){
        .kind = CHOOSER_LIST, .title = "Order by", .current = self->menu_item, .focused = true};
    out->count = console_orders(self, out->items, columns);
    out->area = rect_centre(area, (int)out->count + 3, 30);
    return 1;
}

/* Puts line ends in, so that no line is longer than the dialog is wide. */
static void wrap(const char *text, char *out, size_t room)
{
    size_t used = 0;
    while (*text != '\0' && used + DIALOG_WIDTH + 2 < room) {
        size_t size = dd_utf8_prefix(text, DIALOG_WIDTH), blank = size;
        while (text[blank] != '\0' && blank > DIALOG_WIDTH / 2 && text[blank] != ' ')
            blank--;
        if (text[blank] == ' ')
            size = blank;
        used += (size_t)snprintf(
            out + used, room - used, "%s%.*s", used > 0 ? "\n" : "", (int)size, text);
        text += size + (text[size] == ' ' ? 1 : 0);
    }
}

static size_t draw_dialog(console_t *self, rect_t area, const char *words, const char *yes,
    const char *no, chooser_t *out)
{
    wrap(words, self->dialog_text, sizeof self->dialog_text);
    *out = (chooser_t){.kind = CHOOSER_DIALOG,
        .area = area,
        .title = self->dialog_text,
        .items = {yes, no},
        .count = 2,
        .current = self->dialog_button,
        .focused = true};
    return 1;
}

static size_t draw_end(console_t *self, rect_t area, chooser_t *out)
{
    char words[NOTE_ROOM + 64];
    snprintf(words, sizeof words, "The connection has ended, and won't come back: %s",
        session_view_link(self->session)->reason);
    return draw_dialog(self, area, words, "Quit", "Stay", out);
}

static size_t draw_clear(console_t *self, rect_t area, chooser_t *out)
{
    char words[160], key[KEY_NAME_ROOM], kept[KEPT_ROOM];
    console_kept(self, kept);
    keymap_key_name(keymap_key_of(ACT_EXPORT), key);
    snprintf(words, sizeof words,
        "Forget %s, also what a filter hides? %s writes what is shown to a file first.", kept, key);
    return draw_dialog(self, area, words, "Forget", "Keep", out);
}

static void draw_detail(console_t *self, canvas_t *canvas, rect_t area)
{
    char title[64];
    page_t *page = console_page(self);
    canvas_fill(canvas, area, STYLE_PLAIN);
    snprintf(title, sizeof title, "%s: details", page->ops->title);
    rect_t inside = canvas_box(canvas, area, title);
    text_pane_t *pane = page_detail(page, inside.width);
    self->detail_height = (size_t)inside.height;
    self->detail_width = inside.width;
    self->scroll = text_pane_draw(pane, canvas, inside, self->scroll, console_search(self));
    list_table_draw_bar(canvas, area, self->scroll, self->detail_height, text_pane_count(pane));
    if (!pane)
        canvas_text(canvas, inside, 1, 1, STYLE_DIM, "That is no longer kept. Esc closes this.");
    text_pane_destroy(&pane);
}

static size_t draw_over(
    console_t *self, canvas_t *canvas, rect_t area, cursor_t *cursor, chooser_t out[2])
{
    switch (self->over) {
    case OVER_DETAIL:
    case OVER_SEARCH:
        if (!console_is_text(self))
            draw_detail(self, canvas, area);
        return 0;
    case OVER_GRAPH:
        page_draw_graph(console_page(self), canvas, area, self->glyphs);
        return 0;
    case OVER_FORM:
        return form_draw(self->form, canvas, area, cursor, out);
    case OVER_CLEAR:
        return draw_clear(self, area, out);
    case OVER_END:
        return draw_end(self, area, out);
    case OVER_MENU:
        return draw_menu(self, area, out);
    case OVER_ORDER:
        return draw_orders(self, area, out);
    default:
        return 0;
    }
}

static bool is_too_small(canvas_t *canvas, rect_t all)
{
    if (all.width >= CONSOLE_COLUMNS_MIN && all.height >= CONSOLE_ROWS_MIN)
        return false;
    canvas_print(canvas, all, 0, 0, STYLE_WARNING, "%dx%d is too small:", all.width, all.height);
    canvas_print(canvas, all, 1, 0, STYLE_WARNING, "ddtui needs %dx%d.", CONSOLE_COLUMNS_MIN,
        CONSOLE_ROWS_MIN);
    return true;
}

size_t console_draw(console_t *self, canvas_t *canvas, cursor_t *cursor, chooser_t out[2])
{
    rect_t area = canvas_all(canvas);
    *cursor = (cursor_t){0};
    self->spot_count = 0;
    canvas_fill(canvas, area, STYLE_PLAIN);
    if (is_too_small(canvas, area))
        return 0;
    draw_top(self, canvas, rect_cut_top(&area, 1));
    draw_tabs(self, canvas, rect_cut_top(&area, 1));
    draw_footer(self, canvas, rect_cut_bottom(&area, 1));
    rect_t status = rect_cut_bottom(&area, status_height(self, area.width));
    draw_status(self, canvas, status, cursor);
    /* A pane with nothing in it says it by itself. */
    if (outage_is_known(self->session) && !page_tells_outage(console_page(self)))
        outage_draw(self->session, canvas, &area);
    page_draw(console_page(self), canvas, area);
    rect_cut_left(&status, 1);
    if (self->over == OVER_COMMAND)
        console_line_draw(self, canvas, area, status, cursor);
    return draw_over(self, canvas, area, cursor, out);
}
