/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * traffic - what the kernel knows of a connection of ZeroMQ's
 */
#ifndef DD_TRAFFIC_H_INCLUDED
#define DD_TRAFFIC_H_INCLUDED

#include <linux/tcp.h>

#include "libdd/base/pulse.h"

/* By file descriptor. False for one that isn't TCP's: nobody counts what ipc has carried, where no
   line is slow. What is known of a descriptor that is closed by now may be another's. */
bool dd_traffic_info(int fd, struct tcp_info *info);
bool dd_traffic(int fd, dd_traffic_t *traffic);

#endif
