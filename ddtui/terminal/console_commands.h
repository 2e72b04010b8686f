/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_commands - carries out what a form asks for
 *
 * A form hands over a command; this calls the client library, or writes the file, and tells the
 * session view what was sent, so that it knows the answers.
 */
#ifndef CONSOLE_COMMANDS_H_INCLUDED
#define CONSOLE_COMMANDS_H_INCLUDED

#include "ddtui/ui/console.h"

#define CONSOLE_COMMAND_WHY_ROOM 512

/* Sends, subscribes, saves, and so on; the session view is told. False with the reason in why. */
bool console_commands_run(const command_t *command, dd_client_t *client, session_view_t *session,
    console_t *console, char why[CONSOLE_COMMAND_WHY_ROOM]);

#endif
