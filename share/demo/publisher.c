/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * publisher - a client of the demo that stays, and sends one message after the other, over and
 * over:
 *
 *     publisher ENDPOINT KEYFILE NAME MS MESSAGE...
 *
 * with so many ms from one to the next. A message is TOPIC=TEXT, TOPIC<FILE with what the file
 * holds, or @CLIENT=TEXT, which is a notification.
 */
#include <dd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAYLOAD_MAX (1 << 20)

/* What goes wrong with one message is no reason to end: the next one may do. */
static void send(dd_client_t *client, const char *message)
{
    static char data[PAYLOAD_MAX];
    char whom[DD_TOPIC_MAX + 1];
    size_t size = strcspn(message, "=<");
    const char *text = message + size;
    snprintf(whom, sizeof whom, "%.*s", (int)size, message);
    if (*text == '<') {
        FILE *in = fopen(text + 1, "rb");
        size = in ? fread(data, 1, sizeof data, in) : 0;
        if (in)
            fclose(in);
    } else {
        size = (size_t)snprintf(data, sizeof data, "%s", *text == '=' ? text + 1 : text);
    }
    if (whom[0] == '@')
        dd_client_notify(client, whom + 1, data, size, 0, NULL);
    else
        dd_client_publish(client, whom, data, size);
}

/* Takes what has come. False when the connection is over for good. */
static bool take_events(dd_client_t *client, bool *registered)
{
    bool goes_on = true;
    dd_event_t *event;
    while ((event = dd_client_receive(client, 0)) != NULL) {
        if (event->type == DD_EVENT_REGISTERED || event->type == DD_EVENT_DISCONNECTED)
            *registered = event->type == DD_EVENT_REGISTERED;
        goes_on &= event->type != DD_EVENT_CLOSED;
        dd_event_destroy(&event);
    }
    return goes_on;
}

int main(int argc, char *argv[])
{
    dd_problem_t problem = {DD_E_ARGUMENT, "usage: publisher ENDPOINT KEYFILE NAME MS MESSAGE..."};
    dd_client_t *client = argc > 5 ? dd_client_new(argv[1], argv[2], argv[3], &problem) : NULL;
    if (!client || dd_client_start(client) != DD_OK) {
        fprintf(stderr, "%s\n", problem.text);
        return 2;
    }
    long pause_ms = atol(argv[4]);
    const struct timespec pause = {pause_ms / 1000, pause_ms % 1000 * 1000000};
    bool registered = false;
    for (int next = 5; take_events(client, &registered); next = next + 1 < argc ? next + 1 : 5) {
        if (registered)
            send(client, argv[next]);
        nanosleep(&pause, NULL);
    }
    dd_client_destroy(&client);
    return 1;
}
