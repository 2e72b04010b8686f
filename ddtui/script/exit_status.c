/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * exit_status - what ddtui's exit status says
 */
#include "exit_status.h"

#include <stddef.h>

exit_status_t exit_status_of(dd_error_t error)
{
    static const struct {
        dd_error_t error;
        exit_status_t status;
    } STATUSES[] = {
        {DD_OK, STATUS_DONE},
        {DD_E_ARGUMENT, STATUS_USAGE},
        {DD_E_NAME_INVALID, STATUS_USAGE},
        {DD_E_SCOPE_INVALID, STATUS_USAGE},
        {DD_E_TOPIC_INVALID, STATUS_USAGE},
        {DD_E_NO_DESTINATION, STATUS_NO_DESTINATION},
        {DD_E_NAME_TAKEN, STATUS_REFUSED},
        {DD_E_REFUSED, STATUS_REFUSED},
        {DD_E_TIMEOUT, STATUS_TIMEOUT},
        {DD_E_OVERLOADED, STATUS_OVERLOADED},
        {DD_E_OUTBOX_FULL, STATUS_OVERLOADED},
        {DD_E_LIMIT, STATUS_OVERLOADED},
        {DD_E_RATE_LIMITED, STATUS_OVERLOADED},
        {DD_E_UNKNOWN, STATUS_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (STATUSES[i].error == error)
            return STATUSES[i].status;
    return STATUS_FAILED;
}
