/*
 * level - how much an event matters
 */
#ifndef LEVEL_H_INCLUDED
#define LEVEL_H_INCLUDED

#include "libdd/base/buffer.h"

typedef enum { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG } log_level_t;

/* "error", "warning", "notice", "info" or "debug"; NULL for a number that is none. */
const char *log_level_name(log_level_t level);

/* False if the name is none of them. */
bool log_level_parse(log_level_t *level, dd_bytes_t name);

#endif
