/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signals - what a program inherits from who started it
 */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

bool signals_ignored(int number)
{
    struct sigaction found;
    return sigaction(number, NULL, &found) == 0 && found.sa_handler == SIG_IGN;
}
