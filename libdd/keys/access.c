/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * access - who can get at key files, and should
 */
#include "access.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#define MODE_BITS 07777
/* All that a key file may let its owner, and such a group, do. */
#define MODE_MOST DD_ACCESS_MODE_SHARED
#define MODE_NEW 0600
/* From here on Debian, and most others, number people; before, services. */
#define FIRST_PERSON 1000

static bool is_own_group(const struct passwd *account, gid_t group)
{
    return account != NULL && account->pw_uid >= FIRST_PERSON && account->pw_gid == group;
}

/* Whether files are in that group because a person made them, and not because somebody chose so:
   the one that the owner's files are in anyway, or that is called like a person. */
static bool is_of_a_person(uid_t owner, gid_t group)
{
    const struct group *entry = getgrgid(group);
    return is_own_group(getpwuid(owner), group) ||
           (entry != NULL && is_own_group(getpwnam(entry->gr_name), group));
}

bool dd_access_directory_fault(const struct stat *directory, char fault[DD_ACCESS_FAULT_ROOM])
{
    if (directory->st_uid != 0 && directory->st_uid != geteuid())
        snprintf(fault, DD_ACCESS_FAULT_ROOM,
            "belongs to another user, who can change its files; chown it, or be that user");
    else if (directory->st_mode & 0022)
        snprintf(fault, DD_ACCESS_FAULT_ROOM,
            "its mode %03o lets others change its files; chmod it to 700, or take another",
            (unsigned)directory->st_mode & MODE_BITS);
    else
        return false;
    return true;
}

bool dd_access_file_fault(const struct stat *file, char fault[DD_ACCESS_FAULT_ROOM])
{
    unsigned mode = file->st_mode & MODE_BITS;
    if (mode & 0077 & ~(unsigned)MODE_MOST)
        snprintf(fault, DD_ACCESS_FAULT_ROOM,
            "its mode %03o lets others at its keys; chmod it to 600, or to 640 for the group of a "
            "service",
            mode);
    else if (mode & 0040 && is_of_a_person(file->st_uid, file->st_gid))
        snprintf(fault, DD_ACCESS_FAULT_ROOM,
            "its mode %03o lets a person's group at its keys; chmod it to 600, or chgrp it", mode);
    else
        return false;
    return true;
}

mode_t dd_access_mode(const struct stat *old)
{
    mode_t mode = old == NULL ? MODE_NEW : old->st_mode & MODE_BITS;
    return mode & ~(mode_t)MODE_MOST ? MODE_NEW : mode;
}

bool dd_access_is_shared(const struct stat *directory)
{
    return (directory->st_mode & 0050) == 0050 && directory->st_gid != getegid() &&
           !is_of_a_person(directory->st_uid, directory->st_gid);
}
