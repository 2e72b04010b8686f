/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report - what a run has found, for people and for programs
 */
#include "report.h"

#include <stddef.h>

bool report_is_clean(const report_t *self)
{
    return self->lost + self->duplicated + self->reordered + self->refused + self->unknown == 0;
}

/* One line of the report and one member of the JSON object. */
typedef struct {
    const char *name;  /* in JSON */
    const char *label; /* for people */
    const char *unit;
    unsigned modes; /* bits */
    int decimals;
    double value;
} figure_t;

#define ALL 0xFu
#define STREAMS (1u << MODE_NOTIFY | 1u << MODE_PUBLISH)
#define MESSAGES (STREAMS | 1u << MODE_LATENCY)
#define PUBLISH (1u << MODE_PUBLISH)
#define LATENCY (1u << MODE_LATENCY)
#define CONNECT (1u << MODE_CONNECT)

static double per(double value, double count)
{
    return count > 0 ? value / count : 0;
}

void report_print(const report_t *self, const options_t *options, FILE *stream)
{
    double received = (double)self->received, registered = (double)self->registered;
    unsigned watched = options->pid_count > 0 ? ALL : 0;
    const figure_t figures[] = {
        {"size", "size", "bytes", MESSAGES, 0, (double)options->size},
        {"senders", "senders", "", MESSAGES, 0, options->senders},
        {"receivers", "receivers", "", ALL, 0, options->receivers},
        {"sent", "sent", "", MESSAGES, 0, (double)self->sent},
        {"received", "received", "", MESSAGES, 0, received},
        {"lost", "lost", "", MESSAGES, 0, (double)self->lost},
        {"duplicated", "duplicated", "", MESSAGES, 0, (double)self->duplicated},
        {"reordered", "reordered", "", MESSAGES, 0, (double)self->reordered},
        {"gaps", "gaps", "", PUBLISH, 0, (double)self->gaps},
        {"refused", "refused", "", MESSAGES, 0, (double)self->refused},
        {"unknown", "unknown", "", MESSAGES, 0, (double)self->unknown},
        {"registered", "registered", "", CONNECT, 0, registered},
        {"seconds", "time", "s", ALL, 6, self->seconds},
        {"rate", "received", "messages/s", STREAMS, 0, per(received, self->seconds)},
        {"payload_rate", "payload", "MB/s", STREAMS, 1,
            per(received * (double)options->size / 1e6, self->seconds)},
        {"connect_rate", "registered", "clients/s", CONNECT, 0, per(registered, self->seconds)},
        {"latency_p50", "latency p50", "us", LATENCY, 1, self->latency.p50},
        {"latency_p90", "latency p90", "us", LATENCY, 1, self->latency.p90},
        {"latency_p99", "latency p99", "us", LATENCY, 1, self->latency.p99},
        {"latency_p99_9", "latency p99.9", "us", LATENCY, 1, self->latency.p99_9},
        {"latency_max", "latency max", "us", LATENCY, 1, self->latency.max},
        {"sender_cpu", "sender CPU", "us/message", MESSAGES, 3,
            per((double)self->sender_cpu, (double)self->sent)},
        {"receiver_cpu", "receiver CPU", "us/message", MESSAGES, 3,
            per((double)self->receiver_cpu, received)},
        {"broker_cpu", "broker CPU", "us/message", MESSAGES & watched, 3,
            per((double)self->broker_cpu, received)},
        {"client_memory", "client memory", "KiB/client", CONNECT, 1,
            per((double)self->client_memory / 1024, registered)},
        {"broker_memory", "broker memory", "KiB/client", CONNECT & watched, 1,
            per((double)self->broker_memory / 1024, registered)},
        {"connect_cpu", "broker CPU", "us/client", CONNECT & watched, 0,
            per((double)self->broker_cpu, registered)},
        {"idle_cpu", "broker idle", "us/s/client", CONNECT & watched, 2,
            per(per((double)self->idle_cpu, self->idle_seconds), registered)},
    };
    const char *mode = options_mode_name(options->mode);
    fprintf(stream, options->json ? "{\"mode\":\"%s\"" : "%-14s %14s\n",
        options->json ? mode : "mode", mode);
    for (size_t i = 0; i < sizeof figures / sizeof figures[0]; i++) {
        const figure_t *figure = &figures[i];
        if (!(figure->modes & 1u << options->mode))
            continue;
        if (options->json)
            fprintf(stream, ",\"%s\":%.*f", figure->name, figure->decimals, figure->value);
        else
            fprintf(stream, "%-14s %14.*f %s\n", figure->label, figure->decimals, figure->value,
                figure->unit);
    }
    if (options->json)
        fputs("}\n", stream);
}
