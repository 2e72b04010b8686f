/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 1.0 - what dd.h promised to programs of 1.0, which later libraries of its name run
 *
 * It compiles for as long as dd.h says the same of all of it; test_abi.sh looks for the functions
 * in the library. Nothing here ever changes.
 */
#include <dd.h>

#define HOLDS(...) _Static_assert(__VA_ARGS__, #__VA_ARGS__)

const char *dd_strerror(dd_error_t error);
dd_client_t *dd_client_new(
    const char *endpoint, const char *keyfile, const char *name, dd_problem_t *problem);
void dd_client_destroy(dd_client_t **self_p);
dd_error_t dd_client_set_tenant(dd_client_t *self, const char *tenant);
dd_error_t dd_client_set_limits(dd_client_t *self, size_t outbox, size_t events);
dd_error_t dd_client_start(dd_client_t *self);
dd_error_t dd_client_notify(dd_client_t *self, const char *destination, const void *data,
    size_t size, unsigned flags, uint32_t *ref);
dd_error_t dd_client_publish(dd_client_t *self, const char *topic, const void *data, size_t size);
dd_error_t dd_client_subscribe(dd_client_t *self, const char *topic, const char *scope);
dd_error_t dd_client_unsubscribe(dd_client_t *self, const char *topic, const char *scope);
dd_error_t dd_client_trace(dd_client_t *self, const char *destination, uint32_t *ref);
dd_error_t dd_client_inspect(dd_client_t *self, const dd_question_t *question, uint32_t *ref);
dd_error_t dd_client_control(
    dd_client_t *self, const char *broker, const char *what, const char *argument, uint32_t *ref);
dd_event_t *dd_client_receive(dd_client_t *self, int timeout_ms);
dd_error_t dd_client_drain(dd_client_t *self, size_t bytes, int timeout_ms);
uint64_t dd_client_rtt_us(dd_client_t *self);
int dd_client_fd(const dd_client_t *self);
dd_error_t dd_client_set_callback(dd_client_t *self, dd_event_callback_t *callback, void *arg);
void dd_event_destroy(dd_event_t **event_p);

HOLDS(DD_OK == 0);
HOLDS(DD_E_MALFORMED == 1);
HOLDS(DD_E_PROTOCOL == 2);
HOLDS(DD_E_UNKNOWN_PEER == 3);
HOLDS(DD_E_NAME_TAKEN == 4);
HOLDS(DD_E_NAME_INVALID == 5);
HOLDS(DD_E_NO_DESTINATION == 6);
HOLDS(DD_E_UPLINK_DOWN == 7);
HOLDS(DD_E_OVERLOADED == 8);
HOLDS(DD_E_REFUSED == 9);
HOLDS(DD_E_SCOPE_INVALID == 10);
HOLDS(DD_E_TOPIC_INVALID == 11);
HOLDS(DD_E_TOO_LARGE == 12);
HOLDS(DD_E_HOP_LIMIT == 13);
HOLDS(DD_E_LOOP == 14);
HOLDS(DD_E_LIMIT == 15);
HOLDS(DD_E_DRAINING == 16);
HOLDS(DD_E_TIMEOUT == 17);
HOLDS(DD_E_NOT_SUBSCRIBED == 18);
HOLDS(DD_E_ARGUMENT == 64);
HOLDS(DD_E_MEMORY == 65);
HOLDS(DD_E_FILE == 66);
HOLDS(DD_E_KEYS == 67);
HOLDS(DD_E_NOT_CONNECTED == 68);
HOLDS(DD_E_OUTBOX_FULL == 69);
HOLDS(DD_E_DECRYPT == 70);
HOLDS(DD_E_NETWORK == 71);
HOLDS(DD_E_CLOSED == 72);
HOLDS(DD_EVENT_REGISTERED == 1);
HOLDS(DD_EVENT_DISCONNECTED == 2);
HOLDS(DD_EVENT_CLOSED == 3);
HOLDS(DD_EVENT_NOTIFICATION == 4);
HOLDS(DD_EVENT_PUBLICATION == 5);
HOLDS(DD_EVENT_SUBSCRIBED == 6);
HOLDS(DD_EVENT_UNSUBSCRIBED == 7);
HOLDS(DD_EVENT_RECEIPT == 8);
HOLDS(DD_EVENT_ERROR == 9);
HOLDS(DD_EVENT_GAP == 10);
HOLDS(DD_EVENT_REPORT == 11);
HOLDS(DD_EVENT_HOP == 12);

HOLDS(DD_TENANT_MAX == 63);
HOLDS(DD_CLIENT_MAX == 190);
HOLDS(DD_NAME_MAX == 254);
HOLDS(DD_TOPIC_MAX == 255);
HOLDS(DD_SCOPE_MAX == 49);
HOLDS(DD_BROKER_MAX == 63);
HOLDS(DD_PAYLOAD_MAX == 16 << 20);
HOLDS(DD_PAYLOAD_DEFAULT == 1 << 20);
HOLDS(DD_WANT_RECEIPT == 1);

/* What programs make keeps its size, and what the library makes may grow at its end. */
HOLDS(sizeof(dd_problem_t) == 516);
HOLDS(offsetof(dd_problem_t, error) == 0);
HOLDS(offsetof(dd_problem_t, text) == 4);
#if __SIZEOF_POINTER__ == 8
HOLDS(sizeof(dd_question_t) == 24);
HOLDS(offsetof(dd_question_t, what) == 0);
HOLDS(offsetof(dd_question_t, broker) == 8);
HOLDS(offsetof(dd_question_t, first) == 16);
HOLDS(offsetof(dd_question_t, rows) == 20);
HOLDS(offsetof(dd_event_t, type) == 0);
HOLDS(offsetof(dd_event_t, error) == 4);
HOLDS(offsetof(dd_event_t, ref) == 8);
HOLDS(offsetof(dd_event_t, number) == 16);
HOLDS(offsetof(dd_event_t, source) == 24);
HOLDS(offsetof(dd_event_t, topic) == 32);
HOLDS(offsetof(dd_event_t, scope) == 40);
HOLDS(offsetof(dd_event_t, text) == 48);
HOLDS(offsetof(dd_event_t, data) == 56);
HOLDS(offsetof(dd_event_t, size) == 64);
HOLDS(offsetof(dd_event_t, time_us) == 72);
#endif
