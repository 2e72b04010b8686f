/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * input_account - how much has come in over a connection that isn't taken yet, and its limit
 *
 * ZeroMQ's own limits count messages, and stop the reading where they are reached: a message of
 * ever more frames passes them all, and a connection that is reset while its input is stopped can
 * end the process (libzmq 4.3.4). So the broker's sockets have none of them. Instead this module
 * defines what ZeroMQ's threads call to read, recv(2), with accept4(2) and close(2): connections
 * that are accepted have an account by their descriptor, and no byte is read beyond its limit.
 *
 * ZeroMQ's threads never decide anything: at the limit they find nothing to read, and the account
 * is told to its door, where the loop asks. There the connection is cut, or waits for the loop to
 * take what it has sent; while a connection waits, ZeroMQ asks for it again and again.
 *
 * A socket that is listened on can be made deaf: ZeroMQ finds nobody waiting there, while it goes
 * on with those that it has accepted before, who would end with it.
 *
 * An account is the loop's from input_account_open() to input_account_end(), and its descriptor
 * isn't used for another connection before that, even when ZeroMQ has closed it.
 */
#ifndef INPUT_ACCOUNT_H_INCLUDED
#define INPUT_ACCOUNT_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libdd/base/buffer.h"

typedef struct input_account input_account_t;
typedef struct input_door input_door_t;

/* Bytes that a connection may bring before it is granted more: a handshake, and what libraries say
   to be let in, which is less than 1 KiB. ZeroMQ keeps all that a peer tells of itself in its
   handshake as long as the connection lives, in ten times and more the room that it had on the
   wire. The first frame isn't longer, either. */
#define INPUT_STRANGER (4u << 10)
/* Bytes beyond what it is granted that are read of one that doesn't keep to it. */
#define INPUT_EXCESS (64u << 10)
/* Bytes of each connection that aren't counted for its tenant, so that those who send little always
   can. */
#define INPUT_FREE (8u << 10)

/* Why a connection is to be cut. */
typedef enum {
    INPUT_FINE,
    INPUT_BEYOND, /* has sent more than it may */
    INPUT_STUCK   /* so has it or its tenant, in messages that aren't whole */
} input_fault_t;

/* What a frame counts besides its bytes on the wire: what it costs to keep. In CURVE it then comes
   to what windows count. */
#define INPUT_FRAME 29u

/* What a frame of ZMTP 2 or 3 counts, without encryption and in CURVE. */
static inline uint64_t input_of_frame(size_t size)
{
    return INPUT_FRAME + size + (size > UINT8_MAX ? 9 : 2);
}

static inline uint64_t input_of_curve(size_t size)
{
    return input_of_frame(size + 33);
}

/* What all tenants may have untaken here: of that, one may have no more than is left free. 0: any
   number. */
void input_account_set_max(uint64_t bytes);

/* ZeroMQ accepts nobody at this descriptor any more, until it is closed. False if there are too
   many such. input_account_hear() takes it back. */
bool input_account_deafen(int fd);
void input_account_hear(int fd);

/* ---- Doors --------------------------------------------------------------------------------- */

/* For the connections of one socket, whose messages are taken by one loop. NULL if there are no
   descriptors or too many doors. Destroy it when its accounts have ended. */
input_door_t *input_door_new(void);
void input_door_destroy(input_door_t **self_p);

/* To poll for input: then input_door_next() has something. */
int input_door_fd(const input_door_t *self);

/* The next connection of this door that is to be cut, and why; NULL if there is none. To be asked
   before messages are taken. */
input_account_t *input_door_next(input_door_t *self, input_fault_t *why);

/* The loop has taken all messages that were there. */
void input_door_drained(input_door_t *self);

/* ---- Accounts ------------------------------------------------------------------------------ */

/* That of a connection that was accepted. NULL for a descriptor without. */
input_account_t *input_account_open(int fd, input_door_t *door);
/* Its connection is over, as the loop knows. What it has brought counts for its tenant until all
   messages have been taken. */
void input_account_end(input_account_t **self_p);

int input_account_fd(const input_account_t *self);
/* The descriptor of an open connection whose peer speaks ZMTP 1 or 2, by its routing id; else -1.
 */
int input_account_fd_of(dd_bytes_t id);

/* How much may be untaken from now on; for the tenant or operator, NULL for one that has no share
   in what all may have. Who waits isn't cut at its limit as long as it brings whole messages. */
void input_account_grant(input_account_t *self, uint64_t limit, const char *tenant, bool waits);

/* The loop has taken a message whose frames count so much. What isn't a message, handshakes and
   ZeroMQ's own signs of life, needn't be told: it counts until the next message but one. */
void input_account_take(input_account_t *self, uint64_t bytes);

/* Of a connection that is over, before input_account_end(): whether its peer spoke ZMTP 1 or 2;
   whether it spoke ZMTP 3 and left in its greeting, as one does that doesn't like ours; and the
   bytes of the frame that came last, whole or not. */
bool input_account_is_old(const input_account_t *self);
bool input_account_left_greeting(const input_account_t *self);
uint64_t input_account_last_frame(const input_account_t *self);

uint64_t input_account_untaken(const input_account_t *self);

/* ZeroMQ reads no more of it and closes it. */
void input_account_cut(input_account_t *self);

#endif
