/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hello - greets itself through a broker: hello ENDPOINT KEYFILE */
#include <dd.h>
#include <stdio.h>

/* Takes one event; false when there is nothing to wait for any more. */
static bool take(dd_client_t *client, const dd_event_t *event)
{
    const char *text = event->data;
    dd_error_t error = DD_OK;
    switch (event->type) {
    case DD_EVENT_REGISTERED:
        printf("registered as %s at %s\n", event->source, event->text);
        break;
    case DD_EVENT_SUBSCRIBED:
        error = dd_client_notify(client, "hello", "to myself", 9, 0, NULL);
        break;
    case DD_EVENT_NOTIFICATION:
        printf("%s says: %s\n", event->source, text);
        error = dd_client_publish(client, "greetings", "to all", 6);
        break;
    case DD_EVENT_PUBLICATION:
        printf("%s says on %s: %s\n", event->source, event->topic, text);
        return false;
    default: /* an error, or the end of the connection */
        fprintf(
            stderr, "%s: %s\n", dd_strerror(event->error), event->text);
        return event->type == DD_EVENT_DISCONNECTED;
    }
    return error == DD_OK;
}

int main(int argc, char *argv[])
{
    dd_problem_t problem = {
        DD_E_ARGUMENT, "usage: hello ENDPOINT KEYFILE"};
    dd_client_t *client =
        argc == 3 ? dd_client_new(argv[1], argv[2], "hello", &problem)
                  : NULL;
    if (!client) {
        fprintf(stderr, "%s\n", problem.text);
        return 2;
    }
    dd_client_subscribe(client, "greetings", "all");
    dd_client_start(client);
    dd_event_type_t last = DD_EVENT_CLOSED;
    dd_event_t *event;
    for (bool more = true;
         more && (event = dd_client_receive(client, 10000));) {
        more = take(client, event);
        last = event->type;
        dd_event_destroy(&event);
    }
    dd_client_destroy(&client);
    return last == DD_EVENT_PUBLICATION ? 0 : 1;
}
