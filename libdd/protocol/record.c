/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record - the native protocol, version 5: struct <-> bytes
 */
#include "record.h"

/* How a field looks on the wire. U32_IN_REPLIES is there if the record has the flag REPLY; BLOB is
   the rest of the record and so can only be the last one. */
typedef enum { U8, U16, U32, U32_IN_REPLIES, U64, STR8, STR16, BLOB } kind_t;

typedef struct {
    uint8_t kind;
    uint8_t offset; /* in dd_record_t */
} field_t;

#define FIELD_(kind, member)                                                                       \
    {                                                                                              \
        kind, (uint8_t)offsetof(dd_record_t, member)                                               \
    }
#define F_HOPS FIELD_(U8, hops)
#define F_CODE FIELD_(U16, code)
#define F_LINKS FIELD_(U16, links)
#define F_REF FIELD_(U32, ref)
#define F_RUN FIELD_(U32, run)
#define F_RE FIELD_(U32_IN_REPLIES, re)
#define F_FEATURES FIELD_(U32, features)
#define F_WINDOW FIELD_(U32, window)
#define F_SUFFIX FIELD_(U8, suffix)
#define F_HEARTBEAT FIELD_(U32, heartbeat)
#define F_LIMIT FIELD_(U32, limit)
#define F_FIRST FIELD_(U32, first)
#define F_NUMBER FIELD_(U64, number)
#define F_ID FIELD_(STR16, id)
#define F_TENANT FIELD_(STR8, tenant)
#define F_NAME FIELD_(STR8, name)
#define F_SOURCE FIELD_(STR8, source)
#define F_DESTINATION FIELD_(STR8, destination)
#define F_TOPIC FIELD_(STR8, topic)
#define F_SCOPE FIELD_(STR8, scope)
#define F_TEXT FIELD_(STR16, text)
#define F_PAYLOAD FIELD_(BLOB, payload)

#define FIELDS_MAX 9

typedef struct {
    const char *name;
    uint8_t count;
    field_t fields[FIELDS_MAX];
} layout_t;

#define LAYOUT_(name, ...)                                                                         \
    {                                                                                              \
        name, sizeof((field_t[]){__VA_ARGS__}) / sizeof(field_t),                                  \
        {                                                                                          \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

/* The protocol. dd-protocol(7) prints the same table, and a test holds them together. */
/* clang-format off */
static const layout_t LAYOUTS[] = {
    [DD_HELLO]         = LAYOUT_("HELLO", F_NUMBER, F_FEATURES, F_NAME),
    [DD_WELCOME]       = LAYOUT_("WELCOME", F_HEARTBEAT, F_LIMIT, F_WINDOW, F_FEATURES, F_TENANT, F_NAME, F_ID, F_SOURCE, F_SCOPE),
    [DD_JOIN]          = LAYOUT_("JOIN", F_FEATURES, F_LIMIT, F_ID, F_NAME, F_SCOPE),
    [DD_ADMIT]         = LAYOUT_("ADMIT", F_HEARTBEAT, F_LIMIT, F_WINDOW, F_FEATURES, F_NAME, F_SCOPE, F_ID),
    [DD_PING]          = LAYOUT_("PING", F_NUMBER),
    [DD_PONG]          = LAYOUT_("PONG", F_NUMBER),
    [DD_BYE]           = LAYOUT_("BYE", F_CODE, F_TEXT),
    [DD_ERROR]         = LAYOUT_("ERROR", F_CODE, F_REF, F_TEXT),
    [DD_TAKEN]         = LAYOUT_("TAKEN", F_NUMBER),
    [DD_DRAIN]         = LAYOUT_("DRAIN", F_CODE, F_TEXT),
    [DD_PROVE]         = LAYOUT_("PROVE", F_PAYLOAD),
    [DD_SEND]          = LAYOUT_("SEND", F_REF, F_RUN, F_RE, F_DESTINATION, F_PAYLOAD),
    [DD_DATA]          = LAYOUT_("DATA", F_REF, F_RUN, F_RE, F_SOURCE, F_PAYLOAD),
    [DD_FORWARD]       = LAYOUT_("FORWARD", F_HOPS, F_REF, F_RUN, F_RE, F_SOURCE, F_DESTINATION, F_PAYLOAD),
    [DD_RECEIPT]       = LAYOUT_("RECEIPT", F_HOPS, F_CODE, F_REF, F_SOURCE, F_DESTINATION),
    [DD_HOP]           = LAYOUT_("HOP", F_HOPS, F_CODE, F_REF, F_NUMBER, F_NAME, F_SCOPE, F_DESTINATION, F_TEXT),
    [DD_ACK]           = LAYOUT_("ACK", F_HOPS, F_RUN, F_SOURCE, F_DESTINATION, F_PAYLOAD),
    [DD_SUBSCRIBE]     = LAYOUT_("SUBSCRIBE", F_REF, F_TOPIC, F_SCOPE),
    [DD_UNSUBSCRIBE]   = LAYOUT_("UNSUBSCRIBE", F_REF, F_TOPIC, F_SCOPE),
    [DD_SUBSCRIBED]    = LAYOUT_("SUBSCRIBED", F_REF, F_TOPIC, F_SCOPE),
    [DD_UNSUBSCRIBED]  = LAYOUT_("UNSUBSCRIBED", F_REF, F_TOPIC, F_SCOPE),
    [DD_PUBLISH]       = LAYOUT_("PUBLISH", F_TOPIC, F_PAYLOAD),
    [DD_PUBLICATION]   = LAYOUT_("PUBLICATION", F_SUFFIX, F_SOURCE, F_TOPIC, F_SCOPE, F_PAYLOAD),
    [DD_RELAY]         = LAYOUT_("RELAY", F_HOPS, F_SUFFIX, F_TENANT, F_SOURCE, F_TOPIC, F_SCOPE, F_PAYLOAD),
    [DD_GAP]           = LAYOUT_("GAP", F_NUMBER, F_TENANT, F_TOPIC, F_SCOPE),
    [DD_UNPUBLISHED]   = LAYOUT_("UNPUBLISHED", F_CODE, F_TOPIC),
    [DD_ADD_CLIENT]    = LAYOUT_("ADD_CLIENT", F_NUMBER, F_NAME),
    [DD_DROP_CLIENT]   = LAYOUT_("DROP_CLIENT", F_NUMBER, F_CODE, F_NAME),
    [DD_ADD_INTEREST]  = LAYOUT_("ADD_INTEREST", F_TENANT, F_TOPIC, F_SCOPE),
    [DD_DROP_INTEREST] = LAYOUT_("DROP_INTEREST", F_TENANT, F_TOPIC, F_SCOPE),
    [DD_SYNCED]        = {"SYNCED", 0, {{0, 0}}},
    [DD_CONTEST]       = LAYOUT_("CONTEST", F_NUMBER, F_NAME),
    [DD_KEPT]          = LAYOUT_("KEPT", F_NUMBER, F_NAME),
    [DD_GONE]          = LAYOUT_("GONE", F_NUMBER, F_NAME),
    [DD_ADD_BROKER]    = LAYOUT_("ADD_BROKER", F_ID),
    [DD_DROP_BROKER]   = LAYOUT_("DROP_BROKER", F_ID),
    [DD_INSPECT]       = LAYOUT_("INSPECT", F_HOPS, F_REF, F_NUMBER, F_TENANT, F_ID, F_FIRST, F_LIMIT, F_TEXT),
    [DD_REPORT]        = LAYOUT_("REPORT", F_LINKS, F_REF, F_NUMBER, F_ID, F_PAYLOAD),
    [DD_CONTROL]       = LAYOUT_("CONTROL", F_HOPS, F_REF, F_NUMBER, F_SOURCE, F_ID, F_NAME, F_TEXT),
};
/* clang-format on */

#define TYPES (sizeof LAYOUTS / sizeof LAYOUTS[0])

static const layout_t *layout_of(uint8_t type)
{
    return type < TYPES && LAYOUTS[type].name ? &LAYOUTS[type] : NULL;
}

const char *dd_record_name(uint8_t type)
{
    const layout_t *layout = layout_of(type);
    return layout ? layout->name : NULL;
}

/* The bytes before a field's content, and the longest content they can announce. */
static const struct {
    uint8_t size;
    uint32_t most;
} KINDS[] = {
    [U8] = {1, 0},
    [U16] = {2, 0},
    [U32] = {4, 0},
    [U32_IN_REPLIES] = {4, 0},
    [U64] = {8, 0},
    [STR8] = {1, UINT8_MAX},
    [STR16] = {2, UINT16_MAX},
    [BLOB] = {0, UINT32_MAX / 2},
};

/* Whether a field of kind U32_IN_REPLIES is there. */
static inline bool is_reply(const dd_record_t *record)
{
    return record->flags & DD_FLAG_REPLY;
}

/*
 * Does something with a layout: that of the record's type, which is known where this is compiled if
 * the type is one that nearly all records have. Then the loop over its fields is rolled out, and of
 * the table nothing is left.
 */
#define WITH_(known, layout, does)                                                                 \
    case known:                                                                                    \
        (layout) = &LAYOUTS[known];                                                                \
        does;                                                                                      \
        break;
#define WITH_LAYOUT(type, layout, does)                                                            \
    switch (type) {                                                                                \
        WITH_(DD_SEND, layout, does)                                                               \
        WITH_(DD_DATA, layout, does)                                                               \
        WITH_(DD_FORWARD, layout, does)                                                            \
        WITH_(DD_PUBLISH, layout, does)                                                            \
        WITH_(DD_PUBLICATION, layout, does)                                                        \
    default:                                                                                       \
        does;                                                                                      \
    }
#define INLINED static inline __attribute__((always_inline))
#define ROLL_OUT _Pragma("GCC unroll 9")

/* Adds what a field takes to the size; false if it is too long. */
INLINED bool add_size(size_t *size, field_t field, const dd_record_t *record)
{
    if (field.kind != U32_IN_REPLIES || is_reply(record))
        *size += KINDS[field.kind].size;
    if (field.kind < STR8)
        return true;
    size_t length = ((const dd_bytes_t *)((const uint8_t *)record + field.offset))->size;
    *size += length;
    return length <= KINDS[field.kind].most;
}

INLINED size_t add_sizes(const layout_t *layout, const dd_record_t *record)
{
    size_t size = DD_RECORD_HEADER;
    bool fits = true;
    ROLL_OUT
    for (unsigned i = 0; i < layout->count; i++)
        fits &= add_size(&size, layout->fields[i], record);
    return fits ? size : 0;
}

size_t dd_record_size(const dd_record_t *self)
{
    const layout_t *layout = layout_of(self->type);
    size_t size = 0;
    if (layout)
        WITH_LAYOUT(self->type, layout, size = add_sizes(layout, self));
    return size;
}

INLINED void write_field(dd_writer_t *writer, field_t field, const dd_record_t *record)
{
    const void *place = (const uint8_t *)record + field.offset;
    switch ((kind_t)field.kind) {
    case U8:
        dd_write_u8(writer, *(const uint8_t *)place);
        break;
    case U16:
        dd_write_u16(writer, *(const uint16_t *)place);
        break;
    case U32:
        dd_write_u32(writer, *(const uint32_t *)place);
        break;
    case U32_IN_REPLIES:
        if (is_reply(record))
            dd_write_u32(writer, *(const uint32_t *)place);
        break;
    case U64:
        dd_write_u64(writer, *(const uint64_t *)place);
        break;
    case STR8:
        dd_write_u8(writer, (uint8_t)((const dd_bytes_t *)place)->size);
        dd_write_bytes(writer, *(const dd_bytes_t *)place);
        break;
    case STR16:
        dd_write_u16(writer, (uint16_t)((const dd_bytes_t *)place)->size);
        dd_write_bytes(writer, *(const dd_bytes_t *)place);
        break;
    case BLOB:
        dd_write_bytes(writer, *(const dd_bytes_t *)place);
        break;
    }
}

INLINED void write_fields(dd_writer_t *writer, const layout_t *layout, const dd_record_t *record)
{
    ROLL_OUT
    for (unsigned i = 0; i < layout->count; i++)
        write_field(writer, layout->fields[i], record);
}

void dd_record_write(const dd_record_t *self, uint8_t *bytes, size_t size)
{
    const layout_t *layout = layout_of(self->type);
    dd_writer_t writer = dd_writer(bytes, size);
    dd_write_u32(&writer, (uint32_t)(size - sizeof(uint32_t)));
    dd_write_u8(&writer, self->type);
    dd_write_u8(&writer, self->flags);
    if (layout)
        WITH_LAYOUT(self->type, layout, write_fields(&writer, layout, self));
}

INLINED void read_field(dd_reader_t *reader, field_t field, dd_record_t *record)
{
    void *place = (uint8_t *)record + field.offset;
    switch ((kind_t)field.kind) {
    case U8:
        *(uint8_t *)place = dd_read_u8(reader);
        break;
    case U16:
        *(uint16_t *)place = dd_read_u16(reader);
        break;
    case U32:
        *(uint32_t *)place = dd_read_u32(reader);
        break;
    case U32_IN_REPLIES:
        if (is_reply(record))
            *(uint32_t *)place = dd_read_u32(reader);
        break;
    case U64:
        *(uint64_t *)place = dd_read_u64(reader);
        break;
    case STR8:
        *(dd_bytes_t *)place = dd_read_bytes(reader, dd_read_u8(reader));
        break;
    case STR16:
        *(dd_bytes_t *)place = dd_read_bytes(reader, dd_read_u16(reader));
        break;
    case BLOB:
        *(dd_bytes_t *)place = dd_read_bytes(reader, dd_reader_left(reader));
        break;
    }
}

INLINED void read_fields(dd_reader_t *reader, const layout_t *layout, dd_record_t *record)
{
    ROLL_OUT
    for (unsigned i = 0; i < layout->count; i++)
        read_field(reader, layout->fields[i], record);
}

/* Reads on a copy of the reader. */
static bool has_one_record(dd_reader_t frame)
{
    dd_read_bytes(&frame, dd_read_u32(&frame));
    return !frame.failed && !dd_frame_more(&frame);
}

bool dd_frame_open(dd_reader_t *frame, const void *data, size_t size)
{
    *frame = dd_reader(data, size);
    uint8_t magic = dd_read_u8(frame);
    uint8_t version = dd_read_u8(frame);
    return magic == DD_FRAME_MAGIC && version == DD_FRAME_VERSION && dd_frame_more(frame) &&
           (size <= DD_FRAME_TARGET || has_one_record(*frame));
}

dd_error_t dd_frame_next(dd_reader_t *frame, dd_record_t *record)
{
    dd_bytes_t body = dd_read_bytes(frame, dd_read_u32(frame));
    dd_reader_t reader = dd_reader(body.data, body.size);
    *record = (dd_record_t){.type = dd_read_u8(&reader), .flags = dd_read_u8(&reader)};
    if (frame->failed || reader.failed)
        return DD_E_MALFORMED;
    const layout_t *layout = layout_of(record->type);
    if (!layout)
        return record->flags & DD_FLAG_OPTIONAL ? DD_OK : DD_E_MALFORMED;
    WITH_LAYOUT(record->type, layout, read_fields(&reader, layout, record));
    return reader.failed || dd_reader_left(&reader) > 0 ? DD_E_MALFORMED : DD_OK;
}
