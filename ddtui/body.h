/*
 * body - a payload to be read: as text, as JSON, or as bytes
 */
#ifndef BODY_H_INCLUDED
#define BODY_H_INCLUDED

#include "sheet.h"

typedef enum {
    BODY_AUTO, /* JSON if it is that, else text, else bytes */
    BODY_TEXT,
    BODY_JSON,
    BODY_BYTES,
    BODY_MODES
} body_mode_t;

const char *body_mode_name(body_mode_t mode);

/* Adds a payload to a sheet. Nothing in it acts on a terminal. A payload that isn't what the mode
   wants is shown as text, after a line that says so. */
void body_add(sheet_t *sheet, body_mode_t mode, const uint8_t *data, size_t size);

#endif
