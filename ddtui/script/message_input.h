/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message_input - the text to send: an argument, or all of a file
 *
 * All of it is read before there is a connection, so that a slow pipe keeps no broker waiting.
 */
#ifndef MESSAGE_INPUT_H_INCLUDED
#define MESSAGE_INPUT_H_INCLUDED

#include <stddef.h>

#include "libdd/include/dd.h"

/* The data is NULL or the input's, until message_input_clear(). */
typedef struct {
    char *data;
    size_t size;
} message_input_t;

/* Takes message, or if that is NULL or "-", all that fd gives up to DD_PAYLOAD_MAX bytes.
   DD_E_FILE, DD_E_MEMORY, DD_E_TOO_LARGE, with *problem filled. */
dd_error_t message_input_read(
    message_input_t *self, const char *message, int fd, dd_problem_t *problem);
void message_input_clear(message_input_t *self);

#endif
