/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_fixture - a whole console over a scripted tree: keys go in, its canvas is looked at
 */
#ifndef CONSOLE_FIXTURE_H_INCLUDED
#define CONSOLE_FIXTURE_H_INCLUDED

#include "tests/unit/ddtui/scripted.h"

typedef struct {
    session_view_t *session;
    history_t *history;
    console_t *console;
    canvas_t *canvas;
    cursor_t cursor;
    chooser_t choosers[2];
    size_t chooser_count;
} console_fixture_t;

static inline console_fixture_t start(unsigned rights, int rows, int columns)
{
    console_fixture_t self = {.session = scripted_session(), .history = history_new(NULL)};
    scripted_everything(self.session);
    self.console = console_new(self.session, self.history, "ipc:///run/dd", rights);
    self.canvas = canvas_new(rows, columns);
    assert_non_null(self.console);
    assert_non_null(self.canvas);
    return self;
}

/* An operator's console that has begun, is not registered, and knows nothing yet. */
static inline console_fixture_t start_operators(void)
{
    console_fixture_t self = {.session = session_view_new(true), .history = history_new(NULL)};
    self.console = console_new(self.session, self.history, "ipc:///run/dd", RIGHT_OPERATE);
    self.canvas = canvas_new(24, 80);
    assert_non_null(self.console);
    assert_non_null(self.canvas);
    scripted_pass(self.session, 0);
    return self;
}

static inline void stop(console_fixture_t *self)
{
    console_destroy(&self->console);
    history_destroy(&self->history);
    session_view_destroy(&self->session);
    canvas_destroy(&self->canvas);
}

static inline void draw(console_fixture_t *self)
{
    console_update(self->console);
    self->chooser_count = console_draw(self->console, self->canvas, &self->cursor, self->choosers);
}

/* Types a text, '\n' being Enter, and draws. */
static inline unsigned type(console_fixture_t *self, const char *keys)
{
    unsigned flags = 0;
    for (; *keys != '\0'; keys++)
        flags = console_key(self->console, *keys == '\n'     ? UI_ENTER
                                           : *keys == '\x1b' ? UI_ESCAPE
                                                             : (ui_key_t)*keys);
    draw(self);
    return flags;
}

static inline unsigned press(console_fixture_t *self, ui_key_t key)
{
    unsigned flags = console_key(self->console, key);
    draw(self);
    return flags;
}

#endif
