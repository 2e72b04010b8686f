/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_frames - messages of protocols 3 and 4 as literals
 */
#include "legacy_frames.h"

#include "tests/unit/unit.h"

void legacy_frames_assert_bytes(dd_bytes_t bytes, const char *text)
{
    if (!dd_bytes_equal(bytes, dd_bytes_of(text)))
        fail_msg("\"%.*s\" instead of \"%s\"", (int)bytes.size, (const char *)bytes.data, text);
}
