/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * graph - the last 15 minutes of some figures, one above the other, each with its own scale
 */
#include "graph.h"

#include <stdio.h>
#include <string.h>

#include "libdd/base/utf8.h"

#define MINUTES (TIMELINE_STEP * TIMELINE_STEPS / 60000)
/* Cells for the numbers of a scale, with the line to their right. */
#define SCALE_WIDTH 9
/* Steps for which the newest figures may be late before the graph goes on without them. */
#define LATE_MAX 5
/* Rows of a curve that is worth it. */
#define CURVE_ROWS_MIN 1
/* Least rows of one whose scale has a number in the middle. */
#define HALF_FROM 5
/* us that words tell apart in a round trip. */
#define ROUND_TRIP_LEAST 100
#define HOLES "blank: not asked, or no answer"

/* What cells are made of: levels is how many steps high one is, columns how many it has. */
static const struct {
    int levels;
    int columns;
    const char *edge;
} STYLES_OF[] = {
    [GLYPHS_BRAILLE] = {4, 2, "│"},
    [GLYPHS_BLOCKS] = {8, 1, "│"},
    [GLYPHS_ASCII] = {3, 1, "|"},
};

/* Where and when everything is. A point is one column of what cells are made of; points are counted
   from when steps are, so that no curve trembles as time goes on. */
typedef struct {
    const graph_t *graph;
    glyphs_t glyphs;
    canvas_t *canvas;
    int width;       /* cells of a curve */
    uint64_t points; /* of a curve */
    uint64_t end;    /* the point after the last one */
    uint64_t step;   /* the last one */
} frame_t;

/* ---- Points --------------------------------------------------------------------------------- */

/* The first step of a point. Rounded up, as the point of a step is rounded down: else the newest
   step would belong to a point that isn't drawn yet. */
static uint64_t step_of(const frame_t *self, uint64_t point)
{
    return (point * TIMELINE_STEPS + self->points - 1) / self->points;
}

static double value_at(const frame_t *self, figure_t figure, uint64_t point)
{
    uint64_t first = step_of(self, point), end = step_of(self, point + 1);
    return timeline_highest(self->graph->timeline, figure, first, end > first ? end : first + 1);
}

static uint64_t first_point(const frame_t *self)
{
    return self->end > self->points ? self->end - self->points : 0;
}

static double highest(const frame_t *self, figure_t figure)
{
    return timeline_highest(
        self->graph->timeline, figure, step_of(self, first_point(self)), step_of(self, self->end));
}

static double newest(const frame_t *self, figure_t figure)
{
    return timeline_highest(self->graph->timeline, figure, self->step, self->step + 1);
}

/* ---- Words ---------------------------------------------------------------------------------- */

static const char *value_text(const graph_line_t *line, double value, char out[64])
{
    if (value < 0) {
        snprintf(out, 64, "-");
        return out;
    }
    column_number_text(line->kind, (uint64_t)(value + 0.5), out, 64);
    size_t size = strlen(out);
    snprintf(out + size, 64 - size, "%s", line->unit);
    return out;
}

/* What can be told apart in words. */
static uint64_t least_of(const graph_line_t *line)
{
    return line->kind == COLUMN_US ? ROUND_TRIP_LEAST : 1;
}

/* The next one of 1, 2, 5, 10, 20, 50 ..., so that the scale seldom changes. */
static double round_up(double value, double least)
{
    static const double STEPS[] = {1, 2, 5};
    for (double power = least;; power *= 10)
        for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++)
            if (value <= STEPS[i] * power)
                return STEPS[i] * power;
}

/* "20.0kB/s" as "20kB/s". */
static void drop_zero(char *text)
{
    char *zero = strstr(text, ".0");
    if (zero && (zero[2] < '0' || zero[2] > '9'))
        memmove(zero, zero + 2, strlen(zero + 2) + 1);
}

/* ---- Curves --------------------------------------------------------------------------------- */

/* How high a point is: nothing if it isn't known, 1 for 0, and more for whatever is more. */
static int height_of(double value, double top, int levels)
{
    if (value < 0)
        return 0;
    if (value == 0)
        return 1;
    int height = (int)(value / top * levels + 0.5);
    return height < 2 ? 2 : height > levels ? levels : height;
}

static int within(int height, int levels)
{
    return height < 0 ? 0 : height > levels ? levels : height;
}

/* A cell of two points in braille: each column's dots from below. */
static void braille_text(int left, int right, char out[DD_UTF8_MAX + 1])
{
    static const unsigned char LEFT[] = {0, 0x40, 0x44, 0x46, 0x47};
    static const unsigned char RIGHT[] = {0, 0x80, 0xa0, 0xb0, 0xb8};
    unsigned dots = LEFT[left] | RIGHT[right];
    snprintf(
        out, DD_UTF8_MAX + 1, "%c%c%c", 0xe2, 0xa0 | (int)(dots >> 6), 0x80 | (int)(dots & 0x3f));
    if (dots == 0)
        snprintf(out, DD_UTF8_MAX + 1, " ");
}

static void cell_text(glyphs_t glyphs, const int heights[2], char out[DD_UTF8_MAX + 1])
{
    static const char *const BLOCKS[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const ASCII[] = {" ", "_", "=", "#"};
    if (glyphs == GLYPHS_BRAILLE)
        braille_text(heights[0], heights[1], out);
    else
        snprintf(
            out, DD_UTF8_MAX + 1, "%s", (glyphs == GLYPHS_BLOCKS ? BLOCKS : ASCII)[heights[0]]);
}

/* One column of cells. */
static void draw_column(
    const frame_t *self, const graph_line_t *line, double top, int column, rect_t area)
{
    int levels = STYLES_OF[self->glyphs].levels, columns = STYLES_OF[self->glyphs].columns;
    int heights[2] = {0};
    for (int i = 0; i < columns; i++) {
        uint64_t point = first_point(self) + (uint64_t)(column * columns + i);
        if (point < self->end)
            heights[i] = height_of(value_at(self, line->figure, point), top, levels * area.height);
    }
    for (int row = 0; row < area.height; row++) {
        char text[DD_UTF8_MAX + 1];
        int below = (area.height - 1 - row) * levels;
        const int part[2] = {
            within(heights[0] - below, levels), within(heights[1] - below, levels)};
        cell_text(self->glyphs, part, text);
        canvas_text(self->canvas, area, row, column, line->style, text);
    }
}

static void draw_mark(
    const frame_t *self, const graph_line_t *line, double value, int row, rect_t area)
{
    char text[64] = "0";
    if (value > 0)
        value_text(line, value, text);
    drop_zero(text);
    int indent = SCALE_WIDTH - 2 - (int)dd_utf8_width(text);
    canvas_text(self->canvas, area, row, indent > 0 ? indent : 0, STYLE_DIM, text);
}

/* The numbers at the left: the highest at the top, half of it in the middle of a high one, and 0.
 */
static void draw_scale(const frame_t *self, const graph_line_t *line, double top, rect_t area)
{
    for (int row = 0; row < area.height; row++)
        canvas_text(
            self->canvas, area, row, SCALE_WIDTH - 1, STYLE_DIM, STYLES_OF[self->glyphs].edge);
    draw_mark(self, line, top, 0, area);
    if (area.height > 1)
        draw_mark(self, line, 0, area.height - 1, area);
    if (area.height >= HALF_FROM && (uint64_t)top % (2 * least_of(line)) == 0)
        draw_mark(self, line, top / 2, (area.height - 1) / 2, area);
}

/* Whether something isn't known since when it was first. */
static bool has_holes(const frame_t *self, const graph_line_t *line)
{
    bool any = false;
    for (uint64_t point = first_point(self); point < self->end; point++) {
        bool is_known = value_at(self, line->figure, point) >= 0;
        if (any && !is_known)
            return true;
        any |= is_known;
    }
    return false;
}

/* Nobody takes a hole for standing still. */
static void draw_holes(const frame_t *self, const graph_line_t *line, int from, rect_t title)
{
    int column = title.width - (int)sizeof HOLES;
    if (column >= from + 2 && has_holes(self, line))
        canvas_text(self->canvas, title, 0, column, STYLE_DIM, HOLES);
}

static void draw_curve(const frame_t *self, const graph_line_t *line, rect_t area)
{
    char now[64], most[64];
    double top = round_up(highest(self, line->figure), (double)least_of(line));
    rect_t title = rect_cut_top(&area, 1);
    int at = canvas_text(self->canvas, title, 0, 1, line->style, line->name) + 3;
    at += canvas_print(self->canvas, title, 0, at, STYLE_PLAIN, "now %s, highest %s",
        value_text(line, newest(self, line->figure), now),
        value_text(line, highest(self, line->figure), most));
    draw_holes(self, line, at, title);
    draw_scale(self, line, top, area);
    rect_cut_left(&area, SCALE_WIDTH);
    for (int column = 0; column < self->width; column++)
        draw_column(self, line, top, column, area);
}

/* ---- The whole ------------------------------------------------------------------------------ */

/* Times below: of the start, of each five minutes, of the end. */
static void draw_axis(const frame_t *self, rect_t area)
{
    rect_cut_left(&area, SCALE_WIDTH);
    for (int minutes = MINUTES; minutes > 0; minutes -= 5) {
        int column = self->width * (MINUTES - minutes) / MINUTES;
        canvas_print(self->canvas, area, 0, column, STYLE_DIM, "%s%d min ago",
            STYLES_OF[self->glyphs].edge, minutes);
    }
    canvas_text(self->canvas, area, 0, self->width - 3, STYLE_DIM, "now");
}

static frame_t frame_of(
    const graph_t *graph, uint64_t now_ms, glyphs_t glyphs, canvas_t *canvas, rect_t area)
{
    frame_t self = {
        .graph = graph, .glyphs = glyphs, .canvas = canvas, .width = area.width - SCALE_WIDTH};
    uint64_t step = now_ms / TIMELINE_STEP, last = timeline_newest(graph->timeline);
    if (self.width > TIMELINE_STEPS / STYLES_OF[glyphs].columns)
        self.width = TIMELINE_STEPS / STYLES_OF[glyphs].columns;
    if (self.width < 1)
        self.width = 1;
    self.points = (uint64_t)(self.width * STYLES_OF[glyphs].columns);
    if (last <= step && last + LATE_MAX >= step)
        step = last;
    self.step = step;
    self.end = step * self.points / TIMELINE_STEPS + 1;
    return self;
}

static bool is_flat(const frame_t *self, size_t index)
{
    return highest(self, self->graph->lines[index].figure) == 0;
}

static bool is_curve(const frame_t *self, size_t index)
{
    return highest(self, self->graph->lines[index].figure) > 0;
}

static int count_of(const frame_t *self, bool (*is)(const frame_t *self, size_t index))
{
    int count = 0;
    for (size_t i = 0; i < self->graph->count; i++)
        count += is(self, i);
    return count;
}

/* What is told in a line each. */
static void draw_flat(const frame_t *self, rect_t area)
{
    for (size_t i = 0; i < self->graph->count; i++) {
        const graph_line_t *line = &self->graph->lines[i];
        char nothing[64];
        if (!is_flat(self, i))
            continue;
        rect_t row = rect_cut_top(&area, 1);
        int at = canvas_text(self->canvas, row, 0, 1, line->style, line->name) + 3;
        canvas_print(
            self->canvas, row, 0, at, STYLE_DIM, "%s all this time", value_text(line, 0, nothing));
    }
}

static void draw_curves(const frame_t *self, int count, rect_t area)
{
    draw_axis(self, rect_cut_bottom(&area, 1));
    for (size_t i = 0; i < self->graph->count; i++) {
        int height = count > 0 ? area.height / count : 0;
        if (!is_curve(self, i) || height < 1 + CURVE_ROWS_MIN)
            continue;
        draw_curve(self, &self->graph->lines[i], rect_cut_top(&area, height));
        count--;
    }
}

void graph_draw(
    const graph_t *graph, uint64_t now_ms, glyphs_t glyphs, canvas_t *canvas, rect_t area)
{
    const frame_t self = frame_of(graph, now_ms, glyphs, canvas, area);
    int flat = count_of(&self, is_flat), curves = count_of(&self, is_curve);
    if (curves > 0) {
        rect_t bottom = rect_cut_bottom(&area, flat);
        draw_curves(&self, curves, area);
        area = bottom;
    }
    draw_flat(&self, area);
    if (flat + curves == 0)
        canvas_text(canvas, area, 1, 1, STYLE_DIM,
            "Nothing is known of it yet. The graph grows from now on.");
}
