/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fates - what can be said of brokers that don't report
 *
 * Only of one whose neighbour in the tree reports can it be said that it is gone. What was reached
 * through such a one is behind it, and may be well.
 */
#ifndef FATES_H_INCLUDED
#define FATES_H_INCLUDED

#include "model.h"

/* Sets the fate of each broker in a model that is arranged. DD_E_MEMORY: none. */
dd_error_t fates_set(model_t *model);

#endif
