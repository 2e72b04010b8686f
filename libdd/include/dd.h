/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dd.h - the DoubleDecker client library
 *
 * A client connects to one broker of a tree with its tenant's key file and a name. It can then
 * notify another client by name, publish on a topic, and subscribe to topics within a scope.
 *
 * Threads: the connections of all clients of a process run on one thread of the library's, unless
 * the program says otherwise with a dd_loop_t. Every function here may be called from any thread,
 * also at the same time on one client, except dd_client_destroy(), which must be the last call on
 * that client, and is passed over within the client's own callbacks.
 *
 * Processes: after a fork the child can make clients of its own. What it does with one of before
 * returns DD_E_FORKED, or NULL or 0, and changes nothing for the parent; dd_client_destroy() wipes
 * the child's copy of the keys.
 *
 * Errors: functions that can fail return a dd_error_t, or NULL together with a filled
 * dd_problem_t. Nothing here aborts or prints, whatever the peer sends.
 *
 * Sizes are bytes, times are milliseconds, strings are UTF-8 and end with NUL.
 */
#ifndef DD_H_INCLUDED
#define DD_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define DD_VERSION "1.1.0"

/* Marks what the shared library exports; all else is built hidden. */
#define DD_EXPORT __attribute__((visibility("default")))

/* ---- Limits ------------------------------------------------------------------------------- */

/* Longest names, without the ending NUL. tenant + '.' + client fits the wire's 255-byte strings. */
#define DD_TENANT_MAX 63
#define DD_CLIENT_MAX 190
#define DD_NAME_MAX (DD_TENANT_MAX + 1 + DD_CLIENT_MAX)
#define DD_TOPIC_MAX 255
/* "/65535" eight times and the last '/'. */
#define DD_SCOPE_MAX 49
#define DD_BROKER_MAX 63
/* The largest payload any broker may be configured to carry; what this one carries arrives in
   the registered event. */
#define DD_PAYLOAD_MAX (16u << 20)
#define DD_PAYLOAD_DEFAULT (1u << 20)

/* ---- Errors ------------------------------------------------------------------------------- */

typedef enum {
    DD_OK = 0,

    /* These travel on the wire in ERROR, RECEIPT and BYE records: a number never changes. */
    DD_E_MALFORMED = 1,       /* bytes that are no valid record */
    DD_E_PROTOCOL = 2,        /* a record that has no place here: wrong state or wrong role */
    DD_E_UNKNOWN_PEER = 3,    /* the broker doesn't know this connection; register again */
    DD_E_NAME_TAKEN = 4,      /* another client of the tenant has that name */
    DD_E_NAME_INVALID = 5,    /* not a valid client, tenant or broker name */
    DD_E_NO_DESTINATION = 6,  /* no client of that name anywhere the broker can reach */
    DD_E_UPLINK_DOWN = 7,     /* perhaps there, but the broker has lost its parent or just begun */
    DD_E_OVERLOADED = 8,      /* the receiver's outbox is full */
    DD_E_REFUSED = 9,         /* the key or the role doesn't allow it */
    DD_E_SCOPE_INVALID = 10,  /* not a scope, or one with no meaning at this broker */
    DD_E_TOPIC_INVALID = 11,  /* not a valid topic */
    DD_E_TOO_LARGE = 12,      /* larger than the broker carries */
    DD_E_HOP_LIMIT = 13,      /* passed too many brokers */
    DD_E_LOOP = 14,           /* the broker would become its own ancestor */
    DD_E_LIMIT = 15,          /* a limit on clients, subscriptions or questions is reached */
    DD_E_DRAINING = 16,       /* the broker is shutting down in order */
    DD_E_TIMEOUT = 17,        /* nothing was heard for too long */
    DD_E_NOT_SUBSCRIBED = 18, /* unsubscribing what was not subscribed */
    DD_E_UNKNOWN = 19,        /* it may or may not have arrived: the way of the answer was lost */
    DD_E_UNREADABLE = 20,     /* the receiver has it, but its keys don't open the payload */
    DD_E_RATE_LIMITED = 21,   /* the tenant has sent as much as it may for now */
    DD_E_MOVED = 22,          /* the client is reached in another way now */

    /* These stay in the process. */
    DD_E_ARGUMENT = 64,      /* the caller passed something that can't be */
    DD_E_MEMORY = 65,        /* out of memory */
    DD_E_FILE = 66,          /* a file can't be read or written */
    DD_E_KEYS = 67,          /* a key file's content isn't what it must be */
    DD_E_NOT_CONNECTED = 68, /* not registered at a broker at this moment */
    DD_E_OUTBOX_FULL = 69,   /* this client's own outbox is full; try again later */
    DD_E_DECRYPT = 70,       /* a payload that the tenant's keys don't open */
    DD_E_NETWORK = 71,       /* the broker can't be reached, or the connection has ended */
    DD_E_CLOSED = 72,        /* the client has ended and won't come back by itself */
    DD_E_FORKED = 73         /* the client was made in another process, before a fork */
} dd_error_t;

/* The version of the library that runs, "1.1.0"; DD_VERSION is that of this file. */
DD_EXPORT const char *dd_version(void);

/* A fixed English sentence for an error, without a period. Never NULL, also for unknown numbers. */
DD_EXPORT const char *dd_strerror(dd_error_t error);

/* What went wrong, in words for a person: names the file, field, or value, and what to do. Filled
   by functions that take one; the caller owns it. It never gets other members. */
typedef struct {
    dd_error_t error;
    char text[512];
} dd_problem_t;

/* ---- Clients ------------------------------------------------------------------------------ */

typedef struct dd_client dd_client_t;
/* What clients are told; further down. */
typedef struct dd_event dd_event_t;
/* What connections run in; further down. */
typedef struct dd_loop dd_loop_t;
/* Takes an event, which is only lent for the call, on the thread of the client's loop. It may call
   everything here but, on its own client, dd_client_destroy() and what waits. While it runs, this
   client's connection stands still, and so do those of the other clients of that loop, unless it
   calls something that waits for one of these. */
typedef void(dd_event_callback_t)(dd_client_t *self, const dd_event_t *event, void *arg);

/*
 * Makes a client; it connects only with dd_client_start().
 *
 *   endpoint: of a broker: tcp://HOST:PORT, tcp://[V6]:PORT or ipc://PATH. Of several, at most 16
 *             with commas between them, the client connects to the first that answers; when that
 *             connection ends, to the next one, and after the last to the first. "random:" in front
 *             of all draws their order, so that clients spread. All addresses of a name are tried.
 *
 *   keyfile:  a key file as ddkeys writes it: of a tenant, of public, or of an operator.
 *
 *   name:     1..DD_CLIENT_MAX bytes without white space and control characters, or "auto" to get
 *             one from the broker.
 *
 * Returns NULL with *problem filled if an argument or the key file is bad. A broker that isn't
 * there is no error. Free with dd_client_destroy().
 */
DD_EXPORT dd_client_t *dd_client_new(
    const char *endpoint, const char *keyfile, const char *name, dd_problem_t *problem);

/* The same with what stands in a key file, size bytes of it, which are only lent: the caller may
   wipe them when this returns. A program that has its keys from elsewhere needs no file. */
DD_EXPORT dd_client_t *dd_client_new_with_keys(
    const char *endpoint, const char *keys, size_t size, const char *name, dd_problem_t *problem);

/*
 * Takes leave of the broker in order: sends what is in the outbox, waits up to timeout_ms (-1: for
 * ever) until the outcome of every notification is known, and takes in what is on its way to this
 * client. Returns how many notifications it could not settle: those may or may not have arrived.
 * From then on nothing can be sent; events that wait can still be received. The broker's own
 * farewell is waited for, up to two seconds more. Must not be called from within a callback: there
 * it only counts.
 */
DD_EXPORT size_t dd_client_close(dd_client_t *self, int timeout_ms);

/*
 * Closes the client with a second for outcomes, if dd_client_close() has not been called, ends the
 * thread, wipes the keys, frees everything and sets *self_p to NULL. NULL and *self_p == NULL are
 * fine. Events that the application holds stay valid.
 */
DD_EXPORT void dd_client_destroy(dd_client_t **self_p);

/* Before dd_client_start(), as all settings, which return DD_E_ARGUMENT after it: the tenant the
   key file must belong to. Registration at a broker that says otherwise ends with DD_E_REFUSED. */
DD_EXPORT dd_error_t dd_client_set_tenant(dd_client_t *self, const char *tenant);

/* Before dd_client_start(): the client does nothing but ask, with dd_client_inspect(). It has no
   name by which others reach it or that it would keep from them, isn't among the clients that
   brokers count and list, and causes no events when it comes and goes; all other calls to the
   broker return DD_E_REFUSED. A broker of version 1.0 takes it for a client like others.
   DD_E_ARGUMENT for one that has subscriptions. */
DD_EXPORT dd_error_t dd_client_set_observer(dd_client_t *self);

/* Before dd_client_start(): bytes that may wait for the network (default 64 MiB) and bytes of
   events that may wait for the application (default 64 MiB). A full outbox makes calls return
   DD_E_OUTBOX_FULL; full events stop the reading, so that senders get DD_E_OVERLOADED. A payload
   larger than the outbox can't be sent. DD_E_ARGUMENT for 0. */
DD_EXPORT dd_error_t dd_client_set_limits(dd_client_t *self, size_t outbox, size_t events);

/* Before dd_client_start(): for how long a notification may stay without an outcome before it
   counts as unknown (default 60,000 ms, at most an hour). Less than three of the broker's
   heartbeats has no effect, since a lost connection may be noticed that late. DD_E_ARGUMENT for 0
   or more than an hour. */
DD_EXPORT dd_error_t dd_client_set_outcome_limit(dd_client_t *self, unsigned ms);

/* How much a line of a log matters. */
typedef enum {
    DD_LOG_ERROR,
    DD_LOG_WARNING,
    DD_LOG_NOTICE,
    DD_LOG_INFO,
    DD_LOG_DEBUG
} dd_log_level_t;

/*
 * Before dd_client_start(): have log told what goes on, a line at a time without its end, in words
 * for people that may change: each attempt to connect, why it failed, registrations, ends and
 * losses. It is called as a callback is, and has no characters that act on a terminal.
 */
typedef void(dd_log_t)(void *arg, dd_log_level_t level, const char *text);
DD_EXPORT dd_error_t dd_client_set_log(dd_client_t *self, dd_log_t *log, void *arg);

/* Connects, registers and, whenever the connection ends, does so again for ever, subscriptions
   included: at the next endpoint at once, and once all were tried, after growing,
   jittered pauses. No more than 64 clients of a process connect to one endpoint at a time. A
   process that has no descriptors left for it is told so by a DD_EVENT_DISCONNECTED with
   DD_E_LIMIT. */
DD_EXPORT dd_error_t dd_client_start(dd_client_t *self);

/*
 * Starts the client, unless that has been done, and waits for up to timeout_ms (-1: for ever) until
 * it is registered. The events come all the same. DD_OK; or the reason of the last attempt with
 * *problem (may be NULL) filled, DD_E_TIMEOUT if the first one goes on: the client keeps on trying,
 * and this may be called again. Once the client has ended this returns at once. DD_E_ARGUMENT from
 * within a callback.
 */
DD_EXPORT dd_error_t dd_client_connect(dd_client_t *self, int timeout_ms, dd_problem_t *problem);

/*
 * At any time: reads a key file that is to be used from now on instead of the one before. The
 * connection stays, and no message is lost: payloads are sealed with the new file's keys when this
 * returns, what comes is opened with all that it holds, and the broker is shown that the client has
 * its newest key. ddkeys(1) says when a tenant's clients are to do so.
 *
 * DD_OK; or nothing has changed, with *problem (may be NULL) filled: DD_E_FILE, DD_E_KEYS and
 * DD_E_MEMORY as with dd_client_new(), DD_E_KEYS also for a file that isn't the successor of the
 * one in use, with which it has no pair in common.
 */
DD_EXPORT dd_error_t dd_client_set_keys(
    dd_client_t *self, const char *keyfile, dd_problem_t *problem);

/* The same with what stands in a key file, as dd_client_new_with_keys() takes it. */
DD_EXPORT dd_error_t dd_client_set_keys_from(
    dd_client_t *self, const char *keys, size_t size, dd_problem_t *problem);

/* With dd_client_notify(): ask for a DD_EVENT_RECEIPT when the receiving application has it. */
#define DD_WANT_RECEIPT 0x01u
/* And: tell of a good outcome, too, in a DD_EVENT_DELIVERED. */
#define DD_WANT_OUTCOME 0x02u

/*
 * Sends a notification to one client: "x" in the own tenant, "public.x" of the public tenant, and,
 * from a public client, "t.x" in tenant t. The payload is encrypted here and opened by the
 * receiver only. The data is copied.
 *
 * *ref (may be NULL) gets the number that later events about it carry. The call doesn't wait:
 * DD_OK says that the notification is on its way. It arrives at most once, in the order in which
 * this client sends to that receiver, and has exactly one outcome:
 *
 *   delivered: the receiver's library has it, and its application finds it in its queue. There is
 *              an event, DD_EVENT_DELIVERED, only if flags has DD_WANT_OUTCOME. A program of an
 *              older protocol has read it from its connection.
 *   refused:   it has not arrived and won't. DD_EVENT_ERROR says why.
 *   unknown:   it may or may not have arrived. DD_EVENT_ERROR with DD_E_UNKNOWN comes when the
 *              connection is lost with it under way, when a later one to the same receiver has
 *              arrived and this one isn't known to have, or when dd_client_set_outcome_limit() has
 *              passed.
 *
 * Of a client that ends before that, no outcome is told.
 *
 * DD_E_OVERLOADED: 65,536 notifications to this destination have no outcome yet, and none of them
 * is still here; others can be sent to. DD_E_OUTBOX_FULL: there is no room in the outbox, or
 * 1,048,576 in all have no outcome yet, or 65,536 to this destination, of which some are still
 * here; dd_client_drain() waits until it is worth while to try again. DD_E_NAME_INVALID,
 * DD_E_TOO_LARGE, DD_E_NOT_CONNECTED, DD_E_REFUSED (an operator's key), DD_E_MEMORY, DD_E_CLOSED.
 */
DD_EXPORT dd_error_t dd_client_notify(dd_client_t *self, const char *destination, const void *data,
    size_t size, unsigned flags, uint32_t *ref);

/*
 * Sends a request to one client, as dd_client_notify() sends a notification, and waits for up to
 * timeout_ms (-1: for ever) for its reply. The receiver gets a DD_EVENT_NOTIFICATION whose
 * is_request is true, and answers with dd_client_reply(); one of a version before 1.1 sees a
 * notification like others, and doesn't.
 *
 * DD_OK: *reply is the DD_EVENT_REPLY, which the caller frees with dd_event_destroy(). Else *reply
 * is NULL, and the request has ended: DD_E_TIMEOUT, a receiver that replies later isn't heard; the
 * reason for which it was refused; DD_E_UNKNOWN when the connection was lost with it under way, so
 * that it may or may not have arrived; DD_E_DECRYPT for a reply that the keys don't open;
 * DD_E_CLOSED when the client ends. Or it was not sent: errors of dd_client_notify(), DD_E_LIMIT if
 * 65,536 requests have no end yet, DD_E_ARGUMENT from within a callback.
 */
DD_EXPORT dd_error_t dd_client_request(dd_client_t *self, const char *destination, const void *data,
    size_t size, int timeout_ms, dd_event_t **reply);

/*
 * The same without waiting. DD_OK: the request has exactly one end, a DD_EVENT_REPLY with the
 * number *ref (may be NULL), whose error is DD_OK for a reply and else says why there is none. It
 * goes to callback, perhaps before this call returns, or with NULL to where all events go. No other
 * event is about this request.
 */
DD_EXPORT dd_error_t dd_client_send_request(dd_client_t *self, const char *destination,
    const void *data, size_t size, int timeout_ms, dd_event_callback_t *callback, void *arg,
    uint32_t *ref);

/*
 * Answers a request, from within a callback, too, and as long as the event is there. It arrives if
 * the request's sender still waits for it, and is told of as a notification is otherwise; only the
 * first reply counts. DD_E_ARGUMENT if the event is no request; errors as dd_client_notify().
 */
DD_EXPORT dd_error_t dd_client_reply(
    dd_client_t *self, const dd_event_t *request, const void *data, size_t size);

/*
 * Publishes on a topic, to all subscribers of the tenant whose scope covers this client's broker.
 * A tenant's publication on "public.x" goes to the public tenant's subscribers of "x" instead.
 * What this client's own broker doesn't do with it is told by a DD_EVENT_ERROR with the topic and
 * without a ref. Errors as dd_client_notify(), and DD_E_TOPIC_INVALID.
 */
DD_EXPORT dd_error_t dd_client_publish(
    dd_client_t *self, const char *topic, const void *data, size_t size);

/*
 * Subscribes to a topic within a scope: "all", "region", "cluster", "node", "noscope", or a path
 * like "/1/2/" or "/1/" followed by "*" and "/". "noscope" takes every topic that begins with
 * topic.
 *
 * May be called at any time after dd_client_new(); the subscription is kept and made again after
 * each registration, until dd_client_unsubscribe(). Each time the broker agrees, there is a
 * DD_EVENT_SUBSCRIBED; if it refuses, a DD_EVENT_ERROR, and the subscription is forgotten. Where
 * the tenant's rate is reached it is asked for again later.
 *
 * DD_E_TOPIC_INVALID, DD_E_SCOPE_INVALID, DD_E_REFUSED, DD_E_MEMORY, DD_E_CLOSED.
 */
DD_EXPORT dd_error_t dd_client_subscribe(dd_client_t *self, const char *topic, const char *scope);

/*
 * The same, and publications that the subscription is for go to callback, as dd_client_on() has it
 * for events of a type: to that of each such subscription that they match, and to where all events
 * go if there is none. NULL is dd_client_subscribe(). Who subscribes again to the same topic and
 * scope replaces the callback.
 */
DD_EXPORT dd_error_t dd_client_subscribe_to(dd_client_t *self, const char *topic, const char *scope,
    dd_event_callback_t *callback, void *arg);

/* Takes a subscription back: topic and scope as given to dd_client_subscribe(), the words and
   their paths being the same thing. There is a DD_EVENT_UNSUBSCRIBED when it is gone.
   DD_E_NOT_SUBSCRIBED if there is none, DD_E_OUTBOX_FULL, and errors as dd_client_subscribe(). */
DD_EXPORT dd_error_t dd_client_unsubscribe(dd_client_t *self, const char *topic, const char *scope);

/*
 * Sends a notification without content to learn how one would fare: each broker on its way says
 * what it does with it in a DD_EVENT_HOP, and the end is a DD_EVENT_RECEIPT or a DD_EVENT_ERROR,
 * all with *ref. The receiving library answers it by itself; its application sees nothing. Errors
 * as dd_client_notify().
 */
DD_EXPORT dd_error_t dd_client_trace(dd_client_t *self, const char *destination, uint32_t *ref);

/* What to ask brokers: all zero but `what` asks every broker for everything. It never gets other
   members: whatever more there may be to say will have a structure that begins with its size. */
typedef struct {
    const char *what;   /* "tree", "clients", "subscriptions" or "events" */
    const char *broker; /* NULL for every broker, or the "id" of one in a "tree" report */
    uint32_t first;     /* number of the first row wanted from each, from 0 */
    uint32_t rows;      /* how many rows; 0 for all */
} dd_question_t;

/*
 * Asks the brokers of the tree. Their answers arrive as DD_EVENT_REPORT events with *ref: a JSON
 * object each, described in dd-protocol(7), or an empty text from those that were not asked. What
 * is seen is the key's own tenant, or, for an operator, all. A question that is not answered by all
 * within 15 seconds ends with a DD_EVENT_ERROR. DD_E_ARGUMENT, DD_E_NOT_CONNECTED, DD_E_LIMIT (32
 * questions are under way), DD_E_OUTBOX_FULL, DD_E_CLOSED.
 */
DD_EXPORT dd_error_t dd_client_inspect(
    dd_client_t *self, const dd_question_t *question, uint32_t *ref);

/*
 * For operators: has the broker of that id do something. "end-client" with a client's full name,
 * "drain" with the broker's own name, "log-level" with a level, "move" with the endpoint of the
 * parent that it is to join. The reports to it are as for
 * dd_client_inspect(); the one of that broker has "done", and "failure" if that is false.
 * Errors as dd_client_inspect(); DD_E_REFUSED with any other key.
 */
DD_EXPORT dd_error_t dd_client_control(
    dd_client_t *self, const char *broker, const char *what, const char *argument, uint32_t *ref);

/* ---- Events ------------------------------------------------------------------------------- */

typedef enum {
    DD_EVENT_REGISTERED = 1, /* source: full name; text: broker's name; scope: broker's scope;
                                endpoint: where that is, of those given; number: bytes of the
                                largest payload that may be sent */
    DD_EVENT_DISCONNECTED,   /* error and text: why; the client comes back by itself, and tells
                                of attempts only when they fail for another reason. Every
                                notification has had its outcome: what was not yet sent
                                DD_E_NOT_CONNECTED, what was under way DD_E_UNKNOWN; number:
                                publications that were not sent, which have none */
    DD_EVENT_CLOSED,         /* error and text: why; the broker wants this client no more, and it
                                won't come back: DD_E_NAME_TAKEN, DD_E_NAME_INVALID,
                                DD_E_REFUSED */
    DD_EVENT_NOTIFICATION,   /* source, data, size; is_request: a dd_client_reply() is waited for */
    DD_EVENT_PUBLICATION,    /* source, topic, scope (of the publisher's broker), data, size */
    DD_EVENT_SUBSCRIBED,     /* topic, scope: the path as resolved at this broker */
    DD_EVENT_UNSUBSCRIBED,   /* topic, scope */
    DD_EVENT_RECEIPT,        /* ref; source: whose application has it. Comes before or after the
                                outcome */
    DD_EVENT_ERROR,          /* error; text: what it is about; ref if it answers a call that gave
                                one; topic and scope of a subscription that was refused; topic
                                alone of a publication that the broker didn't take, or that went
                                not to all other brokers (DD_E_RATE_LIMITED, DD_E_OVERLOADED,
                                DD_E_TOO_LARGE); source of a payload that could not be opened
                                (DD_E_DECRYPT) */
    DD_EVENT_GAP,            /* topic, scope; number: publications this client lost because it
                                read too slowly, or a broker on their way takes none so large. 0:
                                some may be missing, since a link between brokers or this client's
                                connection has ended; after the latter for each subscription, and
                                after its DD_EVENT_SUBSCRIBED */
    DD_EVENT_REPORT,         /* ref; source: the id of the broker whose it is, in 32 hexadecimal
                                digits, as the brokers on its way know it; text: JSON; number:
                                brokers that are still to answer */
    DD_EVENT_HOP,            /* ref; number: brokers passed, from 1; source: the broker's name;
                                scope: its scope; text: what it did; error: why it did not go on */
    DD_EVENT_DELIVERED,      /* ref; source: the destination, whose library has the notification;
                                only for those sent with DD_WANT_OUTCOME */
    DD_EVENT_REPLY           /* ref; source: whom the request went to; error: DD_OK, and then data
                                and size, or why there is no reply */
} dd_event_type_t;

/* Read-only for the application. Strings are never NULL, but empty where they have no meaning; what
   strangers wrote in text may hold control characters. Data always ends with a NUL that size
   doesn't count, and is aligned for any type. Only the library makes events: later ones may have
   more members, after these. */
struct dd_event {
    dd_event_type_t type;
    dd_error_t error;
    uint32_t ref;
    uint64_t number;
    const char *source;
    const char *topic;
    const char *scope;
    const char *text;
    const void *data;
    size_t size;
    uint64_t time_us; /* when it came, in microseconds of CLOCK_MONOTONIC */
    const char *endpoint;
    bool is_request;
};

/*
 * Takes the next event, waiting up to timeout_ms (0: not at all, -1: for ever). NULL when there is
 * none, also as soon as a signal was handled meanwhile, and at once when there never will be
 * another one, because the client has ended or was closed. The caller owns the event and frees it
 * with dd_event_destroy(). A notification that wants a receipt is receipted by this call. Not to be
 * mixed with a callback.
 */
DD_EXPORT dd_event_t *dd_client_receive(dd_client_t *self, int timeout_ms);

/*
 * Waits until no more than so many bytes are left in the outbox: 0 for all to have gone to the
 * network, half the limit for a sender that got DD_E_OUTBOX_FULL to go on. Whatever `bytes` is, it
 * waits as well after 1,048,576 notifications had no outcome, until half of them have; and after
 * 65,536 to one destination had none, until half of those have or the outbox is empty. So a loop of
 * a call and of this, for as long as the call returns DD_E_OUTBOX_FULL, is never a busy one.
 *
 * DD_E_TIMEOUT if it takes longer (0: not at all, -1: for ever); DD_E_NOT_CONNECTED if there is no
 * connection any more; DD_E_OVERLOADED if outcomes are waited for, or the broker's word that it has
 * room, and aren't read since the application has left its events full for a second;
 * DD_E_ARGUMENT from within a callback.
 */
DD_EXPORT dd_error_t dd_client_drain(dd_client_t *self, size_t bytes, int timeout_ms);

/* Microseconds that the last heartbeat took to the broker and back; 0 when there was none yet. */
DD_EXPORT uint64_t dd_client_rtt_us(dd_client_t *self);

/* A file descriptor that is readable while events wait; for poll() and the like, not to be read or
   closed. It is made by the first call, and valid until dd_client_destroy(); -1 if there are no
   descriptors left. */
DD_EXPORT int dd_client_fd(const dd_client_t *self);

/* Before dd_client_start(): have events delivered to callback instead of the queue. */
DD_EXPORT dd_error_t dd_client_set_callback(
    dd_client_t *self, dd_event_callback_t *callback, void *arg);

/* Before dd_client_start(): have events of one type delivered to callback, and all others as
   without this. With NULL they come as all others again. DD_E_ARGUMENT for a type that there isn't.
 */
DD_EXPORT dd_error_t dd_client_on(
    dd_client_t *self, dd_event_type_t type, dd_event_callback_t *callback, void *arg);

/* ---- Loops -------------------------------------------------------------------------------- */

/*
 * Makes a loop that has no clients yet. It has no thread either: dd_loop_start() gives it one, or
 * the program runs it with dd_loop_run_once(). NULL with *problem (may be NULL) filled:
 * DD_E_MEMORY, DD_E_LIMIT when there are no descriptors left, DD_E_NETWORK.
 *
 * Clients that are given none have one together that begins and ends with them, and has a thread.
 * More of them are for programs that want to use more than one processor, whose callbacks would
 * hold up others, or that have a loop of their own already.
 */
DD_EXPORT dd_loop_t *dd_loop_new(dd_problem_t *problem);

/* Gives the loop up and sets *self_p to NULL. It goes on as long as it has clients, and ends with
   the last one. NULL and *self_p == NULL are fine. */
DD_EXPORT void dd_loop_destroy(dd_loop_t **self_p);

/* Before dd_client_start(): the loop that the client's connection runs in. */
DD_EXPORT dd_error_t dd_client_set_loop(dd_client_t *self, dd_loop_t *loop);

/* Has a thread run the loop. DD_E_MEMORY if there is none to be had, DD_E_ARGUMENT if it has one,
   or from within a callback. */
DD_EXPORT dd_error_t dd_loop_start(dd_loop_t *self);

/*
 * For a loop without a thread: a descriptor that is readable when dd_loop_run_once() has something
 * to do, be it that a time has come; for poll() and the like, not to be read or closed. The same
 * for the loop's whole life. -1 if there are no descriptors left, or if the loop has a thread.
 */
DD_EXPORT int dd_loop_fd(dd_loop_t *self);

/*
 * For a loop without a thread: waits up to timeout_ms (0: not at all, -1: for ever) for something
 * to do, does it, and calls back. What is left then makes dd_loop_fd() readable again. Any thread
 * may call it, one at a time: DD_E_ARGUMENT if another one does, or if the loop has a thread.
 *
 * Functions that wait, on a client of such a loop, do this meanwhile unless another thread does; so
 * a program needs not to be in its own loop to close its clients.
 */
DD_EXPORT dd_error_t dd_loop_run_once(dd_loop_t *self, int timeout_ms);

/* Frees an event and sets *event_p to NULL. NULL and *event_p == NULL are fine. */
DD_EXPORT void dd_event_destroy(dd_event_t **event_p);

#ifdef __cplusplus
}
#endif

#endif
