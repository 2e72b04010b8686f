/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * save_message - writes a message's payload to a file
 *
 * It stands here since the console itself touches no files but its history.
 */
#ifndef SAVE_MESSAGE_H_INCLUDED
#define SAVE_MESSAGE_H_INCLUDED

#include "ddtui/model/messages.h"

/* Writes what is kept of the payload to a new file, which its owner alone can read. A file that is
   there, or a link, is never written to. DD_E_FILE with *problem filled; then there is no file. */
dd_error_t save_message(const message_t *message, const char *path, dd_problem_t *problem);

#endif
