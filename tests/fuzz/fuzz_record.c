/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_record - frames of any bytes, read; and what was read, written and read again
 */
#include "libdd/protocol/record.h"
#include "tests/fuzz/fuzz.h"

/* What can be read can be written, to the same bytes. */
static void write_again(const dd_record_t *record, dd_bytes_t read)
{
    size_t size = dd_record_size(record);
    check(size == read.size);
    uint8_t *bytes = malloc(size);
    check(bytes != NULL);
    dd_record_write(record, bytes, size);
    check(memcmp(bytes, read.data, size) == 0);
    free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    dd_reader_t frame;
    dd_record_t record;
    bool valid = dd_frame_open(&frame, data, size);
    while (valid && dd_frame_more(&frame)) {
        const uint8_t *start = frame.at;
        valid = dd_frame_next(&frame, &record) == DD_OK;
        if (valid && dd_record_name(record.type))
            write_again(&record, dd_bytes(start, (size_t)(frame.at - start)));
    }
    return 0;
}
