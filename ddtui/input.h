/*
 * input - the text to send: an argument, or all of a file
 */
#ifndef INPUT_H_INCLUDED
#define INPUT_H_INCLUDED

#include <stddef.h>

#include "libdd/include/dd.h"

/* The data is NULL or the input's, until input_clear(). */
typedef struct {
    char *data;
    size_t size;
} input_t;

/* Takes message, or if that is NULL or "-", all that fd gives up to DD_PAYLOAD_MAX bytes.
   DD_E_FILE, DD_E_MEMORY, DD_E_TOO_LARGE, with *problem filled. */
dd_error_t input_read(input_t *self, const char *message, int fd, dd_problem_t *problem);
void input_clear(input_t *self);

#endif
