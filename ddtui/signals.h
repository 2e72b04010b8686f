/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signals - what a program inherits from who started it
 */
#ifndef SIGNALS_H_INCLUDED
#define SIGNALS_H_INCLUDED

#include <stdbool.h>

/* Whether the signal is ignored, as nohup(1) and a shell's background jobs want it. Such a one
   isn't to be handled. */
bool signals_ignored(int number);

#endif
