/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operator_control - what an operator can have a broker do
 */
#ifndef OPERATOR_CONTROL_H_INCLUDED
#define OPERATOR_CONTROL_H_INCLUDED

#include "report.h"

/* Does what a CONTROL wants, and reports how that went. */
void operator_control(const report_to_t *to, const dd_record_t *asked);

#endif
