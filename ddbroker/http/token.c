/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * token - the word by which monitors show that they may see tenants' figures
 */
#include "token.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libdd/base/problem.h"
#include "libdd/keys/access.h"

#define SCHEME "Bearer "

static void hash(uint8_t out[32], const char *text, size_t size)
{
    crypto_generichash(out, 32, (const uint8_t *)text, size, NULL, 0);
}

static dd_error_t open_file(const char *path, int *fd, dd_problem_t *problem)
{
    struct stat status;
    char fault[DD_ACCESS_FAULT_ROOM];
    /* Without O_NONBLOCK, opening a pipe would wait for somebody to write into it. */
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (*fd < 0 || fstat(*fd, &status) != 0)
        return dd_problem(problem, DD_E_FILE, "%s: can't be opened: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return dd_problem(problem, DD_E_FILE, "%s: is not a regular file", path);
    if (dd_access_file_fault(&status, fault))
        return dd_problem(problem, DD_E_FILE, "%s: %s", path, fault);
    return DD_OK;
}

/* The first line of the text, which is all of it. */
static dd_error_t take(token_t *self, const char *path, char *text, dd_problem_t *problem)
{
    size_t size = strcspn(text, "\r\n");
    size_t rest = strspn(text + size, "\r\n");
    size_t printable = 0;
    while (printable < size && text[printable] > ' ' && text[printable] <= '~')
        printable++;
    if (printable < size || text[size + rest] != '\0' || size < TOKEN_LEAST || size > TOKEN_MOST)
        return dd_problem(problem, DD_E_FILE,
            "%s: a token is one line of %d to %d letters, digits and signs; make one with "
            "'openssl rand -hex 32'",
            path, TOKEN_LEAST, TOKEN_MOST);
    hash(self->hash, text, size);
    self->is_set = true;
    return DD_OK;
}

dd_error_t token_load(token_t *self, const char *path, dd_problem_t *problem)
{
    int fd = -1;
    char text[TOKEN_MOST + 4] = "";
    *self = (token_t){.is_set = false};
    if (!path)
        return DD_OK;
    dd_error_t result = open_file(path, &fd, problem);
    if (result == DD_OK && read(fd, text, sizeof text - 1) < 0)
        result = dd_problem(problem, DD_E_FILE, "%s: can't be read: %s", path, strerror(errno));
    if (result == DD_OK)
        result = take(self, path, text, problem);
    if (fd >= 0)
        close(fd);
    sodium_memzero(text, sizeof text);
    return result;
}

bool token_is_brought(const token_t *self, const char *header)
{
    uint8_t given[sizeof self->hash];
    size_t scheme = sizeof SCHEME - 1;
    if (!self->is_set || !header || strncasecmp(header, SCHEME, scheme) != 0)
        return false;
    hash(given, header + scheme, strlen(header + scheme));
    return sodium_memcmp(given, self->hash, sizeof given) == 0;
}
