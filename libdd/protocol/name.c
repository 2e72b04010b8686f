/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * name - names of tenants, clients and brokers, and the walls between tenants
 */
#include "name.h"

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* White space that doesn't end a line, and what stands for something else. */
static bool is_blank(uint32_t character)
{
    static const uint32_t BLANKS[][2] = {{0x20, 0x20}, {0xA0, 0xA0}, {0x1680, 0x1680},
        {0x2000, 0x200A}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}, {0xFFFC, 0xFFFD}};
    for (size_t i = 0; i < sizeof BLANKS / sizeof BLANKS[0]; i++)
        if (character >= BLANKS[i][0] && character <= BLANKS[i][1])
            return true;
    return false;
}

/* Whether the word is at least eight bytes, all of visible ASCII, of which nearly all names are.
   Looks at eight at a time, the last ones once more if there are fewer. A byte has its highest bit
   set if it isn't ASCII, if it is 0x7F and 1 is added, or if it is below 0x21 and that is taken
   off; what carries from one byte to the next comes of such a byte. */
static bool is_plain(dd_bytes_t word)
{
    const uint64_t each = UINT64_MAX / UINT8_MAX;
    uint64_t eight, found = 0;
    if (word.size < sizeof eight)
        return false;
    for (size_t at = 0, last = word.size - sizeof eight; at < word.size; at += sizeof eight) {
        memcpy(&eight, word.data + (at < last ? at : last), sizeof eight);
        found |= eight | (eight + each) | (eight - 0x21 * each);
    }
    return !(found & 0x80 * each);
}

bool dd_word_valid(dd_bytes_t word, size_t max)
{
    if (word.size == 0 || word.size > max)
        return false;
    if (is_plain(word))
        return true;
    for (size_t at = 0; at < word.size;) {
        if (word.data[at] > ' ' && word.data[at] < 0x7F) { /* what nearly all names are made of */
            at++;
            continue;
        }
        uint32_t character;
        size_t length = dd_utf8_decode(word.data + at, word.size - at, &character);
        if (length == 0 || is_blank(character) || dd_escape_acts(character))
            return false;
        at += length;
    }
    return true;
}

static bool holds(dd_bytes_t bytes, int byte)
{
    return bytes.size > 0 && memchr(bytes.data, byte, bytes.size);
}

bool dd_tenant_valid(dd_bytes_t tenant)
{
    return dd_word_valid(tenant, DD_TENANT_MAX) && !holds(tenant, '.') && !holds(tenant, ':') &&
           !holds(tenant, '/') && !dd_bytes_equal(tenant, dd_bytes_of("dd")) &&
           !dd_bytes_equal(tenant, dd_bytes_of("*"));
}

bool dd_client_valid(dd_bytes_t client)
{
    return dd_word_valid(client, DD_CLIENT_MAX) &&
           !dd_bytes_begin(client, dd_bytes_of(DD_PUBLIC "."));
}

bool dd_broker_valid(dd_bytes_t broker)
{
    return dd_word_valid(broker, DD_BROKER_MAX);
}

bool dd_name_join(dd_name_t *self, dd_bytes_t tenant, dd_bytes_t client)
{
    if (tenant.size == 0 || tenant.size > DD_TENANT_MAX || client.size == 0 ||
        client.size > DD_CLIENT_MAX)
        return false;
    memcpy(self->text, tenant.data, tenant.size);
    self->text[tenant.size] = '.';
    memcpy(self->text + tenant.size + 1, client.data, client.size);
    self->size = (uint8_t)(tenant.size + 1 + client.size);
    self->text[self->size] = '\0';
    return true;
}

bool dd_name_split(dd_bytes_t full, dd_bytes_t *tenant, dd_bytes_t *client)
{
    const uint8_t *dot = full.size > 0 ? memchr(full.data, '.', full.size) : NULL;
    if (!dot)
        return false;
    *tenant = dd_bytes(full.data, (size_t)(dot - full.data));
    *client = dd_bytes(dot + 1, full.size - tenant->size - 1);
    return tenant->size > 0 && tenant->size <= DD_TENANT_MAX && client->size > 0 &&
           client->size <= DD_CLIENT_MAX;
}

bool dd_name_resolve(dd_name_t *self, dd_bytes_t tenant, dd_bytes_t destination,
    dd_tenant_exists_t *exists, const void *tenants)
{
    dd_bytes_t first, rest;
    if (!dd_word_valid(destination, DD_NAME_MAX))
        return false;
    if (dd_name_split(destination, &first, &rest)) {
        dd_bytes_t public = dd_bytes_of(DD_PUBLIC);
        bool from_public = dd_bytes_equal(tenant, public);
        if (dd_bytes_equal(first, public) || (from_public && exists(tenants, first)))
            return dd_name_join(self, first, rest);
    }
    return dd_name_join(self, tenant, destination);
}

dd_bytes_t dd_name_shown(dd_bytes_t full, dd_bytes_t tenant)
{
    dd_bytes_t first, rest;
    if (dd_name_split(full, &first, &rest) && dd_bytes_equal(first, tenant))
        return rest;
    return full;
}
