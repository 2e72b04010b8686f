/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * survey - what all brokers of the tree report of themselves, asked for by this one
 */
#include "survey.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "libdd/base/escape.h"

/* ms that brokers may take to answer. */
#define PATIENCE 5000
/* Bytes of all reports: of some thousand brokers. */
#define TEXT_MAX (8u << 20)

bool survey_begin(survey_t *self, core_t *core, void *route, uint64_t now_ms)
{
    peer_t *peer = self->peer ? self->peer : core_connect_self(core, route, now_ms);
    free(self->text);
    *self = (survey_t){.core = core, .peer = peer, .ref = self->ref + 1};
    if (!peer)
        return false;
    self->ref = self->ref > 0 ? self->ref : 1;
    self->goes_on = true;
    self->outstanding = 1;
    self->deadline_ms = now_ms + PATIENCE;
    core_ask(core, peer, "tree", self->ref, now_ms);
    return true;
}

/* Room for so many more bytes. */
static bool make_room(survey_t *self, size_t more)
{
    if (self->room - self->size >= more)
        return true;
    size_t room = 2 * self->room + more < TEXT_MAX ? 2 * self->room + more : TEXT_MAX;
    char *text = room - self->size >= more ? realloc(self->text, room) : NULL;
    if (!text)
        return false;
    self->text = text;
    self->room = room;
    return true;
}

static void add_line(survey_t *self, json_object *report)
{
    const char *json = json_object_to_json_string_ext(
        report, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);
    size_t room = json ? DD_ESCAPE_JSON_MAX * strlen(json) + 2 : 0;
    if (!json || !make_room(self, room)) {
        self->cut = true;
        return;
    }
    self->size += dd_escape_json(json, self->text + self->size, room);
    self->text[self->size++] = '\n';
}

/* What other brokers send is read, so that each line is an object whatever they send. */
static void add_report(survey_t *self, dd_bytes_t payload)
{
    struct json_tokener *tokener = json_tokener_new();
    if (!tokener) {
        self->cut = true;
        return;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    json_object *report =
        json_tokener_parse_ex(tokener, (const char *)payload.data, (int)payload.size);
    if (json_object_is_type(report, json_type_object) &&
        json_tokener_get_parse_end(tokener) == payload.size)
        add_line(self, report);
    else
        self->cut = true;
    json_object_put(report);
    json_tokener_free(tokener);
}

static void take_record(survey_t *self, const dd_record_t *record)
{
    if (!self->goes_on || record->ref != self->ref)
        return; /* its time is over */
    if (record->type == DD_ERROR) {
        self->refused = true;
        self->goes_on = false;
    } else if (record->type == DD_REPORT) {
        if (record->payload.size > 0)
            add_report(self, record->payload);
        if (record->flags & DD_FLAG_LAST)
            self->outstanding += record->links - 1u;
        self->goes_on = self->outstanding > 0;
    }
}

bool survey_take(survey_t *self)
{
    dd_reader_t reader;
    dd_record_t record;
    dd_frame_t *frame = dd_outbox_take(&self->peer->outbox);
    bool valid = frame && dd_frame_open(&reader, frame->data, frame->size);
    while (valid && dd_frame_more(&reader) && dd_frame_next(&reader, &record) == DD_OK)
        take_record(self, &record);
    if (frame)
        dd_frame_free(frame);
    return !dd_outbox_empty(&self->peer->outbox);
}

void survey_tick(survey_t *self, uint64_t now_ms)
{
    if (self->goes_on && now_ms >= self->deadline_ms)
        self->goes_on = false;
}

void survey_end(survey_t *self, uint64_t now_ms)
{
    if (self->peer)
        core_disconnect(self->core, self->peer, now_ms);
    free(self->text);
    *self = (survey_t){.ref = 0};
}
