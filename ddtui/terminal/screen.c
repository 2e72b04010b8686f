/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen - the terminal: shows canvases and CDK's widgets, reads keys and the mouse
 */
#include "screen.h"

#include <cdk/cdk.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "libdd/base/clock.h"
#include "libdd/base/problem.h"
#include "paste.h"
#include "screen_charset.h"
#include "screen_crash.h"
#include "screen_terminal.h"
#include "screen_widget.h"
#include "sgr_mouse.h"

#define WIDGETS_MAX 2
/* What the mouse did that curses keeps. */
#define MOUSE_MAX 8
/* ms to wait after an Esc for the rest of a key's sequence. */
#define ESCAPE_WAIT 25

/* Keys that curses gets to know: before and after what is pasted, and before what the mouse did. */
enum { KEY_PASTE_BEGIN = KEY_MAX + 1, KEY_PASTE_END, KEY_SGR_MOUSE };

struct screen {
    SCREEN *terminal;
    CDKSCREEN *cdk;
    paste_t paste;
    sgr_mouse_t sgr_mouse;
    bool mouse_freed;        /* it is the terminal's */
    MEVENT mouse[MOUSE_MAX]; /* what it did and isn't told yet, the next one last */
    size_t mouse_count;
    int rows; /* that curses knows of */
    int columns;
    screen_widget_t *widgets[WIDGETS_MAX];
    bool is_coloured;
    attr_t attributes[STYLES];
    short pairs[STYLES];
};

/* ---- Styles --------------------------------------------------------------------------------- */

static attr_t attribute_of(const look_t *look)
{
    return (look->attributes & LOOK_BOLD ? A_BOLD : A_NORMAL) |
           (look->attributes & LOOK_DIM ? A_DIM : A_NORMAL) |
           (look->attributes & LOOK_UNDERLINE ? A_UNDERLINE : A_NORMAL) |
           (look->attributes & LOOK_REVERSE ? A_REVERSE : A_NORMAL);
}

/* The nearest that the terminal has: of the bright ones the plain. */
static short colour_of(const look_t *look)
{
    if (look->colour < COLORS)
        return look->colour;
    return look->colour < 16 && look->colour - 8 < COLORS ? (short)(look->colour - 8) : LOOK_OWN;
}

void screen_set_theme(screen_t *self, const theme_t *theme)
{
    for (short style = 0; style < STYLES; style++) {
        const look_t *look = &theme->looks[style];
        self->attributes[style] = attribute_of(look);
        self->pairs[style] = 0;
        if (self->is_coloured && colour_of(look) >= 0) {
            self->pairs[style] = (short)(style + 1);
            init_pair(self->pairs[style], colour_of(look), -1);
        }
    }
}

static void begin_colours(screen_t *self, bool wanted)
{
    self->is_coloured = wanted && has_colors();
    if (!self->is_coloured)
        return;
    start_color();
    use_default_colors();
}

static void style_of(const screen_t *self, unsigned style, attr_t *attribute, short *pair)
{
    unsigned base = style & STYLE_MASK;
    *attribute = self->attributes[base];
    *pair = self->pairs[base];
    if (style & STYLE_SELECTED)
        *attribute ^= A_REVERSE;
    if (style & STYLE_FOUND)
        *attribute |= A_BOLD | A_UNDERLINE;
}

/* ---- Taking and giving back the terminal ---------------------------------------------------- */

static void take_mouse(const screen_t *self)
{
    mousemask(self->mouse_freed ? 0 : BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
    putp(screen_terminal_extension(self->mouse_freed ? EXTENSION_MOUSE_OFF : EXTENSION_MOUSE_ON));
    fflush(stdout);
}

static void define(extension_t extension, int key)
{
    const char *text = screen_terminal_extension(extension);
    if (text[0] != '\0')
        define_key(text, key);
}

/* What curses doesn't do by itself: a mouse, and telling what is pasted from what is typed. */
static void take_input(const screen_t *self)
{
    raw();
    noecho();
    nonl();
    keypad(stdscr, TRUE);
    nodelay(stdscr, TRUE);
    set_escdelay(ESCAPE_WAIT);
    typeahead(-1);
    take_mouse(self);
    mouseinterval(0);
    putp(screen_terminal_extension(EXTENSION_PASTE_ON));
    define(EXTENSION_PASTE_BEGIN, KEY_PASTE_BEGIN);
    define(EXTENSION_PASTE_END, KEY_PASTE_END);
    define(EXTENSION_MOUSE_BEGIN, KEY_SGR_MOUSE);
    fflush(stdout);
}

static void give_input_back(void)
{
    putp(screen_terminal_extension(EXTENSION_PASTE_OFF));
    putp(screen_terminal_extension(EXTENSION_MOUSE_OFF));
    fflush(stdout);
}

screen_t *screen_new(bool with_colour, const theme_t *theme, dd_problem_t *problem)
{
    if (!screen_terminal_check(problem))
        return NULL;
    screen_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    screen_crash_prepare();
    screen_terminal_forget();
    screen_charset_begin();
    self->terminal = newterm(NULL, stdout, stdin);
    if (self->terminal) {
        /* Of a terminal that was never given back, ncurses 6.3 and later thinks that it isn't used
           for screens, and write out each movement of the cursor by itself. */
        endwin();
        self->cdk = initCDKScreen(stdscr);
    }
    screen_charset_begin(); /* CDK has set what the environment says */
    if (!self->cdk) {
        dd_problem(problem, DD_E_FILE, "curses can't use this terminal, TERM=%s", getenv("TERM"));
        screen_destroy(&self);
        return NULL;
    }
    begin_colours(self, with_colour);
    screen_set_theme(self, theme);
    take_input(self);
    screen_size(self, &self->rows, &self->columns);
    return self;
}

void screen_destroy(screen_t **self_p)
{
    screen_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    for (size_t i = 0; i < WIDGETS_MAX; i++)
        screen_widget_destroy(&self->widgets[i]);
    if (self->cdk) {
        free(self->cdk->object); /* which CDK forgets */
        destroyCDKScreen(self->cdk);
    }
    if (self->terminal) {
        give_input_back();
        endwin();
        delscreen(self->terminal);
    }
    screen_crash_forget();
    free(self);
    *self_p = NULL;
}

void screen_free_mouse(screen_t *self, bool freed)
{
    self->mouse_freed = freed;
    take_mouse(self);
}

void screen_suspend(screen_t *self)
{
    give_input_back();
    endwin();
    raise(SIGSTOP);
    take_input(self);
    clearok(curscr, TRUE);
}

void screen_size(const screen_t *self, int *rows, int *columns)
{
    struct winsize size;
    *rows = self->rows ? self->rows : LINES;
    *columns = self->columns ? self->columns : COLS;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0) {
        *rows = size.ws_row;
        *columns = size.ws_col;
    }
}

/* ---- Input ---------------------------------------------------------------------------------- */

static const struct {
    wint_t curses;
    ui_key_t key;
} KEYS[] = {
    {KEY_ENTER, UI_ENTER},
    {KEY_BACKSPACE, UI_BACKSPACE},
    {KEY_BTAB, UI_BACK_TAB},
    {KEY_DC, UI_DELETE},
    {KEY_UP, UI_UP},
    {KEY_DOWN, UI_DOWN},
    {KEY_LEFT, UI_LEFT},
    {KEY_RIGHT, UI_RIGHT},
    {KEY_PPAGE, UI_PAGE_UP},
    {KEY_NPAGE, UI_PAGE_DOWN},
    {KEY_HOME, UI_HOME},
    {KEY_END, UI_END},
};

static ui_key_t function_key(wint_t code)
{
    if (code >= KEY_F(1) && code <= KEY_F(12))
        return UI_F(code - KEY_F(0));
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (KEYS[i].curses == code)
            return KEYS[i].key;
    return UI_NONE;
}

/* All that the mouse did: curses reads on as long as there is more, and tells of it once. The
   newest comes first. */
static void collect_mouse(screen_t *self)
{
    MEVENT event;
    while (self->mouse_count < MOUSE_MAX && getmouse(&event) == OK)
        self->mouse[self->mouse_count++] = event;
}

/* Keys without a meaning, if there is nothing. */
static screen_input_t next_mouse(screen_t *self)
{
    if (self->mouse_count == 0)
        return (screen_input_t){.kind = INPUT_KEY};
    const MEVENT *event = &self->mouse[--self->mouse_count];
    screen_input_t input = {.kind = INPUT_MOUSE, .row = event->y, .column = event->x};
    input.mouse = event->bstate & BUTTON4_PRESSED   ? MOUSE_WHEEL_UP
                  : event->bstate & BUTTON5_PRESSED ? MOUSE_WHEEL_DOWN
                                                    : MOUSE_CLICK;
    return input;
}

static screen_input_t sgr_mouse(screen_t *self, wint_t character)
{
    const sgr_mouse_t *mouse = &self->sgr_mouse;
    if (sgr_mouse_take(&self->sgr_mouse, character) != SGR_MOUSE_DONE)
        return (screen_input_t){.kind = INPUT_KEY};
    return (screen_input_t){
        .kind = INPUT_MOUSE, .mouse = mouse->mouse, .row = mouse->row, .column = mouse->column};
}

static screen_input_t typed(wint_t character)
{
    /* Backspace is one or the other; and what doesn't come from a keyboard may end lines so. */
    if (character == 0x7f)
        character = UI_BACKSPACE;
    else if (character == '\n')
        character = UI_ENTER;
    return (screen_input_t){.kind = INPUT_KEY, .key = character};
}

/* Of what is pasted only characters are taken: a key in it, or the mouse, does nothing. */
static screen_input_t pasted(screen_t *self, bool is_key, wint_t code)
{
    MEVENT event;
    if (is_key && code == KEY_PASTE_END)
        paste_end(&self->paste);
    else
        paste_take(&self->paste, is_key ? UI_NONE : code, dd_clock_us());
    while (is_key && code == KEY_MOUSE && getmouse(&event) == OK)
        ;
    return (screen_input_t){
        .kind = is_key ? INPUT_KEY : INPUT_PASTED, .key = is_key ? UI_NONE : code};
}

static screen_input_t pressed(screen_t *self, wint_t code)
{
    if (code == KEY_PASTE_BEGIN)
        paste_begin(&self->paste, dd_clock_us());
    if (code == KEY_SGR_MOUSE)
        sgr_mouse_begin(&self->sgr_mouse);
    if (code != KEY_MOUSE)
        return (screen_input_t){.kind = INPUT_KEY, .key = function_key(code)};
    collect_mouse(self);
    return next_mouse(self);
}

screen_input_t screen_read(screen_t *self)
{
    wint_t code;
    if (self->mouse_count > 0)
        return next_mouse(self);
    int kind = wget_wch(stdscr, &code);
    if (kind == ERR) {
        paste_wait(&self->paste, dd_clock_us());
        return (screen_input_t){.kind = INPUT_NONE};
    }
    if (self->paste.runs)
        return pasted(self, kind == KEY_CODE_YES, code);
    if (kind == OK && self->sgr_mouse.state == SGR_MOUSE_MORE)
        return sgr_mouse(self, code);
    return kind == OK ? typed(code) : pressed(self, code);
}

int screen_pause_ms(const screen_t *self)
{
    return paste_pause_ms(&self->paste, dd_clock_us());
}

bool screen_inject(screen_t *self, ui_key_t key, chooser_kind_t *kind, size_t *item)
{
    for (size_t i = 0; i < WIDGETS_MAX; i++) {
        screen_widget_t *widget = self->widgets[i];
        if (!widget || !screen_widget_has_focus(widget) || !screen_widget_inject(widget, key, item))
            continue;
        *kind = screen_widget_kind(widget);
        return true;
    }
    return false;
}

bool screen_item_at(const screen_t *self, int row, int column, chooser_kind_t *kind, size_t *item)
{
    for (size_t i = 0; i < WIDGETS_MAX; i++) {
        const screen_widget_t *widget = self->widgets[i];
        if (!widget || !screen_widget_item_at(widget, row, column, item))
            continue;
        *kind = screen_widget_kind(widget);
        return true;
    }
    return false;
}

/* ---- Output --------------------------------------------------------------------------------- */

/* The characters of a cell as the terminal has them; *frame: they name a part of a frame. True if
   the first is itself. */
static bool fit_cell(const cell_t *cell, wchar_t out[CANVAS_MARKS + 1], bool *frame)
{
    bool ignored;
    size_t count = 1;
    out[0] = screen_charset_fit(cell->text[0], frame);
    for (const wchar_t *mark = cell->text + 1; cell->text[0] != L'\0' && *mark != L'\0'; mark++)
        if (screen_charset_fit(*mark, &ignored) == *mark)
            out[count++] = *mark;
    out[count] = L'\0';
    return out[0] == cell->text[0];
}

/* In both of its halves, if what it shows instead takes but one. */
static void show_cell(const screen_t *self, const cell_t *cell, int row, int column)
{
    attr_t attribute;
    short pair;
    bool frame;
    cchar_t character;
    wchar_t text[CANVAS_MARKS + 1];
    bool itself = fit_cell(cell, text, &frame);
    style_of(self, cell->style, &attribute, &pair);
    if (frame)
        attribute |= A_ALTCHARSET;
    setcchar(&character, text, attribute, pair, NULL);
    mvadd_wch(row, column, &character);
    if (!itself && cell->width == 2)
        mvadd_wch(row, column + 1, &character);
}

static void show_cells(const screen_t *self, const canvas_t *canvas)
{
    rect_t all = canvas_all(canvas);
    for (int row = 0; row < all.height && row < LINES; row++) {
        for (int column = 0; column < all.width && column < COLS; column++) {
            const cell_t *cell = canvas_cell(canvas, row, column);
            if (cell->width > 0)
                show_cell(self, cell, row, column);
        }
    }
}

static void show_widgets(screen_t *self, const chooser_t choosers[], size_t count)
{
    for (size_t i = 0; i < WIDGETS_MAX; i++) {
        screen_widget_t **widget = &self->widgets[i];
        if (*widget && (i >= count || !screen_widget_is_of(*widget, &choosers[i])))
            screen_widget_destroy(widget);
    }
    /* The cells, which a widget that is gone has wiped, and over them what is there now. */
    touchwin(stdscr);
    wnoutrefresh(stdscr);
    for (size_t i = 0; i < WIDGETS_MAX && i < count; i++) {
        if (!self->widgets[i])
            self->widgets[i] = screen_widget_new(self->cdk, &choosers[i]);
        if (self->widgets[i])
            screen_widget_draw(self->widgets[i], choosers[i].current);
    }
}

/* CDK knows nothing of sizes that change, so its widgets are made anew. */
static void follow_size(screen_t *self)
{
    int rows, columns;
    screen_size(self, &rows, &columns);
    if (rows == self->rows && columns == self->columns)
        return;
    for (size_t i = 0; i < WIDGETS_MAX; i++)
        screen_widget_destroy(&self->widgets[i]);
    self->rows = rows;
    self->columns = columns;
    resizeterm(rows, columns);
}

void screen_show(screen_t *self, const canvas_t *canvas, const cursor_t *cursor,
    const chooser_t choosers[], size_t count, bool whole)
{
    follow_size(self);
    if (whole)
        clearok(curscr, TRUE);
    show_cells(self, canvas);
    curs_set(cursor->visible ? 1 : 0);
    show_widgets(self, choosers, count);
    if (cursor->visible)
        wmove(stdscr, cursor->row, cursor->column);
    wnoutrefresh(stdscr);
    doupdate();
}
