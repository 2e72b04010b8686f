/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_http - monitors: health, figures and the tree over HTTP
 */
#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scene.h"
#include "shell.h"
#include "web.h"

#define TOKEN "0123456789abcdef0123456789abcdef"
#define OTHER_TOKEN "fedcba9876543210fedcba9876543210"
/* Connections that a broker has for monitors. */
#define PLACES 16

static void write_token(harness_t *harness, const char *token, mode_t mode)
{
    const char *path = harness_path(harness, "token");
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fprintf(out, "%s\n", token);
    assert_int_equal(fclose(out), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static program_t *start(harness_t *harness, const char *name)
{
    write_token(harness, TOKEN, 0600);
    return broker_start(harness, name, NULL, "/1/", "--http", "127.0.0.1:0", "--http-token-file",
        harness_path(harness, "token"), NULL);
}

/* ---- Figures ------------------------------------------------------------------------------- */

/* A figure of metrics, and the field of a report that tells the same, but for what is of the asker
   itself. */
typedef struct {
    const char *sample;
    const char *field;
    double askers; /* at most */
} same_t;

static const same_t OF_BROKER[] = {
    {"dd_clients", "clients", 0},
    {"dd_clients_limit", "clients_max", 0},
    {"dd_subscriptions", "subscriptions", 0},
    {"dd_outbox_bytes", "outbox", 0},
    {"dd_messages_received_total", "in", 0},
    {"dd_messages_sent_total", "out", 0},
    {"dd_received_bytes_total", "in_bytes", 0},
    {"dd_sent_bytes_total", "out_bytes", 0},
    {"dd_dropped_total", "dropped", 0},
    {"dd_connections_refused_total", "not_let_in", 0},
    {"dd_children", "children", 0},
    {"dd_parents_silent", "parents_silent", 0},
    {"dd_parent_moves_total", "moves", 0},
};

static const same_t OF_TENANT[] = {
    {"dd_tenant_clients", "clients", 1},
    {"dd_tenant_clients_limit", "clients_max", 0},
    {"dd_tenant_subscriptions", "subscriptions", 0},
    {"dd_tenant_subscriptions_limit", "subscriptions_max", 0},
    {"dd_tenant_outbox_bytes", "outbox", 100},
    {"dd_tenant_outbox_limit_bytes", "outbox_max", 0},
    {"dd_tenant_messages_received_total", "in", 0},
    {"dd_tenant_messages_sent_total", "out", 0},
    {"dd_tenant_received_bytes_total", "in_bytes", 0},
    {"dd_tenant_sent_bytes_total", "out_bytes", 0},
    {"dd_tenant_dropped_total", "dropped", 0},
};

static double field(json_object *report, const char *name)
{
    json_object *value;
    if (!json_object_object_get_ex(report, name, &value) ||
        !json_object_is_type(value, json_type_int))
        fail_msg("no number %s in %s", name, json_object_to_json_string(report));
    return (double)json_object_get_int64(value);
}

/* The report of one broker, among those that are in an array. */
static json_object *report_of(json_object *reports, const char *broker)
{
    for (size_t i = 0; i < json_object_array_length(reports); i++) {
        json_object *report = json_object_array_get_idx(reports, i);
        if (strcmp(json_object_get_string(json_object_object_get(report, "broker")), broker) == 0)
            return report;
    }
    fail_msg("no report of %s", broker);
    return NULL;
}

static void compare(const samples_t *samples, const same_t *same, size_t count, const char *labels,
    json_object *report)
{
    for (size_t i = 0; i < count; i++) {
        char sample[256];
        snprintf(sample, sizeof sample, "%s%s", same[i].sample, labels);
        double told = samples_value(samples, sample), wanted = field(report, same[i].field);
        if (told > wanted || told < wanted - same[i].askers)
            fail_msg("%s is %g, and %s is %g", sample, told, same[i].field, wanted);
    }
}

/* "3 no such destination, 1 invalid topic" and the samples with these reasons. */
static void compare_reasons(
    const samples_t *samples, const char *family, const char *tenant, json_object *report)
{
    const char *text = json_object_get_string(json_object_object_get(report, "refused_for"));
    double sum = 0;
    char *copy = strdup(text ? text : ""), *rest = copy, *part;
    while ((part = strsep(&rest, ",")) && *part != '\0') {
        char sample[512], *reason;
        double number = strtod(part, &reason);
        snprintf(sample, sizeof sample, "%s{%sreason=\"%s\"}", family, tenant, reason + 1);
        assert_true(samples_value(samples, sample) == number);
        sum += number;
    }
    free(copy);
    assert_true(field(report, "refused") == sum);
    assert_true(samples_sum(samples, family, tenant) == sum);
}

static samples_t *scrape(const char *endpoint, const char *token)
{
    web_answer_t answer = web_get(endpoint, "/metrics", token);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(answer.head, "text/plain; version=0.0.4"));
    samples_t *samples = samples_read(answer.body);
    web_free(&answer);
    return samples;
}

/* What ddtui --tree --json prints, with an owner's keys. */
static json_object *tree_of(harness_t *harness, const char *broker, const char *owner)
{
    program_t *program =
        program_run(harness, NULL, HARNESS_DEADLINE, "ddtui", "-q", "--tree", "--json", "-d",
            harness_endpoint(harness, broker), "-k", harness_keys(harness, owner), NULL);
    assert_int_equal(program_wait(program, HARNESS_DEADLINE), 0);
    return shell_objects(program);
}

/* Messages of two tenants, refusals, and clients that have left. */
static void do_something(harness_t *harness)
{
    client_t *one = client_open(harness, "top", "a", "one");
    client_t *two = client_open(harness, "top", "a", "two");
    client_t *other = client_open(harness, "top", "b", "other");
    client_subscribe(one, "t", "all");
    client_subscribe(other, "t", "all");
    client_subscribe(other, "u", "all");
    for (int i = 0; i < 7; i++)
        client_deliver(two, one, "hello");
    assert_int_equal(client_send(other, "nobody", "x"), DD_E_NO_DESTINATION);
    assert_int_equal(client_send(two, "nobody", "x"), DD_E_NO_DESTINATION);
    dd_client_publish(client_handle(two), "t", "news", 4);
    client_expect(one, "two", "news");
    client_close(&two);
}

/* As many clients are told as there are: who has left is noticed. */
static bool has_two_clients(void *endpoint)
{
    samples_t *samples = scrape(endpoint, TOKEN);
    bool good = samples_value(samples, "dd_clients") == 2;
    samples_destroy(&samples);
    return good;
}

static void metrics_say_what_reports_say(void **state)
{
    harness_t *harness = *state;
    program_t *broker = start(harness, "top");
    const char *endpoint = web_endpoint(broker);
    scene_broker(harness, "below", "top", "/1/2/");
    do_something(harness);
    assert_true(wait_until(has_two_clients, (void *)(uintptr_t)endpoint, HARNESS_DEADLINE));
    samples_t *samples = scrape(endpoint, TOKEN);
    json_object *all = tree_of(harness, "top", "operator");
    json_object *report = report_of(all, "top");
    compare(samples, OF_BROKER, COUNT(OF_BROKER), "", report);
    compare_reasons(samples, "dd_refused_total", "", report);
    assert_true(field(report, "in") == 10 && field(report, "refused") >= 2);
    assert_true(samples_value(samples, "dd_state{state=\"ok\"}") == 1);
    samples_value(
        samples, "dd_build_info{broker=\"top\",scope=\"/1/\",version=\"" DD_VERSION "\"}");
    assert_true(samples_value(samples, "process_open_fds") > 10);
    assert_true(samples_value(samples, "process_resident_memory_bytes") > 1e6);
    assert_true(samples_value(samples, "dd_turn_seconds_count") > 0);
    json_object_put(all);
    static const char *const TENANTS[] = {"a", "b"};
    for (size_t i = 0; i < COUNT(TENANTS); i++) {
        char labels[32], label[32];
        snprintf(labels, sizeof labels, "{tenant=\"%s\"}", TENANTS[i]);
        snprintf(label, sizeof label, "tenant=\"%s\",", TENANTS[i]);
        samples_t *now = scrape(endpoint, TOKEN);
        all = tree_of(harness, "top", TENANTS[i]);
        report = report_of(all, "top");
        compare(now, OF_TENANT, COUNT(OF_TENANT), labels, report);
        compare_reasons(now, "dd_tenant_refused_total", label, report);
        json_object_put(all);
        samples_destroy(&now);
    }
    samples_destroy(&samples);
}

/* The joined parent, and times in seconds. */
static void a_child_tells_of_its_link(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "top", NULL, "/1/", NULL);
    program_t *below =
        broker_start(harness, "below", "top", "/1/2/", "--http", "127.0.0.1:0", NULL);
    assert_true(program_expect(below, "joined parent", HARNESS_DEADLINE));
    samples_t *samples = scrape(web_endpoint(below), NULL);
    json_object *all = tree_of(harness, "below", "operator"), *report = report_of(all, "below");
    assert_true(samples_value(samples, "dd_parent_joined") == 1);
    assert_true(samples_value(samples, "dd_parent_index") == 0);
    double joined = samples_value(samples, "dd_parent_joined_seconds");
    assert_true(joined <= field(report, "parent_ms") / 1000 && joined < 60);
    double up = samples_value(samples, "dd_uptime_seconds");
    assert_true(up <= field(report, "uptime_ms") / 1000 && up >= joined);
    json_object_put(all);
    samples_destroy(&samples);
}

static void prometheus_can_read_it(void **state)
{
    harness_t *harness = *state;
    const char *endpoint = web_endpoint(start(harness, "top"));
    do_something(harness);
    if (system("command -v promtool >/dev/null") != 0) {
        puts("promtool isn't installed, Debian's prometheus has it: only our own parser has read "
             "it");
        return;
    }
    web_answer_t answer = web_get(endpoint, "/metrics", TOKEN);
    program_t *promtool = program_run(
        harness, answer.body, HARNESS_DEADLINE, "/usr/bin/promtool", "check", "metrics", NULL);
    assert_int_equal(program_wait(promtool, HARNESS_DEADLINE), 0);
    assert_string_equal(program_stderr(promtool), "");
    web_free(&answer);
}

/* ---- Examples ------------------------------------------------------------------------------ */

static char *read_file(const char *path)
{
    static char text[64 << 10];
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("can't read %s: run the tests from the top directory", path);
    size_t size = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[size] = '\0';
    return text;
}

/* Whether the metrics have that family, or one whose buckets that are. */
static bool has_family(const char *metrics, const char *name, size_t size)
{
    char line[160];
    size_t bucket = sizeof "_bucket" - 1;
    snprintf(line, sizeof line, "# TYPE %.*s ", (int)size, name);
    if (strstr(metrics, line))
        return true;
    return size > bucket && strncmp(name + size - bucket, "_bucket", bucket) == 0 &&
           has_family(metrics, name, size - bucket);
}

/* Alerts and the dashboard ask for nothing that isn't there. */
static void examples_name_metrics_that_there_are(void **state)
{
    static const char *const FILES[] = {
        "share/examples/prometheus-rules.yml", "share/examples/grafana-dashboard.json"};
    static const char *const BEGIN[] = {"dd_", "process_"};
    static const char LETTERS[] = "abcdefghijklmnopqrstuvwxyz_";
    web_answer_t answer = web_get(web_endpoint(start(*state, "top")), "/metrics", TOKEN);
    unsigned names = 0;
    for (size_t i = 0; i < COUNT(FILES) * COUNT(BEGIN); i++) {
        char *at = read_file(FILES[i / COUNT(BEGIN)]);
        for (; (at = strstr(at, BEGIN[i % COUNT(BEGIN)])); names++) {
            size_t size = strspn(at, LETTERS);
            if (!has_family(answer.body, at, size))
                fail_msg("%s asks for %.*s", FILES[i / COUNT(BEGIN)], (int)size, at);
            at += size;
        }
    }
    assert_true(names > 20);
    web_free(&answer);
}

/* ---- The tree ------------------------------------------------------------------------------ */

/* The lines are the reports that ddtui reads. */
static void the_tree_is_that_of_ddtui(void **state)
{
    harness_t *harness = *state;
    static const char *const SAME[] = {"scope", "id", "parent", "version", "state", "children",
        "clients", "subscriptions", "in", "out", "refused", "dropped", "refused_for", "moves"};
    const char *endpoint = web_endpoint(start(harness, "top"));
    scene_broker(harness, "below", "top", "/1/2/");
    do_something(harness);
    assert_true(wait_until(has_two_clients, (void *)(uintptr_t)endpoint, HARNESS_DEADLINE));
    web_answer_t answer = web_get(endpoint, "/tree", TOKEN);
    assert_int_equal(answer.status, 200);
    json_object *theirs = tree_of(harness, "top", "operator");
    unsigned lines = 0;
    for (char *line = strtok(answer.body, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        json_object *ours = json_tokener_parse(line);
        assert_non_null(ours);
        const char *name = json_object_get_string(json_object_object_get(ours, "broker"));
        json_object *report = report_of(theirs, name);
        for (size_t i = 0; i < COUNT(SAME); i++)
            assert_true(json_object_equal(
                json_object_object_get(ours, SAME[i]), json_object_object_get(report, SAME[i])));
        json_object_put(ours);
    }
    assert_int_equal(lines, 2);
    json_object_put(theirs);
    web_free(&answer);
}

/* Who doesn't answer is waited for, but not for ever, and the others are told. */
static void a_silent_broker_is_missing_in_the_tree(void **state)
{
    harness_t *harness = *state;
    const char *endpoint = web_endpoint(start(harness, "top"));
    program_t *below = scene_broker(harness, "below", "top", "/1/2/");
    program_signal(below, SIGSTOP);
    web_answer_t answer = web_get(endpoint, "/tree", TOKEN);
    assert_int_equal(answer.status, 504);
    assert_non_null(strstr(answer.body, "\"broker\":\"top\""));
    assert_null(strstr(answer.body, "\"broker\":\"below\""));
    web_free(&answer);
    program_signal(below, SIGCONT);
}

/* It asks without being anybody's client: nothing of it is among the events. */
static void monitors_leave_no_events(void **state)
{
    harness_t *harness = *state;
    program_t *broker = broker_start(
        harness, "top", NULL, "/1/", "--http", "127.0.0.1:0", "--log-level", "debug", NULL);
    const char *endpoint = web_endpoint(broker);
    size_t before = strlen(program_stderr(broker));
    for (int i = 0; i < 5; i++) {
        assert_true(web_says(endpoint, "/tree", NULL, 200));
        assert_true(web_says(endpoint, "/metrics", NULL, 200));
        assert_true(web_says(endpoint, "/healthz", NULL, 200));
    }
    assert_string_equal(program_stderr(broker) + before, "");
}

/* ---- Health -------------------------------------------------------------------------------- */

typedef struct {
    const char *endpoint;
    const char *path;
    int status;
} wanted_t;

static bool says(void *arg)
{
    const wanted_t *wanted = arg;
    return web_says(wanted->endpoint, wanted->path, NULL, wanted->status);
}

static void expect_in_time(const char *endpoint, const char *path, int status)
{
    wanted_t wanted = {endpoint, path, status};
    if (!wait_until(says, &wanted, HARNESS_DEADLINE))
        fail_msg("%s never said %d", path, status);
}

/* A broker that is cut off isn't healthy, but goes on serving those beneath it. */
static void health_follows_the_parent(void **state)
{
    harness_t *harness = *state;
    program_t *top = broker_start(harness, "top", NULL, "/1/", NULL);
    program_t *below =
        broker_start(harness, "below", "top", "/1/2/", "--http", "127.0.0.1:0", NULL);
    const char *endpoint = web_endpoint(below);
    expect_in_time(endpoint, "/healthz", 200);
    assert_true(web_says(endpoint, "/readyz", NULL, 200));
    program_kill(top);
    expect_in_time(endpoint, "/healthz", 503);
    web_answer_t answer = web_get(endpoint, "/healthz", NULL);
    assert_string_equal(answer.body, "cut off\n");
    web_free(&answer);
    assert_true(web_says(endpoint, "/readyz", NULL, 200));
    broker_start(harness, "top", NULL, "/1/", NULL);
    expect_in_time(endpoint, "/healthz", 200);
}

/* Who is to get its scope from a parent has none for clients before. */
static void a_broker_without_scope_is_not_ready(void **state)
{
    harness_t *harness = *state;
    harness_reserve(harness, "top");
    program_t *below = broker_start(harness, "below", "top", NULL, "--http", "127.0.0.1:0", NULL);
    const char *endpoint = web_endpoint(below);
    web_answer_t answer = web_get(endpoint, "/readyz", NULL);
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer.body, "no parent has given this broker its scope yet\n");
    web_free(&answer);
    broker_start(harness, "top", NULL, "/1/", NULL);
    expect_in_time(endpoint, "/readyz", 200);
}

/* ---- Who is let in ------------------------------------------------------------------------- */

static void tenants_names_need_the_token(void **state)
{
    harness_t *harness = *state;
    const char *endpoint = web_endpoint(start(harness, "top"));
    static const char *const WRONG[] = {
        NULL, "", "x", "0123456789abcdef0123456789abcde", TOKEN "0", OTHER_TOKEN};
    do_something(harness);
    for (size_t i = 0; i < COUNT(WRONG); i++) {
        assert_true(web_says(endpoint, "/metrics", WRONG[i], 401));
        assert_true(web_says(endpoint, "/tree", WRONG[i], 401));
        assert_true(web_says(endpoint, "/healthz", WRONG[i], 200));
        assert_true(web_says(endpoint, "/readyz", WRONG[i], 200));
    }
    assert_true(web_says(endpoint, "/metrics", TOKEN, 200));
    program_t *open = broker_start(harness, "open", NULL, "/1/", "--http", "127.0.0.1:0", NULL);
    client_open(harness, "open", "a", "one");
    samples_t *samples = scrape(web_endpoint(open), NULL);
    assert_true(samples_value(samples, "dd_clients") == 1);
    double unused;
    assert_false(samples_find(samples, "dd_tenant_clients{tenant=\"a\"}", &unused));
    samples_destroy(&samples);
}

/* A token that others can read, or that is none, isn't taken. */
static void a_token_must_be_secret(void **state)
{
    harness_t *harness = *state;
    static const struct {
        const char *token;
        mode_t mode;
        const char *said;
    } CASES[] = {
        {TOKEN, 0644, "its mode 644 lets others at"},
        {"short", 0600, "a token is one line of 16 to 512"},
        {"with a space in the midst", 0600, "a token is one line"},
        {TOKEN "\n" TOKEN, 0600, "a token is one line"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        write_token(harness, CASES[i].token, CASES[i].mode);
        program_t *program = program_run(harness, NULL, HARNESS_DEADLINE, "ddbroker", "-k",
            harness_keys(harness, "broker"), "-r", "tcp://127.0.0.1:0", "--http", "127.0.0.1:0",
            "--http-token-file", harness_path(harness, "token"), NULL);
        assert_int_equal(program_wait(program, HARNESS_DEADLINE), 1);
        if (!program_said(program, CASES[i].said))
            fail_msg("%s", program_stderr(program));
        program = program_run(harness, NULL, HARNESS_DEADLINE, "ddbroker", "-k",
            harness_keys(harness, "broker"), "--http-token-file", harness_path(harness, "token"),
            "--check-config", NULL);
        assert_int_equal(program_wait(program, HARNESS_DEADLINE), 1);
        assert_true(program_said(program, CASES[i].said));
    }
}

/* ---- Reload -------------------------------------------------------------------------------- */

static void write_config(harness_t *harness, const char *address)
{
    FILE *out = fopen(harness_path(harness, "conf"), "w");
    assert_non_null(out);
    if (address)
        fprintf(out, "http = %s\nhttp-token-file = %s\n", address, harness_path(harness, "token"));
    assert_int_equal(fclose(out), 0);
}

static void reload(program_t *broker, const char *said)
{
    program_signal(broker, SIGHUP);
    assert_true(program_expect(broker, said, HARNESS_DEADLINE));
}

static void address_and_token_can_be_reloaded(void **state)
{
    harness_t *harness = *state;
    write_config(harness, NULL);
    write_token(harness, TOKEN, 0600);
    program_t *broker =
        broker_start(harness, "top", NULL, "/1/", "-c", harness_path(harness, "conf"), NULL);
    write_config(harness, "127.0.0.1:0");
    reload(broker, "reloaded");
    char first[64], second[64];
    snprintf(first, sizeof first, "%s", web_endpoint(broker));
    assert_true(web_says(first, "/metrics", TOKEN, 200));
    write_token(harness, OTHER_TOKEN, 0600);
    reload(broker, "reloaded");
    assert_true(web_says(first, "/metrics", TOKEN, 401));
    assert_true(web_says(first, "/metrics", OTHER_TOKEN, 200));
    write_token(harness, TOKEN, 0666); /* wrong: nothing changes */
    reload(broker, "nothing was reloaded");
    assert_true(web_says(first, "/metrics", OTHER_TOKEN, 200));
    write_token(harness, TOKEN, 0600);
    write_config(harness, harness_reserve(harness, "elsewhere") + strlen("tcp://"));
    reload(broker, "reloaded");
    snprintf(second, sizeof second, "%s", web_endpoint(broker));
    assert_string_equal(second, harness_endpoint(harness, "elsewhere"));
    assert_true(web_says(second, "/metrics", TOKEN, 200));
    write_config(harness, NULL);
    reload(broker, "reloaded");
    client_open(harness, "top", "a", "one");
}

/* ---- Strangers ----------------------------------------------------------------------------- */

static void what_is_not_there_is_refused(void **state)
{
    harness_t *harness = *state;
    const char *endpoint = web_endpoint(start(harness, "top"));
    static const struct {
        const char *request;
        int status;
    } CASES[] = {
        {"GET / HTTP/1.0\r\n\r\n", 404},
        {"GET /metrics/ HTTP/1.0\r\n\r\n", 404},
        {"GET /../etc/passwd HTTP/1.0\r\n\r\n", 404},
        {"GET /healthz?x=%00%ff HTTP/1.0\r\n\r\n", 200},
        {"POST /healthz HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc", 405},
        {"DELETE /metrics HTTP/1.0\r\n\r\n", 405},
        {"BREW /metrics HTTP/1.0\r\n\r\n", 405},
        {"HEAD /healthz HTTP/1.0\r\n\r\n", 200},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        web_answer_t answer = web_ask(endpoint, CASES[i].request, strlen(CASES[i].request));
        if (answer.status != CASES[i].status)
            fail_msg("%d for %s", answer.status, CASES[i].request);
        web_free(&answer);
    }
    web_answer_t answer = web_ask(endpoint, "HEAD /metrics HTTP/1.1\r\n\r\n", 26);
    assert_string_equal(answer.body, "");
    web_free(&answer);
}

/* Bytes that are no request, and requests without end. */
static void noise_ends_its_connection_alone(void **state)
{
    harness_t *harness = *state;
    program_t *broker = start(harness, "top");
    const char *endpoint = web_endpoint(broker);
    client_t *one = client_open(harness, "top", "a", "one");
    client_t *two = client_open(harness, "top", "a", "two");
    static char noise[100000];
    unsigned random = 1;
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < sizeof noise; i++)
            noise[i] = round == 0 ? 'a' : (char)((random = random * 1103515245 + 12345) >> 16);
        if (round % 2 == 0)
            memcpy(noise, "GET /metrics HTTP/1.1\r\nX: ", 26);
        int fd = harness_connect(endpoint);
        send(fd, noise, sizeof noise, MSG_NOSIGNAL | MSG_DONTWAIT);
        shutdown(fd, SHUT_WR);
        char answer[4096];
        while (read(fd, answer, sizeof answer) > 0)
            ;
        close(fd);
    }
    client_deliver(one, two, "still here");
    assert_true(web_says(endpoint, "/metrics", TOKEN, 200));
}

static bool is_open(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* All places are taken by those who say nothing, or not all, and come again when they are cut. Who
   comes then is served all the same; clients notice nothing. */
static void strangers_keep_no_monitor_out(void **state)
{
    harness_t *harness = *state;
    program_t *broker = start(harness, "top");
    const char *endpoint = web_endpoint(broker);
    client_t *one = client_open(harness, "top", "a", "one");
    client_t *two = client_open(harness, "top", "a", "two");
    int fds[PLACES];
    static const char REQUEST[] =
        "GET /metrics HTTP/1.1\r\nAuthorization: Bearer " TOKEN "\r\nHost: x\r\n\r\n";
    for (int i = 0; i < PLACES; i++) {
        fds[i] = harness_connect(endpoint);
        if (i % 2 == 0)
            send(fds[i], REQUEST, sizeof REQUEST - 10, MSG_NOSIGNAL); /* not whole */
    }
    for (int i = 0; i < 20; i++)
        client_deliver(one, two, "quickly");
    assert_true(web_says(endpoint, "/healthz", NULL, 200));
    assert_true(is_open(fds[PLACES - 1])); /* it wasn't silence that made room */
    for (int i = 0; i < 3 * PLACES; i++) {
        assert_true(web_says(endpoint, "/healthz", NULL, 200));
        assert_true(web_says(endpoint, "/metrics", TOKEN, 200));
        close(fds[i % PLACES]);
        fds[i % PLACES] = harness_connect(endpoint);
    }
    for (int i = 0; i < PLACES; i++)
        close(fds[i]);
}

/* Who has brought the token keeps the place that strangers want. */
static void who_brings_the_token_stays(void **state)
{
    harness_t *harness = *state;
    const char *endpoint = web_endpoint(start(harness, "top"));
    program_t *below = scene_broker(harness, "below", "top", "/1/2/");
    static const char REQUEST[] = "GET /tree HTTP/1.0\r\nAuthorization: Bearer " TOKEN "\r\n\r\n";
    char answer[8192] = "";
    int fds[2 * PLACES];
    program_signal(below, SIGSTOP);
    int known = harness_connect(endpoint);
    send(known, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL);
    assert_true(web_says(endpoint, "/healthz", NULL, 200)); /* it has been read, too */
    for (int i = 0; i < 2 * PLACES; i++)
        fds[i] = harness_connect(endpoint);
    assert_true(web_says(endpoint, "/healthz", NULL, 200));
    program_signal(below, SIGCONT);
    size_t size = 0;
    ssize_t got;
    while ((got = read(known, answer + size, sizeof answer - size - 1)) > 0)
        size += (size_t)got;
    assert_non_null(strstr(answer, "\"broker\":\"below\""));
    for (int i = 0; i < 2 * PLACES; i++)
        close(fds[i]);
    close(known);
}

/* Many ask for the tree at once: it is asked for once, and all are told. */
static void all_who_wait_for_the_tree_are_told(void **state)
{
    harness_t *harness = *state;
    const char *endpoint = web_endpoint(start(harness, "top"));
    program_t *below = scene_broker(harness, "below", "top", "/1/2/");
    static const char REQUEST[] = "GET /tree HTTP/1.0\r\nAuthorization: Bearer " TOKEN "\r\n\r\n";
    int fds[PLACES];
    program_signal(below, SIGSTOP);
    for (int i = 0; i < PLACES; i++) {
        fds[i] = harness_connect(endpoint);
        send(fds[i], REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL);
    }
    close(fds[0]); /* one doesn't wait */
    program_signal(below, SIGCONT);
    for (int i = 1; i < PLACES; i++) {
        char answer[8192] = "";
        size_t size = 0;
        ssize_t got;
        while ((got = read(fds[i], answer + size, sizeof answer - size - 1)) > 0)
            size += (size_t)got;
        assert_non_null(strstr(answer, "\"broker\":\"top\""));
        assert_non_null(strstr(answer, "\"broker\":\"below\""));
        close(fds[i]);
    }
}

/* Brokers answer so many questions of one asker: nobody uses them up. */
static void whoever_asks_often_the_tree_is_told(void **state)
{
    enum { OFTEN = 200 };
    harness_t *harness = *state;
    const char *endpoint = web_endpoint(start(harness, "top"));
    for (int i = 0; i < OFTEN; i++)
        assert_true(web_says(endpoint, "/tree", TOKEN, 200));
}

/* It ends in order although some wait for the tree. */
static void a_broker_ends_while_monitors_wait(void **state)
{
    harness_t *harness = *state;
    program_t *broker = start(harness, "top");
    const char *endpoint = web_endpoint(broker);
    program_t *below = scene_broker(harness, "below", "top", "/1/2/");
    static const char REQUEST[] = "GET /tree HTTP/1.0\r\nAuthorization: Bearer " TOKEN "\r\n\r\n";
    program_signal(below, SIGSTOP);
    int fd = harness_connect(endpoint);
    send(fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL);
    program_signal(broker, SIGTERM);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
    close(fd);
    program_kill(below);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(metrics_say_what_reports_say),
        SCENE(a_child_tells_of_its_link),
        SCENE(prometheus_can_read_it),
        SCENE(examples_name_metrics_that_there_are),
        SCENE(the_tree_is_that_of_ddtui),
        SCENE(a_silent_broker_is_missing_in_the_tree),
        SCENE(monitors_leave_no_events),
        SCENE(health_follows_the_parent),
        SCENE(a_broker_without_scope_is_not_ready),
        SCENE(tenants_names_need_the_token),
        SCENE(a_token_must_be_secret),
        SCENE(address_and_token_can_be_reloaded),
        SCENE(what_is_not_there_is_refused),
        SCENE(noise_ends_its_connection_alone),
        SCENE(strangers_keep_no_monitor_out),
        SCENE(who_brings_the_token_stays),
        SCENE(all_who_wait_for_the_tree_are_told),
        SCENE(whoever_asks_often_the_tree_is_told),
        SCENE(a_broker_ends_while_monitors_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
