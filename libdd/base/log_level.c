/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log_level - how much an event matters
 */
#include "log_level.h"

const char *const DD_LOG_LEVEL_NAMES[] = {
    [DD_LOG_ERROR] = "error",
    [DD_LOG_WARNING] = "warning",
    [DD_LOG_NOTICE] = "notice",
    [DD_LOG_INFO] = "info",
    [DD_LOG_DEBUG] = "debug",
    NULL,
};

const char *dd_log_level_name(dd_log_level_t level)
{
    return (size_t)level <= DD_LOG_DEBUG ? DD_LOG_LEVEL_NAMES[level] : NULL;
}

bool dd_log_level_parse(dd_log_level_t *level, dd_bytes_t name)
{
    for (*level = DD_LOG_ERROR; *level <= DD_LOG_DEBUG; (*level)++)
        if (dd_bytes_equal(name, dd_bytes_of(DD_LOG_LEVEL_NAMES[*level])))
            return true;
    return false;
}
