/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream - a TCP connection, plain or with TLS, with its buffers
 */
#include "stream.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_ROOM (64u * 1024)
/* ms without an answer after which a peer counts as broken. */
#define PATIENCE 10000
/* ms between two attempts to connect. */
#define RETRY 20

struct stream {
    int fd;
    SSL *tls; /* NULL while plain */
    uint8_t *output;
    size_t output_size;
    size_t output_room;
    uint8_t *input;
    size_t input_start; /* of what was not yet taken */
    size_t input_end;
    size_t input_room;
};

static void *grow(void *memory, size_t size)
{
    void *larger = realloc(memory, size);
    if (!larger)
        wire_die("out of memory");
    return larger;
}

static void set_up_socket(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        wire_die("a socket can't be made non-blocking: %s", strerror(errno));
}

/* A peer that was just started may need a moment until it listens. */
static int connect_to(const struct addrinfo *address)
{
    for (int waited = 0; waited < PATIENCE; waited += RETRY) {
        int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd < 0 || connect(fd, address->ai_addr, address->ai_addrlen) == 0)
            return fd;
        close(fd);
        poll(NULL, 0, RETRY);
    }
    return -1;
}

stream_t *stream_new(const char *host, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *address;
    if (getaddrinfo(host, port, &hints, &address) != 0)
        wire_die("there is no %s:%s", host, port);
    stream_t *self = grow(NULL, sizeof *self);
    *self = (stream_t){.fd = connect_to(address),
        .output = grow(NULL, WIRE_BATCH),
        .output_room = WIRE_BATCH,
        .input = grow(NULL, INPUT_ROOM),
        .input_room = INPUT_ROOM};
    if (self->fd < 0)
        wire_die("can't connect to %s:%s: %s", host, port, strerror(errno));
    freeaddrinfo(address);
    set_up_socket(self->fd);
    return self;
}

void stream_destroy(stream_t **self_p)
{
    stream_t *self = *self_p;
    SSL_free(self->tls);
    close(self->fd);
    free(self->output);
    free(self->input);
    free(self);
    *self_p = NULL;
}

/* One for all connections of the process; it ends with it. */
static SSL_CTX *tls_context(const char *certificate)
{
    static SSL_CTX *context;
    if (context)
        return context;
    context = SSL_CTX_new(TLS_client_method());
    if (!context || SSL_CTX_load_verify_locations(context, certificate, NULL) != 1)
        wire_die("%s is no certificate", certificate);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

static void await(const stream_t *self, short events)
{
    struct pollfd item = {.fd = self->fd, .events = events};
    if (poll(&item, 1, PATIENCE) <= 0)
        wire_die("the peer has fallen silent");
}

/* Waits for what TLS wants next. */
static void await_tls(const stream_t *self, int result)
{
    switch (SSL_get_error(self->tls, result)) {
    case SSL_ERROR_WANT_READ:
        await(self, POLLIN);
        break;
    case SSL_ERROR_WANT_WRITE:
        await(self, POLLOUT);
        break;
    default:
        wire_die("TLS fails: %s", ERR_error_string(ERR_get_error(), NULL));
    }
}

void stream_start_tls(stream_t *self, const char *host, const char *certificate)
{
    self->tls = SSL_new(tls_context(certificate));
    if (!self->tls || SSL_set1_host(self->tls, host) != 1 || SSL_set_fd(self->tls, self->fd) != 1)
        wire_die("TLS can't be started");
    int result;
    while ((result = SSL_connect(self->tls)) != 1)
        await_tls(self, result);
}

void stream_put(stream_t *self, const void *data, size_t size)
{
    if (self->output_size + size > self->output_room) {
        self->output_room = 2 * (self->output_size + size);
        self->output = grow(self->output, self->output_room);
    }
    memcpy(self->output + self->output_size, data, size);
    self->output_size += size;
    if (self->output_size >= WIRE_BATCH)
        stream_flush(self);
}

/* Some of it, 0 if it has to be tried again. */
static size_t write_some(stream_t *self, const uint8_t *data, size_t size)
{
    if (self->tls) {
        int written = SSL_write(self->tls, data, (int)size);
        if (written > 0)
            return (size_t)written;
        await_tls(self, written);
        return 0;
    }
    ssize_t written = send(self->fd, data, size, MSG_NOSIGNAL);
    if (written >= 0)
        return (size_t)written;
    if (errno != EAGAIN)
        wire_die("can't write: %s", strerror(errno));
    await(self, POLLOUT);
    return 0;
}

void stream_flush(stream_t *self)
{
    for (size_t done = 0; done < self->output_size;)
        done += write_some(self, self->output + done, self->output_size - done);
    self->output_size = 0;
}

/* What was read moves to the front, and there is room behind it. */
static void make_room(stream_t *self)
{
    size_t size = stream_size(self);
    memmove(self->input, stream_data(self), size);
    self->input_start = 0;
    self->input_end = size;
    if (size < self->input_room)
        return;
    self->input_room *= 2;
    self->input = grow(self->input, self->input_room);
}

bool stream_fill(stream_t *self)
{
    make_room(self);
    uint8_t *place = self->input + self->input_end;
    size_t room = self->input_room - self->input_end;
    ssize_t size =
        self->tls ? SSL_read(self->tls, place, (int)room) : recv(self->fd, place, room, 0);
    if (size > 0) {
        self->input_end += (size_t)size;
        return true;
    }
    bool nothing = self->tls ? SSL_get_error(self->tls, (int)size) == SSL_ERROR_WANT_READ
                             : size < 0 && errno == EAGAIN;
    if (!nothing)
        wire_die("the peer has closed the connection");
    return false;
}

void stream_wait(const stream_t *self)
{
    await(self, POLLIN);
}

const uint8_t *stream_data(const stream_t *self)
{
    return self->input + self->input_start;
}

size_t stream_size(const stream_t *self)
{
    return self->input_end - self->input_start;
}

void stream_take(stream_t *self, size_t size)
{
    self->input_start += size;
}

int stream_fd(const stream_t *self)
{
    return self->fd;
}
