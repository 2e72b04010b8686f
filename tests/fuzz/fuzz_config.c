/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_config - configuration files of any bytes, and the values in them
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ddbroker/daemon/config.h"
#include "libdd/include/dd.h"
#include "libdd/protocol/endpoint.h"
#include "libdd/protocol/name.h"
#include "tests/fuzz/fuzz.h"

/* A broker could be run with it. */
static void look(const config_t *config)
{
    check(dd_broker_valid(dd_bytes_of(config->name)) && config->keys && config->scope);
    check(config->listen.count + config->legacy.count > 0);
    check(config->listen.count <= CONFIG_ENDPOINTS_MAX);
    for (size_t i = 0; i < config->listen.count; i++)
        check(dd_endpoint_listenable(config->listen.items[i]));
    check(config->heartbeat > 0 && config->clients_max > 0 && config->io_threads > 0);
    check(config->log_level <= DD_LOG_QUIET && (config->ipc_mode & ~UINT64_C(0777)) == 0);
}

static int file_of(const uint8_t *data, size_t size)
{
    int fd = memfd_create("conf", MFD_CLOEXEC);
    check(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[32];
    int fd = file_of(data, size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    char program[] = "ddbroker", option[] = "-c";
    char *const arguments[] = {program, option, path, NULL};
    config_t config;
    dd_problem_t problem = {0};
    config_outcome_t outcome = config_read(&config, 3, arguments, &problem);
    check(outcome == CONFIG_RUN || outcome == CONFIG_CHECK || problem.text[0] != '\0');
    if (outcome == CONFIG_RUN)
        look(&config);
    config_clear(&config);
    close(fd);
    return 0;
}
