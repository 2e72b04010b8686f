/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forms - what is asked before something is done, as data: fields, their help, and a button
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "form_state.h"
#include "libdd/base/utf8.h"
#include "parent_choice.h"

const char *form_title(form_kind_t kind)
{
    return FORM_SPECS[kind].title;
}

/* ---- Fields and suggestions ----------------------------------------------------------------- */

/* No file is overwritten: one that was written before can't be written again. */
static void offer(form_t *self, const char *typed)
{
    const spec_t *field = form_focused(self);
    history_kind_t history = form_is_choice(self) ? HISTORY_NONE : field->history;
    if (self->kind == FORM_MOVE && field->completion == COMPLETION_PARENTS)
        parent_choice_offer(&self->suggestions, self->session, form_broker(self), typed);
    else if (history == HISTORY_FILE)
        completion_offer_folders(&self->suggestions, self->history, self->file, typed);
    else
        completion_offer(
            &self->suggestions, field->completion, history, self->session, self->history, typed);
}

/* Lists what the focused field may be filled with. In a choice everything can be chosen always. */
static void refresh(form_t *self)
{
    self->suggestions.count = 0;
    self->suggestion = 0;
    if (form_at_buttons(self) || form_focused(self)->kind == FIELD_CHECK)
        return;
    const char *typed = line_editor_text(self->editors[self->focus]);
    bool all = form_is_choice(self) || self->fresh[self->focus];
    offer(self, all ? "" : typed);
    self->suggestion = self->suggestions.count;
    for (size_t i = 0; form_is_choice(self) && i < self->suggestions.count; i++)
        if (strcmp(self->suggestions.texts[i], typed) == 0)
            self->suggestion = i;
}

void form_update(form_t *self)
{
    char marked[COMPLETION_ROOM] = "";
    if (self->suggestion < self->suggestions.count)
        memcpy(marked, self->suggestions.texts[self->suggestion], sizeof marked);
    refresh(self);
    for (size_t i = 0; marked[0] != '\0' && i < self->suggestions.count; i++)
        if (strcmp(self->suggestions.texts[i], marked) == 0)
            self->suggestion = i;
}

void form_set_facts(form_t *self, const char *facts)
{
    snprintf(self->facts, sizeof self->facts, "%s", facts);
}

form_kind_t form_kind(const form_t *self)
{
    return self->kind;
}

const char *form_object(const form_t *self)
{
    return self->object;
}

const char *form_broker(const form_t *self)
{
    return self->command.broker;
}

static void set_focus(form_t *self, size_t focus)
{
    self->focus = focus;
    self->button = 0;
    refresh(self);
}

/* Puts a suggestion into the field. */
static void take(form_t *self, size_t suggestion)
{
    line_editor_set(self->editors[self->focus], self->suggestions.texts[suggestion]);
    self->fresh[self->focus] = false;
}

static void move_suggestion(form_t *self, bool down)
{
    size_t count = self->suggestions.count;
    if (count == 0)
        return;
    if (down)
        self->suggestion = self->suggestion + 1 < count ? self->suggestion + 1 : 0;
    else
        self->suggestion = self->suggestion > 0 ? self->suggestion - 1 : count;
    if (self->suggestion > count)
        self->suggestion = count;
    if (form_is_choice(self) && self->suggestion < count)
        take(self, self->suggestion);
}

/* ---- The form ------------------------------------------------------------------------------- */

static const char *first_text(const form_t *self, const form_about_t *about, size_t field)
{
    const char *const texts[] = {about->first, about->second};
    if (field < sizeof texts / sizeof texts[0] && texts[field])
        return texts[field];
    if (self->kind == FORM_SUBSCRIBE && field == 1)
        return "all";
    return self->kind == FORM_LOG_LEVEL && field == 0 ? "notice" : "";
}

static void set_file(form_t *self, const char *path)
{
    const char *end = strrchr(path, '/');
    snprintf(self->file, sizeof self->file, "%s", end ? end + 1 : path);
}

form_t *form_new(
    form_kind_t kind, const form_about_t *about, const session_view_t *session, history_t *history)
{
    form_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->kind = kind;
    self->spec = &FORM_SPECS[kind];
    self->session = session;
    self->history = history;
    self->checked = true;
    snprintf(self->object, sizeof self->object, "%s", about->object ? about->object : "");
    snprintf(
        self->confirm, sizeof self->confirm, "%s", about->confirm ? about->confirm : self->object);
    snprintf(self->also, sizeof self->also, "%s", about->also ? about->also : "");
    snprintf(self->facts, sizeof self->facts, "%s", about->facts ? about->facts : "");
    snprintf(self->command.broker, sizeof self->command.broker, "%s",
        about->broker ? about->broker : "");
    for (size_t i = 0; i < self->spec->count; i++) {
        if (self->spec->fields[i].kind == FIELD_CHECK)
            continue;
        self->editors[i] = line_editor_new(self->spec->fields[i].max);
        if (!self->editors[i]) {
            form_destroy(&self);
            return NULL;
        }
        line_editor_set(self->editors[i], first_text(self, about, i));
        self->fresh[i] = line_editor_text(self->editors[i])[0] != '\0';
    }
    set_file(self, about->first ? about->first : "");
    set_focus(self, 0);
    return self;
}

void form_destroy(form_t **self_p)
{
    form_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    for (size_t i = 0; i < FIELDS_MAX; i++)
        line_editor_destroy(&self->editors[i]);
    free(self);
    *self_p = NULL;
}

unsigned form_views(const form_t *self)
{
    unsigned views = 1u << VIEW_TREE;
    for (size_t i = 0; i < self->spec->count; i++)
        views |= completion_views(self->spec->fields[i].completion);
    return views;
}

void form_fail(form_t *self, const char *why)
{
    snprintf(self->why, sizeof self->why, "%s", why);
}

/* ---- The command ---------------------------------------------------------------------------- */

const command_t *form_command(form_t *self)
{
    return &self->command;
}

void form_remember(form_t *self)
{
    for (size_t i = 0; i < self->spec->count; i++)
        if (self->spec->fields[i].history != HISTORY_NONE)
            history_add(
                self->history, self->spec->fields[i].history, line_editor_text(self->editors[i]));
}

/* "topic  scope", as it was suggested. */
static void split_own(command_t *command)
{
    char *scope = strrchr(command->name, ' ');
    if (!scope)
        return;
    snprintf(command->scope, sizeof command->scope, "%s", scope + 1);
    command->name[strcspn(command->name, " ")] = '\0';
}

static void fill_command(form_t *self)
{
    command_t *command = &self->command;
    const char *first = line_editor_text(self->editors[0]);
    command->kind = self->kind;
    command->receipt = self->checked;
    snprintf(command->name, sizeof command->name, "%s", self->spec->warning ? self->object : first);
    if (self->kind == FORM_NOTIFY || self->kind == FORM_PUBLISH)
        snprintf(command->text, sizeof command->text, "%s", line_editor_text(self->editors[1]));
    else if (self->kind == FORM_SUBSCRIBE)
        snprintf(command->scope, sizeof command->scope, "%s", line_editor_text(self->editors[1]));
    else if (self->kind == FORM_LOG_LEVEL)
        snprintf(command->level, sizeof command->level, "%s", first);
    else if (self->kind == FORM_MOVE)
        snprintf(command->endpoint, sizeof command->endpoint, "%s", first);
    else if (self->kind == FORM_UNSUBSCRIBE)
        split_own(command);
}

form_state_t form_submit(form_t *self)
{
    size_t field = 0;
    const char *why = form_validate(self, &field);
    if (why) {
        set_focus(self, field);
        form_fail(self, why);
        return FORM_OPEN;
    }
    fill_command(self);
    return FORM_READY;
}

/* ---- Keys ----------------------------------------------------------------------------------- */

static void go_next(form_t *self)
{
    set_focus(self, self->focus < self->spec->count ? self->focus + 1 : 0);
}

static void go_back(form_t *self)
{
    set_focus(self, self->focus > 0 ? self->focus - 1 : self->spec->count);
}

/* Whether no field below is typed into: Enter does it. */
static bool is_last_line(const form_t *self)
{
    for (size_t i = self->focus + 1; i < self->spec->count; i++)
        if (self->spec->fields[i].kind != FIELD_CHECK)
            return false;
    return true;
}

/* Takes the marked suggestion, if there is one; true if that changed the field. */
static bool take_marked(form_t *self)
{
    if (form_at_buttons(self) || form_is_choice(self) ||
        self->suggestion >= self->suggestions.count)
        return false;
    take(self, self->suggestion);
    refresh(self);
    return true;
}

/* The only text that is suggested and goes on from what is typed, unless that is one, too; the
   count of suggestions if there is none. */
static size_t only_one(const form_t *self)
{
    completions_t shorter;
    char typed[COMPLETION_ROOM];
    const spec_t *spec = form_focused(self);
    size_t size = strlen(line_editor_text(self->editors[self->focus]));
    snprintf(typed, sizeof typed, "%s", line_editor_text(self->editors[self->focus]));
    if (self->suggestions.count != 1 || size == 0 || size >= sizeof typed ||
        strncmp(self->suggestions.texts[0], typed, size) != 0)
        return self->suggestions.count;
    if (session_view_is_own(self->session, session_view_link(self->session)->tenant, typed))
        return self->suggestions.count;
    typed[dd_utf8_cut(typed, size, size - 1)] = '\0';
    completion_offer(
        &shorter, spec->completion, spec->history, self->session, self->history, typed);
    for (size_t i = 0; i < shorter.count; i++)
        if (strcmp(shorter.texts[i], line_editor_text(self->editors[self->focus])) == 0)
            return self->suggestions.count;
    return shorter.count < COMPLETIONS_MAX ? 0 : self->suggestions.count;
}

/* As in the line of a command: what is marked, or all there is to go on to. */
static void complete(form_t *self)
{
    if (take_marked(self) || form_at_buttons(self) || form_is_choice(self) ||
        !self->editors[self->focus] || form_focused(self)->completion == COMPLETION_NOTHING)
        return;
    size_t only = only_one(self);
    if (only == self->suggestions.count)
        return;
    take(self, only);
    refresh(self);
}

static form_state_t accept(form_t *self)
{
    if (form_at_buttons(self))
        return self->button == CANCEL ? FORM_CANCELLED : form_submit(self);
    take_marked(self);
    if (is_last_line(self))
        return form_submit(self);
    go_next(self);
    return FORM_OPEN;
}

static void act_on_field(form_t *self, action_t action)
{
    line_editor_t *editor = self->editors[self->focus];
    if (!editor || !line_editor_act(editor, action))
        return;
    self->fresh[self->focus] = false;
    if (action >= ACT_ERASE)
        refresh(self);
}

static void type(form_t *self, ui_key_t key)
{
    line_editor_t *editor = form_at_buttons(self) ? NULL : self->editors[self->focus];
    if (!form_at_buttons(self) && form_focused(self)->kind == FIELD_CHECK && key == ' ')
        self->checked = !self->checked;
    if (!editor || (key < ' ' && key != '\n' && key != '\t') || key >= UI_BEYOND)
        return;
    if (self->fresh[self->focus])
        line_editor_act(editor, ACT_ERASE_ALL);
    self->fresh[self->focus] = false;
    if (!line_editor_type(editor, key))
        form_fail(self, "that is as long as it can be");
    refresh(self);
}

form_state_t form_key(form_t *self, ui_key_t key, action_t action)
{
    self->why[0] = '\0';
    switch (action) {
    case ACT_BACK:
        return FORM_CANCELLED;
    case ACT_ACCEPT:
        return accept(self);
    case ACT_NEXT:
        complete(self);
        go_next(self);
        break;
    case ACT_PREVIOUS:
        go_back(self);
        break;
    case ACT_UP:
    case ACT_DOWN:
        move_suggestion(self, action == ACT_DOWN);
        break;
    case ACT_NONE:
        type(self, key);
        break;
    default:
        if (form_at_buttons(self))
            self->button = action == ACT_RIGHT ? CANCEL : 0;
        else
            act_on_field(self, action);
    }
    return FORM_OPEN;
}

void form_choose(form_t *self, chooser_kind_t kind, size_t item)
{
    if (kind == CHOOSER_BUTTONS && item < BUTTONS)
        self->button = item;
    else if (kind == CHOOSER_LIST && form_is_choice(self) && item < self->suggestions.count) {
        self->suggestion = item;
        take(self, item);
    }
}

/* ---- The mouse ------------------------------------------------------------------------------ */

form_state_t form_pick(form_t *self, chooser_kind_t kind, size_t item)
{
    self->why[0] = '\0';
    form_choose(self, kind, item);
    if (kind != CHOOSER_BUTTONS)
        return FORM_OPEN;
    self->focus = self->spec->count;
    return accept(self);
}

static void click_field(form_t *self, size_t field)
{
    if (self->spec->fields[field].kind == FIELD_CHECK)
        self->checked = !self->checked;
    set_focus(self, field);
}

void form_click(form_t *self, int row, int column)
{
    self->why[0] = '\0';
    size_t offer = self->first_offer + (size_t)(row - self->offers.row);
    if (rect_has(self->offers, row, column) && offer < self->suggestions.count) {
        take(self, offer);
        refresh(self);
        return;
    }
    for (size_t i = 0; i < self->spec->count; i++)
        if (rect_has(self->lines[i], row, column))
            click_field(self, i);
}
