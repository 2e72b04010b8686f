/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fanout - publications, and what is told of lost ones, on their way to all who want them
 */
#include "fanout.h"

#include <limits.h>
#include <stdlib.h>

#include "core_state.h"
#include "foreign.h"
#include "losses.h"

/* What a subscriber costs, in units of work, one of which takes about 0.2 us: who had nothing to be
   sent yet is sent a frame of its own. So many bytes of a payload are as much as a unit. */
#define COST_MEMBER 1u
#define COST_FRAME 8u
#define COST_BYTES 1024u

/* Of such units, in those of a step: what a step does; what is done of waiting ones in a turn that
   has had enough already, and at once while the network is behind; when a turn has had enough; and
   what it does all the same, because it has begun. */
#define STEP 4u
#define LEAST 8u
#define ENOUGH 16u
#define MOST 32u

/* Subscribers that a tenant's waiting publications may have in all: some seconds' work. */
#define WAITING_MAX 4000000u

/* Of the room, such a part is there even if the tenant's quota is used up by clients that don't
   read: then they are told of their loss, and not the publisher. What waits there isn't counted
   against the quota, or nothing else would fit into it. */
#define LITTLE 16

/* ---- One publication ----------------------------------------------------------------------- */

/* A publication, or loss, of which clients still have to hear. */
typedef struct waiting {
    struct waiting *next;
    uint64_t stamp;
    uint64_t cuts;    /* links that had ended, and subtrees moved, before it */
    uint64_t clients; /* about so many */
    size_t size;      /* of all this */
    bool is_counted;  /* against the tenant's quota */
    bool foreign;     /* its publisher is of another tenant */
    bool is_last;     /* somebody has subscribed since: what comes later isn't for the same */
    dd_record_t record;
    dd_bytes_t encoded;
    uint8_t frame[]; /* of that one record */
} waiting_t;

/* One publication, or loss, on its way to all who want it; or several publications, one after the
   other, that have waited for the same subscribers, of which each gets those that it hasn't had.
   Each of the records is encoded once, into the first outbox it goes to, and copied from there. */
typedef struct {
    core_t *core;
    uint64_t stamp;     /* of the first */
    const peer_t *from; /* NULL if all links have been served */
    dd_bytes_t tenant;  /* whose subscribers get it */
    bool foreign;       /* its publisher is of another tenant */
    bool stays;         /* it has passed as many links as it may */
    dd_error_t lost;    /* why some link can't have it; DD_OK if all can */
    dd_record_t for_clients;
    dd_record_t for_links;
    dd_bytes_t client_copy;   /* encoded; empty before the first */
    dd_bytes_t pathless_copy; /* the same, of a topic that has a path */
    dd_bytes_t link_copy;
    const waiting_t *first, *last; /* of several; NULL for one that doesn't wait */
} delivery_t;

/* How far it has come. */
typedef struct {
    interest_match_t match; /* of a publication */
    bool met;               /* the one interest of a GAP */
    subscription_t *holder; /* the next one; NULL: the next interest's first */
} place_t;

static interest_match_t match_of(const delivery_t *delivery)
{
    const dd_record_t *record = &delivery->for_clients;
    return interest_match(
        &delivery->core->interests, delivery->tenant, record->topic, record->suffix, record->scope);
}

/* Whether it has been told all that it missed before. */
static bool is_told(const delivery_t *delivery, peer_t *peer)
{
    core_t *self = delivery->core;
    return !losses_are_due(self, peer) || losses_tell(self, peer, match_of(delivery));
}

static dd_error_t append_for_client(
    delivery_t *delivery, peer_t *peer, const dd_record_t *record, dd_bytes_t *copy)
{
    return delivery->foreign ? foreign_append(delivery->core, peer, record->source, record, copy)
                             : core_append(delivery->core, peer, record, DD_OUTBOX_USUAL, copy);
}

/* For one of today's protocol, who sees the topic that it knows: the one without its path, unless
   it has subscribed to more than that. */
static dd_error_t append_for_native(delivery_t *delivery, const subscription_t *holder)
{
    size_t path_size = delivery->for_clients.suffix;
    dd_record_t record = delivery->for_clients;
    record.suffix = 0;
    if (holder->key.interest->topic_size + path_size > record.topic.size)
        return append_for_client(delivery, holder->key.peer, &record, NULL);
    record.topic = dd_topic_without_path(record.topic, path_size);
    return append_for_client(delivery, holder->key.peer, &record, &delivery->pathless_copy);
}

/* Clients of old protocols see the topic as it was sent. */
static dd_error_t append_for(delivery_t *delivery, const subscription_t *holder)
{
    peer_t *peer = holder->key.peer;
    if (peer_is_link(peer))
        return core_append(
            delivery->core, peer, &delivery->for_links, DD_OUTBOX_USUAL, &delivery->link_copy);
    if (delivery->for_clients.suffix > 0 && !peer_is_old(peer))
        return append_for_native(delivery, holder);
    return append_for_client(delivery, peer, &delivery->for_clients, &delivery->client_copy);
}

/* False if the peer can't have it: it has no room, or is a broker that takes no payload so large.
 */
static bool hand_over(delivery_t *delivery, subscription_t *holder)
{
    core_t *self = delivery->core;
    peer_t *peer = holder->key.peer;
    bool link = peer_is_link(peer), foreign = delivery->foreign && !link;
    const dd_record_t *record = &delivery->for_clients;
    dd_error_t error = DD_E_OVERLOADED;
    if (delivery->for_links.payload.size > peer->payload_max) {
        error = DD_E_TOO_LARGE;
        core_touch(self, peer); /* which may be idle: it is told of its loss all the same */
    } else if ((!foreign || foreign_has_room(peer, record->source, record->payload.size)) &&
               is_told(delivery, peer))
        error = append_for(delivery, holder);
    if (error != DD_OK) {
        core_count_dropped(self, peer);
        if (link)
            delivery->lost = error;
        return false;
    }
    if (peer == self->parent)
        passages_again(self->passages, &delivery->for_links, self->uplink);
    core_count_out(self, peer, delivery->for_clients.payload.size);
    return true;
}

/* A link gets nothing before it has told all that it wants, and a parent nothing before it has been
   told who is here: what comes through it is to have no holes but those that a GAP told of when it
   was lost. */
static bool may_have(const delivery_t *delivery, const peer_t *peer)
{
    if (!peer_is_link(peer))
        return !peer->absent;
    return peer != delivery->from && !delivery->stays && peer->synced &&
           !peer_is_told_names(peer) && !peer->absent;
}

static uint64_t last_stamp(const delivery_t *delivery)
{
    return delivery->last ? delivery->last->stamp : delivery->stamp;
}

/* The next of several that the peer is to get. */
static const waiting_t *next_for(const delivery_t *delivery, const peer_t *peer)
{
    const waiting_t *waiting = delivery->first;
    while (waiting && waiting->stamp <= peer->offered)
        waiting = waiting->next;
    return waiting;
}

static void take_up(delivery_t *delivery, const waiting_t *waiting)
{
    delivery->for_clients = waiting->record;
    delivery->client_copy = waiting->encoded;
    delivery->pathless_copy = dd_bytes(NULL, 0);
    delivery->foreign = waiting->foreign;
}

/* From that one on they make one frame. */
static void expect(const delivery_t *delivery, const waiting_t *waiting, peer_t *peer)
{
    size_t size = 0;
    for (; waiting != delivery->last; waiting = waiting->next)
        size += waiting->encoded.size;
    if (waiting)
        dd_outbox_expect(&peer->outbox, size + waiting->encoded.size);
}

static unsigned cost_of(const dd_record_t *record)
{
    return COST_MEMBER + (unsigned)(record->payload.size / COST_BYTES);
}

/* All that the peer hasn't had. How many it misses. */
static unsigned hand_over_all(delivery_t *delivery, subscription_t *holder)
{
    unsigned missed = 0;
    const waiting_t *waiting = next_for(delivery, holder->key.peer);
    expect(delivery, waiting, holder->key.peer);
    for (;; waiting = waiting->next) {
        if (waiting)
            take_up(delivery, waiting);
        delivery->core->fanouts.used += cost_of(&delivery->for_clients);
        if (!hand_over(delivery, holder)) {
            losses_count(delivery->core, holder, 1);
            missed++;
        }
        if (waiting == delivery->last)
            return missed;
    }
}

/* A peer gets one copy, by whichever of its interests comes first. If it misses it, it has missed
   it by each of them: what is beneath a link may have any one of them. */
static void offer(delivery_t *delivery, subscription_t *holder)
{
    peer_t *peer = holder->key.peer;
    const interest_t *interest = holder->key.interest;
    bool is_first = peer->stamp != delivery->stamp;
    if (!may_have(delivery, peer) || (is_first && peer->offered >= last_stamp(delivery)))
        return;
    if (is_first) {
        peer->stamp = delivery->stamp;
        peer->missed_count = hand_over_all(delivery, holder);
        peer->missed = peer->missed_count > 0 ? interest : NULL;
        peer->offered = last_stamp(delivery);
    } else if (peer->missed && peer->missed != interest) {
        peer->missed = interest;
        losses_count(delivery->core, holder, peer->missed_count);
    }
    holder->warned = false;
    if (delivery->first)
        losses_got_late(delivery->core, holder, delivery->stamp);
}

static void give(delivery_t *delivery, subscription_t *holder)
{
    core_t *self = delivery->core;
    peer_t *peer = holder->key.peer;
    if (holder->since >= delivery->stamp)
        return;
    if (delivery->for_clients.type == DD_PUBLICATION)
        offer(delivery, holder);
    else if (peer != delivery->from)
        losses_spread(self, holder, delivery->for_clients.number, delivery->stamp);
}

static void serve(delivery_t *delivery, subscription_t *holder)
{
    const peer_t *peer = holder->key.peer;
    unsigned *used = &delivery->core->fanouts.used, before = *used;
    bool idle = !peer->dirty;
    give(delivery, holder);
    if (*used == before) /* it was only looked at */
        *used += COST_MEMBER;
    if (idle && peer->dirty)
        *used += COST_FRAME;
}

/* ---- Its way ------------------------------------------------------------------------------- */

static place_t beginning(const delivery_t *delivery)
{
    return (place_t){.match = match_of(delivery)};
}

/* The next interest that it meets; NULL at the end. */
static interest_t *next_interest(const delivery_t *delivery, place_t *place)
{
    if (delivery->for_clients.type == DD_PUBLICATION)
        return interest_next(&place->match);
    bool met = place->met;
    place->met = true;
    return met ? NULL
               : interest_find(&delivery->core->interests,
                     (interest_key_t){delivery->tenant, delivery->for_clients.topic,
                         delivery->for_clients.scope});
}

/* Serves holders until so much of the turn is used. Links come first and are always served. Of one
   that doesn't wait yet, clients who are too many for the turn get nothing: what comes next from
   its publisher, in the same frame perhaps, goes along. True at the end. */
static bool go_on(delivery_t *delivery, place_t *place, unsigned most)
{
    const fanouts_t *fanouts = &delivery->core->fanouts;
    for (;;) {
        for (; place->holder; place->holder = place->holder->next_holder) {
            if (fanouts->used >= most && !peer_is_link(place->holder->key.peer))
                return false;
            serve(delivery, place->holder);
        }
        interest_t *interest = next_interest(delivery, place);
        if (!interest)
            return true;
        place->holder = interest->holders;
        if (!delivery->first && interest->count > most / COST_FRAME)
            most = 0;
    }
}

/* Serves the links that are still to come. How many clients there are besides. */
static uint64_t serve_links(delivery_t *delivery, place_t place)
{
    uint64_t clients = place.holder ? place.holder->key.interest->count : 0;
    interest_t *interest;
    while ((interest = next_interest(delivery, &place))) {
        subscription_t *holder = interest->holders;
        for (; holder && peer_is_link(holder->key.peer); holder = holder->next_holder)
            serve(delivery, holder);
        clients += interest->count;
    }
    return clients;
}

/* ---- Waiting ------------------------------------------------------------------------------- */

/* What waits of one tenant's. */
struct fanout {
    dd_member_t member; /* first */
    job_t job;
    core_t *core;
    quota_t *quota; /* that what waits is counted against; NULL if there is none */
    waiting_t *first, *last;
    const waiting_t *end;   /* from the first to this one they are on their way to all */
    const waiting_t *reach; /* and with them to this one, to those who are still to be served */
    size_t size;            /* bytes from the first to that one */
    place_t place;          /* of these; their holder is where the cursor stands */
    cursor_t cursor;
    bool begun;       /* they have a place */
    uint64_t clients; /* of all */
    size_t bytes;
    interest_loss_t *losses; /* what found no room to wait; told when all that waits has gone */
    interest_loss_t *due;    /* those to be told now */
    bool full;               /* nothing more finds room until all that waits has gone */
    char tenant[DD_TENANT_MAX + 1];
};

static fanout_t *find(const core_t *self, dd_bytes_t tenant)
{
    return dd_table_find(&self->fanouts.by_tenant, tenant.data, tenant.size);
}

static bool fits_quota(const fanout_t *fanout, size_t size)
{
    const quota_t *quota = fanout->quota;
    return quota && quota->outbox.bytes + size <= quota->outbox.limit;
}

/* Room for so many bytes more; parts says of how many equal ones nothing but the first is for him.
 */
static bool has_room(const fanout_t *fanout, size_t size, unsigned parts)
{
    if (fanout->full || fanout->clients > WAITING_MAX / parts)
        return false;
    size_t most = fanout->core->settings.outbox_client / parts;
    if (fanout->quota && !fits_quota(fanout, size))
        most /= LITTLE;
    return fanout->bytes + size <= most;
}

/* Others than the tenant itself, who publish to public's subscribers, leave it half. */
bool fanout_may(const core_t *self, dd_bytes_t from, dd_bytes_t tenant, size_t size)
{
    const fanout_t *fanout = find(self, tenant);
    return !fanout ||
           has_room(fanout, sizeof(waiting_t) + size, dd_bytes_equal(from, tenant) ? 1 : 2);
}

/* A copy; NULL when out of memory. */
static waiting_t *new_waiting(const delivery_t *delivery, uint64_t clients)
{
    size_t size = dd_record_size(&delivery->for_clients);
    size_t all = sizeof(waiting_t) + DD_FRAME_HEADER + size;
    waiting_t *self = malloc(all);
    if (!self)
        return NULL;
    *self = (waiting_t){.stamp = delivery->stamp,
        .cuts = delivery->core->interests.cuts,
        .clients = clients,
        .size = all,
        .foreign = delivery->foreign};
    self->frame[0] = DD_FRAME_MAGIC;
    self->frame[1] = DD_FRAME_VERSION;
    dd_record_write(&delivery->for_clients, self->frame + DD_FRAME_HEADER, size);
    self->encoded = dd_bytes(self->frame + DD_FRAME_HEADER, size);
    dd_reader_t reader;
    dd_frame_open(&reader, self->frame, DD_FRAME_HEADER + size);
    dd_frame_next(&reader, &self->record);
    return self;
}

static job_step_t step;
static job_done_t done;

static fanout_t *new_fanout(core_t *self, dd_bytes_t tenant)
{
    fanout_t *fanout = DD_TABLE_MAKE(&self->fanouts.by_tenant, fanout_t, tenant, tenant);
    if (!fanout)
        return NULL;
    fanout->core = self;
    fanout->quota = quotas_find(&self->quotas, tenant);
    fanout->job = (job_t){.step = step, .done = done};
    if (jobs_add(&self->fanouts.jobs, tenant, &fanout->job))
        return fanout;
    dd_table_unmake(&self->fanouts.by_tenant, fanout);
    return NULL;
}

static void count(fanout_t *fanout, waiting_t *waiting)
{
    fanout->clients += waiting->clients;
    fanout->bytes += waiting->size;
    waiting->is_counted = fits_quota(fanout, waiting->size);
    if (waiting->is_counted)
        fanout->quota->outbox.bytes += waiting->size;
}

static void append(fanout_t *fanout, waiting_t *waiting)
{
    count(fanout, waiting);
    LL_APPEND_ELEM(fanout->first, fanout->last, waiting);
    fanout->last = waiting;
}

static void finish_first(fanout_t *fanout)
{
    waiting_t *first = fanout->first;
    fanout->clients -= first->clients;
    fanout->bytes -= first->size;
    if (first->is_counted)
        fanout->quota->outbox.bytes -= first->size;
    fanout->first = first->next;
    if (!fanout->first)
        fanout->last = NULL;
    fanout->begun = false;
    free(first);
}

static void set_place(fanout_t *fanout, const place_t *place)
{
    fanout->begun = true;
    fanout->place = *place;
    if (place->holder)
        cursor_set(&place->holder->key.interest->cursors, &fanout->cursor, place->holder);
}

/* Where it goes on. What came and went meanwhile has pushed the cursor on. */
static place_t take_place(fanout_t *fanout, const delivery_t *delivery)
{
    place_t place = fanout->begun ? fanout->place : beginning(delivery);
    place.holder = fanout->cursor.at;
    if (place.holder)
        cursor_set(&place.holder->key.interest->cursors, &fanout->cursor, NULL);
    interest_match_resume(
        &place.match, delivery->tenant, delivery->for_clients.topic, delivery->for_clients.scope);
    return place;
}

/* Whether the next one is for the same subscribers, with nothing to be told between. */
static bool is_alike(const waiting_t *waiting)
{
    const waiting_t *next = waiting->next;
    return next && !waiting->is_last && waiting->record.type == DD_PUBLICATION &&
           next->record.type == DD_PUBLICATION && waiting->record.suffix == next->record.suffix &&
           waiting->cuts == next->cuts &&
           dd_bytes_equal(waiting->record.topic, next->record.topic) &&
           dd_bytes_equal(waiting->record.scope, next->record.scope);
}

/* A subscriber gets as much at a time as fits a frame: to send many small ones is what costs most.
   So what comes while others are under way goes with them. */
static void extend(fanout_t *fanout)
{
    while (is_alike(fanout->reach) &&
           fanout->size + fanout->reach->next->encoded.size <= DD_FRAME_TARGET - DD_FRAME_HEADER) {
        fanout->reach = fanout->reach->next;
        fanout->size += fanout->reach->encoded.size;
    }
}

static void begin(fanout_t *fanout)
{
    fanout->reach = fanout->first;
    fanout->size = fanout->first->encoded.size;
    extend(fanout);
    fanout->end = fanout->reach;
}

/* What is left waits, behind nothing. Without memory it doesn't wait. */
static void put_off(delivery_t *delivery, place_t *place)
{
    core_t *self = delivery->core;
    waiting_t *waiting = new_waiting(delivery, serve_links(delivery, *place));
    fanout_t *fanout = waiting ? new_fanout(self, delivery->tenant) : NULL;
    if (!fanout) {
        free(waiting);
        go_on(delivery, place, UINT_MAX);
        return;
    }
    append(fanout, waiting);
    begin(fanout);
    set_place(fanout, place);
}

void fanout_subscribed(const core_t *self, dd_bytes_t tenant)
{
    fanout_t *fanout = find(self, tenant);
    if (fanout && fanout->last)
        fanout->last->is_last = true;
}

/* ---- Losses -------------------------------------------------------------------------------- */

/* There is no room to wait, or no memory: all holders miss it. */
static void lose(fanout_t *fanout, const delivery_t *delivery)
{
    place_t place = beginning(delivery);
    bool gap = delivery->for_clients.type == DD_GAP;
    interest_t *interest;
    fanout->full = true;
    while ((interest = next_interest(delivery, &place)))
        interest_lose(
            interest, &fanout->losses, gap ? delivery->for_clients.number : 1, delivery->stamp);
}

/* Whether it is for somebody who is still to be told of a loss: whatever is lost until then is told
   with it, so that nothing may find room between. */
static bool meets_loss(const fanout_t *fanout, const delivery_t *delivery)
{
    place_t place = beginning(delivery);
    const interest_t *interest = NULL;
    while (fanout->due && (interest = next_interest(delivery, &place)) && !interest->loss)
        ;
    return interest;
}

/* It waits behind what waits already. */
static void line_up(delivery_t *delivery, fanout_t *fanout)
{
    uint64_t clients = serve_links(delivery, beginning(delivery));
    waiting_t *waiting = NULL;
    if (has_room(fanout, sizeof *waiting + delivery->for_clients.payload.size, 1) &&
        !meets_loss(fanout, delivery))
        waiting = new_waiting(delivery, clients);
    if (waiting)
        append(fanout, waiting);
    else
        lose(fanout, delivery);
}

static void deliver(delivery_t *delivery)
{
    core_t *self = delivery->core;
    fanout_t *fanout = find(self, delivery->tenant);
    if (fanout) {
        line_up(delivery, fanout);
        return;
    }
    place_t place = beginning(delivery);
    unsigned most = self->is_behind ? LEAST : MOST;
    if (!go_on(delivery, &place, most * (unsigned)core_step_units(self)))
        put_off(delivery, &place);
}

dd_error_t fanout_publish(core_t *self, const peer_t *from, const dd_record_t *relay)
{
    dd_bytes_t shown = dd_name_shown(relay->source, relay->tenant);
    delivery_t delivery = {.core = self,
        .stamp = ++self->publications,
        .from = from,
        .tenant = relay->tenant,
        .foreign = shown.size == relay->source.size,
        .stays = relay->hops >= DD_HOPS_MAX,
        .for_clients = {.type = DD_PUBLICATION,
            .suffix = relay->suffix,
            .source = shown,
            .topic = relay->topic,
            .scope = relay->scope,
            .payload = relay->payload},
        .for_links = *relay};
    delivery.for_links.flags = 0;
    delivery.for_links.hops++;
    deliver(&delivery);
    return delivery.lost;
}

void fanout_gap(core_t *self, const peer_t *link, const dd_record_t *gap)
{
    delivery_t delivery = {.core = self,
        .stamp = ++self->publications,
        .from = link,
        .tenant = gap->tenant,
        .for_clients = {.type = DD_GAP,
            .number = gap->number,
            .tenant = gap->tenant,
            .topic = gap->topic,
            .scope = gap->scope}};
    deliver(&delivery);
}

/* ---- Working ------------------------------------------------------------------------------- */

/* Links have been served. */
static delivery_t delivery_of(const fanout_t *fanout)
{
    const waiting_t *first = fanout->first;
    return (delivery_t){.core = fanout->core,
        .stamp = first->stamp,
        .tenant = dd_bytes_of(fanout->tenant),
        .stays = true,
        .for_clients = first->record,
        .first = first,
        .last = fanout->reach};
}

static void finish(fanout_t *fanout)
{
    bool more = true;
    while (more) {
        more = fanout->first != fanout->end;
        finish_first(fanout);
    }
}

/* Goes on with the first ones. */
static void serve_first(core_t *self, fanout_t *fanout)
{
    if (fanout->begun)
        extend(fanout);
    else
        begin(fanout);
    delivery_t delivery = delivery_of(fanout);
    place_t place = take_place(fanout, &delivery);
    unsigned units = STEP * (unsigned)core_step_units(self);
    self->fanouts.used += COST_MEMBER;
    if (go_on(&delivery, &place, self->fanouts.used + units))
        finish(fanout);
    else
        set_place(fanout, &place);
}

/* The next loss comes in front of all that found room since: it was before. */
static void tell_loss(core_t *self, fanout_t *fanout)
{
    const interest_loss_t *loss = fanout->due;
    interest_key_t key = interest_key(loss->interest);
    delivery_t delivery = {.core = self,
        .stamp = loss->stamp,
        .tenant = key.tenant,
        .for_clients = {.type = DD_GAP,
            .number = loss->count,
            .tenant = key.tenant,
            .topic = key.topic,
            .scope = key.path}};
    waiting_t *waiting = new_waiting(&delivery, loss->interest->count);
    interest_take_loss(&fanout->due);
    if (!waiting)
        return;
    count(fanout, waiting);
    LL_PREPEND(fanout->first, waiting);
    if (!fanout->last)
        fanout->last = waiting;
}

/* All that waited before anything was lost has gone. */
static void turn_to_losses(fanout_t *fanout)
{
    interest_loss_t *loss;
    fanout->full = false;
    DL_FOREACH (fanout->losses, loss)
        loss->list = &fanout->due;
    DL_CONCAT(fanout->due, fanout->losses);
    fanout->losses = NULL;
}

static job_state_t step(void *context, job_t *job)
{
    core_t *self = context;
    fanout_t *fanout = (fanout_t *)((char *)job - offsetof(fanout_t, job));
    if (!fanout->begun && fanout->due)
        tell_loss(self, fanout);
    if (fanout->first)
        serve_first(self, fanout);
    if (!fanout->first && fanout->full)
        turn_to_losses(fanout);
    return fanout->first || fanout->losses || fanout->due ? JOB_GOES_ON : JOB_DONE;
}

static void done(void *context, job_t *job)
{
    core_t *self = context;
    fanout_t *fanout = (fanout_t *)((char *)job - offsetof(fanout_t, job));
    jobs_remove(&self->fanouts.jobs, job);
    dd_table_unmake(&self->fanouts.by_tenant, fanout);
}

void fanout_work(core_t *self)
{
    unsigned units = (unsigned)core_step_units(self);
    unsigned enough = ENOUGH * units, least = self->fanouts.used + LEAST * units;
    unsigned most = least > enough ? least : enough;
    while (self->fanouts.used < most && jobs_step(&self->fanouts.jobs, self))
        ;
}

void fanout_turn(core_t *self)
{
    self->fanouts.used = 0;
}

bool fanout_is_tired(const core_t *self)
{
    return self->fanouts.used >= ENOUGH * (unsigned)core_step_units(self);
}
