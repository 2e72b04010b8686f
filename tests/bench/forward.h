/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forward - what the bare forwarder and those who connect to it agree on
 */
#ifndef FORWARD_H_INCLUDED
#define FORWARD_H_INCLUDED

/* A CURVE key as text, with its NUL. */
#define FORWARD_KEY_SIZE 41

#endif
