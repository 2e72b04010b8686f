/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * secret_process - a program that holds keys, and what others of its host see of its memory
 */
#ifndef DD_SECRET_PROCESS_H_INCLUDED
#define DD_SECRET_PROCESS_H_INCLUDED

/*
 * Lets nobody look into this process but root: no core file is written, not even by a handler of
 * core files that ignores their limit, and processes of the same user can neither trace it nor read
 * its memory. To be called at the start of main(), before there are secrets; the library itself
 * must not do it. Children keep the limit, and until they execute another program all of it.
 */
void dd_secret_process_close(void);

#endif
