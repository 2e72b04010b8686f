/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * peer - one connection of the broker
 */
#include "peer.h"

#include <stdio.h>

void peer_set_name(peer_t *self, dd_bytes_t name)
{
    dd_bytes_copy(name, self->name.text, sizeof self->name.text);
    self->name.size = (uint8_t)name.size;
}

const char *peer_text(const peer_t *self, char text[PEER_TEXT_MAX])
{
    static const struct {
        role_t role;
        const char *word;
    } WORDS[] = {{ROLE_CLIENT, "client"}, {ROLE_OPERATOR, "operator"}, {ROLE_CHILD, "broker"},
        {ROLE_PARENT, "parent"}, {ROLE_OBSERVER, "observer"}};
    const char *word = "peer";
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (WORDS[i].role == self->role)
            word = WORDS[i].word;
    if (self->name.size > 0)
        snprintf(text, PEER_TEXT_MAX, "%s %s", word, self->name.text);
    else if (peer_is_tenants(self))
        snprintf(text, PEER_TEXT_MAX, "%s of %s", word, self->tenant);
    else
        snprintf(text, PEER_TEXT_MAX, "%s", word);
    return text;
}
