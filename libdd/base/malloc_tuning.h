/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * malloc_tuning - what becomes of memory that was freed
 */
#ifndef DD_MALLOC_TUNING_H_INCLUDED
#define DD_MALLOC_TUNING_H_INCLUDED

/*
 * Lets the process keep some free memory at the end of its heaps, instead of giving it back with
 * every frame that was sent and taking it again, page fault by page fault, for the next. To be
 * called before there is traffic; more than once does no harm. Does nothing where the user or the
 * application has set malloc's thresholds, or where there is no glibc.
 */
void dd_malloc_tuning_keep(void);

/* Makes no free() take much longer than others, for a process that is never to stand still. To be
   called at its start. Does nothing where there is no glibc. */
void dd_malloc_tuning_even(void);

#endif
