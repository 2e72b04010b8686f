/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check - whether a broker with a configuration would start
 */
#include "check.h"

#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include "config_options.h"
#include "ddbroker/http/http.h"
#include "ddbroker/http/http_listener.h"
#include "ddbroker/net/listen.h"
#include "libdd/base/problem.h"
#include "libdd/keys/access.h"
#include "libdd/net/context.h"
#include "libdd/net/resolver.h"
#include "libdd/net/socket.h"
#include "running.h"
#include "settings.h"

/* ms within which the name of a parent must be answered. */
#define LOOKUP_LIMIT 6000
/* Of the service that systemd runs. */
#define ACCOUNT "doubledecker"

typedef struct {
    const config_t *config;
    config_findings_t *faults;
    config_findings_t *remarks;
} check_t;

static void fault(const check_t *self, const dd_problem_t *problem)
{
    dd_problem_t *next = config_findings_next(self->faults);
    if (next)
        *next = *problem;
}

#define REMARK(self, ...) dd_problem(config_findings_next((self)->remarks), DD_OK, __VA_ARGS__)

/* ---- Files --------------------------------------------------------------------------------- */

static void check_log(const check_t *self)
{
    dd_problem_t problem;
    if (self->config->log_file && log_try(self->config->log_file, &problem) != DD_OK)
        fault(self, &problem);
}

/* Whoever may change the file decides who may connect; root and its own account may. */
static void check_access(const check_t *self)
{
    struct stat status;
    char text[DD_ACCESS_FAULT_ROOM];
    const char *path = self->config->keys;
    if (stat(path, &status) != 0)
        return;
    if (dd_access_file_fault(&status, text))
        REMARK(self, "%s: %s", path, text);
    if (geteuid() != 0 && status.st_uid != 0 && status.st_uid != geteuid())
        REMARK(self, "%s: belongs to another user, who can change it; chown it to root", path);
}

static dd_keyring_t *check_keys(const check_t *self)
{
    char names[256];
    dd_problem_t problem;
    dd_keyring_t *keyring = config_load_keys(self->config, &problem);
    if (!keyring) {
        fault(self, &problem);
        return NULL;
    }
    check_access(self);
    config_strangers(self->config, keyring, names, sizeof names);
    if (names[0])
        REMARK(self, "these tenants have sections, but no keys: %s", names);
    return keyring;
}

static void check_descriptors(const check_t *self)
{
    dd_problem_t problem;
    config_t config = *self->config;
    loop_t loop = {.config = &config};
    if (settings_raise_descriptors(&loop, &problem) != DD_OK)
        fault(self, &problem);
}

/* ---- Endpoints ----------------------------------------------------------------------------- */

static void check_endpoint(const check_t *self, void *socket, const char *endpoint)
{
    dd_problem_t problem;
    listen_outcome_t outcome = listen_try(socket, endpoint, &problem);
    if (outcome == LISTEN_POSSIBLE)
        return;
    pid_t holder = outcome == LISTEN_TAKEN ? running_holder(self->config, endpoint) : 0;
    if (holder > 0)
        REMARK(self, "%s is taken by process %d, the broker that runs with this file now", endpoint,
            (int)holder);
    else
        fault(self, &problem);
}

/* The endpoint of that number of all that are to be listened on, of whatever kind; NULL past the
   last. */
static const char *endpoint_at(const check_t *self, size_t number)
{
    const config_option_t *option;
    for (size_t i = 0; (option = config_option_at(i)); i++) {
        if (option->kind != KIND_ENDPOINTS)
            continue;
        const config_list_t *endpoints = config_option_list(option, self->config);
        if (number < endpoints->count)
            return endpoints->items[number];
        number -= endpoints->count;
    }
    return NULL;
}

/* The broker would find the path taken, by itself. */
static void check_spelling(const check_t *self, size_t number)
{
    dd_problem_t problem;
    const char *endpoint = endpoint_at(self, number);
    for (size_t i = 0; i < number; i++)
        if (listen_same_path(endpoint_at(self, i), endpoint)) {
            dd_problem(&problem, DD_E_ARGUMENT, "can't listen on %.128s: it is %.128s once more",
                endpoint, endpoint_at(self, i));
            fault(self, &problem);
        }
}

static void check_endpoints(const check_t *self, void *socket)
{
    const char *endpoint;
    for (size_t i = 0; (endpoint = endpoint_at(self, i)); i++) {
        check_endpoint(self, socket, endpoint);
        check_spelling(self, i);
    }
}

/* Where monitors connect, and what they must know. The other endpoints are held meanwhile, so that
   one which has the same port is found. */
static void check_http(const check_t *self)
{
    const config_t *config = self->config;
    char shown[HTTP_SHOWN_ROOM], endpoint[DD_ENDPOINT_MAX + 1];
    dd_problem_t problem;
    token_t token;
    int fd;
    if (token_load(&token, config->http_token_file, &problem) != DD_OK)
        fault(self, &problem);
    if (!config->http)
        return;
    snprintf(endpoint, sizeof endpoint, "tcp://%s", config->http);
    if (http_listener_open(config->http, &fd, shown, sizeof shown, &problem) == DD_OK)
        close(fd);
    else if (running_holder(config, endpoint) > 0)
        REMARK(self, "%s is taken by the broker that runs with this file now", config->http);
    else
        fault(self, &problem);
}

/* Without keys, so that who connects meanwhile isn't refused, but tries again. NULL without memory.
 */
static void *new_socket(void *context)
{
    int yes = 1, none = 0;
    void *socket = context ? dd_socket_router(context) : NULL;
    if (!socket || (zmq_setsockopt(socket, ZMQ_IPV6, &yes, sizeof yes) == 0 &&
                       zmq_setsockopt(socket, ZMQ_LINGER, &none, sizeof none) == 0))
        return socket;
    zmq_close(socket);
    return NULL;
}

static void check_listening(const check_t *self)
{
    dd_problem_t problem;
    void *context = dd_context_new();
    void *socket = new_socket(context);
    if (socket) {
        check_endpoints(self, socket);
    } else {
        dd_socket_problem(&problem, "try", "the endpoints");
        fault(self, &problem);
    }
    check_http(self);
    if (socket)
        zmq_close(socket);
    if (context)
        zmq_ctx_term(context);
}

/* A broker starts without its parent, and looks the name up again later. */
static void check_parents(const check_t *self)
{
    const dd_endpoints_t *parents = &self->config->parents;
    for (size_t i = 0; i < parents->count; i++) {
        dd_endpoints_t addresses;
        dd_problem_t problem;
        if (dd_resolve(parents->items[i], LOOKUP_LIMIT, &addresses, &problem) != DD_OK)
            REMARK(self, "parent %s", problem.text);
    }
}

static bool may_read(const struct passwd *account, const struct stat *file)
{
    mode_t bit = account->pw_uid == file->st_uid   ? S_IRUSR
                 : account->pw_gid == file->st_gid ? S_IRGRP
                                                   : S_IROTH;
    return file->st_mode & bit;
}

static void check_secret(const check_t *self, const struct passwd *account, const char *path)
{
    struct stat status;
    if (path && stat(path, &status) == 0 && !may_read(account, &status))
        REMARK(self,
            "the service can't read %s: it is for its group, chgrp " ACCOUNT " and chmod 640",
            path);
}

/* Root may do all, and the service's account not. */
static void check_account(const check_t *self)
{
    const struct passwd *account = geteuid() == 0 ? getpwnam(ACCOUNT) : NULL;
    if (!account)
        return;
    REMARK(self, "checked as root; see what the account of the service may: runuser -u " ACCOUNT
                 " -- ddbroker ...");
    check_secret(self, account, self->config->keys);
    check_secret(self, account, self->config->http_token_file);
}

/* ---- The whole ----------------------------------------------------------------------------- */

dd_keyring_t *check_start(
    const config_t *config, config_findings_t *faults, config_findings_t *remarks)
{
    const check_t self = {.config = config, .faults = faults, .remarks = remarks};
    check_log(&self);
    dd_keyring_t *keyring = check_keys(&self);
    check_descriptors(&self);
    check_listening(&self);
    check_parents(&self);
    check_account(&self);
    return keyring;
}
