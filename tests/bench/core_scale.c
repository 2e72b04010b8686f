/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_scale - what the broker's core costs as the number of names and subscriptions grows
 *
 * usage: core_scale [PART...]
 *
 * Without an argument all parts are measured; see core_bench.h for what the figures are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core_parts.h"
#include "ddbroker/http/metrics.h"
#include "libdd/base/malloc_tuning.h"
#include "tests/unit/ddbroker/tenants.h"

#define MANY 100000
/* Different names that messages go to, at most: as many as the processor's nearest caches hold. */
#define ACTIVE 100

/* ---- messages -------------------------------------------------------------------------------- */

/* All names are beneath one child, and so is a subscriber to each topic. */
static double time_message(dd_record_type_t type, unsigned names, unsigned active)
{
    bench_t self;
    bench_open(&self, false);
    peer_t *child = bench_child(&self, 0);
    if (type == DD_SEND)
        bench_tell_names(&self, child, 0, names);
    else
        bench_tell_topics(&self, child, 0, names);
    bench_synced(&self, child);
    double result = bench_time_traffic(&self, &(bench_traffic_t){type, names, active});
    bench_check(child->count.out == BENCH_MESSAGES, "messages were lost");
    bench_close(&self);
    return result;
}

static void print_growth(const char *what, dd_record_type_t type)
{
    double few = time_message(type, 10, 10), some = time_message(type, 1000, ACTIVE);
    double many = time_message(type, MANY, ACTIVE), spread = time_message(type, MANY, MANY);
    printf("%-14s %4.0f ns with 10, %4.0f ns with 1,000, %4.0f ns with 100,000 (%.2fx);"
           " %4.0f ns spread over all 100,000\n",
        what, few, some, many, many / few, spread);
}

static void measure_growth(void)
{
    print_growth("notification", DD_SEND);
    print_growth("publication", DD_PUBLISH);
}

/* ---- links ----------------------------------------------------------------------------------- */

/* A broker with many clients beneath it finds its parent, and then loses the child they are on. */
static void measure_below(void)
{
    bench_t self;
    bench_open(&self, true);
    peer_t *child = bench_child(&self, 0);
    bench_tell_names(&self, child, 0, MANY);
    bench_begin(&self);
    bench_parent(&self);
    bench_rest(&self);
    bench_print(&self, "sync to the parent");
    bench_begin(&self);
    uint64_t began = bench_clock_us();
    core_disconnect(self.core, child, 0);
    bench_end_turn(&self, began);
    bench_rest(&self);
    bench_print(&self, "loss of the child");
    bench_close(&self);
}

/* A broker hears of many clients beneath a new child. */
static void measure_above(void)
{
    bench_t self;
    bench_open(&self, false);
    bench_begin(&self);
    peer_t *child = bench_child(&self, 0);
    bench_tell_names(&self, child, 0, MANY);
    bench_synced(&self, child);
    bench_print(&self, "sync from a child");
    bench_close(&self);
}

static void measure_links(void)
{
    puts("\n100,000 clients beneath a child:");
    measure_above();
    measure_below();
}

/* ---- many clients ---------------------------------------------------------------------------- */

static peer_t *add_crowd(bench_t *self, unsigned clients)
{
    peer_t *peer = NULL;
    for (unsigned i = 0; i < clients; i++) {
        char name[32];
        snprintf(name, sizeof name, "member-%u", i);
        peer = bench_client(self, name);
        bench_say(self, peer,
            &(dd_record_t){.type = DD_SUBSCRIBE,
                .ref = 1,
                .topic = dd_bytes_of("news"),
                .scope = dd_bytes_of("all")});
    }
    return peer;
}

/* Their key is taken from the broker. */
static void end_crowd(bench_t *self)
{
    dd_keyring_t *without = tenants_keyring("b,public");
    bench_check(without, "no keys");
    bench_begin(self);
    uint64_t began = bench_clock_us();
    core_set_keyring(self->core, without, 0);
    bench_end_turn(self, began);
    bench_rest(self);
    bench_print(self, "end of all for their key");
    bench_close(self);
    dd_keyring_destroy(&without);
}

/* All hear one of them, ask for all, and go. */
static void measure_crowd(void)
{
    static const uint8_t payload[BENCH_PAYLOAD];
    const unsigned clients = 50000;
    bench_t self;
    puts("\n50,000 clients of one broker:");
    bench_open(&self, false);
    bench_begin(&self);
    peer_t *peer = add_crowd(&self, clients);
    bench_print_each(&self, "registration, a subscription", clients);
    bench_begin(&self);
    bench_say(&self, peer,
        &(dd_record_t){.type = DD_PUBLISH,
            .topic = dd_bytes_of("news"),
            .payload = dd_bytes(payload, sizeof payload)});
    bench_rest(&self);
    bench_print(&self, "one publication to all");
    bench_begin(&self);
    bench_say(
        &self, peer, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = dd_bytes_of("clients")});
    bench_rest(&self);
    bench_print(&self, "one answer about all");
    end_crowd(&self);
}

/* ---- many tenants ---------------------------------------------------------------------------- */

/* Keys of tenants t0, t1 and so on. */
static dd_keyring_t *many_tenants(unsigned count)
{
    char *names = malloc(16 * (size_t)count + 1), *at = names;
    bench_check(names, "out of memory");
    for (unsigned i = 0; i < count; i++)
        at += sprintf(at, "%st%u", i > 0 ? "," : "", i);
    dd_keyring_t *result = tenants_keyring(names);
    bench_check(result, "no keys");
    free(names);
    return result;
}

static void add_clients_of_all(bench_t *self, unsigned tenants, unsigned clients)
{
    for (unsigned i = 0; i < clients; i++) {
        char tenant[16], name[32];
        snprintf(tenant, sizeof tenant, "t%u", i % tenants);
        snprintf(name, sizeof name, "member-%u", i);
        bench_client_of(self, tenant, name);
    }
}

/* A monitor asks for all figures, a piece each turn. Bytes of them. */
static size_t scrape(bench_t *self)
{
    static const metrics_process_t process;
    static char piece[8192];
    metrics_t metrics;
    size_t size = 0;
    metrics_begin(&metrics, self->core, &process, true);
    for (bool more = true; more;) {
        uint64_t began = bench_clock_us();
        dd_writer_t out = dd_writer(piece, sizeof piece);
        more = metrics_write(&metrics, &out, 0);
        size += (size_t)(out.at - (uint8_t *)piece);
        bench_end_turn(self, began);
    }
    return size;
}

static void measure_scrape(void)
{
    const unsigned tenants = 1000;
    bench_t self;
    puts("\n10,000 clients of 1,000 tenants:");
    dd_keyring_t *usual = bench_keyring, *keys = bench_keyring = many_tenants(tenants);
    bench_open(&self, false);
    add_clients_of_all(&self, tenants, 10000);
    bench_begin(&self);
    double size = (double)scrape(&self);
    bench_print_text(&self, "one scrape", size);
    bench_close(&self);
    bench_keyring = usual;
    dd_keyring_destroy(&keys);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*measure)(void);
} PARTS[] = {
    {"growth", measure_growth},
    {"links", measure_links},
    {"crowd", measure_crowd},
    {"scrape", measure_scrape},
    {"million", core_parts_million},
    {"root", core_parts_root},
};

static bool is_wanted(const char *name, int argc, char **argv)
{
    bool wanted = argc == 1;
    for (int i = 1; i < argc; i++)
        wanted |= strcmp(argv[i], name) == 0;
    return wanted;
}

int main(int argc, char **argv)
{
    dd_malloc_tuning_even(); /* as brokers do */
    bench_keyring = tenants_keyring(TENANTS_ALL);
    bench_check(bench_keyring, "no keys");
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++)
        if (is_wanted(PARTS[i].name, argc, argv))
            PARTS[i].measure();
    dd_keyring_destroy(&bench_keyring);
    return EXIT_SUCCESS;
}
