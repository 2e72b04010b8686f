/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop - what many clients share: one thread, one ZeroMQ context, and one wait for all of them
 */
#include "loop.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <utlist.h>

#include "libdd/base/clock.h"
#include "libdd/base/problem.h"
#include "libdd/net/context.h"
#include "libdd/net/descriptors.h"
#include "libdd/net/poller.h"

/* The low bits of a tag are the kind of a descriptor, the others its member's number. */
#define KIND_BITS 2
#define KIND_MASK ((1u << KIND_BITS) - 1)

/* Descriptors more than members need. */
#define SPARE_MAX 64
/* us between two calls of all. */
#define CALL_INTERVAL 100000

struct dd_loop {
    void *context;
    unsigned forks; /* of the process that it was made in */
    dd_poller_t poller;

    /* Who runs it, as the address of something that each thread has of its own; 0: nobody. */
    atomic_uintptr_t runner;
    unsigned depth; /* of runs within runs; the runner's, as the next two */
    unsigned spare; /* descriptors that members have more than they need */
    int timer_fd;   /* for whoever polls the poller: told of when a time has come; -1: none yet */

    pthread_mutex_t lock; /* guards what follows */
    bool is_threaded;     /* nobody else runs it than a thread of its own */
    bool has_thread;      /* which is there */
    pthread_t thread;
    bool stopping;
    unsigned users;
    bool asleep; /* it has to be woken for what is new */
    dd_table_t members;
    uint64_t last_number;
    uint64_t called_us;        /* when all were called last */
    dd_loop_member_t *waiting; /* for a turn, in order */
    size_t waiting_count;
    dd_timers_t timers;
};

static pthread_mutex_t default_lock = PTHREAD_MUTEX_INITIALIZER;
static dd_loop_t *default_loop;

/* ---- Making and ending --------------------------------------------------------------------- */

/* In a child of fork(2): that one's thread is in the parent. */
static void begin_anew(void)
{
    pthread_mutex_init(&default_lock, NULL);
    default_loop = NULL;
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, begin_anew);
}

bool dd_loop_is_inherited(const dd_loop_t *self)
{
    return self->forks != dd_context_forks();
}

static void free_loop(dd_loop_t *self)
{
    if (self->context)
        dd_context_release();
    dd_poller_clear(&self->poller);
    if (self->timer_fd >= 0)
        close(self->timer_fd);
    dd_timers_clear(&self->timers);
    pthread_mutex_destroy(&self->lock);
    free(self);
}

static bool open_loop(dd_loop_t *self, dd_problem_t *problem)
{
    if (dd_poller_init(&self->poller))
        self->context = dd_context_acquire(problem);
    else
        dd_problem(problem, DD_E_MEMORY, "out of memory for a loop");
    if (!self->context) /* for want of descriptors, most likely */
        dd_descriptors_check(problem);
    self->forks = dd_context_forks();
    return self->context;
}

dd_loop_t *dd_loop_new(dd_problem_t *problem)
{
    dd_loop_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory for a loop");
        return NULL;
    }
    self->timer_fd = -1;
    self->users = 1;
    self->asleep = true;
    pthread_mutex_init(&self->lock, NULL);
    if (open_loop(self, problem))
        return self;
    free_loop(self);
    return NULL;
}

/* With default_lock. */
static void make_default(dd_problem_t *problem)
{
    default_loop = dd_loop_new(problem);
    if (default_loop)
        default_loop->is_threaded = true;
}

dd_loop_t *dd_loop_default(dd_problem_t *problem)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&default_lock);
    dd_loop_t *self = default_loop;
    if (self)
        dd_loop_keep(self);
    else
        make_default(problem);
    self = default_loop;
    pthread_mutex_unlock(&default_lock);
    return self;
}

void dd_loop_keep(dd_loop_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->users++;
    pthread_mutex_unlock(&self->lock);
}

static void stop_thread(dd_loop_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->stopping = true;
    pthread_mutex_unlock(&self->lock);
    dd_poller_wake(&self->poller);
    pthread_join(self->thread, NULL);
}

/* With default_lock: the default one can be asked for as long as it has users. */
static bool was_last(dd_loop_t *self)
{
    pthread_mutex_lock(&self->lock);
    bool last = --self->users == 0;
    pthread_mutex_unlock(&self->lock);
    if (last && self == default_loop)
        default_loop = NULL;
    return last;
}

void dd_loop_drop(dd_loop_t *self)
{
    pthread_mutex_lock(&default_lock);
    bool last = was_last(self);
    pthread_mutex_unlock(&default_lock);
    if (!last)
        return;
    if (self->has_thread)
        stop_thread(self);
    free_loop(self);
}

void dd_loop_destroy(dd_loop_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    if (!dd_loop_is_inherited(*self_p))
        dd_loop_drop(*self_p);
    *self_p = NULL;
}

void *dd_loop_context(const dd_loop_t *self)
{
    return self->context;
}

/* ---- Waiting for turns. With the lock. ----------------------------------------------------- */

static void queue(dd_loop_t *self, dd_loop_member_t *member)
{
    if (member->waits)
        return;
    member->waits = true;
    DL_APPEND(self->waiting, member);
    self->waiting_count++;
    if (!self->asleep)
        return;
    self->asleep = false;
    dd_poller_wake(&self->poller);
}

static dd_loop_member_t *unqueue_first(dd_loop_t *self)
{
    dd_loop_member_t *member = self->waiting;
    if (!member)
        return NULL;
    member->waits = false;
    DL_DELETE(self->waiting, member);
    self->waiting_count--;
    return member;
}

/* Who has a turn has another one after it. */
static void tell(dd_loop_t *self, dd_loop_member_t *member, unsigned told)
{
    member->told |= told;
    if (member->in_turn)
        member->again = true;
    else
        queue(self, member);
}

/* What has happened to a descriptor. Its member may have gone. */
static void tell_tag(dd_loop_t *self, uint64_t tag)
{
    uint64_t number = tag >> KIND_BITS;
    dd_loop_member_t *member = dd_table_find(&self->members, &number, sizeof number);
    if (member)
        tell(self, member, (unsigned)tag & KIND_MASK);
}

static dd_loop_member_t *member_of(dd_timer_t *timer)
{
    return (dd_loop_member_t *)((char *)timer - offsetof(dd_loop_member_t, timer));
}

static void tell_times(dd_loop_t *self, uint64_t now_us)
{
    while (dd_timers_due(&self->timers) <= now_us) {
        dd_timer_t *timer = dd_timers_first(&self->timers);
        dd_timers_cancel(&self->timers, timer);
        tell(self, member_of(timer), DD_LOOP_TIME);
    }
}

/* ---- Turns --------------------------------------------------------------------------------- */

/* Waits, and has those wait for a turn to whom something has happened. */
static bool collect(dd_loop_t *self, uint64_t until_us)
{
    uint64_t tags[DD_POLLER_AT_ONCE], now_us = dd_clock_us();
    pthread_mutex_lock(&self->lock);
    uint64_t due_us = dd_timers_due(&self->timers);
    due_us = until_us < due_us ? until_us : due_us;
    self->asleep = !self->waiting && !self->stopping && due_us > now_us;
    uint64_t sleep_us = self->asleep ? due_us - now_us : 0;
    pthread_mutex_unlock(&self->lock);
    int count = dd_poller_wait(&self->poller, sleep_us, tags);
    now_us = dd_clock_us();
    pthread_mutex_lock(&self->lock);
    self->asleep = false;
    for (int i = 0; i < count; i++)
        tell_tag(self, tags[i]);
    tell_times(self, now_us);
    pthread_mutex_unlock(&self->lock);
    return count >= 0;
}

/* Takes the next one out; NULL if nobody waits. */
static dd_loop_member_t *begin_turn(dd_loop_t *self, unsigned *told)
{
    pthread_mutex_lock(&self->lock);
    dd_loop_member_t *member = unqueue_first(self);
    if (member) {
        *told = member->told;
        member->told = 0;
        member->in_turn = true;
    }
    pthread_mutex_unlock(&self->lock);
    return member;
}

/* With the lock. */
static void remove_member(dd_loop_t *self, dd_loop_member_t *member)
{
    dd_timers_cancel(&self->timers, &member->timer);
    dd_table_remove(&self->members, &member->entry);
    member->number = 0;
}

/* With the lock. */
static void set_next(dd_loop_t *self, dd_loop_member_t *member, uint64_t due_us)
{
    if (member->again || due_us == 0) {
        dd_timers_cancel(&self->timers, &member->timer);
        queue(self, member);
    } else {
        dd_timers_set(&self->timers, &member->timer, due_us);
    }
    member->again = false;
}

static void end_turn(dd_loop_t *self, dd_loop_member_t *member, dd_loop_next_t next)
{
    pthread_mutex_lock(&self->lock);
    member->in_turn = false;
    if (next.leaves)
        remove_member(self, member);
    else
        set_next(self, member, next.due_us);
    pthread_mutex_unlock(&self->lock);
    if (next.leaves)
        member->left(member->arg);
}

static bool give_turn(dd_loop_t *self)
{
    unsigned told;
    dd_loop_member_t *member = begin_turn(self, &told);
    if (member)
        end_turn(self, member, member->turn(member->arg, told, dd_clock_us()));
    return member;
}

/* Those who come to wait meanwhile have their turns after another look at all descriptors. */
bool dd_loop_run(dd_loop_t *self, uint64_t until_us)
{
    bool undisturbed = collect(self, until_us);
    pthread_mutex_lock(&self->lock);
    size_t count = self->waiting_count;
    pthread_mutex_unlock(&self->lock);
    while (count-- > 0 && give_turn(self))
        ;
    return undisturbed;
}

/* ---- Who runs it --------------------------------------------------------------------------- */

static uintptr_t this_thread(void)
{
    static _Thread_local char here;
    return (uintptr_t)&here;
}

static bool is_runner(const dd_loop_t *self)
{
    return atomic_load(&self->runner) == this_thread();
}

bool dd_loop_is_threaded(dd_loop_t *self)
{
    pthread_mutex_lock(&self->lock);
    bool threaded = self->is_threaded;
    pthread_mutex_unlock(&self->lock);
    return threaded;
}

static bool become_runner(dd_loop_t *self)
{
    uintptr_t nobody = 0;
    return atomic_compare_exchange_strong(&self->runner, &nobody, this_thread());
}

bool dd_loop_enter(dd_loop_t *self)
{
    if (!is_runner(self) && (dd_loop_is_threaded(self) || !become_runner(self)))
        return false;
    self->depth++;
    return true;
}

/* Whoever polls finds the next time in a descriptor. */
static void set_timer_fd(dd_loop_t *self, uint64_t due_us)
{
    struct itimerspec due = {.it_value = {0}};
    if (due_us != UINT64_MAX)
        due.it_value =
            (struct timespec){(time_t)(due_us / 1000000), (long)(due_us % 1000000 * 1000) + 1};
    timerfd_settime(self->timer_fd, TFD_TIMER_ABSTIME, &due, NULL);
}

/* Nobody looks at it until it is woken. */
static void fall_asleep(dd_loop_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->asleep = !self->waiting;
    if (self->waiting)
        dd_poller_wake(&self->poller);
    uint64_t due_us = dd_timers_due(&self->timers);
    pthread_mutex_unlock(&self->lock);
    if (self->timer_fd >= 0)
        set_timer_fd(self, due_us);
}

void dd_loop_leave(dd_loop_t *self)
{
    if (--self->depth > 0)
        return;
    fall_asleep(self);
    atomic_store(&self->runner, 0);
}

bool dd_loop_is_in_turn(const dd_loop_t *self, const dd_loop_member_t *member)
{
    return is_runner(self) && member->in_turn;
}

/* ---- Its own thread ------------------------------------------------------------------------ */

static bool is_stopping(dd_loop_t *self)
{
    pthread_mutex_lock(&self->lock);
    bool stopping = self->stopping;
    pthread_mutex_unlock(&self->lock);
    return stopping;
}

/* Whoever has run it so far may still be about to leave. */
static void *run(void *arg)
{
    dd_loop_t *self = arg;
    while (!become_runner(self))
        sched_yield();
    self->depth = 1;
    while (!is_stopping(self))
        dd_loop_run(self, UINT64_MAX);
    return NULL;
}

/* Signals are for the application's threads. With the lock. */
static dd_error_t start_thread(dd_loop_t *self)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    self->has_thread = pthread_create(&self->thread, NULL, run, self) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!self->has_thread)
        return DD_E_MEMORY;
    pthread_setname_np(self->thread, "dd-client");
    return DD_OK;
}

dd_error_t dd_loop_start(dd_loop_t *self)
{
    if (dd_loop_is_inherited(self))
        return DD_E_FORKED;
    if (is_runner(self)) /* it would wait for itself */
        return DD_E_ARGUMENT;
    pthread_mutex_lock(&self->lock);
    dd_error_t error = self->is_threaded ? DD_E_ARGUMENT : start_thread(self);
    self->is_threaded |= error == DD_OK;
    pthread_mutex_unlock(&self->lock);
    return error;
}

/* ---- Members ------------------------------------------------------------------------------- */

/* With the lock. */
static dd_error_t add_member(dd_loop_t *self, dd_loop_member_t *member)
{
    if (self->is_threaded && !self->has_thread && start_thread(self) != DD_OK)
        return DD_E_MEMORY;
    member->number = self->last_number + 1;
    if (!dd_timers_reserve(&self->timers, self->members.count + 1) ||
        !dd_table_add(&self->members, &member->entry, &member->number, sizeof member->number)) {
        member->number = 0;
        return DD_E_MEMORY;
    }
    self->last_number++;
    queue(self, member);
    return DD_OK;
}

dd_error_t dd_loop_join(dd_loop_t *self, dd_loop_member_t *member)
{
    pthread_mutex_lock(&self->lock);
    dd_error_t error = add_member(self, member);
    pthread_mutex_unlock(&self->lock);
    return error;
}

void dd_loop_call(dd_loop_t *self, dd_loop_member_t *member, unsigned told)
{
    pthread_mutex_lock(&self->lock);
    if (member->number != 0)
        tell(self, member, told);
    pthread_mutex_unlock(&self->lock);
}

void dd_loop_call_all(dd_loop_t *self, unsigned told)
{
    uint64_t now_us = dd_clock_us();
    dd_member_t *member;
    pthread_mutex_lock(&self->lock);
    if (now_us >= self->called_us + CALL_INTERVAL) {
        self->called_us = now_us;
        DL_FOREACH (self->members.first, member)
            tell(self, (dd_loop_member_t *)member, told);
    }
    pthread_mutex_unlock(&self->lock);
}

bool dd_loop_take_spare(dd_loop_t *self)
{
    bool has_one = self->spare < SPARE_MAX;
    self->spare += has_one;
    return has_one;
}

void dd_loop_give_spare(dd_loop_t *self)
{
    self->spare--;
}

bool dd_loop_watch(
    dd_loop_t *self, const dd_loop_member_t *member, int fd, short events, unsigned kind)
{
    return dd_poller_watch(&self->poller, fd, events, member->number << KIND_BITS | kind);
}

void dd_loop_forget(dd_loop_t *self, int fd)
{
    dd_poller_forget(&self->poller, fd);
}

/* ---- For programs with a loop of their own ------------------------------------------------- */

static int open_timer(dd_loop_t *self)
{
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd >= 0 && !dd_poller_watch(&self->poller, fd, POLLIN, 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

int dd_loop_fd(dd_loop_t *self)
{
    if (dd_loop_is_inherited(self) || !dd_loop_enter(self))
        return -1;
    if (self->timer_fd < 0)
        self->timer_fd = open_timer(self);
    int fd = self->timer_fd < 0 ? -1 : self->poller.fd;
    dd_loop_leave(self);
    return fd;
}

dd_error_t dd_loop_run_once(dd_loop_t *self, int timeout_ms)
{
    if (dd_loop_is_inherited(self))
        return DD_E_FORKED;
    if (dd_loop_is_threaded(self) || !dd_loop_enter(self))
        return DD_E_ARGUMENT;
    uint64_t now_us = dd_clock_us();
    dd_loop_run(self, timeout_ms < 0 ? UINT64_MAX : now_us + (uint64_t)timeout_ms * 1000);
    dd_loop_leave(self);
    return DD_OK;
}
