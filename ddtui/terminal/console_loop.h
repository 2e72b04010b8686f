/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_loop - ddtui with its screen: the loop around console, terminal and client library
 *
 * It owns all three, brings events to the session view and keys to the console, asks the questions
 * that are due, and draws.
 */
#ifndef CONSOLE_LOOP_H_INCLUDED
#define CONSOLE_LOOP_H_INCLUDED

#include "ddtui/options.h"
#include "ddtui/script/exit_status.h"

/* Runs the console until the user, or a signal, ends it; the terminal is then as it was. Comes
   before any thread. What can't be is said on standard error. */
exit_status_t console_loop_run(const options_t *options);

#endif
