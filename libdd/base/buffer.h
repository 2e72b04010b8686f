/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * buffer - byte cursors
 *
 * A reader walks over bytes that came from a peer, a writer over room for bytes to send. The first
 * operation that doesn't fit marks the cursor as failed and every later one does nothing, so that
 * a decoder reads straight on and looks at `failed` once, at its end. Integers are little-endian.
 * All is inline: a broker does little else.
 */
#ifndef DD_BUFFER_H_INCLUDED
#define DD_BUFFER_H_INCLUDED

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Bytes that somebody else owns. */
typedef struct {
    const uint8_t *data;
    size_t size;
} dd_bytes_t;

static inline dd_bytes_t dd_bytes(const void *data, size_t size)
{
    return (dd_bytes_t){data, size};
}

static inline dd_bytes_t dd_bytes_of(const char *text)
{
    return (dd_bytes_t){(const uint8_t *)text, strlen(text)};
}

static inline bool dd_bytes_equal(dd_bytes_t a, dd_bytes_t b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* Whether they begin so. */
static inline bool dd_bytes_begin(dd_bytes_t self, dd_bytes_t start)
{
    return self.size >= start.size &&
           (start.size == 0 || memcmp(self.data, start.data, start.size) == 0);
}

/* Takes off a text that they begin with; false, and all is as it was, if they don't. */
static inline bool dd_bytes_strip(dd_bytes_t *self, const char *start)
{
    dd_bytes_t wanted = dd_bytes_of(start);
    if (!dd_bytes_begin(*self, wanted))
        return false;
    *self = dd_bytes(self->data + wanted.size, self->size - wanted.size);
    return true;
}

/* Copies bytes as a C string into room bytes, cut where they don't fit. */
void dd_bytes_copy(dd_bytes_t bytes, char *text, size_t room);

typedef struct {
    const uint8_t *at;
    const uint8_t *end;
    bool failed;
} dd_reader_t;

typedef struct {
    uint8_t *at;
    uint8_t *end;
    bool failed;
} dd_writer_t;

/* Data may be NULL where there are no bytes, and then nothing may be added to it. */
static inline dd_reader_t dd_reader(const void *data, size_t size)
{
    const uint8_t *start = data;
    return (dd_reader_t){start, size > 0 ? start + size : start, false};
}

static inline dd_writer_t dd_writer(void *data, size_t size)
{
    uint8_t *start = data;
    return (dd_writer_t){start, start + size, false};
}

static inline size_t dd_reader_left(const dd_reader_t *self)
{
    return (size_t)(self->end - self->at);
}

/* The place of the next size bytes, which are passed over; NULL after a failure. */
static inline const uint8_t *dd_read_place(dd_reader_t *self, size_t size)
{
    if (self->failed || dd_reader_left(self) < size) {
        self->failed = true;
        return NULL;
    }
    const uint8_t *place = self->at;
    self->at += size;
    return place;
}

static inline uint8_t dd_read_u8(dd_reader_t *self)
{
    const uint8_t *place = dd_read_place(self, 1);
    return place ? *place : 0;
}

static inline uint16_t dd_read_u16(dd_reader_t *self)
{
    uint16_t value = 0;
    const uint8_t *place = dd_read_place(self, sizeof value);
    if (place)
        memcpy(&value, place, sizeof value);
    return le16toh(value);
}

static inline uint32_t dd_read_u32(dd_reader_t *self)
{
    uint32_t value = 0;
    const uint8_t *place = dd_read_place(self, sizeof value);
    if (place)
        memcpy(&value, place, sizeof value);
    return le32toh(value);
}

static inline uint64_t dd_read_u64(dd_reader_t *self)
{
    uint64_t value = 0;
    const uint8_t *place = dd_read_place(self, sizeof value);
    if (place)
        memcpy(&value, place, sizeof value);
    return le64toh(value);
}

/* Exactly size bytes; empty after a failure. */
static inline dd_bytes_t dd_read_bytes(dd_reader_t *self, size_t size)
{
    const uint8_t *place = dd_read_place(self, size);
    return (dd_bytes_t){place, place ? size : 0};
}

static inline void dd_write_bytes(dd_writer_t *self, dd_bytes_t bytes)
{
    if (self->failed || (size_t)(self->end - self->at) < bytes.size) {
        self->failed = true;
        return;
    }
    if (bytes.size > 0)
        memcpy(self->at, bytes.data, bytes.size);
    self->at += bytes.size;
}

static inline void dd_write_u8(dd_writer_t *self, uint8_t value)
{
    dd_write_bytes(self, dd_bytes(&value, sizeof value));
}

static inline void dd_write_u16(dd_writer_t *self, uint16_t value)
{
    value = htole16(value);
    dd_write_bytes(self, dd_bytes(&value, sizeof value));
}

static inline void dd_write_u32(dd_writer_t *self, uint32_t value)
{
    value = htole32(value);
    dd_write_bytes(self, dd_bytes(&value, sizeof value));
}

static inline void dd_write_u64(dd_writer_t *self, uint64_t value)
{
    value = htole64(value);
    dd_write_bytes(self, dd_bytes(&value, sizeof value));
}

#endif
