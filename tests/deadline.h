/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * deadline - how long a test waits for what must come
 *
 * Every wait is for a condition and ends as soon as that is met, so a deadline costs nothing where
 * all is well. It is one for all tests, and long: what fails by it doesn't work, and isn't just
 * slow on a machine that has one core, sanitizers, and other things to do.
 */
#ifndef DEADLINE_H_INCLUDED
#define DEADLINE_H_INCLUDED

/* ms */
#define DEADLINE 60000

#endif
