/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * web - what a broker says to monitors: requests over HTTP, and Prometheus's text, read strictly
 */
#include "web.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define ANSWER_MAX (32u << 20)
#define SAMPLE_MAX 512

/* ---- Requests ------------------------------------------------------------------------------ */

static const char SAID[] = "listening on http://";

/* It begins with its other endpoints. */
static bool has_said(void *broker)
{
    return program_said(broker, SAID);
}

const char *web_endpoint(program_t *broker)
{
    static char endpoint[64];
    const char *at = NULL;
    assert_true(wait_until(has_said, broker, HARNESS_DEADLINE));
    for (const char *next = program_stderr(broker); (next = strstr(next, SAID)); next++)
        at = next + sizeof SAID - 1;
    assert_non_null(at);
    snprintf(endpoint, sizeof endpoint, "tcp://%.*s", (int)strcspn(at, "\n"), at);
    return endpoint;
}

/* All that comes until the other side closes. */
static char *read_all(int fd)
{
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);
    for (;;) {
        struct pollfd item = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&item, 1, HARNESS_DEADLINE), 1);
        ssize_t got = read(fd, text + size, room - size - 1);
        if (got <= 0)
            break;
        size += (size_t)got;
        assert_true(size < ANSWER_MAX);
        if (room - size < 1 << 15)
            text = realloc(text, room *= 2);
    }
    text[size] = '\0';
    return text;
}

web_answer_t web_ask(const char *endpoint, const void *bytes, size_t size)
{
    int fd = harness_connect(endpoint);
    assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
    char *text = read_all(fd);
    close(fd);
    web_answer_t answer = {.head = text};
    char *end = strstr(text, "\r\n\r\n");
    if (sscanf(text, "HTTP/1.%*c %d", &answer.status) == 1)
        assert_non_null(end);
    if (end)
        *end = '\0';
    answer.body = strdup(end ? end + 4 : "");
    return answer;
}

web_answer_t web_get(const char *endpoint, const char *path, const char *token)
{
    char request[1024];
    int size = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n%s%s%s\r\n", path,
        token ? "Authorization: Bearer " : "", token ? token : "", token ? "\r\n" : "");
    return web_ask(endpoint, request, (size_t)size);
}

void web_free(web_answer_t *answer)
{
    free(answer->head);
    free(answer->body);
}

bool web_says(const char *endpoint, const char *path, const char *token, int status)
{
    web_answer_t answer = web_get(endpoint, path, token);
    bool same = answer.status == status;
    web_free(&answer);
    return same;
}

/* ---- Metrics ------------------------------------------------------------------------------- */

typedef struct {
    char name[SAMPLE_MAX]; /* with its labels */
    double value;
} sample_t;

struct samples {
    sample_t *items;
    size_t count;
    char family[128]; /* whose samples are read */
    char type[16];
    char families[1 << 14]; /* that there were, " a b " */
    double bucket;          /* the last one's value */
};

static size_t name_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_:");
}

static void begin_family(samples_t *self, const char *name)
{
    char wanted[sizeof self->family + 2];
    snprintf(self->family, sizeof self->family, "%.*s", (int)name_length(name), name);
    snprintf(wanted, sizeof wanted, " %s ", self->family);
    if (strstr(self->families, wanted) || self->family[0] == '\0')
        fail_msg("the family '%s' is there twice, or has no name", self->family);
    assert_true(strlen(self->families) + strlen(wanted) < sizeof self->families);
    strcat(self->families, wanted);
    self->type[0] = '\0';
}

static void take_type(samples_t *self, const char *line)
{
    char name[128];
    if (sscanf(line, "# TYPE %127s %15s", name, self->type) != 2 || strcmp(name, self->family) != 0)
        fail_msg("a TYPE without its HELP: %s", line);
    bool counts = strcmp(self->type, "counter") == 0;
    bool ends = strlen(name) > 6 && strcmp(name + strlen(name) - 6, "_total") == 0;
    if (counts != ends)
        fail_msg("%s is called as if it were something else", name);
}

/* Passes over {name="text",...}; NULL if that isn't so. */
static const char *skip_labels(const char *at)
{
    do {
        size_t length = name_length(++at);
        at += length;
        if (length == 0 || strncmp(at, "=\"", 2) != 0)
            return NULL;
        for (at += 2; *at != '"'; at++)
            if (*at == '\0' || (*at == '\\' && *++at == '\0'))
                return NULL;
    } while (*++at == ',');
    return *at == '}' ? at + 1 : NULL;
}

static void check_histogram(samples_t *self, const sample_t *sample)
{
    const char *part = sample->name + strlen(self->family);
    if (strncmp(part, "_bucket{le=\"", 12) == 0) {
        assert_true(sample->value >= self->bucket);
        self->bucket = sample->value;
    } else if (strcmp(part, "_count") == 0) {
        assert_true(sample->value == self->bucket);
    } else {
        assert_string_equal(part, "_sum");
    }
}

static void take_sample(samples_t *self, const char *line)
{
    const char *at = line + name_length(line);
    bool is_whole = (size_t)(at - line) == strlen(self->family);
    if (at > line && *at == '{')
        at = skip_labels(at);
    char *end = NULL;
    sample_t sample = {.name = ""};
    if (at && *at == ' ')
        sample.value = strtod(at + 1, &end);
    if (!end || end == at + 1 || *end != '\0' || self->type[0] == '\0' ||
        strncmp(line, self->family, strlen(self->family)) != 0 || at - line >= SAMPLE_MAX)
        fail_msg("no sample of %s: %s", self->family, line);
    snprintf(sample.name, sizeof sample.name, "%.*s", (int)(at - line), line);
    for (size_t i = 0; i < self->count; i++)
        assert_string_not_equal(self->items[i].name, sample.name);
    if (strcmp(self->type, "histogram") == 0)
        check_histogram(self, &sample);
    else if (!is_whole)
        fail_msg("no sample of %s: %s", self->family, line);
    self->items = realloc(self->items, (self->count + 1) * sizeof sample);
    self->items[self->count++] = sample;
}

samples_t *samples_read(const char *text)
{
    samples_t *self = calloc(1, sizeof *self);
    char *copy = strdup(text), *line = copy;
    for (char *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        if (strncmp(line, "# HELP ", 7) == 0)
            begin_family(self, line + 7);
        else if (strncmp(line, "# TYPE ", 7) == 0)
            take_type(self, line);
        else
            take_sample(self, line);
    }
    assert_string_equal(line, ""); /* nothing is cut */
    free(copy);
    return self;
}

void samples_destroy(samples_t **self_p)
{
    free((*self_p)->items);
    free(*self_p);
    *self_p = NULL;
}

size_t samples_count(const samples_t *self)
{
    return self->count;
}

bool samples_find(const samples_t *self, const char *sample, double *value)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->items[i].name, sample) == 0) {
            *value = self->items[i].value;
            return true;
        }
    return false;
}

double samples_value(const samples_t *self, const char *sample)
{
    double value = 0;
    if (!samples_find(self, sample, &value))
        fail_msg("there is no %s", sample);
    return value;
}

double samples_sum(const samples_t *self, const char *family, const char *label)
{
    double sum = 0;
    size_t length = strlen(family);
    for (size_t i = 0; i < self->count; i++) {
        const sample_t *item = &self->items[i];
        if (strncmp(item->name, family, length) == 0 && strchr("{", item->name[length]) &&
            strstr(item->name + length, label))
            sum += item->value;
    }
    return sum;
}
