/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_script_ends - what ddtui's exit status says when a broker ends the connection
 */
#include <signal.h>

#include "scene.h"
#include "shell.h"

/* The broker beside doesn't know the name at once: it registers the client, and ends it when it
   hears of the other. What was sent in between has no outcome, and one status says why. */
static void a_name_taken_elsewhere_ends_with_4(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "ddtui -d $OTHER -t 60 -n still -m hi twin",
        "ddtui -d $OTHER -t 60 -n still -m hi -w twin",
        "ddtui -d $OTHER -t 60 --trace still twin",
        "ddtui -d $OTHER -t 60 -s topic twin",
    };
    program_t *twin = shell_listen("ddtui -l twin", 0);
    program_t *still = shell_listen("ddtui -l still", 0);
    shell_check("ddtui -d $OTHER -n still -m hi", DONE, "", ""); /* known on all the way */
    program_signal(still, SIGSTOP);
    for (size_t i = 0; i < COUNT(LINES); i++)
        for (int again = 0; again < 3; again++)
            shell_check(LINES[i], REFUSED, "", "name already taken");
    program_signal(still, SIGCONT);
    shell_stop(still);
    shell_stop(twin);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE(a_name_taken_elsewhere_ends_with_4),
    };
    return cmocka_run_group_tests_name("script ends", tests, NULL, NULL);
}
