/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_graph - 15 minutes on a canvas: heights, scales, gaps, the axis, with all glyphs
 */
#include "ddtui/ui/graph.h"
#include "tests/unit/ddtui/scripted.h"

/* ms; the end of a point, whatever the width. */
#define NOW 5399000

static const graph_line_t LINES[] = {
    {FIGURE_IN, "in", COLUMN_RATE, "/s", STYLE_ACCENT},
    {FIGURE_OUT, "out", COLUMN_BYTES, "/s", STYLE_GOOD},
    {FIGURE_DROPPED, "dropped", COLUMN_RATE, "/s", STYLE_BAD},
    {FIGURE_RTT, "round trip", COLUMN_US, "", STYLE_WARNING},
};

typedef struct {
    timelines_t *timelines;
    model_t *model;
    canvas_t *canvas;
} fixture_t;

static broker_t *broker_of(const fixture_t *self)
{
    return model_edit(self->model, VIEW_TREE, 0);
}

static fixture_t begin(int rows, int columns)
{
    fixture_t self = {timelines_new(), model_new(), canvas_new(rows, columns)};
    broker_t broker = {.id = "aa", .rtt_us = MODEL_UNKNOWN};
    broker.traffic = (traffic_t){
        .in_rate = MODEL_UNKNOWN, .out_rate = MODEL_UNKNOWN, .dropped_rate = MODEL_UNKNOWN};
    assert_int_equal(model_add(self.model, VIEW_TREE, &broker), DD_OK);
    return self;
}

static void end(fixture_t *self)
{
    timelines_destroy(&self->timelines);
    model_destroy(&self->model);
    canvas_destroy(&self->canvas);
}

/* What the broker says was so from some seconds before now until some other. */
static void was(const fixture_t *self, uint64_t from_s, uint64_t until_s)
{
    for (uint64_t s = from_s; s > until_s; s--)
        timelines_take(
            self->timelines, VIEW_TREE, self->model, NOW - s * 1000, NOW - (s - 1) * 1000);
}

static void draw_at(const fixture_t *self, uint64_t now_ms, glyphs_t glyphs)
{
    const graph_t graph = {.timeline = timelines_find(self->timelines, VIEW_TREE, broker_of(self)),
        .lines = LINES,
        .count = COUNT(LINES)};
    canvas_fill(self->canvas, canvas_all(self->canvas), STYLE_PLAIN);
    graph_draw(&graph, now_ms, glyphs, self->canvas, canvas_all(self->canvas));
}

static void draw(const fixture_t *self, glyphs_t glyphs)
{
    draw_at(self, NOW, glyphs);
}

static void assert_row(const fixture_t *self, int row, const char *expected)
{
    char *text = canvas_row(self->canvas, row);
    if (strcmp(text, expected) != 0)
        scripted_print(self->canvas);
    assert_string_equal(text, expected);
    free(text);
}

static void test_nothing_is_known(void **state)
{
    (void)state;
    fixture_t self = begin(20, 78);
    draw(&self, GLYPHS_BRAILLE);
    assert_shows(self.canvas, "Nothing is known of it yet. The graph grows from now on.");
    assert_hides(self.canvas, "min ago");
    end(&self);
}

/* Nobody asked meanwhile: it didn't stand still. */
static void test_holes_say_what_they_are(void **state)
{
    (void)state;
    fixture_t self = begin(20, 78);
    broker_of(&self)->traffic.in_rate = 300;
    was(&self, 700, 500);
    draw(&self, GLYPHS_BRAILLE);
    assert_shows(self.canvas, "blank: not asked, or no answer");
    was(&self, 500, 0);
    draw(&self, GLYPHS_BRAILLE);
    assert_hides(self.canvas, "blank");
    end(&self);
}

/* A third of the time each: nothing known, 0, the half, and all of the scale. */
static void test_heights(void **state)
{
    (void)state;
    static const struct {
        glyphs_t glyphs;
        const char *rows[4];
    } CASES[] = {
        {GLYPHS_BRAILLE, {" 1000/s │         ⣿⣿⣿", "        │         ⣿⣿⣿", "        │      ⣿⣿⣿⣿⣿⣿",
                             "      0 │   ⣀⣀⣀⣿⣿⣿⣿⣿⣿"}},
        {GLYPHS_BLOCKS, {" 1000/s │         ███", "        │         ███", "        │      ██████",
                            "      0 │   ▁▁▁██████"}},
        {GLYPHS_ASCII, {" 1000/s |         ###", "        |         ###", "        |      ######",
                           "      0 |   ___######"}},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        fixture_t self = begin(6, 9 + 12);
        traffic_t *traffic = &broker_of(&self)->traffic;
        traffic->in_rate = 0;
        was(&self, 675, 450);
        traffic->in_rate = 500;
        was(&self, 450, 225);
        traffic->in_rate = 1000;
        was(&self, 225, 0);
        draw(&self, CASES[i].glyphs);
        assert_row(&self, 0, " in  now 1000/s, high");
        for (int row = 0; row < 4; row++)
            assert_row(&self, 1 + row, CASES[i].rows[row]);
        end(&self);
    }
}

/* What is little is more than nothing, and what isn't known is neither. */
static void test_little_nothing_and_not_known(void **state)
{
    (void)state;
    fixture_t self = begin(6, 9 + 12);
    traffic_t *traffic = &broker_of(&self)->traffic;
    traffic->in_rate = 1;
    was(&self, 900, 600);
    traffic->in_rate = 0;
    was(&self, 300, 150);
    traffic->in_rate = 100000;
    was(&self, 150, 0);
    draw(&self, GLYPHS_BRAILLE);
    assert_row(&self, 1, " 100k/s │          ⣿⣿");
    assert_row(&self, 4, "      0 │⣤⣤⣤⣤    ⣀⣀⣿⣿");
    end(&self);
}

static void test_each_figure_has_its_scale(void **state)
{
    (void)state;
    fixture_t self = begin(22, 78);
    broker_t *broker = broker_of(&self);
    broker->traffic = (traffic_t){.in_rate = 120, .out_rate = 17000, .dropped_rate = 0};
    broker->rtt_us = 700;
    was(&self, 300, 200);
    broker->traffic.dropped_rate = 50;
    was(&self, 200, 180);
    broker->traffic.dropped_rate = 0;
    was(&self, 180, 0);
    draw(&self, GLYPHS_BRAILLE);
    assert_shows(self.canvas, " in  now 120/s, highest 120/s");
    assert_shows(self.canvas, "  200/s │");
    assert_shows(self.canvas, " out  now 17.0kB/s, highest 17.0kB/s");
    assert_shows(self.canvas, " 20kB/s │");
    assert_shows(self.canvas, " dropped  now 0/s, highest 50/s");
    assert_shows(self.canvas, "   50/s │");
    assert_shows(self.canvas, " round trip  now 0.7ms, highest 0.7ms");
    assert_shows(self.canvas, "    1ms │");
    assert_row(&self, 21,
        "         │15 min ago            │10 min ago            │5 min ago          now");
    end(&self);
}

/* The others get its room. */
static void test_what_never_was_is_a_line(void **state)
{
    (void)state;
    fixture_t self = begin(22, 78);
    broker_of(&self)->traffic = (traffic_t){.in_rate = 120, .out_rate = 0, .dropped_rate = 0};
    was(&self, 300, 0);
    draw(&self, GLYPHS_BRAILLE);
    assert_row(&self, 20, " out  0B/s all this time");
    assert_row(&self, 21, " dropped  0/s all this time");
    assert_row(&self, 18,
        "      0 │                                              ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿");
    assert_hides(self.canvas, "round trip");
    end(&self);
}

/* As time goes on, a curve moves to the left and keeps its form. */
static void test_a_curve_does_not_tremble(void **state)
{
    (void)state;
    fixture_t self = begin(5, 9 + 40);
    traffic_t *traffic = &broker_of(&self)->traffic;
    for (uint64_t s = 400; s > 0; s--) {
        traffic->in_rate = s * 7919 % 100;
        was(&self, s, s - 1);
    }
    char *first = NULL;
    for (uint64_t later = 0; later < 40; later++) {
        draw_at(&self, NOW + later * 1000, GLYPHS_BLOCKS);
        char *row = canvas_row(self.canvas, 3), *curve = row + strlen("      0 │");
        curve += strspn(curve, " ");
        if (!first)
            first = strdup(curve);
        assert_string_equal(curve, first);
        free(row);
    }
    assert_true(strlen(first) > 12 * strlen("█"));
    free(first);
    end(&self);
}

static void test_any_size(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{1, 1}, {2, 9}, {3, 12}, {5, 30}, {40, 10}, {500, 1000}};
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        fixture_t self = begin(SIZES[i][0], SIZES[i][1]);
        broker_of(&self)->traffic =
            (traffic_t){.in_rate = UINT64_MAX - 1, .out_rate = 1, .dropped_rate = 0};
        was(&self, 20, 0);
        for (glyphs_t glyphs = GLYPHS_BRAILLE; glyphs <= GLYPHS_ASCII; glyphs++)
            draw(&self, glyphs);
        end(&self);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_known),
        cmocka_unit_test(test_holes_say_what_they_are),
        cmocka_unit_test(test_heights),
        cmocka_unit_test(test_little_nothing_and_not_known),
        cmocka_unit_test(test_each_figure_has_its_scale),
        cmocka_unit_test(test_what_never_was_is_a_line),
        cmocka_unit_test(test_a_curve_does_not_tremble),
        cmocka_unit_test(test_any_size),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
