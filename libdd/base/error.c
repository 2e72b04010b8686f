/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * error - error codes and their texts
 */
#include "libdd/include/dd.h"

static const struct {
    dd_error_t error;
    const char *text;
} ERRORS[] = {
    {DD_OK, "no error"},
    {DD_E_MALFORMED, "malformed record"},
    {DD_E_PROTOCOL, "record not allowed here"},
    {DD_E_UNKNOWN_PEER, "not registered at this broker"},
    {DD_E_NAME_TAKEN, "name already taken"},
    {DD_E_NAME_INVALID, "invalid name"},
    {DD_E_NO_DESTINATION, "no such destination"},
    {DD_E_UPLINK_DOWN, "not known now: the broker has lost its parent, or has just started"},
    {DD_E_OVERLOADED, "the receiver doesn't keep up"},
    {DD_E_REFUSED, "refused for this key"},
    {DD_E_SCOPE_INVALID, "invalid scope"},
    {DD_E_TOPIC_INVALID, "invalid topic"},
    {DD_E_TOO_LARGE, "larger than the broker carries"},
    {DD_E_HOP_LIMIT, "passed too many brokers"},
    {DD_E_LOOP, "the brokers would form a loop"},
    {DD_E_LIMIT, "a limit is reached"},
    {DD_E_DRAINING, "the broker is shutting down"},
    {DD_E_TIMEOUT, "timed out"},
    {DD_E_NOT_SUBSCRIBED, "not subscribed"},
    {DD_E_UNKNOWN, "it may or may not have arrived"},
    {DD_E_UNREADABLE, "the receiver can't decrypt it"},
    {DD_E_RATE_LIMITED, "the tenant's rate limit is reached"},
    {DD_E_MOVED, "it is reached in another way now"},
    {DD_E_ARGUMENT, "invalid argument"},
    {DD_E_MEMORY, "out of memory"},
    {DD_E_FILE, "file can't be read or written"},
    {DD_E_KEYS, "invalid key file"},
    {DD_E_NOT_CONNECTED, "not connected to a broker"},
    {DD_E_OUTBOX_FULL, "own outbox is full"},
    {DD_E_DECRYPT, "payload can't be decrypted"},
    {DD_E_NETWORK, "the network fails: no way to the broker, or the connection has ended"},
    {DD_E_CLOSED, "client has ended"},
    {DD_E_FORKED, "client was made before a fork"},
};

const char *dd_strerror(dd_error_t error)
{
    for (size_t i = 0; i < sizeof ERRORS / sizeof ERRORS[0]; i++)
        if (ERRORS[i].error == error)
            return ERRORS[i].text;
    return "unknown error";
}
