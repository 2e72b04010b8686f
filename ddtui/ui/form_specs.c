/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * form_specs - the forms as data
 */
#include "form_state.h"

#define DESTINATION                                                                                \
    {                                                                                              \
        "Destination", FIELD_LINE, COMPLETION_CLIENTS, HISTORY_DESTINATION, DD_NAME_MAX,           \
            "a client's name, or public.NAME; Down shows who is there"                             \
    }
#define TOPIC(hint)                                                                                \
    {                                                                                              \
        "Topic", FIELD_LINE, COMPLETION_TOPICS, HISTORY_TOPIC, DD_TOPIC_MAX, hint                  \
    }
#define MESSAGE                                                                                    \
    {                                                                                              \
        "Message", FIELD_LINE, COMPLETION_NOTHING, HISTORY_NONE, FORM_TEXT_MAX, "any text, UTF-8"  \
    }
#define CONFIRM                                                                                    \
    {                                                                                              \
        "To confirm", FIELD_LINE, COMPLETION_NOTHING, HISTORY_NONE, DD_NAME_MAX,                   \
            "type the name above to confirm"                                                       \
    }

const form_spec_t FORM_SPECS[FORMS] = {
    [FORM_NOTIFY] = {"Send Notification", "Notify", NULL,
        {DESTINATION, MESSAGE,
            {"Receipt", FIELD_CHECK, COMPLETION_NOTHING, HISTORY_NONE, 1,
                "wait until the receiver has it; Space changes it"}},
        3},
    [FORM_PUBLISH] = {"Publish message", "Publish", NULL,
        {TOPIC("what it is about; public.TOPIC reaches the public clients"), MESSAGE}, 2},
    [FORM_SUBSCRIBE] = {"Subscribe to topic", "Subscribe", NULL,
        {TOPIC("the topic, or with noscope what topics begin with"),
            {"Scope", FIELD_CHOICE, COMPLETION_SCOPES, HISTORY_SCOPE, DD_SCOPE_MAX,
                "from where; Up and Down choose, or type a path"}},
        2},
    [FORM_UNSUBSCRIBE] = {"Unsubscribe from topic", "Unsubscribe", NULL,
        {{"Subscription", FIELD_LINE, COMPLETION_OWN, HISTORY_NONE, COMPLETION_ROOM,
            "one of yours; Down and Enter choose it"}},
        1},
    [FORM_TRACE] = {"Trace a notification", "Trace", NULL, {DESTINATION}, 1},
    [FORM_SAVE] = {"Save message", "Save", NULL,
        {{"File", FIELD_LINE, COMPLETION_NOTHING, HISTORY_FILE, FORM_NAME_ROOM - 1,
            "a new file; none is overwritten"}},
        1},
    [FORM_EXPORT] = {"Export the rows that are shown", "Export", NULL,
        {{"File", FIELD_LINE, COMPLETION_NOTHING, HISTORY_FILE, FORM_NAME_ROOM - 1,
            "a new file: NAME.csv has CSV in it, any other a JSON object a line"}},
        1},
    [FORM_END_CLIENT] = {"End client", "End client",
        "This ends the client's connection, and it may not come back:", {CONFIRM}, 1},
    [FORM_DRAIN] = {"Drain broker", "Drain", "This shuts the broker down in order:", {CONFIRM}, 1},
    [FORM_MOVE] = {"Move a broker to another parent", "Move",
        "It leaves its parent, until the new one is lost or it restarts:",
        {{"New parent", FIELD_LINE, COMPLETION_PARENTS, HISTORY_NONE, DD_ENDPOINT_MAX,
             "an endpoint like tcp://HOST:PORT; Down shows those that it knows"},
            CONFIRM},
        2},
    [FORM_LOG_LEVEL] = {"Log level", "Change", "This changes how much the broker logs:",
        {{"Level", FIELD_CHOICE, COMPLETION_LEVELS, HISTORY_NONE, 15, "Up and Down choose"},
            CONFIRM},
        2},
};
