/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * traffic - what the kernel knows of a connection of ZeroMQ's
 */
#include "traffic.h"

#include <netinet/in.h>
#include <sys/socket.h>

bool dd_traffic_info(int fd, struct tcp_info *info)
{
    socklen_t size = sizeof *info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &size) == 0;
}

bool dd_traffic(int fd, dd_traffic_t *traffic)
{
    struct tcp_info info;
    if (!dd_traffic_info(fd, &info))
        return false;
    *traffic = (dd_traffic_t){.received = info.tcpi_bytes_received,
        .acknowledged = info.tcpi_bytes_acked,
        .waiting = info.tcpi_unacked > 0 || info.tcpi_notsent_bytes > 0};
    return true;
}
