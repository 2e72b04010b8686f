/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * input_account - how much has come in over a connection that isn't taken yet, and its limit
 */
/* Fortified headers have a definition of recv(2) of their own, beside which clang takes no other.
 */
#undef _FORTIFY_SOURCE

#include "input_account.h"

#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "frame_walk.h"
#include "libdd/base/clock.h"
#include "libdd/base/hash.h"
#include "old_greeting.h"
#include "stranger_turns.h"

/* Descriptors that can have an account: more than any process may have. What is never used of the
   table takes no memory. */
#define ACCOUNTS (1 << 20)
#define DOORS 16
/* Listening sockets that can be deaf at one time. */
#define DEAF_MAX 64
/* What the smallest frame counts, of two bytes; it is begun with any of them. */
#define SMALLEST_FRAME (INPUT_FRAME + 2)
/* A bit of `untaken`: what it counts beyond INPUT_FREE is in its share. */
#define SHARED (UINT64_C(1) << 63)

/* One tenant's part of what all may have. Lives on. */
typedef struct {
    UT_hash_handle hh;
    _Atomic uint64_t held;
    size_t size;
    char tenant[];
} share_t;

/* What connections have left that are over. */
typedef struct left {
    share_t *share;
    uint64_t bytes;
    struct left *next;
} left_t;

typedef enum {
    STATE_NONE,  /* isn't counted */
    STATE_OPEN,  /* is */
    STATE_CLOSED /* ZeroMQ has closed it, and the loop doesn't know that yet */
} state_t;

/* ZeroMQ's threads write what is atomic, and so does the loop. */
struct input_account {
    _Alignas(128) _Atomic int state; /* a state_t */
    _Atomic bool waits;
    _Atomic bool cut;
    _Atomic bool refused; /* something was there at the limit */
    _Atomic bool told;    /* is in a list of its door */
    _Atomic uint64_t untaken;
    _Atomic uint64_t limit;
    share_t *_Atomic share;
    input_door_t *_Atomic door;
    old_greeting_t greeting;    /* ZeroMQ's threads' own while it isn't over */
    frame_walk_t walk;          /* theirs */
    uint64_t put_off;           /* theirs, for stranger_turns_take() */
    struct input_account *next; /* in that list; whoever set `told` */
    /* The loop's own. */
    uint64_t taken;         /* so far */
    uint64_t came;          /* had so far come when a message was taken */
    unsigned drains;        /* of the door, then */
    uint64_t taken_refused; /* so far, when it was told */
    bool is_stuck;          /* waited, and all was taken that was there */
};

struct input_door {
    bool used;
    int wake; /* an eventfd; as long as the process lives, since ZeroMQ's threads may write to it */
    input_account_t *_Atomic refused; /* told by ZeroMQ's threads */
    input_account_t *fresh;           /* the same, on their way through the loop */
    input_account_t *waiting;         /* for the loop to take all that is there */
    input_account_t *stuck;
    left_t *left;
    unsigned drains;
};

static input_account_t accounts[ACCOUNTS];
static input_door_t doors[DOORS];
static share_t *shares;
static _Atomic uint64_t held_max;
static _Atomic uint64_t held_by_all;

static input_account_t *account_of(int fd)
{
    if (fd < 0 || fd >= ACCOUNTS ||
        atomic_load_explicit(&accounts[fd].state, memory_order_relaxed) != STATE_OPEN)
        return NULL;
    return &accounts[fd];
}

int input_account_fd(const input_account_t *self)
{
    return (int)(self - accounts);
}

int input_account_fd_of(dd_bytes_t id)
{
    int fd = old_greeting_fd(id);
    const input_account_t *self = account_of(fd);
    return self && old_greeting_gave(&self->greeting, fd, id) ? fd : -1;
}

uint64_t input_account_untaken(const input_account_t *self)
{
    return atomic_load(&self->untaken) & ~SHARED;
}

bool input_account_is_old(const input_account_t *self)
{
    return old_greeting_is_old(&self->greeting);
}

bool input_account_left_greeting(const input_account_t *self)
{
    return old_greeting_rest(&self->greeting) > 0 && old_greeting_is_over(&self->greeting) &&
           self->walk.first == 0 && self->walk.rest > 0;
}

uint64_t input_account_last_frame(const input_account_t *self)
{
    return self->walk.size;
}

/* ---- Shares -------------------------------------------------------------------------------- */

void input_account_set_max(uint64_t bytes)
{
    atomic_store(&held_max, bytes);
}

static share_t *share_of(const char *tenant)
{
    share_t *share;
    size_t size = strlen(tenant);
    HASH_FIND(hh, shares, tenant, size, share);
    if (share)
        return share;
    share = calloc(1, sizeof *share + size);
    if (!share)
        return NULL;
    share->size = size;
    memcpy(share->tenant, tenant, size);
    HASH_ADD_KEYPTR(hh, shares, share->tenant, size, share);
    if (share->hh.tbl)
        return share;
    free(share);
    return NULL;
}

static uint64_t beyond_free(uint64_t untaken)
{
    untaken &= ~SHARED;
    return untaken > INPUT_FREE ? untaken - INPUT_FREE : 0;
}

static void hold(share_t *share, uint64_t more)
{
    atomic_fetch_add(&share->held, more);
    atomic_fetch_add(&held_by_all, more);
}

/* What an account counts has changed; each change is seen once, by whoever made it. */
static void move_share(input_account_t *self, uint64_t before, uint64_t now)
{
    uint64_t more = beyond_free(now) - beyond_free(before); /* may go below 0, and round */
    if ((before & SHARED) && more != 0)
        hold(atomic_load(&self->share), more);
}

/* Its messages are still to be taken. */
static void leave_share(input_account_t *self, uint64_t untaken)
{
    input_door_t *door = atomic_load(&self->door);
    left_t *left = door && beyond_free(untaken) > 0 ? malloc(sizeof *left) : NULL;
    if (!left) {
        move_share(self, untaken, SHARED);
        return;
    }
    *left = (left_t){atomic_load(&self->share), beyond_free(untaken), door->left};
    door->left = left;
}

static void forget_left(input_door_t *self)
{
    while (self->left) {
        left_t *left = self->left;
        self->left = left->next;
        hold(left->share, -left->bytes);
        free(left);
    }
}

/* Of what is free, half at most, so that no more is held than is free then. */
static uint64_t room_in_share(const input_account_t *self, uint64_t untaken)
{
    uint64_t max = atomic_load(&held_max);
    if (!(untaken & SHARED) || max == 0)
        return UINT64_MAX;
    untaken &= ~SHARED;
    uint64_t held = atomic_load(&held_by_all) + atomic_load(&atomic_load(&self->share)->held);
    uint64_t room = held < max ? (max - held) / 2 : 0;
    return room + (untaken < INPUT_FREE ? INPUT_FREE - untaken : 0);
}

/* ---- ZeroMQ's threads ---------------------------------------------------------------------- */

static uint64_t room_of(const input_account_t *self)
{
    uint64_t untaken = atomic_load(&self->untaken), limit = atomic_load(&self->limit);
    uint64_t room = limit > (untaken & ~SHARED) ? limit - (untaken & ~SHARED) : 0;
    uint64_t shared = room_in_share(self, untaken);
    return shared < room ? shared : room;
}

/* Once, until the loop has seen it. */
static void tell(input_account_t *self)
{
    input_door_t *door = atomic_load(&self->door);
    atomic_store(&self->refused, true);
    if (!door || atomic_exchange(&self->told, true))
        return;
    input_account_t *first = atomic_load(&door->refused);
    do
        self->next = first;
    while (!atomic_compare_exchange_weak(&door->refused, &first, self));
    if (!first)
        eventfd_write(door->wake, 1);
}

/* At its limit: what has come since is left where it is. That it is over can be seen. */
static ssize_t look(input_account_t *self, int fd)
{
    char byte;
    ssize_t size = recvfrom(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT, NULL, NULL);
    if (size <= 0)
        return size;
    tell(self);
    errno = EAGAIN;
    return -1;
}

/* The frames begin behind the greeting. */
static ssize_t read_greeting(input_account_t *self, int fd, void *data, size_t size)
{
    ssize_t got = old_greeting_read(&self->greeting, fd, data, size);
    if (old_greeting_is_over(&self->greeting))
        self->walk = (frame_walk_t){
            .rest = old_greeting_rest(&self->greeting), .is_1 = old_greeting_is_1(&self->greeting)};
    return got;
}

/* Bytes that can be read without going beyond the room, if the smallest frames follow. */
static size_t readable(const input_account_t *self, size_t size, uint64_t room)
{
    uint64_t rest = self->walk.rest;
    if (rest < room)
        room = rest + (room - rest + SMALLEST_FRAME - 1) / SMALLEST_FRAME;
    return size < room ? size : (size_t)room;
}

static ssize_t refuse(void)
{
    errno = ECONNRESET;
    return -1;
}

/* Gives what it has read, and says what that counts. The first frame is of a handshake, or logs in.
 */
static ssize_t read_some(
    input_account_t *self, int fd, void *data, size_t size, int flags, uint64_t *count)
{
    if (!old_greeting_is_over(&self->greeting)) {
        ssize_t got = read_greeting(self, fd, data, size);
        *count = got > 0 ? (uint64_t)got : 0;
        return got;
    }
    ssize_t got = recvfrom(fd, data, size, flags, NULL, NULL);
    if (got > 0)
        *count = (uint64_t)got + INPUT_FRAME * frame_walk(&self->walk, data, (size_t)got);
    return self->walk.first > INPUT_STRANGER ? refuse() : got;
}

/* ZeroMQ asks again as long as there is something. */
static ssize_t put_off(void)
{
    errno = EAGAIN;
    return -1;
}

static bool is_stranger(const input_account_t *self)
{
    return atomic_load_explicit(&self->limit, memory_order_relaxed) <= INPUT_STRANGER;
}

static ssize_t read_counted(input_account_t *self, int fd, void *data, size_t size, int flags)
{
    if (atomic_load_explicit(&self->cut, memory_order_relaxed))
        return refuse();
    if (is_stranger(self) && !stranger_turns_take(&self->put_off, dd_clock_us()))
        return put_off();
    uint64_t room = room_of(self), count = 0;
    if (room == 0 && size > 0)
        return look(self, fd);
    ssize_t got = read_some(self, fd, data, readable(self, size, room), flags, &count);
    if (count > 0) {
        uint64_t before = atomic_fetch_add(&self->untaken, count);
        move_share(self, before, before + count);
    }
    return got;
}

static void start(input_account_t *self)
{
    atomic_store(&self->waits, false);
    atomic_store(&self->cut, false);
    atomic_store(&self->refused, false);
    atomic_store(&self->untaken, 0);
    atomic_store(&self->limit, INPUT_STRANGER);
    atomic_store(&self->share, NULL);
    atomic_store(&self->door, NULL);
    self->greeting = (old_greeting_t){.stage = GREETING_BEGINS};
    self->walk = (frame_walk_t){.rest = 0};
    self->put_off = 0;
    self->taken = self->came = 0;
    atomic_store(&self->state, STATE_OPEN);
}

/* ---- Listening sockets that are deaf -------------------------------------------------------- */

/* Their descriptors, and one more; 0: a free place. */
static _Atomic int deaf[DEAF_MAX];
static _Atomic int deaf_count;

bool input_account_deafen(int fd)
{
    for (size_t i = 0; i < DEAF_MAX; i++) {
        int free_place = 0;
        if (!atomic_compare_exchange_strong(&deaf[i], &free_place, fd + 1))
            continue;
        atomic_fetch_add(&deaf_count, 1);
        return true;
    }
    return false;
}

void input_account_hear(int fd)
{
    for (size_t i = 0; atomic_load(&deaf_count) > 0 && i < DEAF_MAX; i++) {
        int place = fd + 1;
        if (atomic_compare_exchange_strong(&deaf[i], &place, 0))
            atomic_fetch_sub(&deaf_count, 1);
    }
}

static bool is_deaf(int fd)
{
    bool found = false;
    for (size_t i = 0; atomic_load(&deaf_count) > 0 && i < DEAF_MAX; i++)
        found |= atomic_load(&deaf[i]) == fd + 1;
    return found;
}

/* ---- What ZeroMQ calls ---------------------------------------------------------------------- */

/* These three take the place of the C library's for ZeroMQ, too, since a program's own come
   first. */

#define FOR_ALL __attribute__((visibility("default")))

FOR_ALL ssize_t recv(int fd, void *data, size_t size, int flags)
{
    input_account_t *account = account_of(fd);
    return account ? read_counted(account, fd, data, size, flags)
                   : recvfrom(fd, data, size, flags, NULL, NULL);
}

FOR_ALL int accept4(int fd, struct sockaddr *address, socklen_t *size, int flags)
{
    if (is_deaf(fd)) {
        sched_yield(); /* who waits there is another's to accept, on another thread perhaps */
        errno = EAGAIN;
        return -1;
    }
    int accepted = (int)syscall(SYS_accept4, fd, address, size, flags);
    if (accepted >= ACCOUNTS) {
        syscall(SYS_close, accepted);
        errno = ECONNABORTED;
        return -1;
    }
    if (accepted >= 0)
        start(&accounts[accepted]);
    return accepted;
}

/* To the other side it is closed at once. */
FOR_ALL int close(int fd)
{
    int open = STATE_OPEN;
    input_account_hear(fd);
    if (!account_of(fd) ||
        !atomic_compare_exchange_strong(&accounts[fd].state, &open, STATE_CLOSED))
        return (int)syscall(SYS_close, fd);
    shutdown(fd, SHUT_RDWR);
    return 0;
}

/* ---- The loop's side ----------------------------------------------------------------------- */

input_account_t *input_account_open(int fd, input_door_t *door)
{
    if (fd < 0 || fd >= ACCOUNTS || atomic_load(&accounts[fd].state) == STATE_NONE)
        return NULL;
    input_account_t *self = &accounts[fd];
    self->drains = door->drains;
    atomic_store(&self->door, door);
    return self;
}

void input_account_end(input_account_t **self_p)
{
    input_account_t *self = *self_p;
    if (!self)
        return;
    *self_p = NULL;
    uint64_t untaken = atomic_fetch_and(&self->untaken, ~SHARED);
    if (untaken & SHARED)
        leave_share(self, untaken);
    atomic_store(&self->refused, false);
    atomic_store(&self->door, NULL);
    if (atomic_exchange(&self->state, STATE_NONE) == STATE_CLOSED)
        syscall(SYS_close, input_account_fd(self));
}

void input_account_grant(input_account_t *self, uint64_t limit, const char *tenant, bool waits)
{
    share_t *share = tenant ? share_of(tenant) : NULL;
    atomic_store(&self->waits, waits);
    if (share && !atomic_load(&self->share)) {
        atomic_store(&self->share, share);
        uint64_t untaken = atomic_fetch_or(&self->untaken, SHARED);
        move_share(self, SHARED, untaken | SHARED);
    }
    if (share || !tenant)
        atomic_store(&self->limit, limit);
}

/* Only the loop takes, so no more is taken than is there. */
static void take(input_account_t *self, uint64_t bytes)
{
    uint64_t untaken = input_account_untaken(self);
    bytes = bytes < untaken ? bytes : untaken;
    self->taken += bytes;
    uint64_t before = atomic_fetch_sub(&self->untaken, bytes);
    move_share(self, before, before - bytes);
}

/* If all messages were taken since an earlier one, then all that had come by then was of messages
   that are taken, this one the last, or of none. */
void input_account_take(input_account_t *self, uint64_t bytes)
{
    const input_door_t *door = atomic_load(&self->door);
    take(self, bytes);
    if (!door || door->drains == self->drains)
        return;
    if (self->came > self->taken)
        take(self, self->came - self->taken);
    self->came = self->taken + input_account_untaken(self);
    self->drains = door->drains;
}

void input_account_cut(input_account_t *self)
{
    atomic_store(&self->cut, true);
    shutdown(input_account_fd(self), SHUT_RDWR);
}

/* ---- Doors --------------------------------------------------------------------------------- */

input_door_t *input_door_new(void)
{
    for (size_t i = 0; i < DOORS; i++) {
        input_door_t *self = &doors[i];
        if (self->used)
            continue;
        if (self->wake == 0)
            self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        self->used = self->wake > 0;
        return self->used ? self : NULL;
    }
    return NULL;
}

void input_door_destroy(input_door_t **self_p)
{
    if (!*self_p)
        return;
    forget_left(*self_p);
    (*self_p)->used = false;
    *self_p = NULL;
}

int input_door_fd(const input_door_t *self)
{
    return self->wake;
}

/* From now on it can be told again. */
static void release(input_account_t *self)
{
    self->is_stuck = false;
    atomic_store(&self->refused, false);
    atomic_store(&self->told, false);
}

static input_account_t *pop(input_account_t **list)
{
    input_account_t *first = *list;
    if (first)
        *list = first->next;
    return first;
}

static void push(input_account_t **list, input_account_t *account)
{
    account->next = *list;
    *list = account;
}

/* What is left in a list of one that has ended may be another's. */
static bool is_here(const input_door_t *self, const input_account_t *account)
{
    return atomic_load(&account->door) == self && atomic_load(&account->refused);
}

static input_account_t *next_refused(input_door_t *self)
{
    if (!self->fresh && atomic_load(&self->refused)) {
        eventfd_t count;
        eventfd_read(self->wake, &count);
        self->fresh = atomic_exchange(&self->refused, NULL);
    }
    return pop(&self->fresh);
}

/* What goes beyond its own limit and isn't to wait. */
static bool is_beyond(const input_account_t *self)
{
    return !atomic_load(&self->waits) && input_account_untaken(self) >= atomic_load(&self->limit);
}

input_account_t *input_door_next(input_door_t *self, input_fault_t *why)
{
    input_account_t *account;
    while ((account = pop(&self->stuck)) || (account = next_refused(self))) {
        bool here = is_here(self, account), stuck = account->is_stuck;
        if (here && !stuck && !is_beyond(account)) {
            account->taken_refused = account->taken;
            push(&self->waiting, account);
            continue;
        }
        release(account);
        *why = stuck ? INPUT_STUCK : INPUT_BEYOND;
        if (here)
            return account;
    }
    *why = INPUT_FINE;
    return NULL;
}

void input_door_drained(input_door_t *self)
{
    input_account_t *account, *waiting = self->waiting;
    self->drains++;
    forget_left(self);
    self->waiting = NULL;
    while ((account = pop(&waiting))) {
        account->is_stuck = is_here(self, account) && account->taken == account->taken_refused &&
                            room_of(account) == 0;
        if (account->is_stuck)
            push(&self->stuck, account);
        else
            release(account);
    }
}
