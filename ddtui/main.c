/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddtui, the operator's console
 */
#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

#include "ddtui/script/script.h"
#include "ddtui/terminal/console_loop.h"
#include "options.h"

/* Started with one of the three standard files closed, a socket would take its number and get what
   is written there. */
static void open_standard_files(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char *argv[])
{
    open_standard_files();
    /* Names and messages are UTF-8, whatever the locale says. */
    setlocale(LC_CTYPE, "C.UTF-8");
    options_t options;
    dd_problem_t problem;
    switch (options_read(&options, argc, argv, &problem)) {
    case DD_OPTIONS_WRONG:
        return script_refuse(&options, &problem);
    case DD_OPTIONS_ANSWERED:
        return fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED;
    default:
        return options_interact(&options) ? (int)console_loop_run(&options) : script_run(&options);
    }
}
