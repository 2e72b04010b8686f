/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_options - command lines of a program that is made up, with and without commands
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/options.h"
#include "libdd/base/problem.h"
#include "tests/unit/unit.h"

#define WORDS_MAX 16
#define IN(member) offsetof(values_t, member)

/* ---- The made-up program ------------------------------------------------------------------ */

typedef struct {
    const char *file;
    const char *level;
    const char *name;
    const char *other;
    char places[128]; /* those given, each with a space behind it */
    bool force;
    bool loud;
} values_t;

static dd_error_t add_place(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem)
{
    char *places = (char *)values + option->offset;
    if (strchr(argument, '!'))
        return dd_option_refuse(argument, "a place", problem);
    strcat(strcat(places, argument), " ");
    return DD_OK;
}

static void suggest_force(const void *values, dd_suggestions_t *suggestions)
{
    dd_suggest(suggestions, ((const values_t *)values)->force ? "forced" : "free");
}

static const char *const LEVELS[] = {"low", "middle", "high", NULL};

static const dd_option_t OPTIONS[] = {
    {.letter = 'f',
        .also = 'g',
        .name = "file",
        .argument = "FILE",
        .help = "a file",
        .variable = "DD_TEST_FILE",
        .fallback = "none",
        .takes = DD_TAKES_FILE,
        .set = dd_option_set_text,
        .offset = IN(file)},
    {.letter = 'l',
        .name = "level",
        .argument = "LEVEL",
        .help = "how much",
        .variable = "DD_TEST_LEVEL",
        .takes = DD_TAKES_WORD,
        .words = LEVELS,
        .set = dd_option_set_text,
        .offset = IN(level)},
    {.letter = 'p',
        .name = "place",
        .argument = "PLACE[@LEVEL]",
        .help = "where",
        .repeats = true,
        .words = LEVELS,
        .behind = '@',
        .set = add_place,
        .offset = IN(places)},
    {.letter = 'F',
        .name = "force",
        .help = "do it",
        .set = dd_option_set_flag,
        .offset = IN(force)},
    {.name = "loud", .help = "say it", .set = dd_option_set_flag, .offset = IN(loud)},
    {.argument = "NAME",
        .help = "who",
        .required = true,
        .suggest = suggest_force,
        .set = dd_option_set_text,
        .offset = IN(name)},
    {.argument = "DIR",
        .help = "where to",
        .takes = DD_TAKES_DIRECTORY,
        .set = dd_option_set_text,
        .offset = IN(other)},
};

static const dd_former_t FORMER[] = {{"-q", "be silent"}, {"quiet", "be silent"}, {NULL, NULL}};

static const dd_options_t PROGRAM = {
    .program = "made-up",
    .summary = "Does nothing.\n",
    DD_OPTIONS_TABLE(OPTIONS),
    .former = FORMER,
    .notes = "See nothing.\n",
};

enum { MAKE, SHOW, ERASE };

static const dd_command_t COMMANDS[] = {
    [MAKE] = {"", "make it"}, [SHOW] = {"show", "show it"}, [ERASE] = {"erase", "erase it"}};

/* With room behind each dd_option_t, as programs have it. */
static const struct {
    dd_option_t option;
    int more;
} COMMAND_OPTIONS[] = {
    {.option = {.letter = 'f',
         .name = "force",
         .help = "do it",
         .commands = 1u << MAKE | 1u << ERASE,
         .set = dd_option_set_flag,
         .offset = IN(force)}},
    {.option = {.name = "level",
         .argument = "LEVEL",
         .help = "how much",
         .commands = 1u << SHOW,
         .set = dd_option_set_text,
         .offset = IN(level)}},
    {.option = {.argument = "FILE",
         .commands = 1u << SHOW,
         .required = true,
         .takes = DD_TAKES_FILE,
         .set = dd_option_set_text,
         .offset = IN(file)}},
    {.option = {.argument = "PLACE",
         .commands = 1u << ERASE,
         .repeats = true,
         .set = add_place,
         .offset = IN(places)}},
};

static const dd_options_t WITH_COMMANDS = {
    .program = "made-up",
    .summary = "Does nothing.\n",
    DD_OPTIONS_TABLE(COMMAND_OPTIONS),
    .commands = COMMANDS,
    .command_count = COUNT(COMMANDS),
    .notes = "See nothing.\n",
};

/* ---- Helpers ------------------------------------------------------------------------------ */

/* What reading a line came to. */
typedef struct {
    dd_options_outcome_t outcome;
    values_t values;
    dd_given_t given;
    dd_problem_t problem;
    char line[256]; /* what the values point into */
    char answer[2048];
} result_t;

/* Reads words that are written with one space between; one at the end begins an empty word. */
static void read_line(result_t *self, const dd_options_t *options, const char *line)
{
    char program[] = "made-up";
    char *words[WORDS_MAX] = {program};
    int count = 1;
    *self = (result_t){0};
    snprintf(self->line, sizeof self->line, "%s", line);
    char *rest = line[0] ? self->line : NULL;
    for (char *word; (word = strsep(&rest, " "));) {
        assert_true(count < WORDS_MAX);
        words[count++] = word;
    }
    FILE *out = fmemopen(self->answer, sizeof self->answer, "w");
    assert_non_null(out);
    self->outcome =
        dd_options_read(options, count, words, &self->values, &self->given, out, &self->problem);
    assert_int_equal(fclose(out), 0);
}

static void assert_text(const char *line, const char *found, const char *expected)
{
    if (found != expected && (!found || !expected || strcmp(found, expected) != 0))
        fail_msg("'%s': '%s' instead of '%s'", line, found, expected);
}

/* ---- Reading ------------------------------------------------------------------------------ */

static void lines_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        values_t expected;
    } LINES[] = {
        {"n", {.name = "n"}},
        {"-f x n", {.file = "x", .name = "n"}},
        {"-fx n", {.file = "x", .name = "n"}},
        {"--file x n", {.file = "x", .name = "n"}},
        {"--file=x n", {.file = "x", .name = "n"}},
        {"--file= n", {.file = "", .name = "n"}},
        {"--file=a=b n", {.file = "a=b", .name = "n"}},
        {"--fi x n", {.file = "x", .name = "n"}},
        {"n -f -F d", {.file = "-F", .name = "n", .other = "d"}},
        {"-Ff x n", {.file = "x", .name = "n", .force = true}},
        {"-g x n", {.file = "x", .name = "n"}},
        {"-l h n", {.level = "high", .name = "n"}},
        {"-Fl mid n", {.level = "middle", .name = "n", .force = true}},
        {"-Ffx n", {.file = "x", .name = "n", .force = true}},
        {"-FfF n", {.file = "F", .name = "n", .force = true}},
        {"--lo --level high n", {.level = "high", .name = "n", .loud = true}},
        {"-p a -pb n --place c", {.places = "a b c ", .name = "n"}},
        {"-- -F --loud", {.name = "-F", .other = "--loud"}},
        {"-F -- -- d", {.force = true, .name = "--", .other = "d"}},
        {"- --loud -", {.name = "-", .other = "-", .loud = true}},
    };
    for (size_t i = 0; i < COUNT(LINES); i++) {
        result_t result;
        const values_t *expected = &LINES[i].expected;
        read_line(&result, &PROGRAM, LINES[i].line);
        if (result.outcome != DD_OPTIONS_TAKEN)
            fail_msg("'%s': %s", LINES[i].line, result.problem.text);
        assert_text(LINES[i].line, result.values.file, expected->file);
        assert_text(LINES[i].line, result.values.level, expected->level);
        assert_text(LINES[i].line, result.values.name, expected->name);
        assert_text(LINES[i].line, result.values.other, expected->other);
        assert_text(LINES[i].line, result.values.places, expected->places);
        assert_int_equal(result.values.force, expected->force);
        assert_int_equal(result.values.loud, expected->loud);
        assert_string_equal(result.answer, "");
    }
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *says;
    } LINES[] = {
        {"--nonsense n", "there is no option --nonsense; see 'made-up --help'"},
        {"--lvel high n", "there is no option --lvel; did you mean --level?"},
        {"--loudd n", "there is no option --loudd; did you mean --loud?"},
        {"--hlep", "there is no option --hlep; did you mean --help?"},
        {"--fole=x n", "there is no option --fole; did you mean --file?"},
        {"--=x n", "there is no option --; see 'made-up --help'"},
        {"--f x n", "--f can be --file or --force; write more of it"},
        {"--l n", "--l can be --level or --loud; write more of it"},
        {"--loud=yes n", "--loud takes no argument; write it alone"},
        {"--help=yes", "--help takes no argument; write it alone"},
        {"n -f", "--file needs an argument; write --file FILE"},
        {"n --file", "--file needs an argument; write --file FILE"},
        {"n -FlF", "--level: 'F' is no good; write low, middle or high"},
        {"-x n", "there is no option -x; see 'made-up --help'"},
        {"-Fx n", "there is no option -x; see 'made-up --help'"},
        {"-é n", "there is no option -é; see 'made-up --help'"},
        {"-F漢x n", "there is no option -漢; see 'made-up --help'"},
        {"-\xff n", "there is no option -\\xff; see 'made-up --help'"},
        {"-\x1b[1m n", "there is no option -\\x1b; see 'made-up --help'"},
        {"--\x1b[1m n", "there is no option --\\x1b[1m; see 'made-up --help'"},
        {"-f a -f b n", "--file is given twice; only one is taken"},
        {"-f a --file=a n", "--file is given twice; only one is taken"},
        {"-f a -g b n", "--file is given twice; only one is taken"},
        {"-q n", "there is no option -q any more; be silent"},
        {"--quiet n", "there is no option --quiet any more; be silent"},
        {"--quie n", "there is no option --quie; see 'made-up --help'"},
        {"-l  n", "--level: '' is no good; write low, middle or high"},
        {"-l hi! n", "--level: 'hi!' is no good; write low, middle or high"},
        {"--loud --loud n", "--loud is given twice; once is enough"},
        {"-FF n", "--force is given twice; once is enough"},
        {"--place a! n", "--place: 'a!' is no good; write a place"},
        {"", "'made-up' needs a NAME"},
        {"-F", "'made-up' needs a NAME"},
        {"a b c", "'c' is one word too many; see 'made-up --help'"},
        {"-x --lvel", "there is no option -x; see 'made-up --help'"}, /* the first counts */
        {"-x --help", "there is no option -x; see 'made-up --help'"},
    };
    for (size_t i = 0; i < COUNT(LINES); i++) {
        result_t result;
        read_line(&result, &PROGRAM, LINES[i].line);
        assert_int_equal(result.outcome, DD_OPTIONS_WRONG);
        assert_text(LINES[i].line, result.problem.text, LINES[i].says);
        assert_string_equal(result.answer, "");
    }
}

/* The most similar one of those that suit, whatever else is more so. */
static bool is_flag(const dd_option_t *option)
{
    return !option->argument;
}

static void the_nearest_name_is_found(void **state)
{
    (void)state;
    assert_string_equal(dd_options_nearest(&PROGRAM, "levle", 5, NULL), "level");
    assert_string_equal(dd_options_nearest(&PROGRAM, "fore", 4, NULL), "force");
    assert_string_equal(dd_options_nearest(&PROGRAM, "filed", 5, NULL), "file");
    assert_null(dd_options_nearest(&PROGRAM, "filed", 5, is_flag));
    assert_null(dd_options_nearest(&PROGRAM, "nothing", 7, NULL));
}

/* Who asks for a form in which mistakes are told is heard, wherever the mistake stands. */
static void reading_goes_on_after_a_mistake(void **state)
{
    (void)state;
    result_t result;
    read_line(&result, &PROGRAM, "-x --level none --loud n");
    assert_int_equal(result.outcome, DD_OPTIONS_WRONG);
    assert_true(result.values.loud);
    assert_string_equal(result.values.name, "n");
}

static void commands_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t command;
        const char *says; /* NULL: nothing is wrong */
    } LINES[] = {
        {"", MAKE, NULL},
        {"-f", MAKE, NULL},
        {"show x", SHOW, NULL},
        {"show --level 1 x", SHOW, NULL},
        {"--level 1 show x", SHOW, NULL},
        {"erase -f", ERASE, NULL},
        {"erase a b c", ERASE, NULL},
        {"show", SHOW, "'show' needs a FILE"},
        {"show x y", SHOW, "'y' is one word too many; see 'made-up --help'"},
        {"show x -f", SHOW, "--force means nothing with show"},
        {"--level 1", MAKE, "--level means nothing without a command"},
        {"shw x", MAKE, "there is no command 'shw'; did you mean 'show'?"},
        {"sho x", MAKE, "there is no command 'sho'; did you mean 'show'?"},
        {"paint", MAKE, "there is no command 'paint'; see 'made-up --help'"},
        {"a\tb", MAKE, "there is no command 'a\\x09b'; see 'made-up --help'"},
    };
    for (size_t i = 0; i < COUNT(LINES); i++) {
        result_t result;
        read_line(&result, &WITH_COMMANDS, LINES[i].line);
        assert_int_equal(result.given.command, LINES[i].command);
        assert_text(LINES[i].line, result.problem.text, LINES[i].says ? LINES[i].says : "");
        assert_int_equal(result.outcome, LINES[i].says ? DD_OPTIONS_WRONG : DD_OPTIONS_TAKEN);
    }
}

static void what_is_given_is_known(void **state)
{
    (void)state;
    result_t result;
    read_line(&result, &PROGRAM, "-f x n");
    assert_true(dd_options_given(&PROGRAM, &result.given, "file"));
    assert_true(dd_options_given(&PROGRAM, &result.given, "NAME"));
    assert_false(dd_options_given(&PROGRAM, &result.given, "DIR"));
    assert_false(dd_options_given(&PROGRAM, &result.given, "level"));
    dd_options_give(&PROGRAM, &result.given, "level");
    assert_true(dd_options_given(&PROGRAM, &result.given, "level"));
}

static void environment_and_fallbacks_fill_up(void **state)
{
    (void)state;
    result_t result;
    read_line(&result, &PROGRAM, "n");
    unsetenv("DD_TEST_FILE");
    setenv("DD_TEST_LEVEL", "", 1);
    assert_int_equal(dd_options_fill(&PROGRAM, &result.given, &result.values, NULL), DD_OK);
    assert_string_equal(result.values.file, "none");
    assert_null(result.values.level);
    setenv("DD_TEST_FILE", "x", 1);
    setenv("DD_TEST_LEVEL", "low", 1);
    assert_int_equal(dd_options_fill(&PROGRAM, &result.given, &result.values, NULL), DD_OK);
    assert_string_equal(result.values.file, "x");
    assert_string_equal(result.values.level, "low");
    read_line(&result, &PROGRAM, "-f y n");
    setenv("DD_TEST_LEVEL", "loud", 1);
    assert_int_equal(
        dd_options_fill(&PROGRAM, &result.given, &result.values, &result.problem), DD_E_ARGUMENT);
    assert_string_equal(
        result.problem.text, "DD_TEST_LEVEL: 'loud' is no good; write low, middle or high");
    assert_string_equal(result.values.file, "y");
}

static void digits_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t number;
        const char *rest;
    } TEXTS[] = {
        {"0", 0, ""},
        {"64k", 64, "k"},
        {"18446744073709551615", UINT64_MAX, ""},
        {"18446744073709551616", 0, NULL},
        {"", 0, NULL},
        {"-1", 0, NULL},
        {"+1", 0, NULL},
        {" 1", 0, NULL},
        {"k", 0, NULL},
    };
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        uint64_t number;
        const char *rest = dd_option_digits(TEXTS[i].text, &number);
        assert_text(TEXTS[i].text, rest, TEXTS[i].rest);
        if (rest)
            assert_int_equal(number, TEXTS[i].number);
    }
}

/* ---- Answers ------------------------------------------------------------------------------ */

static void help_and_version_end_the_reading(void **state)
{
    (void)state;
    static const char *const LINES[] = {"-h", "--help", "--he", "-Fh", "-h -x", "a b --help c"};
    result_t result;
    for (size_t i = 0; i < COUNT(LINES); i++) {
        read_line(&result, &PROGRAM, LINES[i]);
        assert_int_equal(result.outcome, DD_OPTIONS_ANSWERED);
        assert_memory_equal(result.answer, "usage: made-up ", 15);
    }
    read_line(&result, &PROGRAM, "-V --help");
    assert_string_equal(result.answer, "made-up " DD_VERSION "\n");
}

static void help_says_what_the_table_knows(void **state)
{
    (void)state;
    result_t result;
    read_line(&result, &PROGRAM, "--help");
    assert_string_equal(result.answer,
        "usage: made-up [OPTION]... NAME [DIR]\n"
        "\n"
        "Does nothing.\n"
        "\n"
        "options:\n"
        "  -f, --file FILE            a file; else $DD_TEST_FILE; default none\n"
        "  -l, --level LEVEL          how much: low, middle or high; else $DD_TEST_LEVEL\n"
        "  -p, --place PLACE[@LEVEL]  where; repeatable\n"
        "  -F, --force                do it\n"
        "      --loud                 say it\n"
        "  NAME                       who\n"
        "  DIR                        where to\n"
        "  -h, --help                 print this help\n"
        "  -V, --version              print the version\n"
        "\n"
        "See nothing.\n");
    read_line(&result, &WITH_COMMANDS, "--help");
    assert_string_equal(result.answer, "usage: made-up [-f]\n"
                                       "       made-up show [--level LEVEL] FILE\n"
                                       "       made-up erase [-f] [PLACE]...\n"
                                       "\n"
                                       "Does nothing.\n"
                                       "\n"
                                       "commands:\n"
                                       "  (none)      make it\n"
                                       "  show        show it\n"
                                       "  erase       erase it\n"
                                       "\n"
                                       "options:\n"
                                       "  -f, --force        do it\n"
                                       "      --level LEVEL  how much\n"
                                       "  -h, --help         print this help\n"
                                       "  -V, --version      print the version\n"
                                       "\n"
                                       "See nothing.\n");
}

/* ---- Completion --------------------------------------------------------------------------- */

static void words_are_completed(void **state)
{
    (void)state;
    static const struct {
        const dd_options_t *options;
        const char *line;
        const char *answer;
    } LINES[] = {
        {&PROGRAM, "--l", "words 0\n--level\thow much\n--loud\tsay it\n"},
        {&PROGRAM, "--level low --l", "words 0\n--loud\tsay it\n"}, /* not twice */
        {&PROGRAM, "-p a --p", "words 0\n--place\twhere\n"},        /* but this one */
        {&PROGRAM, "-F", "words 0\n"},
        {&PROGRAM, "-f ", "files 0\n"},
        {&PROGRAM, "--file=/e", "files 7\n"},
        {&PROGRAM, "-l ", "words 0\nlow\nmiddle\nhigh\n"},
        {&PROGRAM, "-l m", "words 0\nmiddle\n"},
        {&PROGRAM, "--level=h", "words 8\n--level=high\n"},
        {&PROGRAM, "--lev=h", "words 6\n--lev=high\n"},
        {&PROGRAM, "--loud=", ""},
        {&PROGRAM, "--none=", ""},
        {&PROGRAM, "-p l", "words 0\n"},
        {&PROGRAM, "-p a@", "words 2\na@low\na@middle\na@high\n"},
        {&PROGRAM, "-p a@b@l", "words 4\na@b@low\n"},
        {&PROGRAM, "--place=a@l", "words 10\n--place=a@low\n"},
        {&PROGRAM, "f", "words 0\nfree\n"},
        {&PROGRAM, "-F f", "words 0\nforced\n"}, /* what is said before counts */
        {&PROGRAM, "-x -l none f", "words 0\nfree\n"},
        {&PROGRAM, "-- -", "words 0\n"},
        {&PROGRAM, "n ", "directories 0\n"},
        {&PROGRAM, "n d ", ""},
        {&WITH_COMMANDS, "", "words 0\nshow\tshow it\nerase\terase it\n"},
        {&WITH_COMMANDS, "s", "words 0\nshow\tshow it\n"},
        {&WITH_COMMANDS, "show ", "files 0\n"},
        {&WITH_COMMANDS, "show --l", "words 0\n--level\thow much\n"},
        {&WITH_COMMANDS, "show --f", "words 0\n"},
        {&WITH_COMMANDS, "--f", "words 0\n--force\tdo it\n"},
    };
    for (size_t i = 0; i < COUNT(LINES); i++) {
        result_t result;
        char line[128];
        snprintf(line, sizeof line, "--complete %s", LINES[i].line);
        read_line(&result, LINES[i].options, line);
        assert_int_equal(result.outcome, DD_OPTIONS_ANSWERED);
        assert_text(LINES[i].line, result.answer, LINES[i].answer);
    }
}

/* "--complete" alone is no word that a person would type, and no option either. */
static void completion_needs_a_word(void **state)
{
    (void)state;
    result_t result;
    read_line(&result, &PROGRAM, "--complete");
    assert_int_equal(result.outcome, DD_OPTIONS_WRONG);
    read_line(&result, &PROGRAM, "-F --complete x");
    assert_int_equal(result.outcome, DD_OPTIONS_WRONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_read),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(the_nearest_name_is_found),
        cmocka_unit_test(reading_goes_on_after_a_mistake),
        cmocka_unit_test(commands_are_read),
        cmocka_unit_test(what_is_given_is_known),
        cmocka_unit_test(environment_and_fallbacks_fill_up),
        cmocka_unit_test(digits_are_read),
        cmocka_unit_test(help_and_version_end_the_reading),
        cmocka_unit_test(help_says_what_the_table_knows),
        cmocka_unit_test(words_are_completed),
        cmocka_unit_test(completion_needs_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
