/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_messages - notifications and publications as they arrive, and one of them whole
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ddtui/model/json_line.h"
#include "libdd/base/escape.h"
#include "page.h"
#include "payload_view.h"

/* Least rows of a screen that shows the selected message below the list. */
#define DETAIL_FROM 14
/* Bytes of a payload from which a row's text is made. */
#define PREVIEW_BYTES 1024

enum { COLUMN_TIME, COLUMN_KIND, COLUMN_SOURCE, COLUMN_TOPIC, COLUMN_SIZE, COLUMN_TEXT_OF };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_TIME] = {NULL, "TIME", 12, 3, 0, false},
    [COLUMN_KIND] = {NULL, "KIND", 6, 1, 0, false},
    [COLUMN_SOURCE] = {NULL, "FROM", 12, 1, 24, false},
    [COLUMN_TOPIC] = {NULL, "TOPIC", 12, 2, 24, false},
    [COLUMN_SIZE] = {NULL, "BYTES", 7, 4, 0, true},
    [COLUMN_TEXT_OF] = {NULL, "MESSAGE", 32, 1, LIST_TABLE_REST, false},
};

static const struct {
    const char *name;
    unsigned style;
} KINDS[] = {
    [MESSAGE_NOTIFICATION] = {"notify", STYLE_GOOD},
    [MESSAGE_PUBLICATION] = {"pub", STYLE_ACCENT},
    [MESSAGE_LOST] = {"lost", STYLE_BAD},
    [MESSAGE_SKIPPED] = {"…", STYLE_WARNING},
};

/* The page's private state. */
typedef struct {
    payload_view_mode_t mode; /* how a message's payload is shown */
} messages_page_t;

static const message_t *message_at(const void *source, size_t index)
{
    const page_t *self = source;
    return messages_at(session_view_messages(self->session), index);
}

static size_t count(const void *source)
{
    const page_t *self = source;
    return messages_count(session_view_messages(self->session));
}

static uint64_t identity(const void *source, size_t index)
{
    return message_at(source, index)->serial;
}

/* What a row says in one line. */
static void message_line(const message_t *self, char *out, size_t room)
{
    if (self->kind == MESSAGE_LOST && self->count == 0)
        snprintf(out, room, "some publications may be missing: a connection was lost");
    else if (self->kind == MESSAGE_LOST)
        snprintf(out, room,
            "%" PRIu64 " publications did not reach this client: it read too slowly", self->count);
    else if (self->kind == MESSAGE_SKIPPED)
        snprintf(out, room,
            "%" PRIu64 " messages are not shown: over %d publications a second, or frozen",
            self->count, MESSAGES_PER_SECOND);
    else
        dd_escape_text(
            self->data, self->size < PREVIEW_BYTES ? self->size : PREVIEW_BYTES, out, room);
}

/* All that the payload holds, which may be more than is shown; what is no message says it all. */
static size_t row_text(const void *source, size_t index, char *out, size_t room)
{
    const message_t *message = message_at(source, index);
    if (message->kind >= MESSAGE_LOST)
        return page_row_text(source, index, out, room);
    int used = snprintf(
        out, room, "%s %s %s ", KINDS[message->kind].name, message->source, message->topic);
    size_t left = room - (size_t)used;
    size_t size = message->size < left ? message->size : left;
    memcpy(out + used, message->data, size);
    return (size_t)used + size;
}

/* ---- The table ------------------------------------------------------------------------------ */

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    const message_t *message = message_at(source, index);
    switch (column) {
    case COLUMN_TIME:
        page_time(message->wall_ms, true, out);
        break;
    case COLUMN_KIND:
        snprintf(out, room, "%s", KINDS[message->kind].name);
        break;
    case COLUMN_SOURCE:
        dd_escape_text(message->source, strlen(message->source), out, room);
        break;
    case COLUMN_TOPIC:
        dd_escape_text(message->topic, strlen(message->topic), out, room);
        break;
    case COLUMN_SIZE:
        if (message->kind == MESSAGE_NOTIFICATION || message->kind == MESSAGE_PUBLICATION)
            snprintf(out, room, "%zu", message->whole);
        break;
    default:
        message_line(message, out, room);
    }
    return true;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    const message_t *message = message_at(source, index);
    return column == COLUMN_KIND || message->kind >= MESSAGE_LOST ? KINDS[message->kind].style
                                                                  : STYLE_PLAIN;
}

static const list_table_t TABLE = {.view = VIEW_NONE,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .naming = 1u << COLUMN_TIME | 1u << COLUMN_SOURCE | 1u << COLUMN_TEXT_OF,
    .cell = cell,
    .style = style};

static const list_ops_t LIST = {
    .count = count, .identity = identity, .text = row_text, .field = page_row_field};

/* ---- One message ---------------------------------------------------------------------------- */

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    const messages_page_t *page = self->private;
    const message_t *message = message_at(self, index);
    char time[TIME_ROOM], line[1024];
    page_time(message->wall_ms, true, time);
    if (message->kind >= MESSAGE_LOST) {
        message_line(message, line, sizeof line);
        text_pane_text(pane, KINDS[message->kind].style, line);
        return;
    }
    char source[DD_NAME_MAX + 1], topic[DD_TOPIC_MAX + 1];
    dd_escape_text(message->source, strlen(message->source), source, sizeof source);
    dd_escape_text(message->topic, strlen(message->topic), topic, sizeof topic);
    bool is_publication = message->kind == MESSAGE_PUBLICATION;
    text_pane_print(pane, STYLE_TITLE, "%s from %s%s%s%s%s, %s, %zu bytes, as %s",
        is_publication ? "publication" : "notification", source, is_publication ? " on " : "",
        topic, is_publication ? " at " : "", message->scope, time, message->whole,
        payload_view_mode_name(page->mode));
    payload_view_add(pane, page->mode, message->data, message->size);
    if (message->size < message->whole)
        text_pane_print(pane, STYLE_WARNING, "… only the first %zu bytes were kept", message->size);
}

static const message_t *payload_at(const page_t *self, size_t index)
{
    const message_t *message = message_at(self, index);
    return message->kind < MESSAGE_LOST ? message : NULL;
}

static bool topic(const page_t *self, size_t index, char out[DD_TOPIC_MAX + 1])
{
    snprintf(out, DD_TOPIC_MAX + 1, "%s", message_at(self, index)->topic);
    return out[0] != '\0';
}

/* As --json has it, and when it came. What it hasn't is null, so that all rows have the same. */
static struct json_object *json(const page_t *self, size_t index)
{
    static const char *const TYPES[] = {[MESSAGE_NOTIFICATION] = "notification",
        [MESSAGE_PUBLICATION] = "publication",
        [MESSAGE_LOST] = "gap",
        [MESSAGE_SKIPPED] = "skipped"};
    const message_t *message = message_at(self, index);
    bool is_publication = message->kind == MESSAGE_PUBLICATION;
    struct json_object *object = json_object_new_object();
    page_add_date(object, message->wall_ms);
    json_line_add_text(object, "type", TYPES[message->kind]);
    json_line_add_text(object, "source", message->source);
    json_object_object_add(
        object, "topic", is_publication ? json_object_new_string(message->topic) : NULL);
    json_object_object_add(
        object, "scope", is_publication ? json_object_new_string(message->scope) : NULL);
    json_object_object_add(object, "number",
        message->kind >= MESSAGE_LOST ? json_object_new_uint64(message->count) : NULL);
    json_object_object_add(object, "bytes",
        message->kind < MESSAGE_LOST ? json_object_new_uint64(message->whole) : NULL);
    json_object_object_add(object, "text", NULL);
    json_object_object_add(object, "data64", NULL);
    if (message->kind < MESSAGE_LOST)
        json_line_add_data(object, message->data, message->size);
    return object;
}

static bool act(page_t *self, action_t action)
{
    if (action != ACT_MODE)
        return false;
    messages_page_t *page = self->private;
    page->mode = (page->mode + 1) % PAYLOAD_MODES;
    return true;
}

/* ---- The page ------------------------------------------------------------------------------- */

static void title(const page_t *self, char *out, size_t room)
{
    const messages_t *messages = session_view_messages(self->session);
    int used = snprintf(out, room, "Messages");
    if (messages_skipped(messages) > 0)
        snprintf(out + used, room - (size_t)used, " (%" PRIu64 " of %" PRIu64 " not kept)",
            messages_skipped(messages), messages_arrived(messages));
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    char line[96];
    rect_t bottom = {0};
    if (area.height >= DETAIL_FROM)
        bottom = rect_cut_bottom(&area, area.height * 2 / 5);
    title(self, line, sizeof line);
    page_draw_list(self, canvas, area, line);
    page_draw_empty(self, canvas, area,
        session_view_is_operator(self->session)
            ? "An operator receives no messages."
            : "No message has arrived. s subscribes to a topic; notifications come by themselves.");
    if (bottom.height > 0)
        page_draw_detail(self, canvas, bottom, "Message");
}

/* ---- The tail ------------------------------------------------------------------------------- */

/* Notifications and gaps of so many rows, and from so many ms, aren't pushed out by publications.
 */
#define TAIL_MAX 64
#define TAIL_FRESH 60000

typedef struct {
    size_t numbers[TAIL_MAX]; /* of messages, the newest first */
    size_t count;
} tail_t;

static bool is_rare(const message_t *message)
{
    return message->kind == MESSAGE_NOTIFICATION || message->kind == MESSAGE_LOST;
}

static void find_rare(const session_view_t *session, size_t most, tail_t *out)
{
    const messages_t *messages = session_view_messages(session);
    int64_t since = session_view_wall_ms(session) - TAIL_FRESH;
    out->count = 0;
    for (size_t i = messages_count(messages); i-- > 0 && out->count < most;) {
        const message_t *message = messages_at(messages, i);
        if (message->wall_ms < since)
            return;
        if (is_rare(message))
            out->numbers[out->count++] = i;
    }
}

/* The newest messages, and among them the newest rare ones. */
static void find_tail(const session_view_t *session, size_t height, tail_t *out)
{
    tail_t rare;
    size_t taken = 0;
    out->count = 0;
    find_rare(session, height / 2, &rare);
    for (size_t i = messages_count(session_view_messages(session)); i-- > 0;) {
        bool is_wanted = taken < rare.count && rare.numbers[taken] == i;
        if (out->count == height)
            return;
        if (is_wanted || height - out->count > rare.count - taken)
            out->numbers[out->count++] = i;
        taken += is_wanted;
    }
}

static void draw_line(const message_t *message, canvas_t *canvas, rect_t area, int row)
{
    char time[TIME_ROOM], source[DD_NAME_MAX + 1], topic[DD_TOPIC_MAX + 1], line[1024];
    page_time(message->wall_ms, false, time);
    dd_escape_text(message->source, strlen(message->source), source, sizeof source);
    dd_escape_text(message->topic, strlen(message->topic), topic, sizeof topic);
    message_line(message, line, sizeof line);
    canvas_text(canvas, area, row, 0, STYLE_DIM, time);
    canvas_text(canvas, area, row, 9, KINDS[message->kind].style, KINDS[message->kind].name);
    canvas_print(canvas, area, row, 16, STYLE_PLAIN, "%s%s%s%s%s", source,
        topic[0] != '\0' ? "  " : "", topic, source[0] != '\0' ? "  " : "", line);
}

void page_messages_draw_tail(const session_view_t *session, canvas_t *canvas, rect_t area)
{
    tail_t tail;
    find_tail(session, area.height < TAIL_MAX ? (size_t)area.height : TAIL_MAX, &tail);
    if (tail.count == 0)
        canvas_text(canvas, area, 0, 1, STYLE_DIM, "No message has arrived.");
    for (size_t i = 0; i < tail.count; i++)
        draw_line(messages_at(session_view_messages(session), tail.numbers[tail.count - 1 - i]),
            canvas, area, (int)i);
}

const page_ops_t MESSAGES_PAGE = {.title = "Messages",
    .part = PART_MESSAGES,
    .state_size = sizeof(messages_page_t),
    .views = 1u << VIEW_TREE,
    .rolls = true,
    .filters = "from:cli2 topic:alarms",
    .list = &LIST,
    .table = &TABLE,
    .draw = draw,
    .detail = detail,
    .json = json,
    .message = payload_at,
    .topic = topic,
    .act = act};
