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
    complaint_t complaint;
    if (!options_parse(&options, argc, argv, &complaint))
        return script_refuse(&options, &complaint);
    if (options.help)
        options_help(stdout);
    else if (options.version)
        printf("ddtui %s\n", DD_VERSION);
    else if (options_interact(&options))
        return (int)console_loop_run(&options);
    else
        return script_run(&options);
    return fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED;
}
