/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * buffer - byte cursors
 */
#include "buffer.h"

void dd_bytes_copy(dd_bytes_t bytes, char *text, size_t room)
{
    size_t size = bytes.size < room ? bytes.size : room - 1;
    if (size > 0)
        memcpy(text, bytes.data, size);
    text[size] = '\0';
}
