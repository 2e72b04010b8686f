/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_config - options, the configuration file, and the pages that describe them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ddbroker/daemon/config.h"
#include "ddbroker/daemon/config_options.h"
#include "ddbroker/daemon/quota_sums.h"
#include "tests/unit/ddbroker/tenants.h"
#include "tests/unit/unit.h"

#define ARGUMENTS_MAX 12

/* ---- Helpers ------------------------------------------------------------------------------ */

static char directory[] = "/tmp/dd-config-XXXXXX";
static char file[64];

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(file, sizeof file, "%s/broker.conf", directory);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(file);
    rmdir(directory);
    return 0;
}

static void write_file(const char *text, size_t size)
{
    FILE *out = fopen(file, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
}

/* Reads a command line that is written as words with one space between. */
static config_outcome_t read_words(config_t *config, const char *words, dd_problem_t *problem)
{
    char copy[512];
    char program[] = "ddbroker";
    char *arguments[ARGUMENTS_MAX + 1] = {program};
    int count = 1;
    snprintf(copy, sizeof copy, "%s", words);
    char *rest = NULL;
    for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        assert_true(count < ARGUMENTS_MAX);
        arguments[count++] = word;
    }
    problem->text[0] = '\0';
    return config_read(config, count, arguments, problem);
}

static config_outcome_t read_file(
    config_t *config, const char *text, const char *words, dd_problem_t *problem)
{
    char line[256];
    write_file(text, strlen(text));
    snprintf(line, sizeof line, "-c %s %s", file, words);
    return read_words(config, line, problem);
}

/* ---- The command line --------------------------------------------------------------------- */

static void defaults_are_in_force(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    assert_int_equal(read_words(&config, "broker0", &problem), CONFIG_RUN);
    assert_string_equal(config.name, "broker0");
    assert_int_equal(config.listen.count, 1);
    assert_string_equal(config.listen.items[0], "tcp://*:5555");
    assert_int_equal(config.parents.count, 0);
    assert_string_equal(config.keys, DD_SYSCONF "/broker-keys.json");
    assert_string_equal(config.scope, "auto");
    assert_null(config.log_file);
    assert_int_equal(config.log_level, DD_LOG_NOTICE);
    assert_int_equal(config.heartbeat, 2500);
    assert_int_equal(config.payload_max, DD_PAYLOAD_DEFAULT);
    assert_int_equal(config.client_outbox, 16 << 20);
    assert_int_equal(config.link_outbox, 64 << 20);
    assert_int_equal(config.client_window, 1 << 20);
    assert_int_equal(config.link_window, 16 << 20);
    assert_int_equal(config.input_max, 256 << 20);
    assert_int_equal(config.clients_max, 60000);
    assert_int_equal(config.subscriptions_max, 10000);
    assert_int_equal(config.link_names_max, 1000000);
    assert_int_equal(config.link_interests_max, 1000000);
    assert_int_equal(config.io_threads, 1);
    assert_int_equal(config.quota.clients, QUOTA_FAIR);
    assert_int_equal(config.quota.connects, 1000);
    assert_int_equal(config.quota.subscriptions, 200000);
    assert_int_equal(config.quota.outbox, 64 << 20);
    assert_int_equal(config.quota.messages, 1000000);
    assert_int_equal(config.quota.bytes, 1024 << 20);
    assert_int_equal(config.quota.burst, 2000);
    assert_int_equal(config.quota.questions, 250);
    assert_int_equal(config.exception_count, 0);
    config_clear(&config);
}

static void every_flag_is_taken(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    assert_int_equal(
        read_words(&config, "-r tcp://*:1 -r ipc:///x -dtcp://[::1]:5555 --keys=k -s /01/2/ middle",
            &problem),
        CONFIG_RUN);
    assert_int_equal(config.listen.count, 2);
    assert_string_equal(config.listen.items[0], "tcp://*:1");
    assert_string_equal(config.listen.items[1], "ipc:///x");
    assert_string_equal(config.parents.items[0], "tcp://[::1]:5555");
    assert_string_equal(config.keys, "k");
    assert_string_equal(config.scope, "/1/2/");
    assert_string_equal(config.name, "middle");
    config_clear(&config);
    assert_int_equal(
        read_words(&config, "-l debug -L log --heartbeat 100ms --io-threads 2 --name n", &problem),
        CONFIG_RUN);
    assert_int_equal(config.log_level, DD_LOG_DEBUG);
    assert_string_equal(config.log_file, "log");
    assert_int_equal(config.heartbeat, 100);
    assert_int_equal(config.io_threads, 2);
    assert_string_equal(config.name, "n");
    config_clear(&config);
}

static const struct {
    const char *words;
    config_outcome_t outcome;
    const char *says; /* part of the problem's text */
} COMMAND_LINES[] = {
    {"-h", CONFIG_ANSWERED, ""},
    {"-l debug --help", CONFIG_ANSWERED, ""},
    {"-V", CONFIG_ANSWERED, ""},
    {"--check-config x", CONFIG_CHECK, ""},
    {"x --check-config", CONFIG_CHECK, ""},
    {"-Q", CONFIG_WRONG_USAGE, "there is no option -Q"},
    {"--nothing", CONFIG_WRONG_USAGE, "there is no option --nothing"},
    {"-l", CONFIG_WRONG_USAGE, "--log-level needs an argument; write --log-level LEVEL"},
    {"--scope", CONFIG_WRONG_USAGE, "--scope needs an argument"},
    {"a b", CONFIG_WRONG_USAGE, "'b' is one word too many"},
    {"--name a b", CONFIG_WRONG_USAGE, "'b' is one name too many"},
    {"-\xc3\xa9", CONFIG_WRONG_USAGE, "there is no option -\xc3\xa9;"},
    {"--check-config=yes", CONFIG_WRONG_USAGE, "--check-config takes no argument"},
    {"--l debug", CONFIG_WRONG_USAGE,
        "--l can be --listen, --legacy, --log-level, --log-file, --link-outbox, --link-window, "
        "--link-names-max or --link-interests-max"},
    {"-l info -l debug", CONFIG_WRONG_USAGE, "--log-level is given twice"},
    {"-k a --keys b", CONFIG_WRONG_USAGE, "--keys is given twice"},
    {"-L a -L b", CONFIG_WRONG_USAGE, "--log-file is given twice"},
    {"-d tcp://a:1 -d tcp://b:1", CONFIG_WRONG, "several parents need a scope like /1/2/"},
    {"-d tcp://a:1,tcp://b:1", CONFIG_WRONG, "several parents need a scope like /1/2/"},
    {"-s auto -d tcp://a:1,tcp://b:1", CONFIG_WRONG, "instead of auto"},
    {"-d tcp://a:1,b:1", CONFIG_WRONG_USAGE, "parent: 'b:1' is no endpoint of a broker"},
    {"-d tcp://a:1,tcp://b:1 -d tcp://a:1", CONFIG_WRONG_USAGE, "'tcp://a:1' is given twice"},
    {"-s /1/ -d random:tcp://a:1,tcp://b:1", CONFIG_WRONG, "parents have an order"},
    {"-d ipc://1,ipc://2,ipc://3,ipc://4,ipc://5,ipc://6,ipc://7,ipc://8,ipc://9,ipc://10,ipc://11,"
     "ipc://12,ipc://13,ipc://14,ipc://15,ipc://16,ipc://17",
        CONFIG_WRONG_USAGE, "'ipc://17' is one endpoint too many"},
    {"-l loud", CONFIG_WRONG_USAGE, "write error, warning, notice, info, debug or quiet"},
    {"-s region", CONFIG_WRONG_USAGE, "scope: 'region' is no good; write a path"},
    {"-s //1/2/", CONFIG_WRONG_USAGE, "scope: "},
    {"-s /", CONFIG_WRONG_USAGE, "scope: "},
    {"-s /65536", CONFIG_WRONG_USAGE, "scope: "},
    {"-s 1/2/3/4/5/6/7/8/9", CONFIG_WRONG_USAGE, "scope: "},
    {"-r tcp://*:1,", CONFIG_WRONG_USAGE, "listen: '' is no good"},
    {"-r tcp://*:1 -r ipc:///x,tcp://*:1", CONFIG_WRONG_USAGE, "'tcp://*:1' is given twice"},
    {"--legacy ipc:///x --legacy ipc:///x", CONFIG_WRONG_USAGE, "'ipc:///x' is given twice"},
    {"-r tcp://*:1 --legacy tcp://*:1", CONFIG_WRONG,
        "is given with listen and with legacy, which are endpoints of two kinds"},
    {"-r tcp://*:0,tcp://*:0 --legacy tcp://*:0 -s 1 --check-config", CONFIG_CHECK, ""},
    {"-c a -f b", CONFIG_WRONG_USAGE, "--config is given twice"},
    {"--check-config --check-config", CONFIG_WRONG_USAGE, "--check-config is given twice"},
    {"-s /1/ -s /1/", CONFIG_WRONG_USAGE, "--scope is given twice"},
    {"--ipc-mode 0660 --ipc-mode 0660", CONFIG_WRONG_USAGE, "--ipc-mode is given twice"},
    {"--ipc-mode 0777 --check-config", CONFIG_CHECK, ""},
    {"--ipc-mode 1660", CONFIG_WRONG_USAGE, "write a mode like 0660, from 0600 to 0777"},
    {"--ipc-mode 0060", CONFIG_WRONG_USAGE, "ipc-mode: "},
    {"--ipc-mode 0680", CONFIG_WRONG_USAGE, "ipc-mode: "},
    {"--ipc-mode 00660", CONFIG_WRONG_USAGE, "ipc-mode: "},
    {"--ipc-mode 60", CONFIG_WRONG_USAGE, "ipc-mode: "},
    {"--ipc-mode g+w", CONFIG_WRONG_USAGE, "ipc-mode: "},
    {"-w tcp://*:8080", CONFIG_WRONG_USAGE, "there is no option -w any more; write --http"},
    {"-D", CONFIG_WRONG_USAGE, "there is no option -D any more; leave it out"},
    {"-S", CONFIG_WRONG_USAGE, "there is no option -S any more; leave it out"},
    {"--dealer tcp://a:1", CONFIG_WRONG_USAGE, "no option --dealer any more; write parent ="},
    {"-s /1/*/", CONFIG_WRONG_USAGE, "scope: "},
    {"-d tcp://*:5555", CONFIG_WRONG_USAGE, "parent: 'tcp://*:5555' is no endpoint of a broker"},
    {"-d localhost:5555", CONFIG_WRONG_USAGE, "write tcp://HOST:PORT, tcp://[V6]:PORT"},
    {"-r 5555", CONFIG_WRONG_USAGE, "listen: '5555' is no good"},
    {"-r tcp://*", CONFIG_WRONG_USAGE, "listen: "},
    {"-r tcp://:5555", CONFIG_WRONG_USAGE, "listen: "},
    {"-r tcp://*:5555x", CONFIG_WRONG_USAGE, "listen: "},
    {"-r tcp://*:65536", CONFIG_WRONG_USAGE, "listen: "},
    {"-r ipc://", CONFIG_WRONG_USAGE, "listen: "},
    {"-r inproc://x", CONFIG_WRONG_USAGE, "listen: "},
    {"--heartbeat 5", CONFIG_WRONG_USAGE, "write a number with ms, s or min, from 100ms to 1min"},
    {"--heartbeat 99ms", CONFIG_WRONG_USAGE, "heartbeat: '99ms'"},
    {"--heartbeat 61s", CONFIG_WRONG_USAGE, "heartbeat: '61s'"},
    {"--heartbeat -5s", CONFIG_WRONG_USAGE, "heartbeat: '-5s'"},
    {"--payload-max 17M", CONFIG_WRONG_USAGE, "from 1k to 16M"},
    {"--payload-max 1G", CONFIG_WRONG_USAGE, "write bytes, or with k or M"},
    {"--clients-max 0", CONFIG_WRONG_USAGE, "from 1 to 1000000"},
    {"--clients-max 99999999999999999999", CONFIG_WRONG_USAGE, "clients-max: "},
    {"--clients-max 1k", CONFIG_WRONG_USAGE, "clients-max: "},
    {"--io-threads 65", CONFIG_WRONG_USAGE, "from 1 to 63"},
    {"--name a\tb", CONFIG_WRONG_USAGE, "name: 'a\\x09b' is no good"},
    {"--client-outbox 64k", CONFIG_WRONG,
        "client-outbox must be at least 32k more than payload-max"},
    {"--link-outbox 64k", CONFIG_WRONG, "link-outbox must be at least 32k more than payload-max"},
    {"--payload-max 16M --client-outbox 32M --input-max 63M", CONFIG_WRONG,
        "input-max must be at least four times payload-max"},
    {"--client-window 4095", CONFIG_WRONG_USAGE, "client-window: '4095' is no good; write bytes"},
    {"--link-window 4096M", CONFIG_WRONG_USAGE, "from 4k to 1024M"},
    {"-c /nowhere/broker.conf", CONFIG_WRONG, "can't read /nowhere/broker.conf: No such file"},
    {"-c /", CONFIG_WRONG, "can't read /: Is a directory"},
};

static void command_lines_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(COMMAND_LINES); i++) {
        config_t config;
        dd_problem_t problem;
        config_outcome_t outcome = read_words(&config, COMMAND_LINES[i].words, &problem);
        config_clear(&config);
        if (outcome != COMMAND_LINES[i].outcome || !strstr(problem.text, COMMAND_LINES[i].says))
            fail_msg(
                "%s: outcome %d, says: %s", COMMAND_LINES[i].words, (int)outcome, problem.text);
    }
}

static void listens_on_sixteen_endpoints_at_most(void **state)
{
    (void)state;
    config_t config = {.name = NULL};
    const dd_option_t *option = &config_option_in_file("listen")->option;
    for (int i = 0; i < CONFIG_ENDPOINTS_MAX; i++)
        assert_int_equal(dd_option_take(option, &config, "tcp://*:0", NULL), DD_OK);
    assert_int_equal(dd_option_take(option, &config, "tcp://*:0", NULL), DD_E_ARGUMENT);
    config_clear(&config);
}

/* What a script from 2016 gives. */
static void the_originals_command_line_is_taken(void **state)
{
    (void)state;
    static const struct {
        const char *letter;
        uint64_t level;
    } LEVELS[] = {{"e", DD_LOG_ERROR}, {"w", DD_LOG_WARNING}, {"n", DD_LOG_NOTICE},
        {"i", DD_LOG_INFO}, {"d", DD_LOG_DEBUG}, {"q", DD_LOG_QUIET}};
    config_t config;
    dd_problem_t problem;
    for (size_t i = 0; i < COUNT(LEVELS); i++) {
        char line[192];
        write_file("scope = 0/0/0\n", 14);
        snprintf(line, sizeof line,
            "-r tcp://127.0.0.1:5555,ipc:///file -k keys -d tcp://1.2.3.4:5555 -f %s -l %s", file,
            LEVELS[i].letter);
        if (read_words(&config, line, &problem) != CONFIG_RUN)
            fail_msg("%s: %s", line, problem.text);
        assert_int_equal(config.listen.count, 2);
        assert_string_equal(config.listen.items[1], "ipc:///file");
        assert_string_equal(config.scope, "/0/0/0/");
        assert_int_equal(config.log_level, LEVELS[i].level);
        config_clear(&config);
    }
    static const char *const SCOPES[] = {"1/2/3", "/1/2/3", "1/2/3/", "/1/2/3/", "01/2/03"};
    for (size_t i = 0; i < COUNT(SCOPES); i++) {
        char line[64];
        snprintf(line, sizeof line, "-s %s x", SCOPES[i]);
        assert_int_equal(read_words(&config, line, &problem), CONFIG_RUN);
        assert_string_equal(config.scope, "/1/2/3/");
        config_clear(&config);
    }
}

/* Who wants old clients at the port of all brokers wants no other endpoint there. */
static void the_usual_port_is_left_to_old_clients(void **state)
{
    (void)state;
    static const struct {
        const char *words;
        size_t listens;
    } CASES[] = {
        {"--legacy tcp://*:5555", 0},
        {"--legacy tcp://127.0.0.1:5555", 0},
        {"--legacy tcp://*:5565", 1},
        {"--legacy ipc:///5555", 1},
        {"--legacy tcp://*:5555 -r tcp://*:5556", 1},
    };
    config_t config;
    dd_problem_t problem;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_int_equal(read_words(&config, CASES[i].words, &problem), CONFIG_RUN);
        assert_int_equal(config.listen.count, CASES[i].listens);
        config_clear(&config);
    }
}

/* ---- The file ----------------------------------------------------------------------------- */

static void file_is_read(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    config_outcome_t outcome = read_file(&config,
        "# a comment\n\nlisten = tcp://*:1\nlisten = \"tcp://*:2\"  # two\r\nname='middle'\n"
        "heartbeat =2s\npayload-max= 16M\nclient-outbox = 17M\nlog-level = info",
        "", &problem);
    assert_string_equal(problem.text, "");
    assert_int_equal(outcome, CONFIG_RUN);
    assert_int_equal(config.listen.count, 2);
    assert_string_equal(config.listen.items[1], "tcp://*:2");
    assert_string_equal(config.name, "middle");
    assert_int_equal(config.heartbeat, 2000);
    assert_int_equal(config.payload_max, DD_PAYLOAD_MAX);
    assert_int_equal(config.log_level, DD_LOG_INFO);
    config_clear(&config);
}

static void command_line_wins_over_the_file(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    config_outcome_t outcome = read_file(&config,
        "listen = tcp://*:1\nlisten = tcp://*:2\nscope = /1/\nheartbeat = 1s\nname = other\n",
        "-r tcp://*:3 -s /2/ mine", &problem);
    assert_int_equal(outcome, CONFIG_RUN);
    assert_int_equal(config.listen.count, 1);
    assert_string_equal(config.listen.items[0], "tcp://*:3");
    assert_string_equal(config.scope, "/2/");
    assert_string_equal(config.name, "mine");
    assert_int_equal(config.heartbeat, 1000);
    config_clear(&config);
}

static const struct {
    const char *text;
    const char *says; /* behind the file's name */
} WRONG_FILES[] = {
    {"colour = red\n", ":1: there is no option 'colour'; ddbroker.conf(5) has the list"},
    {"config = other\n", ":1: there is no option 'config'"},
    {"help = yes\n", ":1: there is no option 'help'"},
    {"\n\nscope = /1/\nscope = /1/\n", ":4: scope is given a second time"},
    {"# x\nheartbeat = soon\n",
        ":2: heartbeat: 'soon' is no good; write a number with ms, s or min"},
    {"heartbeat\n", ":1: heartbeat: '' is no good"},
    {"name = \"unfinished\nscope = /1/\n", ":1: this is no line of the form: name = value"},
    {"scope = /1/\n    name = x\n", ":2: an indented line needs a tenant above it"},
    {"tenant = a\nscope = /1/\n    clients = 5\n", ":3: an indented line needs a tenant"},
    {"tenant = a\n    name = x\n", ":2: a tenant has no option 'name'"},
    {"tenant = a\n    tenant-clients = 5\n", ":2: a tenant has no option 'tenant-clients'"},
    {"tenant = a\n    clients = 5\n    clients = 6\n", ":3: clients is given a second time"},
    {"tenant = a\n    clients = none\n",
        ":2: clients: 'none' is no good; write fair or a number, from 1 to 1000000"},
    {"tenant = a\ntenant = b\ntenant = a\n", ":3: tenant a has a section already"},
    {"tenant = a.b\n", ":1: 'a.b' is no tenant's name"},
    {"tenant\n", ":1: '' is no tenant's name"},
    {"\tname = x\n", ":1: this is no line"},
    {"= x\n", ":1: this is no line"},
    {"name x\n", ":1: this is no line"},
    /* the command line sets the scope, but the file's is looked at all the same */
    {"scope = nowhere\n", ":1: scope: 'nowhere' is no good"},
};

static void wrong_files_are_named_with_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(WRONG_FILES); i++) {
        config_t config;
        dd_problem_t problem;
        config_outcome_t outcome = read_file(&config, WRONG_FILES[i].text, "-s /1/", &problem);
        config_clear(&config);
        size_t size = strlen(file);
        if (outcome != CONFIG_WRONG || strncmp(problem.text, file, size) != 0 ||
            strncmp(problem.text + size, WRONG_FILES[i].says, strlen(WRONG_FILES[i].says)) != 0)
            fail_msg("'%s' says: %s", WRONG_FILES[i].text, problem.text);
    }
}

static void all_that_is_wrong_is_told_at_once(void **state)
{
    (void)state;
    config_t config;
    static config_findings_t findings;
    char text[] = "router = tcp://*:5555\nscope = 1/2\nhartbeat = 1s\ntenant = a.b\n"
                  "    clients = none\ntenant = a\n    client = 1\nio-threads = 0\n";
    static const char *const SAYS[] = {
        ":1: there is no option 'router'; write legacy = tcp://*:PORT for clients of protocols 3 "
        "and "
        "4, and listen = tcp://*:PORT, another one, for all others",
        ":3: there is no option 'hartbeat'; did you mean heartbeat?",
        ":4: 'a.b' is no tenant's name",
        ":7: a tenant has no option 'client'; did you mean clients?",
        ":8: io-threads: '0' is no good; write a number, from 1 to 63",
    };
    write_file(text, sizeof text - 1);
    char program[] = "ddbroker", option[] = "-c";
    char *const arguments[] = {program, option, file, NULL};
    assert_int_equal(config_read_all(&config, 3, arguments, &findings), CONFIG_WRONG);
    config_clear(&config);
    assert_int_equal(findings.count, COUNT(SAYS));
    for (size_t i = 0; i < COUNT(SAYS); i++)
        assert_string_equal(findings.items[i].text + strlen(file), SAYS[i]);
}

/* Every name that the original's file had. */
static void the_originals_settings_say_what_to_write(void **state)
{
    (void)state;
    static const char *const FILES[][2] = {
        {"router = tcp://*:5555\n", "write legacy = "},
        {"dealer = tcp://127.0.0.1:7777\n", "write parent = "},
        {"keyfile = x\n", "write keys = "},
        {"rest = tcp://*:9080\n", "write http = "},
        {"loglevel = i\n", "write log-level = "},
        {"logfile = off\n", "write log-file = "},
        {"syslog\n", "leave it out"},
        {"daemonize\n", "leave it out"},
    };
    for (size_t i = 0; i < COUNT(FILES); i++) {
        config_t config;
        dd_problem_t problem;
        assert_int_equal(read_file(&config, FILES[i][0], "", &problem), CONFIG_WRONG);
        config_clear(&config);
        if (!strstr(problem.text, FILES[i][1]))
            fail_msg("%s: %s", FILES[i][0], problem.text);
    }
}

static void odd_lines_are_refused(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    char long_line[1100] = "name = ";
    memset(long_line + 7, 'x', sizeof long_line - 8);
    assert_int_equal(read_file(&config, long_line, "", &problem), CONFIG_WRONG);
    assert_non_null(strstr(problem.text, ":1: this line is too long or no text"));
    config_clear(&config);
    char line[128];
    write_file("name = x\0y\n", 11);
    snprintf(line, sizeof line, "-c %s", file);
    assert_int_equal(read_words(&config, line, &problem), CONFIG_WRONG);
    assert_non_null(strstr(problem.text, ":1: this line is too long or no text"));
    config_clear(&config);
}

/* ---- Tenants ------------------------------------------------------------------------------ */

/* Whatever is said first, and where. */
static void a_section_is_its_tenants_and_all_else_as_usual(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    config_outcome_t outcome = read_file(&config,
        "tenant = big # one\n    clients = 9\n\n    bytes = 1M\ntenant-bytes = 2M\n"
        "tenant = \"b\"\n    clients = fair\nname = x\n",
        "--tenant-clients 7 --tenant-messages 70", &problem);
    assert_string_equal(problem.text, "");
    assert_int_equal(outcome, CONFIG_RUN);
    assert_int_equal(config.exception_count, 2);
    const quota_exception_t *big = &config.exceptions[0], *b = &config.exceptions[1];
    assert_string_equal(big->tenant, "big");
    assert_int_equal(big->limits.clients, 9);
    assert_int_equal(big->limits.bytes, 1 << 20);
    assert_int_equal(big->limits.messages, 70);
    assert_int_equal(big->limits.burst, 2000);
    assert_string_equal(b->tenant, "b");
    assert_int_equal(b->limits.clients, QUOTA_FAIR);
    assert_int_equal(b->limits.bytes, 2 << 20);
    assert_int_equal(config.quota.clients, 7);
    config_clear(&config);
}

static void every_message_fits_a_tenants_outbox(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    assert_int_equal(read_words(&config, "--tenant-outbox 1M x", &problem), CONFIG_WRONG);
    assert_non_null(strstr(problem.text, "tenant-outbox must be at least 32k more"));
    config_clear(&config);
    assert_int_equal(
        read_file(&config, "tenant = a\n    outbox = 1M\n", "x", &problem), CONFIG_WRONG);
    assert_non_null(strstr(problem.text, "the outbox of tenant a must be at least 32k more"));
    config_clear(&config);
}

/* Other hosts can connect to all but two kinds of addresses, whatever they are written like. */
static void http_for_other_hosts_needs_a_token(void **state)
{
    (void)state;
    static const struct {
        const char *address;
        bool needs;
    } CASES[] = {{"127.0.0.1:9080", false}, {"127.3.2.1:0", false}, {"[::1]:9080", false},
        {"*:9080", true}, {"0.0.0.0:9080", true}, {"[::]:9080", true}, {"10.0.0.1:9080", true},
        {"[::1%lo]:9080", true}, {"1270.0.0.1:9080", true}};
    static const char *const WRONG[] = {"", "9080", "127.0.0.1", ":9080", "127.0.0.1:x",
        "127.0.0.1:65536", "tcp://127.0.0.1:9080", "http://127.0.0.1:9080", "/metrics",
        "localhost:9080"};
    config_t config;
    dd_problem_t problem;
    char words[128];
    for (size_t i = 0; i < COUNT(CASES); i++) {
        snprintf(words, sizeof words, "--http %s x", CASES[i].address);
        assert_int_equal(
            read_words(&config, words, &problem), CASES[i].needs ? CONFIG_WRONG : CONFIG_RUN);
        assert_int_equal(strstr(problem.text, "needs an http-token-file") != NULL, CASES[i].needs);
        config_clear(&config);
        snprintf(words, sizeof words, "--http %s --http-token-file f x", CASES[i].address);
        assert_int_equal(read_words(&config, words, &problem), CONFIG_RUN);
        assert_string_equal(config.http, CASES[i].address);
        assert_string_equal(config.http_token_file, "f");
        config_clear(&config);
    }
    for (size_t i = 0; i < COUNT(WRONG); i++) {
        snprintf(words, sizeof words, "--http=%s x", WRONG[i]);
        assert_int_equal(read_words(&config, words, &problem), CONFIG_WRONG_USAGE);
        config_clear(&config);
    }
}

static void sections_of_tenants_without_keys_are_named(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    char names[64];
    dd_keyring_t *keyring = tenants_keyring("a,b,public");
    read_file(&config, "tenant = x\ntenant = b\ntenant = y\ntenant = public\n", "z", &problem);
    config_strangers(&config, keyring, names, sizeof names);
    assert_string_equal(names, "x, y");
    config_strangers(&config, keyring, names, 2);
    assert_string_equal(names, "x");
    config_clear(&config);
    dd_keyring_destroy(&keyring);
}

static void what_tenants_can_make_a_broker_hold_is_summed(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    dd_keyring_t *keyring = tenants_keyring("a,b,public");
    read_file(&config, "tenant = a\n    outbox = 1024M\n", "--clients-max 100 x", &problem);
    uint64_t usual = quota_sums_of_tenant(&config.quota, 100);
    uint64_t large = quota_sums_of_tenant(&config.exceptions[0].limits, 100);
    assert_true(usual > 64 << 20);
    assert_int_equal(large - usual, 2 * (UINT64_C(960) << 20));
    uint64_t all = quota_sums_of_all(&config, keyring);
    config.input_max += 1 << 20;
    assert_in_range(quota_sums_of_all(&config, keyring), all + (1 << 20), all + (4 << 20));
    config.input_max = 0;
    all = quota_sums_of_all(&config, keyring);
    /* The places are shared, and as much may wait for an operator as for a tenant. */
    uint64_t of_operator = 2 * config.quota.outbox;
    assert_in_range(all, large + usual + of_operator, large + 2 * usual + 2 * of_operator);
    config.quota.subscriptions += 1000;
    assert_true(quota_sums_of_all(&config, keyring) > all);
    config.quota.subscriptions -= 1000;
    dd_keyring_t *with_operator = tenants_keyring("a,b,public,@boss");
    assert_true(quota_sums_of_all(&config, with_operator) > all + config.quota.outbox);
    dd_keyring_destroy(&with_operator);
    config_clear(&config);
    dd_keyring_destroy(&keyring);
}

/* ---- Reload ------------------------------------------------------------------------------- */

static void a_running_broker_adopts_what_may_change(void **state)
{
    (void)state;
    config_t config, newer;
    dd_problem_t problem;
    char others[64];
    read_words(&config, "-r tcp://*:1 -k old -l info x", &problem);
    read_words(&newer, "-r tcp://*:2 -k new -L log --clients-max 5 --heartbeat 1s x", &problem);
    config_adopt(&config, &newer, others, sizeof others);
    config_clear(&newer);
    assert_string_equal(others, "listen, heartbeat");
    assert_string_equal(config.listen.items[0], "tcp://*:1");
    assert_int_equal(config.heartbeat, 2500);
    assert_string_equal(config.keys, "new");
    assert_string_equal(config.log_file, "log");
    assert_int_equal(config.log_level, DD_LOG_NOTICE);
    assert_int_equal(config.clients_max, 5);
    read_file(&newer, "tenant = a\n    clients = 5\n", "-k new --tenant-bytes 1M x", &problem);
    config_adopt(&config, &newer, others, sizeof others);
    config_clear(&newer);
    assert_int_equal(config.quota.bytes, 1 << 20);
    assert_int_equal(config.exception_count, 1);
    assert_int_equal(config.exceptions[0].limits.clients, 5);
    assert_int_equal(config.exceptions[0].limits.bytes, 1 << 20);
    read_words(&newer, "-r tcp://*:1 -k new --clients-max 5 x", &problem);
    config_adopt(&config, &newer, others, sizeof others);
    config_clear(&newer);
    assert_string_equal(others, "");
    assert_null(config.log_file);
    config_clear(&config);
}

/* ---- The page and the example -------------------------------------------------------------- */

static char *read_page(const char *path)
{
    FILE *in = fopen(path, "r");
    if (!in)
        fail_msg("can't read %s: run the tests from the top directory", path);
    static char text[64 << 10];
    size_t size = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[size] = '\0';
    return text;
}

/* What the page says of one setting: from its .It to the next. */
static char *section_of(char *page, const char *name)
{
    char item[64];
    snprintf(item, sizeof item, "\n.It Ic %s\n", name);
    char *start = strstr(page, item);
    if (!start)
        fail_msg("man/ddbroker.conf.5 lacks %s", name);
    char *text = start + strlen(item);
    char *end = strstr(text, "\n.El");
    char *next = strstr(text, "\n.It ");
    assert_non_null(end);
    return strndup(text, (size_t)((next && next < end ? next : end) - text));
}

static void file_page_has_every_setting(void **state)
{
    (void)state;
    const config_option_t *option;
    for (size_t i = 0; (option = config_option_at(i)); i++) {
        if (!option->in_file)
            continue;
        char *text = section_of(read_page("man/ddbroker.conf.5"), option->option.name);
        char limits[64];
        snprintf(limits, sizeof limits, "From %s to %s", option->least ? option->least : "",
            option->most ? option->most : "");
        bool has_limits = !option->least || strstr(text, limits);
        bool has_default = !option->option.fallback || option->option.takes == DD_TAKES_FILE ||
                           strstr(text, option->option.fallback);
        bool says_reload = (strstr(text, "Changeable.") != NULL) == option->reloads;
        if (!has_limits || !has_default || !says_reload)
            fail_msg("man/ddbroker.conf.5 is wrong about %s:\n%s", option->option.name, text);
        free(text);
    }
}

/* The example holds every setting, each with its default or commented out, and is valid. */
static void example_has_every_setting(void **state)
{
    (void)state;
    config_t config;
    dd_problem_t problem;
    const char *page = read_page("share/examples/ddbroker.conf");
    const config_option_t *option;
    for (size_t i = 0; (option = config_option_at(i)); i++) {
        char setting[64];
        if (!option->in_file)
            continue;
        snprintf(setting, sizeof setting, "%s = ", option->option.name);
        if (!strstr(page, setting))
            fail_msg("share/examples/ddbroker.conf lacks %s", option->option.name);
    }
    if (read_words(&config, "-c share/examples/ddbroker.conf", &problem) != CONFIG_RUN)
        fail_msg("%s", problem.text);
    config_clear(&config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_in_force),
        cmocka_unit_test(every_flag_is_taken),
        cmocka_unit_test(command_lines_are_judged),
        cmocka_unit_test(listens_on_sixteen_endpoints_at_most),
        cmocka_unit_test(the_originals_command_line_is_taken),
        cmocka_unit_test(the_usual_port_is_left_to_old_clients),
        cmocka_unit_test(file_is_read),
        cmocka_unit_test(command_line_wins_over_the_file),
        cmocka_unit_test(wrong_files_are_named_with_line),
        cmocka_unit_test(all_that_is_wrong_is_told_at_once),
        cmocka_unit_test(the_originals_settings_say_what_to_write),
        cmocka_unit_test(odd_lines_are_refused),
        cmocka_unit_test(a_section_is_its_tenants_and_all_else_as_usual),
        cmocka_unit_test(every_message_fits_a_tenants_outbox),
        cmocka_unit_test(http_for_other_hosts_needs_a_token),
        cmocka_unit_test(sections_of_tenants_without_keys_are_named),
        cmocka_unit_test(what_tenants_can_make_a_broker_hold_is_summed),
        cmocka_unit_test(a_running_broker_adopts_what_may_change),
        cmocka_unit_test(file_page_has_every_setting),
        cmocka_unit_test(example_has_every_setting),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
