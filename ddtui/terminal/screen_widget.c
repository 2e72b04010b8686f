/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_widget - choosers as widgets of CDK
 */
#include "screen_widget.h"

#include <cdk/cdk.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"
#include "screen_charset.h"

/* Bytes of an item or line as CDK gets it. */
#define LINE_ROOM 256
#define DIALOG_LINES_MAX 8

#define TITLE_ROOM (LINE_ROOM * DIALOG_LINES_MAX)

/* Texts are there as they are, and as CDK gets them. */
struct screen_widget {
    chooser_t chooser; /* its items are those for CDK */
    char title_text[TITLE_ROOM];
    char title[TITLE_ROOM];
    char item_texts[CHOOSER_ITEMS_MAX][LINE_ROOM];
    char items[CHOOSER_ITEMS_MAX][LINE_ROOM];
    const char *line_texts[DIALOG_LINES_MAX]; /* of a dialog, in title_text */
    const char *lines[DIALOG_LINES_MAX];      /* and in title */
    int line_count;
    CDKSCROLL *list;
    CDKBUTTONBOX *buttons;
    CDKDIALOG *dialog;
};

/* ---- Texts ---------------------------------------------------------------------------------- */

/* The bytes of the next character, which is '?' where there is none, or one that acts. */
static size_t next_character(const char *text, uint32_t *character)
{
    size_t size = dd_utf8_decode((const uint8_t *)text, strnlen(text, DD_UTF8_MAX), character);
    if (size == 0 || (dd_escape_acts(*character) && *character != '\n'))
        *character = '?';
    return size > 0 ? size : 1;
}

static bool is_ascii(uint32_t character)
{
    return character <= '~';
}

/* CDK knows bytes, not characters: what isn't ASCII it gets as a '?' for each cell. It takes what
   stands in <...> for a command. */
static void make_fit(const char *text, char *out, size_t room)
{
    size_t used = 0;
    while (*text != '\0') {
        uint32_t character;
        text += next_character(text, &character);
        size_t cells = is_ascii(character) ? 1 : dd_utf8_cells(character);
        char byte = !is_ascii(character) ? '?' : (char)character;
        if (byte == '<' || byte == '>')
            byte = byte == '<' ? '(' : ')';
        for (; cells > 0 && used + 1 < room; cells--)
            out[used++] = byte;
    }
    out[used] = '\0';
}

static int split(char *text, const char *lines[DIALOG_LINES_MAX])
{
    int count = 0;
    while (text && count < DIALOG_LINES_MAX) {
        lines[count++] = text;
        text = strchr(text, '\n');
        if (text)
            *text++ = '\0';
    }
    return count;
}

static void copy_texts(screen_widget_t *self, const chooser_t *chooser)
{
    bool is_list = chooser->kind == CHOOSER_LIST;
    self->chooser = *chooser;
    snprintf(self->title_text, TITLE_ROOM, "%s", chooser->title ? chooser->title : "");
    make_fit(self->title_text, self->title, TITLE_ROOM);
    for (size_t i = 0; i < chooser->count; i++) {
        snprintf(self->item_texts[i], LINE_ROOM, "%s%s%s", is_list ? " " : "[ ", chooser->items[i],
            is_list ? "" : " ]");
        make_fit(self->item_texts[i], self->items[i], LINE_ROOM);
        self->chooser.items[i] = self->items[i];
    }
    self->line_count = split(self->title, self->lines);
    split(self->title_text, self->line_texts);
}

/* Writes a character as the terminal can show it in the place of CDK's, with its looks. */
static void write_over(WINDOW *window, int row, int column, uint32_t character)
{
    bool frame;
    cchar_t cell;
    chtype there = mvwinch(window, row, column);
    wchar_t text[] = {screen_charset_fit((wchar_t)character, &frame), L'\0'};
    attr_t looks = (there & A_ATTRIBUTES & ~A_COLOR) | (frame ? A_ALTCHARSET : A_NORMAL);
    setcchar(&cell, text, looks, (short)PAIR_NUMBER(there), NULL);
    mvwadd_wch(window, row, column, &cell);
}

/* What CDK has drawn as '?' is written over with what it is. */
static void correct(WINDOW *window, int row, int column, const char *text)
{
    while (*text != '\0') {
        uint32_t character;
        text += next_character(text, &character);
        int cells = is_ascii(character) ? 1 : (int)dd_utf8_cells(character);
        if (!is_ascii(character) && cells > 0 && column + cells <= getmaxx(window))
            write_over(window, row, column, character);
        column += cells;
    }
}

static void correct_list(const screen_widget_t *self)
{
    WINDOW *window = self->list->listWin;
    size_t top = (size_t)self->list->currentTop;
    for (int row = 0; row < getmaxy(window) && top + (size_t)row < self->chooser.count; row++)
        correct(window, row, 0, self->item_texts[top + (size_t)row]);
    touchwin(self->list->win);
    wnoutrefresh(self->list->win);
}

static void correct_dialog(const screen_widget_t *self)
{
    int border = BorderOf(self->dialog);
    for (int i = 0; i < self->line_count; i++)
        correct(
            self->dialog->win, border + i, border + self->dialog->infoPos[i], self->line_texts[i]);
    wnoutrefresh(self->dialog->win);
}

/* ---- Widgets -------------------------------------------------------------------------------- */

static void make_list(screen_widget_t *self, CDKSCREEN *screen)
{
    rect_t area = self->chooser.area;
    bool framed = self->title[0] != '\0';
    char title[LINE_ROOM + 8] = "";
    if (framed)
        snprintf(title, sizeof title, "<C>%.*s", LINE_ROOM, self->title);
    bool scrolls = (int)self->chooser.count > area.height - (framed ? 3 : 0);
    self->list = newCDKScroll(screen, area.column, area.row, scrolls ? RIGHT : NONE, area.height,
        area.width - (scrolls ? 1 : 0), framed ? title : NULL, (CDK_CSTRING2)self->chooser.items,
        (int)self->chooser.count, NONUMBERS, self->chooser.focused ? A_REVERSE : A_NORMAL, framed,
        FALSE);
}

static void make_buttons(screen_widget_t *self, CDKSCREEN *screen)
{
    rect_t area = self->chooser.area;
    self->buttons = newCDKButtonbox(screen, area.column, area.row, 1, area.width, NULL, 1,
        (int)self->chooser.count, (CDK_CSTRING2)self->chooser.items, (int)self->chooser.count,
        self->chooser.focused ? A_REVERSE : A_NORMAL, FALSE, FALSE);
    /* CDK adds two rows, which would wipe what stands below. */
    if (self->buttons)
        wresize(self->buttons->win, 1, self->buttons->boxWidth);
}

static void make_dialog(screen_widget_t *self, CDKSCREEN *screen)
{
    self->dialog = newCDKDialog(screen, CENTER, CENTER, (CDK_CSTRING2)self->lines, self->line_count,
        (CDK_CSTRING2)self->chooser.items, (int)self->chooser.count, A_REVERSE, TRUE, TRUE, FALSE);
}

screen_widget_t *screen_widget_new(void *cdk_screen, const chooser_t *chooser)
{
    static void (*const MAKE[])(screen_widget_t * self, CDKSCREEN * screen) = {
        [CHOOSER_LIST] = make_list,
        [CHOOSER_BUTTONS] = make_buttons,
        [CHOOSER_DIALOG] = make_dialog};
    screen_widget_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    copy_texts(self, chooser);
    if (chooser->area.height > 0 && chooser->area.width > 0)
        MAKE[chooser->kind](self, cdk_screen);
    if (!self->list && !self->buttons && !self->dialog)
        screen_widget_destroy(&self);
    return self;
}

void screen_widget_destroy(screen_widget_t **self_p)
{
    screen_widget_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    if (self->list)
        destroyCDKScroll(self->list);
    if (self->buttons)
        destroyCDKButtonbox(self->buttons);
    if (self->dialog)
        destroyCDKDialog(self->dialog);
    free(self);
    *self_p = NULL;
}

bool screen_widget_is_of(const screen_widget_t *self, const chooser_t *chooser)
{
    static screen_widget_t other;
    memset(&other, 0, sizeof other);
    copy_texts(&other, chooser);
    return self->chooser.kind == chooser->kind && self->chooser.count == chooser->count &&
           self->chooser.focused == chooser->focused &&
           memcmp(&self->chooser.area, &chooser->area, sizeof chooser->area) == 0 &&
           memcmp(self->title_text, other.title_text, sizeof other.title_text) == 0 &&
           memcmp(self->item_texts, other.item_texts, sizeof other.item_texts) == 0;
}

void screen_widget_draw(screen_widget_t *self, size_t current)
{
    self->chooser.current = current;
    if (self->list) {
        setCDKScrollCurrentItem(self->list, (int)current);
        drawCDKScroll(self->list, ObjOf(self->list)->box);
        correct_list(self);
    } else if (self->buttons) {
        setCDKButtonboxCurrentButton(self->buttons, (int)current);
        drawCDKButtonbox(self->buttons, FALSE);
    } else {
        self->dialog->currentButton = (int)current;
        drawCDKDialog(self->dialog, TRUE);
        correct_dialog(self);
    }
}

/* ---- Keys ----------------------------------------------------------------------------------- */

/* Keys that move through a widget. Others mean something else, or would make CDK wait for input by
   itself. */
static const struct {
    ui_key_t key;
    chtype cdk;
    bool in_list; /* else among buttons */
} KEYS[] = {
    {UI_UP, KEY_UP, true},
    {UI_DOWN, KEY_DOWN, true},
    {UI_PAGE_UP, KEY_PPAGE, true},
    {UI_PAGE_DOWN, KEY_NPAGE, true},
    {UI_HOME, KEY_HOME, true},
    {UI_END, KEY_END, true},
    {UI_LEFT, KEY_LEFT, false},
    {UI_RIGHT, KEY_RIGHT, false},
};

static size_t inject(screen_widget_t *self, chtype key)
{
    if (self->list) {
        injectCDKScroll(self->list, key);
        return (size_t)getCDKScrollCurrentItem(self->list);
    }
    if (self->buttons) {
        injectCDKButtonbox(self->buttons, key);
        return (size_t)getCDKButtonboxCurrentButton(self->buttons);
    }
    injectCDKDialog(self->dialog, key);
    return (size_t)self->dialog->currentButton;
}

bool screen_widget_inject(screen_widget_t *self, ui_key_t key, size_t *item)
{
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        if (KEYS[i].key != key || KEYS[i].in_list != (self->list != NULL))
            continue;
        *item = inject(self, KEYS[i].cdk);
        return true;
    }
    return false;
}

/* ---- The mouse ------------------------------------------------------------------------------ */

/* A list has one item a line. */
static bool list_item_at(const screen_widget_t *self, int row, int column, size_t *item)
{
    WINDOW *window = self->list->listWin;
    if (!wenclose(window, row, column))
        return false;
    *item = (size_t)(self->list->currentTop + row - getbegy(window));
    return *item < self->chooser.count;
}

/* Where CDK puts buttons is its own affair: they are looked for in what it has drawn. */
static bool button_at(
    const screen_widget_t *self, WINDOW *window, int row, int column, size_t *item)
{
    char line[LINE_ROOM];
    if (!wenclose(window, row, column) ||
        mvwinnstr(window, row - getbegy(window), 0, line, (int)sizeof line - 1) == ERR)
        return false;
    for (size_t i = 0; i < self->chooser.count; i++) {
        const char *found = strstr(line, self->items[i]);
        long first = found ? found - line + getbegx(window) : LONG_MAX;
        if (column >= first && column < first + (long)strlen(self->items[i])) {
            *item = i;
            return true;
        }
    }
    return false;
}

bool screen_widget_item_at(const screen_widget_t *self, int row, int column, size_t *item)
{
    if (self->list)
        return list_item_at(self, row, column, item);
    WINDOW *window = self->buttons ? self->buttons->win : self->dialog->win;
    return button_at(self, window, row, column, item);
}

chooser_kind_t screen_widget_kind(const screen_widget_t *self)
{
    return self->chooser.kind;
}

bool screen_widget_has_focus(const screen_widget_t *self)
{
    return self->chooser.focused;
}
