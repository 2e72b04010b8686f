/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_input_account - no byte beyond the limit, nothing added up over days, and fair shares
 */
#include "ddbroker/net/input_account.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "libdd/base/clock.h"
#include "tests/deadline.h"

#define M (1u << 20)
#define PIECE 4096

/* Connections of one door; the greeting of each is over. */
typedef struct {
    int listener;
    struct sockaddr_un address;
    input_door_t *door;
} side_t;

typedef struct {
    int near, far; /* the broker's end, and the peer's */
    input_account_t *account;
} line_t;

static int side_open(void **state)
{
    static side_t self;
    self = (side_t){.address = {.sun_family = AF_UNIX}};
    self.listener = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(self.address.sun_path + 1, sizeof self.address.sun_path - 1, "dd-test-%d", getpid());
    assert_int_equal(bind(self.listener, (struct sockaddr *)&self.address, sizeof self.address), 0);
    assert_int_equal(listen(self.listener, 8), 0);
    self.door = input_door_new();
    assert_non_null(self.door);
    input_account_set_max(0);
    *state = &self;
    return 0;
}

static int side_close(void **state)
{
    side_t *self = *state;
    close(self->listener);
    input_door_destroy(&self->door);
    return 0;
}

static void give(int fd, const void *data, size_t size)
{
    assert_int_equal(send(fd, data, size, MSG_NOSIGNAL), size);
}

static line_t line_new(const side_t *side)
{
    line_t self = {.far = socket(AF_UNIX, SOCK_STREAM, 0)};
    const int room = 4 * M;
    setsockopt(self.far, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    assert_int_equal(
        connect(self.far, (const struct sockaddr *)&side->address, sizeof side->address), 0);
    self.near = accept4(side->listener, NULL, NULL, SOCK_NONBLOCK);
    self.account = input_account_open(self.near, side->door);
    assert_non_null(self.account);
    return self;
}

/* As ZeroMQ reads: whoever was put off among many strangers is asked again. */
static ssize_t next_heard(const line_t *line, void *bytes, size_t size)
{
    ssize_t got = recv(line->near, bytes, size, 0);
    return got < 0 ? recv(line->near, bytes, size, 0) : got;
}

/* What ZeroMQ reads of what was sent. */
static size_t heard(const line_t *line, uint8_t *bytes, size_t size)
{
    size_t sum = 0;
    ssize_t got;
    while ((got = next_heard(line, bytes + sum, size - sum)) > 0)
        sum += (size_t)got;
    return sum;
}

/* Has sent those bytes, which are taken. */
static line_t line_after(const side_t *side, const void *bytes, size_t size)
{
    uint8_t read[256];
    line_t self = line_new(side);
    give(self.far, bytes, size);
    assert_int_equal(heard(&self, read, sizeof read), size);
    input_account_take(self.account, INPUT_STRANGER);
    assert_int_equal(input_account_untaken(self.account), 0);
    return self;
}

/* Has shaken hands, sent a frame of one byte, and begun one that is longer than all that is sent
   here. */
static line_t line_greeted(const side_t *side)
{
    static const uint8_t BYTES[64 + 3 + 9] = {0xff, [9] = 0x7f, 3, [65] = 1, [67] = 2, [71] = 1};
    return line_after(side, BYTES, sizeof BYTES);
}

static void line_end(line_t *self)
{
    close(self->near);
    input_account_end(&self->account);
    close(self->far);
}

/* Sends so much, as far as the kernel has room, and reads as ZeroMQ does; what was read. */
static size_t pass(const line_t *self, size_t size)
{
    static char bytes[PIECE];
    size_t sum = 0;
    while (size > 0) {
        size_t piece = size < sizeof bytes ? size : sizeof bytes;
        ssize_t sent = send(self->far, bytes, piece, MSG_NOSIGNAL | MSG_DONTWAIT);
        ssize_t got = next_heard(self, bytes, sizeof bytes);
        if (sent <= 0 && got <= 0)
            break;
        size -= sent > 0 ? (size_t)sent : 0;
        sum += got > 0 ? (size_t)got : 0;
    }
    ssize_t got;
    while ((got = next_heard(self, bytes, sizeof bytes)) > 0)
        sum += (size_t)got;
    return sum;
}

static bool is_told(const side_t *side)
{
    struct pollfd item = {.fd = input_door_fd(side->door), .events = POLLIN};
    return poll(&item, 1, 0) == 1;
}

static void expect_next(const side_t *side, const line_t *line, input_fault_t why)
{
    input_fault_t found;
    assert_ptr_equal(input_door_next(side->door, &found), line ? line->account : NULL);
    assert_int_equal(found, why);
}

/* ---- Limits -------------------------------------------------------------------------------- */

/* Whatever a connection may bring: ZeroMQ would keep what it says of itself. */
static void a_first_frame_is_short(void **state)
{
    static const uint8_t GREETING[64] = {0xff, [9] = 0x7f, 3};
    static const uint8_t SHORT[9] = {2, [7] = INPUT_STRANGER >> 8};
    static const uint8_t LONG[9] = {2, [7] = INPUT_STRANGER >> 8, 1};
    const uint8_t *heads[] = {SHORT, LONG};
    uint8_t read[256];
    for (int i = 0; i < 2; i++) {
        line_t line = line_after(*state, GREETING, sizeof GREETING);
        input_account_grant(line.account, M, NULL, false);
        give(line.far, heads[i], sizeof SHORT);
        assert_int_equal(heard(&line, read, sizeof read), i == 0 ? sizeof SHORT : 0);
        assert_int_equal(errno, i == 0 ? EAGAIN : ECONNRESET);
        line_end(&line);
    }
}

static void strangers_bring_so_much_and_not_a_byte_more(void **state)
{
    side_t *side = *state;
    line_t line = line_greeted(side);
    assert_int_equal(pass(&line, INPUT_STRANGER), INPUT_STRANGER);
    assert_int_equal(errno, EAGAIN);
    assert_false(is_told(side)); /* which is no fault */
    assert_int_equal(pass(&line, 1), 0);
    assert_int_equal(errno, EAGAIN);
    assert_true(is_told(side));
    expect_next(side, &line, INPUT_BEYOND);
    expect_next(side, NULL, INPUT_FINE);
    assert_false(is_told(side));
    assert_int_equal(pass(&line, 1), 0); /* as long as it isn't cut, it is told again */
    assert_true(is_told(side));
    input_account_cut(line.account);
    char byte;
    assert_int_equal(recv(line.near, &byte, 1, 0), -1);
    assert_int_equal(errno, ECONNRESET);
    line_end(&line);
}

static bool is_put_off(const line_t *stranger)
{
    char byte;
    give(stranger->far, "x", 1);
    return recv(stranger->near, &byte, 1, 0) < 0;
}

/* Who is put off loses nothing, and those who are known are read meanwhile. */
static void strangers_have_turns(void **state)
{
    enum { STRANGERS = 100 };
    line_t strangers[STRANGERS], known = line_greeted(*state);
    char byte;
    input_account_grant(known.account, M, NULL, false);
    give(known.far, "x", 1);
    for (size_t i = 0; i < STRANGERS; i++)
        strangers[i] = line_greeted(*state);
    size_t last = 0;
    uint64_t end_us = dd_clock_us() + DEADLINE * UINT64_C(1000);
    while (!is_put_off(&strangers[last]) && dd_clock_us() < end_us)
        last = (last + 1) % STRANGERS;
    assert_int_equal(errno, EAGAIN);
    assert_int_equal(recv(known.near, &byte, 1, 0), 1);
    assert_int_equal(recv(strangers[last].near, &byte, 1, 0), 1); /* in the next round */
    for (size_t i = 0; i < STRANGERS; i++)
        line_end(&strangers[i]);
    line_end(&known);
}

static void who_is_granted_more_brings_more(void **state)
{
    side_t *side = *state;
    line_t line = line_greeted(side);
    input_account_grant(line.account, M, NULL, false);
    assert_int_equal(pass(&line, M + 1), M);
    input_account_take(line.account, PIECE);
    assert_int_equal(pass(&line, 2 * PIECE), PIECE);
    assert_int_equal(input_account_untaken(line.account), M);
    line_end(&line);
}

static void an_end_is_seen_at_the_limit(void **state)
{
    line_t line = line_greeted(*state);
    assert_int_equal(pass(&line, INPUT_STRANGER), INPUT_STRANGER);
    shutdown(line.far, SHUT_RDWR);
    char byte;
    assert_int_equal(recv(line.near, &byte, 1, 0), 0);
    line_end(&line);
}

/* Who waits goes on when some of it was taken, and is stuck when there was nothing to take. */
static void who_waits_is_cut_when_it_has_nothing_whole(void **state)
{
    side_t *side = *state;
    line_t line = line_greeted(side);
    input_account_grant(line.account, INPUT_STRANGER, NULL, true);
    for (int i = 0; i < 3; i++) {
        pass(&line, INPUT_STRANGER + 1);
        expect_next(side, NULL, INPUT_FINE);
        input_account_take(line.account, 1000);
        input_door_drained(side->door);
        expect_next(side, NULL, INPUT_FINE);
    }
    pass(&line, INPUT_STRANGER);
    expect_next(side, NULL, INPUT_FINE);
    input_door_drained(side->door);
    expect_next(side, &line, INPUT_STUCK);
    line_end(&line);
}

/* Of such, ZeroMQ would hold thirty times their bytes. */
static void empty_frames_count_what_they_cost(void **state)
{
    static const uint8_t GREETING[64] = {0xff, [9] = 0x7f, 3};
    line_t line = line_after(*state, GREETING, sizeof GREETING);
    size_t got = pass(&line, INPUT_STRANGER);
    assert_in_range(got, INPUT_STRANGER / 16, INPUT_STRANGER / 15);
    assert_in_range(
        input_account_untaken(line.account), INPUT_STRANGER, INPUT_STRANGER + INPUT_FRAME);
    line_end(&line);
}

static size_t write_frame(uint8_t *bytes, size_t size)
{
    bool is_long = size > UINT8_MAX;
    memset(bytes, 0, 9 + size);
    bytes[0] = is_long ? 2 : 0;
    if (is_long)
        bytes[7] = (uint8_t)(size >> 8);
    bytes[is_long ? 8 : 1] = (uint8_t)size;
    return size + (is_long ? 9 : 2);
}

/* However they come in. */
static void frames_count_as_they_are_taken(void **state)
{
    static const size_t SIZES[] = {0, 1, 33, 255, 256, 3000, 0, 7};
    static const uint8_t GREETING[64] = {0xff, [9] = 0x7f, 3};
    side_t *side = *state;
    uint8_t bytes[8192], read[8192];
    size_t size = 0;
    uint64_t count = 0;
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        size += write_frame(bytes + size, SIZES[i]);
        count += input_of_frame(SIZES[i]);
    }
    for (size_t piece = 1; piece < sizeof bytes; piece = 8 * piece - 1) {
        line_t line = line_after(side, GREETING, sizeof GREETING);
        for (size_t at = 0; at < size; at += piece) {
            give(line.far, bytes + at, at + piece < size ? piece : size - at);
            heard(&line, read, sizeof read);
        }
        assert_int_equal(input_account_untaken(line.account), count);
        line_end(&line);
    }
}

/* A frame of ZMTP 1 that is long counts one byte more. */
static void frames_of_old_zmtp_count_as_well(void **state)
{
    static const struct {
        const char *greeting;
        size_t size;
        const char *frames;
        size_t frames_size;
    } OLD[] = {
        {"\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\0", 14, "\1\0\0\3abc\2\0\0\0\0\0\0\0\1x", 17},
        {"\1\0", 2, "\1\1\4\0abc\xff\0\0\0\0\0\0\0\2\0x", 18},
    };
    for (size_t i = 0; i < 2; i++) {
        uint8_t read[256];
        line_t line = line_new(*state);
        give(line.far, OLD[i].greeting, OLD[i].size);
        heard(&line, read, sizeof read);
        input_account_take(line.account, INPUT_STRANGER);
        give(line.far, OLD[i].frames, OLD[i].frames_size);
        heard(&line, read, sizeof read);
        assert_int_equal(input_account_untaken(line.account), OLD[i].frames_size + 3 * INPUT_FRAME);
        line_end(&line);
    }
}

/* What is known of a peer once it has gone: by which ZMTP it spoke, and how far it came. */
static void a_greeting_is_known_afterwards(void **state)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool is_old, left;
    } CASES[] = {
        {"\xff\0\0\0\0\0\0\0\1\x7f\1\5", 12, true, false},
        {"\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\0", 14, true, false},
        {"\1\0", 2, true, false},
        {"\xff\0\0\0\0\0\0\0\1\x7f", 10, false, false},
        {"\xff\0\0\0\0\0\0\0\1\x7f\3", 11, false, true},
        {"GET / HTTP/1.0", 14, false, false},
        {"", 0, false, false},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        uint8_t read[256];
        line_t line = line_new(*state);
        if (CASES[i].size > 0) {
            give(line.far, CASES[i].bytes, CASES[i].size);
            heard(&line, read, sizeof read);
        }
        if (input_account_is_old(line.account) != CASES[i].is_old ||
            input_account_left_greeting(line.account) != CASES[i].left)
            fail_msg("case %zu", i);
        line_end(&line);
    }
    line_t line = line_greeted(*state);
    assert_false(input_account_is_old(line.account));
    assert_false(input_account_left_greeting(line.account));
    line_end(&line);
}

static void the_size_of_the_last_frame_is_known(void **state)
{
    static const uint8_t GREETING[64] = {0xff, [9] = 0x7f, 3};
    uint8_t bytes[1024], read[1024];
    line_t line = line_after(*state, GREETING, sizeof GREETING);
    assert_true(input_account_last_frame(line.account) == 0);
    give(line.far, bytes, write_frame(bytes, 300) - 100);
    heard(&line, read, sizeof read);
    assert_true(input_account_last_frame(line.account) == 300);
    line_end(&line);
}

/* ---- What isn't a message ------------------------------------------------------------------ */

/* Signs of life of ZeroMQ's own never come as messages; over days they are more than any limit. */
static void what_is_no_message_does_not_add_up(void **state)
{
    side_t *side = *state;
    line_t line = line_greeted(side);
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(pass(&line, 420 + 100), 520);
        input_account_take(line.account, 100);
        input_door_drained(side->door);
    }
    assert_in_range(input_account_untaken(line.account), 0, 3 * 420);
    line_end(&line);
}

/* As long as not all messages were taken, nobody can know what else was there. */
static void nothing_is_forgiven_before_all_is_taken(void **state)
{
    line_t line = line_greeted(*state);
    input_account_grant(line.account, M, NULL, false);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(pass(&line, 520), 520);
        input_account_take(line.account, 100);
    }
    assert_int_equal(input_account_untaken(line.account), 100 * 420);
    line_end(&line);
}

static void no_more_is_taken_than_there_is(void **state)
{
    line_t line = line_greeted(*state);
    pass(&line, 10);
    input_account_take(line.account, 1000);
    assert_int_equal(input_account_untaken(line.account), 0);
    assert_int_equal(pass(&line, 2 * INPUT_STRANGER), INPUT_STRANGER);
    line_end(&line);
}

/* ---- Shares -------------------------------------------------------------------------------- */

static size_t pass_all(line_t *lines, size_t count, size_t size)
{
    size_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += pass(&lines[i], size);
    return sum;
}

/* One tenant has half of all at most, the next half of the rest; a third still finds some, and
   whoever sends little always can. */
static void a_tenant_holds_no_more_than_is_left_free(void **state)
{
    side_t *side = *state;
    line_t greedy[8], other[8];
    input_account_set_max(4 * M);
    for (size_t i = 0; i < 8; i++) {
        greedy[i] = line_greeted(side);
        other[i] = line_greeted(side);
        input_account_grant(greedy[i].account, M, "a", false);
        input_account_grant(other[i].account, M, "b", false);
    }
    size_t first = pass_all(greedy, 8, M), second = pass_all(other, 8, M);
    assert_in_range(first, 2 * M - PIECE, 2 * M + 8 * INPUT_FREE);
    assert_in_range(second, M - PIECE, M + 8 * INPUT_FREE);
    line_t third = line_greeted(side);
    input_account_grant(third.account, M, "c", false);
    assert_in_range(pass(&third, M), M / 2 - PIECE, M / 2 + INPUT_FREE);

    /* It waits for its own to be taken, and then goes on. */
    expect_next(side, NULL, INPUT_FINE);
    input_account_take(greedy[0].account, M);
    assert_true(pass(&greedy[7], INPUT_FREE) > 0);
    for (size_t i = 0; i < 8; i++) {
        line_end(&greedy[i]);
        line_end(&other[i]);
    }
    line_end(&third);
    input_door_drained(side->door);
    line_t last = line_greeted(side);
    input_account_grant(last.account, 4 * M, "a", false);
    assert_in_range(pass(&last, 4 * M), 2 * M - PIECE, 2 * M + INPUT_FREE);
    line_end(&last);
    input_door_drained(side->door);
}

/* A thousand connections with a piece of a large frame each. */
static void pieces_of_frames_end_their_own_tenants_connections(void **state)
{
    side_t *side = *state;
    line_t greedy[6];
    input_account_set_max(4 * M);
    for (size_t i = 0; i < 6; i++) {
        greedy[i] = line_greeted(side);
        input_account_grant(greedy[i].account, M, "a", false);
        pass(&greedy[i], M / 2 + INPUT_FREE);
    }
    line_t good = line_greeted(side), link = line_greeted(side);
    input_account_grant(good.account, M, "b", false);
    input_account_grant(link.account, M, NULL, false);
    assert_int_equal(pass(&good, M / 2), M / 2);
    assert_int_equal(pass(&link, M), M);
    expect_next(side, NULL, INPUT_FINE);
    input_door_drained(side->door);
    input_fault_t why;
    assert_non_null(input_door_next(side->door, &why));
    assert_int_equal(why, INPUT_STUCK);
    for (size_t i = 0; i < 6; i++)
        line_end(&greedy[i]);
    line_end(&good);
    line_end(&link);
    input_door_drained(side->door);
}

/* What a connection has brought that is over still lies there until it is taken. */
static void what_is_left_counts_until_it_is_taken(void **state)
{
    side_t *side = *state;
    input_account_set_max(4 * M);
    line_t line = line_greeted(side);
    input_account_grant(line.account, 4 * M, "a", false);
    size_t first = pass(&line, 4 * M);
    line_end(&line);
    line = line_greeted(side);
    input_account_grant(line.account, 4 * M, "a", false);
    assert_in_range(pass(&line, 4 * M), 0, INPUT_FREE + PIECE);
    line_end(&line);
    input_door_drained(side->door);
    line = line_greeted(side);
    input_account_grant(line.account, 4 * M, "a", false);
    assert_int_equal(pass(&line, 4 * M), first);
    line_end(&line);
    input_door_drained(side->door);
}

/* ---- Descriptors --------------------------------------------------------------------------- */

/* It isn't another's before the loop has heard of it. */
static void a_closed_descriptor_stays_taken(void **state)
{
    side_t *side = *state;
    line_t line = line_new(side);
    int was = line.near;
    char byte;
    close(line.near);
    assert_int_equal(recv(line.far, &byte, 1, 0), 0); /* for the peer it is closed */
    line_t next = line_new(side);
    assert_int_not_equal(next.near, was);
    input_account_end(&line.account);
    assert_int_equal(dup2(was, was), -1);
    close(line.far);
    line_end(&next);
}

/* ---- Sockets that are deaf ------------------------------------------------------------------ */

static bool accepts(int listener)
{
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
    assert_true(fd >= 0 || errno == EAGAIN);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* Whoever waits there is accepted by another descriptor of the same socket. */
static void a_deaf_socket_accepts_nobody(void **state)
{
    const side_t *side = *state;
    int heir = dup(side->listener), far = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_true(input_account_deafen(side->listener));
    assert_int_equal(
        connect(far, (const struct sockaddr *)&side->address, sizeof side->address), 0);
    assert_false(accepts(side->listener));
    assert_true(accepts(heir));
    input_account_hear(side->listener);
    close(far);
    far = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(
        connect(far, (const struct sockaddr *)&side->address, sizeof side->address), 0);
    assert_true(accepts(side->listener));
    close(far);
    close(heir);
}

/* Another socket gets the number of one that was closed, and any number can be deaf one by one. */
static void a_closed_socket_is_not_deaf(void **state)
{
    const side_t *side = *state;
    for (int i = 0; i < 1000; i++) {
        int heir = dup(side->listener);
        assert_true(input_account_deafen(heir));
        close(heir);
    }
    int far = socket(AF_UNIX, SOCK_STREAM, 0), heir = dup(side->listener);
    assert_int_equal(
        connect(far, (const struct sockaddr *)&side->address, sizeof side->address), 0);
    assert_true(accepts(heir));
    close(far);
    close(heir);
}

static void other_descriptors_are_left_alone(void **state)
{
    side_t *side = *state;
    int pair[2];
    char byte = 1;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_null(input_account_open(pair[0], side->door));
    assert_null(input_account_open(-1, side->door));
    give(pair[0], &byte, 1);
    assert_int_equal(recv(pair[1], &byte, 1, 0), 1);
    assert_int_equal(close(pair[0]), 0);
    assert_int_equal(close(pair[1]), 0);
    assert_int_equal(close(pair[1]), -1);
    assert_int_equal(errno, EBADF);
}

/* ---- Old ZMTP ------------------------------------------------------------------------------ */

/* In pieces of one byte, and in one. */
static void give_in_pieces(
    const line_t *line, const void *data, size_t size, size_t piece, uint8_t *bytes, size_t *count)
{
    for (size_t at = 0; at < size; at += piece) {
        give(line->far, (const uint8_t *)data + at, at + piece < size ? piece : size - at);
        *count += heard(line, bytes + *count, 256 - *count);
    }
}

static const struct {
    const char *sent;
    size_t size, id_at, rest;
} OLD[] = {
#define BYTES(text) text, sizeof(text) - 1
    {BYTES("\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\0\1\2hi"), 14, 4},      /* ZMTP 2, no id */
    {BYTES("\xff\0\0\0\0\0\0\0\1\x7f\1\5\0\5chose\1\2hi"), 14, 4}, /* one of its own */
    {BYTES("\1\0\3\1hi"), 2, 4},                                   /* ZMTP 1 */
    {BYTES("\6\0chose\3\1hi"), 2, 4},
};

static void old_peers_get_an_id_that_says_their_connection(void **state)
{
    side_t *side = *state;
    for (size_t i = 0; i < 2 * sizeof OLD / sizeof OLD[0]; i++) {
        uint8_t bytes[256];
        size_t count = 0, id_at = OLD[i / 2].id_at, rest = OLD[i / 2].rest;
        line_t line = line_new(side);
        give_in_pieces(&line, OLD[i / 2].sent, OLD[i / 2].size, i % 2 ? 1 : 64, bytes, &count);
        assert_int_equal(count, id_at + 9 + rest);
        assert_memory_equal(bytes + count - rest, OLD[i / 2].sent + OLD[i / 2].size - rest, rest);
        assert_int_equal(bytes[id_at], 1);
        assert_int_equal(input_account_fd_of(dd_bytes(bytes + id_at, 9)), line.near);
        bytes[id_at + 8] ^= 1;
        assert_int_equal(input_account_fd_of(dd_bytes(bytes + id_at, 9)), -1);
        line_end(&line);
    }
}

static void new_peers_are_left_alone(void **state)
{
    static const char SENT[] = "\xff\0\0\0\0\0\0\0\1\x7f\3\0CURVE, and so on";
    for (size_t piece = 1; piece < sizeof SENT; piece += 5) {
        uint8_t bytes[256];
        size_t count = 0;
        line_t line = line_new(*state);
        give_in_pieces(&line, SENT, sizeof SENT, piece, bytes, &count);
        assert_int_equal(count, sizeof SENT);
        assert_memory_equal(bytes, SENT, sizeof SENT);
        assert_int_equal(input_account_fd_of(dd_bytes("\1\0\0\0\0\0\0\0\0", 9)), -1);
        line_end(&line);
    }
}

#define SIDE(test) cmocka_unit_test_setup_teardown(test, side_open, side_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIDE(a_first_frame_is_short),
        SIDE(strangers_bring_so_much_and_not_a_byte_more),
        SIDE(strangers_have_turns),
        SIDE(who_is_granted_more_brings_more),
        SIDE(an_end_is_seen_at_the_limit),
        SIDE(who_waits_is_cut_when_it_has_nothing_whole),
        SIDE(empty_frames_count_what_they_cost),
        SIDE(frames_count_as_they_are_taken),
        SIDE(frames_of_old_zmtp_count_as_well),
        SIDE(a_greeting_is_known_afterwards),
        SIDE(the_size_of_the_last_frame_is_known),
        SIDE(what_is_no_message_does_not_add_up),
        SIDE(nothing_is_forgiven_before_all_is_taken),
        SIDE(no_more_is_taken_than_there_is),
        SIDE(a_tenant_holds_no_more_than_is_left_free),
        SIDE(pieces_of_frames_end_their_own_tenants_connections),
        SIDE(what_is_left_counts_until_it_is_taken),
        SIDE(a_closed_descriptor_stays_taken),
        SIDE(other_descriptors_are_left_alone),
        SIDE(a_deaf_socket_accepts_nobody),
        SIDE(a_closed_socket_is_not_deaf),
        SIDE(old_peers_get_an_id_that_says_their_connection),
        SIDE(new_peers_are_left_alone),
    };
    return cmocka_run_group_tests_name("input_account", tests, NULL, NULL);
}
