/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lost - the brokers that a broker misses beneath it, as it reports them
 */
#include "lost.h"

#include <string.h>

static bool read_text(struct json_object *row, const char *field, char *out, size_t room)
{
    struct json_object *value;
    if (!json_object_object_get_ex(row, field, &value) ||
        !json_object_is_type(value, json_type_string))
        return false;
    const char *text = json_object_get_string(value);
    size_t size = (size_t)json_object_get_string_len(value);
    if (size == 0 || size >= room || strlen(text) != size)
        return false;
    memcpy(out, text, size + 1);
    return true;
}

static bool read_row(lost_t *self, struct json_object *row)
{
    struct json_object *age;
    if (!json_object_object_get_ex(row, "age_ms", &age) ||
        !json_object_is_type(age, json_type_int) || json_object_get_int64(age) < 0)
        return false;
    self->age_ms = json_object_get_uint64(age);
    return read_text(row, "name", self->name, sizeof self->name) &&
           read_text(row, "id", self->id, sizeof self->id);
}

bool lost_read(lost_t lost[MODEL_LOST_MAX + 1], struct json_object *list)
{
    if (!json_object_is_type(list, json_type_array))
        return false;
    size_t count = json_object_array_length(list);
    if (count > MODEL_LOST_MAX)
        count = MODEL_LOST_MAX;
    for (size_t i = 0; i < count; i++)
        if (!read_row(&lost[i], json_object_array_get_idx(list, i)))
            return false;
    lost[count].name[0] = '\0';
    return true;
}

struct json_object *lost_json(const lost_t *lost)
{
    struct json_object *list = json_object_new_array();
    for (; list && lost->name[0] != '\0'; lost++) {
        struct json_object *row = json_object_new_object();
        json_object_object_add(row, "name", json_object_new_string(lost->name));
        json_object_object_add(row, "id", json_object_new_string(lost->id));
        json_object_object_add(row, "age_ms", json_object_new_uint64(lost->age_ms));
        json_object_array_add(list, row);
    }
    return list;
}
