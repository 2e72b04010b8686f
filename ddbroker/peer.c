/*
 * peer - one connection of the broker
 */
#include "peer.h"

#include <stdio.h>

const char *peer_text(const peer_t *self, char text[PEER_TEXT_MAX])
{
    static const struct {
        role_t role;
        const char *word;
    } WORDS[] = {{ROLE_CLIENT, "client"}, {ROLE_OPERATOR, "operator"}, {ROLE_CHILD, "broker"},
        {ROLE_PARENT, "parent"}};
    const char *word = "peer";
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (WORDS[i].role == self->role)
            word = WORDS[i].word;
    if (self->name.size > 0)
        snprintf(text, PEER_TEXT_MAX, "%s %s", word, self->name.text);
    else if (self->tenant[0])
        snprintf(text, PEER_TEXT_MAX, "%s of %s", word, self->tenant);
    else
        snprintf(text, PEER_TEXT_MAX, "%s", word);
    return text;
}
