/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * unit - what every unit test needs: cmocka, and the headers that it wants before it
 */
#ifndef TESTS_UNIT_H_INCLUDED
#define TESTS_UNIT_H_INCLUDED

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "libdd/base/buffer.h"

/* Elements of an array. */
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A literal and its size, NULs within it included: two arguments, or two fields. */
#define BYTES(literal) literal, sizeof(literal) - 1

/* A text's bytes. */
#define B(text) dd_bytes_of(text)

#endif
