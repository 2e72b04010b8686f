/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listen - where a broker's ROUTER listens, and whether it could
 */
#include "listen.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "libdd/base/problem.h"
#include "libdd/net/ipc.h"
#include "libdd/net/resolver.h"
#include "libdd/net/socket.h"

/* ms within which the name of a host to listen on must be answered. */
#define LOOKUP_LIMIT 10000
#define MODE_BITS 0777

/* ---- Paths --------------------------------------------------------------------------------- */

/* ZeroMQ makes a path up for "*", and one that begins with '@' is no file. */
static bool is_file(const char *path)
{
    return path && strcmp(path, "*") != 0 && path[0] != '@';
}

/* ZeroMQ removes whatever is at an ipc path before it binds. That may be what a broker has left
   that was killed, and nothing else. */
static listen_outcome_t check_path(const char *endpoint, const char *path, dd_problem_t *problem)
{
    struct stat status;
    if (lstat(path, &status) != 0)
        return LISTEN_POSSIBLE; /* for ZeroMQ to say what is wrong, if anything is */
    if (!S_ISSOCK(status.st_mode)) {
        dd_problem(problem, DD_E_NETWORK,
            "can't listen on %s: there is something else than a socket", endpoint);
        return LISTEN_IMPOSSIBLE;
    }
    int error = dd_ipc_connect(path, NULL);
    if (error == ECONNREFUSED || error == ENOENT)
        return LISTEN_POSSIBLE;
    dd_problem(
        problem, DD_E_NETWORK, "can't listen on %s: is another broker running there?", endpoint);
    return LISTEN_TAKEN;
}

static void folder_of(const char *path, char folder[DD_ENDPOINT_MAX + 1])
{
    const char *slash = strrchr(path, '/');
    int size = slash ? (int)(slash - path) : 0;
    const char *whole = !slash ? "." : size == 0 ? "/" : "";
    snprintf(folder, DD_ENDPOINT_MAX + 1, "%.*s%s", size, path, whole);
}

/* Why no file can be made in a folder, as an errno; 0 if it can. */
static int folder_fault(const char *folder, struct stat *status)
{
    if (stat(folder, status) != 0)
        return errno;
    if (!S_ISDIR(status->st_mode))
        return ENOTDIR;
    return euidaccess(folder, W_OK | X_OK) == 0 ? 0 : errno;
}

/* In a folder like /tmp only its own account may remove what a broker has left. */
static bool is_kept(const char *path, const struct stat *folder)
{
    struct stat left;
    uid_t self = geteuid();
    return (folder->st_mode & S_ISVTX) && self != 0 && folder->st_uid != self &&
           lstat(path, &left) == 0 && left.st_uid != self;
}

/* Whether a socket can be made there. */
static listen_outcome_t check_folder(const char *endpoint, const char *path, dd_problem_t *problem)
{
    char folder[DD_ENDPOINT_MAX + 1];
    struct stat status;
    folder_of(path, folder);
    int fault = folder_fault(folder, &status);
    if (fault != 0)
        dd_problem(problem, DD_E_NETWORK, "can't listen on %s: no socket can be made in %s: %s",
            endpoint, folder, strerror(fault));
    else if (is_kept(path, &status))
        dd_problem(problem, DD_E_NETWORK,
            "can't listen on %s: what is there belongs to another user, and only that one may "
            "remove it",
            endpoint);
    else
        return LISTEN_POSSIBLE;
    return LISTEN_IMPOSSIBLE;
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* There may be nothing yet at the paths themselves. */
bool listen_same_path(const char *one, const char *other)
{
    const char *paths[] = {dd_ipc_path(one), dd_ipc_path(other)};
    struct stat folders[2];
    for (int i = 0; i < 2; i++) {
        char folder[DD_ENDPOINT_MAX + 1];
        if (!is_file(paths[i]))
            return false;
        folder_of(paths[i], folder);
        if (stat(folder, &folders[i]) != 0)
            return false;
    }
    return folders[0].st_dev == folders[1].st_dev && folders[0].st_ino == folders[1].st_ino &&
           strcmp(name_of(paths[0]), name_of(paths[1])) == 0;
}

/* ---- Listening ----------------------------------------------------------------------------- */

/* ZeroMQ takes addresses and the names of interfaces. Another name is looked up, and all of its
   addresses that are this machine's are listened on. */
static dd_error_t listen_by_name(void *socket, const char *endpoint, dd_problem_t *problem)
{
    dd_endpoints_t addresses;
    bool bound = false;
    if (dd_resolve_at_once(endpoint, &addresses))
        return dd_socket_problem(problem, "listen on", endpoint);
    dd_problem_t why;
    dd_error_t result = dd_resolve(endpoint, LOOKUP_LIMIT, &addresses, &why);
    if (result != DD_OK)
        return dd_problem(problem, result, "can't listen: %s", why.text);
    for (size_t i = 0; i < addresses.count; i++)
        bound |= zmq_bind(socket, addresses.items[i]) == 0;
    return bound ? DD_OK : dd_socket_problem(problem, "listen on", endpoint);
}

static dd_error_t listen_at(void *socket, const char *endpoint, dd_problem_t *problem)
{
    if (zmq_bind(socket, endpoint) == 0)
        return DD_OK;
    return zmq_errno() == ENODEV ? listen_by_name(socket, endpoint, problem)
                                 : dd_socket_problem(problem, "listen on", endpoint);
}

/* ZeroMQ makes the socket file on this thread, and with the mask there is no moment at which others
   could connect to it. */
static dd_error_t listen_as(void *socket, const char *endpoint, mode_t mode, dd_problem_t *problem)
{
    mode_t before = umask(MODE_BITS & ~mode);
    dd_error_t result = listen_at(socket, endpoint, problem);
    umask(before);
    return result;
}

dd_error_t listen_begin(void *socket, const char *endpoint, mode_t mode,
    char shown[DD_ENDPOINT_MAX + 1], dd_problem_t *problem)
{
    const char *path = dd_ipc_path(endpoint);
    if (is_file(path) && check_path(endpoint, path, problem) != LISTEN_POSSIBLE)
        return DD_E_NETWORK;
    dd_error_t result =
        path ? listen_as(socket, endpoint, mode, problem) : listen_at(socket, endpoint, problem);
    if (result != DD_OK)
        return result;
    char bound[DD_ENDPOINT_MAX + 1] = "";
    size_t size = sizeof bound;
    if (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound, &size) != 0)
        return dd_socket_problem(problem, "listen on", endpoint);
    dd_bytes_t host, told_port, port;
    if (dd_endpoint_split(dd_bytes_of(endpoint), &host, &told_port) &&
        dd_endpoint_split(dd_bytes_of(bound), &(dd_bytes_t){0}, &port))
        snprintf(shown, DD_ENDPOINT_MAX + 1, "tcp://%.*s:%s", (int)host.size,
            (const char *)host.data, (const char *)port.data);
    else
        snprintf(shown, DD_ENDPOINT_MAX + 1, "%s", bound);
    return DD_OK;
}

listen_outcome_t listen_try(void *socket, const char *endpoint, dd_problem_t *problem)
{
    const char *path = dd_ipc_path(endpoint);
    if (is_file(path)) {
        listen_outcome_t outcome = check_path(endpoint, path, problem);
        return outcome == LISTEN_POSSIBLE ? check_folder(endpoint, path, problem) : outcome;
    }
    if (path || listen_at(socket, endpoint, problem) == DD_OK)
        return LISTEN_POSSIBLE;
    return zmq_errno() == EADDRINUSE ? LISTEN_TAKEN : LISTEN_IMPOSSIBLE;
}
