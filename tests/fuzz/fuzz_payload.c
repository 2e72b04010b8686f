/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_payload - messages of any bytes, taken for measured ones of ddperf
 */
#include "ddperf/payload.h"
#include "ddperf/stream_counts.h"
#include "tests/fuzz/fuzz.h"

#define RUN 0x01020304
#define EXPECTED 100

/* What was read is what is written. */
static void write_again(const payload_t *payload, dd_bytes_t message)
{
    uint8_t bytes[PAYLOAD_HEADER];
    payload_write(payload, bytes);
    check(message.size >= sizeof bytes && memcmp(bytes, message.data, sizeof bytes) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    stream_counts_t counts;
    uint64_t read = 0;
    dd_reader_t reader = dd_reader(data, size);
    check(stream_counts_init(&counts, EXPECTED));
    while (dd_reader_left(&reader) > 0 && !reader.failed) {
        payload_t payload;
        dd_bytes_t message = dd_read_bytes(&reader, dd_read_u8(&reader));
        if (reader.failed || !payload_read(&payload, RUN, message.data, message.size))
            continue;
        write_again(&payload, message);
        stream_counts_take(&counts, payload.number);
        read++;
    }
    check(counts.received <= EXPECTED && counts.next <= EXPECTED);
    check(counts.received + counts.duplicated <= read && counts.reordered <= counts.received);
    stream_counts_clear(&counts);
    return 0;
}
