/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ipc - what the system says of an ipc:// endpoint, which ZeroMQ keeps to itself
 */
#include "ipc.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define IPC "ipc://"

const char *dd_ipc_path(const char *endpoint)
{
    return strncmp(endpoint, IPC, strlen(IPC)) == 0 ? endpoint + strlen(IPC) : NULL;
}

static pid_t peer_of(int fd)
{
    struct ucred peer = {.pid = 0};
    socklen_t size = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? peer.pid : 0;
}

int dd_ipc_connect(const char *path, pid_t *listener)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (listener)
        *listener = 0;
    if (strlen(path) >= sizeof address.sun_path)
        return ENAMETOOLONG;
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return errno;
    int error = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    if (error == 0 && listener)
        *listener = peer_of(fd);
    close(fd);
    return error;
}
