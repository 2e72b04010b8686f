/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_page_bytes - the examples of dd-protocol(7) are what they are said to be
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/protocol/record.h"
#include "tests/unit/unit.h"

#define PAGE "man/dd-protocol.7"

typedef struct {
    uint8_t bytes[256];
    size_t size;
} example_t;

static void read_line(example_t *self, char *line)
{
    for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n")) {
        char *end;
        unsigned long byte = strtoul(word, &end, 16);
        assert_true(*end == '\0' && strlen(word) == 2 && self->size < sizeof self->bytes);
        self->bytes[self->size++] = (uint8_t)byte;
    }
}

/* The page's frames, each a block among its examples; returns how many. */
static size_t read_examples(example_t *examples, size_t room)
{
    char line[256];
    bool here = false, inside = false;
    size_t count = 0;
    FILE *page = fopen(PAGE, "r");
    assert_non_null(page);
    while (fgets(line, sizeof line, page)) {
        if (strncmp(line, ".Sh", 3) == 0)
            here = strcmp(line, ".Sh EXAMPLES\n") == 0;
        if (strncmp(line, ".Ed", 3) == 0)
            inside = false;
        if (inside)
            read_line(&examples[count - 1], line);
        if (here && strncmp(line, ".Bd", 3) == 0) {
            assert_true(count < room);
            examples[count++].size = 0;
            inside = true;
        }
    }
    fclose(page);
    return count;
}

static dd_record_t next(dd_reader_t *frame)
{
    dd_record_t record = {.type = 0};
    assert_true(dd_frame_more(frame));
    assert_int_equal(dd_frame_next(frame, &record), DD_OK);
    return record;
}

static void assert_text(dd_bytes_t bytes, const char *text)
{
    assert_true(dd_bytes_equal(bytes, dd_bytes_of(text)));
}

static void test_the_bytes_of_the_page(void **state)
{
    (void)state;
    example_t examples[4];
    assert_int_equal(read_examples(examples, COUNT(examples)), 2);
    dd_reader_t frame;
    assert_true(dd_frame_open(&frame, examples[0].bytes, examples[0].size));
    dd_record_t record = next(&frame);
    assert_int_equal(record.type, DD_HELLO);
    assert_true(record.number == 0x123456789abc0001);
    assert_text(record.name, "cli1");
    assert_false(dd_frame_more(&frame));

    assert_true(dd_frame_open(&frame, examples[1].bytes, examples[1].size));
    record = next(&frame);
    assert_int_equal(record.type, DD_SUBSCRIBE);
    assert_text(record.topic, "t");
    assert_text(record.scope, "all");
    record = next(&frame);
    assert_int_equal(record.type, DD_PUBLISH);
    assert_text(record.topic, "t");
    assert_text(record.payload, "hi");
    assert_false(dd_frame_more(&frame));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_bytes_of_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
