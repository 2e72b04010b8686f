/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * visit - a broker and one peer of any role, to see what it may do
 */
#include "visit.h"
#include "tests/unit/unit.h"

#define ID "0123456789abcdef"

dd_record_t visit_record(uint8_t type)
{
    dd_record_t record = {.type = type,
        .ref = 1,
        .number = 1 << 16,
        .id = B(ID),
        .tenant = B("a"),
        .name = B("new"),
        .source = B("a.new"),
        .destination = B("nobody"),
        .topic = B("topic"),
        .scope = B("/1/"),
        .text = B("tree"),
        .payload = B("payload")};
    if (type == DD_ERROR) /* about something that was asked, not the connection */
        record.code = DD_E_LIMIT;
    if (type == DD_TAKEN) /* of which nothing is known yet */
        record.number = 0;
    return record;
}

static actor_t *enter(broker_t *broker, role_t role, bool registered)
{
    actor_t *actor;
    switch (role) {
    case ROLE_CLIENT:
        return registered ? actor_client(broker, "a", "old") : actor_connect(broker, "a");
    case ROLE_OPERATOR:
        return registered ? actor_operator(broker) : actor_connect(broker, KEY_OF_OPERATORS);
    case ROLE_OBSERVER:
        return registered ? actor_observer(broker, "a", "old") : actor_connect(broker, "a");
    case ROLE_CHILD:
        return registered ? actor_child(broker, 1, "/1/1/") : actor_connect(broker, KEY_OF_BROKERS);
    case ROLE_PARENT:
        actor = actor_parent(broker);
        actor_expect(actor, DD_JOIN);
        if (!registered)
            return actor;
        actor_admit(actor, "parentparentpare", "/1/");
        actor_find(actor, DD_SYNCED);
        return actor;
    }
    return NULL;
}

visit_t visit_new(role_t role, bool registered)
{
    visit_t self = {.tree = tree_new()};
    tree_settings(self.tree)->has_parent = role == ROLE_PARENT;
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    self.bystander = actor_client(self.broker, "b", "bystander");
    self.actor = enter(self.broker, role, registered);
    return self;
}

void visit_end(visit_t *self)
{
    actor_send(self->bystander, "bystander", "still here", 9);
    const dd_record_t *record = actor_expect(self->bystander, DD_DATA);
    assert_bytes(record->payload, "still here");
    actor_expect_nothing(self->bystander);
    tree_destroy(&self->tree);
}

bool visit_was_ended(const visit_t *self, dd_error_t *why)
{
    end_t *end = self->actor->end;
    if (!end || !actor_peer(self->actor)) {
        *why = self->broker->parent_left;
        return true;
    }
    *why = actor_peer(self->actor)->ending;
    return actor_peer(self->actor)->state == PEER_ENDED;
}
