/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_legacy - messages of protocols 3 and 4 of any bytes, and any records told to old clients
 *
 * The input is taken for a message, each frame a byte of length and as many bytes; and, as it is,
 * for a native frame.
 */
#include "ddbroker/legacy/legacy_wire.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/libdd/keys.h"

#define FRAMES_MAX (LEGACY_FRAMES_MAX + 2)
#define PAYLOAD_MAX 100

/* What a client may ask is a record that can be written. */
static void ask(const dd_bytes_t *frames, size_t count)
{
    legacy_request_t request;
    dd_record_t record;
    dd_problem_t problem;
    if (legacy_read(&request, frames, count) != LEGACY_VALID || request.command == LEGACY_ADDLCL ||
        request.command == LEGACY_CHALLOK)
        return;
    if (legacy_to_record(&request, dd_bytes_of("a"), PAYLOAD_MAX, &record, &problem))
        check(dd_record_size(&record) > 0);
    else
        check(problem.error != DD_OK);
}

static void read_frames(const uint8_t *data, size_t size)
{
    dd_bytes_t frames[FRAMES_MAX];
    size_t count = 0;
    dd_reader_t reader = dd_reader(data, size);
    while (dd_reader_left(&reader) > 0 && count < FRAMES_MAX) {
        frames[count] = dd_read_bytes(&reader, dd_read_u8(&reader));
        if (reader.failed)
            break;
        ask(frames, ++count);
    }
}

/* Every byte of a message can be read, and its sum is of use to nobody. */
static void tell(const dd_record_t *record, const char *tenant, const dd_keyring_t *keyring)
{
    legacy_message_t message;
    const legacy_recipient_t recipient = {.version = LEGACY_VERSION_4,
        .tenant = dd_bytes_of(tenant),
        .name = dd_bytes_of("a.cli"),
        .keyring = keyring};
    static volatile uint8_t sum;
    if (!legacy_from_record(&message, &recipient, record))
        return;
    check(message.count >= 2 && message.count <= LEGACY_FRAMES_MAX);
    for (size_t i = 0; i < message.count; i++)
        for (size_t at = 0; at < message.frames[i].size; at++)
            sum = (uint8_t)(sum + message.frames[i].data[at]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static dd_keyring_t *keyring;
    if (!keyring)
        keyring = dd_keyring_parse("keys", BROKER_FILE, sizeof BROKER_FILE - 1, NULL);
    check(keyring != NULL);
    read_frames(data, size);
    dd_reader_t frame;
    dd_record_t record;
    bool valid = dd_frame_open(&frame, data, size);
    while (valid && dd_frame_more(&frame)) {
        valid = dd_frame_next(&frame, &record) == DD_OK;
        if (valid) {
            tell(&record, "a", keyring);
            tell(&record, DD_PUBLIC, keyring);
        }
    }
    return 0;
}
