/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * quota_sums - what a configuration lets tenants and operators make the broker hold
 */
#include "quota_sums.h"

#include <inttypes.h>

#include "ddbroker/core/core.h"
#include "ddbroker/core/topics.h"
#include "ddbroker/net/input_account.h"
#include "libdd/net/socket.h"
#include "libdd/protocol/window.h"

/* Bytes that are held for one client that is only there, ZeroMQ's part, of some 35,000, included;
   and for a subscription that nobody else has, with names as long as they may be. */
#define CLIENT_BYTES (48u << 10)
#define SUBSCRIPTION_BYTES (1u << 10)
/* A frame of an outbox may be half empty. */
#define FRAME_FACTOR 2
/* What comes in takes more room than on the wire, in small frames. */
#define INPUT_FACTOR 3

#define M (1u << 20)

/* ---- Sums ---------------------------------------------------------------------------------- */

static uint64_t of_clients(uint64_t clients)
{
    return clients *
           (CLIENT_BYTES + INPUT_FACTOR * INPUT_FREE + FRAME_FACTOR * DD_OUTBOX_MEMBER_RESERVE);
}

static uint64_t of_waiting(const quota_limits_t *limits)
{
    return FRAME_FACTOR * (limits->outbox + DD_OUTBOX_RESERVE);
}

/* What isn't held for each client. */
static uint64_t of_the_rest(const quota_limits_t *limits)
{
    return limits->subscriptions * SUBSCRIPTION_BYTES + of_waiting(limits) +
           TOPICS_MAX * (sizeof(topic_t) + TOPICS_PUBLISHERS * sizeof(topic_publisher_t));
}

uint64_t quota_sums_of_tenant(const quota_limits_t *limits, uint64_t clients_max)
{
    return of_clients(quota_places(limits, clients_max)) + of_the_rest(limits);
}

static quota_rules_t rules_of(const config_t *config)
{
    return (quota_rules_t){.usual = config->quota,
        .exceptions = config->exceptions,
        .exception_count = config->exception_count};
}

uint64_t quota_sums_of_all(const config_t *config, const dd_keyring_t *keyring)
{
    const quota_rules_t rules = rules_of(config), of_operators = quota_rules_of_operators(&rules);
    const dd_tenant_t *tenant;
    const uint64_t places = config->clients_max + CORE_RESERVED;
    uint64_t clients = 0, rest = 0;
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(keyring, i)); i++) {
        const quota_limits_t *limits = quota_rules_of(&rules, dd_bytes_of(tenant->name));
        clients += quota_places(limits, config->clients_max);
        rest += of_the_rest(limits);
    }
    for (size_t i = 0; dd_keyring_operator_at(keyring, i); i++) {
        clients += quota_places(&of_operators.usual, places);
        rest += of_waiting(&of_operators.usual);
    }
    return of_clients(clients < places ? clients : places) + rest +
           INPUT_FACTOR * config->input_max;
}

/* ---- Words --------------------------------------------------------------------------------- */

static uint64_t megabytes(uint64_t bytes)
{
    return bytes / M + (bytes % M > 0);
}

static void print_row(
    FILE *out, const char *tenant, const quota_limits_t *limits, uint64_t clients_max)
{
    fprintf(out,
        "%-20s %9" PRIu64 " %10" PRIu64 " %13" PRIu64 " %7" PRIu64 "M %10" PRIu64 " %7" PRIu64
        "M %9" PRIu64 " %7" PRIu64 "M\n",
        tenant, quota_places(limits, clients_max), limits->connects, limits->subscriptions,
        megabytes(limits->outbox), limits->messages, megabytes(limits->bytes), limits->questions,
        megabytes(quota_sums_of_tenant(limits, clients_max)));
}

static void print_table(FILE *out, const config_t *config)
{
    fprintf(out, "%-20s %9s %10s %13s %8s %10s %8s %9s %8s\n", "at most", "clients", "connects/s",
        "subscriptions", "outbox", "messages/s", "bytes/s", "questions", "memory");
    print_row(out, "each tenant", &config->quota, config->clients_max);
    for (size_t i = 0; i < config->exception_count; i++)
        print_row(
            out, config->exceptions[i].tenant, &config->exceptions[i].limits, config->clients_max);
}

void quota_sums_print(FILE *out, const config_t *config, const dd_keyring_t *keyring)
{
    size_t frame = (size_t)dd_socket_frame_max((uint32_t)config->payload_max);
    print_table(out, config);
    fprintf(out,
        "all %zu tenants together make the broker hold at most %" PRIu64 "M, with operators\n",
        dd_keyring_tenant_count(keyring), megabytes(quota_sums_of_all(config, keyring)));
    fprintf(out, "of that, %" PRIu64 "M of what has come in and isn't taken yet (input-max)\n",
        megabytes(INPUT_FACTOR * config->input_max));
    fprintf(out, "and each broker above or beneath it %" PRIu64 "M\n",
        megabytes(FRAME_FACTOR * (config->link_outbox + DD_OUTBOX_RESERVE) +
                  INPUT_FACTOR * dd_window_most((uint32_t)config->link_window, frame)));
    fprintf(out,
        "besides %d messages that ZeroMQ may hold for a connection, %" PRIu64 "M at most\n",
        DD_SOCKET_FRAMES, megabytes(DD_SOCKET_FRAMES * (uint64_t)frame));
}
