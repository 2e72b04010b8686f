/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clipboard - hands a text to the clipboard of the terminal
 *
 * By the sequence OSC 52, which goes through ssh, since the terminal and not this machine has the
 * clipboard. No terminal says whether it has obeyed.
 */
#ifndef CLIPBOARD_H_INCLUDED
#define CLIPBOARD_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Bytes of the longest text that all terminals with OSC 52 take. */
#define CLIPBOARD_MAX 74994

/* Writes the sequence. False if the text is too long, or can't be written. */
bool clipboard_copy(FILE *terminal, const void *text, size_t size);

/* Writes what to say of a copy, in one line of a small terminal. Where that is a multiplexer that
   doesn't pass it on by itself, it is said what to do, once: *advised is then true. */
#define CLIPBOARD_WORDS_ROOM 96
void clipboard_words(size_t size, bool *advised, char out[CLIPBOARD_WORDS_ROOM]);

#endif
