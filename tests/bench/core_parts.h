/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_parts - the parts of core_scale with a million of everything
 */
#ifndef CORE_PARTS_H_INCLUDED
#define CORE_PARTS_H_INCLUDED

#include "core_bench.h"

/* 1,000,000 names and as many topics that somebody wants, in one broker between a parent and ten
   children. */
void core_parts_million(void);

/* A root with 200 children of 5,000 names each. */
void core_parts_root(void);

#endif
