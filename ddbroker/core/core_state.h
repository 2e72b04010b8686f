/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_state - the broker's state, as the core's own files share it
 *
 * Only core.c and the files of the records include this; the sockets layer sees core.h.
 */
#ifndef CORE_STATE_H_INCLUDED
#define CORE_STATE_H_INCLUDED

#include "core.h"
#include "ddbroker/flood.h"
#include "event_history.h"
#include "fanout.h"
#include "lost_brokers.h"
#include "move.h"
#include "name_round.h"
#include "passages.h"
#include "recent.h"
#include "rounds.h"
#include "topics.h"
#include "turns.h"

/* Shutting down, step by step: nobody loses what is on its way. */
typedef enum {
    DRAIN_NOT,     /* it isn't */
    DRAIN_BENEATH, /* those beneath have been asked to leave */
    DRAIN_ABOVE,   /* they have left; what the parent sent before it knew is still to be answered */
    DRAIN_LEAVING, /* has said goodbye to the parent */
    DRAIN_DONE
} drain_t;

struct core {
    core_settings_t settings;
    char name[DD_BROKER_MAX + 1];
    const dd_keyring_t *keyring;
    uint32_t keys;                     /* how many times they have been changed */
    uint8_t secret[DD_BROKER_ID_SIZE]; /* drawn at start; those above know it */
    uint8_t id[DD_BROKER_ID_SIZE];     /* made from it; all may know it */
    bool auto_scope;
    dd_scope_t scope;
    uint32_t scope_number; /* how many times it has been changed */
    uint8_t ancestors[DD_ANCESTORS_MAX * DD_BROKER_ID_SIZE]; /* ids, the parent's first */
    size_t ancestors_size;
    uint64_t started_ms;
    uint64_t now_ms;     /* of the call at hand */
    uint64_t now_us;     /* the same, finer: core_clock() */
    uint64_t scanned_ms; /* last look at all peers' heartbeats */
    peer_t *peers;       /* all but the parent */
    size_t connections;
    cursor_t *cursors; /* at peers */
    jobs_t jobs;
    fanouts_t fanouts;
    quota_bucket_t answering; /* time that answers may take: see core_may_answer() */
    unsigned work;            /* done in the turn at hand: see core_worked() */
    bool is_behind;           /* the network is: see core_set_behind() */
    round_t heard_round;      /* who is silent for too long */
    round_t standing_round;   /* for whom keys or scopes have changed */
    name_round_t name_round;  /* the same of names beneath children */
    round_t limits_round;     /* clients, whose outboxes have another limit */
    round_t losses_round;     /* who has losses to be told of since a link has ended */
    job_t losses;             /* to tell peers what they missed */
    peer_t *lossy;            /* those who have room for that */
    peer_t *parent;           /* from connection to disconnection */
    parents_t parents;        /* who may be that */
    move_t move;              /* to one of them */
    uint32_t uplink;          /* number of the parent's link, from 1 */
    passages_t *passages; /* of publications over it; NULL before the first, or without memory */
    bool moved;           /* a broker beneath this one had another parent before */
    bool is_root;         /* the parent that is configured is beneath this broker */
    peer_t *links;        /* registered children and parent */
    uint32_t links_ever;  /* how many there have been */
    unsigned unsynced;    /* children that have not told all they have */
    descendants_t descendants;
    lost_brokers_t lost; /* children that are missed */
    peer_t *dirty;
    peer_t *ending;
    directory_t directory;
    contest_t *contests; /* of names, the longest in their state first */
    size_t contest_count;
    interests_t interests;
    topics_t topics;
    question_t *questions; /* on their way through the tree, by id */
    uint64_t publications; /* so far; the number of one is its stamp */
    uint64_t cut_stamp;    /* of the last one before the latest of interests.cuts */
    counts_t count;        /* of all peers since the start */
    drop_note_t drop_note;
    recent_t dropped; /* of these, publications that were lost lately */
    counts_reasons_t refused_for;
    quotas_t quotas;    /* of tenants */
    quotas_t operators; /* the same of operators */
    event_history_t events;
    departures_t *left; /* clients that were at this broker lately; NULL without memory for it */
    floods_t floods;    /* of lines that peers cause */
    turns_t turns;
    drain_t drain;
    uint64_t drain_ms; /* when the phase at hand is over, whoever is still there */
};

/* What a step of a job does: so many names, interests or peers. Other work is counted in these. */
static inline int core_step_units(const core_t *self)
{
    return self->settings.step_units ? (int)self->settings.step_units : 64;
}

/*
 * Answers to questions, of which one may have millions of rows, get a part of the time: a broker
 * that is always at work has others' messages wait, here and for a processor. What they didn't use
 * for a while they may use at once. In units of steps: those of two turns in each ms.
 */
#define CORE_ANSWERS_RATE 512000u
#define CORE_ANSWERS_BURST 250u /* ms */

static inline bool core_may_answer(const core_t *self)
{
    return self->answering.level > 0;
}

/* An answer takes a step. */
static inline void core_answers(core_t *self)
{
    quota_bucket_take(&self->answering, CORE_ANSWERS_RATE, CORE_ANSWERS_BURST, self->now_ms,
        (uint64_t)core_step_units(self));
}

/*
 * What links say of names and interests, and what all other links are told of these, is work that a
 * frame may hold any amount of: where there are 200 links, a frame of a thousand interests is 10
 * ms. It is counted in units of about 0.04 us, and when a turn has had enough of it, the rest of
 * the frame waits for the next one.
 */
#define CORE_WORK_TOLD 1      /* one link is told of an interest */
#define CORE_WORK_INTEREST 36 /* somebody holds it, or does no more */
#define CORE_WORK_NAME 24     /* a name is there beneath a link, or isn't any more */
#define CORE_WORK_ENOUGH 12288

static inline void core_worked(core_t *self, unsigned units)
{
    self->work += units;
}

static inline bool core_is_worn(const core_t *self)
{
    return self->work >= CORE_WORK_ENOUGH;
}

/* Takes a record from a peer whose role and state allow it. */
typedef void(handler_t)(core_t *self, peer_t *peer, const dd_record_t *record);

/* Appends a record for a peer. DD_E_OVERLOADED when its outbox is full; then nothing was appended.
 */
dd_error_t core_send(core_t *self, peer_t *peer, const dd_record_t *record);

/* The same, with a need that says what room it may use. If *copy (may be NULL) holds bytes, they
   are the record, encoded already; else it gets them. */
dd_error_t core_append(
    core_t *self, peer_t *peer, const dd_record_t *record, dd_outbox_need_t need, dd_bytes_t *copy);

/* The same for what a peer must not miss: a peer that has no room even for that is ended. */
void core_tell(core_t *self, peer_t *peer, const dd_record_t *record);

/* Answers a request that failed: ERROR with its ref. */
void core_refuse(core_t *self, peer_t *peer, dd_error_t code, uint32_t ref, dd_bytes_t about);

/* Passes over something that a link said and can't have meant: logs and counts it. what: "tells of
   an interest that can't be". */
void core_pass_over(core_t *self, peer_t *link, const char *what);

/* Says something that a peer caused, in the log and among the events of those whom it concerns: its
   tenant, or all if it is a link. Lines of the same format are of the same kind, of which a peer's
   tenant, or a link, causes only so many (see flood.h); so is what the next one says. */
__attribute__((format(printf, 4, 5))) void core_event(
    core_t *self, const peer_t *peer, dd_log_level_t level, const char *format, ...);
/* The same among the events of operators alone. */
__attribute__((format(printf, 4, 5))) void core_remark(
    core_t *self, const peer_t *peer, dd_log_level_t level, const char *format, ...);
/* Says how many such lines were left out lately. */
void core_tell_floods(core_t *self);

/* Ends a peer once the record at hand is done with: ERROR with ref 0, and it is forgotten. Until
   then its names and interests are still there, and peer->ending says that it goes. */
__attribute__((format(printf, 4, 5))) void core_end(
    core_t *self, peer_t *peer, dd_error_t code, const char *format, ...);

/* Puts the peer on the list of those with something to send. */
void core_touch(core_t *self, peer_t *peer);
/* And off it. */
void core_untouch(core_t *self, peer_t *peer);

/* One notification or publication of so many bytes came from, or went to, a peer. */
static inline void core_count_in(core_t *self, peer_t *peer, size_t size)
{
    counts_in(&peer->count, size);
    counts_in(&self->count, size);
    if (peer->quota)
        counts_in(&peer->quota->count, size);
}

static inline void core_count_out(core_t *self, peer_t *peer, size_t size)
{
    counts_out(&peer->count, size);
    counts_out(&self->count, size);
    if (peer->quota)
        counts_out(&peer->quota->count, size);
}

/* A peer asked for something and didn't get it. */
static inline void core_count_refused(core_t *self, peer_t *peer, dd_error_t code)
{
    peer->count.refused++;
    peer->refusal_note.code = code;
    self->count.refused++;
    counts_reasons_add(&self->refused_for, code);
    if (!peer->quota)
        return;
    peer->quota->count.refused++;
    counts_reasons_add(&peer->quota->refused_for, code);
}

/* A peer has no room for a publication. */
static inline void core_count_dropped(core_t *self, peer_t *peer)
{
    counts_dropped(&peer->count, self->now_ms);
    counts_dropped(&self->count, self->now_ms);
    recent_add(&self->dropped, self->now_ms);
    if (!peer->quota)
        return;
    counts_dropped(&peer->quota->count, self->now_ms);
    recent_add(&peer->quota->dropped, self->now_ms);
}

/* Whether there is, or should be, somebody above who may know more. */
static inline bool core_has_parent(const core_t *self)
{
    return self->settings.has_parent && !(self->is_root && !self->parent);
}

static inline bool core_parent_ready(const core_t *self)
{
    return self->parent && self->parent->state == PEER_READY && !self->parent->leaving;
}

/* Whether what came from above can still be answered there. */
static inline bool core_parent_listens(const core_t *self)
{
    return self->parent && self->parent->state == PEER_READY;
}

#endif
