/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload - what stands in a measured message, so that its receiver can tell which one it is
 */
#include "payload.h"

void payload_write(const payload_t *self, void *data)
{
    dd_writer_t writer = dd_writer(data, PAYLOAD_HEADER);
    dd_write_u32(&writer, self->run);
    dd_write_u32(&writer, self->client);
    dd_write_u64(&writer, self->number);
}

bool payload_read(payload_t *self, uint32_t run, const void *data, size_t size)
{
    dd_reader_t reader = dd_reader(data, size);
    self->run = dd_read_u32(&reader);
    self->client = dd_read_u32(&reader);
    self->number = dd_read_u64(&reader);
    return !reader.failed && self->run == run;
}
