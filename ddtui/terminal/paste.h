/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * paste - whether what comes from the terminal is pasted or typed
 *
 * A terminal says where a paste begins and where it ends. When the end is lost on its way, all that
 * is typed from then on would be taken for pasted, and no key would do anything. So a silence ends
 * it as well: one of a second, and a shorter one after Esc or Ctrl-C, which stand in a pasted text
 * only with more of it behind them.
 */
#ifndef PASTE_H_INCLUDED
#define PASTE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "ddtui/ui/keymap.h"

/* us of silence that end a paste: else, and after Esc and Ctrl-C. */
#define PASTE_SILENCE 1000000
#define PASTE_SILENCE_AFTER_KEY 100000

/* All 0 at the beginning. */
typedef struct {
    bool runs;
    uint64_t due_us; /* when it ends, if nothing comes until then */
} paste_t;

void paste_begin(paste_t *self, uint64_t now_us);
void paste_end(paste_t *self);

/* A character of it, or a key, has come. */
void paste_take(paste_t *self, ui_key_t key, uint64_t now_us);

/* Nothing more has come up to now. Only who has looked may say so: what waits to be read is no
   silence. */
void paste_wait(paste_t *self, uint64_t now_us);

/* ms until paste_wait() may end it; -1 if it doesn't run. */
int paste_pause_ms(const paste_t *self, uint64_t now_us);

#endif
