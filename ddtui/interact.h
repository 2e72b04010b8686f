/*
 * interact - ddtui with its screen: the loop around console, terminal and client library
 */
#ifndef INTERACT_H_INCLUDED
#define INTERACT_H_INCLUDED

#include "script.h"

/* Runs the console until the user, or a signal, ends it; the terminal is then as it was. Comes
   before any thread. What can't be is said on standard error. */
status_t interact_run(const options_t *options);

#endif
