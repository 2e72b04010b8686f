/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddtui, the operator's console
 */
#include <locale.h>

#include "ddtui/script/script.h"
#include "ddtui/terminal/console_loop.h"
#include "libdd/base/secret_process.h"
#include "libdd/base/standard_files.h"
#include "options.h"

int main(int argc, char *argv[])
{
    dd_secret_process_close();
    dd_standard_files_open();
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
