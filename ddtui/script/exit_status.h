/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exit_status - what ddtui's exit status says
 *
 * The console and the scripts end with the same ones.
 */
#ifndef EXIT_STATUS_H_INCLUDED
#define EXIT_STATUS_H_INCLUDED

#include "libdd/include/dd.h"

/* Exit statuses, but for --check, which has its own; ddtui(1) promises them. */
typedef enum {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_NO_DESTINATION = 3,
    STATUS_REFUSED = 4,
    STATUS_TIMEOUT = 5,
    STATUS_OVERLOADED = 6,
    STATUS_UNKNOWN = 7
} exit_status_t;

/* The status that says why something failed. */
exit_status_t exit_status_of(dd_error_t error);

#endif
