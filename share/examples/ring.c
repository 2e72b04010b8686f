/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ring - many clients in a loop of the program's own, which hand on a
 * token: ring ENDPOINT KEYFILE */
#include <dd.h>
#include <poll.h>
#include <stdio.h>

enum { MEMBERS = 100 };

typedef struct {
    unsigned number;
    dd_client_t *client;
} member_t;

static member_t members[MEMBERS];
static unsigned registered, passed;

static void pass_on(const member_t *self)
{
    char next[16];
    snprintf(next, sizeof next, "ring-%u", (self->number + 1) % MEMBERS);
    dd_client_notify(self->client, next, "token", 5, 0, NULL);
}

/* Nothing here runs at the same time as anything else. */
static void take(dd_client_t *client, const dd_event_t *event, void *arg)
{
    const member_t *self = arg;
    (void)client;
    if (event->type == DD_EVENT_REGISTERED && ++registered == MEMBERS)
        pass_on(self);
    else if (event->type == DD_EVENT_NOTIFICATION && ++passed < MEMBERS)
        pass_on(self);
    else if (event->error != DD_OK)
        fprintf(
            stderr, "%s: %s\n", dd_strerror(event->error), event->text);
}

static int join(
    unsigned number, dd_loop_t *loop, char *argv[], dd_problem_t *problem)
{
    char name[16];
    snprintf(name, sizeof name, "ring-%u", number);
    dd_client_t *client = dd_client_new(argv[1], argv[2], name, problem);
    members[number] = (member_t){number, client};
    if (!client)
        return 0;
    dd_client_set_loop(client, loop);
    dd_client_set_callback(client, take, &members[number]);
    return dd_client_start(client) == DD_OK;
}

int main(int argc, char *argv[])
{
    dd_problem_t problem = {DD_E_ARGUMENT, "usage: ring ENDPOINT KEYFILE"};
    dd_loop_t *loop = argc == 3 ? dd_loop_new(&problem) : NULL;
    int ok = loop != NULL;
    for (unsigned i = 0; ok && i < MEMBERS; i++)
        ok = join(i, loop, argv, &problem);
    if (!ok)
        fprintf(stderr, "%s\n", problem.text);

    /* Whatever else the program waits for stands beside it. */
    struct pollfd items[] = {
        {.fd = ok ? dd_loop_fd(loop) : -1, .events = POLLIN}};
    while (ok && passed < MEMBERS && poll(items, 1, 60000) > 0)
        dd_loop_run_once(loop, 0);

    for (unsigned i = 0; i < MEMBERS; i++)
        dd_client_destroy(&members[i].client);
    dd_loop_destroy(&loop);
    if (passed == MEMBERS)
        printf("the token was with %u clients\n", passed);
    return passed == MEMBERS ? 0 : ok ? 1 : 2;
}
