/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_world - a broker that serves native clients and those of protocols 3 and 4
 *
 * Of both kinds there is one who goes on talking with the other while a test does its worst.
 */
#ifndef LEGACY_WORLD_H_INCLUDED
#define LEGACY_WORLD_H_INCLUDED

#include "harness.h"
#include "legacy_client.h"
#include "libdd/include/dd.h"

typedef struct {
    harness_t *harness;
    void *context;
    program_t *broker;    /* "broker0", of scope /1/2/3/ */
    const char *endpoint; /* its legacy one, tcp */
    dd_client_t *native;  /* a.native and a.old */
    legacy_client_t *old;
} legacy_world_t;

/* Before and after a group of tests, whose *state it is. Tenants a, b and public. The broker waits
   long for a sign of life. */
int legacy_world_open(void **state);
int legacy_world_close(void **state);

/* A client of an old version at the broker, not logged in yet; the owner is a tenant. */
legacy_client_t *legacy_world_client(legacy_world_t *self, const char *owner, uint32_t version);
/* One of version 4 that has logged in; another one of its name, whose connection was dropped, may
   take a moment to be gone. */
legacy_client_t *legacy_world_login(legacy_world_t *self, const char *owner, const char *name);
/* A native client that is registered, at a broker of the harness. */
dd_client_t *legacy_world_native(
    legacy_world_t *self, const char *broker, const char *owner, const char *name);

/* The two talk to each other as if nothing had happened. */
void legacy_world_check(legacy_world_t *self);

/* Waits for what a native client is told; an empty topic stands for a notification. */
void native_expect(dd_client_t *client, const char *source, const char *topic, const char *text);
dd_event_t *native_wait(dd_client_t *client, dd_event_type_t type);

#endif
