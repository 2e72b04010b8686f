/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_wire - messages of protocols 3 and 4 <-> records of the native protocol
 *
 * A message is a list of frames: version, command, and what the command has; dd-protocol(7) lists
 * them. Both directions follow tables in legacy_wire.c. Nothing here allocates: what is read points
 * into what it was read from.
 */
#ifndef LEGACY_WIRE_H_INCLUDED
#define LEGACY_WIRE_H_INCLUDED

#include "libdd/keys/box.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/record.h"

#define LEGACY_VERSION_3 0x0d0d0003u
#define LEGACY_VERSION_4 0x0d0d0004u
/* Frames of the longest message, version and command included. */
#define LEGACY_FRAMES_MAX 6
/* A nonce and the encrypted cookie. */
#define LEGACY_CHALLENGE_SIZE (sizeof(uint64_t) + DD_BOX_OVERHEAD)

/* The commands between clients and brokers, and those among brokers, which are refused here. */
typedef enum {
    LEGACY_SEND = 0,
    LEGACY_FORWARD = 1,
    LEGACY_PING = 2,
    LEGACY_ADDLCL = 3,
    LEGACY_ADDDCL = 4,
    LEGACY_ADDBR = 5,
    LEGACY_UNREG = 6,
    LEGACY_UNREGDCLI = 7,
    LEGACY_UNREGBR = 8,
    LEGACY_DATA = 9,
    LEGACY_ERROR = 10,
    LEGACY_REGOK = 11,
    LEGACY_PONG = 12,
    LEGACY_CHALL = 13,
    LEGACY_CHALLOK = 14,
    LEGACY_PUB = 15,
    LEGACY_SUB = 16,
    LEGACY_UNSUB = 17,
    LEGACY_SUBOK = 23
} legacy_command_t;

/* The first frame of an ERROR. */
typedef enum {
    LEGACY_E_LOGIN = 1,       /* text */
    LEGACY_E_DESTINATION = 2, /* destination, source */
    LEGACY_E_VERSION = 3,     /* text */
    LEGACY_E_TOPIC = 4        /* text: about a topic or a scope, or what is too long or large */
} legacy_error_t;

/* ---- From clients -------------------------------------------------------------------------- */

/* What a client asks; fields that the command doesn't have are empty. */
typedef struct {
    uint32_t version;
    legacy_command_t command;
    uint64_t cookie;
    dd_bytes_t hash;
    dd_bytes_t name; /* SEND: the destination; CHALLOK: the client's own */
    dd_bytes_t topic;
    dd_bytes_t scope;
    dd_bytes_t payload;
} legacy_request_t;

typedef enum {
    LEGACY_VALID,
    LEGACY_NOTHING,       /* of no effect */
    LEGACY_OTHER_VERSION, /* only the version was read */
    LEGACY_OF_BROKERS,    /* what only brokers say */
    LEGACY_MALFORMED      /* not as the command demands, or no command of clients at all */
} legacy_verdict_t;

/* Reads a message of count frames. */
legacy_verdict_t legacy_read(legacy_request_t *self, const dd_bytes_t *frames, size_t count);

/*
 * The record that says the same as the request of a client that has logged in; ADDLCL and CHALLOK
 * have none. false: it can't be done, and *problem says why. The answer to such a request is ERROR
 * 4 with that text.
 */
bool legacy_to_record(const legacy_request_t *self, dd_bytes_t tenant, uint32_t payload_max,
    dd_record_t *record, dd_problem_t *problem);

/* ---- To clients ---------------------------------------------------------------------------- */

/* A message as its frames. They point into the struct itself, too: it isn't to be copied. */
typedef struct {
    size_t count;
    dd_bytes_t frames[LEGACY_FRAMES_MAX];
    uint8_t numbers[16]; /* version, command, and an error's code or a cookie */
    size_t numbers_size;
    char text[512];
} legacy_message_t;

/* Who a record is for. */
typedef struct {
    uint32_t version;
    uint64_t cookie;
    dd_bytes_t tenant;
    dd_bytes_t name;   /* full; empty if it isn't registered */
    bool taken_nearby; /* the name it wanted was that of another client of the same broker */
    const dd_keyring_t *keyring; /* of the broker */
} legacy_recipient_t;

/* The message that tells a client what the record says; false if old clients have no word for it,
   and need none. Points into the record. */
bool legacy_from_record(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record);

/* ERROR with a text, which is copied. */
void legacy_write_error(
    legacy_message_t *self, uint32_t version, legacy_error_t code, const char *text);

/* CHALL; the bytes are only lent. */
void legacy_write_challenge(legacy_message_t *self, uint32_t version, dd_bytes_t challenge);

#endif
