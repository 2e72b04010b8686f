/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_last_words - what a client says right before it leaves counts
 */
#include <stdio.h>
#include <stdlib.h>

#include "scene.h"

/* Enough that a broker is now and then still busy when a client has already gone. */
#define LEAVERS 100

/* Clients that notify and leave at once, all under one name: each of them must find it free, and
   what each said must arrive. */
static void words_of_a_client_that_leaves_at_once_arrive(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", NULL);
    client_t *receiver = client_open(self, "root", "a", "receiver");
    for (int number = 0; number < LEAVERS; number++) {
        char text[16];
        snprintf(text, sizeof text, "%d", number);
        client_t *leaver = client_open(self, "root", "a", "leaver");
        for (int copy = 0; copy < 3; copy++)
            client_tell(leaver, "receiver", text);
        client_close(&leaver);
    }
    for (int number = 0; number < LEAVERS; number++) {
        char text[16];
        snprintf(text, sizeof text, "%d", number);
        for (int copy = 0; copy < 3; copy++)
            client_expect(receiver, "leaver", text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {SCENE(words_of_a_client_that_leaves_at_once_arrive)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
