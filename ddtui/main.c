/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddtui, the operator's console
 */
#include <locale.h>

#include "ddtui/script/script.h"
#include "ddtui/terminal/console_loop.h"
#include "libdd/base/program.h"
#include "options.h"

int main(int argc, char *argv[])
{
    if (!dd_program_begin("ddtui"))
        return STATUS_FAILED;
    /* Names and messages are UTF-8, whatever the locale says. */
    setlocale(LC_CTYPE, "C.UTF-8");
    options_t options;
    dd_problem_t problem;
    switch (options_read(&options, argc, argv, &problem)) {
    case DD_OPTIONS_WRONG:
        return script_refuse(&options, &problem);
    case DD_OPTIONS_ANSWERED:
        return dd_program_end("ddtui", STATUS_DONE);
    default:
        return options_interact(&options) ? (int)console_loop_run(&options) : script_run(&options);
    }
}
