/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * problem - what went wrong, in words
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"
#include "problem.h"
#include "utf8.h"

dd_error_t dd_problem(dd_problem_t *self, dd_error_t error, const char *format, ...)
{
    if (self == NULL)
        return error;
    va_list arguments;
    va_start(arguments, format);
    char whole[sizeof self->text + DD_UTF8_MAX];
    if (vsnprintf(whole, sizeof whole, format, arguments) < 0)
        whole[0] = '\0';
    va_end(arguments);
    /* Texts quote files and peers, and end on terminals and in logs. */
    dd_escape_mask(whole);
    size_t size = dd_utf8_cut(whole, strlen(whole), sizeof self->text - 1);
    memcpy(self->text, whole, size);
    self->text[size] = '\0';
    self->error = error;
    return error;
}
