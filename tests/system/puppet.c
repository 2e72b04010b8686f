/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * puppet - a broker that is only a script: it joins a real one, and reports clients that nobody is
 */
#include "puppet.h"

#include <pthread.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libdd/base/clock.h"
#include "raw.h"

/* Of a REPORT, as real brokers have it. */
#define PAGE_ROWS 20
#define REPORT_ROOM 4096
/* ms between two looks whether it is to stop. */
#define TURN 100
/* us from one PING to the next; shorter than any heartbeat that a parent asks for. */
#define PING_INTERVAL 500000

/* Its id is made from that. */
static const char SECRET[] = "puppetpuppetpupp";

struct puppet {
    raw_t *raw;
    const char *name;
    const char *scope;
    const char *tenant;
    unsigned clients;
    uint8_t id[DD_BROKER_ID_SIZE];
    char id_text[2 * DD_BROKER_ID_SIZE + 1]; /* as reports have it */
    char parent[2 * DD_BROKER_ID_SIZE + 1];  /* its id, the same */
    uint64_t pinged_us;
    pthread_t thread;
    atomic_bool stop;
};

/* A report in the making: JSON text. */
typedef struct {
    char text[REPORT_ROOM];
    size_t size;
} report_t;

/* ---- What it reports ---------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void add(report_t *report, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t room = sizeof report->text - report->size;
    report->size += (size_t)vsnprintf(report->text + report->size, room, format, arguments);
    va_end(arguments);
}

/* Which doesn't fail the test: the broker may be gone, and this is not the test's thread. */
static void say(puppet_t *self, const dd_record_t *record)
{
    uint8_t frame[RAW_FRAME_MAX];
    raw_send(self->raw, frame, raw_frame(record, frame), false);
}

static void send_report(puppet_t *self, uint64_t question, const report_t *report, bool last)
{
    say(self, &(dd_record_t){.type = DD_REPORT,
                  .flags = last ? DD_FLAG_LAST : 0,
                  .number = question,
                  .id = dd_bytes(self->id, sizeof self->id),
                  .payload = dd_bytes(report->text, report->size)});
}

static report_t new_report(const puppet_t *self)
{
    report_t report = {.size = 0};
    add(&report, "{\"broker\":\"%s\",\"scope\":\"%s\"", self->name, self->scope);
    return report;
}

static void report_tree(puppet_t *self, uint64_t question)
{
    report_t report = new_report(self);
    add(&report,
        ",\"id\":\"%s\",\"parent\":\"%s\",\"version\":\"1.0.0\",\"state\":\"ok\","
        "\"uptime_ms\":1000,\"children\":0,\"rtt_us\":500,\"clients\":%u}",
        self->id_text, self->parent, self->clients);
    send_report(self, question, &report, true);
}

/* A page of the rows that were asked for, from first to before end. */
static void report_page(
    puppet_t *self, uint64_t question, unsigned first, unsigned end, bool is_list, bool last)
{
    report_t report = new_report(self);
    add(&report, ",\"broker_id\":\"%s\",\"rows\":%u,\"%s\":[", self->id_text,
        is_list ? self->clients : 0, is_list ? "clients" : "events");
    for (unsigned i = first; i < end; i++)
        add(&report, "%s{\"tenant\":\"%s\",\"name\":\"%s%04u\",\"in\":%u}", i > first ? "," : "",
            self->tenant, self->name, i, i);
    add(&report, "]}");
    send_report(self, question, &report, last);
}

static void report_clients(puppet_t *self, const dd_record_t *asked)
{
    unsigned first = asked->first < self->clients ? asked->first : self->clients;
    unsigned end = self->clients;
    if (asked->limit > 0 && asked->limit < end - first)
        end = first + asked->limit;
    for (; end - first > PAGE_ROWS; first += PAGE_ROWS)
        report_page(self, asked->number, first, first + PAGE_ROWS, true, false);
    report_page(self, asked->number, first, end, true, true);
}

static void answer(puppet_t *self, const dd_record_t *asked)
{
    dd_bytes_t id = dd_bytes(self->id, sizeof self->id);
    if (asked->id.size > 0 && !dd_bytes_equal(asked->id, id))
        send_report(self, asked->number, &(report_t){.size = 0}, true);
    else if (dd_bytes_equal(asked->text, dd_bytes_of("tree")))
        report_tree(self, asked->number);
    else if (dd_bytes_equal(asked->text, dd_bytes_of("clients")))
        report_clients(self, asked);
    else
        report_page(self, asked->number, 0, 0, false, true);
}

/* ---- Its life ------------------------------------------------------------------------------- */

static void *play(void *arg)
{
    puppet_t *self = arg;
    dd_record_t record;
    while (!atomic_load(&self->stop)) {
        if (raw_hear(self->raw, &record, TURN) && record.type == DD_INSPECT)
            answer(self, &record);
        uint64_t now = dd_clock_us();
        if (now < self->pinged_us + PING_INTERVAL)
            continue;
        self->pinged_us = now;
        say(self, &(dd_record_t){.type = DD_PING, .number = now});
    }
    return NULL;
}

static void join(puppet_t *self)
{
    dd_record_t admit;
    char name[DD_NAME_MAX + 1];
    raw_say(self->raw, &(dd_record_t){.type = DD_JOIN,
                           .id = dd_bytes_of(SECRET),
                           .name = dd_bytes_of(self->name),
                           .scope = dd_bytes_of(self->scope)});
    raw_await(self->raw, DD_ADMIT, &admit);
    assert_true(admit.id.size >= DD_BROKER_ID_SIZE);
    sodium_bin2hex(self->parent, sizeof self->parent, admit.id.data, DD_BROKER_ID_SIZE);
    for (unsigned i = 0; i < self->clients; i++) {
        snprintf(name, sizeof name, "%s.%s%04u", self->tenant, self->name, i);
        raw_say(self->raw,
            &(dd_record_t){.type = DD_ADD_CLIENT, .number = i, .name = dd_bytes_of(name)});
    }
    raw_say(self->raw, &(dd_record_t){.type = DD_SYNCED});
}

puppet_t *puppet_start(harness_t *harness, const char *parent, const char *name, const char *scope,
    const char *tenant, unsigned clients)
{
    puppet_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->raw = raw_open(harness, parent, "broker");
    self->name = name;
    self->scope = scope;
    self->tenant = tenant;
    self->clients = clients;
    crypto_generichash(self->id, sizeof self->id, (const uint8_t *)SECRET, strlen(SECRET), NULL, 0);
    sodium_bin2hex(self->id_text, sizeof self->id_text, self->id, sizeof self->id);
    join(self);
    assert_int_equal(pthread_create(&self->thread, NULL, play, self), 0);
    return self;
}

void puppet_stop(puppet_t **self_p)
{
    puppet_t *self = *self_p;
    atomic_store(&self->stop, true);
    pthread_join(self->thread, NULL);
    raw_close(&self->raw);
    free(self);
    *self_p = NULL;
}
