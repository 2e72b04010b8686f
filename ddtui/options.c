/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line and the environment of ddtui
 */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/protocol/name.h"
#include "libdd/protocol/topic.h"

#define DEFAULT_ENDPOINT "tcp://127.0.0.1:5555"
#define SECONDS_MAX 1e9
#define OPTIONS_MAX 40
/* The shortest time from one round to the next, and the one with which --events follows if none is
   given; ms. */
#define WATCH_LEAST 100
#define WATCH_EVENTS 1000
/* getopt_long's value for the long name of the first option. */
#define LONG_FIRST 256

#define IN(member) offsetof(options_t, member)

const option_t OPTIONS[] = {
    {'d', "broker", "ENDPOINT", "the broker to connect to", OPTION_TEXT, 0, IN(endpoint)},
    {'k', "keys", "FILE", "the tenant's or an operator's key file", OPTION_TEXT, 0, IN(keyfile)},
    {'n', "notify", "DEST", "send a notification to a client", OPTION_TEXT, 0, IN(notify)},
    {'w', "wait", NULL, "with --notify: wait for the receipt", OPTION_FLAG, 0, IN(wait)},
    {'p', "publish", "TOPIC", "publish on a topic", OPTION_TEXT, 0, IN(publish)},
    {'m', "message", "TEXT", "what to send; '-' or without it: standard input", OPTION_TEXT, 0,
        IN(message)},
    {'s', "subscribe", "TOPIC[@SCOPE]", "print publications; may be given several times",
        OPTION_SUBSCRIPTION, 0, 0},
    {'l', "listen", NULL, "print notifications", OPTION_FLAG, 0, IN(listen)},
    {'c', "count", "N", "end after N messages", OPTION_COUNT, 0, IN(count)},
    {'t', "timeout", "SEC", "end after SEC seconds", OPTION_SECONDS, 0, IN(timeout_ms)},
    {'\0', "tree", NULL, "print the tree of brokers", OPTION_VIEW, VIEW_TREE, IN(view)},
    {'\0', "clients", NULL, "print the clients", OPTION_VIEW, VIEW_CLIENTS, IN(view)},
    {'\0', "subscriptions", NULL, "print the subscriptions", OPTION_VIEW, VIEW_SUBSCRIPTIONS,
        IN(view)},
    {'\0', "events", NULL, "print what happened; with -t, go on", OPTION_VIEW, VIEW_EVENTS,
        IN(view)},
    {'\0', "check", NULL, "print one line, and end, as monitors want it", OPTION_FLAG, 0,
        IN(check)},
    {'\0', "watch", "SEC", "print it again every SEC seconds", OPTION_SECONDS, 0, IN(watch_ms)},
    {'\0', "trace", "DEST", "print the way of a notification", OPTION_TEXT, 0, IN(trace)},
    {'\0', "operator-keys", "FILE", "like -k, but the file must be an operator's", OPTION_TEXT, 0,
        IN(operator_keys)},
    {'\0', "end-client", "TENANT.NAME", "end a client", OPTION_ORDER, VIEW_CLIENTS, IN(order)},
    {'\0', "drain", "BROKER", "shut a broker down", OPTION_ORDER, VIEW_TREE, IN(order)},
    {'\0', "log-level", "BROKER=LEVEL", "have a broker log more or less", OPTION_ORDER, VIEW_TREE,
        IN(order)},
    {'\0', "json", NULL, "print JSON, one object a line", OPTION_FLAG, 0, IN(json)},
    {'q', "quiet", NULL, "say only why something failed", OPTION_FLAG, 0, IN(quiet)},
    {'\0', "read-only", NULL, "send and change nothing", OPTION_FLAG, 0, IN(read_only)},
    {'\0', "no-color", NULL, "in the console: no colours", OPTION_FLAG, 0, IN(no_colour)},
    {'V', "version", NULL, "print the version", OPTION_FLAG, 0, IN(version)},
    {'h', "help", NULL, "print this help", OPTION_FLAG, 0, IN(help)},
    {0},
};

/* The first complaint is the one that counts. */
__attribute__((format(printf, 2, 3))) static bool complain(
    complaint_t *self, const char *format, ...)
{
    va_list arguments;
    if (self->text[0] != '\0')
        return false;
    va_start(arguments, format);
    vsnprintf(self->text, sizeof self->text, format, arguments);
    va_end(arguments);
    return false;
}

/* ---- One option --------------------------------------------------------------------------- */

static bool set_count(uint64_t *count, const char *text, complaint_t *complaint)
{
    char *end;
    errno = 0;
    *count = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || *count == 0)
        return complain(complaint, "--count is a number from 1, not '%s'", text);
    return true;
}

static bool set_seconds(
    uint64_t *ms, const option_t *option, const char *text, complaint_t *complaint)
{
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end != '\0' || !isfinite(seconds) || seconds < 0.001 ||
        seconds > SECONDS_MAX)
        return complain(
            complaint, "--%s is a number of seconds like 5 or 0.5, not '%s'", option->name, text);
    *ms = (uint64_t)(seconds * 1000);
    return true;
}

static bool add_wish(options_t *self, const wish_t *wish, complaint_t *complaint)
{
    for (size_t i = 0; i < self->subscription_count; i++) {
        const wish_t *known = &self->subscriptions[i];
        if (strcmp(known->topic, wish->topic) == 0 &&
            strcmp(known->scope.text, wish->scope.text) == 0)
            return true;
    }
    if (self->subscription_count == OPTIONS_SUBSCRIPTIONS_MAX)
        return complain(
            complaint, "no more than %d subscriptions at once", OPTIONS_SUBSCRIPTIONS_MAX);
    self->subscriptions[self->subscription_count++] = *wish;
    return true;
}

/* TOPIC, or TOPIC@SCOPE; the last '@' is the one, since a scope holds none. */
static bool set_subscription(options_t *self, const char *text, complaint_t *complaint)
{
    const char *at = strrchr(text, '@');
    dd_bytes_t topic = dd_bytes(text, at ? (size_t)(at - text) : strlen(text));
    const char *scope = at ? at + 1 : "all";
    wish_t wish;
    if (!dd_topic_subscribable(topic))
        return complain(complaint,
            "'%s': a topic is 1 to %d bytes without white space, and not 'public' or 'public.'",
            text, DD_TOPIC_MAX);
    if (!dd_scope_parse_pattern(&wish.scope, dd_bytes_of(scope)))
        return complain(complaint,
            "'%s': a scope is all, region, cluster, node, noscope or a path like /1/2/ or /1/*/",
            text);
    dd_bytes_copy(topic, wish.topic, sizeof wish.topic);
    return add_wish(self, &wish, complaint);
}

static bool set_view(view_t *view, view_t wanted, complaint_t *complaint)
{
    if (*view != VIEW_NONE && *view != wanted)
        return complain(complaint, "only one of --tree, --clients, --subscriptions and --events");
    *view = wanted;
    return true;
}

static bool check_client(const char *text, complaint_t *complaint)
{
    dd_bytes_t tenant, client;
    return dd_name_split(dd_bytes_of(text), &tenant, &client) ||
           complain(complaint, "'%s': which client? As TENANT.NAME", text);
}

static bool set_broker(order_t *order, dd_bytes_t name, complaint_t *complaint)
{
    dd_bytes_copy(name, order->broker, sizeof order->broker);
    return dd_broker_valid(name) || complain(complaint, "'%.*s' is not the name of a broker",
                                        (int)name.size, (const char *)name.data);
}

/* BROKER=LEVEL; the last '=' is the one, since no level holds any. */
static bool set_level(order_t *order, const char *text, complaint_t *complaint)
{
    const char *equals = strrchr(text, '=');
    if (!equals || equals[1] == '\0')
        return complain(complaint, "'%s': which broker, and which level? As BROKER=LEVEL", text);
    order->argument = equals + 1;
    return set_broker(order, dd_bytes(text, (size_t)(equals - text)), complaint);
}

static bool set_order(
    order_t *order, const option_t *option, const char *text, complaint_t *complaint)
{
    if (order->what)
        return complain(complaint, "only one of --end-client, --drain and --log-level");
    *order = (order_t){.what = option->name, .argument = text, .view = option->view};
    if (option->view == VIEW_CLIENTS)
        return check_client(text, complaint);
    return strcmp(option->name, "drain") == 0 ? set_broker(order, dd_bytes_of(text), complaint)
                                              : set_level(order, text, complaint);
}

static bool set_option(
    options_t *self, const option_t *option, const char *argument, complaint_t *complaint)
{
    void *member = (char *)self + option->offset;
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)member = true;
        return true;
    case OPTION_TEXT:
        *(const char **)member = argument;
        return true;
    case OPTION_COUNT:
        return set_count(member, argument, complaint);
    case OPTION_SECONDS:
        return set_seconds(member, option, argument, complaint);
    case OPTION_SUBSCRIPTION:
        return set_subscription(self, argument, complaint);
    case OPTION_VIEW:
        return set_view(member, option->view, complaint);
    case OPTION_ORDER:
        return set_order(member, option, argument, complaint);
    }
    return false;
}

/* ---- The command line --------------------------------------------------------------------- */

/* The option that getopt_long found. */
static const option_t *find_option(int found)
{
    if (found >= LONG_FIRST)
        return &OPTIONS[found - LONG_FIRST];
    const option_t *option = OPTIONS;
    while (option->letter != found)
        option++;
    return option;
}

/* The table in getopt_long's terms. */
static void describe(char letters[2 * OPTIONS_MAX + 2], struct option names[OPTIONS_MAX])
{
    /* A ':' in front: tell a missing argument from an unknown option, and print nothing. */
    *letters++ = ':';
    size_t i = 0;
    for (; OPTIONS[i].name; i++) {
        const option_t *option = &OPTIONS[i];
        names[i] = (struct option){option->name, option->argument ? required_argument : no_argument,
            NULL, LONG_FIRST + (int)i};
        if (option->letter == '\0')
            continue;
        *letters++ = option->letter;
        if (option->argument)
            *letters++ = ':';
    }
    *letters = '\0';
    names[i] = (struct option){0};
}

_Static_assert(sizeof OPTIONS / sizeof OPTIONS[0] <= OPTIONS_MAX, "OPTIONS_MAX is too small");

/* Why getopt_long said '?'. */
static bool complain_of(char *argv[], complaint_t *complaint)
{
    if (optopt >= LONG_FIRST)
        return complain(complaint, "--%s takes no argument", OPTIONS[optopt - LONG_FIRST].name);
    if (optopt != 0)
        return complain(complaint, "there is no option -%c", optopt);
    return complain(complaint, "%s is no option, or the beginning of several", argv[optind - 1]);
}

/* Goes on after a mistake, since whoever wants --check wants to hear of it in other words. */
static bool parse_flags(options_t *self, int argc, char *argv[], complaint_t *complaint)
{
    char letters[2 * OPTIONS_MAX + 2];
    struct option names[OPTIONS_MAX];
    describe(letters, names);
    optind = 0; /* glibc: begin anew, also for a second command line in one process */
    int found;
    while ((found = getopt_long(argc, argv, letters, names, NULL)) != -1) {
        if (found == '?')
            complain_of(argv, complaint);
        else if (found == ':')
            complain(complaint, "%s needs an argument", argv[optind - 1]);
        else
            set_option(self, find_option(found), optarg, complaint);
    }
    return complaint->text[0] == '\0';
}

static bool parse_operands(options_t *self, int argc, char *argv[], complaint_t *complaint)
{
    if (argc > 2)
        return complain(complaint, "'%s': only NAME and TENANT are expected", argv[2]);
    if (argc > 0)
        self->name = argv[0];
    if (argc > 1)
        self->tenant = argv[1];
    if (self->tenant && !dd_tenant_valid(dd_bytes_of(self->tenant)))
        return complain(complaint, "'%s' is not the name of a tenant", self->tenant);
    return true;
}

/* ---- Defaults ----------------------------------------------------------------------------- */

/* A variable that is set to nothing counts as not set. */
static const char *environment(const char *variable, const char *otherwise)
{
    const char *value = getenv(variable);
    return value && value[0] != '\0' ? value : otherwise;
}

static bool add_defaults(options_t *self, complaint_t *complaint)
{
    if (!self->endpoint)
        self->endpoint = environment("DD_BROKER", DEFAULT_ENDPOINT);
    if (!self->name)
        self->name = environment("DD_NAME", DD_AUTO_NAME);
    if (self->operator_keys)
        self->keyfile = self->operator_keys;
    if (!self->keyfile)
        self->keyfile = environment("DD_KEYS", NULL);
    if (!self->keyfile && self->tenant) {
        snprintf(self->default_keyfile, sizeof self->default_keyfile, "%s/%s-keys.json", DD_SYSCONF,
            self->tenant);
        self->keyfile = self->default_keyfile;
    }
    if (!self->keyfile)
        return complain(complaint,
            "no key file: give one with -k FILE or DD_KEYS, or name a TENANT "
            "whose keys are in %s",
            DD_SYSCONF);
    return true;
}

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
static bool check(const options_t *self, complaint_t *complaint)
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
            "--tree, --clients, --subscriptions, --events, --check, --trace, --end-client, --drain "
            "and --log-level stand alone: nothing else can be asked, sent or listened to"},
        {self->watch_ms && !looks,
            "--watch needs --tree, --clients, --subscriptions, --events or --check"},
        {self->watch_ms && self->watch_ms < WATCH_LEAST, "--watch takes 0.1 seconds at least"},
        {self->count && !listens && !self->watch_ms,
            "--count needs --listen, --subscribe or --watch"},
        {self->read_only && (sends(self) || self->subscription_count || self->trace),
            "--read-only forbids --notify, --publish, --subscribe and --trace"},
        {self->read_only && self->order.what,
            "--read-only forbids --end-client, --drain and --log-level"},
        {self->keyfile && self->operator_keys, "either --keys or --operator-keys"},
        {(self->json || self->quiet || self->timeout_ms) && interact,
            "--json, --quiet and --timeout need something to print"},
    };
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
        if (RULES[i].wrong)
            return complain(complaint, "%s", RULES[i].text);
    return true;
}

bool options_parse(options_t *self, int argc, char *argv[], complaint_t *complaint)
{
    *self = (options_t){0};
    *complaint = (complaint_t){0};
    if (!parse_flags(self, argc, argv, complaint))
        return false;
    if (self->help || self->version)
        return true;
    if (self->view == VIEW_EVENTS && self->timeout_ms && !self->watch_ms)
        self->watch_ms = WATCH_EVENTS;
    return parse_operands(self, argc - optind, argv + optind, complaint) &&
           check(self, complaint) && add_defaults(self, complaint);
}

/* ---- Help --------------------------------------------------------------------------------- */

void options_help(FILE *out)
{
    fprintf(out, "usage: ddtui [OPTION]... [NAME [TENANT]]\n\n"
                 "Without an option to send, print or listen, it opens its console.\n\n");
    for (const option_t *option = OPTIONS; option->name; option++) {
        char left[64];
        snprintf(left, sizeof left, "%c%c%c --%s%s%s", option->letter ? '-' : ' ',
            option->letter ? option->letter : ' ', option->letter ? ',' : ' ', option->name,
            option->argument ? " " : "", option->argument ? option->argument : "");
        fprintf(out, "  %-29s  %s\n", left, option->help);
    }
    fprintf(out,
        "\nNAME is the client's name (without it, or 'auto': the broker makes one up).\n"
        "TENANT is the one that the key file must belong to; without a key file it is\n"
        "%s/TENANT-keys.json.\n\n"
        "Environment: DD_BROKER for -d, DD_KEYS for -k, DD_NAME for NAME.\n"
        "Exit status: 0 done, 1 failed, 2 usage, 3 no such destination, 4 refused,\n"
        "5 timed out, 6 overloaded. See ddtui(1).\n",
        DD_SYSCONF);
}
