/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * console_loop - ddtui with its screen: the loop around console, terminal and client library
 *
 * One thread, which waits for input, signals, events and the time, lets each have its turn, and
 * then draws once. Nothing in it waits for a broker.
 */
#include "console_loop.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "clipboard.h"
#include "console_commands.h"
#include "ddtui/script/key_role.h"
#include "ddtui/ui/console.h"
#include "libdd/base/clock.h"
#include "libdd/base/escape.h"
#include "libdd/base/problem.h"
#include "libdd/base/program.h"
#include "screen.h"
#include "screen_charset.h"

/* us of the events' turn, after which input is looked at again. */
#define EVENTS_TURN 10000

/* ms from one turn to the next: what comes meanwhile is taken together. */
#define EVENTS_REST 5

/* When the console is drawn next. */
typedef enum {
    DRAW_EACH_SECOND, /* nothing has happened: only for the clock and the ages */
    DRAW_SOON,        /* something has changed; more may */
    DRAW_NOW          /* the user is waiting for it */
} draw_time_t;

/* us from one drawing to the next, at least. */
static const uint64_t DRAW_PAUSES[] = {
    [DRAW_EACH_SECOND] = 1000000, [DRAW_SOON] = 30000, [DRAW_NOW] = 0};

/* Unless the user is waiting, at least as many times what it takes. */
#define DRAW_PAUSE_FACTOR 25

typedef struct {
    const options_t *begun;   /* what the command line said */
    const options_t *options; /* the same, or those of another tree, which are: */
    options_t *chosen;
    const char *endpoint; /* that of the options, or: */
    char other_endpoint[DD_ENDPOINTS_TEXT];
    dd_client_t *client;
    session_view_t *session;
    history_t *history;
    console_t *console;
    screen_t *screen;
    canvas_t *canvas;
    int signals; /* a signalfd */
    uint64_t drawn_us;
    uint64_t drawing_us;     /* that took so long */
    uint64_t drawn_revision; /* of the session view */
    draw_time_t draw_time;
    bool rests;   /* some events have just been taken */
    bool whole;   /* the terminal may show something else */
    bool advised; /* about the clipboard */
    bool ended;
} console_loop_t;

/* ---- Time ----------------------------------------------------------------------------------- */

/* ms until it is drawn again. */
static int draw_pause_ms(const console_loop_t *self)
{
    uint64_t least = self->draw_time == DRAW_NOW ? 0 : DRAW_PAUSE_FACTOR * self->drawing_us;
    uint64_t pause = DRAW_PAUSES[self->draw_time], now = dd_clock_us();
    uint64_t due = self->drawn_us + (pause > least ? pause : least);
    return due <= now ? 0 : (int)((due - now) / 1000) + 1;
}

/* ms until something is to be done without anybody's word. */
static int pause_ms(const console_loop_t *self)
{
    int draw = draw_pause_ms(self), input = screen_pause_ms(self->screen);
    return input >= 0 && input < draw ? input : draw;
}

static void tick(console_loop_t *self)
{
    session_view_tick(self->session, dd_clock_us(), (int64_t)dd_clock_wall_ms());
    session_view_set_rtt(self->session, dd_client_rtt_us(self->client));
}

/* ---- Trees ----------------------------------------------------------------------------------- */

static bool make_client(console_loop_t *self, key_role_t role, dd_problem_t *problem)
{
    const options_t *options = self->options;
    self->client =
        dd_client_new(self->endpoint, options->keyfile, key_role_name(options, role), problem);
    if (!self->client)
        return false;
    dd_error_t error =
        options->tenant ? dd_client_set_tenant(self->client, options->tenant) : DD_OK;
    if (error != DD_OK)
        snprintf(problem->text, sizeof problem->text, "tenant %s: %s", options->tenant,
            dd_strerror(error));
    return error == DD_OK;
}

/* What the configuration file says of the console itself. */
static void configure(console_loop_t *self)
{
    const settings_t *settings = self->options->settings;
    const settings_tree_t *tree = self->options->tree;
    if (!settings)
        return;
    console_set_trees(self->console, settings->tree_names, tree ? tree->name : NULL);
    for (page_number_t page = 0; page < PAGES; page++)
        console_choose_columns(self->console, page, settings->columns[page]);
}

static bool make_console(console_loop_t *self, key_role_t role)
{
    static const unsigned RIGHTS[] = {[KEY_ROLE_TENANT] = RIGHT_SEND,
        [KEY_ROLE_OPERATOR] = RIGHT_OPERATE,
        [KEY_ROLE_READ_ONLY] = 0};
    unsigned rights = options_forbids(self->options) ? 0 : RIGHTS[role];
    self->session = session_view_new(role != KEY_ROLE_TENANT);
    if (!self->session)
        return false;
    self->console = console_new(self->session, self->history, self->endpoint, rights);
    if (self->console)
        configure(self);
    return self->console != NULL;
}

static void leave_tree(console_loop_t *self)
{
    dd_client_destroy(&self->client);
    console_destroy(&self->console);
    session_view_destroy(&self->session);
    free(self->chosen);
    self->chosen = NULL;
}

/* Everything that is of one tree, made for the one that these options name. */
static bool enter_tree(console_loop_t *self, const char *name, dd_problem_t *problem)
{
    key_role_t role;
    self->client = NULL;
    self->session = NULL;
    self->console = NULL;
    self->options = self->chosen = malloc(sizeof *self->chosen);
    dd_problem(problem, DD_E_MEMORY, "%s", dd_strerror(DD_E_MEMORY));
    if (!self->chosen || options_go_to(self->chosen, self->begun, name, problem) != DD_OK ||
        key_role_look(self->options, &role, problem) != DD_OK)
        return false;
    self->endpoint = self->options->endpoint;
    dd_problem(problem, DD_E_MEMORY, "%s", dd_strerror(DD_E_MEMORY));
    if (!make_console(self, role) || !make_client(self, role, problem))
        return false;
    dd_error_t error = dd_client_start(self->client);
    dd_problem(problem, error, "%s", dd_strerror(error));
    return error == DD_OK;
}

/* Stays at the old tree if the new one can't be. */
static void go_to_tree(console_loop_t *self)
{
    console_loop_t other = *self;
    dd_problem_t problem;
    char why[NOTE_ROOM];
    if (!enter_tree(&other, console_wanted_tree(self->console), &problem)) {
        dd_escape_text(problem.text, strlen(problem.text), why, sizeof why);
        session_view_say(self->session, NOTE_BAD, "%s", why);
        leave_tree(&other);
        return;
    }
    leave_tree(self);
    *self = other;
    console_set_glyphs(self->console, screen_charset_glyphs());
    self->whole = true;
    screen_free_mouse(self->screen, false);
    tick(self);
}

static void subscribe_again(console_loop_t *self)
{
    const own_subscriptions_t *owns = session_view_own_subscriptions(self->session);
    for (size_t i = 0; i < owns->count; i++)
        dd_client_subscribe(self->client, owns->rows[i].topic, owns->rows[i].scope);
}

static void say_why(console_loop_t *self, const char *text)
{
    char why[NOTE_ROOM];
    dd_escape_text(text, strlen(text), why, sizeof why);
    session_view_say(self->session, NOTE_BAD, "%s", why);
}

/* The client that takes the place of the one there is; NULL, and it is said why, if it can't be. */
static dd_client_t *client_for(console_loop_t *self, const char *endpoint)
{
    console_loop_t other = {.options = self->options, .endpoint = endpoint};
    key_role_t role;
    dd_problem_t problem;
    if (key_role_look(self->options, &role, &problem) != DD_OK ||
        !make_client(&other, role, &problem)) {
        say_why(self, problem.text);
        dd_client_destroy(&other.client);
    }
    return other.client;
}

/* All that is known stays, and is asked for anew. */
static void connect_elsewhere(console_loop_t *self)
{
    dd_client_t *client = client_for(self, console_wanted_endpoint(self->console));
    if (!client)
        return;
    dd_client_destroy(&self->client);
    self->client = client;
    snprintf(self->other_endpoint, sizeof self->other_endpoint, "%s",
        console_wanted_endpoint(self->console));
    self->endpoint = self->other_endpoint;
    console_set_endpoint(self->console, self->endpoint);
    session_view_go_elsewhere(self->session);
    subscribe_again(self);
    dd_error_t error = dd_client_start(self->client);
    if (error != DD_OK)
        say_why(self, dd_strerror(error));
}

/* A line has no room for folders. */
static const char *without_folders(const char *text)
{
    const char *name = strstr(text, "ddtui.conf");
    return name ? name : text;
}

/* Whoever has another broker or key file in it gets that with :tree. */
static void reload(console_loop_t *self)
{
    dd_problem_t problem;
    char why[NOTE_ROOM];
    if (options_reload(&problem) != DD_OK) {
        const char *text = without_folders(problem.text);
        dd_escape_text(text, strlen(text), why, sizeof why);
        session_view_say(self->session, NOTE_BAD, "nothing is changed: %s", why);
        return;
    }
    configure(self);
    screen_set_theme(self->screen, &self->options->settings->theme);
    self->whole = true;
    session_view_say(self->session, NOTE_GOOD, "ddtui.conf was read again");
}

/* ---- Input ---------------------------------------------------------------------------------- */

static void carry_out(console_loop_t *self)
{
    char why[CONSOLE_COMMAND_WHY_ROOM] = "";
    const command_t *command = console_command(self->console);
    tick(self); /* what was sent counts from now */
    bool done = console_commands_run(command, self->client, self->session, self->console, why);
    console_done(self->console, done ? NULL : why);
}

static void copy(console_loop_t *self)
{
    size_t size;
    const char *text = console_copied(self->console, &size);
    char words[CLIPBOARD_WORDS_ROOM];
    if (clipboard_copy(stdout, text, size)) {
        clipboard_words(size, &self->advised, words);
        session_view_say(self->session, NOTE_GOOD, "%s", words);
    } else {
        session_view_say(self->session, NOTE_BAD,
            "not copied: %zu bytes are more than terminals take, %d; w saves them", size,
            CLIPBOARD_MAX);
    }
}

static void follow(console_loop_t *self, unsigned flags)
{
    if (flags & CONSOLE_QUIT)
        self->ended = true;
    if (flags & CONSOLE_SUSPEND)
        screen_suspend(self->screen);
    if (flags & (CONSOLE_REDRAW | CONSOLE_SUSPEND))
        self->whole = true;
    if (flags & CONSOLE_COPY)
        copy(self);
    if (flags & CONSOLE_MOUSE)
        screen_free_mouse(self->screen, console_mouse_freed(self->console));
    if (flags & CONSOLE_COMMAND)
        carry_out(self);
    if (flags & CONSOLE_TREE)
        go_to_tree(self);
    if (flags & CONSOLE_CONNECT)
        connect_elsewhere(self);
    if (flags & CONSOLE_RELOAD)
        reload(self);
}

static void take_key(console_loop_t *self, ui_key_t key)
{
    chooser_kind_t kind;
    size_t item;
    if (screen_inject(self->screen, key, &kind, &item))
        console_choose(self->console, kind, item);
    else
        follow(self, console_key(self->console, key));
}

/* The widgets lie over all else. */
static void take_mouse(console_loop_t *self, const screen_input_t *input)
{
    chooser_kind_t kind;
    size_t item;
    if (input->mouse == MOUSE_CLICK &&
        screen_item_at(self->screen, input->row, input->column, &kind, &item))
        follow(self, console_pick(self->console, kind, item));
    else
        follow(self, console_mouse(self->console, input->mouse, input->row, input->column));
}

static void take_input(console_loop_t *self)
{
    screen_input_t input;
    while (!self->ended && (input = screen_read(self->screen)).kind != INPUT_NONE) {
        if (input.kind == INPUT_KEY)
            take_key(self, input.key);
        else if (input.kind == INPUT_PASTED)
            console_paste(self->console, input.key);
        else
            take_mouse(self, &input);
        self->draw_time = DRAW_NOW;
    }
}

static void take_signals(console_loop_t *self)
{
    struct signalfd_siginfo info;
    while (read(self->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGTSTP)
            follow(self, CONSOLE_SUSPEND);
        else if (info.ssi_signo != SIGWINCH && info.ssi_signo != SIGCONT)
            self->ended = true;
        self->draw_time = DRAW_NOW;
    }
}

/* ---- Events and questions ------------------------------------------------------------------- */

static void take_events(console_loop_t *self)
{
    uint64_t until = dd_clock_us() + EVENTS_TURN;
    dd_event_t *event;
    self->rests = false;
    while (dd_clock_us() < until && (event = dd_client_receive(self->client, 0)) != NULL) {
        session_view_event(self->session, event);
        dd_event_destroy(&event);
        self->rests = true;
    }
}

/* Most of what comes in is a part of a round, and nothing to be seen before that is over. */
static void look_for_changes(console_loop_t *self)
{
    bool changed = session_view_revision(self->session) != self->drawn_revision;
    if (changed && self->draw_time < DRAW_SOON)
        self->draw_time = DRAW_SOON;
}

static void ask(console_loop_t *self)
{
    poller_t *poller = session_view_poller(self->session);
    unsigned views = console_views(self->console);
    view_t view;
    if (session_view_link(self->session)->state != LINK_REGISTERED)
        return;
    while ((view = poller_due(poller, views, session_view_now_ms(self->session))) != VIEW_NONE) {
        uint32_t ref = 0;
        dd_question_t question = poller_question(poller, view);
        if (dd_client_inspect(self->client, &question, &ref) != DD_OK)
            ref = 0;
        poller_asked(poller, view, ref, session_view_now_ms(self->session));
    }
}

/* ---- Output --------------------------------------------------------------------------------- */

/* A canvas of the terminal's size. */
static bool fit_canvas(console_loop_t *self)
{
    int rows, columns;
    screen_size(self->screen, &rows, &columns);
    rect_t all = self->canvas ? canvas_all(self->canvas) : (rect_t){0};
    if (all.height == rows && all.width == columns)
        return true;
    canvas_destroy(&self->canvas);
    self->canvas = canvas_new(rows, columns);
    self->whole = true;
    return self->canvas != NULL;
}

static void draw(console_loop_t *self)
{
    cursor_t cursor;
    chooser_t choosers[2];
    self->drawn_us = dd_clock_us();
    if (!fit_canvas(self)) {
        self->ended = true;
        return;
    }
    size_t count = console_draw(self->console, self->canvas, &cursor, choosers);
    screen_show(self->screen, self->canvas, &cursor, choosers, count, self->whole);
    self->drawing_us = dd_clock_us() - self->drawn_us;
    self->drawn_revision = session_view_revision(self->session);
    self->draw_time = DRAW_EACH_SECOND;
    self->whole = false;
}

/* ---- The loop ------------------------------------------------------------------------------- */

/* Waits for input, signals, the time, and events unless some have just been taken. */
static int wait_for_something(const console_loop_t *self, struct pollfd fds[3])
{
    int pause = pause_ms(self);
    if (self->rests && pause > EVENTS_REST)
        pause = EVENTS_REST;
    fds[2].fd = self->rests ? -1 : dd_client_fd(self->client);
    return poll(fds, 3, pause);
}

static void loop(console_loop_t *self)
{
    struct pollfd fds[3] = {{STDIN_FILENO, POLLIN, 0}, {self->signals, POLLIN, 0}, {-1, POLLIN, 0}};
    while (!self->ended) {
        tick(self);
        console_update(self->console);
        ask(self);
        look_for_changes(self);
        if (draw_pause_ms(self) == 0)
            draw(self);
        if (wait_for_something(self, fds) < 0 && errno != EINTR)
            return;
        /* A terminal that is gone. */
        if ((fds[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0)
            return;
        tick(self);
        take_signals(self);
        take_input(self);
        take_events(self);
    }
}

/* ---- Beginning and end ---------------------------------------------------------------------- */

static exit_status_t fail(const char *text)
{
    fprintf(stderr, "ddtui: %s\n", text);
    return STATUS_FAILED;
}

/* Signals come through a file descriptor, and to no thread. */
static bool take_over_signals(console_loop_t *self)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof SIGNALS / sizeof SIGNALS[0]; i++)
        if (!dd_program_ignores(SIGNALS[i]))
            sigaddset(&set, SIGNALS[i]);
    signal(SIGPIPE, SIG_IGN);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
        return false;
    self->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return self->signals >= 0;
}

/* The first screen doesn't wait for anybody: it is drawn before the client begins. */
static exit_status_t start_client(console_loop_t *self)
{
    tick(self);
    draw(self);
    dd_error_t error = dd_client_start(self->client);
    if (error != DD_OK) {
        screen_destroy(&self->screen);
        return fail(dd_strerror(error));
    }
    return STATUS_DONE;
}

static bool open_history(console_loop_t *self)
{
    char path[PATH_MAX];
    self->history = history_new(history_path(path, sizeof path) ? path : NULL);
    return self->history != NULL;
}

static bool wants_colour(const options_t *options)
{
    const char *no_colour = getenv("NO_COLOR");
    return !options->no_colour && !(no_colour && no_colour[0] != '\0');
}

static exit_status_t begin(console_loop_t *self)
{
    dd_problem_t problem = {0};
    key_role_t role;
    const settings_t *settings = self->options->settings;
    if (key_role_look(self->options, &role, &problem) != DD_OK)
        return fail(problem.text);
    if (!take_over_signals(self) || !open_history(self) || !make_console(self, role))
        return fail("can't start the console: out of memory or file descriptors");
    if (!make_client(self, role, &problem))
        return fail(problem.text);
    self->screen = screen_new(
        wants_colour(self->options), settings ? &settings->theme : &THEME_DARK, &problem);
    if (!self->screen)
        return fail(problem.text);
    console_set_glyphs(self->console, screen_charset_glyphs());
    return start_client(self);
}

exit_status_t console_loop_run(const options_t *options)
{
    console_loop_t self = {.begun = options,
        .options = options,
        .endpoint = options->endpoint,
        .signals = -1,
        .draw_time = DRAW_NOW};
    exit_status_t status = begin(&self);
    if (status == STATUS_DONE) {
        loop(&self);
        const link_t *link = session_view_link(self.session);
        if (link->state == LINK_CLOSED)
            status = exit_status_of(link->error);
    }
    screen_destroy(&self.screen);
    leave_tree(&self);
    history_destroy(&self.history);
    canvas_destroy(&self.canvas);
    if (self.signals >= 0)
        close(self.signals);
    return status;
}
