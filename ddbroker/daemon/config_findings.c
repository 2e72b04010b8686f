/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_findings - all that is wrong with a configuration, so that it can be told at once
 */
#include "config_findings.h"

dd_problem_t *config_findings_next(config_findings_t *self)
{
    return self->count < CONFIG_FINDINGS_MAX ? &self->items[self->count++] : NULL;
}

void config_findings_print(const config_findings_t *self, const char *before, FILE *out)
{
    for (size_t i = 0; i < self->count; i++)
        fprintf(out, "%s%s\n", before, self->items[i].text);
}
