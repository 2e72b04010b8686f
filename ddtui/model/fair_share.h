/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fair_share - how much of what there is room for each may have, so that who wants little gets it
 * all
 */
#ifndef FAIR_SHARE_H_INCLUDED
#define FAIR_SHARE_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

/* The most that each of those may have who want these amounts, so that all together have no more
   than there is room for; UINT64_MAX if there is room for everything. Sorts the amounts. */
uint64_t fair_share(uint64_t amounts[], size_t count, uint64_t room);

#endif
