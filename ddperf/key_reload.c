/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key_reload - SIGHUP has all clients of a run read their key file again
 */
#include "key_reload.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "libdd/base/program.h"
#include "member.h"

static sigset_t hangup(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGHUP);
    return set;
}

bool key_reload_begin(void)
{
    sigset_t set = hangup();
    return !dd_program_ignores(SIGHUP) && !dd_program_has_terminal() &&
           pthread_sigmask(SIG_BLOCK, &set, NULL) == 0;
}

static void *wait_for_signals(void *arg)
{
    const run_t *run = arg;
    sigset_t set = hangup();
    int number;
    while (sigwait(&set, &number) == 0) {
        if (run->sender > 0 && run->sender != getpid())
            kill(run->sender, SIGHUP);
        member_all_take_keys(run->options->keyfile);
    }
    return NULL;
}

void key_reload_watch(const run_t *run)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, wait_for_signals, (void *)run) == 0)
        pthread_detach(thread);
}
