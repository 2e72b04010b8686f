/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sgr_mouse - what a terminal reports of its mouse in decimal numbers: ESC [ < BUTTON ; X ; Y M
 */
#include "sgr_mouse.h"

/* No terminal is larger. */
#define NUMBER_MAX 9999
/* Shift, Meta and Control, which make no difference here. */
#define MODIFIERS 28

enum { BUTTON, COLUMN, ROW };

static const struct {
    int button;
    mouse_t mouse;
} MEANINGS[] = {{0, MOUSE_CLICK}, {64, MOUSE_WHEEL_UP}, {65, MOUSE_WHEEL_DOWN}};

void sgr_mouse_begin(sgr_mouse_t *self)
{
    *self = (sgr_mouse_t){.state = SGR_MOUSE_MORE};
}

static bool take_digit(sgr_mouse_t *self, int digit)
{
    int *number = &self->numbers[self->count];
    *number = 10 * *number + digit;
    return *number <= NUMBER_MAX;
}

/* 'M' is a button that was pressed, 'm' one that was let go. */
static sgr_mouse_state_t finish(sgr_mouse_t *self, bool pressed)
{
    self->row = self->numbers[ROW] - 1;
    self->column = self->numbers[COLUMN] - 1;
    if (!pressed || self->count != ROW || self->row < 0 || self->column < 0)
        return SGR_MOUSE_VOID;
    for (size_t i = 0; i < sizeof MEANINGS / sizeof MEANINGS[0]; i++)
        if (MEANINGS[i].button == (self->numbers[BUTTON] & ~MODIFIERS)) {
            self->mouse = MEANINGS[i].mouse;
            return SGR_MOUSE_DONE;
        }
    return SGR_MOUSE_VOID;
}

sgr_mouse_state_t sgr_mouse_take(sgr_mouse_t *self, ui_key_t character)
{
    if (self->state != SGR_MOUSE_MORE)
        return SGR_MOUSE_NONE;
    bool goes_on = false;
    if (character >= '0' && character <= '9')
        goes_on = take_digit(self, (int)(character - '0'));
    else if (character == ';')
        goes_on = ++self->count <= ROW;
    self->state = goes_on ? SGR_MOUSE_MORE : SGR_MOUSE_NONE;
    if (goes_on)
        return SGR_MOUSE_MORE;
    return character == 'M' || character == 'm' ? finish(self, character == 'M') : SGR_MOUSE_VOID;
}
