/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_keys - the key file that a client uses, and what is sealed and opened with it
 */
#include "client_keys.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "libdd/base/problem.h"

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

static bool load(dd_client_keys_t *self, const dd_key_source_t *source, dd_problem_t *problem)
{
    const char *keyfile = dd_key_source_name(source);
    self->keyring = read_keys(source, problem);
    if (!self->keyring)
        return false;
    switch (dd_keyring_kind(self->keyring)) {
    case DD_KEYS_BROKER:
        dd_problem(problem, DD_E_KEYS,
            "%s: holds a broker's keys; a client needs its tenant's <tenant>-keys.json", keyfile);
        return false;
    case DD_KEYS_OPERATOR:
        return true;
    default:
        self->box = dd_box_new(self->keyring);
        if (!self->box)
            dd_problem(problem, DD_E_MEMORY, "out of memory for %s", keyfile);
        return self->box;
    }
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
    dd_keyring_destroy(&(*self_p)->keyring);
    free(*self_p);
    *self_p = NULL;
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
