/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standard_files - standard input, output and error of a program
 */
#include "standard_files.h"

#include <fcntl.h>
#include <unistd.h>

/* open(2) gives the lowest number that is free, so that nothing below the last one is. */
void dd_standard_files_open(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd >= 0)
        close(fd);
}
