/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * problem - what went wrong, in words
 */
#include <stdarg.h>
#include <stdio.h>

#include "problem.h"

/* Texts quote files and peers, and end on terminals and in logs: no control character of theirs,
   be it one byte or, as U+0080 to U+009F are in UTF-8, two, may act there. */
static void disarm(char *text)
{
    for (unsigned char *at = (unsigned char *)text; *at != '\0'; at++) {
        if (*at < 0x20 || *at == 0x7F)
            *at = '?';
        else if (*at == 0xC2 && at[1] >= 0x80 && at[1] <= 0x9F)
            at[0] = at[1] = '?';
    }
}

dd_error_t dd_problem(dd_problem_t *self, dd_error_t error, const char *format, ...)
{
    if (self == NULL)
        return error;
    va_list arguments;
    va_start(arguments, format);
    if (vsnprintf(self->text, sizeof self->text, format, arguments) < 0)
        self->text[0] = '\0';
    va_end(arguments);
    disarm(self->text);
    self->error = error;
    return error;
}
