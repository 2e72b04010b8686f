/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * form_state - what a form is at, as its own files share it
 *
 * forms.c has the keys, form_specs.c the forms as data, form_validation.c what may be entered, and
 * form_draw.c what it looks like.
 */
#ifndef FORM_STATE_H_INCLUDED
#define FORM_STATE_H_INCLUDED

#include "forms.h"

#define FIELDS_MAX 3
#define BUTTONS 2
#define CANCEL 1

typedef enum { FIELD_LINE, FIELD_CHOICE, FIELD_CHECK } field_kind_t;

typedef struct {
    const char *label;
    field_kind_t kind;
    completion_source_t completion;
    history_kind_t history;
    size_t max; /* bytes */
    const char *hint;
} spec_t;

typedef struct {
    const char *title;
    const char *button;
    const char *warning; /* before the name that is to be typed; NULL if none is */
    spec_t fields[FIELDS_MAX];
    size_t count;
} form_spec_t;

struct form {
    form_kind_t kind;
    const form_spec_t *spec;
    const session_view_t *session;
    history_t *history;
    line_editor_t *editors[FIELDS_MAX]; /* of the fields; NULL for checks */
    bool fresh[FIELDS_MAX];             /* holds what it began with: typing replaces it */
    bool checked;
    size_t focus; /* a field, or after these the buttons */
    size_t button;
    completions_t suggestions; /* for the field with the focus */
    size_t suggestion;         /* the marked one; count of them for none */
    rect_t lines[FIELDS_MAX];  /* where the fields were drawn last */
    rect_t offers;             /* and the suggestions, of which the first visible one is: */
    size_t first_offer;
    char file[64]; /* the name that was proposed for a file */
    char why[512]; /* it can't be done so; "" for the field's hint */
    char object[DD_NAME_MAX + 1];
    char confirm[DD_NAME_MAX + 1]; /* what is to be typed */
    char also[DD_NAME_MAX + 1];    /* or this; "": nothing else */
    char facts[FORM_FACTS_ROOM];
    command_t command;
};

extern const form_spec_t FORM_SPECS[FORMS];

/* What is wrong with the texts of a form's fields, and in which; NULL if nothing is. */
const char *form_validate(const form_t *self, size_t *field);

/* Whether the buttons have the focus, and not a field. */
static inline bool form_at_buttons(const form_t *self)
{
    return self->focus >= self->spec->count;
}

/* The field with the focus; NULL if the buttons have it. */
static inline const spec_t *form_focused(const form_t *self)
{
    return form_at_buttons(self) ? NULL : &self->spec->fields[self->focus];
}

/* Whether a field is the one that confirms what an operator does. */
static inline bool form_confirms(const form_t *self, size_t field)
{
    return self->spec->warning && field + 1 == self->spec->count;
}

static inline bool form_is_choice(const form_t *self)
{
    return !form_at_buttons(self) && form_focused(self)->kind == FIELD_CHOICE;
}

#endif
