/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * contests - two clients want one name: is the one who has it still there?
 */
#include "contests.h"

#include <stdlib.h>

#include "names.h"

/* Those who wait for one name; whoever comes then isn't the one who gets it. */
#define CLAIMS_MAX 8
/* Contests at a time, of which a tenant has no more than are left for others, and those that time
   decides in one go. */
#define CONTESTS_MAX 4096
#define DECIDED_AT_ONCE 128
/* ms within which one must answer who was silent for long already, which is so many half
   keepalives. */
#define ANSWER_LIMIT 1000
#define LONG_SILENCE 3
/* ms of silence after which a client of an old protocol is gone, which can't be asked, and says
   something every 1.5 s; and after which one that wants a name is told that it is taken, since it
   wouldn't wait: it tries again. */
#define OLD_SILENCE 3000
#define OLD_PATIENCE 400
/* ms between two signs to who waits that it is not forgotten, and at most a heartbeat: its answer
   is a sign of its own. */
#define COMFORT_INTERVAL 2000
/* ms for a broker beneath to find out, whatever heartbeat it asks for. */
#define BENEATH_LIMIT (3 * DD_HEARTBEAT_MOST + 10000)
/* ms for which an answer holds. */
#define KEPT_LIMIT 1000

typedef enum {
    CONTEST_ASKED, /* who has the name was asked, or its broker */
    CONTEST_KEPT   /* it has answered lately: whoever wants the name now is told the same */
} contest_state_t;

typedef struct {
    peer_t *peer;
    uint64_t instance;
    uint64_t until_ms;   /* when it is told that the name is taken, for now */
    uint64_t comfort_ms; /* when it gets its next sign */
} contender_t;

struct contest {
    contest_t *prev, *next; /* of all, the longest in its state first */
    entry_t *entry;         /* of the name */
    quota_t *quota;         /* of its tenant */
    contest_state_t state;
    uint64_t since_ms; /* in its state */
    bool above;        /* the parent waits for the answer as well */
    size_t count;
    contender_t claims[CLAIMS_MAX]; /* the first comes first */
};

/* ---- What becomes of who wants the name ---------------------------------------------------- */

static void refuse_client(core_t *self, const entry_t *entry, peer_t *client, dd_error_t why)
{
    char text[PEER_TEXT_MAX];
    client->state = PEER_NEW;
    if (why == DD_E_NAME_TAKEN)
        core_end(self, client, why, "%s is registered already, %s%s", client->name.text,
            peer_is_link(entry->via) ? "beneath " : "at this broker",
            peer_is_link(entry->via) ? peer_text(entry->via, text) : "");
    else
        names_send_away(self, client, why);
    client->name.size = 0; /* it never was that client */
}

static void refuse(core_t *self, const entry_t *entry, const contender_t *claim, dd_error_t why)
{
    if (!peer_is_link(claim->peer))
        refuse_client(self, entry, claim->peer, why);
    else if (why == DD_E_NAME_TAKEN)
        names_refuse(self, claim->peer, entry_name(entry), claim->instance, why);
    else
        names_tell_child(self, claim->peer, entry_name(entry), claim->instance, why);
}

static void refuse_all(core_t *self, contest_t *contest, dd_error_t why)
{
    for (size_t i = 0; i < contest->count; i++)
        refuse(self, contest->entry, &contest->claims[i], why);
    contest->count = 0;
}

static void remove_claim(contest_t *contest, size_t index)
{
    contest->count--;
    memmove(&contest->claims[index], &contest->claims[index + 1],
        (contest->count - index) * sizeof contest->claims[0]);
}

/* ---- Beginning and ending ------------------------------------------------------------------ */

static void answer_above(core_t *self, dd_record_type_t type, dd_bytes_t name, uint64_t instance)
{
    if (core_parent_listens(self))
        core_tell(self, self->parent,
            &(dd_record_t){.type = (uint8_t)type, .number = instance, .name = name});
}

static void enter(core_t *self, contest_t *contest, contest_state_t state)
{
    contest->state = state;
    contest->since_ms = self->now_ms;
    DL_APPEND(self->contests, contest);
}

static void leave(core_t *self, contest_t *contest)
{
    DL_DELETE(self->contests, contest);
}

static void ask(core_t *self, const entry_t *entry)
{
    peer_t *via = entry->via;
    if (peer_is_link(via))
        core_tell(self, via,
            &(dd_record_t){
                .type = DD_CONTEST, .number = entry->instance, .name = entry_name(entry)});
    else if (!peer_is_old(via))
        core_tell(self, via, &(dd_record_t){.type = DD_PING, .number = self->now_us});
}

/* The quota of the name's tenant; NULL if that has enough contests. */
static quota_t *room_for(core_t *self, const entry_t *entry)
{
    dd_bytes_t tenant, client;
    quota_t *quota = dd_name_split(entry_name(entry), &tenant, &client)
                         ? quotas_of(&self->quotas, tenant, self->now_ms)
                         : NULL;
    return quota && quota->contests < CONTESTS_MAX - self->contest_count ? quota : NULL;
}

/* The contest of a name; NULL if there are too many. */
static contest_t *contest_of(core_t *self, entry_t *entry)
{
    if (entry->contest)
        return entry->contest;
    quota_t *quota = room_for(self, entry);
    contest_t *contest = quota ? calloc(1, sizeof *contest) : NULL;
    if (!contest)
        return NULL;
    self->contest_count++;
    quota->contests++;
    contest->quota = quota;
    contest->entry = entry;
    entry->contest = contest;
    enter(self, contest, CONTEST_ASKED);
    ask(self, entry);
    return contest;
}

static void end(core_t *self, contest_t *contest)
{
    leave(self, contest);
    self->contest_count--;
    contest->quota->contests--;
    contest->entry->contest = NULL;
    free(contest);
}

void contests_moved(core_t *self, entry_t *entry)
{
    contest_t *contest = entry->contest;
    if (!contest || contest->state != CONTEST_ASKED)
        return;
    leave(self, contest);
    enter(self, contest, CONTEST_ASKED);
    ask(self, entry);
}

/* ---- Claims -------------------------------------------------------------------------------- */

/* A child, or a client, wants the name in place of what it wanted it for before. */
static bool replaces(const contender_t *claim, const contender_t *before)
{
    return claim->peer == before->peer || claim->instance == before->instance ||
           names_is_later(claim->instance, before->instance);
}

static void replace(
    core_t *self, const entry_t *entry, contender_t *before, const contender_t *claim)
{
    bool has_moved = claim->instance == before->instance && peer_is_link(before->peer);
    if (claim->peer != before->peer)
        refuse(self, entry, before, has_moved ? DD_E_MOVED : DD_E_UNKNOWN_PEER);
    *before = *claim;
}

static bool add(core_t *self, contest_t *contest, const contender_t *claim)
{
    for (size_t i = 0; i < contest->count; i++) {
        if (!replaces(claim, &contest->claims[i]))
            continue;
        replace(self, contest->entry, &contest->claims[i], claim);
        return true;
    }
    if (contest->count == CLAIMS_MAX)
        return false;
    contest->claims[contest->count++] = *claim;
    return true;
}

static uint64_t comfort_after(const core_t *self, const peer_t *peer)
{
    return self->now_ms + (peer->heartbeat < COMFORT_INTERVAL ? peer->heartbeat : COMFORT_INTERVAL);
}

void contests_claim(core_t *self, entry_t *entry, peer_t *peer, uint64_t instance)
{
    const contender_t claim = {.peer = peer,
        .instance = instance,
        .until_ms = peer_is_old(peer) ? self->now_ms + OLD_PATIENCE : UINT64_MAX,
        .comfort_ms = comfort_after(self, peer)};
    contest_t *contest = contest_of(self, entry);
    if (!contest)
        refuse(self, entry, &claim, DD_E_LIMIT);
    else if (contest->state == CONTEST_KEPT || !add(self, contest, &claim))
        refuse(self, entry, &claim, DD_E_NAME_TAKEN);
    else if (!peer_is_link(peer))
        peer->state = PEER_WAITING;
}

bool contests_is_claimed(const core_t *self, dd_bytes_t name, const peer_t *child)
{
    const entry_t *entry = directory_find(&self->directory, name);
    const contest_t *contest = entry ? entry->contest : NULL;
    for (size_t i = 0; contest && i < contest->count; i++)
        if (contest->claims[i].peer == child)
            return true;
    return false;
}

void contests_withdraw(core_t *self, dd_bytes_t name, const peer_t *peer, uint64_t instance)
{
    const entry_t *entry = directory_find(&self->directory, name);
    contest_t *contest = entry ? entry->contest : NULL;
    for (size_t i = 0; contest && i < contest->count; i++)
        if (contest->claims[i].peer == peer && contest->claims[i].instance == instance) {
            remove_claim(contest, i);
            return;
        }
}

void contests_forget(core_t *self, const peer_t *child)
{
    contest_t *contest;
    DL_FOREACH (self->contests, contest)
        for (size_t i = contest->count; i-- > 0;)
            if (contest->claims[i].peer == child)
                remove_claim(contest, i);
}

/* ---- Decisions ----------------------------------------------------------------------------- */

void contests_keep(core_t *self, entry_t *entry)
{
    contest_t *contest = entry->contest;
    if (!contest || contest->state == CONTEST_KEPT)
        return;
    if (contest->above)
        answer_above(self, DD_KEPT, entry_name(entry), entry->instance);
    contest->above = false;
    refuse_all(self, contest, DD_E_NAME_TAKEN);
    leave(self, contest);
    enter(self, contest, CONTEST_KEPT);
}

void contests_answered(core_t *self, const peer_t *client)
{
    if (client->entries)
        contests_keep(self, client->entries);
}

/* The first who still can be gets the name, and has just shown that it is there. */
static void pass_on(core_t *self, dd_bytes_t name, const contest_t *contest)
{
    const entry_t *winner = NULL;
    for (size_t i = 0; i < contest->count; i++) {
        const contender_t *claim = &contest->claims[i];
        if (claim->peer->ending)
            continue;
        if (winner) {
            refuse(self, winner, claim, DD_E_NAME_TAKEN);
            continue;
        }
        names_grant(self, name, claim->peer, claim->instance);
        winner = directory_find(&self->directory, name);
    }
}

void contests_drop(core_t *self, entry_t *entry)
{
    if (!entry->contest) {
        names_drop(self, entry);
        return;
    }
    contest_t contest = *entry->contest;
    uint64_t instance = entry->instance;
    char text[DD_NAME_MAX + 1];
    memcpy(text, entry->name, entry->size);
    dd_bytes_t name = dd_bytes(text, entry->size);
    end(self, entry->contest);
    names_drop(self, entry);
    if (contest.above)
        answer_above(self, DD_GONE, name, instance);
    pass_on(self, name, &contest);
}

/* ---- Between brokers ----------------------------------------------------------------------- */

void contests_contest(core_t *self, peer_t *parent, const dd_record_t *record)
{
    (void)parent;
    entry_t *entry = directory_find(&self->directory, record->name);
    bool is_there = entry && entry->instance == record->number;
    contest_t *contest = is_there ? contest_of(self, entry) : NULL;
    if (contest && contest->state == CONTEST_ASKED)
        contest->above = true;
    else
        answer_above(self, is_there ? DD_KEPT : DD_GONE, record->name, record->number);
}

/* The client that a child speaks of, if it is beneath it. */
static entry_t *spoken_of(const core_t *self, const peer_t *child, const dd_record_t *record)
{
    entry_t *entry = directory_find(&self->directory, record->name);
    return entry && entry->via == child && entry->instance == record->number ? entry : NULL;
}

void contests_kept(core_t *self, peer_t *child, const dd_record_t *record)
{
    entry_t *entry = spoken_of(self, child, record);
    if (entry)
        contests_keep(self, entry);
}

void contests_gone(core_t *self, peer_t *child, const dd_record_t *record)
{
    entry_t *entry = spoken_of(self, child, record);
    if (entry)
        contests_drop(self, entry);
}

/* ---- Time ---------------------------------------------------------------------------------- */

static bool is_silent(const core_t *self, const contest_t *contest)
{
    const peer_t *client = contest->entry->via;
    if (peer_is_old(client))
        return self->now_ms >= client->heard_ms + OLD_SILENCE;
    return self->now_ms >= contest->since_ms + ANSWER_LIMIT &&
           2 * (contest->since_ms - client->heard_ms) >= (uint64_t)LONG_SILENCE * client->heartbeat;
}

static void turn_out(core_t *self, entry_t *entry)
{
    core_end(
        self, entry->via, DD_E_TIMEOUT, "it doesn't answer, and another client wants its name");
    contests_drop(self, entry);
}

/* If somebody still waits, nobody beneath has said anything: who has the name keeps it, as far as
   anybody knows. */
static void give_up(core_t *self, contest_t *contest)
{
    refuse_all(self, contest, DD_E_TIMEOUT);
    end(self, contest);
}

/* What came of a question to a client of this broker. */
static bool decide_here(core_t *self, contest_t *contest)
{
    entry_t *entry = contest->entry;
    if (entry->via->heard_ms > contest->since_ms)
        contests_keep(self, entry);
    else if (is_silent(self, contest))
        turn_out(self, entry);
    else
        return false;
    return true;
}

/* True if it was decided, or is over. */
static bool decide(core_t *self, contest_t *contest)
{
    uint64_t age = self->now_ms - contest->since_ms;
    if (contest->state == CONTEST_ASKED && !peer_is_link(contest->entry->via))
        return decide_here(self, contest);
    if (age < (contest->state == CONTEST_KEPT ? KEPT_LIMIT : BENEATH_LIMIT))
        return false;
    give_up(self, contest);
    return true;
}

/* Those who wait are told that the broker is there, or that it takes too long for them. */
static void comfort(core_t *self, contest_t *contest)
{
    for (size_t i = contest->count; i-- > 0;) {
        contender_t *claim = &contest->claims[i];
        if (self->now_ms >= claim->until_ms) {
            refuse(self, contest->entry, claim, DD_E_NAME_TAKEN);
            remove_claim(contest, i);
        } else if (!peer_is_link(claim->peer) && self->now_ms >= claim->comfort_ms) {
            claim->comfort_ms = comfort_after(self, claim->peer);
            core_tell(self, claim->peer, &(dd_record_t){.type = DD_PING, .number = self->now_us});
        }
    }
}

/* What is only forgotten by now, an answer that no longer holds, costs nothing. */
void contests_tick(core_t *self)
{
    contest_t *contest, *next;
    unsigned decided = 0;
    DL_FOREACH_SAFE (self->contests, contest, next) {
        if (decided == DECIDED_AT_ONCE)
            break;
        bool asked = contest->state == CONTEST_ASKED;
        if (decide(self, contest))
            decided += asked;
        else
            comfort(self, contest);
    }
}
