/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer - one connection of the broker: who is there, what waits for it, what it did
 */
#ifndef PEER_H_INCLUDED
#define PEER_H_INCLUDED

#include "departures.h"
#include "descendants.h"
#include "directory.h"
#include "interest.h"
#include "jobs.h"
#include "libdd/base/pulse.h"
#include "libdd/keys/keyring.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/outbox.h"
#include "libdd/protocol/scope.h"
#include "link_outbox.h"
#include "quota.h"

typedef struct question question_t;
typedef struct old_client old_client_t;
typedef struct foreign foreign_t;

/* Bits, so that a record's handler can say which roles may use it. */
typedef enum {
    ROLE_CLIENT = 1,   /* of a tenant */
    ROLE_OPERATOR = 2, /* sees all, sends nothing */
    ROLE_CHILD = 4,    /* a broker beneath this one */
    ROLE_PARENT = 8,   /* the broker above */
    ROLE_OBSERVER = 16 /* a client or an operator that does nothing but ask, and has no name */
} role_t;
#define ROLE_LINK (ROLE_CHILD | ROLE_PARENT)

typedef enum {
    PEER_NEW,     /* its key is known; HELLO, JOIN or ADMIT is still to come */
    PEER_WAITING, /* a client that wants a name which another has, who is being asked */
    PEER_READY,   /* registered */
    PEER_ENDED    /* was told why; nothing it sends counts, until the connection is gone */
} peer_state_t;

/* What has been told of losses. */
typedef struct {
    uint64_t told; /* of these so many */
    uint64_t told_ms;
    uint64_t fresh_ms; /* when it was seen that there are more; 0: there are none */
} drop_note_t;

/* What has been told of refusals. */
typedef struct {
    uint64_t seen; /* so many at the last look */
    uint64_t told; /* of these so many */
    uint64_t told_ms;
    dd_error_t code; /* of the last one */
} refusal_note_t;

struct peer {
    role_t role;
    peer_state_t state;
    uint8_t protocol;               /* DD_FRAME_VERSION; 3 or 4: a client of the legacy endpoint */
    char tenant[DD_TENANT_MAX + 1]; /* of a client, also of one that observes; else "" */
    quota_t *quota;                 /* of the same and of an operator; else NULL */
    bool is_self;                   /* the broker itself, which has no connection to itself */
    bool placed;                    /* holds one of the places that there are for connections */
    uint8_t key[DD_KEY_SIZE];       /* public key it logged in with */
    uint8_t next_key[DD_KEY_SIZE];  /* the one that it has proven to have, too */
    bool proven;                    /* and it is there */
    bool is_behind;                 /* client: counted as one with the old key alone */
    uint32_t proof_keys;            /* number of the broker's keys at its last proof, from 1 on */
    uint64_t proof_ms;              /* and when that was */
    dd_name_t name;                 /* client: full name; operator and broker: its name */
    uint64_t instance;              /* client: from HELLO */
    uint8_t id[DD_BROKER_ID_SIZE];  /* link: the other broker's */
    dd_scope_t scope;               /* link: the other broker's */
    dd_outbox_t outbox;
    foreign_t *foreign;     /* client: what waits for it from other tenants' clients */
    link_outbox_t *shares;  /* link: what is to go into the outbox; else NULL */
    uint32_t keys;          /* number of the keys by which it was looked at */
    uint32_t scope_number;  /* of this broker's scope, when it registered */
    uint64_t since_ms;      /* registered, or before that connected */
    uint64_t heard_ms;      /* last sign of life */
    dd_pulse_t pulse;       /* of one that is silent */
    uint32_t heartbeat;     /* ms between two PINGs, as was agreed on this connection */
    uint32_t window;        /* bytes that it may have on their way here untaken (window.h); 0: any
                               number, or it isn't registered yet */
    uint64_t taken;         /* what was taken in from it, counted as windows are */
    uint64_t told;          /* of that, what it was told of */
    uint64_t window_from;   /* it may be told once so many bytes have left its outbox: then it has
                               been told the window */
    uint64_t pinged_ms;     /* parent: last PING of ours */
    uint64_t pinged_us;     /* the same, by the finer clock; the PING's number */
    bool pinged;            /* and no PONG has answered it yet */
    uint64_t complained_ms; /* last UNKNOWN_PEER, which is sent once a second at most */
    uint64_t rtt_us;        /* parent: round trip of the last PING; 0: not known */
    drop_note_t drop_note;
    refusal_note_t refusal_note;
    counts_t count;
    entry_t *entries; /* names reached through it: its own, or a link's subtree */
    size_t entry_count;
    subscription_t *subscriptions; /* those with losses to tell first */
    topic_t *published;            /* client: its last topic; NULL before the first */
    unsigned subscription_count;
    question_t *questions; /* that it asked lately */
    unsigned question_count;
    uint32_t payload_max;     /* link: what the other broker takes */
    uint32_t traced;          /* client: ref of its last trace */
    uint64_t owed_acks;       /* notifications handed to it, less the times it acknowledged some */
    uint64_t owed_receipts;   /* the same, less the receipts and refusals that it gave */
    uint64_t owed_hops;       /* what brokers beyond it may still say of what is traced */
    departures_t *departures; /* child: who was beneath it lately; NULL without memory for it */
    claim_t *claims;          /* child: brokers beneath it, itself the first */
    unsigned claim_count;
    uint32_t link_number;     /* link: of all that there ever were, so that none is taken for it */
    old_client_t *old_client; /* of protocol 3 or 4: what it is to acknowledge; NULL before */
    bool absent;   /* nothing is reached through it any more: what is left of it is being removed */
    bool over;     /* and it has been disconnected: it is freed once nothing is left */
    job_t remains; /* that */
    job_t *waiting;         /* jobs that go on when its outbox has been sent */
    struct resync *resync;  /* link: what it is still being told; NULL: it has been told all */
    bool leaving;           /* it has said so: nothing new is sent to it */
    uint64_t bye_ms;        /* parent: when to say BYE; 0: not yet, or not any more */
    dd_error_t asked_to_go; /* parent: why it wants to be left; DD_OK if it doesn't */
    bool synced;            /* link: it has told all it has */
    bool gone;              /* its connection is over; its last words are perhaps still to come */
    bool moved;             /* child: it, or one beneath it, had another parent before */
    bool doubted;           /* parent: the same has come since it was asked to be one, so that what
                               it wants until it has told all it has may have been missed */
    bool lossy;             /* some subscription may have losses that no GAP has told of */
    uint64_t spared_cut;    /* child: number of the cut that it was the reason for; 0: none */
    uint64_t cuts;          /* client: links that have ended when its subscriptions were last
                               looked through for those that tell for others */
    uint64_t stamp;         /* number of the last publication for it, so that it gets one copy; of
                               the first if several were under way together */
    uint64_t offered;       /* and of the last of these, so that it gets the rest when they go on */
    const interest_t *missed;      /* the interest by which it missed that one; NULL if it got it */
    unsigned missed_count;         /* of those with that number, if it stands for several */
    peer_t *prev, *next;           /* in the core's list of peers */
    peer_t *prev_link, *next_link; /* of registered links */
    peer_t *prev_dirty, *next_dirty; /* of peers with something to send */
    peer_t *prev_lossy, *next_lossy; /* of peers that are being told what they missed */
    bool in_lossy;                   /* is in that list */
    bool dirty;                      /* is in that list */
    peer_t *next_ending;             /* of peers to be ended when the frame at hand is done with */
    uint8_t farewell;                /* record that tells it of its end: ERROR, BYE, or 0: none */
    dd_error_t ending;               /* why it is in that list, or has ended */
    char why[160];                   /* the same in words */
    void *route; /* the sockets layer's own; freed by it after core_disconnect() */
};

static inline dd_bytes_t peer_tenant(const peer_t *self)
{
    return dd_bytes_of(self->tenant);
}

/* Whether it has a tenant's key. */
static inline bool peer_is_tenants(const peer_t *self)
{
    return self->tenant[0] != '\0';
}

/* With whom it shares what there is: its tenant, or a word with "/" for an operator; "" for a link.
 */
static inline const char *peer_owner(const peer_t *self)
{
    return self->quota ? self->quota->tenant : "";
}

static inline bool peer_is_link(const peer_t *self)
{
    return self->role & ROLE_LINK;
}

/* Whether it is a client of protocol 3 or 4. */
static inline bool peer_is_old(const peer_t *self)
{
    return self->protocol != DD_FRAME_VERSION;
}

/* ms between two signs of life that a client of protocol 3 or 4 is given at least: it says one 1.5
   s after each PONG, whatever the broker's heartbeat is. */
#define PEER_OLD_HEARTBEAT 2000

static inline uint32_t peer_heartbeat(const peer_t *self, uint32_t usual)
{
    return peer_is_old(self) && usual < PEER_OLD_HEARTBEAT ? PEER_OLD_HEARTBEAT : usual;
}

/* A parent that doesn't know yet who is beneath: it may still hear them another way. */
static inline bool peer_is_told_names(const peer_t *self)
{
    return self->role == ROLE_PARENT && self->resync;
}

/* Names an operator or a broker; the name is a valid one. */
void peer_set_name(peer_t *self, dd_bytes_t name);

/* "client a.cli1", "broker broker0", or, before it has a name, "client of a" or "broker": for log
   lines. Writes into text and returns it. */
#define PEER_TEXT_MAX 300
const char *peer_text(const peer_t *self, char text[PEER_TEXT_MAX]);

#endif
