/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_charset - which characters the terminal can show, and what stands for the others
 *
 * curses writes what the locale has. Where the environment names none, as with LC_ALL=C, the
 * terminal decides: those of today show UTF-8. One of the old kinds, or one whose user says that it
 * has another character set, gets frames in its own way, and ASCII.
 */
#ifndef SCREEN_CHARSET_H_INCLUDED
#define SCREEN_CHARSET_H_INCLUDED

#include <stdbool.h>
#include <wchar.h>

#include "ddtui/ui/glyphs.h"

/* Sets the locale that curses is to write in. To be called before curses begins, and again whenever
   somebody else has set it. */
void screen_charset_begin(void);

/* Whether a terminal of that kind is none that shows UTF-8, by its name. */
bool screen_charset_is_old(const char *term);

/* What curves can be drawn with. */
glyphs_t screen_charset_glyphs(void);

/* A character as the terminal has it: the same, or what stands for it. *frame: it is one of the
   letters by which terminals name the parts of frames. */
wchar_t screen_charset_fit(wchar_t character, bool *frame);

#endif
