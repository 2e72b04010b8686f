/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report - REPORT records, which hold JSON
 */
#ifndef REPORT_H_INCLUDED
#define REPORT_H_INCLUDED

#include <json-c/json.h>

#include "core_state.h"

/* To whom a report goes, and as an answer to what. */
typedef struct {
    core_t *core;
    peer_t *asker;
    uint32_t ref;      /* of the question, if the asker is a client or an operator */
    uint64_t number;   /* of the question, if the asker is a link */
    uint16_t links;    /* brokers beyond this one that haven't said their last */
    dd_bytes_t tenant; /* that asks; empty for an operator */
} report_to_t;

/* An object that names this broker. Free with report_send() or json_object_put(). */
json_object *report_new(const core_t *core);

/* Members of an object; texts are copied. Without a text, or where a number isn't known, they are
   null. */
void report_text(json_object *object, const char *name, const char *text);
void report_number(json_object *object, const char *name, uint64_t number);
void report_number_if(json_object *object, const char *name, bool known, uint64_t number);
void report_count(json_object *object, const counts_t *count, uint64_t now_ms);
/* A broker's id in hex, or null for none. */
void report_id(json_object *object, const char *name, const uint8_t *id);

/* Sends the object and frees it. The last report of an answer says that it is. False if the asker
   has no room for it. */
bool report_send(const report_to_t *to, json_object *report, bool last);

/* The whole answer of a broker that the question isn't for. */
void report_nothing(const report_to_t *to);

#endif
