/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * passages - which publications have passed the link to the parent lately, either way
 *
 * A broker that joins another parent may be handed once more what had passed the link to the one it
 * had: where brokers lag, it is still on its way through the rest of the tree. So it is remembered
 * what has passed which link, as keyed hashes only: of the source, the topic, and the sealed
 * payload's authenticator, which no two have in common that differ in nonce, key or text. Nobody
 * can make what another one publishes look like that. Of many that fall into one place the latest
 * are remembered.
 */
#ifndef PASSAGES_H_INCLUDED
#define PASSAGES_H_INCLUDED

#include <stdbool.h>

#include "libdd/protocol/record.h"

/* Publications that are remembered, if they spread evenly. */
#define PASSAGES_MAX 65536

typedef struct passages passages_t;

/* NULL when out of memory; then nothing is remembered. Free with free(). */
passages_t *passages_new(void);

/* A RELAY passes the link of that number. Whether it had passed another one before; that is said of
   it once. May be NULL. */
bool passages_again(passages_t *self, const dd_record_t *relay, uint32_t link);

#endif
