/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * columns - what of each row of the model is read, shown and written
 */
#include "columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "libdd/base/escape.h"
#include "lost.h"
#include "topic_sums.h"
#include "trace.h"

/* The members of a column that say where in the row its value is. */
#define TEXT(row, member) COLUMN_TEXT, false, offsetof(row, member), sizeof(((row *)0)->member)
#define KEY(row, member) COLUMN_TEXT, true, offsetof(row, member), sizeof(((row *)0)->member)
#define NUMBER(kind, row, member) kind, false, offsetof(row, member), 0

static const column_t BROKER[] = {
    {"broker", "BROKER", 24, KEY(broker_t, name)},
    {"scope", "SCOPE", 16, TEXT(broker_t, scope)},
    {"state", "STATE", 8, TEXT(broker_t, state)},
    {"uptime_ms", "UP", 7, NUMBER(COLUMN_MS, broker_t, uptime_ms)},
    {"rtt_us", "RTT", 7, NUMBER(COLUMN_US, broker_t, rtt_us)},
    {"clients", "CLIENTS", 7, NUMBER(COLUMN_COUNT, broker_t, clients)},
    {"subscriptions", "SUBSCR", 7, NUMBER(COLUMN_COUNT, broker_t, subscriptions)},
    {"in", "IN", 10, NUMBER(COLUMN_COUNT, broker_t, traffic.in)},
    {"out", "OUT", 10, NUMBER(COLUMN_COUNT, broker_t, traffic.out)},
    {"refused", "REFUSED", 7, NUMBER(COLUMN_COUNT, broker_t, traffic.refused)},
    {"dropped", "DROPPED", 7, NUMBER(COLUMN_COUNT, broker_t, traffic.dropped)},
    {"refused_for", NULL, 0, TEXT(broker_t, refused_for)},
    {"not_let_in", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, not_let_in)},
    {"not_let_in_age_ms", NULL, 0, NUMBER(COLUMN_MS, broker_t, not_let_in_age_ms)},
    {"id", NULL, 0, KEY(broker_t, id)},
    {"parent", NULL, 0, TEXT(broker_t, parent)},
    {"parents", NULL, 0, TEXT(broker_t, parents)},
    {"parents_silent", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, parents_silent)},
    {"parent_ms", NULL, 0, NUMBER(COLUMN_MS, broker_t, parent_ms)},
    {"moves", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, moves)},
    {"version", NULL, 0, TEXT(broker_t, version)},
    {"children", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, children)},
    {"lost", NULL, 0, NUMBER(COLUMN_LOST, broker_t, lost)},
    {"in_bytes", NULL, 0, NUMBER(COLUMN_BYTES, broker_t, traffic.in_bytes)},
    {"out_bytes", NULL, 0, NUMBER(COLUMN_BYTES, broker_t, traffic.out_bytes)},
    {"links_in", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, traffic.links_in)},
    {"links_out", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, traffic.links_out)},
    {"dropped_lately", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, traffic.dropped_lately)},
    {"in_rate", NULL, 6, NUMBER(COLUMN_RATE, broker_t, traffic.in_rate)},
    {"out_rate", NULL, 6, NUMBER(COLUMN_RATE, broker_t, traffic.out_rate)},
    {"links_in_rate", NULL, 0, NUMBER(COLUMN_RATE, broker_t, traffic.links_in_rate)},
    {"links_out_rate", NULL, 0, NUMBER(COLUMN_RATE, broker_t, traffic.links_out_rate)},
    {"refused_rate", NULL, 0, NUMBER(COLUMN_RATE, broker_t, traffic.refused_rate)},
    {"dropped_rate", NULL, 0, NUMBER(COLUMN_RATE, broker_t, traffic.dropped_rate)},
    {"drop_since_ms", NULL, 0, NUMBER(COLUMN_MS, broker_t, traffic.drop_since_ms)},
    {"drop_age_ms", NULL, 7, NUMBER(COLUMN_MS, broker_t, traffic.drop_age_ms)},
    {"outbox", NULL, 7, NUMBER(COLUMN_BYTES, broker_t, outbox)},
    {"clients_max", NULL, 7, NUMBER(COLUMN_COUNT, broker_t, clients_max)},
    {"subscriptions_max", NULL, 7, NUMBER(COLUMN_COUNT, broker_t, subscriptions_max)},
    {"outbox_max", NULL, 7, NUMBER(COLUMN_BYTES, broker_t, outbox_max)},
    {"old_keys", NULL, 0, NUMBER(COLUMN_COUNT, broker_t, old_keys)},
    {"turns_us", NULL, 0, NUMBER(COLUMN_TURNS, broker_t, turns)},
};

static const column_t CLIENT[] = {
    {"tenant", "TENANT", 12, TEXT(client_t, tenant)},
    {"name", "CLIENT", 24, KEY(client_t, name)},
    {"broker", "BROKER", 16, TEXT(client_t, broker)},
    {"scope", "SCOPE", 12, TEXT(client_t, scope)},
    {"since_ms", "SINCE", 7, NUMBER(COLUMN_MS, client_t, since_ms)},
    {"idle_ms", "IDLE", 7, NUMBER(COLUMN_MS, client_t, idle_ms)},
    {"subscriptions", "SUBSCR", 7, NUMBER(COLUMN_COUNT, client_t, subscriptions)},
    {"outbox", "OUTBOX", 7, NUMBER(COLUMN_BYTES, client_t, outbox)},
    {"in", "IN", 10, NUMBER(COLUMN_COUNT, client_t, traffic.in)},
    {"out", "OUT", 10, NUMBER(COLUMN_COUNT, client_t, traffic.out)},
    {"refused", "REFUSED", 7, NUMBER(COLUMN_COUNT, client_t, traffic.refused)},
    {"dropped", "DROPPED", 7, NUMBER(COLUMN_COUNT, client_t, traffic.dropped)},
    {"in_bytes", NULL, 7, NUMBER(COLUMN_BYTES, client_t, traffic.in_bytes)},
    {"out_bytes", NULL, 7, NUMBER(COLUMN_BYTES, client_t, traffic.out_bytes)},
    {"in_rate", NULL, 6, NUMBER(COLUMN_RATE, client_t, traffic.in_rate)},
    {"out_rate", NULL, 6, NUMBER(COLUMN_RATE, client_t, traffic.out_rate)},
    {"refused_rate", NULL, 0, NUMBER(COLUMN_RATE, client_t, traffic.refused_rate)},
    {"dropped_rate", NULL, 0, NUMBER(COLUMN_RATE, client_t, traffic.dropped_rate)},
    {"drop_since_ms", NULL, 0, NUMBER(COLUMN_MS, client_t, traffic.drop_since_ms)},
    {"drop_age_ms", NULL, 0, NUMBER(COLUMN_MS, client_t, traffic.drop_age_ms)},
    {"key", NULL, 0, TEXT(client_t, key)},
    {"broker_id", NULL, 0, TEXT(client_t, broker_id)},
};

static const column_t SUBSCRIPTION[] = {
    {"tenant", "TENANT", 12, TEXT(subscription_t, tenant)},
    {"client", "CLIENT", 24, KEY(subscription_t, client)},
    {"topic", "TOPIC", 24, KEY(subscription_t, topic)},
    {"scope", "SCOPE", 12, TEXT(subscription_t, scope)},
    {"path", "PATH", 12, TEXT(subscription_t, path)},
    {"broker", "BROKER", 16, TEXT(subscription_t, broker)},
};

static const column_t HAPPENING[] = {
    {"time", "TIME", 24, NUMBER(COLUMN_WHEN, happening_t, time_ms)},
    {"age_ms", NULL, 7, NUMBER(COLUMN_MS, happening_t, age_ms)},
    {"level", "LEVEL", 8, TEXT(happening_t, level)},
    {"broker", "BROKER", 16, KEY(happening_t, broker)},
    {"tenant", "TENANT", 12, TEXT(happening_t, tenant)},
    {"text", "EVENT", 60, KEY(happening_t, text)},
    {"at_ms", NULL, 0, NUMBER(COLUMN_MS, happening_t, at_ms)},
    {"broker_id", NULL, 0, TEXT(happening_t, broker_id)},
};

/* The last one is for the parts alone. */
static const column_t TOPIC[] = {
    {"tenant", "TENANT", 12, KEY(topic_t, tenant)},
    {"topic", "TOPIC", 24, TEXT(topic_t, topic)},
    {"publications", "PUBLISHED", 10, NUMBER(COLUMN_COUNT, topic_t, publications)},
    {"bytes", "BYTES", 7, NUMBER(COLUMN_BYTES, topic_t, bytes)},
    {"subscribers", "SUBSCR", 6, NUMBER(COLUMN_COUNT, topic_t, subscribers)},
    {"lost", "LOST", 7, NUMBER(COLUMN_COUNT, topic_t, lost)},
    {"publications_per_s", "PUBL/S", 6, NUMBER(COLUMN_RATE, topic_t, rate)},
    {"bytes_per_s", "BYTES/S", 7, NUMBER(COLUMN_RATE, topic_t, bytes_rate)},
    {"lost_per_s", "LOST/S", 6, NUMBER(COLUMN_RATE, topic_t, lost_rate)},
    {"lost_since_ms", NULL, 0, NUMBER(COLUMN_MS, topic_t, lost_since_ms)},
    {"lost_age_ms", NULL, 0, NUMBER(COLUMN_MS, topic_t, lost_age_ms)},
    {"publishers", "PUBLISHERS", 40, NUMBER(COLUMN_PUBLISHERS, topic_t, publishers)},
    {"broker_id", NULL, 0, TEXT(topic_t, broker_id)},
};

static const column_t HOP[] = {
    {"hop", "#", 3, NUMBER(COLUMN_COUNT, hop_t, number)},
    {"broker", "BROKER", 16, KEY(hop_t, broker)},
    {"scope", "SCOPE", 12, TEXT(hop_t, scope)},
    {"decision", "WHAT IT DID", 40, TEXT(hop_t, decision)},
    {"step_us", "THIS STEP", 10, NUMBER(COLUMN_FINE, hop_t, step_us)},
    {"heard_us", "ALL SO FAR", 10, NUMBER(COLUMN_FINE, hop_t, heard_us)},
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const columns_t VIEW_COLUMNS[VIEWS] = {
    [VIEW_TREE] = {"tree", BROKER, COUNT(BROKER)},
    [VIEW_CLIENTS] = {"clients", CLIENT, COUNT(CLIENT)},
    [VIEW_SUBSCRIPTIONS] = {"subscriptions", SUBSCRIPTION, COUNT(SUBSCRIPTION)},
    [VIEW_EVENTS] = {"events", HAPPENING, COUNT(HAPPENING)},
    [VIEW_TOPICS] = {"topics", TOPIC, COUNT(TOPIC) - 1},
    [VIEW_TOPIC_PARTS] = {"topics", TOPIC, COUNT(TOPIC)},
};

const columns_t HOP_COLUMNS = {"trace", HOP, COUNT(HOP)};

const columns_t *columns_of(view_t view)
{
    return &VIEW_COLUMNS[view];
}

const column_t *columns_find(const columns_t *self, const char *field)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->columns[i].field, field) == 0)
            return &self->columns[i];
    return NULL;
}

static char *text_in(const column_t *self, void *row)
{
    return (char *)row + self->offset;
}

static const char *const_text_in(const column_t *self, const void *row)
{
    return (const char *)row + self->offset;
}

static void set_number(const column_t *self, void *row, uint64_t value)
{
    memcpy(text_in(self, row), &value, sizeof value);
}

static uint64_t number_in(const column_t *self, const void *row)
{
    uint64_t value;
    memcpy(&value, const_text_in(self, row), sizeof value);
    return value;
}

static lost_t *lost_in(const column_t *self, void *row)
{
    return (lost_t *)(void *)text_in(self, row);
}

static const lost_t *const_lost_in(const column_t *self, const void *row)
{
    return (const lost_t *)(const void *)const_text_in(self, row);
}

bool column_known(const column_t *self, const void *row)
{
    if (self->kind == COLUMN_TEXT)
        return const_text_in(self, row)[0] != '\0';
    if (self->kind == COLUMN_LOST)
        return const_lost_in(self, row)->name[0] != '\0';
    return number_in(self, row) != MODEL_UNKNOWN;
}

int column_compare(const column_t *self, const void *a, const void *b)
{
    bool known = column_known(self, a);
    if (known != column_known(self, b))
        return known ? -1 : 1;
    if (self->kind == COLUMN_TEXT)
        return strverscmp(const_text_in(self, a), const_text_in(self, b));
    uint64_t left = number_in(self, a), right = number_in(self, b);
    return (left > right) - (left < right);
}

static void clear(const column_t *self, void *row)
{
    if (self->kind == COLUMN_TEXT)
        memset(text_in(self, row), 0, self->room);
    else if (self->kind == COLUMN_LOST)
        lost_in(self, row)->name[0] = '\0';
    else
        set_number(self, row, MODEL_UNKNOWN);
}

void columns_clear(const columns_t *self, void *row)
{
    for (size_t i = 0; i < self->count; i++)
        clear(&self->columns[i], row);
}

static bool read_text(const column_t *self, void *row, struct json_object *value)
{
    if (!json_object_is_type(value, json_type_string))
        return false;
    const char *text = json_object_get_string(value);
    size_t size = (size_t)json_object_get_string_len(value);
    if (size >= self->room || strlen(text) != size)
        return false;
    memcpy(text_in(self, row), text, size + 1);
    return true;
}

static bool read_number(const column_t *self, void *row, struct json_object *value)
{
    if (!json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
        return false;
    set_number(self, row, json_object_get_uint64(value));
    return true;
}

/* Numbers that are too many or too few are of another version: nothing is known then. */
static bool read_turns(const column_t *self, void *row, struct json_object *value)
{
    uint64_t turns[MODEL_TURNS];
    if (!json_object_is_type(value, json_type_array))
        return false;
    if (json_object_array_length(value) != MODEL_TURNS)
        return true;
    for (size_t i = 0; i < MODEL_TURNS; i++) {
        struct json_object *count = json_object_array_get_idx(value, i);
        if (!json_object_is_type(count, json_type_int) || json_object_get_int64(count) < 0)
            return false;
        turns[i] = json_object_get_uint64(count);
    }
    memcpy(text_in(self, row), turns, sizeof turns);
    return true;
}

static bool read_publisher(publishers_t *self, struct json_object *value)
{
    static const column_t NAME = {"name", NULL, 0, KEY(publisher_t, name)};
    static const column_t PUBLICATIONS = {
        "publications", NULL, 0, NUMBER(COLUMN_COUNT, publisher_t, publications)};
    publisher_t *row = &self->rows[self->count++];
    struct json_object *name, *publications;
    *row = (publisher_t){.rate = MODEL_UNKNOWN};
    return json_object_is_type(value, json_type_object) &&
           json_object_object_get_ex(value, "name", &name) &&
           json_object_object_get_ex(value, "publications", &publications) &&
           read_text(&NAME, row, name) && read_number(&PUBLICATIONS, row, publications);
}

/* Of more than there is room for, the last ones are left out. */
static bool read_publishers(const column_t *self, void *row, struct json_object *value)
{
    if (!json_object_is_type(value, json_type_array))
        return false;
    publishers_t *publishers = (publishers_t *)(void *)text_in(self, row);
    size_t count = json_object_array_length(value);
    bool good = true;
    publishers->count = 0;
    for (size_t i = 0; i < count && i < MODEL_PUBLISHERS && good; i++)
        good = read_publisher(publishers, json_object_array_get_idx(value, i));
    return good;
}

static bool read_value(const column_t *self, void *row, struct json_object *value)
{
    if (self->kind == COLUMN_PUBLISHERS)
        return read_publishers(self, row, value);
    if (self->kind == COLUMN_TEXT)
        return read_text(self, row, value);
    if (self->kind == COLUMN_TURNS)
        return read_turns(self, row, value);
    if (self->kind == COLUMN_LOST)
        return lost_read(lost_in(self, row), value);
    return read_number(self, row, value);
}

bool columns_read(const columns_t *self, void *row, struct json_object *object)
{
    for (size_t i = 0; i < self->count; i++) {
        const column_t *column = &self->columns[i];
        struct json_object *value;
        if (column->kind == COLUMN_RATE || column->kind == COLUMN_WHEN ||
            !json_object_object_get_ex(object, column->field, &value))
            continue;
        clear(column, row);
        if (value == NULL)
            continue;
        if (!read_value(column, row, value))
            return false;
    }
    return true;
}

bool columns_complete(const columns_t *self, const void *row)
{
    for (size_t i = 0; i < self->count; i++)
        if (self->columns[i].key && !column_known(&self->columns[i], row))
            return false;
    return true;
}

/* As in the brokers' logs: 2026-11-22T14:03:19.123Z. */
static void time_text(uint64_t ms, char *out, size_t room)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc = {0};
    gmtime_r(&seconds, &utc);
    size_t used = strftime(out, room, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(out + used, room - used, ".%03uZ", (unsigned)(ms % 1000));
}

static uint64_t turns_in(const column_t *self, const void *row, size_t index)
{
    uint64_t count;
    memcpy(&count, const_text_in(self, row) + index * sizeof count, sizeof count);
    return count;
}

static struct json_object *turns_json(const column_t *self, const void *row)
{
    struct json_object *turns = json_object_new_array();
    for (size_t i = 0; turns && i < MODEL_TURNS; i++)
        json_object_array_add(turns, json_object_new_uint64(turns_in(self, row, i)));
    return turns;
}

static const publishers_t *publishers_in(const column_t *self, const void *row)
{
    return (const publishers_t *)(const void *)const_text_in(self, row);
}

static struct json_object *known_json(uint64_t number)
{
    return number == MODEL_UNKNOWN ? NULL : json_object_new_uint64(number);
}

static struct json_object *publishers_json(const publishers_t *self)
{
    struct json_object *rows = json_object_new_array();
    for (size_t i = 0; rows && i < self->count; i++) {
        struct json_object *row = json_object_new_object();
        const publisher_t *one = &self->rows[i];
        json_object_object_add(row, "name", json_object_new_string(one->name));
        json_object_object_add(row, "publications", json_object_new_uint64(one->publications));
        json_object_object_add(row, "publications_per_s", known_json(one->rate));
        json_object_array_add(rows, row);
    }
    return rows;
}

static struct json_object *value_json(const column_t *self, const void *row)
{
    char text[64];
    if (!column_known(self, row))
        return NULL;
    if (self->kind == COLUMN_TEXT)
        return json_object_new_string(const_text_in(self, row));
    if (self->kind == COLUMN_TURNS)
        return turns_json(self, row);
    if (self->kind == COLUMN_PUBLISHERS)
        return publishers_json(publishers_in(self, row));
    if (self->kind == COLUMN_LOST)
        return lost_json(const_lost_in(self, row));
    if (self->kind == COLUMN_WHEN) {
        time_text(number_in(self, row), text, sizeof text);
        return json_object_new_string(text);
    }
    return json_object_new_uint64(number_in(self, row));
}

struct json_object *columns_json(const columns_t *self, const void *row)
{
    struct json_object *object = json_object_new_object();
    for (size_t i = 0; object && i < self->count; i++)
        if (self->columns[i].kind != COLUMN_RATE || self->columns[i].title)
            json_object_object_add(
                object, self->columns[i].field, value_json(&self->columns[i], row));
    return object;
}

/* Two units at most, so that it stays short: "85us", "12ms", "7s", "5m12s", "3h05m", "3d04h". */
static void duration_text(uint64_t us, char *out, size_t room)
{
    uint64_t seconds = us / 1000000;
    if (us == 0)
        snprintf(out, room, "0s");
    else if (us < 1000)
        snprintf(out, room, "%" PRIu64 "us", us);
    else if (seconds < 1)
        snprintf(out, room, "%" PRIu64 "ms", us / 1000);
    else if (seconds < 60)
        snprintf(out, room, "%" PRIu64 "s", seconds);
    else if (seconds < 3600)
        snprintf(out, room, "%" PRIu64 "m%02" PRIu64 "s", seconds / 60, seconds % 60);
    else if (seconds < 86400)
        snprintf(out, room, "%" PRIu64 "h%02" PRIu64 "m", seconds / 3600, seconds / 60 % 60);
    else
        snprintf(out, room, "%" PRIu64 "d%02" PRIu64 "h", seconds / 86400, seconds / 3600 % 24);
}

/* One unit for what is to be compared: "0.4ms", "12.3ms", "250.0ms", and from a second on "1s". */
static void round_trip_text(uint64_t us, char *out, size_t room)
{
    if (us < 100)
        snprintf(out, room, "<0.1ms");
    else if (us < 1000000)
        snprintf(out, room, "%" PRIu64 ".%" PRIu64 "ms", us / 1000, us / 100 % 10);
    else
        duration_text(us, out, room);
}

/* As it is below 10,000, then in thousands: "12.3k", "4.5M", and the unit. */
static void short_text(uint64_t value, const char *unit, char *out, size_t room)
{
    static const char THOUSANDS[] = "kMGTPE";
    if (value < 10000) {
        snprintf(out, room, "%" PRIu64 "%s", value, unit);
        return;
    }
    size_t power = 0;
    while (value >= 1000000 && power < sizeof THOUSANDS - 2) {
        value /= 1000;
        power++;
    }
    snprintf(out, room, "%" PRIu64 ".%" PRIu64 "%c%s", value / 1000, value / 100 % 10,
        THOUSANDS[power], unit);
}

/* "48211 up to 64us, 12 up to 128us, 1 longer than 1s", of those lengths that there were. */
static void turns_text(const column_t *self, const void *row, char *out, size_t room)
{
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < MODEL_TURNS && used < room; i++) {
        char length[16];
        bool last = i == MODEL_TURNS - 1;
        uint64_t count = turns_in(self, row, i);
        duration_text((uint64_t)MODEL_TURN_US << (last ? i - 1 : i), length, sizeof length);
        if (count > 0)
            used += (size_t)snprintf(out + used, room - used, "%s%" PRIu64 " %s %s",
                used > 0 ? ", " : "", count, last ? "longer than" : "up to", length);
    }
}

/* "cli1 80%, b.cli2 17%, others 2%": those of the topic's own tenant by their bare names. */
static void publishers_text(const topic_t *topic, char *out, size_t room)
{
    size_t used = 0;
    char share[TOPIC_SUMS_SHARE_ROOM];
    out[0] = '\0';
    for (size_t i = 0; i < topic->publishers.count && used < room; i++) {
        const publisher_t *one = &topic->publishers.rows[i];
        const char *name = topic_sums_shown(topic, one);
        char escaped[4 * DD_NAME_MAX + 1];
        dd_escape_text(name, strlen(name), escaped, sizeof escaped);
        topic_sums_share(topic, one->publications, share);
        used +=
            (size_t)snprintf(out + used, room - used, "%s%s %s", i > 0 ? ", " : "", escaped, share);
    }
    uint64_t others = topic_sums_others(topic);
    topic_sums_share(topic, others, share);
    if (others > 0 && used < room)
        snprintf(out + used, room - used, "%sothers %s", used > 0 ? ", " : "", share);
}

void column_number_text(column_kind_t kind, uint64_t value, char *out, size_t room)
{
    if (kind == COLUMN_BYTES || kind == COLUMN_RATE)
        short_text(value, kind == COLUMN_BYTES ? "B" : "", out, room);
    else if (kind == COLUMN_WHEN)
        time_text(value, out, room);
    else if (kind == COLUMN_FINE)
        snprintf(out, room, "%" PRIu64 ".%02" PRIu64 "ms", value / 1000, value % 1000 / 10);
    else if (kind == COLUMN_US)
        round_trip_text(value, out, room);
    else if (kind == COLUMN_MS)
        duration_text(value > UINT64_MAX / 1000 ? UINT64_MAX : value * 1000, out, room);
    else
        snprintf(out, room, "%" PRIu64, value);
}

/* "east 12s, west 5m12s" */
static void lost_text(const lost_t *lost, char *out, size_t room)
{
    size_t used = 0;
    out[0] = '\0';
    for (; lost->name[0] != '\0' && used < room; lost++) {
        char name[DD_ESCAPE_MAX * DD_BROKER_MAX + 1], age[16];
        dd_escape_text(lost->name, strlen(lost->name), name, sizeof name);
        column_number_text(COLUMN_MS, lost->age_ms, age, sizeof age);
        used +=
            (size_t)snprintf(out + used, room - used, "%s%s %s", used > 0 ? ", " : "", name, age);
    }
}

void column_text(const column_t *self, const void *row, char *out, size_t room)
{
    if (!column_known(self, row)) {
        snprintf(out, room, "-");
    } else if (self->kind == COLUMN_TEXT) {
        const char *text = const_text_in(self, row);
        dd_escape_text(text, strlen(text), out, room);
    } else if (self->kind == COLUMN_TURNS) {
        turns_text(self, row, out, room);
    } else if (self->kind == COLUMN_PUBLISHERS) {
        publishers_text(row, out, room);
    } else if (self->kind == COLUMN_LOST) {
        lost_text(const_lost_in(self, row), out, room);
    } else {
        column_number_text(self->kind, number_in(self, row), out, room);
    }
}
