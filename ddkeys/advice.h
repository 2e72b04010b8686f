/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * advice - what is to be done after keys were changed
 */
#ifndef ADVICE_H_INCLUDED
#define ADVICE_H_INCLUDED

#include <stdio.h>

#include "options.h"

/* Says who is to get which file, and to read it, in which order. Nothing after a command that
   changes nothing. */
void advice_print(const options_t *options, FILE *stream);

#endif
