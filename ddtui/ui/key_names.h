/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key_names - actions and keys by the names that a configuration has for them
 */
#ifndef KEY_NAMES_H_INCLUDED
#define KEY_NAMES_H_INCLUDED

#include "keymap.h"
#include "libdd/include/dd.h"

/* The action of a name; ACT_NONE with *problem saying which was meant. */
action_t key_names_action(const char *name, dd_problem_t *problem);

/* The name of an action that has one in a configuration; else NULL. */
const char *key_names_of_action(action_t action);

/* Reads keys with blanks between them: characters that they type, and names as keymap_key_name()
   writes them. At most BINDING_KEYS; the rest of the array is UI_NONE. */
dd_error_t key_names_read(const char *text, ui_key_t keys[BINDING_KEYS], dd_problem_t *problem);

/* Gives keys to an action: reads both, and has the keymap take them over. */
dd_error_t key_names_bind(const char *action, const char *keys, dd_problem_t *problem);

#endif
