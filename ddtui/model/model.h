/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * model - what is known of the tree: brokers, clients, subscriptions
 *
 * Each view is a table of rows of one struct. Rows come from reports (report_parser), and
 * what of a row is shown, how and under which title stands in columns. Pure: no sockets, no screen,
 * no clock. Texts in rows are as strangers chose them: dd_escape_text() makes them fit for a
 * terminal.
 */
#ifndef MODEL_H_INCLUDED
#define MODEL_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libdd/include/dd.h"
#include "libdd/protocol/record.h"

/* A number that no report has told, or that isn't known there either. */
#define MODEL_UNKNOWN UINT64_MAX

/* Rows that are kept at most, so that hostile reports can't take all memory. */
#define MODEL_BROKERS_MAX 4096
#define MODEL_ROWS_MAX 250000
#define MODEL_TOPICS_MAX 16384 /* of all brokers together */

/* A broker's id in hex, with the NUL. */
#define MODEL_ID_ROOM (2 * DD_BROKER_ID_SIZE + 1)

typedef enum {
    VIEW_NONE,
    VIEW_TREE,
    VIEW_CLIENTS,
    VIEW_SUBSCRIPTIONS,
    VIEW_EVENTS,
    VIEW_TOPICS,      /* sums over all brokers, which model_arrange() makes of ... */
    VIEW_TOPIC_PARTS, /* what each of them reports; nobody asks for these alone */
    VIEWS
} view_t;

/* Notifications and publications, since the broker's start or the client's registration. */
typedef struct {
    uint64_t in; /* from the clients, or the client */
    uint64_t out;
    uint64_t in_bytes; /* of their payloads */
    uint64_t out_bytes;
    uint64_t refused;        /* asked for and not granted */
    uint64_t dropped;        /* for which there was no room, or too large */
    uint64_t dropped_lately; /* of these, in the last five minutes; of brokers only */
    uint64_t drop_since_ms;  /* since the first of these */
    uint64_t drop_age_ms;    /* and the last */
    uint64_t links_in;       /* what came over links besides; of brokers only */
    uint64_t links_out;
    uint64_t in_rate; /* a second, between two rounds of reports; no report has it */
    uint64_t out_rate;
    uint64_t links_in_rate;
    uint64_t links_out_rate;
    uint64_t refused_rate;
    uint64_t dropped_rate;
    uint64_t
        refusing_ms; /* for which that stays worth a word: MODEL_TROUBLE_STAYS when it happens */
    uint64_t dropping_ms;
} traffic_t;

/* ms after which a broker or client that refused or dropped something is as good as others. */
#define MODEL_TROUBLE_STAYS 10000

/* Turns of a broker's loop by their length: of up to MODEL_TURN_US, up to twice that, and so on;
   the last ones are all that are longer. */
#define MODEL_TURNS 16
#define MODEL_TURN_US 64u

/* What can be said of a broker: fates_set() does. */
typedef enum {
    BROKER_REPORTS,
    BROKER_GONE,   /* one beside it in the tree reports, and it doesn't */
    BROKER_BEHIND, /* it is reached through such a one, and may be well */
    BROKER_DRAINED /* it has left in order */
} broker_fate_t;

/* Brokers beneath one that it misses. */
#define MODEL_LOST_MAX 16

typedef struct {
    char name[DD_BROKER_MAX + 1]; /* "": the list ends here */
    char id[MODEL_ID_ROOM];
    uint64_t age_ms; /* since it was lost */
} lost_t;

typedef struct {
    char id[MODEL_ID_ROOM];
    char parent[MODEL_ID_ROOM]; /* its id, or "" */
    char name[DD_BROKER_MAX + 1];
    char scope[DD_SCOPE_MAX + 1];
    char version[32];
    char state[32];
    uint64_t uptime_ms;
    uint64_t clients;
    uint64_t subscriptions;
    uint64_t children;
    uint64_t not_let_in; /* of those that weren't let in */
    uint64_t not_let_in_age_ms;
    lost_t lost[MODEL_LOST_MAX + 1];
    uint64_t outbox;      /* bytes that wait for its clients */
    uint64_t clients_max; /* that one may have at this broker, and the same for the rest */
    uint64_t subscriptions_max;
    uint64_t outbox_max;
    uint64_t old_keys; /* of its clients, those that the end of a rotation would cut off */
    traffic_t traffic;
    char refused_for[1024]; /* how often for which reason */
    uint64_t rtt_us;        /* to its parent and back */
    uint64_t turns[MODEL_TURNS];
    char parents[1024];              /* whom it may join, and how they are; operators are told */
    uint64_t parents_silent;         /* of those that it doesn't use */
    uint64_t parent_ms;              /* since it joined the one it has */
    uint64_t moves;                  /* from one to another */
    uint64_t silent_ms;              /* since its last report; 0 if that is in this round */
    char last_parent[MODEL_ID_ROOM]; /* of a broker that is cut off, the parent it had; or "" */
    broker_fate_t fate;
    uint64_t fate_ms;               /* for how long, as far as that was seen */
    char behind[DD_BROKER_MAX + 1]; /* the name of that one, for BROKER_BEHIND */
    uint64_t missed_ms;             /* when one beside it said last that it is gone; 0: never */
    bool told;                      /* a note has told that it is gone */
    uint64_t returned_ms;           /* in the first round since, how long it was gone; else 0 */
    bool restarted;                 /* in the first round since; a note is to tell it */
    uint64_t dropped_before;        /* what it had dropped before that, as far as it was seen */
    unsigned depth;                 /* in the tree, 0 for the root; model_arrange() sets it */
} broker_t;

typedef enum {
    CLIENT_HERE,
    CLIENT_LEFT,   /* its broker reports, and not of it */
    CLIENT_UNKNOWN /* its broker doesn't report */
} client_fate_t;

typedef struct {
    char tenant[DD_TENANT_MAX + 1];
    char name[DD_CLIENT_MAX + 1];
    char broker[DD_BROKER_MAX + 1];
    char broker_id[MODEL_ID_ROOM];
    char scope[DD_SCOPE_MAX + 1]; /* the broker's */
    char key[8];       /* that it has shown while its tenant's are replaced: "old", "new"; or "" */
    uint64_t since_ms; /* age of the registration */
    uint64_t idle_ms;
    uint64_t subscriptions;
    uint64_t outbox; /* bytes that wait for the client */
    traffic_t traffic;
    uint64_t silent_ms; /* since it was last reported, or its broker was without it; 0 if it is in
                           this round */
    client_fate_t fate;
} client_t;

typedef struct {
    char tenant[DD_TENANT_MAX + 1];
    char client[DD_CLIENT_MAX + 1];
    char topic[DD_TOPIC_MAX + 1];
    char scope[DD_SCOPE_MAX + 1]; /* as the client asked */
    char path[DD_SCOPE_MAX + 1];  /* as its broker resolved it */
    char broker[DD_BROKER_MAX + 1];
} subscription_t;

/* Something that happened at a broker. */
typedef struct {
    char broker[DD_BROKER_MAX + 1];
    char level[16];
    char tenant[DD_TENANT_MAX + 1]; /* whose it is; "*": everybody's; "": the operators' */
    char text[512];
    char broker_id[MODEL_ID_ROOM];
    uint64_t at_ms; /* from the broker's start */
    uint64_t age_ms;
    uint64_t heard_ms; /* when it was told, by the clock of rounds; no report has it or the next */
    uint64_t time_ms;  /* since 1970, by the clock of whoever asked */
} happening_t;

/* Those who publish most on a topic. */
#define MODEL_PUBLISHERS 8

typedef struct {
    char name[DD_NAME_MAX + 1]; /* the full one */
    uint64_t publications;      /* surely its own; perhaps there were more */
    uint64_t rate;              /* a second, between two rounds; no report has it */
} publisher_t;

typedef struct {
    uint64_t count; /* MODEL_UNKNOWN: not known */
    publisher_t rows[MODEL_PUBLISHERS];
} publishers_t;

/* A topic, at one broker or at all of them. */
typedef struct {
    char tenant[DD_TENANT_MAX + 1];
    char topic[DD_TOPIC_MAX + 1];  /* "": all for which their brokers had no room */
    char broker_id[MODEL_ID_ROOM]; /* "" in a sum */
    uint64_t publications;
    uint64_t bytes; /* of their payloads */
    uint64_t lost;  /* that subscribers missed, each counted for each of them */
    uint64_t subscribers;
    uint64_t
        rate; /* publications a second, between two rounds; no report has it or the next ones */
    uint64_t bytes_rate;
    uint64_t lost_rate;
    uint64_t lost_since_ms;  /* since the first was lost */
    uint64_t lost_age_ms;    /* and the last */
    publishers_t publishers; /* who publish most, the first one most of all */
    uint64_t gone_ms; /* since its broker was there; 0: it is. What it counted counts on in sums */
} topic_t;

typedef struct model model_t;

/* NULL when out of memory. */
model_t *model_new(void);
void model_destroy(model_t **self_p);

/* Copies a row (broker_t, client_t, subscription_t, happening_t or topic_t, as the view says) into
   its table; a broker takes the place of one with the same id. DD_E_LIMIT when the table is full,
   or DD_E_MEMORY. */
dd_error_t model_add(model_t *self, view_t view, const void *row);

/* Puts all rows in the order in which they are shown: brokers depth first, each below its parent,
   what happened latest first, and all else by name. A client or subscription that was added twice
   is there once. A broker whose parent isn't known, or is below itself, stands at the left. Sums up
   what brokers report of topics. DD_E_MEMORY: then brokers stand by their names, and not below
   their parents, or topics are missing. */
dd_error_t model_arrange(model_t *self);

/* The view in which what is reported about another one is put. */
view_t model_reported(view_t view);

/* The id of the broker below which one stands: its parent, or the last it had. */
const char *model_parent(const broker_t *broker);

size_t model_count(const model_t *self, view_t view);
/* A row by its index, which must be below model_count(). Valid until the model changes. */
const void *model_row(const model_t *self, view_t view, size_t index);
/* The same to be changed, but for what it is ordered by. */
void *model_edit(model_t *self, view_t view, size_t index);
/* The index of the broker that has the id; SIZE_MAX if there is none. */
size_t model_broker(const model_t *self, const char *id);
/* The row of a view other than the tree that its order has in the place of `row`; NULL if there is
   none. The model must be arranged. */
void *model_find(model_t *self, view_t view, const void *row);

#endif
