/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * problem - what went wrong, in words
 */
#ifndef DD_PROBLEM_H_INCLUDED
#define DD_PROBLEM_H_INCLUDED

#include "libdd/include/dd.h"

/* Fills *self, which may be NULL, and returns error, so that a caller can return the call itself.
   The text is cut where it doesn't fit; what would act on a terminal becomes '?'. */
__attribute__((format(printf, 3, 4))) dd_error_t dd_problem(
    dd_problem_t *self, dd_error_t error, const char *format, ...);

#endif
