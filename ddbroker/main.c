/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * main - ddbroker, the broker daemon
 */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/daemon/check.h"
#include "ddbroker/daemon/config.h"
#include "ddbroker/daemon/loop.h"
#include "ddbroker/daemon/quota_sums.h"
#include "ddbroker/daemon/reload_request.h"
#include "libdd/base/malloc_tuning.h"
#include "libdd/base/program.h"

static int complain(const config_findings_t *findings, int status)
{
    config_findings_print(findings, "ddbroker: ", stderr);
    return status;
}

static int check(const config_t *config)
{
    config_findings_t faults = {0}, remarks = {0};
    dd_keyring_t *keyring = check_start(config, &faults, &remarks);
    config_findings_print(&remarks, "note: ", faults.count > 0 ? stderr : stdout);
    if (faults.count > 0) {
        dd_keyring_destroy(&keyring);
        return complain(&faults, LOOP_FAILED);
    }
    puts("the configuration is good");
    quota_sums_print(stdout, config, keyring);
    dd_keyring_destroy(&keyring);
    return dd_program_end("ddbroker", LOOP_STOPPED);
}

static int reload(const config_t *config)
{
    config_findings_t faults = {.count = 1};
    dd_error_t error = reload_request_send((int)config->reload, &faults.items[0]);
    return error == DD_OK ? LOOP_STOPPED : complain(&faults, LOOP_FAILED);
}

static int run(config_t *config, int argc, char **argv)
{
    config_findings_t findings;
    switch (config_read_all(config, argc, argv, &findings)) {
    case CONFIG_ANSWERED:
        return dd_program_end("ddbroker", LOOP_STOPPED);
    case CONFIG_WRONG_USAGE:
        return complain(&findings, LOOP_WRONG_USAGE);
    case CONFIG_WRONG:
        return complain(&findings, LOOP_FAILED);
    case CONFIG_CHECK:
        return check(config);
    case CONFIG_RELOAD:
        return reload(config);
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
