/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client - dd_client_t: a session, a connection, and turns in a loop that bring them together
 *
 * This is the callers' side. A call takes the lock, changes the session, and asks for a turn if
 * none is to come; one that comes finds by itself what a loop of calls has put into the outbox, and
 * sends it in few large frames.
 */
#include <sodium.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "client_wait.h"
#include "libdd/base/clock.h"
#include "libdd/base/foreign_locks.h"
#include "libdd/base/problem.h"
#include "libdd/keys/proof.h"
#include "libdd/net/context.h"
#include "libdd/net/descriptors.h"
#include "libdd/net/traffic.h"
#include "libdd/protocol/name.h"
#include "libdd/protocol/topic.h"

#define LIMIT_DEFAULT (64u << 20)
/* Bytes of what is sealed without an allocation. */
#define SEALED_AT_HAND 4096
#define QUESTION_NAME_MAX 64
/* ms that dd_client_destroy() waits for outcomes. */
#define CLOSE_LIMIT 1000
/* The longest time that a notification may stay without an outcome. */
#define OUTCOME_LIMIT_MAX (60u * 60 * 1000)

/* ---- Making -------------------------------------------------------------------------------- */

static void note_end(dd_client_t *self, const dd_news_t *news)
{
    if (news->type != DD_EVENT_DISCONNECTED && news->type != DD_EVENT_CLOSED)
        return;
    self->reason.error = news->error;
    dd_bytes_copy(news->text, self->reason.text, sizeof self->reason.text);
}

/* Keeps what the session emits for a turn to deliver. Called with the lock. */
static void keep_news(void *arg, const dd_news_t *news)
{
    dd_client_t *self = arg;
    note_end(self, news);
    size_t opened = news->sealed.size > DD_BOX_OVERHEAD ? news->sealed.size - DD_BOX_OVERHEAD : 0;
    dd_event_node_t *node = dd_event_new(news, opened);
    if (node)
        dd_event_list_append(&self->news, node);
}

/* What the kernel knows of the connection. Called with the lock. */
static bool look(void *arg, dd_traffic_t *traffic)
{
    const dd_client_t *self = arg;
    return self->fd >= 0 && dd_traffic(self->fd, traffic);
}

static bool load_endpoints(dd_client_t *self, const char *list, dd_problem_t *problem)
{
    self->endpoints = calloc(1, sizeof *self->endpoints);
    if (!self->endpoints) {
        dd_problem(problem, DD_E_MEMORY, "out of memory for a client");
        return false;
    }
    if (dd_endpoints_add(self->endpoints, list, problem) != DD_OK)
        return false;
    if (self->endpoints->random)
        dd_endpoints_shuffle(self->endpoints, randombytes_uniform);
    self->endpoints = dd_endpoints_trim(self->endpoints);
    return true;
}

static bool load_keys(dd_client_t *self, const dd_key_source_t *source, dd_problem_t *problem)
{
    self->keys = dd_client_keys_load(source, problem);
    return self->keys;
}

/* A key that the broker hasn't seen yet. Called with the lock. */
static bool prove(void *arg, uint64_t instance, uint8_t *proof)
{
    const dd_client_t *self = arg;
    dd_key_age_t age;
    const uint8_t *key = dd_client_keys_latest(self->keys, &age);
    return self->keys->box && memcmp(key, self->shown_key, DD_KEY_SIZE) != 0 &&
           dd_proof_make(self->keys->keyring, age, instance, proof);
}

static bool make_session(dd_client_t *self, const char *name, dd_problem_t *problem)
{
    dd_session_settings_t settings = {.name = name,
        .operator_key = !self->keys->box,
        .endpoints = self->endpoints,
        .outbox = LIMIT_DEFAULT,
        .emit = keep_news,
        .look = look,
        .prove = prove,
        .arg = self,
        .random = randombytes_random};
    randombytes_buf(&settings.instance, sizeof settings.instance);
    self->session = dd_session_new(&settings);
    self->queue = dd_event_queue_new();
    self->is_operator = settings.operator_key;
    if (self->session && self->queue) {
        dd_event_queue_set_limit(self->queue, LIMIT_DEFAULT);
        return true;
    }
    dd_problem(problem, DD_E_MEMORY, "out of memory for a client");
    return false;
}

static bool check_arguments(
    const char *endpoint, const dd_key_source_t *keys, const char *name, dd_problem_t *problem)
{
    if (!endpoint || (!keys->path && !keys->text) || !name) {
        dd_problem(problem, DD_E_ARGUMENT, "endpoint, key file and name are needed");
        return false;
    }
    if (dd_client_valid(dd_bytes_of(name)))
        return true;
    dd_problem(problem, DD_E_NAME_INVALID,
        "'%.200s' is no client's name: 1 to %d bytes of UTF-8 without white space and control "
        "characters, and not beginning with 'public.'",
        name, DD_CLIENT_MAX);
    return false;
}

/* For want of a descriptor, files can't be read either, and ZeroMQ not begun. */
static void give_up(dd_client_t **self_p, dd_problem_t *problem)
{
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd < 0)
        dd_descriptors_check(problem);
    else
        close(fd);
    dd_client_destroy(self_p);
}

static dd_client_t *new_client(
    const char *endpoint, const dd_key_source_t *keys, const char *name, dd_problem_t *problem)
{
    if (!check_arguments(endpoint, keys, name, problem))
        return NULL;
    dd_client_t *self = dd_foreign_locks_sodium() ? calloc(1, sizeof *self) : NULL;
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory for a client");
        return NULL;
    }
    self->fd = -1;
    self->member = (dd_loop_member_t){.turn = dd_client_turn, .left = dd_client_left, .arg = self};
    dd_problem_t ignored = {0};
    problem = problem ? problem : &ignored;
    pthread_mutex_init(&self->seal_lock, NULL);
    pthread_mutex_init(&self->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&self->left, &attributes);
    pthread_cond_init(&self->replied, &attributes);
    pthread_condattr_destroy(&attributes);
    self->loop = dd_loop_default(problem);
    self->forks = dd_context_forks();
    if (!self->loop || !load_endpoints(self, endpoint, problem) ||
        !load_keys(self, keys, problem) || !make_session(self, name, problem))
        give_up(&self, problem);
    return self;
}

dd_client_t *dd_client_new(
    const char *endpoint, const char *keyfile, const char *name, dd_problem_t *problem)
{
    return new_client(endpoint, &(dd_key_source_t){.path = keyfile}, name, problem);
}

dd_client_t *dd_client_new_with_keys(
    const char *endpoint, const char *keys, size_t size, const char *name, dd_problem_t *problem)
{
    return new_client(endpoint, &(dd_key_source_t){.text = keys, .size = size}, name, problem);
}

static void stop(dd_client_t *self)
{
    dd_client_close(self, CLOSE_LIMIT);
    pthread_mutex_lock(&self->lock);
    self->stopping = true;
    dd_client_wake(self);
    while (!self->stopped)
        dd_client_await(self, &self->left, UINT64_MAX);
    pthread_mutex_unlock(&self->lock);
}

/* The rest is as the parent's threads had it when this process began, and may be half done. */
static void disown(dd_client_t *self)
{
    dd_client_keys_forget(&self->retired, NULL);
    dd_client_keys_destroy(&self->keys);
}

void dd_client_destroy(dd_client_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    dd_client_t *self = *self_p;
    if (dd_client_is_mine(self))
        return;
    if (dd_client_is_inherited(self)) {
        disown(self);
        *self_p = NULL;
        return;
    }
    if (self->started)
        stop(self);
    if (self->loop)
        dd_loop_drop(self->loop);
    dd_session_destroy(&self->session);
    dd_event_list_clear(&self->news);
    dd_event_queue_destroy(&self->queue);
    dd_client_keys_forget(&self->retired, NULL);
    dd_client_keys_destroy(&self->keys);
    free(self->endpoints);
    pthread_cond_destroy(&self->left);
    pthread_cond_destroy(&self->replied);
    pthread_mutex_destroy(&self->lock);
    pthread_mutex_destroy(&self->seal_lock);
    free(self);
    *self_p = NULL;
}

/* ---- Before the start ---------------------------------------------------------------------- */

dd_error_t dd_client_set_tenant(dd_client_t *self, const char *tenant)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (self->started)
        return DD_E_ARGUMENT;
    if (!dd_tenant_valid(dd_bytes_of(tenant)))
        return DD_E_NAME_INVALID;
    dd_session_set_tenant(self->session, tenant);
    return DD_OK;
}

dd_error_t dd_client_set_observer(dd_client_t *self)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    return self->started ? DD_E_ARGUMENT : dd_session_set_observer(self->session);
}

dd_error_t dd_client_set_limits(dd_client_t *self, size_t outbox, size_t events)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (self->started || outbox == 0 || events == 0)
        return DD_E_ARGUMENT;
    dd_session_outbox(self->session)->limit = outbox;
    dd_event_queue_set_limit(self->queue, events);
    return DD_OK;
}

dd_error_t dd_client_set_outcome_limit(dd_client_t *self, unsigned ms)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (self->started || ms == 0 || ms > OUTCOME_LIMIT_MAX)
        return DD_E_ARGUMENT;
    dd_session_set_outcome_limit(self->session, ms * (uint64_t)1000);
    return DD_OK;
}

dd_error_t dd_client_set_callback(dd_client_t *self, dd_event_callback_t *callback, void *arg)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (self->started)
        return DD_E_ARGUMENT;
    self->handler = (dd_handler_t){callback, arg};
    return DD_OK;
}

dd_error_t dd_client_on(
    dd_client_t *self, dd_event_type_t type, dd_event_callback_t *callback, void *arg)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (self->started || type < DD_EVENT_REGISTERED || type > DD_EVENT_REPLY)
        return DD_E_ARGUMENT;
    self->handlers[type] = (dd_handler_t){callback, arg};
    return DD_OK;
}

dd_error_t dd_client_set_log(dd_client_t *self, dd_log_t *log, void *arg)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (self->started)
        return DD_E_ARGUMENT;
    self->log = log;
    self->log_arg = arg;
    return DD_OK;
}

dd_error_t dd_client_set_loop(dd_client_t *self, dd_loop_t *loop)
{
    if (dd_client_is_inherited(self) || dd_loop_is_inherited(loop))
        return DD_E_FORKED;
    if (self->started)
        return DD_E_ARGUMENT;
    dd_loop_keep(loop);
    dd_loop_drop(self->loop);
    self->loop = loop;
    return DD_OK;
}

/* The lock keeps the first turn from coming before the session has begun. */
dd_error_t dd_client_start(dd_client_t *self)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    pthread_mutex_lock(&self->lock);
    dd_error_t error = self->started ? DD_E_ARGUMENT : dd_loop_join(self->loop, &self->member);
    if (error == DD_OK) {
        self->started = true;
        dd_session_start(self->session);
    }
    pthread_mutex_unlock(&self->lock);
    return error;
}

/* ---- Other keys ---------------------------------------------------------------------------- */

/* A turn may be opening something with the old ones, so it is left to that to free them. */
static void replace_keys(dd_client_t *self, dd_client_keys_t *keys)
{
    pthread_mutex_lock(&self->seal_lock);
    pthread_mutex_lock(&self->lock);
    dd_client_keys_replace(&self->keys, keys, &self->retired);
    self->login = (dd_login_t){0};
    dd_session_prove(self->session);
    pthread_mutex_unlock(&self->lock);
    pthread_mutex_unlock(&self->seal_lock);
    dd_client_wake(self);
}

static dd_error_t set_keys(dd_client_t *self, const dd_key_source_t *source, dd_problem_t *problem)
{
    dd_problem_t ignored = {0};
    problem = problem ? problem : &ignored;
    if (dd_client_is_inherited(self))
        return dd_problem(problem, DD_E_FORKED, "%s", dd_strerror(DD_E_FORKED));
    dd_client_keys_t *keys = dd_client_keys_load(source, problem);
    if (!keys)
        return problem->error;
    /* Only this function changes them, and callers of it in two threads have their own order. */
    pthread_mutex_lock(&self->lock);
    bool follows = dd_client_keys_follow(keys, self->keys);
    pthread_mutex_unlock(&self->lock);
    if (!follows) {
        dd_client_keys_destroy(&keys);
        return dd_problem(problem, DD_E_KEYS,
            "%s: no key in common with those in use, so it takes a new client",
            dd_key_source_name(source));
    }
    replace_keys(self, keys);
    return DD_OK;
}

dd_error_t dd_client_set_keys(dd_client_t *self, const char *keyfile, dd_problem_t *problem)
{
    return set_keys(self, &(dd_key_source_t){.path = keyfile}, problem);
}

dd_error_t dd_client_set_keys_from(
    dd_client_t *self, const char *keys, size_t size, dd_problem_t *problem)
{
    return set_keys(self, &(dd_key_source_t){.text = keys, .size = size}, problem);
}

/* ---- Calls --------------------------------------------------------------------------------- */

/* The lock is held for the append only, so that no turn waits for the encryption. */
dd_error_t dd_client_send(dd_client_t *self, dd_bytes_t shown, const void *data, size_t size,
    dd_record_t *record, const dd_sending_t *how)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (self->is_operator)
        return DD_E_REFUSED;
    if (size > DD_PAYLOAD_MAX)
        return DD_E_TOO_LARGE;
    dd_error_t error = DD_E_MEMORY;
    size_t sealed_size = size + DD_BOX_OVERHEAD;
    uint8_t at_hand[SEALED_AT_HAND];
    uint8_t *sealed = sealed_size <= sizeof at_hand ? at_hand : malloc(sealed_size);
    pthread_mutex_lock(&self->seal_lock);
    if (sealed) {
        dd_box_t *box = self->keys->box;
        dd_box_seal(box, dd_box_peer(box, shown), data, size, sealed);
        record->payload = dd_bytes(sealed, sealed_size);
        pthread_mutex_lock(&self->lock);
        error = how->until_us > 0
                    ? dd_session_request(self->session, record, how->until_us, how->handler)
                    : dd_session_send(self->session, record, how->wanted);
        dd_client_unlock(self);
    }
    pthread_mutex_unlock(&self->seal_lock);
    if (sealed != at_hand)
        free(sealed);
    return error;
}

dd_error_t dd_client_notify(dd_client_t *self, const char *destination, const void *data,
    size_t size, unsigned flags, uint32_t *ref)
{
    dd_bytes_t name = dd_bytes_of(destination);
    if (!dd_word_valid(name, DD_NAME_MAX))
        return DD_E_NAME_INVALID;
    dd_record_t record = {.type = DD_SEND, .flags = flags & DD_WANT_RECEIPT, .destination = name};
    const dd_sending_t how = {.wanted = flags & DD_WANT_OUTCOME};
    dd_error_t error = dd_client_send(self, name, data, size, &record, &how);
    if (ref)
        *ref = record.ref;
    return error;
}

dd_error_t dd_client_publish(dd_client_t *self, const char *topic, const void *data, size_t size)
{
    dd_bytes_t own = {0}, to_tenant, to_topic;
    dd_record_t record = {.type = DD_PUBLISH, .topic = dd_bytes_of(topic)};
    if (!dd_topic_route(own, record.topic, &to_tenant, &to_topic))
        return DD_E_TOPIC_INVALID;
    /* Only "public.x" is for another tenant; in any other topic a dot means nothing. */
    dd_bytes_t shown = to_tenant.size > 0 ? record.topic : own;
    return dd_client_send(self, shown, data, size, &record, &(dd_sending_t){0});
}

dd_error_t dd_client_subscribe_to(dd_client_t *self, const char *topic, const char *scope,
    dd_event_callback_t *callback, void *arg)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    pthread_mutex_lock(&self->lock);
    dd_error_t error =
        dd_session_subscribe_to(self->session, topic, scope, (dd_handler_t){callback, arg});
    dd_client_unlock(self);
    return error;
}

dd_error_t dd_client_subscribe(dd_client_t *self, const char *topic, const char *scope)
{
    return dd_client_subscribe_to(self, topic, scope, NULL, NULL);
}

dd_error_t dd_client_unsubscribe(dd_client_t *self, const char *topic, const char *scope)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    pthread_mutex_lock(&self->lock);
    dd_error_t error = dd_session_unsubscribe(self->session, topic, scope);
    dd_client_unlock(self);
    return error;
}

dd_error_t dd_client_trace(dd_client_t *self, const char *destination, uint32_t *ref)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    dd_record_t record = {.type = DD_SEND,
        .flags = DD_FLAG_RECEIPT | DD_FLAG_TRACE,
        .destination = dd_bytes_of(destination)};
    if (!dd_word_valid(record.destination, DD_NAME_MAX))
        return DD_E_NAME_INVALID;
    if (self->is_operator)
        return DD_E_REFUSED;
    pthread_mutex_lock(&self->lock);
    dd_error_t error = dd_session_send(self->session, &record, false);
    dd_client_unlock(self);
    if (ref)
        *ref = record.ref;
    return error;
}

/* Sends a question to the broker of that id, or with NULL to all. */
static dd_error_t ask(dd_client_t *self, dd_record_t *question, const char *broker, uint32_t *ref)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    uint8_t id[DD_BROKER_ID_SIZE];
    size_t size = 0;
    if (broker) {
        if (sodium_hex2bin(id, sizeof id, broker, strlen(broker), NULL, &size, NULL) != 0 ||
            size != sizeof id)
            return DD_E_ARGUMENT;
        question->id = dd_bytes(id, size);
    }
    if (!dd_word_valid(question->text, QUESTION_NAME_MAX))
        return DD_E_ARGUMENT;
    pthread_mutex_lock(&self->lock);
    dd_error_t error = dd_session_ask(self->session, question, dd_clock_us());
    dd_client_unlock(self);
    if (ref)
        *ref = question->ref;
    return error;
}

dd_error_t dd_client_inspect(dd_client_t *self, const dd_question_t *question, uint32_t *ref)
{
    dd_record_t record = {.type = DD_INSPECT,
        .text = dd_bytes_of(question->what),
        .first = question->first,
        .limit = question->rows};
    return ask(self, &record, question->broker, ref);
}

dd_error_t dd_client_control(
    dd_client_t *self, const char *broker, const char *what, const char *argument, uint32_t *ref)
{
    dd_record_t record = {
        .type = DD_CONTROL, .text = dd_bytes_of(what), .name = dd_bytes_of(argument)};
    if (!self->is_operator)
        return DD_E_REFUSED;
    return broker ? ask(self, &record, broker, ref) : DD_E_ARGUMENT;
}

uint64_t dd_client_rtt_us(dd_client_t *self)
{
    if (dd_client_is_inherited(self))
        return 0;
    pthread_mutex_lock(&self->lock);
    uint64_t rtt_us = dd_session_rtt_us(self->session);
    pthread_mutex_unlock(&self->lock);
    return rtt_us;
}
