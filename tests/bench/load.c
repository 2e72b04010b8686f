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
    int status = options_read(&options, argc - 1, argv + 1);
    if (status == -1 && options.senders > 1)
        wire_die("there can be one sender only");
    return status == -1 ? measurement_run(&options) : status;
}
