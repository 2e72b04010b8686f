/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * old_greeting - gives peers of ZMTP 1 and 2 a routing id that says their connection
 */
#include "old_greeting.h"

#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/socket.h>

#define MARK 1
/* Bytes of the greeting of ZMTP 2: signature, revision and socket type. */
#define GREETING_SIZE 12
#define GREETING_3_SIZE 64
/* Where the signature tells a greeting from a long id of ZMTP 1, and the revision behind it. */
#define AT_FLAGS 9
#define AT_REVISION 10
/* The first byte of a signature; in ZMTP 1, that of a frame of more than 254 bytes. */
#define SIGNATURE 0xff
#define ZMTP_2 1

static ssize_t refuse(void)
{
    errno = ECONNRESET;
    return -1;
}

static ssize_t begin(old_greeting_t *self, int fd)
{
    uint8_t first;
    ssize_t got = recvfrom(fd, &first, sizeof first, MSG_PEEK, NULL, NULL);
    if (got > 0)
        self->stage = first == SIGNATURE ? GREETING_SIGNATURE : GREETING_HEAD;
    return got;
}

/* Passes it on. An id of ZMTP 1 that is so long looks like a signature at first; nobody has one. */
static ssize_t read_signature(old_greeting_t *self, int fd, uint8_t *data, size_t size)
{
    size_t rest = (size_t)GREETING_SIZE - self->count;
    ssize_t got = recvfrom(fd, data, size < rest ? size : rest, 0, NULL, NULL);
    for (ssize_t i = 0; i < got; i++, self->count++) {
        if (self->count == AT_FLAGS && !(data[i] & 1))
            return refuse();
        if (self->count == AT_REVISION)
            self->revision = data[i];
    }
    if (self->count > AT_REVISION && self->revision > ZMTP_2) {
        self->stage = GREETING_OVER;
    } else if (self->count == GREETING_SIZE) {
        self->stage = GREETING_HEAD;
        self->count = 0;
    }
    return got;
}

/* In ZMTP 1 the size is first and counts the flags; in ZMTP 2 it is behind them. */
static ssize_t read_head(old_greeting_t *self, int fd)
{
    ssize_t got =
        recvfrom(fd, self->head + self->count, sizeof self->head - self->count, 0, NULL, NULL);
    if (got <= 0)
        return got;
    self->count += (uint8_t)got;
    if (self->count < sizeof self->head)
        return got;
    bool is_2 = self->revision == ZMTP_2;
    uint8_t flags = self->head[is_2 ? 0 : 1], rest = self->head[is_2 ? 1 : 0];
    if (flags != 0 || (!is_2 && (rest == 0 || rest == UINT8_MAX)))
        return refuse();
    self->skip = is_2 ? rest : (uint8_t)(rest - 1);
    self->stage = self->skip > 0 ? GREETING_ID : GREETING_ANSWER;
    return got;
}

static ssize_t pass_id(old_greeting_t *self, int fd)
{
    uint8_t id[UINT8_MAX];
    ssize_t got = recvfrom(fd, id, self->skip, 0, NULL, NULL);
    if (got > 0)
        self->skip -= (uint8_t)got;
    if (self->skip == 0)
        self->stage = GREETING_ANSWER;
    return got;
}

static void write_id(const old_greeting_t *self, int fd, uint8_t id[OLD_GREETING_ID])
{
    dd_writer_t writer = dd_writer(id, OLD_GREETING_ID);
    dd_write_u8(&writer, MARK);
    dd_write_u32(&writer, (uint32_t)fd);
    dd_write_u32(&writer, self->number);
}

static ssize_t answer(old_greeting_t *self, int fd, uint8_t *data, size_t size)
{
    if (size < 2 + OLD_GREETING_ID)
        return refuse(); /* libzmq has room for more */
    bool is_2 = self->revision == ZMTP_2;
    data[0] = is_2 ? 0 : 1 + OLD_GREETING_ID;
    data[1] = is_2 ? OLD_GREETING_ID : 0;
    self->number = randombytes_random();
    write_id(self, fd, data + 2);
    self->stage = GREETING_OVER;
    return 2 + OLD_GREETING_ID;
}

ssize_t old_greeting_read(old_greeting_t *self, int fd, void *data, size_t size)
{
    ssize_t got = 1;
    if (self->stage == GREETING_BEGINS)
        got = begin(self, fd);
    if (self->stage == GREETING_SIGNATURE)
        return read_signature(self, fd, data, size);
    while (got > 0 && self->stage == GREETING_HEAD)
        got = read_head(self, fd);
    while (got > 0 && self->stage == GREETING_ID)
        got = pass_id(self, fd);
    return got > 0 ? answer(self, fd, data, size) : got;
}

size_t old_greeting_rest(const old_greeting_t *self)
{
    return self->revision > ZMTP_2 ? (size_t)GREETING_3_SIZE - self->count : 0;
}

bool old_greeting_is_1(const old_greeting_t *self)
{
    return self->revision < ZMTP_2;
}

/* A greeting of ZMTP 2 says so itself; in ZMTP 1 there is none, but the head of an id. */
bool old_greeting_is_old(const old_greeting_t *self)
{
    greeting_stage_t stage = (greeting_stage_t)self->stage;
    return self->revision <= ZMTP_2 &&
           (stage > GREETING_HEAD || (stage == GREETING_HEAD && self->revision == ZMTP_2));
}

bool old_greeting_gave(const old_greeting_t *self, int fd, dd_bytes_t id)
{
    uint8_t given[OLD_GREETING_ID];
    write_id(self, fd, given);
    return self->stage == GREETING_OVER && self->number != 0 &&
           dd_bytes_equal(id, dd_bytes(given, sizeof given));
}

int old_greeting_fd(dd_bytes_t id)
{
    uint32_t fd;
    if (id.size != OLD_GREETING_ID || id.data[0] != MARK)
        return -1;
    dd_reader_t reader = dd_reader(id.data + 1, id.size - 1);
    fd = dd_read_u32(&reader);
    return fd <= INT32_MAX ? (int)fd : -1;
}
