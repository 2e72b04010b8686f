/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_list - what a broker tells of its parents: "tcp://a:5555 joined, tcp://b:5555 silent"
 */
#include "parent_list.h"

#include <string.h>

/* What isn't an endpoint was cut, where the list is too long. */
bool parent_list_next(const char **text, listed_parent_t *out)
{
    while (**text != '\0') {
        size_t size = strcspn(*text, " ,");
        dd_bytes_copy(dd_bytes(*text, size), out->endpoint, sizeof out->endpoint);
        out->health = *text + size + strspn(*text + size, " ");
        *text += strcspn(*text, ",");
        *text += strspn(*text, ", ");
        if (dd_endpoint_check(out->endpoint, NULL) == DD_OK)
            return true;
    }
    return false;
}

bool listed_parent_is(const listed_parent_t *self, const char *health)
{
    return strncmp(self->health, health, strlen(health)) == 0;
}

bool listed_parent_is_other(const listed_parent_t *self)
{
    return !listed_parent_is(self, "joined") && !listed_parent_is(self, "this broker");
}
