/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * version - which library this is, which may be another one than that a program was built with
 */
#include "libdd/include/dd.h"

const char *dd_version(void)
{
    return DD_VERSION;
}
