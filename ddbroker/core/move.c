/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * move - what comes of an operator's order to join another parent
 */
#include "move.h"

#include <stdio.h>
#include <string.h>

#include "core_state.h"

static bool is_under_way(const core_t *core)
{
    return core->move.endpoint[0] != '\0';
}

static bool is_chosen(const core_t *core)
{
    const char *chosen = parents_chosen(&core->parents);
    return chosen && strcmp(chosen, core->move.endpoint) == 0;
}

void move_forget(core_t *core)
{
    core->move = (move_t){.endpoint = ""};
}

static void set_list(core_t *core, const dd_endpoints_t *list)
{
    parents_set(&core->parents, list);
    core->settings.has_parent = list->count > 0;
}

/* Of one order after the other, only the last one counts. */
void move_begin(core_t *core, const char *endpoint)
{
    if (is_under_way(core))
        set_list(core, &core->move.before);
    move_forget(core);
    core->move.before = core->parents.list;
    dd_bytes_copy(dd_bytes_of(endpoint), core->move.endpoint, sizeof core->move.endpoint);
    if (core->parents.joined && is_chosen(core))
        move_joined(core);
    parents_prefer(&core->parents, endpoint, core->auto_scope);
    core->settings.has_parent = true;
}

static void take_back(core_t *core)
{
    set_list(core, &core->move.before);
    move_forget(core);
}

void move_joined(core_t *core)
{
    const move_t *move = &core->move;
    const char *parent = core->parent ? core->parent->name.text : "";
    if (!is_under_way(core))
        return;
    if (is_chosen(core)) {
        core_log(core, DD_LOG_NOTICE, "moved to parent %s: %s", parent, move->endpoint);
        move_forget(core);
    } else {
        core_log(core, DD_LOG_WARNING, "move failed, the parent is %s: %s", parent, move->why);
        take_back(core);
    }
}

void move_failed(core_t *core, const char *why)
{
    if (is_under_way(core) && is_chosen(core))
        snprintf(core->move.why, sizeof core->move.why, "%s", why);
}

void move_all_tried(core_t *core)
{
    if (!is_under_way(core) || core->move.why[0] == '\0')
        return;
    core_log(core, DD_LOG_WARNING, "move failed, there is no parent: %s", core->move.why);
    take_back(core);
}
