/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clipboard - hands a text to the clipboard of the terminal
 */
#include "clipboard.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define BASE64_ROOM (sodium_base64_ENCODED_LEN(CLIPBOARD_MAX, sodium_base64_VARIANT_ORIGINAL))

bool clipboard_copy(FILE *terminal, const void *text, size_t size)
{
    if (size > CLIPBOARD_MAX)
        return false;
    char *base64 = malloc(BASE64_ROOM);
    if (!base64)
        return false;
    sodium_bin2base64(base64, BASE64_ROOM, text, size, sodium_base64_VARIANT_ORIGINAL);
    bool written = fprintf(terminal, "\033]52;c;%s\a", base64) > 0 && fflush(terminal) == 0;
    free(base64);
    return written;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && value[0] != '\0';
}

static const char *advice(void)
{
    if (is_set("TMUX"))
        return "; tmux needs set-clipboard on, or M";
    return is_set("STY") ? "; screen loses it: take M instead" : "";
}

void clipboard_words(size_t size, bool *advised, char out[CLIPBOARD_WORDS_ROOM])
{
    snprintf(out, CLIPBOARD_WORDS_ROOM, "%zu bytes sent to the clipboard%s", size,
        *advised ? "" : advice());
    *advised = true;
}
