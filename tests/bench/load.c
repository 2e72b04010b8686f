/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load - measures a peer as ddperf(1) measures our brokers
 *
 * usage: load PROTOCOL [options of ddperf]
 *
 * PROTOCOL is mqtt, mqtt-tls, nats, nats-tls, or, for the bare forwarders, frame or batch; -k names
 * the file with the peer's certificate or public key. It is ddperf's own code with senders and
 * receivers (senders.h, receivers.h) that speak another protocol: two processes, the same blocks
 * and acknowledgements, the same report. Other than there, each process serves all its connections
 * in one thread, and there is one sender.
 */
#include "load.h"

#include <stdio.h>
#include <stdlib.h>

#include "ddperf/measurement.h"

const wire_protocol_t *load_protocol;

int main(int argc, char **argv)
{
    options_t options;
    load_protocol = argc > 1 ? wire_protocol(argv[1]) : NULL;
    if (!load_protocol) {
        fputs("usage: load PROTOCOL [options of ddperf]\n", stderr);
        return EXIT_USAGE;
    }
    dd_problem_t problem;
    dd_options_outcome_t outcome = options_read(&options, argc - 1, argv + 1, &problem);
    if (outcome == DD_OPTIONS_WRONG)
        wire_die("%s", problem.text);
    if (outcome == DD_OPTIONS_TAKEN && options.senders > 1)
        wire_die("there can be one sender only");
    return outcome == DD_OPTIONS_TAKEN ? measurement_run(&options) : EXIT_SUCCESS;
}
