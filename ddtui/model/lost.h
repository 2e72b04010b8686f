/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lost - the brokers that a broker misses beneath it, as it reports them
 */
#ifndef LOST_H_INCLUDED
#define LOST_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

#include <json-c/json.h>

#include "model.h"

/* Reads a report's list; of more than MODEL_LOST_MAX, the first. False if it can't be one. */
bool lost_read(lost_t lost[MODEL_LOST_MAX + 1], struct json_object *list);

/* The same list again. */
struct json_object *lost_json(const lost_t *lost);

#endif
