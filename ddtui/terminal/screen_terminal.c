/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_terminal - what is known of the terminal before it is taken over
 */
#include "screen_terminal.h"

#include <curses.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "libdd/base/problem.h"

bool screen_terminal_check(dd_problem_t *problem)
{
    int status;
    const char *name = getenv("TERM");
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        dd_problem(problem, DD_E_FILE,
            "the console needs a terminal as its input and output; "
            "the flags of 'ddtui --help' need none");
        return false;
    }
    if (!name || setupterm(name, STDOUT_FILENO, &status) != OK) {
        dd_problem(problem, DD_E_FILE,
            "TERM=%s is no terminal known here; set TERM to what yours is, as xterm-256color",
            name ? name : "");
        return false;
    }
    if (!tigetstr("cup") || !tigetstr("clear")) {
        dd_problem(problem, DD_E_FILE,
            "TERM=%s can't place its cursor, so there is no console on it; set TERM to what your "
            "terminal is, or use the flags of 'ddtui --help'",
            name);
        screen_terminal_forget();
        return false;
    }
    return true;
}

void screen_terminal_forget(void)
{
    del_curterm(cur_term);
}

const char *screen_terminal_capability(const char *name)
{
    const char *text = tigetstr(name);
    return text && text != (char *)-1 ? text : "";
}

static const struct {
    const char *capability; /* NULL: there is none */
    const char *xterm;
} EXTENSIONS[] = {
    [EXTENSION_PASTE_ON] = {"BE", "\033[?2004h"},
    [EXTENSION_PASTE_OFF] = {"BD", "\033[?2004l"},
    [EXTENSION_PASTE_BEGIN] = {"PS", "\033[200~"},
    [EXTENSION_PASTE_END] = {"PE", "\033[201~"},
    [EXTENSION_MOUSE_ON] = {NULL, "\033[?1006h"},
    [EXTENSION_MOUSE_OFF] = {NULL, "\033[?1006l"},
    [EXTENSION_MOUSE_BEGIN] = {NULL, "\033[<"},
};

/* A terminal with xterm's mouse, in the older form. */
static bool is_like_xterm(void)
{
    return strcmp(screen_terminal_capability("kmous"), "\033[M") == 0;
}

const char *screen_terminal_extension(extension_t extension)
{
    const char *name = EXTENSIONS[extension].capability;
    const char *own = name ? screen_terminal_capability(name) : "";
    if (own[0] != '\0')
        return own;
    return is_like_xterm() ? EXTENSIONS[extension].xterm : "";
}
