/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * token - the word by which monitors show that they may see tenants' figures
 *
 * Only its hash is kept.
 */
#ifndef TOKEN_H_INCLUDED
#define TOKEN_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "libdd/include/dd.h"

/* Characters of a token; fewer could be guessed. */
#define TOKEN_LEAST 16
#define TOKEN_MOST 512

typedef struct {
    bool is_set;
    uint8_t hash[32];
} token_t;

/* Reads it from a file that holds one line, and that nobody can get at who couldn't at a key file.
   With path NULL there is none. */
dd_error_t token_load(token_t *self, const char *path, dd_problem_t *problem);

/* Whether an Authorization header, NULL for none, brings that token: "Bearer TOKEN". How long the
   answer takes doesn't tell how much of it was right. */
bool token_is_brought(const token_t *self, const char *header);

#endif
