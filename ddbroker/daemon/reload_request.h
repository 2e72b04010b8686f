/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reload_request - a SIGHUP whose sender waits to hear whether the reload worked
 *
 * It comes with a number by which the broker knows that it is to answer, by a signal, too. So it
 * takes nothing but a process's number, and whoever may send the one may be sent the other, if both
 * have the same account.
 */
#ifndef RELOAD_REQUEST_H_INCLUDED
#define RELOAD_REQUEST_H_INCLUDED

#include <stdbool.h>

#include "libdd/include/dd.h"

struct signalfd_siginfo;

/* Has the broker that another process is reload, and waits until it has. An error, with *problem
   filled, if it couldn't, or doesn't answer. */
dd_error_t reload_request_send(int broker, dd_problem_t *problem);

/* Answers the sender of a SIGHUP, if it waits for that. */
void reload_request_answer(const struct signalfd_siginfo *asked, bool done);

#endif
