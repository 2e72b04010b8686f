/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_thread - a client's own thread: its connection, and the way of events to the application
 *
 * The session says what is to be done; this moves bytes between it and the sockets. Payloads are
 * opened here, outside the lock, so that nobody who sends waits for it.
 */
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>

#include "client_log.h"
#include "libdd/base/clock.h"
#include "libdd/base/problem.h"
#include "libdd/net/dialer.h"

/* Frames read in one go before the outbox gets its turn. */
#define READ_AT_ONCE 16

/* What the thread alone knows. */
typedef struct {
    dd_client_t *client;
    dd_dialer_t *dial;                 /* NULL between connections */
    const dd_client_keys_t *dial_keys; /* what that was made with */
    bool connected;                    /* the session knows that it is */
    bool lost;    /* it is over; what came before is perhaps still to be read */
    bool blocked; /* ZeroMQ takes no more frames now */
    bool deaf;    /* the application is behind: nothing more is read */
    bool told;    /* the dialer has news */
    bool ready;   /* the socket has a frame, or room for one */
    bool stirred; /* it was used since it was found empty: its descriptor doesn't tell */
} reactor_t;

/* ---- Events -------------------------------------------------------------------------------- */

/* Opens the payload in place. What doesn't open becomes an error event. */
static dd_event_node_t *open_payload(dd_client_t *self, const dd_box_t *box, dd_event_node_t *node)
{
    dd_bytes_t source = dd_bytes_of(node->event.source);
    const dd_box_key_t *key = box ? dd_box_peer(box, source) : NULL;
    if (box && dd_box_open(box, key, node->sealed, (uint8_t *)node->room) == DD_OK)
        return node;
    bool is_reply = node->event.type == DD_EVENT_REPLY;
    dd_news_t news = {.type = is_reply ? DD_EVENT_REPLY : DD_EVENT_ERROR,
        .error = DD_E_DECRYPT,
        .ref = is_reply ? node->event.ref : 0,
        .source = source,
        .handler = node->handler};
    dd_event_node_t *error = dd_event_new(&news, 0);
    if (is_reply || node->event.type == DD_EVENT_NOTIFICATION) {
        pthread_mutex_lock(&self->lock);
        dd_session_unreadable(self->session, node->arrival, source);
        pthread_mutex_unlock(&self->lock);
    }
    dd_event_t *event = &node->event;
    dd_event_destroy(&event);
    return error;
}

static void call_back(dd_client_t *self, dd_handler_t handler, dd_event_node_t *node)
{
    if (node->wants_receipt) {
        pthread_mutex_lock(&self->lock);
        dd_session_receipt(self->session, node->arrival, dd_bytes_of(node->event.source));
        pthread_mutex_unlock(&self->lock);
    }
    self->kept = false;
    handler.callback(self, &node->event, handler.arg);
    dd_event_t *event = &node->event;
    if (!self->kept)
        dd_event_destroy(&event);
}

/* Whose an event is: that of who asked for it, of its type, of all, or none. */
static dd_handler_t choose_handler(const dd_client_t *self, const dd_event_node_t *node)
{
    if (node->handler.callback)
        return node->handler;
    const dd_handler_t *of_type = &self->handlers[node->event.type];
    return of_type->callback ? *of_type : self->handler;
}

/* Gives an event to whom it is for, or appends it to the list of those for the queue. */
static void hand_over(dd_client_t *self, dd_event_node_t *node, dd_event_list_t *queued)
{
    if (self->log)
        dd_client_tell(self, &node->event);
    dd_handler_t handler = choose_handler(self, node);
    if (node->event.type == DD_LOG_LINE)
        free(node);
    else if (handler.callback)
        call_back(self, handler, node);
    else
        dd_event_list_append(queued, node);
}

/* Hands over what the session has emitted. The frame that payloads lie in must still be there. */
static void deliver(dd_client_t *self)
{
    pthread_mutex_lock(&self->lock);
    dd_event_list_t news = self->news;
    const dd_box_t *box = self->keys->box;
    self->news = (dd_event_list_t){0};
    pthread_mutex_unlock(&self->lock);

    dd_event_list_t ready = {0};
    dd_event_node_t *node;
    while ((node = dd_event_list_take(&news))) {
        if (node->sealed.data)
            node = open_payload(self, box, node);
        if (node)
            hand_over(self, node, &ready);
    }
    dd_event_queue_put(self->queue, &ready);
}

/* ---- Connection ---------------------------------------------------------------------------- */

/* What the broker will have seen of our keys. With the lock. */
static void note_login(dd_client_t *client)
{
    const dd_keyring_t *keyring = client->keys->keyring;
    memcpy(client->shown_key, dd_keyring_public_key_of(keyring, client->login.own), DD_KEY_SIZE);
}

/* The application isn't told of each attempt. With the lock. */
static void lose(dd_client_t *client, const dd_problem_t *reason)
{
    dd_client_note(client, DD_LOG_INFO, "%s", reason->text);
    dd_session_lost(client->session, reason->error, reason->text);
}

/* With the lock. */
static void open_connection(reactor_t *self)
{
    dd_client_t *client = self->client;
    const dd_dialer_settings_t settings = {.context = client->context,
        .keyring = client->keys->keyring,
        .own_key = client->login.own,
        .payload_max = DD_PAYLOAD_MAX,
        .wake_fd = client->wake_fd};
    dd_problem_t problem;
    note_login(client);
    self->dial_keys = client->keys;
    self->dial = dd_dialer_new(&settings, dd_session_endpoint(client->session), &problem);
    /* ZeroMQ tells of a change only to those who have looked before. */
    self->told = self->stirred = true;
    dd_client_note(client, DD_LOG_INFO, "connecting to %s", dd_session_endpoint(client->session));
    if (!self->dial)
        lose(client, &problem);
}

static void close_connection(reactor_t *self)
{
    dd_dialer_destroy(&self->dial);
    self->dial_keys = NULL;
    self->client->fd = -1;
    self->connected = self->lost = self->blocked = self->told = self->ready = false;
}

/* With the lock. */
static void flush(reactor_t *self)
{
    dd_outbox_t *outbox = dd_session_outbox(self->client->session);
    if (!self->connected || !dd_outbox_may_send(outbox))
        return;
    self->blocked = dd_socket_flush(dd_dialer_socket(self->dial), (dd_bytes_t){0}, outbox) != DD_OK;
    self->stirred = true;
}

/* Does what the session wants now. With the lock. */
static void work(reactor_t *self, uint64_t now_us)
{
    dd_session_t *session = self->client->session;
    if (!self->deaf || dd_session_state(session) != DD_SESSION_ENDING)
        dd_session_tick(session, now_us);
    bool wanted = dd_session_wants_connection(session);
    if (self->dial && !wanted)
        close_connection(self);
    if (!self->dial && wanted)
        open_connection(self);
    if (self->dial)
        flush(self);
    dd_client_keys_forget(&self->client->retired, self->dial_keys);
    if (self->client->drainers > 0)
        pthread_cond_broadcast(&self->client->left);
}

/* Whether all frames that are there have been read; not if it is enough for now. */
static bool read_frames(reactor_t *self)
{
    dd_client_t *client = self->client;
    self->stirred = true;
    for (int i = 0; i < READ_AT_ONCE; i++) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        dd_error_t error = dd_socket_receive(dd_dialer_socket(self->dial), NULL, &frame);
        if (error == DD_E_TIMEOUT) {
            zmq_msg_close(&frame);
            self->stirred = false;
            return true;
        }
        /* A message of several frames comes out as an empty one, which is malformed as well. */
        size_t size = error == DD_OK ? zmq_msg_size(&frame) : 0;
        pthread_mutex_lock(&client->lock);
        if (client->fd < 0)
            client->fd = zmq_msg_get(&frame, ZMQ_SRCFD);
        dd_session_input(client->session, zmq_msg_data(&frame), size, dd_clock_us());
        pthread_mutex_unlock(&client->lock);
        deliver(client);
        zmq_msg_close(&frame);
        if (!client->handler.callback && dd_event_queue_is_full(client->queue))
            return false;
    }
    return false;
}

/* How the connection stands. */
static void watch(reactor_t *self)
{
    dd_client_t *client = self->client;
    dd_dialer_state_t state = dd_dialer_watch(self->dial);
    self->told = false;
    if (state == DD_DIALER_CONNECTED && !self->connected) {
        pthread_mutex_lock(&client->lock);
        dd_session_connected(client->session, dd_clock_us());
        pthread_mutex_unlock(&client->lock);
        self->connected = true;
    }
    self->lost = state == DD_DIALER_LOST;
}

/* Whether the broker has refused keys of which the key file has others; then those are chosen. A
   broker that hasn't read its new file yet, or this client, is of another opinion than the other as
   to which are current. With the lock. */
static bool may_log_in_otherwise(const reactor_t *self, const dd_problem_t *reason)
{
    dd_client_t *client = self->client;
    return !self->connected && reason->error == DD_E_REFUSED && self->dial_keys == client->keys &&
           dd_session_wants_connection(client->session) &&
           dd_keyring_next_login(client->keys->keyring, &client->login);
}

/* Takes in what the connection brings. The end of it comes after its last frame. What is closed on
   this side is told by nobody: hence a look whenever nothing comes. */
static void look(reactor_t *self)
{
    dd_client_t *client = self->client;
    if (self->told || !self->ready)
        watch(self);
    bool may_read = self->connected && !self->deaf && (self->ready || self->lost);
    bool all_read = self->connected ? may_read && read_frames(self) : true;
    if (!all_read || !self->lost)
        return;
    const dd_problem_t *reason = dd_dialer_reason(self->dial);
    pthread_mutex_lock(&client->lock);
    if (may_log_in_otherwise(self, reason)) {
        dd_client_note(client, DD_LOG_INFO, "%s; other keys of the file are tried", reason->text);
        close_connection(self);
        open_connection(self);
    } else {
        lose(client, reason);
    }
    pthread_mutex_unlock(&client->lock);
}

/* ---- Sleep --------------------------------------------------------------------------------- */

/* Microseconds until something is due. With the lock. */
static uint64_t choose_sleep(const reactor_t *self, uint64_t now_us)
{
    const dd_client_t *client = self->client;
    if (client->news.first || (self->lost && !self->deaf))
        return 0;
    bool held_back = self->deaf && dd_session_state(client->session) == DD_SESSION_ENDING;
    uint64_t due = held_back ? UINT64_MAX : dd_session_due(client->session);
    uint64_t dial_ms = self->dial ? dd_dialer_due(self->dial) : UINT64_MAX;
    if (dial_ms < due / 1000)
        due = dial_ms * 1000;
    return due > now_us ? due - now_us : 0;
}

/* In ms, rounded up so that nothing comes too early. */
static int to_timeout(uint64_t us)
{
    return us > INT_MAX ? -1 : (int)((us + 999) / 1000);
}

/* What the socket is waited for. */
static int wanted(const reactor_t *self)
{
    return (self->deaf ? 0 : ZMQ_POLLIN) | (self->blocked ? ZMQ_POLLOUT : 0);
}

/* Waits until something happens that this is to look after. */
static void wait(reactor_t *self, int timeout)
{
    enum { WAKE, SOCKET, NEWS, ITEMS = NEWS + DD_DIALER_NEWS_MAX };
    void *socket = self->dial ? dd_dialer_socket(self->dial) : NULL;
    int events = socket ? wanted(self) : 0;
    self->stirred |= self->deaf;
    self->ready = events && self->stirred && dd_socket_ready(socket, events);
    struct pollfd items[ITEMS] = {
        [WAKE] = {.fd = self->client->wake_fd, .events = POLLIN},
        [SOCKET] = {.fd = events ? dd_socket_fd(socket) : -1, .events = POLLIN},
    };
    nfds_t count = NEWS + (self->dial ? dd_dialer_news(self->dial, items + NEWS) : 0);
    if (poll(items, count, self->ready || self->told ? 0 : timeout) < 0)
        return;
    eventfd_t wakes;
    if (items[WAKE].revents)
        eventfd_read(self->client->wake_fd, &wakes);
    for (nfds_t i = NEWS; i < count; i++)
        self->told |= items[i].revents != 0;
    self->ready |= items[SOCKET].revents && dd_socket_ready(socket, events);
}

/* ---- The whole ----------------------------------------------------------------------------- */

/* Whether nothing is left to do. With the lock. */
static bool is_over(const dd_client_t *client)
{
    return client->stopping && dd_session_state(client->session) == DD_SESSION_CLOSED;
}

/* Whether there will be no event any more. With the lock. */
static bool has_told_all(const dd_client_t *client)
{
    return dd_session_state(client->session) == DD_SESSION_CLOSED && !client->news.first;
}

void *dd_client_run(void *arg)
{
    dd_client_t *client = arg;
    reactor_t self = {.client = client};
    for (bool over = false; !over;) {
        deliver(client);
        bool behind = !client->handler.callback && dd_event_queue_is_full(client->queue);
        uint64_t now_us = dd_clock_us();
        pthread_mutex_lock(&client->lock);
        bool was_deaf = self.deaf;
        self.deaf = behind && !client->closing;
        if (self.deaf || was_deaf)
            dd_session_unheard(client->session, now_us);
        if (!self.deaf || client->unread_us == 0)
            client->unread_us = self.deaf ? now_us : 0;
        work(&self, now_us);
        uint64_t sleep_us = choose_sleep(&self, now_us);
        /* What is held goes when the broker has taken more, whatever is added to it. */
        client->asleep =
            sleep_us > 0 && !self.blocked && !dd_outbox_is_held(dd_session_outbox(client->session));
        over = is_over(client);
        bool told_all = has_told_all(client);
        pthread_mutex_unlock(&client->lock);
        if (told_all)
            dd_event_queue_end(client->queue);
        if (!over)
            wait(&self, to_timeout(sleep_us));
        if (self.dial)
            look(&self);
    }
    return NULL;
}
