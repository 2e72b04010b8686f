/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report - REPORT records, which hold JSON
 */
#include "report.h"

#include <sodium.h>

void report_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, text ? json_object_new_string(text) : NULL);
}

void report_number(json_object *object, const char *name, uint64_t number)
{
    json_object_object_add(object, name, json_object_new_uint64(number));
}

void report_number_if(json_object *object, const char *name, bool known, uint64_t number)
{
    json_object_object_add(object, name, known ? json_object_new_uint64(number) : NULL);
}

void report_count(json_object *object, const counts_t *count, uint64_t now_ms)
{
    report_number(object, "in", count->in);
    report_number(object, "out", count->out);
    report_number(object, "in_bytes", count->in_bytes);
    report_number(object, "out_bytes", count->out_bytes);
    report_number(object, "refused", count->refused);
    report_number(object, "dropped", count->dropped);
    report_number_if(object, "drop_since_ms", count->dropped > 0, now_ms - count->dropped_since_ms);
    report_number_if(object, "drop_age_ms", count->dropped > 0, now_ms - count->dropped_ms);
}

void report_id(json_object *object, const char *name, const uint8_t *id)
{
    char hex[DD_BROKER_ID_SIZE * 2 + 1];
    report_text(object, name, id ? sodium_bin2hex(hex, sizeof hex, id, DD_BROKER_ID_SIZE) : NULL);
}

json_object *report_new(const core_t *core)
{
    json_object *report = json_object_new_object();
    report_text(report, "broker", core->name);
    report_text(report, "scope", core->scope.text);
    return report;
}

static bool send_text(const report_to_t *to, dd_bytes_t text, bool last)
{
    dd_record_t record = {.type = DD_REPORT,
        .flags = last ? DD_FLAG_LAST : 0,
        .links = last ? to->links : 0,
        .ref = to->ref,
        .number = to->number,
        .id = dd_bytes(to->core->id, sizeof to->core->id),
        .tenant = to->tenant,
        .payload = text};
    /* An asker that doesn't read misses answers, and sees that it does. */
    return core_send(to->core, to->asker, &record) == DD_OK;
}

bool report_send(const report_to_t *to, json_object *report, bool last)
{
    size_t size;
    const char *text = json_object_to_json_string_length(report, JSON_C_TO_STRING_PLAIN, &size);
    bool sent = send_text(to, dd_bytes(text, size), last);
    json_object_put(report);
    return sent;
}

void report_nothing(const report_to_t *to)
{
    send_text(to, dd_bytes(NULL, 0), true);
}
