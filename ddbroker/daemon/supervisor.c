/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * supervisor - tells systemd(1), or who else speaks sd_notify(3)'s protocol, how the broker fares
 */
#include "supervisor.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ms for which a line about how it stands is left alone. */
#define STATUS_PAUSE 1000

struct supervisor {
    int fd;
    struct sockaddr_un address;
    socklen_t address_size;
    uint64_t watchdog_ms; /* between two signs of life; 0: none are wanted */
    uint64_t alive_ms;    /* when the next one is due */
    uint64_t status_ms;   /* when the line may change again */
    char waiting[SUPERVISOR_ROOM + sizeof "STATUS="]; /* what found no room yet */
    char status[SUPERVISOR_ROOM];                     /* as it was said last */
};

/* ---- The environment ----------------------------------------------------------------------- */

/* A path, or with '@' a name that is in no directory. False for any other form. */
static bool find(supervisor_t *self, const char *name)
{
    struct sockaddr_un *address = &self->address;
    size_t size = name ? strlen(name) : 0;
    if (size < 2 || size >= sizeof address->sun_path || !strchr("/@", name[0]))
        return false;
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, name, size);
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    self->address_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + size);
    return true;
}

/* ms between signs of life, twice as often as asked for; 0 if they aren't, or not of this process.
 */
static uint64_t watchdog(void)
{
    const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!us || (pid && strtoull(pid, NULL, 10) != (unsigned long long)getpid()))
        return 0;
    return strtoull(us, NULL, 10) / 2000;
}

supervisor_t *supervisor_new(void)
{
    supervisor_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->fd = find(self, getenv("NOTIFY_SOCKET"))
                   ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)
                   : -1;
    self->watchdog_ms = watchdog();
    if (self->fd < 0)
        supervisor_destroy(&self);
    return self;
}

void supervisor_destroy(supervisor_t **self_p)
{
    supervisor_t *self = *self_p;
    if (self && self->fd >= 0)
        close(self->fd);
    free(self);
    *self_p = NULL;
}

/* ---- Saying it ----------------------------------------------------------------------------- */

static void send_waiting(supervisor_t *self)
{
    if (self->waiting[0] && sendto(self->fd, self->waiting, strlen(self->waiting), MSG_NOSIGNAL,
                                (struct sockaddr *)&self->address, self->address_size) >= 0)
        self->waiting[0] = '\0';
}

/* Says lines, each with its end, behind what waits; lines for which there is no room at all after
   so much that nobody took are left out. */
__attribute__((format(printf, 2, 3))) static void say(supervisor_t *self, const char *format, ...)
{
    char lines[sizeof self->waiting];
    va_list arguments;
    if (!self)
        return;
    va_start(arguments, format);
    vsnprintf(lines, sizeof lines, format, arguments);
    va_end(arguments);
    if (strlen(self->waiting) + strlen(lines) < sizeof self->waiting)
        strcat(self->waiting, lines);
    send_waiting(self);
}

void supervisor_ready(supervisor_t *self)
{
    say(self, "READY=1\n");
}

/* The time is what systemd tells this reload from the one before with. */
void supervisor_reloading(supervisor_t *self, uint64_t now_us)
{
    say(self, "RELOADING=1\nMONOTONIC_USEC=%llu\n", (unsigned long long)now_us);
}

void supervisor_stopping(supervisor_t *self)
{
    say(self, "STOPPING=1\n");
}

bool supervisor_wants_status(const supervisor_t *self, uint64_t now_ms)
{
    return self && now_ms >= self->status_ms && !self->waiting[0];
}

void supervisor_status(supervisor_t *self, const char *line, uint64_t now_ms)
{
    if (!supervisor_wants_status(self, now_ms) || strcmp(line, self->status) == 0)
        return;
    self->status_ms = now_ms + STATUS_PAUSE;
    snprintf(self->status, sizeof self->status, "%s", line);
    say(self, "STATUS=%s\n", line);
}

void supervisor_tick(supervisor_t *self, uint64_t now_ms)
{
    if (!self)
        return;
    send_waiting(self);
    if (!self->watchdog_ms || now_ms < self->alive_ms || self->waiting[0])
        return;
    self->alive_ms = now_ms + self->watchdog_ms;
    say(self, "WATCHDOG=1\n");
}
