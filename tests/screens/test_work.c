/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_work - the console does little while little happens, and no more for long lists than it
 * shows
 *
 * What is counted is work, as the kernel counts it: times that the console wakes up, and what it
 * writes. How long that takes is the machine's affair. Seconds are those of the console's clock.
 */
#include <stdio.h>
#include <string.h>

#include "tests/system/puppet.h"
#include "tests/system/scene.h"
#include "tests/system/terminal.h"
#include "tests/system/work.h"

static const int SIZES[][2] = {{24, 80}, {50, 200}};

/* ---- The console's clock -------------------------------------------------------------------- */

#define CLOCK_SIZE 8

typedef struct {
    terminal_t *terminal;
    char text[CLOCK_SIZE + 1];
} clock_face_t;

static void read_clock(terminal_t *terminal, char out[CLOCK_SIZE + 1])
{
    const char *screen = terminal_screen(terminal), *end = strchr(screen, '\n');
    assert_true(end && end - screen > CLOCK_SIZE);
    memcpy(out, end - CLOCK_SIZE, CLOCK_SIZE);
    out[CLOCK_SIZE] = '\0';
}

static bool has_gone_on(void *arg)
{
    clock_face_t *clock = arg;
    char now[CLOCK_SIZE + 1];
    read_clock(clock->terminal, now);
    return strcmp(now, clock->text) != 0;
}

/* Seconds from one time of day to a later one. */
static unsigned seconds_between(const char *before, const char *after)
{
    unsigned times[2][3];
    assert_int_equal(sscanf(before, "%u:%u:%u", &times[0][0], &times[0][1], &times[0][2]), 3);
    assert_int_equal(sscanf(after, "%u:%u:%u", &times[1][0], &times[1][1], &times[1][2]), 3);
    unsigned day = 24 * 60 * 60, seconds = day;
    seconds += (times[1][0] - times[0][0]) * 3600 + (times[1][1] - times[0][1]) * 60;
    return (seconds + times[1][2] - times[0][2]) % day;
}

/* What the console does until its clock has gone on so often, and how many seconds that were. */
static work_t watch(terminal_t *terminal, unsigned times, unsigned *seconds)
{
    work_t before, after;
    int pid = terminal_pid(terminal);
    clock_face_t clock = {.terminal = terminal};
    char begin[CLOCK_SIZE + 1];
    read_clock(terminal, begin);
    if (!work_of(pid, &before))
        skip();
    for (unsigned i = 0; i < times; i++) {
        read_clock(terminal, clock.text);
        assert_true(wait_until(has_gone_on, &clock, HARNESS_DEADLINE));
    }
    assert_true(work_of(pid, &after));
    read_clock(terminal, clock.text);
    *seconds = seconds_between(begin, clock.text);
    return work_between(&before, &after);
}

/* ---- What is too much ----------------------------------------------------------------------- */

/* In a second: questions and what wakes the library up, a few answers, and the screen some times.
 */
#define WAKES_MOST 60
#define WRITES_MOST 20

/* Frames are written at once, each with no more than the screen, twice to be on the safe side. */
static void expect_no_more(
    const work_t *work, unsigned seconds, unsigned frames, const int size[2], const char *what)
{
    uint64_t screen = 2 * (uint64_t)size[0] * (uint64_t)size[1];
    if (work->wakes > (uint64_t)WAKES_MOST * (seconds + 1) + 4 * frames ||
        work->writes > (uint64_t)WRITES_MOST * (seconds + 1) + 2 * frames ||
        work->bytes > screen * (seconds + 1) + screen * frames)
        fail_msg("%s: %llu wakes, %llu writes, %llu bytes in %u s", what,
            (unsigned long long)work->wakes, (unsigned long long)work->writes,
            (unsigned long long)work->bytes, seconds);
}

/* ---- While nothing happens ------------------------------------------------------------------ */

static void test_an_idle_console_does_little(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        terminal_expect(terminal, "Tree  5");
        for (const char *page = "1234567T"; *page != '\0'; page++) {
            unsigned seconds;
            char key[] = {*page, '\0'};
            terminal_press(terminal, key);
            work_t work = watch(terminal, 2, &seconds);
            expect_no_more(&work, seconds, 1, SIZES[size], key);
        }
        terminal_close(&terminal);
    }
}

/* ---- Long lists ----------------------------------------------------------------------------- */

#define PUPPETS 9999 /* with the console's own, 10,000 */
#define PAGES 20

/* Each key costs a frame, however long the list is, and whatever it is ordered by. */
static void scroll(terminal_t *terminal, const int size[2], const char *what)
{
    work_t before, after;
    char begin[CLOCK_SIZE + 1], end[CLOCK_SIZE + 1];
    int page = size[0] - 8;
    read_clock(terminal, begin);
    if (!work_of(terminal_pid(terminal), &before))
        skip();
    for (int i = 1; i <= PAGES; i++) {
        char name[32];
        snprintf(name, sizeof name, "│zed%04d ", i * page - 1);
        terminal_press(terminal, "NPage");
        terminal_expect(terminal, name);
    }
    assert_true(work_of(terminal_pid(terminal), &after));
    read_clock(terminal, end);
    work_t work = work_between(&before, &after);
    expect_no_more(&work, seconds_between(begin, end), PAGES, size, what);
}

static void test_10000_clients_are_scrolled(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    puppet_t *puppet = puppet_start(harness, "root", "zed", "/1/1/", "a", PUPPETS);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        terminal_press(terminal, "2");
        terminal_expect(terminal, "Clients  10000");
        scroll(terminal, SIZES[size], "as it comes");
        terminal_press(terminal, "End");
        terminal_expect(terminal, "│zed9998 ");
        terminal_press(terminal, "Home o Down Enter");
        terminal_expect(terminal, "CLIENT▲");
        terminal_press(terminal, "Home");
        scroll(terminal, SIZES[size], "by name");
        terminal_close(&terminal);
    }
    puppet_stop(&puppet);
}

/* ---- Floods --------------------------------------------------------------------------------- */

enum { WORDS = 100, NOISE = 400 };
/* KiB that the console needs at most. Sanitizers take theirs. */
#define MEMORY_MOST (40 * 1024)
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MEMORY_COUNTS false
#else
#define MEMORY_COUNTS true
#endif
/* Frames in a second: however much comes in, there is a pause between two of them. */
#define FRAMES_MOST 34

static void test_a_flood_is_drawn_now_and_then(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_t *client = client_open(harness, "root", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        work_t before, after;
        char begin[CLOCK_SIZE + 1], end[CLOCK_SIZE + 1];
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        int pid = terminal_pid(terminal);
        terminal_type(terminal, ":subscribe noisy");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "subscribed to noisy within /");
        terminal_press(terminal, "4");
        read_clock(terminal, begin);
        if (!work_of(pid, &before))
            skip();
        client_flood(client, "con", WORDS, NOISE);
        assert_true(work_of(pid, &after));
        read_clock(terminal, end);
        unsigned seconds = seconds_between(begin, end);
        work_t work = work_between(&before, &after);
        work.wakes = 0; /* as often as something comes; and each notification has its receipt */
        work.writes -= work.writes > WORDS ? WORDS : work.writes;
        expect_no_more(&work, seconds, (seconds + 1) * FRAMES_MOST, SIZES[size], "flood");
        terminal_type(terminal, "/a word");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "  100 of ");
        if (MEMORY_COUNTS)
            assert_in_range(work_memory_most(pid), 1, MEMORY_MOST);
        terminal_close(&terminal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_an_idle_console_does_little),
        SCENE(test_10000_clients_are_scrolled),
        SCENE(test_a_flood_is_drawn_now_and_then),
    };
    return cmocka_run_group_tests_name("work", tests, NULL, NULL);
}
