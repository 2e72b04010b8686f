/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scene - what tests of whole trees share: brokers that have joined, and clients in the test itself
 *
 * A client of a scene keeps every event until the test asks for it, so that one kind can be waited
 * for while others come in. Each wait has the harness's deadline, and what isn't there by then
 * fails the test.
 */
#ifndef SCENE_H_INCLUDED
#define SCENE_H_INCLUDED

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "harness.h"
#include "libdd/include/dd.h"

/* A test whose *state is a harness of its own, with tenants a and b; its clients and programs end
   with it. */
#define SCENE(test) cmocka_unit_test_setup_teardown(test, scene_open, scene_close)

int scene_open(void **state);
int scene_close(void **state);

/* ---- Brokers ------------------------------------------------------------------------------ */

/* As broker_start(), for a broker with a parent, and waits until it has joined it. */
program_t *scene_broker(harness_t *self, const char *name, const char *parent, const char *scope);

/* Starts the tree that most tests use:
 *
 *     root /1/ -+- mid /1/2/ -+- leaf /1/2/3/
 *               |             +- twin /1/2/4/
 *               +- other /1/5/
 */
void scene_tree(harness_t *self);

/* ---- Clients ------------------------------------------------------------------------------ */

typedef struct client client_t;

/* One bit for each type of event. */
#define EVENT(type) (1u << (type))
#define MESSAGES (EVENT(DD_EVENT_NOTIFICATION) | EVENT(DD_EVENT_PUBLICATION))
#define OUTCOMES (EVENT(DD_EVENT_RECEIPT) | EVENT(DD_EVENT_ERROR))

/* A client of an owner's key file (harness_keys()) at a broker. It lives until client_close() or
   the end of the test. */
client_t *client_begin(harness_t *harness, const char *broker, const char *owner, const char *name);
/* The same, and waits until it is registered. */
client_t *client_open(harness_t *harness, const char *broker, const char *owner, const char *name);
void client_close(client_t **self_p);

dd_client_t *client_handle(const client_t *self);

/* The oldest event of these types; NULL at the deadline. The caller frees it. */
dd_event_t *client_take(client_t *self, unsigned types, int deadline_ms);
/* The same, within the harness's deadline: none fails the test. */
dd_event_t *client_wait(client_t *self, unsigned types);
/* Waits for one and returns its error. */
dd_error_t client_await(client_t *self, dd_event_type_t type);

/* The next message, of either kind, must be this. */
void client_expect(client_t *self, const char *source, const char *text);

/* Subscribes and waits for the broker's word. */
void client_subscribe(client_t *self, const char *topic, const char *scope);

/* Sends text, and returns what number it has for later events. */
uint32_t client_tell(client_t *self, const char *destination, const char *text);
/* Sends text and waits for the outcome: DD_OK when the receiver has taken it, or why it can't. A
   receiver of the same test must have a thread of its own for that. */
dd_error_t client_send(client_t *self, const char *destination, const char *text);
/* Notifies the destination so often of "a word", with so many publications on "noisy" before each,
   as fast as the broker takes them. */
void client_flood(client_t *self, const char *destination, int words, int noise);
/* Sends text from one client to another of its tenant: the receiver has it as its next message, and
   the sender the receipt. */
void client_deliver(client_t *from, client_t *to, const char *text);

/* Traces until one gets through to the destination. As traces take the way of everything else, what
   this client has told its broker before, subscriptions included, is known all along that way. */
void client_reach(client_t *self, const char *destination);

#endif
