/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret_process - a program that holds keys, and what others of its host see of its memory
 */
#include "secret_process.h"

#include <sys/prctl.h>
#include <sys/resource.h>

/* The sanitizer of leaks traces the process that it looks into. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define DUMPABLE 1
#else
#define DUMPABLE 0
#endif

void dd_secret_process_close(void)
{
    setrlimit(RLIMIT_CORE, &(struct rlimit){0});
    prctl(PR_SET_DUMPABLE, DUMPABLE);
}
