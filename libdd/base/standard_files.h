/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standard_files - standard input, output and error of a program
 */
#ifndef DD_STANDARD_FILES_H_INCLUDED
#define DD_STANDARD_FILES_H_INCLUDED

/*
 * Opens those of descriptors 0, 1 and 2 that are closed, as /dev/null: whoever started the program
 * may have closed them, and the next file or socket would take their numbers and get what is
 * written there. To be called first of all in main(); the library itself must not do it.
 */
void dd_standard_files_open(void);

#endif
