/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory_limit - memory runs out when a test says so
 *
 * All allocations of our own code are counted, not those of other libraries. A test tries what it
 * is about with no allocation, with one, two, and so on, until none has failed.
 */
#ifndef TESTS_MEMORY_LIMIT_H_INCLUDED
#define TESTS_MEMORY_LIMIT_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

/* The next `count` allocations succeed, and all after them fail. */
void memory_limit_begin(size_t count);

/* All succeed again. Whether one has failed since the limit began. */
bool memory_limit_end(void);

#endif
