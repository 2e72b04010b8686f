/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * endpoint - where a broker can be reached, as a text
 */
#include "endpoint.h"

#include <stdio.h>
#include <stdlib.h>

#include "libdd/base/problem.h"

#define TCP "tcp://"
#define IPC "ipc://"
#define RANDOM "random:"
/* Bytes that sockaddr_un holds, without the NUL. */
#define IPC_PATH_MAX 107
#define PORT_DIGITS_MAX 5

static bool is(dd_bytes_t bytes, const char *text)
{
    return dd_bytes_equal(bytes, dd_bytes_of(text));
}

bool dd_endpoint_split(dd_bytes_t endpoint, dd_bytes_t *host, dd_bytes_t *port)
{
    if (!dd_bytes_strip(&endpoint, TCP))
        return false;
    const uint8_t *colon = memrchr(endpoint.data, ':', endpoint.size);
    if (!colon)
        return false;
    *host = dd_bytes(endpoint.data, (size_t)(colon - endpoint.data));
    *port = dd_bytes(colon + 1, endpoint.size - host->size - 1);
    return true;
}

bool dd_endpoint_parts(
    const char *endpoint, char host[DD_ENDPOINT_MAX + 1], char port[DD_ENDPOINT_MAX + 1])
{
    dd_bytes_t host_part, port_part;
    if (!dd_endpoint_split(dd_bytes_of(endpoint), &host_part, &port_part))
        return false;
    if (host_part.size > 2 && host_part.data[0] == '[')
        host_part = dd_bytes(host_part.data + 1, host_part.size - 2);
    dd_bytes_copy(host_part, host, DD_ENDPOINT_MAX + 1);
    dd_bytes_copy(port_part, port, DD_ENDPOINT_MAX + 1);
    return true;
}

/* A port's number; -1 if it is none. ZeroMQ would take the digits and pass over the rest. */
static int port_number(dd_bytes_t port)
{
    int number = 0;
    if (port.size == 0 || port.size > PORT_DIGITS_MAX)
        return -1;
    for (size_t i = 0; i < port.size; i++) {
        if (port.data[i] < '0' || port.data[i] > '9')
            return -1;
        number = 10 * number + (port.data[i] - '0');
    }
    return number <= UINT16_MAX ? number : -1;
}

/* ZeroMQ gives ';' and '*' a meaning that has no use where one connects. */
static bool host_valid(dd_bytes_t host)
{
    if (host.size == 0)
        return false;
    if (host.data[0] == '[')
        return host.size > 2 && host.data[host.size - 1] == ']';
    for (size_t i = 0; i < host.size; i++)
        if (host.data[i] <= ' ' || memchr(":;*/", host.data[i], 4))
            return false;
    return true;
}

static bool path_valid(dd_bytes_t endpoint)
{
    return dd_bytes_strip(&endpoint, IPC) && endpoint.size > 0 && endpoint.size <= IPC_PATH_MAX;
}

static bool is_valid(dd_bytes_t endpoint)
{
    dd_bytes_t host, port;
    if (dd_endpoint_split(endpoint, &host, &port))
        return endpoint.size <= DD_ENDPOINT_MAX && host_valid(host) && port_number(port) > 0;
    return path_valid(endpoint);
}

static dd_error_t check(dd_bytes_t endpoint, dd_problem_t *problem)
{
    if (is_valid(endpoint))
        return DD_OK;
    int shown = endpoint.size < 64 ? (int)endpoint.size : 64;
    return dd_problem(problem, DD_E_ARGUMENT,
        "'%.*s' is no endpoint of a broker; write tcp://HOST:PORT, tcp://[V6]:PORT or ipc://PATH",
        shown, (const char *)endpoint.data);
}

dd_error_t dd_endpoint_check(const char *endpoint, dd_problem_t *problem)
{
    return check(dd_bytes_of(endpoint), problem);
}

bool dd_endpoint_listenable(const char *endpoint)
{
    dd_bytes_t all = dd_bytes_of(endpoint), host, port;
    if (dd_endpoint_split(all, &host, &port))
        return all.size <= DD_ENDPOINT_MAX && host.size > 0 &&
               (is(port, "*") || port_number(port) >= 0);
    return path_valid(all);
}

/* ---- Lists --------------------------------------------------------------------------------- */

static bool has(const dd_endpoints_t *self, dd_bytes_t endpoint)
{
    for (size_t i = 0; i < self->count; i++)
        if (is(endpoint, self->items[i]))
            return true;
    return false;
}

bool dd_endpoints_has(const dd_endpoints_t *self, const char *endpoint)
{
    return has(self, dd_bytes_of(endpoint));
}

static dd_error_t add(dd_endpoints_t *self, dd_bytes_t endpoint, dd_problem_t *problem)
{
    if (check(endpoint, problem) != DD_OK)
        return DD_E_ARGUMENT;
    const char *text = (const char *)endpoint.data;
    if (has(self, endpoint))
        return dd_problem(
            problem, DD_E_ARGUMENT, "'%.*s' is given twice", (int)endpoint.size, text);
    if (self->count == DD_ENDPOINTS_MAX)
        return dd_problem(problem, DD_E_ARGUMENT,
            "'%.*s' is one endpoint too many; give %d at most", (int)endpoint.size, text,
            DD_ENDPOINTS_MAX);
    dd_bytes_copy(endpoint, self->items[self->count++], sizeof self->items[0]);
    return DD_OK;
}

dd_error_t dd_endpoints_add(dd_endpoints_t *self, const char *text, dd_problem_t *problem)
{
    size_t before = self->count;
    bool random = before == 0 && strncmp(text, RANDOM, sizeof RANDOM - 1) == 0;
    for (const char *at = random ? text + sizeof RANDOM - 1 : text;; at++) {
        size_t size = strcspn(at, ",");
        dd_error_t result = add(self, dd_bytes(at, size), problem);
        if (result != DD_OK) {
            self->count = before;
            return result;
        }
        at += size;
        if (*at == '\0')
            break;
    }
    self->random |= random;
    return DD_OK;
}

const char *const DD_ENDPOINT_WORDS[] = {"tcp://", "ipc://", NULL};

dd_error_t dd_endpoints_set(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    dd_endpoints_t *self = (dd_endpoints_t *)(void *)((char *)values + option->offset);
    return dd_endpoints_add(self, argument, problem);
}

void dd_endpoints_write(const dd_endpoints_t *self, char *text, size_t room)
{
    int used = snprintf(text, room, "%s", self->random ? RANDOM : "");
    for (size_t i = 0; i < self->count && (size_t)used < room; i++)
        used +=
            snprintf(text + used, room - (size_t)used, "%s%s", i > 0 ? "," : "", self->items[i]);
}

dd_endpoints_t *dd_endpoints_trim(dd_endpoints_t *self)
{
    size_t size = offsetof(dd_endpoints_t, items) + self->count * sizeof self->items[0];
    void *less = realloc(self, size);
    if (less)
        self = less;
    return self;
}

void dd_endpoints_shuffle(dd_endpoints_t *self, uint32_t (*below)(uint32_t bound))
{
    for (size_t left = self->count; left > 1; left--) {
        char kept[sizeof self->items[0]];
        size_t drawn = below((uint32_t)left);
        memcpy(kept, self->items[left - 1], sizeof kept);
        memmove(self->items[left - 1], self->items[drawn], sizeof kept);
        memcpy(self->items[drawn], kept, sizeof kept);
    }
}
