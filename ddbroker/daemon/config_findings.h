/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_findings - all that is wrong with a configuration, so that it can be told at once
 */
#ifndef CONFIG_FINDINGS_H_INCLUDED
#define CONFIG_FINDINGS_H_INCLUDED

#include <stdio.h>

#include "libdd/include/dd.h"

/* Findings that are kept; of more, the first count. */
#define CONFIG_FINDINGS_MAX 32

/* All zero is empty. */
typedef struct {
    size_t count;
    dd_problem_t items[CONFIG_FINDINGS_MAX];
} config_findings_t;

/* The next one's place, to be filled. */
dd_problem_t *config_findings_next(config_findings_t *self);

/* A line for each, behind what is to stand before it. */
void config_findings_print(const config_findings_t *self, const char *before, FILE *out);

#endif
