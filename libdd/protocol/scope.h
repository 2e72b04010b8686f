/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scope - where in the tree a publication comes from, and from where a subscriber wants them
 *
 * A broker's scope is a path of 1..8 numbers, "/1/2/3/" = region 1, cluster 2, node 3. A pattern is
 * what a subscriber writes: a word, or a path whose steps may be '*' (the subscriber's broker's own
 * number there). Resolved at a broker, a pattern becomes a plain path, "/" the shortest, or
 * "noscope". Text of a scope is always canonical, so that equal scopes are equal bytes.
 */
#ifndef DD_SCOPE_H_INCLUDED
#define DD_SCOPE_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

#define DD_SCOPE_DEPTH_MAX 8
#define DD_SCOPE_NUMBER_MAX 65535
#define DD_SCOPE_ALL "/"
#define DD_NOSCOPE "noscope"
/* The words, and what else a pattern may be, as a sentence lists them. */
#define DD_SCOPE_PATTERNS "all, region, cluster, node, noscope or a path like /1/2/ or /1/*/"

typedef struct {
    char text[DD_SCOPE_MAX + 1];
    uint8_t size; /* of text, without the NUL */
} dd_scope_t;

static inline dd_bytes_t dd_scope_bytes(const dd_scope_t *self)
{
    return (dd_bytes_t){(const uint8_t *)self->text, self->size};
}

/* Reads a broker's scope: numbers only, at least one. Leading zeros go. False if it isn't one. */
bool dd_scope_parse(dd_scope_t *self, dd_bytes_t text);

/* The words that stand for patterns; NULL ends them. */
extern const char *const DD_SCOPE_WORDS[];

/* The word for a canonical pattern, or the pattern itself where there is none. */
const char *dd_scope_word(const char *pattern);

/* Reads a subscriber's pattern: one of the words, or a path with numbers and '*', "/" included. The
 * words become their paths. False if it isn't one. */
bool dd_scope_parse_pattern(dd_scope_t *self, dd_bytes_t text);

/* The path that a canonical pattern means at a broker of scope `own`. False where a '*' stands
   deeper than `own` goes. "noscope" stays itself. */
bool dd_scope_resolve(dd_scope_t *self, const dd_scope_t *pattern, const dd_scope_t *own);

/* Whether a publication from `origin` is within the resolved path: origin starts with it. */
bool dd_scope_covers(dd_bytes_t path, dd_bytes_t origin);

static inline bool dd_scope_is_noscope(dd_bytes_t path)
{
    return path.size > 0 && path.data[0] != '/';
}

/* Whether the text is a canonical resolved path or "noscope": what brokers accept from links. */
bool dd_scope_is_resolved(dd_bytes_t path);

/* Numbers in a path: 0 for "/". */
unsigned dd_scope_depth(dd_bytes_t path);

/*
 * Steps through the paths that cover `origin`, shortest first: "/", "/1/", "/1/2/", ... Start with
 * size 0; each call gives the size of the next prefix, and 0 after the whole.
 */
size_t dd_scope_next_prefix(dd_bytes_t origin, size_t size);

/* `parent` with one more number: the scope of its child of that number. False if too deep. */
bool dd_scope_child(dd_scope_t *self, const dd_scope_t *parent, unsigned number);

#endif
