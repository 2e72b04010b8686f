/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key_names - actions and keys by the names that a configuration has for them
 */
#include "key_names.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "libdd/base/options.h"
#include "libdd/base/problem.h"
#include "libdd/base/similar.h"
#include "libdd/base/utf8.h"

/* What is done by keys where nothing is entered. Keys in forms and lines stay what they are. */
static const struct {
    action_t action;
    const char *name;
} NAMES[] = {
    {ACT_GO_TREE, "tree"},
    {ACT_GO_CLIENTS, "clients"},
    {ACT_GO_SUBSCRIPTIONS, "subscriptions"},
    {ACT_GO_TOPICS, "topics"},
    {ACT_GO_MESSAGES, "messages"},
    {ACT_GO_EVENTS, "events"},
    {ACT_GO_TRACE, "trace"},
    {ACT_GO_HELP, "help"},
    {ACT_OPEN, "details"},
    {ACT_BACK, "back"},
    {ACT_COPY, "copy"},
    {ACT_EXPORT, "export"},
    {ACT_GRAPH, "graph"},
    {ACT_FOLD, "fold"},
    {ACT_MODE, "view-as"},
    {ACT_SAVE, "save"},
    {ACT_SEND_AGAIN, "send-again"},
    {ACT_LEVEL, "level"},
    {ACT_CLEAR, "clear"},
    {ACT_NOTIFY, "notify"},
    {ACT_PUBLISH, "publish"},
    {ACT_SUBSCRIBE, "subscribe"},
    {ACT_UNSUBSCRIBE, "unsubscribe"},
    {ACT_TRACE, "send-trace"},
    {ACT_END_CLIENT, "end-client"},
    {ACT_DRAIN, "drain"},
    {ACT_LOG_LEVEL, "log-level"},
    {ACT_MOVE, "move"},
    {ACT_COMMAND, "command"},
    {ACT_MOUSE, "mouse"},
    {ACT_FILTER, "filter"},
    {ACT_TROUBLE, "trouble"},
    {ACT_SHOW_ALL, "show-all"},
    {ACT_FIND_NEXT, "next"},
    {ACT_FIND_PREVIOUS, "previous"},
    {ACT_FREEZE, "freeze"},
    {ACT_MENU, "menu"},
    {ACT_QUIT, "quit"},
    {ACT_REDRAW, "redraw"},
    {ACT_SUSPEND, "suspend"},
    {ACT_UP, "up"},
    {ACT_DOWN, "down"},
    {ACT_PAGE_UP, "page-up"},
    {ACT_PAGE_DOWN, "page-down"},
    {ACT_FIRST, "first"},
    {ACT_LAST, "last"},
    {ACT_LEFT, "left"},
    {ACT_RIGHT, "right"},
    {ACT_ORDER, "order"},
    {ACT_REVERSE, "reverse"},
};
#define NAME_COUNT (sizeof NAMES / sizeof NAMES[0])

action_t key_names_action(const char *name, dd_problem_t *problem)
{
    size_t best = DD_SIMILAR_NOT;
    const char *meant = NULL;
    for (size_t i = 0; i < NAME_COUNT; i++) {
        if (strcmp(NAMES[i].name, name) == 0)
            return NAMES[i].action;
        if (dd_similar(NAMES[i].name, name, strlen(name), &best))
            meant = NAMES[i].name;
    }
    if (meant)
        dd_problem(problem, DD_E_ARGUMENT, "no key does '%.64s'; did you mean %s?", name, meant);
    else
        dd_problem(problem, DD_E_ARGUMENT,
            "no key does '%.64s'; ddtui.conf(5) has the list of what keys do", name);
    return ACT_NONE;
}

const char *key_names_of_action(action_t action)
{
    for (size_t i = 0; i < NAME_COUNT; i++)
        if (NAMES[i].action == action)
            return NAMES[i].name;
    return NULL;
}

/* ---- Keys ----------------------------------------------------------------------------------- */

/* One that has a name: "Esc", "F5", "Ctrl-L". */
static ui_key_t named_key(const char *word)
{
    for (ui_key_t key = UI_BEYOND + 1; key < UI_KEYS_END; key++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(key, name);
        if (key != UI_F0 && strcasecmp(name, word) == 0)
            return key;
    }
    for (ui_key_t key = 1; key <= ' '; key++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(key, name);
        if (strcasecmp(name, word) == 0)
            return key;
    }
    return UI_NONE;
}

static ui_key_t read_key(const char *word)
{
    uint32_t character;
    size_t size = dd_utf8_decode((const uint8_t *)word, strlen(word), &character);
    if (size > 0 && word[size] == '\0' && character > ' ' && character != 0x7f)
        return character;
    return named_key(word);
}

dd_error_t key_names_read(const char *text, ui_key_t keys[BINDING_KEYS], dd_problem_t *problem)
{
    size_t count = 0;
    memset(keys, 0, BINDING_KEYS * sizeof keys[0]);
    while (*(text += strspn(text, " ")) != '\0') {
        char word[32];
        size_t size = strcspn(text, " ");
        snprintf(
            word, sizeof word, "%.*s", (int)(size < sizeof word ? size : sizeof word - 1), text);
        text += size;
        if (count == BINDING_KEYS)
            return dd_problem(
                problem, DD_E_ARGUMENT, "one action has no more than %d keys", BINDING_KEYS);
        keys[count] = read_key(word);
        if (keys[count++] == UI_NONE)
            return dd_option_refuse(word,
                "a character, or a key's name like F5, Ctrl-L, Enter, Space or PgUp", problem);
    }
    return DD_OK;
}

dd_error_t key_names_bind(const char *name, const char *text, dd_problem_t *problem)
{
    ui_key_t keys[BINDING_KEYS];
    action_t action = key_names_action(name, problem);
    if (action == ACT_NONE)
        return DD_E_ARGUMENT;
    dd_error_t error = key_names_read(text, keys, problem);
    if (error != DD_OK)
        return error;
    action_t owner = keymap_bind(action, keys);
    if (owner == ACT_NONE)
        return DD_OK;
    const char *other = key_names_of_action(owner);
    return dd_problem(problem, DD_E_ARGUMENT, "'%s' has that key: each key can do one thing",
        other ? other : "another action");
}
