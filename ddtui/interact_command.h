/*
 * interact_command - has done what a form asks for
 */
#ifndef INTERACT_COMMAND_H_INCLUDED
#define INTERACT_COMMAND_H_INCLUDED

#include "console.h"

#define INTERACT_WHY_ROOM 512

/* Sends, subscribes, saves, and so on; what is live is told. False with the reason in why. */
bool interact_command(const command_t *command, dd_client_t *client, live_t *live,
    console_t *console, char why[INTERACT_WHY_ROOM]);

#endif
