/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_text - any bytes, made fit for a terminal or a log, and cut to its cells
 */
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"
#include "tests/fuzz/fuzz.h"

/* Text that a terminal shows and doesn't obey. */
static void check_shown(const char *text, size_t size)
{
    check(strlen(text) == size && dd_utf8_valid(text, size));
    for (size_t at = 0; at < size;) {
        uint32_t character;
        at += dd_utf8_decode((const uint8_t *)text + at, size - at, &character);
        check(!dd_escape_acts(character));
    }
}

static uint8_t hex(const char *digits)
{
    char number[] = {digits[0], digits[1], '\0'};
    return (uint8_t)strtoul(number, NULL, 16);
}

/* The bytes can be read back from what stands for them. */
static void check_same(const char *text, const uint8_t *data, size_t size)
{
    size_t at = 0;
    while (*text && at < size) {
        bool escaped = text[0] == '\\' && text[1] == 'x';
        uint8_t byte = escaped ? hex(text + 2) : (uint8_t)text[0];
        text += escaped ? 4 : text[0] == '\\' ? 2 : 1;
        check(byte == data[at++]);
    }
    check(*text == '\0' && at == size);
}

static void escape(const uint8_t *data, size_t size)
{
    size_t room = DD_ESCAPE_MAX * size + 1;
    char *text = malloc(room);
    check(text != NULL);
    check_shown(text, dd_escape_text(data, size, text, room));
    check_same(text, data, size);
    size_t less = size > 0 ? 1 + data[0] % room : 1;
    check_shown(text, dd_escape_text(data, size, text, less));
    free(text);
}

static void escape_json(const char *json)
{
    size_t room = DD_ESCAPE_JSON_MAX * strlen(json) + 1;
    char *text = malloc(room);
    check(text != NULL);
    check_shown(text, dd_escape_json(json, text, room));
    free(text);
}

/* Cells count for the terminal what the text is made of, whatever is cut. */
static void cut(const char *text)
{
    size_t size = strlen(text), room = size + 256;
    char *fitted = malloc(room);
    check(fitted != NULL);
    for (size_t width = 0; width < 40; width += 13) {
        check(dd_utf8_prefix(text, width) <= size);
        check(dd_utf8_cut(text, size, width) <= width);
        dd_utf8_fit(text, width, fitted, room);
        check(dd_utf8_width(fitted) == width);
        dd_utf8_fit_name(text, width, fitted, room);
        check(dd_utf8_width(fitted) == width);
        dd_utf8_fit(text, width, fitted, width + 1);
        check(strlen(fitted) <= width);
    }
    free(fitted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size);
    escape(data, size);
    escape_json(text);
    cut(text);
    size_t length = strlen(text);
    dd_escape_mask(text);
    check_shown(text, length);
    free(text);
    return 0;
}
