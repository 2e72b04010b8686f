/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load - measures a peer as ddperf(1) measures our brokers
 *
 * usage: load [sealed-]PROTOCOL [TOPICS] [options of ddperf]
 *
 * PROTOCOL is mqtt, mqtt-tls, nats, nats-tls, dd, or, for the bare forwarders, frame or batch; -k
 * names the file with the peer's certificate or public key, or the tenant's keys. With "sealed-"
 * both ends do what DoubleDecker's library does for its programs (sealing.h). Messages go to so
 * many topics, one if it isn't said. It is ddperf's own code with senders and receivers (senders.h,
 * receivers.h) that speak another protocol: two processes, the same blocks and acknowledgements,
 * the same report. Other than there, each process serves all its connections in one thread, and
 * there is one sender.
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddperf/measurement.h"

load_t load = {.topics = 1};

wire_t *load_open(const options_t *options, const char *name)
{
    return wire_new(
        load.protocol, options->endpoints.items[0], options->keyfile, name, load.sealed);
}

static bool read_protocol(const char *text)
{
    const char *prefix = "sealed-";
    load.sealed = strncmp(text, prefix, strlen(prefix)) == 0;
    load.protocol = wire_protocol(load.sealed ? text + strlen(prefix) : text);
    return load.protocol;
}

/* Whether the argument is the number of topics. */
static bool read_topics(const char *text)
{
    char *end;
    unsigned long count = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || count == 0 || count > 10000000)
        return false;
    load.topics = (unsigned)count;
    return true;
}

int main(int argc, char **argv)
{
    options_t options;
    if (argc < 2 || !read_protocol(argv[1])) {
        fputs("usage: load [sealed-]PROTOCOL [TOPICS] [options of ddperf]\n", stderr);
        return EXIT_USAGE;
    }
    int own = argc > 2 && read_topics(argv[2]) ? 2 : 1;
    dd_problem_t problem;
    dd_options_outcome_t outcome = options_read(&options, argc - own, argv + own, &problem);
    if (outcome == DD_OPTIONS_WRONG)
        wire_die("%s", problem.text);
    if (outcome == DD_OPTIONS_TAKEN && options.senders > 1)
        wire_die("there can be one sender only");
    return outcome == DD_OPTIONS_TAKEN ? measurement_run(&options) : EXIT_SUCCESS;
}
