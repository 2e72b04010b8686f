/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descriptors - whether the process may open more files
 *
 * libzmq aborts the process when it can't make an eventfd or an epoll instance. So who is about to
 * make a socket asks here first.
 */
#ifndef DD_DESCRIPTORS_H_INCLUDED
#define DD_DESCRIPTORS_H_INCLUDED

#include <sys/resource.h>

#include "libdd/include/dd.h"

/* DD_OK when there is room for a socket, its connection, what ZeroMQ itself begins with, and some
   that others may open meanwhile. DD_E_LIMIT with *problem naming the limit if not. Any thread. */
dd_error_t dd_descriptors_check(dd_problem_t *problem);

/* No descriptor from here on is open: the kernel's table of them ends here, or the limit does,
   which may be a thousand million, as containers have it. */
rlim_t dd_descriptors_end(rlim_t limit);
/* How many are open from begin on and before end. */
size_t dd_descriptors_count(rlim_t begin, rlim_t end);

#endif
