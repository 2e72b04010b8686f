/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * record - the native protocol, version 5: struct <-> bytes
 *
 * A frame is the two bytes DD 05 and one or more records; dd-protocol(7) has the layout. A record
 * struct only points into the frame it was read from: it is valid as long as the frame is.
 *
 * What fields a type has, and in which order, stands in one table in record.c; reading, writing
 * and the tests all follow it.
 */
#ifndef DD_RECORD_H_INCLUDED
#define DD_RECORD_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

#define DD_FRAME_MAGIC 0xDD
#define DD_FRAME_VERSION 5
#define DD_FRAME_HEADER 2
/* A frame is closed and the next one begun before it gets larger than this, and who has more to say
   at once ends a connection: only one record alone may be larger. Larger frames gain nothing and
   keep a receiver from everybody else for long, smaller ones pay ZeroMQ's and CURVE's cost per
   frame more often. */
#define DD_FRAME_TARGET (32u * 1024)
/* u32 length of the rest, u8 type, u8 flags. */
#define DD_RECORD_HEADER 6
/* What a record adds to its payload at most: header, three str8, refs. */
#define DD_RECORD_OVERHEAD 1024
#define DD_BROKER_ID_SIZE 16
/* Links that a record may pass, and brokers above a broker: with half as many, a record gets from
   everywhere to everywhere. */
#define DD_HOPS_MAX 16
#define DD_ANCESTORS_MAX (DD_HOPS_MAX / 2)

/* Ranges in one ACK, each of two u32. */
#define DD_ACK_RANGES_MAX 32
#define DD_ACK_RANGE_SIZE 8

/* ms between two PINGs: what a broker may ask for in WELCOME and ADMIT. */
#define DD_HEARTBEAT_LEAST 100
#define DD_HEARTBEAT_MOST 60000

/* Type numbers are the wire's and never change. */
typedef enum {
    /* connection */
    DD_HELLO = 1,
    DD_WELCOME = 2,
    DD_JOIN = 3,
    DD_ADMIT = 4,
    DD_PING = 5,
    DD_PONG = 6,
    DD_BYE = 7,
    DD_ERROR = 8,
    DD_TAKEN = 9,
    DD_DRAIN = 10,
    DD_PROVE = 11,
    /* notifications */
    DD_SEND = 16,
    DD_DATA = 17,
    DD_FORWARD = 18,
    DD_RECEIPT = 19,
    DD_HOP = 20,
    DD_ACK = 21,
    /* publish and subscribe */
    DD_SUBSCRIBE = 32,
    DD_UNSUBSCRIBE = 33,
    DD_SUBSCRIBED = 34,
    DD_UNSUBSCRIBED = 35,
    DD_PUBLISH = 36,
    DD_PUBLICATION = 37,
    DD_RELAY = 38,
    DD_GAP = 39,
    DD_UNPUBLISHED = 40,
    /* tree upkeep */
    DD_ADD_CLIENT = 48,
    DD_DROP_CLIENT = 49,
    DD_ADD_INTEREST = 50,
    DD_DROP_INTEREST = 51,
    DD_SYNCED = 52,
    DD_CONTEST = 53,
    DD_KEPT = 54,
    DD_GONE = 55,
    DD_ADD_BROKER = 56,
    DD_DROP_BROKER = 57,
    /* inspection */
    DD_INSPECT = 64,
    DD_REPORT = 65,
    DD_CONTROL = 66
} dd_record_type_t;

typedef enum {
    /* SEND, FORWARD, DATA: the sender wants a RECEIPT. DD_WANT_RECEIPT of dd.h. */
    DD_FLAG_RECEIPT = 0x01,
    /* JOIN: `scope` is only what the broker had before; the parent may give another. */
    DD_FLAG_AUTO_SCOPE = 0x02,
    /* REPORT: the last one of this broker for this question. */
    DD_FLAG_LAST = 0x04,
    /* SEND, FORWARD, DATA: every broker on the way says what it does with it in a HOP, and the
       receiving library answers it without showing it to its application. */
    DD_FLAG_TRACE = 0x08,
    /* SEND, FORWARD, DATA: the sender waits for a REPLY. */
    DD_FLAG_REQUEST = 0x10,
    /* SEND, FORWARD, DATA: the answer to the REQUEST whose ref `re` is. */
    DD_FLAG_REPLY = 0x20,
    /* JOIN: the broker, or one beneath it, had a parent before, which perhaps hasn't noticed. */
    DD_FLAG_MOVED = 0x40,
    /* Any record: a receiver that doesn't know the type skips it. */
    DD_FLAG_OPTIONAL = 0x80
} dd_record_flag_t;

/* Bits of `features` in HELLO: its sender only asks. A broker gives it no name, and tells nobody
   that it came. */
#define DD_OBSERVES 0x01u

/* One record of any type; fields that the type doesn't have are zero. */
typedef struct {
    uint8_t type;
    uint8_t flags;
    uint8_t hops;       /* brokers passed so far */
    uint8_t suffix;     /* PUBLICATION, RELAY: bytes at the topic's end that only old clients are
                           shown: a path, see topic.h */
    uint16_t code;      /* a dd_error_t of the wire range; in a DROP_CLIENT from the parent: why */
    uint16_t links;     /* REPORT: brokers to which this one passed the question on */
    uint32_t ref;       /* chosen by the asker, echoed in the answer; 0 in ERROR: the connection */
    uint32_t run;       /* SEND, DATA, FORWARD, ACK: with ref the notification's number; 0: it has
                           none, and is not acknowledged */
    uint32_t re;        /* SEND, DATA, FORWARD with DD_FLAG_REPLY: the ref of the request */
    uint32_t features;  /* HELLO: DD_OBSERVES. Bits that mean nothing to the receiver are ignored */
    uint32_t window;    /* WELCOME, ADMIT: bytes that may be on their way untaken; 0: any number */
    uint32_t heartbeat; /* ms between two PINGs that the client or child is to keep */
    uint32_t limit;     /* WELCOME, JOIN, ADMIT: bytes of the largest payload; INSPECT: rows wanted,
                           0 for all */
    uint32_t first;     /* INSPECT: number of the first row wanted, from 0 */
    uint64_t number;    /* PING, PONG: sender's clock; GAP: how many, 0: some, perhaps; TAKEN:
                           bytes taken in since the connection began; INSPECT, REPORT, CONTROL
                           between brokers: the question's id; HELLO, ADD_CLIENT, DROP_CLIENT,
                           CONTEST, KEPT, GONE: the client's instance, 48 random bits and 16
                           that count its registrations; HOP: brokers passed up to this one */
    dd_bytes_t id;      /* a broker id, or several of DD_BROKER_ID_SIZE bytes each; JOIN,
                           ADD_BROKER, DROP_BROKER: the secret from which it is made */
    dd_bytes_t tenant;
    dd_bytes_t name;
    dd_bytes_t source;
    dd_bytes_t destination;
    dd_bytes_t topic;
    dd_bytes_t scope;
    dd_bytes_t text;
    dd_bytes_t payload;
} dd_record_t;

/* A run is 24 random bits of the sender's and below them 8 that count its runs, and not 0. Before
   they have counted through half of their range, the sender draws other random bits. */
#define DD_RUN_COUNT 0xFFu

static inline bool dd_run_is_of_same(uint32_t a, uint32_t b)
{
    return ((a ^ b) & ~DD_RUN_COUNT) == 0;
}

/* Of two with the same random bits. */
static inline bool dd_run_is_later(uint32_t a, uint32_t b)
{
    return (int8_t)(uint8_t)(a - b) > 0;
}

/* The type's name, or NULL for a number that is no type. */
const char *dd_record_name(uint8_t type);

/* An error that came over the wire. Numbers that mean something in a process only are not what a
   peer can have meant. */
static inline dd_error_t dd_wire_error(uint16_t code, dd_error_t otherwise)
{
    return code > 0 && code < DD_E_ARGUMENT ? (dd_error_t)code : otherwise;
}

/* What a peer keeps that was asked for this heartbeat. */
static inline uint32_t dd_heartbeat(uint32_t asked)
{
    if (asked < DD_HEARTBEAT_LEAST)
        return DD_HEARTBEAT_LEAST;
    return asked > DD_HEARTBEAT_MOST ? DD_HEARTBEAT_MOST : asked;
}

/* Bytes that the record takes on the wire, header included; 0 if it can't be written, since its
   type is none or a string field is longer than its length field can say. */
size_t dd_record_size(const dd_record_t *self);

/* Writes the record at a place of exactly dd_record_size() bytes, which must not be 0. */
void dd_record_write(const dd_record_t *self, uint8_t *bytes, size_t size);

/* Starts reading a frame: false if it doesn't begin with magic and version, has no record, or is
   larger than DD_FRAME_TARGET and has several. */
bool dd_frame_open(dd_reader_t *frame, const void *data, size_t size);

/*
 * Reads the next record of a frame. DD_OK, or DD_E_MALFORMED: then the frame's rest means nothing.
 * Unknown types with DD_FLAG_OPTIONAL come with all fields zero, for the caller to pass over.
 */
dd_error_t dd_frame_next(dd_reader_t *frame, dd_record_t *record);

/* Whether there is another record to read. */
static inline bool dd_frame_more(const dd_reader_t *frame)
{
    return frame->at < frame->end;
}

#endif
