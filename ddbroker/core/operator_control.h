/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operator_control - what an operator can have a broker do
 */
#ifndef OPERATOR_CONTROL_H_INCLUDED
#define OPERATOR_CONTROL_H_INCLUDED

#include "report.h"

/* Why who may look only isn't obeyed. */
#define OPERATOR_LOOKS_ONLY "this operator may look only"

/* Whether the CONTROL is of an operator who may look only. */
bool operator_control_is_forbidden(const core_t *self, const dd_record_t *asked);

/* A CONTROL for another broker has come from that peer: if it makes a neighbour leave, who wants
   that is told here, since the neighbour won't tell it for long. */
void operator_control_overheard(core_t *self, const peer_t *peer, const dd_record_t *asked);

/* Does what a CONTROL wants, and reports how that went. */
void operator_control(const report_to_t *to, const dd_record_t *asked);

#endif
