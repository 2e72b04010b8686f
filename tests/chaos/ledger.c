/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ledger - the account of what clients send, what they are told of it, and what arrives
 */
#include "ledger.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Faults that are described, and of each kind; the others are only counted. */
#define FAULTS_MAX 24
#define FAULTS_OF_A_KIND 4
#define FAULT_ROOM 120

/* One notification. */
typedef struct {
    uint32_t ref;
    uint16_t receiver;
    bool told;
    bool arrived;
    dd_error_t outcome;
} sent_t;

/* The notifications that a client has sent, refs rising. */
typedef struct {
    sent_t *sent;
    uint32_t count, room;
    uint32_t open;
} account_t;

/* One publication. */
typedef struct {
    uint64_t time_us;
    uint32_t life; /* how often its publisher had been disconnected before */
} published_t;

/* The publications of a client on a topic. */
typedef struct {
    published_t *published;
    uint32_t count, room;
} series_t;

/* What a subscriber has seen of a series. */
typedef struct {
    bool begun;
    uint32_t next; /* the number that should come */
    uint32_t gaps; /* that it had been told of when the last one came */
} progress_t;

struct ledger {
    unsigned clients, topics;
    unsigned *tenants;    /* [client] */
    account_t *accounts;  /* [sender] */
    uint32_t *open;       /* [sender][receiver] */
    uint32_t *last;       /* [receiver][sender] places, from 1; 0: none yet */
    series_t *series;     /* [publisher][topic] */
    bool *subscribed;     /* [subscriber][topic] */
    uint32_t *gaps;       /* [subscriber][topic] */
    progress_t *progress; /* [subscriber][publisher][topic] */
    uint32_t *lives;      /* [client]: disconnections */
    ledger_figures_t figures;
    char faults[FAULTS_MAX][FAULT_ROOM];
    unsigned fault_count;
};

static void *room_for(size_t count, size_t size)
{
    void *room = calloc(count, size);
    if (!room)
        abort();
    return room;
}

/* An array that has room for one more element than count. */
static void *grown(void *array, uint32_t count, uint32_t *room, size_t size)
{
    if (count < *room)
        return array;
    *room = *room ? *room * 2 : 64;
    array = realloc(array, *room * size);
    if (!array)
        abort();
    return array;
}

ledger_t *ledger_new(unsigned clients, unsigned topics)
{
    ledger_t *self = room_for(1, sizeof *self);
    self->clients = clients;
    self->topics = topics;
    self->tenants = room_for(clients, sizeof *self->tenants);
    self->accounts = room_for(clients, sizeof *self->accounts);
    self->open = room_for((size_t)clients * clients, sizeof *self->open);
    self->last = room_for((size_t)clients * clients, sizeof *self->last);
    self->series = room_for((size_t)clients * topics, sizeof *self->series);
    self->subscribed = room_for((size_t)clients * topics, sizeof *self->subscribed);
    self->gaps = room_for((size_t)clients * topics, sizeof *self->gaps);
    self->progress = room_for((size_t)clients * clients * topics, sizeof *self->progress);
    self->lives = room_for(clients, sizeof *self->lives);
    return self;
}

void ledger_destroy(ledger_t **self_p)
{
    ledger_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (unsigned i = 0; i < self->clients; i++)
        free(self->accounts[i].sent);
    for (unsigned i = 0; i < self->clients * self->topics; i++)
        free(self->series[i].published);
    free(self->tenants);
    free(self->accounts);
    free(self->open);
    free(self->last);
    free(self->series);
    free(self->subscribed);
    free(self->gaps);
    free(self->progress);
    free(self->lives);
    free(self);
}

void ledger_set_tenant(ledger_t *self, unsigned client, unsigned tenant)
{
    self->tenants[client] = tenant;
}

/* Counts a fault, and describes it if it is one of the first. */
__attribute__((format(printf, 3, 4))) static void fault(
    ledger_t *self, uint64_t *figure, const char *format, ...)
{
    if (++*figure > FAULTS_OF_A_KIND || self->fault_count == FAULTS_MAX)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(self->faults[self->fault_count++], FAULT_ROOM, format, arguments);
    va_end(arguments);
}

void ledger_wonder(ledger_t *self, const char *format, ...)
{
    char text[FAULT_ROOM];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    fault(self, &self->figures.odd, "%s", text);
}

/* ---- Notifications ------------------------------------------------------------------------- */

uint32_t ledger_next(const ledger_t *self, unsigned sender)
{
    return self->accounts[sender].count;
}

void ledger_accept(ledger_t *self, unsigned sender, unsigned receiver, uint32_t ref)
{
    account_t *account = &self->accounts[sender];
    account->sent = grown(account->sent, account->count, &account->room, sizeof *account->sent);
    account->sent[account->count++] = (sent_t){.ref = ref, .receiver = (uint16_t)receiver};
    account->open++;
    self->open[(size_t)sender * self->clients + receiver]++;
    self->figures.accepted++;
}

/* Whether it came for the first time and after all before it. */
static bool is_in_turn(ledger_t *self, unsigned receiver, unsigned sender, uint32_t place)
{
    uint32_t *last = &self->last[(size_t)receiver * self->clients + sender];
    if (place < *last) {
        fault(self, &self->figures.reordered, "notification %u of %u came to %u after %u", place,
            sender, receiver, *last - 1);
        return false;
    }
    *last = place + 1;
    return true;
}

void ledger_arrive(ledger_t *self, unsigned receiver, unsigned sender, uint32_t place)
{
    account_t *account = &self->accounts[sender];
    if (place >= account->count) {
        ledger_wonder(self, "notification %u of %u came and was never sent", place, sender);
        return;
    }
    sent_t *sent = &account->sent[place];
    if (sent->receiver != receiver || self->tenants[sender] != self->tenants[receiver])
        fault(self, &self->figures.crossed, "notification %u of %u to %u came to %u", place, sender,
            sent->receiver, receiver);
    else if (sent->arrived)
        fault(self, &self->figures.duplicated, "notification %u of %u came again to %u", place,
            sender, receiver);
    else if (is_in_turn(self, receiver, sender, place) && sent->told && sent->outcome != DD_OK &&
             sent->outcome != DD_E_UNKNOWN)
        fault(self, &self->figures.wrong, "notification %u of %u came to %u though refused: %s",
            place, sender, receiver, dd_strerror(sent->outcome));
    sent->arrived = true;
}

/* The notification of that ref; NULL if there is none. */
static sent_t *find(const account_t *self, uint32_t ref)
{
    uint32_t low = 0, high = self->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((int32_t)(self->sent[middle].ref - ref) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->count && self->sent[low].ref == ref ? &self->sent[low] : NULL;
}

static void count_outcome(ledger_figures_t *self, dd_error_t outcome)
{
    if (outcome == DD_OK)
        self->delivered++;
    else if (outcome == DD_E_UNKNOWN)
        self->unknown++;
    else
        self->refused++;
}

void ledger_tell(ledger_t *self, unsigned sender, uint32_t ref, dd_error_t outcome)
{
    account_t *account = &self->accounts[sender];
    sent_t *sent = find(account, ref);
    if (!sent || sent->told) {
        ledger_wonder(self, "%u was told %s of ref %u: %s", sender, sent ? "again" : "an outcome",
            ref, dd_strerror(outcome));
        return;
    }
    sent->told = true;
    sent->outcome = outcome;
    account->open--;
    self->open[(size_t)sender * self->clients + sent->receiver]--;
    count_outcome(&self->figures, outcome);
    if (sent->arrived && outcome != DD_OK && outcome != DD_E_UNKNOWN)
        fault(self, &self->figures.wrong,
            "notification %u of %u is refused though it came to %u: %s",
            (unsigned)(sent - account->sent), sender, sent->receiver, dd_strerror(outcome));
}

uint32_t ledger_open(const ledger_t *self, unsigned sender)
{
    return self->accounts[sender].open;
}

uint32_t ledger_open_to(const ledger_t *self, unsigned sender, unsigned receiver)
{
    return self->open[(size_t)sender * self->clients + receiver];
}

/* ---- Publications -------------------------------------------------------------------------- */

static size_t pair(const ledger_t *self, unsigned client, unsigned topic)
{
    return (size_t)client * self->topics + topic;
}

void ledger_subscribe(ledger_t *self, unsigned subscriber, unsigned topic)
{
    self->subscribed[pair(self, subscriber, topic)] = true;
}

uint32_t ledger_next_number(const ledger_t *self, unsigned publisher, unsigned topic)
{
    return self->series[pair(self, publisher, topic)].count;
}

void ledger_publish(ledger_t *self, unsigned publisher, unsigned topic, uint64_t time_us)
{
    series_t *series = &self->series[pair(self, publisher, topic)];
    series->published =
        grown(series->published, series->count, &series->room, sizeof *series->published);
    series->published[series->count++] =
        (published_t){.time_us = time_us, .life = self->lives[publisher]};
    self->figures.published++;
}

/* Those from first up to the one that came have not come. A publisher that was disconnected knows
   that its last ones may be lost, and those are the ones of an earlier life: what it had published
   in that one before has come. Of all others the subscriber must have been told. */
static void miss(ledger_t *self, const series_t *series, uint32_t first, uint32_t came, bool told,
    const char *where)
{
    self->figures.missing += came - first;
    for (uint32_t i = first; !told && i < came; i++)
        if (series->published[i].life == series->published[came].life)
            fault(self, &self->figures.untold, "publication %u %s is missing, the next is %u", i,
                where, came);
}

void ledger_receive(
    ledger_t *self, unsigned subscriber, unsigned publisher, unsigned topic, uint32_t number)
{
    const series_t *series = &self->series[pair(self, publisher, topic)];
    progress_t *progress =
        &self->progress[((size_t)subscriber * self->clients + publisher) * self->topics + topic];
    uint32_t gaps = self->gaps[pair(self, subscriber, topic)];
    char where[64];
    snprintf(where, sizeof where, "of %u on topic %u to %u", publisher, topic, subscriber);
    if (number >= series->count)
        ledger_wonder(self, "publication %u %s came and was never sent", number, where);
    else if (self->tenants[publisher] != self->tenants[subscriber] ||
             !self->subscribed[pair(self, subscriber, topic)])
        fault(self, &self->figures.crossed, "publication %u %s isn't for it", number, where);
    else if (progress->begun && number + 1 == progress->next)
        fault(self, &self->figures.duplicated, "publication %u %s came again", number, where);
    else if (progress->begun && number < progress->next)
        fault(self, &self->figures.reordered, "publication %u %s came after %u", number, where,
            progress->next - 1);
    else {
        if (progress->begun)
            miss(self, series, progress->next, number, gaps != progress->gaps, where);
        *progress = (progress_t){.begun = true, .next = number + 1, .gaps = gaps};
        self->figures.copies++;
    }
}

void ledger_gap(ledger_t *self, unsigned subscriber, unsigned topic)
{
    self->gaps[pair(self, subscriber, topic)]++;
    self->figures.gaps++;
}

/* ---- Both ---------------------------------------------------------------------------------- */

/* A call that began after the end and was taken belongs to the connection that followed, although
   it was entered before the word of the end. */
static void begin_life(series_t *self, uint32_t life, uint64_t time_us)
{
    for (uint32_t i = self->count; i > 0 && self->published[i - 1].time_us > time_us; i--)
        self->published[i - 1].life = life;
}

void ledger_disconnect(ledger_t *self, unsigned client, uint64_t time_us)
{
    self->lives[client]++;
    self->figures.disconnections++;
    for (unsigned topic = 0; topic < self->topics; topic++) {
        begin_life(&self->series[pair(self, client, topic)], self->lives[client], time_us);
        self->gaps[pair(self, client, topic)]++;
    }
}

/* Delivered, the sender was told, but nobody has it. */
static bool is_phantom(const sent_t *self)
{
    return self->told && self->outcome == DD_OK && !self->arrived;
}

static uint64_t phantoms(const account_t *self)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < self->count; i++)
        count += is_phantom(&self->sent[i]);
    return count;
}

ledger_figures_t ledger_figures(const ledger_t *self)
{
    ledger_figures_t figures = self->figures;
    for (unsigned i = 0; i < self->clients; i++) {
        figures.wrong += phantoms(&self->accounts[i]);
        figures.silent += self->accounts[i].open;
    }
    return figures;
}

bool ledger_figures_hold(const ledger_figures_t *self)
{
    return self->silent + self->duplicated + self->reordered + self->crossed + self->wrong +
               self->untold + self->odd ==
           0;
}

/* The first one that is silent, or that nobody has though it was delivered. */
static void print_first(const account_t *self, unsigned sender, FILE *file)
{
    for (uint32_t i = 0; i < self->count; i++) {
        const sent_t *sent = &self->sent[i];
        if (sent->told && !is_phantom(sent))
            continue;
        fprintf(file, "    notification %u of %u to %u: %s\n", i, sender, sent->receiver,
            is_phantom(sent) ? "told delivered, never arrived"
            : sent->arrived  ? "nothing told, though it has arrived"
                             : "nothing told");
        return;
    }
}

void ledger_print_faults(const ledger_t *self, FILE *file)
{
    for (unsigned i = 0; i < self->fault_count; i++)
        fprintf(file, "    %s\n", self->faults[i]);
    for (unsigned i = 0; i < self->clients; i++)
        print_first(&self->accounts[i], i, file);
}
