/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * traffic - what the kernel knows of a connection of ZeroMQ's
 */
#include "traffic.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

bool dd_traffic_info(int fd, struct tcp_info *info)
{
    socklen_t size = sizeof *info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

/* Bytes that wait in the kernel; -1 if it takes no more, and others may wait before it. */
static int waiting(int fd)
{
    int bytes;
    struct pollfd line = {.fd = fd, .events = POLLOUT};
    bool has_room = poll(&line, 1, 0) == 1 && line.revents & POLLOUT;
    return has_room && ioctl(fd, SIOCOUTQ, &bytes) == 0 ? bytes : -1;
}

bool dd_traffic(int fd, dd_traffic_t *traffic)
{
    struct tcp_info info;
    int unsent =
        waiting(fd); /* first: what is acknowledged since then is counted twice, not never */
    if (!dd_traffic_info(fd, &info))
        return false;
    *traffic = (dd_traffic_t){.received = info.tcpi_bytes_received,
        .acknowledged = info.tcpi_bytes_acked,
        .waiting = info.tcpi_unacked > 0 || info.tcpi_notsent_bytes > 0,
        .written = unsent < 0 ? 0 : (uint64_t)info.tcpi_bytes_acked + (uint64_t)unsent};
    return true;
}
