/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * malloc_tuning - what becomes of memory that was freed
 */
#include "malloc_tuning.h"

#include <malloc.h>
#include <stdlib.h>

/* Bytes; glibc then keeps twice as much. */
#define BLOCK (8u << 20)

/* glibc gives back what lies free at the end of a heap when it is more than 128 KB, until it has
   seen a larger block being freed: from then on it expects the like and keeps more (mallopt(3),
   M_MMAP_THRESHOLD). So let it see one. The block is never touched and so takes no memory. */
void dd_malloc_tuning_keep(void)
{
    void *volatile block = malloc(BLOCK);
    free(block);
}

/* glibc leaves small blocks that were freed as they are, and joins all of them to larger ones when a
   large block is freed: of a hundred thousand that takes 8 ms. Without such blocks (mallopt(3),
   M_MXFAST) each is joined to its neighbours when it is freed. */
void dd_malloc_tuning_even(void)
{
#ifdef M_MXFAST
    mallopt(M_MXFAST, 0);
#endif
}
