/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fair_share - how much of what there is room for each may have, so that who wants little gets it
 * all
 */
#include "fair_share.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* From the least amount on: who wants less than an equal part of what is left leaves the rest of
   it to the others. */
uint64_t fair_share(uint64_t amounts[], size_t count, uint64_t room)
{
    if (count > 0)
        qsort(amounts, count, sizeof *amounts, compare);
    for (size_t i = 0; i < count; i++) {
        uint64_t part = room / (count - i);
        if (amounts[i] > part)
            return part;
        room -= amounts[i];
    }
    return UINT64_MAX;
}
