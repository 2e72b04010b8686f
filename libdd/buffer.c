/*
 * buffer - byte cursors
 */
#include "buffer.h"

void dd_bytes_copy(dd_bytes_t bytes, char *text, size_t room)
{
    size_t size = bytes.size < room ? bytes.size : room - 1;
    if (size > 0)
        memcpy(text, bytes.data, size);
    text[size] = '\0';
}

dd_bytes_t dd_read_bytes(dd_reader_t *self, size_t size)
{
    if (self->failed || dd_reader_left(self) < size) {
        self->failed = true;
        return (dd_bytes_t){0};
    }
    dd_bytes_t bytes = {self->at, size};
    self->at += size;
    return bytes;
}

/* Little-endian whatever the machine: compilers make one load of it where that is right. */
static uint64_t read_integer(dd_reader_t *self, size_t size)
{
    dd_bytes_t bytes = dd_read_bytes(self, size);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size; i++)
        value |= (uint64_t)bytes.data[i] << (8 * i);
    return value;
}

uint8_t dd_read_u8(dd_reader_t *self)
{
    return (uint8_t)read_integer(self, 1);
}

uint16_t dd_read_u16(dd_reader_t *self)
{
    return (uint16_t)read_integer(self, 2);
}

uint32_t dd_read_u32(dd_reader_t *self)
{
    return (uint32_t)read_integer(self, 4);
}

uint64_t dd_read_u64(dd_reader_t *self)
{
    return read_integer(self, 8);
}

void dd_write_bytes(dd_writer_t *self, dd_bytes_t bytes)
{
    if (self->failed || (size_t)(self->end - self->at) < bytes.size) {
        self->failed = true;
        return;
    }
    if (bytes.size > 0)
        memcpy(self->at, bytes.data, bytes.size);
    self->at += bytes.size;
}

static void write_integer(dd_writer_t *self, uint64_t value, size_t size)
{
    uint8_t bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (uint8_t)(value >> (8 * i));
    dd_write_bytes(self, dd_bytes(bytes, size));
}

void dd_write_u8(dd_writer_t *self, uint8_t value)
{
    write_integer(self, value, 1);
}

void dd_write_u16(dd_writer_t *self, uint16_t value)
{
    write_integer(self, value, 2);
}

void dd_write_u32(dd_writer_t *self, uint32_t value)
{
    write_integer(self, value, 4);
}

void dd_write_u64(dd_writer_t *self, uint64_t value)
{
    write_integer(self, value, 8);
}
