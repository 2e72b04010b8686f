/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_turn - a client's turn: its connection, and the way of events to the application
 *
 * The session says what is to be done; this moves bytes between it and the sockets. Payloads are
 * opened here, outside the lock, so that nobody who sends waits for it.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "client_log.h"
#include "libdd/base/clock.h"
#include "libdd/base/problem.h"

/* Frames read in one go before the outbox and other clients get their turns. */
#define READ_AT_ONCE 16
/* us between two looks at a connection of which nothing is heard. */
#define LOOK_INTERVAL 10000
/* And at most. */
#define LOOK_MOST 3000000
/* Bytes sent in each of two turns, and not in answer to something, that show that more is on its
   way; and us after which it is looked for. That costs its senders less than to be asked to wake
   somebody for each; but an answer that is waited for would come later, since it costs time, too.
 */
#define STREAM 1024
#define STREAM_TURNS 2
#define STREAM_INTERVAL 50

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
    self->asleep = false; /* what callbacks send goes at the end of this turn */
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

/* The dialer has news, as another thread says. */
static void wake(void *client)
{
    dd_client_t *self = client;
    dd_loop_call(self->loop, &self->member, DD_LOOP_NEWS);
}

/* What the dialer is watched by changes whenever it is: it must be unwatched before, since what it
   closes may be another's descriptor the next moment. A TCP or ipc connection is closed by ZeroMQ
   itself, at any time, so that there is never anything to unwatch. */
static void unwatch(dd_client_t *self)
{
    dd_client_turns_t *turns = &self->turns;
    while (turns->watched_count > 0)
        dd_loop_forget(self->loop, turns->watched[--turns->watched_count]);
}

static bool watch_news(dd_client_t *self, const struct pollfd *news)
{
    dd_client_turns_t *turns = &self->turns;
    turns->watched[turns->watched_count++] = news->fd;
    return dd_loop_watch(self->loop, &self->member, news->fd, news->events, DD_LOOP_NEWS);
}

/* Another descriptor of the connection, for some of many clients; or the same one. */
static int open_line(dd_client_t *self, int fd)
{
    dd_client_turns_t *turns = &self->turns;
    if (fd < 0 || !dd_loop_take_spare(self->loop))
        return fd;
    turns->line = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    turns->has_line = turns->line >= 0;
    if (!turns->has_line)
        dd_loop_give_spare(self->loop);
    return turns->has_line ? turns->line : fd;
}

static void close_line(dd_client_t *self)
{
    if (!self->turns.has_line)
        return;
    close(self->turns.line);
    dd_loop_give_spare(self->loop);
}

/* Once it is made. ZeroMQ may have closed it before it was watched, and then another one is watched
   that has its number: hence another look.

   It may also close it when it ends, before this thread comes to hear of that end, and a descriptor
   that is closed isn't told of. Another one of the same connection is; but many clients don't take
   one more each. When one of them hears of an end, all are looked at; else a look at each now and
   then has to do. */
static bool watch_connection(dd_client_t *self, const struct pollfd *news)
{
    dd_client_turns_t *turns = &self->turns;
    int fd = dd_socket_fd(dd_dialer_socket(turns->dial));
    int line = open_line(self, news->fd);
    turns->watches_socket = turns->told = true;
    if (line >= 0)
        dd_loop_watch(self->loop, &self->member, line, news->events, DD_LOOP_NEWS);
    return dd_loop_watch(self->loop, &self->member, fd, POLLIN, DD_LOOP_SOCKET);
}

/* False if the system watches no more. */
static bool watch_again(dd_client_t *self)
{
    struct pollfd news[DD_DIALER_NEWS_MAX];
    bool connected = dd_dialer_socket(self->turns.dial);
    bool watched = true;
    nfds_t count = dd_dialer_news(self->turns.dial, news);
    for (nfds_t i = 0; i < count && !connected; i++)
        watched &= watch_news(self, &news[i]);
    if (connected && !self->turns.watches_socket)
        watched = watch_connection(self, news);
    return watched;
}

/* With the lock. */
static void open_connection(dd_client_t *self)
{
    dd_client_turns_t *turns = &self->turns;
    const dd_dialer_settings_t settings = {.context = dd_loop_context(self->loop),
        .keyring = self->keys->keyring,
        .own_key = self->login.own,
        .payload_max = DD_PAYLOAD_MAX,
        .waker = {wake, self}};
    dd_problem_t problem;
    note_login(self);
    turns->dial_keys = self->keys;
    turns->dial = dd_dialer_new(&settings, dd_session_endpoint(self->session), &problem);
    /* ZeroMQ tells of a change only to those who have looked before. */
    turns->told = turns->stirred = turns->dial != NULL;
    dd_client_note(self, DD_LOG_INFO, "connecting to %s", dd_session_endpoint(self->session));
    if (!turns->dial)
        lose(self, &problem);
}

static void close_connection(dd_client_t *self)
{
    dd_client_turns_t *turns = &self->turns;
    unwatch(self);
    if (turns->watches_socket)
        dd_loop_forget(self->loop, dd_socket_fd(dd_dialer_socket(turns->dial)));
    close_line(self);
    dd_dialer_destroy(&turns->dial);
    self->fd = -1;
    *turns = (dd_client_turns_t){.deaf = turns->deaf, .sent = turns->sent};
}

/* With the lock. */
static void flush(dd_client_t *self)
{
    dd_client_turns_t *turns = &self->turns;
    dd_outbox_t *outbox = dd_session_outbox(self->session);
    if (!turns->connected || !dd_outbox_may_send(outbox))
        return;
    void *socket = dd_dialer_socket(turns->dial);
    turns->blocked = dd_socket_flush(socket, (dd_bytes_t){0}, outbox) != DD_OK;
    turns->stirred = true;
}

/* Does what the session wants now. With the lock. */
static void work(dd_client_t *self, uint64_t now_us)
{
    dd_client_turns_t *turns = &self->turns;
    dd_session_t *session = self->session;
    if (!turns->deaf || dd_session_state(session) != DD_SESSION_ENDING)
        dd_session_tick(session, now_us);
    bool wanted = dd_session_wants_connection(session);
    if (turns->dial && !wanted)
        close_connection(self);
    if (!turns->dial && wanted)
        open_connection(self);
    if (turns->dial)
        flush(self);
    dd_client_keys_forget(&self->retired, turns->dial_keys);
    if (self->drainers > 0)
        pthread_cond_broadcast(&self->left);
}

/* Whether all frames that are there have been read; not if it is enough for now. */
static bool read_frames(dd_client_t *client)
{
    dd_client_turns_t *self = &client->turns;
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
        self->has_read = true;
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
static void watch(dd_client_t *client, uint64_t now_us)
{
    dd_client_turns_t *self = &client->turns;
    unwatch(client);
    dd_dialer_state_t state = dd_dialer_watch(self->dial);
    self->told = false;
    self->looked_us = now_us;
    if (state == DD_DIALER_CONNECTED && !self->connected) {
        pthread_mutex_lock(&client->lock);
        dd_session_connected(client->session, now_us);
        pthread_mutex_unlock(&client->lock);
        self->connected = true;
    }
    if (state == DD_DIALER_LOST && self->connected && !self->lost)
        dd_loop_call_all(client->loop, DD_LOOP_NEWS);
    self->lost = state == DD_DIALER_LOST;
    /* Without that it goes on all the same, looked at now and then. */
    self->unwatched = !self->lost && !watch_again(client);
}

/* Whether the broker has refused keys of which the key file has others; then those are chosen. A
   broker that hasn't read its new file yet, or this client, is of another opinion than the other as
   to which are current. With the lock. */
static bool may_log_in_otherwise(dd_client_t *client, const dd_problem_t *reason)
{
    const dd_client_turns_t *self = &client->turns;
    return !self->connected && reason->error == DD_E_REFUSED && self->dial_keys == client->keys &&
           dd_session_wants_connection(client->session) &&
           dd_keyring_next_login(client->keys->keyring, &client->login);
}

/* Takes in what the connection brings. The end of it comes after its last frame. What is closed on
   this side is told by nobody: hence a look now and then when nothing comes. */
static void look(dd_client_t *client, uint64_t now_us)
{
    dd_client_turns_t *self = &client->turns;
    bool due = now_us / 1000 >= dd_dialer_due(self->dial);
    if (self->told || due || (!self->ready && now_us >= self->looked_us + LOOK_INTERVAL))
        watch(client, now_us);
    bool may_read = self->connected && !self->deaf && (self->ready || self->lost);
    bool all_read = self->connected ? may_read && read_frames(client) : true;
    self->ready = false;
    if (!all_read || !self->lost)
        return;
    const dd_problem_t *reason = dd_dialer_reason(self->dial);
    pthread_mutex_lock(&client->lock);
    if (may_log_in_otherwise(client, reason)) {
        dd_client_note(client, DD_LOG_INFO, "%s; other keys of the file are tried", reason->text);
        close_connection(client);
        open_connection(client);
    } else {
        lose(client, reason);
    }
    pthread_mutex_unlock(&client->lock);
}

/* ---- Sleep --------------------------------------------------------------------------------- */

/* What the socket is waited for. */
static int wanted(const dd_client_turns_t *self)
{
    return (self->deaf ? 0 : ZMQ_POLLIN) | (self->blocked ? ZMQ_POLLOUT : 0);
}

/* Looks whether the socket is ready, unless its descriptor will tell. */
static void ask_socket(dd_client_turns_t *self)
{
    int events = self->connected && self->dial ? wanted(self) : 0;
    self->stirred |= self->deaf;
    if (self->ready || !events || !self->stirred)
        return;
    self->ready = dd_socket_ready(dd_dialer_socket(self->dial), events);
    self->stirred = self->ready || self->deaf;
}

/* Whether there is something to do that nobody tells of. With the lock. */
static bool is_busy(const dd_client_t *client)
{
    const dd_client_turns_t *self = &client->turns;
    return client->news.first || self->ready || self->told || (self->lost && !self->deaf);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* When something is due: 0 for now. With the lock. */
static uint64_t choose_due(const dd_client_t *client, uint64_t now_us)
{
    const dd_client_turns_t *self = &client->turns;
    if (is_busy(client))
        return 0;
    bool held_back = self->deaf && dd_session_state(client->session) == DD_SESSION_ENDING;
    uint64_t due_us = held_back ? UINT64_MAX : dd_session_due(client->session);
    uint64_t dial_ms = self->dial ? dd_dialer_due(self->dial) : UINT64_MAX;
    if (dial_ms < due_us / 1000)
        due_us = dial_ms * 1000;
    if (self->connected)
        due_us = earlier(due_us, self->looked_us + LOOK_MOST);
    return self->unwatched ? earlier(due_us, now_us + LOOK_INTERVAL) : due_us;
}

/* Whether so much was sent that more is to be expected. With the lock. */
static bool is_streaming(dd_client_t *client)
{
    dd_client_turns_t *self = &client->turns;
    uint64_t before = self->sent;
    self->sent = dd_session_outbox(client->session)->taken;
    if (self->sent == before)
        self->streaming = 0;
    else if (self->sent - before >= STREAM && !self->has_read)
        self->streaming++;
    return self->sent - before >= STREAM && self->streaming >= STREAM_TURNS;
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

/* With the lock. */
static void note_deafness(dd_client_t *client, bool behind, uint64_t now_us)
{
    dd_client_turns_t *self = &client->turns;
    bool was_deaf = self->deaf;
    self->deaf = behind && !client->closing;
    if (self->deaf || was_deaf)
        dd_session_unheard(client->session, now_us);
    if (!self->deaf || client->unread_us == 0)
        client->unread_us = self->deaf ? now_us : 0;
}

/* Does what there is to do, and says how to go on. With the lock. */
static dd_loop_next_t go_on(dd_client_t *client, bool behind, uint64_t now_us)
{
    dd_client_turns_t *self = &client->turns;
    note_deafness(client, behind, now_us);
    work(client, now_us);
    ask_socket(self);
    dd_loop_next_t next = {.leaves = is_over(client), .due_us = choose_due(client, now_us)};
    if (next.due_us <= now_us)
        next.due_us = 0;
    /* What is held goes when the broker has taken more, whatever is added to it. */
    bool may_go = !self->blocked && !dd_outbox_is_held(dd_session_outbox(client->session));
    bool streams = is_streaming(client) && may_go;
    if (streams)
        next.due_us = earlier(next.due_us, now_us + STREAM_INTERVAL);
    client->asleep = next.due_us > 0 && may_go && !streams;
    return next;
}

dd_loop_next_t dd_client_turn(void *arg, unsigned told, uint64_t now_us)
{
    dd_client_t *client = arg;
    dd_client_turns_t *self = &client->turns;
    self->has_read = false;
    self->told |= (told & DD_LOOP_NEWS) || self->unwatched;
    self->stirred |= (told & DD_LOOP_SOCKET) || self->unwatched;
    ask_socket(self);
    if (self->dial)
        look(client, now_us);
    deliver(client);
    bool behind = !client->handler.callback && dd_event_queue_is_full(client->queue);
    pthread_mutex_lock(&client->lock);
    dd_loop_next_t next = go_on(client, behind, dd_clock_us());
    bool told_all = has_told_all(client);
    pthread_mutex_unlock(&client->lock);
    if (told_all)
        dd_event_queue_end(client->queue);
    return next;
}

/* What has not been delivered is for nobody any more. */
void dd_client_left(void *arg)
{
    dd_client_t *self = arg;
    pthread_mutex_lock(&self->lock);
    self->stopped = true;
    pthread_cond_broadcast(&self->left);
    pthread_mutex_unlock(&self->lock);
}
