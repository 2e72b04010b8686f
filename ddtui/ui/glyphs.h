/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * glyphs - what a terminal has to draw curves with
 */
#ifndef GLYPHS_H_INCLUDED
#define GLYPHS_H_INCLUDED

/* The finest first. */
typedef enum { GLYPHS_BRAILLE, GLYPHS_BLOCKS, GLYPHS_ASCII } glyphs_t;

#endif
