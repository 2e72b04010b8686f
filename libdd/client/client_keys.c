/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_keys - the key file that a client uses, and what is sealed and opened with it
 */
#include "client_keys.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "libdd/base/hash.h"
#include "libdd/base/problem.h"
#include "libdd/net/context.h"

const char *dd_key_source_name(const dd_key_source_t *self)
{
    return self->path ? self->path : "the keys that were given";
}

static dd_keyring_t *read_keys(const dd_key_source_t *source, dd_problem_t *problem)
{
    const char *name = dd_key_source_name(source);
    return source->path ? dd_keyring_load(source->path, problem)
                        : dd_keyring_parse(name, source->text, source->size, problem);
}

/* ---- What is shared ------------------------------------------------------------------------ */

struct dd_shared_keys {
    UT_hash_handle hh; /* of those that others may join, by the own public key */
    dd_keyring_t *keyring;
    dd_box_t *box;
    unsigned users;
    unsigned forks; /* of the process that it was made in */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards these, and who uses them */
static dd_shared_keys_t *all;

/* Nothing is half done when a process forks: its child frees what it has copies of. */
static void hold(void)
{
    pthread_mutex_lock(&lock);
}

static void go_on(void)
{
    pthread_mutex_unlock(&lock);
}

/* In a child of fork(2), whose copies only the clients of before use. */
static void begin_anew(void)
{
    pthread_mutex_init(&lock, NULL);
    all = NULL;
}

static void watch_forks(void)
{
    pthread_atfork(hold, go_on, begin_anew);
}

static void destroy_shared(dd_shared_keys_t *self)
{
    dd_box_destroy(&self->box);
    dd_keyring_destroy(&self->keyring);
    free(self);
}

/* The keyring is the caller's if this is NULL: memory is short. */
static dd_shared_keys_t *new_shared(dd_keyring_t *keyring)
{
    dd_shared_keys_t *self = calloc(1, sizeof *self);
    bool is_operator = dd_keyring_kind(keyring) == DD_KEYS_OPERATOR;
    if (self && !is_operator)
        self->box = dd_box_new(keyring);
    if (!self || (!is_operator && !self->box)) {
        free(self);
        return NULL;
    }
    self->keyring = keyring;
    self->users = 1;
    self->forks = dd_context_forks();
    return self;
}

/* With the lock. NULL if there is none of that content. */
static dd_shared_keys_t *join(const dd_keyring_t *keyring)
{
    dd_shared_keys_t *self;
    HASH_FIND(hh, all, dd_keyring_public_key(keyring), DD_KEY_SIZE, self);
    if (!self || !dd_keyring_equal(self->keyring, keyring))
        return NULL;
    self->users++;
    return self;
}

/* With the lock: whoever comes may join it. Of several with one own key that is the first. */
static void offer(dd_shared_keys_t *self)
{
    dd_shared_keys_t *other;
    const uint8_t *key = dd_keyring_public_key(self->keyring);
    HASH_FIND(hh, all, key, DD_KEY_SIZE, other);
    if (!other)
        HASH_ADD_KEYPTR(hh, all, key, DD_KEY_SIZE, self);
}

/* Takes the keyring. NULL when out of memory. */
static dd_shared_keys_t *share(dd_keyring_t *keyring)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&lock);
    dd_shared_keys_t *self = join(keyring);
    bool joined = self;
    if (!self && (self = new_shared(keyring)))
        offer(self);
    pthread_mutex_unlock(&lock);
    if (joined || !self)
        dd_keyring_destroy(&keyring);
    return self;
}

static void part_with(dd_shared_keys_t *self)
{
    pthread_mutex_lock(&lock);
    bool last = --self->users == 0;
    if (last && self->hh.tbl && self->forks == dd_context_forks())
        HASH_DEL(all, self);
    pthread_mutex_unlock(&lock);
    if (last)
        destroy_shared(self);
}

/* ---- A client's ---------------------------------------------------------------------------- */

static bool load(dd_client_keys_t *self, const dd_key_source_t *source, dd_problem_t *problem)
{
    const char *keyfile = dd_key_source_name(source);
    dd_keyring_t *keyring = read_keys(source, problem);
    if (!keyring)
        return false;
    if (dd_keyring_kind(keyring) == DD_KEYS_BROKER) {
        dd_problem(problem, DD_E_KEYS,
            "%s: holds a broker's keys; a client needs its tenant's <tenant>-keys.json", keyfile);
        dd_keyring_destroy(&keyring);
        return false;
    }
    self->shared = share(keyring);
    if (!self->shared) {
        dd_problem(problem, DD_E_MEMORY, "out of memory for %s", keyfile);
        return false;
    }
    self->keyring = self->shared->keyring;
    if (self->shared->box)
        self->box = dd_box_share(self->shared->box);
    if (self->shared->box && !self->box)
        dd_problem(problem, DD_E_MEMORY, "out of memory for %s", keyfile);
    return !self->shared->box || self->box;
}

dd_client_keys_t *dd_client_keys_load(const dd_key_source_t *source, dd_problem_t *problem)
{
    dd_client_keys_t *self = calloc(1, sizeof *self);
    if (!self)
        dd_problem(problem, DD_E_MEMORY, "out of memory for %s", dd_key_source_name(source));
    else if (!load(self, source, problem))
        dd_client_keys_destroy(&self);
    return self;
}

void dd_client_keys_destroy(dd_client_keys_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    dd_box_destroy(&(*self_p)->box);
    if ((*self_p)->shared)
        part_with((*self_p)->shared);
    free(*self_p);
    *self_p = NULL;
}

void dd_client_keys_replace(
    dd_client_keys_t **self_p, dd_client_keys_t *keys, dd_client_keys_t **retired)
{
    pthread_mutex_lock(&lock);
    LL_PREPEND(*retired, *self_p);
    *self_p = keys;
    pthread_mutex_unlock(&lock);
}

void dd_client_keys_forget(dd_client_keys_t **list, const dd_client_keys_t *but)
{
    dd_client_keys_t *keys, *next;
    LL_FOREACH_SAFE(*list, keys, next)
    {
        if (keys == but)
            continue;
        LL_DELETE(*list, keys);
        dd_client_keys_destroy(&keys);
    }
}

static bool has_key(const dd_client_keys_t *self, const uint8_t *key)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++) {
        const uint8_t *own = dd_keyring_public_key_of(self->keyring, age);
        if (own && key && memcmp(own, key, DD_KEY_SIZE) == 0)
            return true;
    }
    return false;
}

bool dd_client_keys_follow(const dd_client_keys_t *self, const dd_client_keys_t *before)
{
    if (dd_keyring_kind(self->keyring) != dd_keyring_kind(before->keyring))
        return false;
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (has_key(before, dd_keyring_public_key_of(self->keyring, age)))
            return true;
    return false;
}

const uint8_t *dd_client_keys_latest(const dd_client_keys_t *self, dd_key_age_t *age)
{
    const uint8_t *next = dd_keyring_public_key_of(self->keyring, DD_KEY_NEXT);
    *age = next ? DD_KEY_NEXT : DD_KEY_CURRENT;
    return next ? next : dd_keyring_public_key(self->keyring);
}
