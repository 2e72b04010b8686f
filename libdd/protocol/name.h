/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * name - names of tenants, clients and brokers, and the walls between tenants
 *
 * A full name is "tenant.client". Tenant names hold no dot, so its first dot ends the tenant.
 */
#ifndef DD_NAME_H_INCLUDED
#define DD_NAME_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

#define DD_PUBLIC "public"
#define DD_AUTO_NAME "auto"

/* UTF-8 without white space and what dd_escape_acts() tells of, 1..max bytes: what a terminal, a
   log line and a tab-separated output can hold as one word. */
bool dd_word_valid(dd_bytes_t word, size_t max);

/* No dot, colon or slash besides, and none of the words that mean something else: "dd", the
   brokers, and "*", all tenants. */
bool dd_tenant_valid(dd_bytes_t tenant);
/* May hold dots and colons; must not begin with "public.", which means the public tenant. */
bool dd_client_valid(dd_bytes_t client);
bool dd_broker_valid(dd_bytes_t broker);

/* A full name in its owner's memory; `size` without the NUL. */
typedef struct {
    char text[DD_NAME_MAX + 1];
    uint8_t size;
} dd_name_t;

static inline dd_bytes_t dd_name_bytes(const dd_name_t *self)
{
    return (dd_bytes_t){(const uint8_t *)self->text, self->size};
}

/* tenant + '.' + client; false if either is empty or too long. Whether they are words is looked at
   once, when the name is registered. */
bool dd_name_join(dd_name_t *self, dd_bytes_t tenant, dd_bytes_t client);
/* Splits a full name; false if it isn't one. */
bool dd_name_split(dd_bytes_t full, dd_bytes_t *tenant, dd_bytes_t *client);

/* Says whether a tenant of exactly that name exists. */
typedef bool(dd_tenant_exists_t)(const void *tenants, dd_bytes_t tenant);

/*
 * The full name that a client of `tenant` means by `destination`: rule 1 of dd-protocol(7).
 * For public clients `exists` decides whether "t.x" is x of tenant t or the public tenant's "t.x".
 * False if the result is none, for its length. One that nobody could have registered may come out.
 */
bool dd_name_resolve(dd_name_t *self, dd_bytes_t tenant, dd_bytes_t destination,
    dd_tenant_exists_t *exists, const void *tenants);

/* How a full name is shown to a client of `tenant`: bare inside one tenant, whole across. */
dd_bytes_t dd_name_shown(dd_bytes_t full, dd_bytes_t tenant);

#endif
