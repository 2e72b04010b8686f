/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * terminal - the console in a real terminal: a tmux server of the test's own
 *
 * What is typed goes through tmux to the console; what the console draws is read from tmux's
 * screen, and waited for with the harness's deadline. The server is a program of the harness and
 * ends with it.
 */
#ifndef TERMINAL_H_INCLUDED
#define TERMINAL_H_INCLUDED

#include "harness.h"

typedef struct terminal terminal_t;

/* Opens a terminal with a shell in it that runs a command, and then waits for ever. What the
   command is, and all that follows it, is the shell's to read. */
terminal_t *terminal_open(harness_t *harness, int rows, int columns, const char *command);

/* Opens one with ddtui at a broker, with further options ("" for none). When it has ended, the
   screen says "ended with" and its status, and "terminal restored" if the terminal is as before.
   variables is a list for the environment, as "A=1 B=2", or "". */
terminal_t *terminal_console(harness_t *harness, int rows, int columns, const char *endpoint,
    const char *owner, const char *name, const char *options, const char *variables);

/* The same for "con" at a broker of that name, without options, and waits until it is registered.
 */
terminal_t *terminal_console_at(
    harness_t *harness, int rows, int columns, const char *broker, const char *owner);

/* NULL and *self_p == NULL are fine. */
void terminal_close(terminal_t **self_p);

/* Presses keys by their names in tmux ("Enter", "C-c", "n"), separated by blanks. */
void terminal_press(terminal_t *self, const char *keys);
/* Types a text as it is. */
void terminal_type(terminal_t *self, const char *text);
void terminal_resize(terminal_t *self, int rows, int columns);

/* The screen's text at this moment, one line a row. The text is the terminal's, until the next
   call. */
const char *terminal_screen(terminal_t *self);
/* The same with the escape sequences of its colours. */
const char *terminal_colours(terminal_t *self);
/* Waits until the screen shows a text, or doesn't; fails the test at the deadline. */
void terminal_expect(terminal_t *self, const char *text);
void terminal_expect_gone(terminal_t *self, const char *text);
/* At this moment it doesn't show that. */
void terminal_expect_not(terminal_t *self, const char *text);

/* Has the terminal take what is sent to its clipboard, and waits until that holds a text. */
void terminal_allow_clipboard(terminal_t *self);
void terminal_expect_clipboard(terminal_t *self, const char *text);
/* Waits until the console has the mouse, or hasn't. */
void terminal_expect_mouse(terminal_t *self, bool taken);

/* The process id of what terminal_console() runs. */
int terminal_pid(terminal_t *self);

#endif
