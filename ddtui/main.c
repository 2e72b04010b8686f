/*
 * main - ddtui, the operator's console
 */
#include <locale.h>

#include "interact.h"
#include "libdd/standard_files.h"
#include "options.h"
#include "script.h"

int main(int argc, char *argv[])
{
    dd_standard_files_open();
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
        return (int)interact_run(&options);
    else
        return script_run(&options);
    return fflush(stdout) == 0 ? STATUS_DONE : STATUS_FAILED;
}
