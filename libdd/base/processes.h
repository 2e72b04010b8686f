/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * processes - which processes of this machine are of a program
 */
#ifndef DD_PROCESSES_H_INCLUDED
#define DD_PROCESSES_H_INCLUDED

/* Calls back with the id of each process whose program has that name. */
void dd_processes_named(const char *name, void (*each)(void *arg, const char *pid), void *arg);

#endif
