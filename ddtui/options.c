/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line and the environment of ddtui
 */
#include "options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/log_level.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/topic.h"

#define SECONDS_MAX 1e9
/* The shortest time from one round to the next, and the one with which --events follows if none is
   given; ms. */
#define WATCH_LEAST 100
#define WATCH_EVENTS 1000

#define IN(member) offsetof(options_t, member)

typedef struct {
    dd_option_t option;
    view_t view; /* what is to be looked at; of an order, what names its object */
} tui_option_t;

static dd_option_set_t set_count, set_seconds, set_threshold, add_subscription, set_view, set_order,
    set_tenant;
static dd_option_suggest_t suggest_trees;

static const tui_option_t OPTIONS[] = {
    {.option = {.letter = 'd',
         .name = "broker",
         .help = "the broker to connect to, or several in order of preference",
         .variable = "DD_BROKER",
         .fallback = "tcp://127.0.0.1:5555",
         DD_ENDPOINTS_OPTION,
         .offset = IN(endpoints)}},
    {.option = {.letter = 'k',
         .name = "keys",
         .argument = "FILE",
         .help = "the tenant's or an operator's key file",
         .variable = "DD_KEYS",
         .takes = DD_TAKES_FILE,
         .set = dd_option_set_text,
         .offset = IN(keyfile)}},
    {.option = {.letter = 'n',
         .name = "notify",
         .argument = "DEST",
         .help = "send a notification to a client",
         .set = dd_option_set_text,
         .offset = IN(notify)}},
    {.option = {.letter = 'w',
         .name = "wait",
         .help = "with --notify: wait for the receipt",
         .set = dd_option_set_flag,
         .offset = IN(wait)}},
    {.option = {.letter = 'p',
         .name = "publish",
         .argument = "TOPIC",
         .help = "publish on a topic",
         .set = dd_option_set_text,
         .offset = IN(publish)}},
    {.option = {.letter = 'm',
         .name = "message",
         .argument = "TEXT",
         .help = "what to send; '-' or without it: standard input",
         .set = dd_option_set_text,
         .offset = IN(message)}},
    {.option = {.letter = 's',
         .name = "subscribe",
         .argument = "TOPIC[@SCOPE]",
         .help = "print publications",
         .repeats = true,
         .words = DD_SCOPE_WORDS,
         .behind = '@',
         .set = add_subscription}},
    {.option = {.letter = 'l',
         .name = "listen",
         .help = "print notifications",
         .set = dd_option_set_flag,
         .offset = IN(listen)}},
    {.option = {.letter = 'c',
         .name = "count",
         .argument = "N",
         .help = "end after N messages",
         .set = set_count,
         .offset = IN(count)}},
    {.option = {.letter = 't',
         .name = "timeout",
         .argument = "SEC",
         .help = "end after SEC seconds",
         .set = set_seconds,
         .offset = IN(timeout_ms)}},
    {.option = {.name = "tree", .help = "print the tree of brokers", .set = set_view},
        .view = VIEW_TREE},
    {.option = {.name = "clients", .help = "print the clients", .set = set_view},
        .view = VIEW_CLIENTS},
    {.option = {.name = "subscriptions", .help = "print the subscriptions", .set = set_view},
        .view = VIEW_SUBSCRIPTIONS},
    {.option = {.name = "topics",
         .help = "print what is published on each topic, and by whom",
         .set = set_view},
        .view = VIEW_TOPICS},
    {.option = {.name = "events", .help = "print what happened; with -t, go on", .set = set_view},
        .view = VIEW_EVENTS},
    {.option = {.name = "check",
         .help = "print one line, and end, as monitors want it",
         .set = dd_option_set_flag,
         .offset = IN(check)}},
    {.option = {.name = "expect-brokers",
         .argument = "N",
         .help = "with --check: fewer brokers are critical",
         .set = set_count,
         .offset = IN(limits.brokers)}},
    {.option = {.name = "warning",
         .argument = "FIGURE=RANGE",
         .help = "with --check: warn of a figure outside of a range",
         .repeats = true,
         .set = set_threshold,
         .offset = IN(limits.warning)}},
    {.option = {.name = "critical",
         .argument = "FIGURE=RANGE",
         .help = "with --check: the same, but it is critical",
         .repeats = true,
         .set = set_threshold,
         .offset = IN(limits.critical)}},
    {.option = {.name = "watch",
         .argument = "SEC",
         .help = "print it again every SEC seconds",
         .set = set_seconds,
         .offset = IN(watch_ms)}},
    {.option = {.name = "trace",
         .argument = "DEST",
         .help = "print the way of a notification",
         .set = dd_option_set_text,
         .offset = IN(trace)}},
    {.option = {.name = "operator-keys",
         .argument = "FILE",
         .help = "like -k, but the file must be an operator's",
         .takes = DD_TAKES_FILE,
         .set = dd_option_set_text,
         .offset = IN(operator_keys)}},
    {.option = {.name = "end-client",
         .argument = "TENANT.NAME",
         .help = "end a client",
         .set = set_order},
        .view = VIEW_CLIENTS},
    {.option =
            {.name = "drain", .argument = "BROKER", .help = "shut a broker down", .set = set_order},
        .view = VIEW_TREE},
    {.option = {.name = "move",
         .argument = "BROKER=ENDPOINT",
         .help = "have a broker join another parent, for as long as that is there",
         .words = DD_ENDPOINT_WORDS,
         .behind = '=',
         .set = set_order},
        .view = VIEW_TREE},
    {.option = {.name = "log-level",
         .argument = "BROKER=LEVEL",
         .help = "have a broker log more or less",
         .words = DD_LOG_LEVEL_NAMES,
         .behind = '=',
         .set = set_order},
        .view = VIEW_TREE},
    {.option = {.name = "json",
         .help = "print JSON, one object a line",
         .set = dd_option_set_flag,
         .offset = IN(json)}},
    {.option = {.letter = 'q',
         .name = "quiet",
         .help = "say only why something failed",
         .set = dd_option_set_flag,
         .offset = IN(quiet)}},
    {.option = {.name = "read-only",
         .help = "send and change nothing",
         .set = dd_option_set_flag,
         .offset = IN(read_only)}},
    {.option = {.name = "no-color",
         .help = "in the console: no colours",
         .set = dd_option_set_flag,
         .offset = IN(no_colour)}},
    {.option = {.argument = "NAME",
         .help = "the client's name, auto, or @TREE: one of ddtui.conf(5)",
         .suggest = suggest_trees,
         .variable = "DD_NAME",
         .fallback = DD_AUTO_NAME,
         .set = dd_option_set_text,
         .offset = IN(name)}},
    {.option = {.argument = "TENANT",
         .help = "the one that the key file must belong to",
         .set = set_tenant,
         .offset = IN(tenant)}},
};

static const dd_options_t COMMAND_LINE = {
    .program = "ddtui",
    .summary = "Talks to, listens to and looks at a tree of DoubleDecker brokers. Without an\n"
               "option to send, print or listen, it opens its console.\n",
    DD_OPTIONS_TABLE(OPTIONS),
    .notes = "Without a key file, but with a TENANT, it is " DD_SYSCONF "/TENANT-keys.json.\n\n"
             "Exit status: 0 done, 1 failed, 2 wrong usage, 3 no such destination, 4 refused,\n"
             "5 timed out, 6 overloaded, 7 outcome unknown. See ddtui(1).\n",
};

/* ---- One option --------------------------------------------------------------------------- */

static view_t view_of(const dd_option_t *option)
{
    return ((const tui_option_t *)option)->view;
}

static dd_error_t set_count(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    uint64_t *count = (uint64_t *)(void *)((char *)values + option->offset);
    const char *rest = dd_option_digits(text, count);
    if (rest && *rest == '\0' && *count > 0)
        return DD_OK;
    return dd_option_refuse(text, "a number from 1", problem);
}

static dd_error_t set_seconds(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(seconds) || seconds < 0.001 ||
        seconds > SECONDS_MAX)
        return dd_option_refuse(text, "a number of seconds like 5 or 0.5", problem);
    *(uint64_t *)(void *)((char *)values + option->offset) = (uint64_t)(seconds * 1000);
    return DD_OK;
}

/* FIGURE=RANGE, once of each figure. */
static dd_error_t set_threshold(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    threshold_t *all = (threshold_t *)(void *)((char *)values + option->offset);
    size_t size = strcspn(text, "=");
    health_check_figure_t figure = health_check_find(text, size);
    if (text[size] == '\0' || figure == HEALTH_FIGURES)
        return dd_option_refuse(
            text, "a figure and a range as FIGURE=RANGE, like rtt=50000", problem);
    if (all[figure].text)
        return dd_problem(problem, DD_E_ARGUMENT, "'%s': that figure has a range already", text);
    if (!threshold_read(&all[figure], text + size + 1))
        return dd_option_refuse(text, "a range like 10, 10:, ~:10, 10:20 or @10:20", problem);
    return DD_OK;
}

static bool has_limits(const health_check_limits_t *limits)
{
    bool any = limits->brokers > 0;
    for (size_t i = 0; i < HEALTH_FIGURES; i++)
        any |= limits->warning[i].text || limits->critical[i].text;
    return any;
}

static dd_error_t add_wish(options_t *self, const wish_t *wish, dd_problem_t *problem)
{
    for (size_t i = 0; i < self->subscription_count; i++) {
        const wish_t *known = &self->subscriptions[i];
        if (strcmp(known->topic, wish->topic) == 0 &&
            strcmp(known->scope.text, wish->scope.text) == 0)
            return DD_OK;
    }
    if (self->subscription_count == OPTIONS_SUBSCRIPTIONS_MAX)
        return dd_problem(problem, DD_E_ARGUMENT, "no more than %d subscriptions at once",
            OPTIONS_SUBSCRIPTIONS_MAX);
    self->subscriptions[self->subscription_count++] = *wish;
    return DD_OK;
}

/* TOPIC, or TOPIC@SCOPE; the last '@' is the one, since a scope holds none. */
static dd_error_t add_subscription(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    (void)option;
    const char *at = strrchr(text, '@');
    dd_bytes_t topic = dd_bytes(text, at ? (size_t)(at - text) : strlen(text));
    const char *scope = at ? at + 1 : DD_SCOPE_WORDS[0];
    wish_t wish;
    if (!dd_topic_subscribable(topic))
        return dd_problem(problem, DD_E_ARGUMENT,
            "'%s': a topic is 1 to %d bytes without white space, and not 'public' or 'public.'",
            text, DD_TOPIC_MAX);
    if (!dd_scope_parse_pattern(&wish.scope, dd_bytes_of(scope)))
        return dd_problem(problem, DD_E_ARGUMENT, "'%s': a scope is " DD_SCOPE_PATTERNS, text);
    dd_bytes_copy(topic, wish.topic, sizeof wish.topic);
    return add_wish(values, &wish, problem);
}

static dd_error_t set_view(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    options_t *self = values;
    (void)text;
    if (self->view != VIEW_NONE && self->view != view_of(option))
        return dd_problem(problem, DD_E_ARGUMENT,
            "only one of --tree, --clients, --subscriptions, --topics and --events");
    self->view = view_of(option);
    return DD_OK;
}

static dd_error_t check_client(const char *text, dd_problem_t *problem)
{
    dd_bytes_t tenant, client;
    return dd_name_split(dd_bytes_of(text), &tenant, &client)
               ? DD_OK
               : dd_option_refuse(text, "a client as TENANT.NAME", problem);
}

static dd_error_t set_broker(order_t *order, dd_bytes_t name, dd_problem_t *problem)
{
    dd_bytes_copy(name, order->broker, sizeof order->broker);
    return dd_broker_valid(name)
               ? DD_OK
               : dd_problem(problem, DD_E_ARGUMENT, "'%.*s' is not the name of a broker",
                     (int)name.size, (const char *)name.data);
}

/* BROKER=LEVEL; the last '=' is the one, since no level holds any. */
static dd_error_t set_level(order_t *order, const char *text, dd_problem_t *problem)
{
    const char *equals = strrchr(text, '=');
    if (!equals || equals[1] == '\0')
        return dd_option_refuse(text, "a broker and a level as BROKER=LEVEL", problem);
    order->argument = equals + 1;
    return set_broker(order, dd_bytes(text, (size_t)(equals - text)), problem);
}

/* BROKER=ENDPOINT; both may hold a '=', so the first one that an endpoint follows counts. */
static dd_error_t set_move(order_t *order, const char *text, dd_problem_t *problem)
{
    const char *equals = strchr(text, '=');
    while (equals && dd_endpoint_check(equals + 1, NULL) != DD_OK)
        equals = strchr(equals + 1, '=');
    if (!equals)
        return dd_option_refuse(text, "a broker and a parent as BROKER=tcp://HOST:PORT", problem);
    order->argument = equals + 1;
    return set_broker(order, dd_bytes(text, (size_t)(equals - text)), problem);
}

static dd_error_t set_order(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    order_t *order = &((options_t *)values)->order;
    view_t view = view_of(option);
    if (order->what)
        return dd_problem(
            problem, DD_E_ARGUMENT, "only one of --end-client, --drain, --move and --log-level");
    *order = (order_t){.what = option->name, .argument = text, .view = view};
    if (view == VIEW_CLIENTS)
        return check_client(text, problem);
    if (strcmp(option->name, "drain") == 0)
        return set_broker(order, dd_bytes_of(text), problem);
    return strcmp(option->name, "move") == 0 ? set_move(order, text, problem)
                                             : set_level(order, text, problem);
}

static dd_error_t set_tenant(
    void *values, const dd_option_t *option, const char *text, dd_problem_t *problem)
{
    if (!dd_tenant_valid(dd_bytes_of(text)))
        return dd_problem(problem, DD_E_ARGUMENT, "'%s' is not the name of a tenant", text);
    return dd_option_set_text(values, option, text, problem);
}

/* ---- The whole ---------------------------------------------------------------------------- */

static bool sends(const options_t *self)
{
    return self->notify || self->publish;
}

bool options_acts(const options_t *self)
{
    return sends(self) || self->trace || options_question(self) != VIEW_NONE;
}

bool options_listens(const options_t *self)
{
    return self->listen || self->subscription_count > 0;
}

view_t options_question(const options_t *self)
{
    if (self->order.what)
        return self->order.view;
    return self->check ? VIEW_TREE : self->view;
}

bool options_observes(const options_t *self)
{
    return options_question(self) != VIEW_NONE && !self->order.what;
}

bool options_interact(const options_t *self)
{
    return !options_acts(self) && !options_listens(self);
}

/* How many of the things are wanted of which there can be one only. */
static int count_purposes(const options_t *self)
{
    return (self->view != VIEW_NONE) + self->check + (self->trace != NULL) +
           (self->order.what != NULL) + (sends(self) || options_listens(self));
}

/* What can't stand together. */
static dd_error_t check(const options_t *self, dd_problem_t *problem)
{
    bool interact = options_interact(self), listens = options_listens(self);
    bool looks = self->view != VIEW_NONE || self->check;
    const struct {
        bool wrong;
        const char *text;
    } RULES[] = {
        {self->wait && !self->notify, "--wait needs --notify"},
        {self->message && !sends(self), "--message needs --notify or --publish"},
        {count_purposes(self) > 1,
            "--tree, --clients, --subscriptions, --topics, --events, --check, --trace, "
            "--end-client, --drain, --move and --log-level stand alone: nothing else can be asked, "
            "sent or listened to"},
        {has_limits(&self->limits) && !self->check,
            "--expect-brokers, --warning and --critical need --check"},
        {self->watch_ms && !looks,
            "--watch needs --tree, --clients, --subscriptions, --topics, --events or --check"},
        {self->watch_ms && self->watch_ms < WATCH_LEAST, "--watch takes 0.1 seconds at least"},
        {self->count && !listens && !self->watch_ms,
            "--count needs --listen, --subscribe or --watch"},
        {options_forbids(self) && (sends(self) || self->subscription_count || self->trace),
            "--read-only forbids --notify, --publish, --subscribe and --trace"},
        {options_forbids(self) && self->order.what,
            "--read-only forbids --end-client, --drain, --move and --log-level"},
        {self->keyfile && self->operator_keys, "either --keys or --operator-keys"},
        {(self->json || self->quiet || self->timeout_ms) && interact,
            "--json, --quiet and --timeout need something to print"},
    };
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
        if (RULES[i].wrong)
            return dd_problem(problem, DD_E_ARGUMENT, "%s", RULES[i].text);
    return DD_OK;
}

/* The key file, where no option and no variable says which. */
static dd_error_t find_keyfile(options_t *self, dd_problem_t *problem)
{
    if (self->operator_keys)
        self->keyfile = self->operator_keys;
    if (!self->keyfile && self->tenant) {
        snprintf(self->default_keyfile, sizeof self->default_keyfile, "%s/%s-keys.json", DD_SYSCONF,
            self->tenant);
        self->keyfile = self->default_keyfile;
    }
    if (!self->keyfile)
        return dd_problem(problem, DD_E_ARGUMENT,
            "no key file: give one with -k FILE or DD_KEYS, or name a TENANT "
            "whose keys are in %s",
            DD_SYSCONF);
    return DD_OK;
}

/* ---- Trees by name ------------------------------------------------------------------------ */

/* There is one file. */
static settings_t settings;

static dd_error_t read_settings(dd_problem_t *problem)
{
    char path[PATH_MAX];
    return settings_path(path, sizeof path) ? settings_read(&settings, path, problem)
                                            : settings_read(&settings, "/dev/null", problem);
}

/* A file with mistakes has trees all the same. */
static void suggest_trees(const void *values, dd_suggestions_t *suggestions)
{
    dd_problem_t problem;
    (void)values;
    read_settings(&problem);
    for (size_t i = 0; i < settings.tree_count; i++) {
        char name[TREE_NAME_MAX + 2];
        snprintf(name, sizeof name, "@%s", settings.trees[i].name);
        dd_suggest(suggestions, name);
    }
}

/* What the command line doesn't say is as the tree has it. */
static void take_from_tree(options_t *self, const settings_tree_t *tree, dd_given_t *given)
{
    self->chosen_tree = *tree;
    tree = self->tree = &self->chosen_tree;
    if (!dd_options_given(&COMMAND_LINE, given, "broker") && tree->endpoints.count > 0) {
        self->endpoints = tree->endpoints;
        dd_options_give(&COMMAND_LINE, given, "broker");
    }
    if (!self->keyfile && !self->operator_keys && tree->keyfile[0] != '\0') {
        self->keyfile = tree->keyfile;
        dd_options_give(&COMMAND_LINE, given, "keys");
    }
    if (!self->name && tree->client[0] != '\0') {
        self->name = tree->client;
        dd_options_give(&COMMAND_LINE, given, "NAME");
    }
    if (!self->tenant && tree->tenant[0] != '\0')
        self->tenant = tree->tenant;
}

/* word: "@lab", the first one of the command line, or in place of a name; NULL if there is none. */
static dd_error_t use_settings(
    options_t *self, const char *word, dd_given_t *given, dd_problem_t *problem)
{
    bool is_operand = !word && self->name && self->name[0] == '@';
    if (is_operand)
        word = self->name;
    if (!word && !options_interact(self))
        return DD_OK;
    dd_error_t error = read_settings(problem);
    self->settings = &settings;
    if (error != DD_OK || !word)
        return error;
    const settings_tree_t *tree = settings_tree(&settings, word + 1, problem);
    if (!tree)
        return problem->error;
    if (is_operand)
        self->name = NULL;
    take_from_tree(self, tree, given);
    if (is_operand && !self->name)
        self->name = DD_AUTO_NAME;
    return DD_OK;
}

dd_error_t options_reload(dd_problem_t *problem)
{
    settings_t *before = malloc(sizeof *before);
    if (!before)
        return dd_problem(problem, DD_E_MEMORY, "%s", dd_strerror(DD_E_MEMORY));
    *before = settings;
    keymap_keep();
    keymap_reset();
    dd_error_t error = read_settings(problem);
    if (error != DD_OK) {
        settings = *before;
        keymap_bring_back();
    }
    free(before);
    return error;
}

bool options_forbids(const options_t *self)
{
    return self->read_only || (self->tree && self->tree->read_only);
}

dd_error_t options_go_to(
    options_t *self, const options_t *begun, const char *tree, dd_problem_t *problem)
{
    dd_given_t given = {0};
    const settings_tree_t *found = settings_tree(begun->settings, tree, problem);
    if (!found)
        return problem->error;
    *self = *begun;
    self->endpoints.count = 0;
    self->keyfile = self->operator_keys = self->name = self->tenant = NULL;
    take_from_tree(self, found, &given);
    dd_error_t error = dd_options_fill(&COMMAND_LINE, &given, self, problem);
    if (error == DD_OK)
        error = find_keyfile(self, problem);
    dd_endpoints_write(&self->endpoints, self->endpoint, sizeof self->endpoint);
    return error;
}

/* ---- All of it ---------------------------------------------------------------------------- */

dd_options_outcome_t options_read(
    options_t *self, int argc, char *const argv[], dd_problem_t *problem)
{
    dd_given_t given;
    const char *tree = argc > 1 && argv[1][0] == '@' ? argv[1] : NULL;
    int skipped = tree != NULL;
    *self = (options_t){0};
    dd_options_outcome_t outcome = dd_options_read(
        &COMMAND_LINE, argc - skipped, argv + skipped, self, &given, stdout, problem);
    if (outcome != DD_OPTIONS_TAKEN)
        return outcome;
    if (use_settings(self, tree, &given, problem) != DD_OK)
        return DD_OPTIONS_WRONG;
    if (self->view == VIEW_EVENTS && self->timeout_ms && !self->watch_ms)
        self->watch_ms = WATCH_EVENTS;
    bool good = check(self, problem) == DD_OK &&
                dd_options_fill(&COMMAND_LINE, &given, self, problem) == DD_OK &&
                find_keyfile(self, problem) == DD_OK;
    dd_endpoints_write(&self->endpoints, self->endpoint, sizeof self->endpoint);
    return good ? DD_OPTIONS_TAKEN : DD_OPTIONS_WRONG;
}
