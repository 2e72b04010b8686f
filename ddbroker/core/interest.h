/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * interest - who wants which publications
 *
 * An interest is (tenant, topic, resolved path); its holders are the local clients that subscribed
 * and the links whose other side told of subscribers there. A publication is matched with a few
 * hash lookups, whatever the number of interests: one for each path that covers its origin and is
 * as deep as some interest's, and one for each length that a "noscope" topic of the tenant's has.
 */
#ifndef INTEREST_H_INCLUDED
#define INTEREST_H_INCLUDED

#include "cursor.h"
#include "libdd/base/table.h"
#include "libdd/protocol/scope.h"
#include "libdd/protocol/topic.h"
#include "prefixes.h"

typedef struct peer peer_t;
typedef struct interest interest_t;
typedef struct interest_loss interest_loss_t;
typedef struct topic topic_t;

/* What makes a subscription the one it is, in one piece so that it can be hashed. A client may hold
   an interest under several patterns ("/1/" and "region" in region 1); a link holds it once. */
typedef struct {
    peer_t *peer;
    interest_t *interest;
    char pattern[DD_SCOPE_MAX + 1]; /* as the client gave it; for a link the resolved path */
} subscription_key_t;

/* One holder of an interest. */
typedef struct subscription {
    dd_member_t member;                             /* first */
    struct subscription *prev_holder, *next_holder; /* of the same interest */
    struct subscription *prev, *next;               /* of the same peer */
    topic_t *topic;                                 /* client: where it is counted; or NULL */
    uint64_t lost;                                  /* publications since the last GAP */
    uint64_t cuts;  /* links that have ended, as far as it was told of or came too late for */
    uint64_t since; /* stamp of the last publication before it */
    bool warned;    /* client: it was told that some may be missing, and has got none since */
    subscription_key_t key;
} subscription_t;

struct interest {
    dd_member_t member;      /* first */
    subscription_t *holders; /* links first, and clients as they came */
    unsigned count;          /* of holders */
    cursor_t *cursors;       /* at holders */
    interest_loss_t *loss;   /* that all holders are still to be told of; NULL if there is none */
    uint64_t stamp;          /* when losses were looked at last for one who holds it */
    uint8_t tenant_size;
    uint8_t topic_size;
    uint8_t path_size;
    char key[]; /* tenant, NUL, topic, NUL, path, NUL: three C strings */
};

/* What all holders of an interest have missed. */
struct interest_loss {
    interest_loss_t *prev, *next; /* in the list of whoever tells them */
    interest_loss_t **list;
    interest_t *interest;
    uint64_t count; /* of publications */
    bool unsure;    /* and perhaps more */
    uint64_t stamp; /* of the last one */
};

typedef struct {
    dd_table_t by_key;      /* interests */
    dd_table_t by_holder;   /* subscriptions */
    cursor_t *cursors;      /* at interests, in their table's order */
    cursor_t *held_cursors; /* at subscriptions, in the order of their peer's */
    prefixes_t *noscopes;
    size_t depths[DD_SCOPE_DEPTH_MAX + 1]; /* interests whose path has so many numbers */
    uint64_t cuts; /* links that have ended so far, and subtrees that have moved */
} interests_t;

/* The three parts that make an interest. */
typedef struct {
    dd_bytes_t tenant;
    dd_bytes_t topic;
    dd_bytes_t path;
} interest_key_t;

/* The oldest; NULL if there is none. */
static inline interest_t *interest_first(const interests_t *self)
{
    return (interest_t *)self->by_key.first;
}

/* The one after it. */
static inline interest_t *interest_after(const interest_t *self)
{
    return (interest_t *)self->member.next;
}

interest_key_t interest_key(const interest_t *self);
interest_t *interest_find(const interests_t *self, interest_key_t key);

/* The peer's subscription to the interest with that pattern, or NULL. */
subscription_t *interest_held(
    const interests_t *self, peer_t *peer, interest_t *interest, const dd_scope_t *pattern);

/* Makes the peer a holder; it must not be one with that pattern yet. NULL when out of memory. */
subscription_t *interest_add(
    interests_t *self, peer_t *peer, interest_key_t key, const dd_scope_t *pattern);

/* Ends a subscription; frees its interest too when that was the last holder. */
void interest_remove(interests_t *self, subscription_t *subscription);

/* Counts what was missed, of which a link may say any number. */
static inline void interest_count_lost(uint64_t *lost, uint64_t more)
{
    uint64_t room = UINT64_MAX - *lost;
    *lost += more < room ? more : room;
}

/* All holders have missed so many publications, or with 0 perhaps some. It goes into that list if
   it isn't in one; when out of memory it is forgotten. */
void interest_lose(interest_t *self, interest_loss_t **list, uint64_t count, uint64_t stamp);
/* The first of the list has been told as far as it is counted: what is left of it, that there may
   be more, goes to the front again; else it is freed. */
void interest_take_loss(interest_loss_t **list);

/* Walks over the interests that a publication meets. */
typedef struct {
    const interests_t *interests;
    interest_key_t key;
    dd_bytes_t origin;
    dd_bytes_t scope; /* the origin of the whole topic */
    size_t path_size; /* bytes that the topic is looked for without; 0 once it is whole */
    size_t prefix;    /* of origin, tried last */
    unsigned depth;   /* of the prefix tried next */
    prefixes_match_t noscopes;
} interest_match_t;

/* path_size: so many bytes at the topic's end are a path, see topic.h: what is in front of it is
   looked for as well, as if it came from there. */
interest_match_t interest_match(const interests_t *self, dd_bytes_t tenant, dd_bytes_t topic,
    size_t path_size, dd_bytes_t origin);
/* The next one, or NULL. */
interest_t *interest_next(interest_match_t *match);
/* Interests have come and gone, and the texts are where these are now: the same walk goes on. */
void interest_match_resume(
    interest_match_t *match, dd_bytes_t tenant, dd_bytes_t topic, dd_bytes_t origin);

#endif
