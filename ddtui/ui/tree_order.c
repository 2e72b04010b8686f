/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree_order - what is in an order, put below what it stands below
 */
#include "tree_order.h"

#include <stdint.h>
#include <stdlib.h>

#define NONE SIZE_MAX

typedef struct {
    size_t first; /* that stands below it */
    size_t next;  /* that stands below the same one */
} node_t;

/* The last node stands for what is above all. Each is put before those that come after it. */
static void link_nodes(node_t *nodes, const size_t *above, size_t count)
{
    for (size_t i = 0; i <= count; i++)
        nodes[i] = (node_t){NONE, NONE};
    for (size_t i = count; i-- > 0;) {
        node_t *parent = &nodes[above[i] < count ? above[i] : count];
        nodes[i].next = parent->first;
        parent->first = i;
    }
}

/* Goes down where it can, and else on, or up as far as there is something to go on to. */
static size_t step(const node_t *nodes, const size_t *above, size_t count, size_t at)
{
    if (nodes[at].first != NONE)
        return nodes[at].first;
    while (at < count && nodes[at].next == NONE)
        at = above[at] < count ? above[at] : count;
    return at < count ? nodes[at].next : NONE;
}

bool tree_order(const size_t *above, size_t count, size_t *order)
{
    node_t *nodes = reallocarray(NULL, count + 1, sizeof *nodes);
    if (!nodes)
        return false;
    size_t done = 0;
    link_nodes(nodes, above, count);
    for (size_t at = nodes[count].first; at != NONE && done < count;
         at = step(nodes, above, count, at))
        order[done++] = at;
    free(nodes);
    return done == count;
}
