/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz - what all fuzz targets share
 */
#ifndef FUZZ_H_INCLUDED
#define FUZZ_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* The target: libFuzzer, or replay.c, calls it with bytes of any kind. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever the bytes are. */
static inline void check(bool holds)
{
    if (!holds)
        abort();
}

/* The bytes as a text, which ends at the first NUL. The caller frees it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    return text;
}

#endif
