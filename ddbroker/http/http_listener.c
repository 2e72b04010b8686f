/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http_listener - the socket that monitors connect to
 */
#include "http_listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "libdd/base/problem.h"
#include "libdd/protocol/endpoint.h"

/* Connections that may wait to be accepted. */
#define BACKLOG 16
/* Bytes that wait in the kernel for one who reads slowly: it keeps about twice as much. */
#define SENDING (32 * 1024)

/* Numbers only: no name is looked up. */
static struct addrinfo *resolve(const char *host, const char *port, int family)
{
    struct addrinfo *found = NULL,
                    hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                        .ai_family = family,
                        .ai_socktype = SOCK_STREAM};
    return getaddrinfo(host, port, &hints, &found) == 0 ? found : NULL;
}

static int bind_to(const struct addrinfo *where)
{
    int on = 1, off = 0;
    int fd = socket(where->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (where->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    if (bind(fd, where->ai_addr, where->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

static void show(int fd, char *shown, size_t room)
{
    char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "";
    struct sockaddr_storage own;
    socklen_t size = sizeof own;
    if (getsockname(fd, (struct sockaddr *)&own, &size) == 0)
        getnameinfo((struct sockaddr *)&own, size, host, sizeof host, port, sizeof port,
            NI_NUMERICHOST | NI_NUMERICSERV);
    bool is_v6 = strchr(host, ':');
    snprintf(shown, room, "http://%s%.46s%s:%.5s", is_v6 ? "[" : "", host, is_v6 ? "]" : "", port);
}

/* With host NULL at all addresses, of IPv6 too where there is such. -1 with errno. */
static int open_at(const char *host, const char *port)
{
    const int families[] = {host ? AF_UNSPEC : AF_INET6, AF_INET};
    int fd = -1, error = EADDRNOTAVAIL;
    for (size_t i = 0; fd < 0 && i < (host ? 1 : 2); i++) {
        struct addrinfo *where = resolve(host, port, families[i]);
        if (!where)
            continue;
        fd = bind_to(where);
        error = errno;
        freeaddrinfo(where);
    }
    errno = error;
    return fd;
}

dd_error_t http_listener_open(
    const char *address, int *fd, char *shown, size_t room, dd_problem_t *problem)
{
    char host[DD_ENDPOINT_MAX + 1], port[DD_ENDPOINT_MAX + 1], endpoint[DD_ENDPOINT_MAX + 1];
    *fd = -1;
    snprintf(endpoint, sizeof endpoint, "tcp://%.200s", address);
    if (dd_endpoint_parts(endpoint, host, port))
        *fd = open_at(strcmp(host, "*") == 0 ? NULL : host, port);
    else
        errno = EINVAL;
    if (*fd < 0)
        return dd_problem(
            problem, DD_E_NETWORK, "http: can't listen on %s: %s", address, strerror(errno));
    show(*fd, shown, room);
    return DD_OK;
}

/* accept(2), since accept4(2) is input_account's, for connections of ZeroMQ. */
int http_listener_accept(int fd)
{
    int size = SENDING;
    int accepted = accept(fd, NULL, NULL);
    if (accepted < 0)
        return -1;
    fcntl(accepted, F_SETFD, FD_CLOEXEC);
    setsockopt(accepted, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    return accepted;
}

bool http_listener_is_knocked_at(int fd)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll(&item, 1, 0) > 0;
}
