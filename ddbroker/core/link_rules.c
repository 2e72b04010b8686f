/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * link_rules - what a link may pass on, and for whom it speaks
 */
#include "link_rules.h"

#include "contests.h"

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* Bytes of what a broker says that it did with a notification: words around a name. */
#define DECISION_MAX (2 * DD_NAME_MAX)

/* ---- What can be --------------------------------------------------------------------------- */

/* A full name that can be shown, and be found; whoever has it has made sure of the rest. */
static bool tenant_of(dd_bytes_t full, dd_bytes_t *tenant)
{
    dd_bytes_t client;
    return dd_word_valid(full, DD_NAME_MAX) && dd_name_split(full, tenant, &client);
}

/* Rule 1: no tenant reaches another but through public. */
static bool within_walls(const dd_record_t *record)
{
    dd_bytes_t from, to, public = dd_bytes_of(DD_PUBLIC);
    return tenant_of(record->source, &from) && tenant_of(record->destination, &to) &&
           (dd_bytes_equal(from, to) || dd_bytes_equal(from, public) || dd_bytes_equal(to, public));
}

/* Where a publication can come from: a broker's scope. */
static bool is_origin(dd_bytes_t scope)
{
    return dd_scope_is_resolved(scope) && dd_scope_depth(scope) > 0;
}

/* A path at the topic's end, as an old client may have written it. */
static bool is_valid_suffix(const dd_record_t *record)
{
    return record->suffix == 0 ||
           record->suffix == dd_topic_path_size(record->topic, record->scope);
}

static bool is_valid_relay(const dd_record_t *record)
{
    dd_bytes_t tenant;
    return tenant_of(record->source, &tenant) &&
           (dd_bytes_equal(tenant, record->tenant) ||
               dd_bytes_equal(record->tenant, dd_bytes_of(DD_PUBLIC))) &&
           dd_topic_subscribable(record->topic) && is_origin(record->scope) &&
           is_valid_suffix(record);
}

/* Words on one line. */
static bool is_line(dd_bytes_t text)
{
    for (size_t at = 0; at < text.size;) {
        uint32_t character;
        size_t length = dd_utf8_decode(text.data + at, text.size - at, &character);
        if (length == 0 || dd_escape_acts(character))
            return false;
        at += length;
    }
    return true;
}

/* ---- Who is where -------------------------------------------------------------------------- */

/* Rule 2. Whom this broker doesn't know is above, if anywhere. */
static bool is_beyond(const core_t *self, const peer_t *link, dd_bytes_t name)
{
    const entry_t *entry = directory_find(&self->directory, name);
    return entry ? entry->via == link : link->role == ROLE_PARENT;
}

/* What was handed to a child is answered even when the client has left it, or the child has said
   that it leaves. */
static bool was_beneath(const core_t *self, const peer_t *child, dd_bytes_t name)
{
    if (departures_had(child->departures, name, self->now_ms))
        return true;
    return child->leaving && !directory_find(&self->directory, name);
}

static bool answers_for(const core_t *self, const peer_t *link, dd_bytes_t name)
{
    return is_beyond(self, link, name) ||
           (link->role == ROLE_CHILD && was_beneath(self, link, name));
}

/* ---- Rules --------------------------------------------------------------------------------- */

bool link_rules_forward(const core_t *self, const peer_t *link, const dd_record_t *record)
{
    /* The parent speaks for those beneath this broker as well: what was for one who has just moved
       comes back down. */
    return within_walls(record) &&
           (link->role == ROLE_PARENT || is_beyond(self, link, record->source));
}

bool link_rules_is_claimed(const core_t *self, const peer_t *link, const dd_record_t *record)
{
    return within_walls(record) && contests_is_claimed(self, record->source, link);
}

bool link_rules_relay(const core_t *self, const peer_t *link, const dd_record_t *record)
{
    /* Of one beneath this broker, the parent's would come round a loop that is about to be found.
     */
    return is_valid_relay(record) && is_beyond(self, link, record->source);
}

bool link_rules_ack(const core_t *self, const peer_t *link, const dd_record_t *record)
{
    return within_walls(record) && answers_for(self, link, record->source);
}

bool link_rules_receipt(const core_t *self, const peer_t *link, const dd_record_t *record)
{
    /* The parent refuses what was for a client that has registered here since. */
    bool late = record->code != DD_OK && link->role == ROLE_PARENT;
    return within_walls(record) && (late || answers_for(self, link, record->source));
}

/* From the parent come reports of all that aren't beneath this broker. */
bool link_rules_report(const core_t *self, const peer_t *link, const dd_record_t *record)
{
    if (record->payload.size > DD_FRAME_TARGET)
        return false; /* more than some links carry */
    if (link->role == ROLE_CHILD)
        return descendants_beneath(&self->descendants, link, record->id);
    return record->id.size == DD_BROKER_ID_SIZE &&
           memcmp(record->id.data, self->id, sizeof self->id) != 0;
}

/* Of one that has left meanwhile there is nothing to come either. */
uint16_t link_rules_links(const peer_t *link, const dd_record_t *record)
{
    bool too_many = link->role == ROLE_CHILD && record->links >= link->claim_count;
    return too_many ? (uint16_t)(link->claim_count - 1) : record->links;
}

bool link_rules_question(const dd_record_t *record)
{
    return (record->id.size == 0 || record->id.size == DD_BROKER_ID_SIZE) &&
           (record->tenant.size == 0 || dd_tenant_valid(record->tenant)) &&
           record->text.size <= DD_NAME_MAX;
}

bool link_rules_hop(const dd_record_t *record)
{
    dd_scope_t scope;
    dd_bytes_t tenant;
    return record->ref != 0 && record->number > 0 && record->number <= DD_HOPS_MAX + 1 &&
           tenant_of(record->destination, &tenant) && dd_broker_valid(record->name) &&
           dd_scope_parse(&scope, record->scope) && record->text.size <= DECISION_MAX &&
           is_line(record->text);
}
