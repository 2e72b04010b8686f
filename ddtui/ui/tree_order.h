/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree_order - what is in an order, put below what it stands below
 */
#ifndef TREE_ORDER_H_INCLUDED
#define TREE_ORDER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

/* above: of each of so many, by its place, the place of the one below which it stands; SIZE_MAX if
   there is none. Writes into order, of the same size, the places depth first, so that those below
   the same one keep their order. False out of memory, or if some stand below themselves. */
bool tree_order(const size_t *above, size_t count, size_t *order);

#endif
