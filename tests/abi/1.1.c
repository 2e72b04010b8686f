/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * 1.1 - what dd.h promised beyond 1.0
 */
#include <dd.h>

#define HOLDS(...) _Static_assert(__VA_ARGS__, #__VA_ARGS__)

const char *dd_version(void);
dd_client_t *dd_client_new_with_keys(
    const char *endpoint, const char *keys, size_t size, const char *name, dd_problem_t *problem);
size_t dd_client_close(dd_client_t *self, int timeout_ms);
dd_error_t dd_client_set_observer(dd_client_t *self);
dd_error_t dd_client_set_outcome_limit(dd_client_t *self, unsigned ms);
dd_error_t dd_client_set_log(dd_client_t *self, dd_log_t *log, void *arg);
dd_error_t dd_client_connect(dd_client_t *self, int timeout_ms, dd_problem_t *problem);
dd_error_t dd_client_set_keys(dd_client_t *self, const char *keyfile, dd_problem_t *problem);
dd_error_t dd_client_set_keys_from(
    dd_client_t *self, const char *keys, size_t size, dd_problem_t *problem);
dd_error_t dd_client_request(dd_client_t *self, const char *destination, const void *data,
    size_t size, int timeout_ms, dd_event_t **reply);
dd_error_t dd_client_send_request(dd_client_t *self, const char *destination, const void *data,
    size_t size, int timeout_ms, dd_event_callback_t *callback, void *arg, uint32_t *ref);
dd_error_t dd_client_reply(
    dd_client_t *self, const dd_event_t *request, const void *data, size_t size);
dd_error_t dd_client_subscribe_to(dd_client_t *self, const char *topic, const char *scope,
    dd_event_callback_t *callback, void *arg);
dd_error_t dd_client_on(
    dd_client_t *self, dd_event_type_t type, dd_event_callback_t *callback, void *arg);
dd_loop_t *dd_loop_new(dd_problem_t *problem);
void dd_loop_destroy(dd_loop_t **self_p);
dd_error_t dd_client_set_loop(dd_client_t *self, dd_loop_t *loop);
dd_error_t dd_loop_start(dd_loop_t *self);
int dd_loop_fd(dd_loop_t *self);
dd_error_t dd_loop_run_once(dd_loop_t *self, int timeout_ms);

HOLDS(DD_E_UNKNOWN == 19);
HOLDS(DD_E_UNREADABLE == 20);
HOLDS(DD_E_RATE_LIMITED == 21);
HOLDS(DD_E_MOVED == 22);
HOLDS(DD_E_FORKED == 73);
HOLDS(DD_LOG_ERROR == 0);
HOLDS(DD_LOG_WARNING == 1);
HOLDS(DD_LOG_NOTICE == 2);
HOLDS(DD_LOG_INFO == 3);
HOLDS(DD_LOG_DEBUG == 4);
HOLDS(DD_EVENT_DELIVERED == 13);
HOLDS(DD_EVENT_REPLY == 14);
HOLDS(DD_WANT_OUTCOME == 2);

#if __SIZEOF_POINTER__ == 8
HOLDS(sizeof(dd_event_t) >= 96);
HOLDS(offsetof(dd_event_t, endpoint) == 80);
HOLDS(offsetof(dd_event_t, is_request) == 88);
#endif
