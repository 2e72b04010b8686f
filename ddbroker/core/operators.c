/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * operators - who operators are, as the key file says
 */
#include "operators.h"

#include <stdio.h>

static bool is_named(const dd_operator_t *known)
{
    return known && strcmp(known->name, DD_OPERATOR) != 0;
}

const dd_operator_t *operators_find(const core_t *self, dd_bytes_t name)
{
    const dd_operator_t *known = dd_keyring_operator_by_name(self->keyring, name);
    return is_named(known) ? known : NULL;
}

dd_bytes_t operators_name(const core_t *self, const uint8_t key[DD_KEY_SIZE])
{
    const dd_operator_t *known = dd_keyring_operator_by_key(self->keyring, key);
    return is_named(known) ? dd_bytes_of(known->name) : dd_bytes(NULL, 0);
}

quota_t *operators_quota(core_t *self, const uint8_t key[DD_KEY_SIZE])
{
    char name[QUOTA_NAME_MAX + 1];
    const dd_operator_t *known = dd_keyring_operator_by_key(self->keyring, key);
    if (!known)
        return NULL;
    snprintf(name, sizeof name, "/%s", known->name);
    return quotas_of(&self->operators, dd_bytes_of(name), self->now_ms);
}
