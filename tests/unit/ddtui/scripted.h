/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scripted - a tree as brokers would report it, for the tests of what shows it
 */
#ifndef SCRIPTED_H_INCLUDED
#define SCRIPTED_H_INCLUDED

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/ui/console.h"
#include "tests/unit/unit.h"

/* 14:03:22 UTC of some day. */
#define SCRIPTED_WALL_MS 1763820202000

static uint64_t scripted_us = 1000000000;

/* Names and messages are UTF-8 whatever the locale of whoever runs the tests, and times are UTC. */
static inline int scripted_setup(void **state)
{
    (void)state;
    setenv("TZ", "UTC", 1);
    return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

static inline dd_event_t scripted_event(dd_event_type_t type)
{
    return (dd_event_t){.type = type,
        .source = "",
        .topic = "",
        .scope = "",
        .text = "",
        .data = "",
        .endpoint = "",
        .time_us = scripted_us};
}

static inline void scripted_pass(session_view_t *session, uint64_t ms)
{
    scripted_us += ms * 1000;
    session_view_tick(
        session, scripted_us, SCRIPTED_WALL_MS + (int64_t)(scripted_us - 1000000000) / 1000);
}

static inline void scripted_register(session_view_t *session)
{
    dd_event_t event = scripted_event(DD_EVENT_REGISTERED);
    event.source = "a.cli1";
    event.text = "broker0";
    event.scope = "/1/2/3/";
    event.endpoint = "tcp://127.0.0.1:5555";
    event.number = 1 << 20;
    session_view_event(session, &event);
}

/* The session view, registered as a.cli1 at broker0 /1/2/3/. */
static inline session_view_t *scripted_session(void)
{
    session_view_t *session = session_view_new(false);
    assert_non_null(session);
    scripted_pass(session, 0);
    scripted_register(session);
    return session;
}

/* A round of a view: the reports of as many brokers as there are. */
static inline void scripted_round(
    session_view_t *session, view_t view, const char *const reports[], size_t count)
{
    static uint32_t ref;
    poller_asked(session_view_poller(session), view, ++ref, session_view_now_ms(session));
    for (size_t i = 0; i < count; i++) {
        dd_event_t event = scripted_event(DD_EVENT_REPORT);
        event.ref = ref;
        event.text = reports[i];
        event.number = count - 1 - i;
        session_view_event(session, &event);
    }
}

#define SCRIPTED_BROKER(name, scope, id, parent, more)                                             \
    "{\"broker\":\"" name "\",\"scope\":\"" scope "\",\"id\":\"" id "\",\"parent\":" parent        \
    ",\"version\":\"1.0.0\",\"state\":\"ok\",\"uptime_ms\":5000,\"clients\":2," more               \
    "\"in\":100,\"out\":50}"

#define SCRIPTED_TREE_BROKER5 SCRIPTED_BROKER("broker5", "/1/5/", "dd", "\"aa\"", "\"rtt_us\":500,")
static const char *const SCRIPTED_TREE[] = {
    SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
    SCRIPTED_BROKER("broker1", "/1/2/", "bb", "\"aa\"", "\"rtt_us\":300,"),
    SCRIPTED_BROKER("broker0", "/1/2/3/", "cc", "\"bb\"", "\"rtt_us\":400,"),
    SCRIPTED_TREE_BROKER5,
};
#define SCRIPTED_BROKERS (COUNT(SCRIPTED_TREE))

static const char *const SCRIPTED_CLIENTS[] = {
    "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":["
    "{\"tenant\":\"a\",\"name\":\"cli1\",\"since_ms\":1000,\"in\":1,\"out\":2},"
    "{\"tenant\":\"a\",\"name\":\"cli10\",\"key\":\"old\",\"since_ms\":2000,\"in\":3,\"out\":4}]}",
    "{\"broker\":\"broker5\",\"broker_id\":\"dd\",\"scope\":\"/1/5/\",\"clients\":["
    "{\"tenant\":\"a\",\"name\":\"cli2\",\"since_ms\":3000,\"in\":100,\"out\":6}]}",
};
static const char *const SCRIPTED_SUBSCRIPTIONS[] = {
    "{\"broker\":\"broker5\",\"scope\":\"/1/5/\",\"subscriptions\":["
    "{\"tenant\":\"a\",\"client\":\"cli2\",\"topic\":\"alarms\",\"scope\":\"/*/\",\"path\":\"/1/\"}"
    "]}",
};

static inline void scripted_everything(session_view_t *session)
{
    scripted_round(session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    scripted_round(session, VIEW_CLIENTS, SCRIPTED_CLIENTS, 2);
    scripted_round(session, VIEW_SUBSCRIPTIONS, SCRIPTED_SUBSCRIPTIONS, 1);
}

static inline void scripted_message(
    session_view_t *session, const char *source, const char *topic, const void *data, size_t size)
{
    dd_event_t event = scripted_event(topic ? DD_EVENT_PUBLICATION : DD_EVENT_NOTIFICATION);
    event.source = source;
    event.topic = topic ? topic : "";
    event.scope = topic ? "/1/2/3/" : "";
    event.data = data;
    event.size = size;
    session_view_event(session, &event);
}

/* Whether some row of a canvas has a text. */
static inline bool scripted_shows(const canvas_t *canvas, const char *text)
{
    bool found = false;
    for (int row = 0; row < canvas_all(canvas).height && !found; row++) {
        char *line = canvas_row(canvas, row);
        assert_non_null(line);
        found = strstr(line, text) != NULL;
        free(line);
    }
    return found;
}

static inline void scripted_print(const canvas_t *canvas)
{
    for (int row = 0; row < canvas_all(canvas).height; row++) {
        char *line = canvas_row(canvas, row);
        print_message("%s\n", line);
        free(line);
    }
}

#define assert_shows(canvas, text)                                                                 \
    do {                                                                                           \
        if (!scripted_shows(canvas, text)) {                                                       \
            scripted_print(canvas);                                                                \
            fail_msg("doesn't show: %s", text);                                                    \
        }                                                                                          \
    } while (0)

#define assert_hides(canvas, text)                                                                 \
    do {                                                                                           \
        if (scripted_shows(canvas, text)) {                                                        \
            scripted_print(canvas);                                                                \
            fail_msg("shows: %s", text);                                                           \
        }                                                                                          \
    } while (0)

#endif
