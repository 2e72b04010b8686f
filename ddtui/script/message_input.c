/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * message_input - the text to send: an argument, or all of a file
 */
#include "message_input.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libdd/base/problem.h"

#define ROOM_FIRST 4096

/* Makes room for one byte beyond the largest payload too, which shows that there is too much. */
static bool make_room(message_input_t *self, size_t *room)
{
    if (self->size < *room)
        return true;
    size_t wanted = *room ? 2 * *room : ROOM_FIRST;
    if (wanted > DD_PAYLOAD_MAX)
        wanted = DD_PAYLOAD_MAX + 1;
    char *data = realloc(self->data, wanted);
    if (!data)
        return false;
    self->data = data;
    *room = wanted;
    return true;
}

static dd_error_t read_all(message_input_t *self, int fd, dd_problem_t *problem)
{
    size_t room = 0;
    for (;;) {
        if (self->size > DD_PAYLOAD_MAX)
            return dd_problem(problem, DD_E_TOO_LARGE,
                "standard input is longer than %u bytes, the most that any broker carries",
                DD_PAYLOAD_MAX);
        if (!make_room(self, &room))
            return dd_problem(problem, DD_E_MEMORY, "out of memory for standard input");
        ssize_t size = read(fd, self->data + self->size, room - self->size);
        if (size < 0 && errno != EINTR)
            return dd_problem(problem, DD_E_FILE, "can't read standard input: %s", strerror(errno));
        if (size == 0)
            return DD_OK;
        if (size > 0)
            self->size += (size_t)size;
    }
}

dd_error_t message_input_read(
    message_input_t *self, const char *message, int fd, dd_problem_t *problem)
{
    *self = (message_input_t){0};
    if (!message || strcmp(message, "-") == 0)
        return read_all(self, fd, problem);
    self->data = strdup(message);
    if (!self->data)
        return dd_problem(problem, DD_E_MEMORY, "out of memory for the message");
    self->size = strlen(message);
    return DD_OK;
}

void message_input_clear(message_input_t *self)
{
    free(self->data);
    *self = (message_input_t){0};
}
