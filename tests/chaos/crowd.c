/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crowd - many clients that send to each other, and the ledger of it
 */
#include "crowd.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "libdd/base/clock.h"
#include "reaching.h"

#define TOPICS 2
#define TENANTS_MAX 2
#define MAGIC 0xdd1ed6e5u
#define SIZE_MAX_SENT ((size_t)16 << 20)
/* Bytes of what only tells whether somebody is reached. */
#define PROBE_SIZE 64
/* The most that is sent at one time, however late it is. */
#define BURST 64
/* Events taken from one client at one time. */
#define EVENTS_AT_ONCE 256
/* Notifications of one to another that may be open while every try sends one; beyond that, one in
   so many tries does. */
#define OPEN_TRIES 4
#define SELDOM 10
/* us between two tries to reach those that are not reached, by notification and by publication. */
#define NOTIFY_AGAIN 20000
#define PUBLISH_AGAIN 100000
/* us until a notification follows what is open for the first time; then twice as long each time, so
   that it isn't itself what is open. */
#define FOLLOW_FIRST 250000

static const char *const TENANTS[TENANTS_MAX] = {"a", "b"};
static const char *const TOPIC_NAMES[TOPICS] = {"even", "odd"};

/* Before the filling of each payload, which is the low byte of its number. */
typedef struct {
    uint32_t magic;
    uint16_t sender;
    uint16_t about; /* the receiver, or the topic */
    uint32_t number;
    uint32_t round; /* of reaching */
} head_t;

typedef struct {
    dd_client_t *handle;
    char name[32];
    unsigned tenant;
    unsigned topic; /* that it has subscribed to */
    bool registered, subscribed;
    bool unread;
} member_t;

struct crowd {
    crowd_plan_t plan;
    harness_t *harness;
    unsigned count, per_tenant;
    member_t *members;
    ledger_t *ledger;
    char *payload;
    int epoll;
    unsigned seed;
    pthread_t thread;
    pthread_mutex_t lock; /* for all but `over` */
    atomic_bool over;
    bool loading, following;
    uint64_t load_us; /* when it began */
    uint64_t follow_us,
        follow_pause_us;          /* when it is time, and how long it is then until the next */
    uint64_t notified, published; /* since load_us */
    reaching_t *reaching;
    uint64_t tried_us, tried_publishing_us; /* to reach those that are not reached */
    unsigned tries;
};

/* ---- Sending ------------------------------------------------------------------------------- */

static void write_payload(
    crowd_t *self, unsigned sender, unsigned about, uint32_t number, size_t size)
{
    head_t head = {.magic = MAGIC,
        .sender = (uint16_t)sender,
        .about = (uint16_t)about,
        .number = number,
        .round = reaching_round(self->reaching)};
    memcpy(self->payload, &head, sizeof head);
    memset(self->payload + sizeof head, (int)(number & 0xff), size - sizeof head);
}

static void notify(crowd_t *self, unsigned from, unsigned to, size_t size)
{
    uint32_t ref;
    write_payload(self, from, to, ledger_next(self->ledger, from), size);
    if (dd_client_notify(self->members[from].handle, self->members[to].name, self->payload, size,
            DD_WANT_OUTCOME, &ref) == DD_OK)
        ledger_accept(self->ledger, from, to, ref);
}

static void publish(crowd_t *self, unsigned from, unsigned topic, size_t size)
{
    write_payload(self, from, topic, ledger_next_number(self->ledger, from, topic), size);
    uint64_t now_us = dd_clock_us();
    if (dd_client_publish(self->members[from].handle, TOPIC_NAMES[topic], self->payload, size) ==
        DD_OK)
        ledger_publish(self->ledger, from, topic, now_us);
}

static unsigned draw(crowd_t *self, unsigned below)
{
    return (unsigned)rand_r(&self->seed) % below;
}

/* Another member of its tenant, or itself. */
static unsigned draw_fellow(crowd_t *self, unsigned member)
{
    return member / self->per_tenant * self->per_tenant + draw(self, self->per_tenant);
}

/* What is due by now, of so many a second since the load began; sent gets it. */
static unsigned due(const crowd_t *self, double rate, uint64_t *sent, uint64_t now_us)
{
    uint64_t all = (uint64_t)((double)(now_us - self->load_us) * rate / 1e6);
    unsigned count = all - *sent > BURST ? BURST : (unsigned)(all - *sent);
    *sent = all;
    return count;
}

static void send_load(crowd_t *self, uint64_t now_us)
{
    if (!self->loading)
        return;
    for (unsigned i = due(self, self->plan.notifications, &self->notified, now_us); i > 0; i--) {
        unsigned from = draw(self, self->count);
        notify(self, from, draw_fellow(self, from), self->plan.size);
    }
    for (unsigned i = due(self, self->plan.publications, &self->published, now_us); i > 0; i--)
        publish(self, draw(self, self->count), draw(self, TOPICS), self->plan.size);
}

/* Tries those that have not reached each other yet; seldom while earlier ones are open, as they are
   for long when a broker stands still. */
static void send_to_unreached(crowd_t *self, uint64_t now_us)
{
    if (reaching_is_complete(self->reaching) || now_us - self->tried_us < NOTIFY_AGAIN)
        return;
    self->tried_us = now_us;
    bool all = self->tries++ % SELDOM == 0;
    for (unsigned from = 0; from < self->count; from++)
        for (unsigned to = 0; to < self->count; to++)
            if (reaching_lacks(self->reaching, BY_NOTIFICATION, to, from) &&
                (all || ledger_open_to(self->ledger, from, to) < OPEN_TRIES))
                notify(self, from, to, PROBE_SIZE);
}

static bool awaits_publication(const crowd_t *self, unsigned from, unsigned topic)
{
    for (unsigned to = 0; to < self->count; to++)
        if (self->members[to].topic == topic &&
            reaching_lacks(self->reaching, BY_PUBLICATION, to, from))
            return true;
    return false;
}

static void publish_to_unreached(crowd_t *self, uint64_t now_us)
{
    if (reaching_is_complete(self->reaching) || now_us - self->tried_publishing_us < PUBLISH_AGAIN)
        return;
    self->tried_publishing_us = now_us;
    for (unsigned from = 0; from < self->count; from++)
        for (unsigned topic = 0; topic < TOPICS; topic++)
            if (awaits_publication(self, from, topic))
                publish(self, from, topic, PROBE_SIZE);
}

/* Where something is open, another one follows. */
static void follow_the_open(crowd_t *self, uint64_t now_us)
{
    if (!self->following || now_us < self->follow_us)
        return;
    self->follow_us = now_us + self->follow_pause_us;
    self->follow_pause_us *= 2;
    for (unsigned from = 0; from < self->count; from++)
        for (unsigned to = 0; ledger_open(self->ledger, from) > 0 && to < self->count; to++)
            if (ledger_open_to(self->ledger, from, to) > 0)
                notify(self, from, to, PROBE_SIZE);
}

/* ---- Receiving ----------------------------------------------------------------------------- */

/* Whether the payload is one of ours, whole, and from whom it says. */
static bool read_payload(crowd_t *self, unsigned receiver, const dd_event_t *event, head_t *head)
{
    const char *data = event->data;
    bool valid = event->size == self->plan.size || event->size == PROBE_SIZE;
    if (valid)
        memcpy(head, data, sizeof *head);
    valid = valid && head->magic == MAGIC && head->sender < self->count &&
            strcmp(event->source, self->members[head->sender].name) == 0;
    for (size_t i = sizeof *head; valid && i < event->size; i++)
        valid = data[i] == (char)(head->number & 0xff);
    if (!valid)
        ledger_wonder(self->ledger, "%u has got something from %s that nobody has sent", receiver,
            event->source);
    return valid;
}

static void note_reaching(crowd_t *self, reaching_way_t way, unsigned to, const head_t *head)
{
    reaching_note(self->reaching, way, to, head->sender, head->round, dd_clock_us());
}

static void take_notification(crowd_t *self, unsigned receiver, const dd_event_t *event)
{
    head_t head;
    if (!read_payload(self, receiver, event, &head))
        return;
    if (head.about != receiver)
        ledger_wonder(self->ledger, "%u has got what is for %u", receiver, head.about);
    ledger_arrive(self->ledger, receiver, head.sender, head.number);
    note_reaching(self, BY_NOTIFICATION, receiver, &head);
}

/* The topic of that name; TOPICS if there is none. */
static unsigned topic_of(const char *name)
{
    unsigned topic = 0;
    while (topic < TOPICS && strcmp(TOPIC_NAMES[topic], name) != 0)
        topic++;
    return topic;
}

static void take_publication(crowd_t *self, unsigned receiver, const dd_event_t *event)
{
    head_t head;
    if (!read_payload(self, receiver, event, &head))
        return;
    if (head.about != topic_of(event->topic)) {
        ledger_wonder(self->ledger, "%u has got a publication as of %s", receiver, event->topic);
        return;
    }
    ledger_receive(self->ledger, receiver, head.sender, head.about, head.number);
    note_reaching(self, BY_PUBLICATION, receiver, &head);
}

static void take_gap(crowd_t *self, unsigned client, const dd_event_t *event)
{
    unsigned topic = topic_of(event->topic);
    if (topic == TOPICS)
        ledger_wonder(self->ledger, "%u is told of missing ones on %s", client, event->topic);
    else
        ledger_gap(self->ledger, client, topic);
}

/* A publisher is told as well that a link of its own broker had no room for a publication, of which
   those beyond are told. */
static void take_error(crowd_t *self, unsigned client, const dd_event_t *event)
{
    if (event->ref)
        ledger_tell(self->ledger, client, event->ref, event->error);
    else if (event->error != DD_E_OVERLOADED || topic_of(event->text) == TOPICS)
        ledger_wonder(self->ledger, "%u: %s: %s", client, dd_strerror(event->error), event->text);
}

static void take_state(crowd_t *self, unsigned client, const dd_event_t *event)
{
    member_t *member = &self->members[client];
    member->registered = event->type == DD_EVENT_REGISTERED;
    member->subscribed = false;
    if (event->type == DD_EVENT_DISCONNECTED)
        ledger_disconnect(self->ledger, client, event->time_us);
    if (event->type == DD_EVENT_CLOSED)
        ledger_wonder(
            self->ledger, "%u was ended: %s: %s", client, dd_strerror(event->error), event->text);
}

static void take_event(crowd_t *self, unsigned client, const dd_event_t *event)
{
    switch (event->type) {
    case DD_EVENT_NOTIFICATION:
        take_notification(self, client, event);
        break;
    case DD_EVENT_PUBLICATION:
        take_publication(self, client, event);
        break;
    case DD_EVENT_DELIVERED:
        ledger_tell(self->ledger, client, event->ref, DD_OK);
        break;
    case DD_EVENT_ERROR:
        take_error(self, client, event);
        break;
    case DD_EVENT_GAP:
        take_gap(self, client, event);
        break;
    case DD_EVENT_SUBSCRIBED:
        self->members[client].subscribed = true;
        break;
    default:
        take_state(self, client, event);
    }
}

static void take_events(crowd_t *self, unsigned client)
{
    dd_event_t *event;
    member_t *member = &self->members[client];
    for (unsigned i = 0;
         !member->unread && i < EVENTS_AT_ONCE && (event = dd_client_receive(member->handle, 0));
         i++) {
        take_event(self, client, event);
        dd_event_destroy(&event);
    }
}

/* ---- The thread ---------------------------------------------------------------------------- */

static void *run(void *arg)
{
    crowd_t *self = arg;
    struct epoll_event ready[64];
    while (!self->over) {
        int count = epoll_wait(self->epoll, ready, 64, 1);
        pthread_mutex_lock(&self->lock);
        for (int i = 0; i < count; i++)
            take_events(self, ready[i].data.u32);
        uint64_t now_us = dd_clock_us();
        send_load(self, now_us);
        send_to_unreached(self, now_us);
        publish_to_unreached(self, now_us);
        follow_the_open(self, now_us);
        pthread_mutex_unlock(&self->lock);
    }
    return NULL;
}

static void watch(crowd_t *self, unsigned client, int operation)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = client};
    if (epoll_ctl(self->epoll, operation, dd_client_fd(self->members[client].handle), &event) != 0)
        abort();
}

static void add_member(crowd_t *self, harness_t *harness, unsigned index)
{
    dd_problem_t problem;
    member_t *member = &self->members[index];
    member->tenant = index / self->per_tenant;
    member->topic = index % TOPICS;
    snprintf(member->name, sizeof member->name, "client%u", index % self->per_tenant);
    member->handle = dd_client_new(self->plan.endpoints[index % self->per_tenant / self->plan.each],
        harness_keys(harness, TENANTS[member->tenant]), member->name, &problem);
    if (!member->handle) {
        fprintf(stderr, "%s\n", problem.text);
        exit(EXIT_FAILURE);
    }
    if (self->plan.events > 0)
        dd_client_set_limits(member->handle, (size_t)64 << 20, self->plan.events);
    ledger_set_tenant(self->ledger, index, member->tenant);
    ledger_subscribe(self->ledger, index, member->topic);
    dd_client_subscribe(member->handle, TOPIC_NAMES[member->topic], "all");
    watch(self, index, EPOLL_CTL_ADD);
    dd_client_start(member->handle);
}

crowd_t *crowd_new(harness_t *harness, const crowd_plan_t *plan)
{
    crowd_t *self = calloc(1, sizeof *self);
    unsigned endpoints = 0;
    while (plan->endpoints[endpoints])
        endpoints++;
    self->plan = *plan;
    self->harness = harness;
    self->per_tenant = endpoints * plan->each;
    self->count = self->per_tenant * plan->tenants;
    self->members = calloc(self->count, sizeof *self->members);
    self->reaching = reaching_new(self->count, self->per_tenant);
    self->payload = malloc(SIZE_MAX_SENT);
    self->ledger = ledger_new(self->count, TOPICS);
    self->epoll = epoll_create1(EPOLL_CLOEXEC);
    self->seed = 1;
    pthread_mutex_init(&self->lock, NULL);
    for (unsigned i = 0; i < self->count; i++)
        add_member(self, harness, i);
    if (pthread_create(&self->thread, NULL, run, self) != 0)
        abort();
    return self;
}

void crowd_destroy(crowd_t **self_p)
{
    crowd_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    self->over = true;
    pthread_join(self->thread, NULL);
    for (unsigned i = 0; i < self->count; i++)
        dd_client_destroy(&self->members[i].handle);
    close(self->epoll);
    pthread_mutex_destroy(&self->lock);
    ledger_destroy(&self->ledger);
    reaching_destroy(&self->reaching);
    free(self->members);
    free(self->payload);
    free(self);
}

/* ---- What it is told to do ----------------------------------------------------------------- */

void crowd_load(crowd_t *self, bool on)
{
    pthread_mutex_lock(&self->lock);
    self->loading = on;
    self->load_us = dd_clock_us();
    self->notified = self->published = 0;
    pthread_mutex_unlock(&self->lock);
}

typedef struct {
    crowd_t *crowd;
    uint64_t accepted;
} amount_t;

static bool is_accepted(void *arg)
{
    const amount_t *self = arg;
    return crowd_figures(self->crowd).accepted >= self->accepted;
}

void crowd_await_load(crowd_t *self, unsigned notifications)
{
    amount_t amount = {self, crowd_figures(self).accepted + notifications};
    wait_until(is_accepted, &amount, HARNESS_DEADLINE);
}

void crowd_leave_unread(crowd_t *self, unsigned client, bool unread)
{
    pthread_mutex_lock(&self->lock);
    self->members[client].unread = unread;
    watch(self, client, unread ? EPOLL_CTL_DEL : EPOLL_CTL_ADD);
    pthread_mutex_unlock(&self->lock);
}

dd_error_t crowd_take_keys(crowd_t *self, unsigned client, dd_problem_t *problem)
{
    const member_t *member = &self->members[client];
    return dd_client_set_keys(
        member->handle, harness_keys(self->harness, TENANTS[member->tenant]), problem);
}

static bool all_reached(void *arg)
{
    crowd_t *self = arg;
    pthread_mutex_lock(&self->lock);
    bool all = reaching_is_complete(self->reaching);
    pthread_mutex_unlock(&self->lock);
    return all;
}

int crowd_reach(crowd_t *self, int deadline_ms)
{
    pthread_mutex_lock(&self->lock);
    reaching_begin(self->reaching, dd_clock_us());
    pthread_mutex_unlock(&self->lock);
    if (!wait_until(all_reached, self, deadline_ms))
        return -1;
    return reaching_took_ms(self->reaching);
}

unsigned crowd_registered(crowd_t *self)
{
    unsigned count = 0;
    pthread_mutex_lock(&self->lock);
    for (unsigned i = 0; i < self->count; i++)
        count += self->members[i].registered && self->members[i].subscribed;
    pthread_mutex_unlock(&self->lock);
    return count;
}

unsigned crowd_size(const crowd_t *self)
{
    return self->count;
}

static bool nothing_is_open(void *arg)
{
    crowd_t *self = arg;
    uint32_t open = 0;
    pthread_mutex_lock(&self->lock);
    for (unsigned i = 0; i < self->count; i++)
        open += ledger_open(self->ledger, i);
    pthread_mutex_unlock(&self->lock);
    return open == 0;
}

/* Whether nobody has an event that was not taken. */
static bool nothing_waits(void *arg)
{
    crowd_t *self = arg;
    struct epoll_event ready;
    pthread_mutex_lock(&self->lock);
    bool none = epoll_wait(self->epoll, &ready, 1, 0) == 0;
    pthread_mutex_unlock(&self->lock);
    return none;
}

bool crowd_settle(crowd_t *self, int deadline_ms)
{
    crowd_load(self, false);
    pthread_mutex_lock(&self->lock);
    self->following = true;
    self->follow_us = dd_clock_us() + FOLLOW_FIRST;
    self->follow_pause_us = 2 * FOLLOW_FIRST;
    pthread_mutex_unlock(&self->lock);
    bool settled = wait_until(nothing_is_open, self, deadline_ms);
    pthread_mutex_lock(&self->lock);
    self->following = false;
    pthread_mutex_unlock(&self->lock);
    return wait_until(nothing_waits, self, deadline_ms) && settled;
}

ledger_figures_t crowd_figures(crowd_t *self)
{
    pthread_mutex_lock(&self->lock);
    ledger_figures_t figures = ledger_figures(self->ledger);
    pthread_mutex_unlock(&self->lock);
    return figures;
}

void crowd_print_faults(crowd_t *self, FILE *file)
{
    pthread_mutex_lock(&self->lock);
    ledger_print_faults(self->ledger, file);
    reaching_print(self->reaching, file);
    pthread_mutex_unlock(&self->lock);
}
