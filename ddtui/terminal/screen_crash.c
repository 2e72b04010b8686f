/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_crash - gives the terminal back when the program ends through a fault
 */
#include "screen_crash.h"

#include <curses.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "screen_terminal.h"

#define RESTORE_ROOM 512

static const int FAULTS[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP};
#define FAULT_COUNT (sizeof FAULTS / sizeof FAULTS[0])

/* A handler of signals sees nothing but these. */
static struct {
    volatile sig_atomic_t taken; /* the terminal is not as it was */
    struct termios modes;
    char restore[RESTORE_ROOM]; /* what to write to it */
    size_t size;
    struct sigaction before[FAULT_COUNT];
} state;

/* Uses nothing that a handler of signals may not use. */
static void on_fault(int signal_number)
{
    if (state.taken) {
        state.taken = 0;
        ssize_t written = write(STDOUT_FILENO, state.restore, state.size);
        (void)written;
        tcsetattr(STDOUT_FILENO, TCSANOW, &state.modes);
    }
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sigaction(FAULTS[i], &state.before[i], NULL);
    /* Comes when this handler returns, to whoever had the signal before. */
    raise(signal_number);
}

static int append(int character)
{
    if (state.size < RESTORE_ROOM)
        state.restore[state.size++] = (char)character;
    return character;
}

static void append_capability(const char *name)
{
    tputs(screen_terminal_capability(name), 1, append);
}

/* The reverse of what curses and screen.c write to take the terminal: keypad, pasting, mouse,
   attributes, cursor, and last the screen that was there before. */
static void note_restore(void)
{
    static const char *const CAPABILITIES[] = {"rmkx", "sgr0", "cnorm", "rmcup"};
    static const char MOUSE_OFF[] = "\033[?1000l\033[?1006l";
    state.size = 0;
    if (screen_terminal_capability("kmous")[0] != '\0')
        for (const char *at = MOUSE_OFF; *at != '\0'; at++)
            append(*at);
    tputs(screen_terminal_extension(EXTENSION_PASTE_OFF), 1, append);
    for (size_t i = 0; i < sizeof CAPABILITIES / sizeof CAPABILITIES[0]; i++)
        append_capability(CAPABILITIES[i]);
}

void screen_crash_prepare(void)
{
    struct sigaction action = {.sa_handler = on_fault};
    note_restore();
    state.taken = tcgetattr(STDOUT_FILENO, &state.modes) == 0;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sigaction(FAULTS[i], &action, &state.before[i]);
}

void screen_crash_forget(void)
{
    state.taken = 0;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sigaction(FAULTS[i], &state.before[i], NULL);
}
