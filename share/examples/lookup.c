/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lookup - a service for all tenants that knows where things are:
 *
 *   lookup ENDPOINT public-keys.json             serves
 *   lookup ENDPOINT KEYFILE 'set NAME PLACE'     tells it one
 *   lookup ENDPOINT KEYFILE 'get NAME'           asks it for one
 */
#include <dd.h>
#include <stdio.h>
#include <string.h>

static struct {
    char name[64], place[64], tenant[DD_TENANT_MAX + 1];
} places[1000];
static size_t count;

/* A place is its tenant's; all others may ask for it. */
static const char *answer(const dd_event_t *request)
{
    char name[64], place[64], tenant[DD_TENANT_MAX + 1] = "";
    size_t i = 0;
    int words = sscanf(request->data, "%*s %63s %63s", name, place);
    sscanf(request->source, "%63[^.]", tenant);
    while (words > 0 && i < count && strcmp(places[i].name, name) != 0)
        i++;
    if (words == 1)
        return i < count ? places[i].place : "nowhere";
    if (words != 2 || i == sizeof places / sizeof places[0] ||
        (i < count && strcmp(places[i].tenant, tenant) != 0))
        return "refused";
    strcpy(places[i].name, name);
    strcpy(places[i].place, place);
    strcpy(places[i].tenant, tenant);
    count += i == count;
    return "set";
}

static int serve(dd_client_t *client)
{
    dd_event_t *event;
    while ((event = dd_client_receive(client, -1))) {
        const char *text = event->is_request ? answer(event) : NULL;
        if (text)
            dd_client_reply(client, event, text, strlen(text));
        dd_event_destroy(&event);
    }
    return 1; /* the client has ended */
}

static int ask(dd_client_t *client, const char *question)
{
    dd_event_t *reply;
    dd_error_t error = dd_client_request(client, "public.lookup", question,
        strlen(question), 10000, &reply);
    puts(error == DD_OK ? (const char *)reply->data : dd_strerror(error));
    dd_event_destroy(&reply);
    return error == DD_OK ? 0 : 1;
}

int main(int argc, char *argv[])
{
    dd_problem_t problem = {
        DD_E_ARGUMENT, "usage: lookup ENDPOINT KEYFILE [QUESTION]"};
    dd_client_t *client = NULL;
    if (argc == 3 || argc == 4)
        client = dd_client_new(
            argv[1], argv[2], argc == 3 ? "lookup" : "auto", &problem);
    if (!client || dd_client_connect(client, 10000, &problem) != DD_OK) {
        fprintf(stderr, "%s\n", problem.text);
        dd_client_destroy(&client);
        return 2;
    }
    int status = argc == 3 ? serve(client) : ask(client, argv[3]);
    dd_client_destroy(&client);
    return status;
}
