/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * access - who can get at key files, and should
 *
 * A key file is its owner's, and a group may read it that exists for such a purpose, like that of a
 * broker's account. A directory of key files can be changed by its owner and nobody else.
 */
#ifndef DD_ACCESS_H_INCLUDED
#define DD_ACCESS_H_INCLUDED

#include <stdbool.h>
#include <sys/stat.h>

/* What is wrong with it, to follow its path and a colon, and what to do; false if nothing is. */
#define DD_ACCESS_FAULT_ROOM 128
bool dd_access_directory_fault(const struct stat *directory, char fault[DD_ACCESS_FAULT_ROOM]);
bool dd_access_file_fault(const struct stat *file, char fault[DD_ACCESS_FAULT_ROOM]);

/* The mode of a key file that takes the place of an old one; NULL: of none. What let others at the
   old one doesn't let them at the new one. */
mode_t dd_access_mode(const struct stat *old);

/* Whether a directory is there for a group to read what is meant for it, like that of the brokers'
   account: a broker's file in it is the group's to read, and has the second mode. */
bool dd_access_is_shared(const struct stat *directory);
#define DD_ACCESS_MODE_SHARED 0640

#endif
