/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen_charset - which characters the terminal can show, and what stands for the others
 */
#include "screen_charset.h"

#include <ctype.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* What screen_charset_begin() has found. */
static bool shows_utf8;

static const char *const UTF8_LOCALES[] = {"C.UTF-8", "C.utf8", "en_US.UTF-8", "POSIX.UTF-8"};

/* The old kinds, by what their names begin with; "vt" is followed by a number. */
static const char *const OLD[] = {
    "ansi", "att", "cons25", "dec-vt", "dtterm", "hp", "linux", "pcansi", "sun", "tvi", "wy"};

bool screen_charset_is_old(const char *term)
{
    for (size_t i = 0; i < sizeof OLD / sizeof OLD[0]; i++)
        if (strncmp(term, OLD[i], strlen(OLD[i])) == 0)
            return true;
    return strncmp(term, "vt", 2) == 0 && isdigit((unsigned char)term[2]);
}

static bool is_utf8(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static bool choose_utf8(void)
{
    for (size_t i = 0; i < sizeof UTF8_LOCALES / sizeof UTF8_LOCALES[0]; i++)
        if (setlocale(LC_CTYPE, UTF8_LOCALES[i]) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0)
            return true;
    return false;
}

/* A locale that doesn't exist says nothing either, and leaves that of C. */
void screen_charset_begin(void)
{
    const char *term = getenv("TERM");
    setlocale(LC_ALL, "C");
    setlocale(LC_CTYPE, "");
    const char *name = setlocale(LC_CTYPE, NULL);
    bool says_nothing = strcmp(name, "C") == 0 || strcmp(name, "POSIX") == 0;
    if (says_nothing && !screen_charset_is_old(term ? term : "") && !choose_utf8())
        setlocale(LC_CTYPE, "C");
    shows_utf8 = is_utf8();
}

/* The fonts of the kernel's own terminal have no braille. */
glyphs_t screen_charset_glyphs(void)
{
    const char *term = getenv("TERM");
    if (!shows_utf8)
        return GLYPHS_ASCII;
    return term && strncmp(term, "linux", strlen("linux")) == 0 ? GLYPHS_BLOCKS : GLYPHS_BRAILLE;
}

/* What the console draws with. curses knows how each terminal draws a part of a frame, and has
   ASCII for those that can't. */
static const struct {
    wchar_t character;
    char instead;
    bool frame;
} INSTEAD[] = {
    {L'─', 'q', true},
    {L'│', 'x', true},
    {L'┌', 'l', true},
    {L'┐', 'k', true},
    {L'└', 'm', true},
    {L'┘', 'j', true},
    {L'├', 't', true},
    {L'┤', 'u', true},
    {L'┬', 'w', true},
    {L'┴', 'v', true},
    {L'┼', 'n', true},
    {L'▲', '^', false},
    {L'▼', 'v', false},
    {L'▸', '>', false},
    {L'▾', 'v', false},
    {L'▶', '>', false},
    {L'◀', '<', false},
    {L'↑', '^', false},
    {L'↓', 'v', false},
    {L'←', '<', false},
    {L'→', '>', false},
    {L'●', '*', false},
    {L'•', '*', false},
    {L'·', '.', false},
    {L'…', '~', false},
    {L'–', '-', false},
    {L'—', '-', false},
    {L'✓', '+', false},
    {L'✗', 'x', false},
    {L'▁', '_', false},
    {L'▂', '.', false},
    {L'▃', '-', false},
    {L'▄', '=', false},
    {L'▅', '+', false},
    {L'▆', '*', false},
    {L'▇', '%', false},
    {L'█', '#', false},
};

/* Eight dots, of which one without any is a blank. */
#define BRAILLE 0x2800
#define BRAILLE_PATTERNS 256

/* Few dots or many. */
static wchar_t fit_braille(wchar_t character)
{
    int dots = __builtin_popcount((unsigned)(character - BRAILLE));
    return dots == 0 ? L' ' : dots <= 2 ? L'.' : dots <= 5 ? L':' : L'#';
}

wchar_t screen_charset_fit(wchar_t character, bool *frame)
{
    *frame = false;
    if (shows_utf8 || character < 0x80)
        return character;
    for (size_t i = 0; i < sizeof INSTEAD / sizeof INSTEAD[0]; i++)
        if (INSTEAD[i].character == character) {
            *frame = INSTEAD[i].frame;
            return (wchar_t)INSTEAD[i].instead;
        }
    bool braille = character >= BRAILLE && character < BRAILLE + BRAILLE_PATTERNS;
    return braille ? fit_braille(character) : L'?';
}
