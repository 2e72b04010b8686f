/*
 * level - how much an event matters
 */
#include "level.h"

static const char *const NAMES[] = {
    [LOG_ERROR] = "error",
    [LOG_WARNING] = "warning",
    [LOG_NOTICE] = "notice",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

const char *log_level_name(log_level_t level)
{
    return (size_t)level < sizeof NAMES / sizeof NAMES[0] ? NAMES[level] : NULL;
}

bool log_level_parse(log_level_t *level, dd_bytes_t name)
{
    for (*level = LOG_ERROR; *level <= LOG_DEBUG; (*level)++)
        if (dd_bytes_equal(name, dd_bytes_of(NAMES[*level])))
            return true;
    return false;
}
