/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddbroker, the broker daemon
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/daemon/config.h"
#include "ddbroker/daemon/loop.h"
#include "ddbroker/daemon/quota_sums.h"
#include "ddbroker/http/token.h"
#include "libdd/base/malloc_tuning.h"
#include "libdd/base/program.h"

static int complain(const dd_problem_t *problem, int status)
{
    fprintf(stderr, "ddbroker: %s\n", problem->text);
    return status;
}

static int check(const config_t *config)
{
    dd_problem_t problem;
    token_t token;
    if (token_load(&token, config->http_token_file, &problem) != DD_OK)
        return complain(&problem, LOOP_FAILED);
    dd_keyring_t *keyring = config_load_keys(config, &problem);
    if (!keyring)
        return complain(&problem, LOOP_FAILED);
    puts("the configuration is good");
    quota_sums_print(stdout, config, keyring);
    dd_keyring_destroy(&keyring);
    return dd_program_end("ddbroker", LOOP_STOPPED);
}

static int run(config_t *config, int argc, char **argv)
{
    dd_problem_t problem;
    switch (config_read(config, argc, argv, &problem)) {
    case CONFIG_ANSWERED:
        return dd_program_end("ddbroker", LOOP_STOPPED);
    case CONFIG_WRONG_USAGE:
        return complain(&problem, LOOP_WRONG_USAGE);
    case CONFIG_WRONG:
        return complain(&problem, LOOP_FAILED);
    case CONFIG_CHECK:
        return check(config);
    default:
        return loop_run(config, argc, argv);
    }
}

int main(int argc, char **argv)
{
    config_t config;
    if (!dd_program_begin("ddbroker"))
        return LOOP_FAILED;
    dd_malloc_tuning_even();
    /* libzmq numbers a ROUTER's connections from rand(), and aborts when a peer has chosen a number
       for itself that comes up later: nobody shall know where it begins. */
    srand(randombytes_random());
    int status = run(&config, argc, argv);
    config_clear(&config);
    return status;
}
