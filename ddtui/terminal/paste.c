/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paste - whether what comes from the terminal is pasted or typed
 */
#include "paste.h"

void paste_begin(paste_t *self, uint64_t now_us)
{
    *self = (paste_t){.runs = true, .due_us = now_us + PASTE_SILENCE};
}

void paste_end(paste_t *self)
{
    self->runs = false;
}

void paste_take(paste_t *self, ui_key_t key, uint64_t now_us)
{
    bool wants_out = key == UI_ESCAPE || key == UI_CTRL('C');
    self->due_us = now_us + (wants_out ? PASTE_SILENCE_AFTER_KEY : PASTE_SILENCE);
}

void paste_wait(paste_t *self, uint64_t now_us)
{
    if (now_us >= self->due_us)
        self->runs = false;
}

int paste_pause_ms(const paste_t *self, uint64_t now_us)
{
    if (!self->runs)
        return -1;
    return now_us >= self->due_us ? 0 : (int)((self->due_us - now_us) / 1000) + 1;
}
