/*
 * main - ddperf, which measures brokers; see ddperf(1)
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "libdd/standard_files.h"
#include "run.h"

int main(int argc, char **argv)
{
    options_t options;
    dd_standard_files_open();
    int status = options_read(&options, argc, argv);
    if (status == -1 && sodium_init() == -1) {
        fputs("ddperf: libsodium doesn't start\n", stderr);
        return EXIT_FAILURE;
    }
    if (status == -1)
        status = run_execute(&options);
    if (fflush(stdout) == EOF) {
        perror("ddperf: standard output");
        return EXIT_FAILURE;
    }
    return status;
}
