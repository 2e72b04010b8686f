/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_crash - gives the terminal back when the program ends through a fault
 *
 * The handlers use only what a handler of signals may: what they write is made before.
 */
#ifndef SCREEN_CRASH_H_INCLUDED
#define SCREEN_CRASH_H_INCLUDED

/* Notes how the terminal is now, and what makes it usable again; catches the signals of faults.
   The terminal's description must be known to curses. */
void screen_crash_prepare(void);
/* The terminal has been given back. */
void screen_crash_forget(void);

#endif
