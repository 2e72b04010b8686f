/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_connect - waits until a client is registered
 */
#include "client_wait.h"
#include "libdd/base/clock.h"
#include "libdd/base/problem.h"

/* With the lock, as the next ones. */
static bool is_registered(const dd_client_t *self)
{
    return dd_session_state(self->session) == DD_SESSION_REGISTERED;
}

static void await_registration(dd_client_t *self, uint64_t until_us)
{
    self->drainers++;
    while (!is_registered(self) && dd_session_state(self->session) != DD_SESSION_CLOSED &&
           dd_clock_us() < until_us)
        dd_client_await(self, &self->left, until_us);
    self->drainers--;
}

/* Why it isn't registered. */
static dd_error_t explain(const dd_client_t *self, dd_problem_t *problem)
{
    const dd_problem_t *reason = &self->reason;
    if (self->closing)
        return dd_problem(problem, DD_E_CLOSED, "the client was closed");
    if (reason->error != DD_OK)
        return dd_problem(problem, reason->error, "%s", reason->text);
    return dd_problem(
        problem, DD_E_TIMEOUT, "%s hasn't answered in time", dd_session_endpoint(self->session));
}

dd_error_t dd_client_connect(dd_client_t *self, int timeout_ms, dd_problem_t *problem)
{
    uint64_t until_us = dd_client_deadline(timeout_ms);
    if (dd_client_is_inherited(self))
        return dd_problem(problem, DD_E_FORKED, "%s", dd_strerror(DD_E_FORKED));
    if (dd_client_is_mine(self))
        return dd_problem(problem, DD_E_ARGUMENT, "a callback can't wait for its own client");
    if (!self->started && dd_client_start(self) == DD_E_MEMORY)
        return dd_problem(problem, DD_E_MEMORY, "out of memory or threads for a client");
    pthread_mutex_lock(&self->lock);
    await_registration(self, until_us);
    dd_error_t error = is_registered(self) ? DD_OK : explain(self, problem);
    pthread_mutex_unlock(&self->lock);
    return error;
}
