/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forms - what is asked before something is done, as data: fields, their help, and a button
 *
 * A form takes keys and draws itself. When its fields hold what may be, it hands a command to its
 * owner, who carries it out or says why that failed; the form itself does nothing.
 */
#ifndef FORMS_H_INCLUDED
#define FORMS_H_INCLUDED

#include "chooser.h"
#include "completion.h"
#include "line_editor.h"

/* Bytes of a message that can be typed or pasted. */
#define FORM_TEXT_MAX 65536
#define FORM_NAME_ROOM 4096

typedef enum {
    FORM_NOTIFY,
    FORM_PUBLISH,
    FORM_SUBSCRIBE,
    FORM_UNSUBSCRIBE,
    FORM_TRACE,
    FORM_SAVE,
    FORM_EXPORT,
    FORM_END_CLIENT,
    FORM_DRAIN,
    FORM_LOG_LEVEL,
    FORM_MOVE,
    FORMS
} form_kind_t;

/* What a form is about, and what its fields begin with. Texts are copied; NULL is nothing. */
typedef struct {
    const char *first;   /* of the first field */
    const char *second;  /* and of the one after it */
    const char *object;  /* of what is done by an operator: the name of what it is done to */
    const char *broker;  /* the id of the broker that is to do it */
    const char *confirm; /* what is to be typed to confirm it; NULL: the object's name */
    const char *also;    /* what does as well, since nobody else is meant by it; or NULL */
    const char *facts;   /* what it would mean, escaped; lines end with '\n' but for the last */
} form_about_t;

/* Bytes of the facts, and lines of them that are shown. */
#define FORM_FACTS_ROOM 512
#define FORM_FACTS_LINES 4

/* What the user wants to have done. */
typedef struct {
    form_kind_t kind;
    char name[FORM_NAME_ROOM]; /* destination, topic, file, or object */
    char scope[DD_SCOPE_MAX + 1];
    char level[16];
    char endpoint[DD_ENDPOINT_MAX + 1]; /* of a parent */
    char broker[MODEL_ID_ROOM];
    char text[FORM_TEXT_MAX + 1]; /* the message */
    bool receipt;
} command_t;

typedef enum {
    FORM_OPEN,
    FORM_READY, /* its command is to be carried out; then comes form_fail(), or its end */
    FORM_CANCELLED
} form_state_t;

typedef struct form form_t;

/* The session view and the history are lent. NULL when out of memory. */
form_t *form_new(
    form_kind_t kind, const form_about_t *about, const session_view_t *session, history_t *history);
void form_destroy(form_t **self_p);

const char *form_title(form_kind_t kind);

/* Views that are to be asked while it is open, as bits 1 << view. */
unsigned form_views(const form_t *self);
/* Takes notice of what has changed in the session view. */
void form_update(form_t *self);
/* What it would mean has changed. */
void form_set_facts(form_t *self, const char *facts);
form_kind_t form_kind(const form_t *self);
/* What an operator's form is about, and the id of the broker that is to do it. */
const char *form_object(const form_t *self);
const char *form_broker(const form_t *self);

/* A key, and what the table of keys says that it does in a form. */
form_state_t form_key(form_t *self, ui_key_t key, action_t action);
/* Does what the form is for, as if its button had been pressed. */
form_state_t form_submit(form_t *self);
/* The screen's widgets have moved to another item. */
void form_choose(form_t *self, chooser_kind_t kind, size_t item);

/* A click on such an item, and on a place of the screen as it was drawn last. */
form_state_t form_pick(form_t *self, chooser_kind_t kind, size_t item);
void form_click(form_t *self, int row, int column);

/* Valid until the form changes. */
const command_t *form_command(form_t *self);
/* The owner could carry the command out: what was typed is offered again. */
void form_remember(form_t *self);
/* The owner could not carry the command out: the form stays open and says why. */
void form_fail(form_t *self, const char *why);

/* Where the cursor is to stand; visible false: nowhere. */
typedef struct {
    bool visible;
    int row;
    int column;
} cursor_t;

/* Draws all but the choosers, which it puts into out, room for two; returns their count. */
size_t form_draw(form_t *self, canvas_t *canvas, rect_t area, cursor_t *cursor, chooser_t out[2]);

#endif
