/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log_level - how much an event matters
 */
#ifndef DD_LOG_LEVEL_H_INCLUDED
#define DD_LOG_LEVEL_H_INCLUDED

#include "buffer.h"
#include "libdd/include/dd.h"

/* Where the least important level to be shown is told: nothing at all. No event has it. */
#define DD_LOG_QUIET ((dd_log_level_t)(DD_LOG_DEBUG + 1))

/* The levels as a sentence lists them. */
#define DD_LOG_LEVELS "error, warning, notice, info or debug"

/* The names in the levels' order; NULL ends them. */
extern const char *const DD_LOG_LEVEL_NAMES[];

/* "error", "warning", "notice", "info" or "debug"; NULL for a number that is none. */
const char *dd_log_level_name(dd_log_level_t level);

/* False if the name is none of them. */
bool dd_log_level_parse(dd_log_level_t *level, dd_bytes_t name);

#endif
