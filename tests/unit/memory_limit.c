/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory_limit - memory runs out when a test says so
 */
#include "memory_limit.h"

/* The linker's --wrap sends all calls here, and gives the C library's functions these names. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static bool limited, failed;
static size_t left;

void memory_limit_begin(size_t count)
{
    limited = true;
    failed = false;
    left = count;
}

bool memory_limit_end(void)
{
    limited = false;
    return failed;
}

static bool may_allocate(void)
{
    if (!limited)
        return true;
    if (left == 0) {
        failed = true;
        return false;
    }
    left--;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return may_allocate() ? __real_malloc(size) : NULL;
}

void *__wrap_calloc(size_t count, size_t size)
{
    return may_allocate() ? __real_calloc(count, size) : NULL;
}

void *__wrap_realloc(void *memory, size_t size)
{
    return may_allocate() ? __real_realloc(memory, size) : NULL;
}
