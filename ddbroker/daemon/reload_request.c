/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reload_request - a SIGHUP whose sender waits to hear whether the reload worked
 */
#include "reload_request.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>

#include "libdd/base/clock.h"
#include "libdd/base/problem.h"

/* What comes with such a SIGHUP, and the answers. */
#define ANSWER_WANTED 0x6464
#define DONE SIGUSR1
#define REFUSED SIGUSR2
/* us in which a broker will have answered. */
#define ANSWER_WAIT 30000000u

void reload_request_answer(const struct signalfd_siginfo *asked, bool done)
{
    if (asked->ssi_code == SI_QUEUE && asked->ssi_int == ANSWER_WANTED && asked->ssi_pid > 0)
        kill((pid_t)asked->ssi_pid, done ? DONE : REFUSED);
}

/* The answer of that process; 0 if none came. */
static int await_answer(const sigset_t *answers, pid_t broker)
{
    uint64_t until_us = dd_clock_us() + ANSWER_WAIT, now_us;
    siginfo_t info;
    while ((now_us = dd_clock_us()) < until_us) {
        uint64_t left_us = until_us - now_us;
        struct timespec left = {(time_t)(left_us / 1000000), (long)(left_us % 1000000) * 1000};
        int got = sigtimedwait(answers, &info, &left);
        if (got > 0 && info.si_pid == broker)
            return got;
    }
    return 0;
}

dd_error_t reload_request_send(int broker, dd_problem_t *problem)
{
    sigset_t answers;
    sigemptyset(&answers);
    sigaddset(&answers, DONE);
    sigaddset(&answers, REFUSED);
    sigprocmask(SIG_BLOCK, &answers, NULL);
    if (sigqueue(broker, SIGHUP, (union sigval){.sival_int = ANSWER_WANTED}) != 0)
        return dd_problem(
            problem, DD_E_ARGUMENT, "can't signal process %d: %s", broker, strerror(errno));
    switch (await_answer(&answers, broker)) {
    case DONE:
        return DD_OK;
    case REFUSED:
        return dd_problem(problem, DD_E_FILE,
            "the broker has reloaded nothing and goes on as it was; its log says why");
    default:
        return dd_problem(problem, DD_E_TIMEOUT,
            "process %d hasn't said whether it has reloaded; its log will", broker);
    }
}
