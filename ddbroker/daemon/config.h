/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config - what the broker was told to be, by its command line and its configuration file
 *
 * config_options.h has the table of all that can be said there.
 */
#ifndef CONFIG_H_INCLUDED
#define CONFIG_H_INCLUDED

#include "config_findings.h"
#include "ddbroker/core/quota.h"
#include "libdd/base/log_level.h"
#include "libdd/keys/keyring.h"
#include "libdd/protocol/endpoint.h"

/* Endpoints that one broker may listen on. */
#define CONFIG_ENDPOINTS_MAX 16

typedef struct {
    char *items[CONFIG_ENDPOINTS_MAX];
    size_t count;
} config_list_t;

/* Whether that endpoint is among them; a free port is another one each time. */
bool config_list_has(const config_list_t *self, const char *endpoint);

/* Sizes are bytes, times ms. Texts are the config's own. */
typedef struct {
    char *name;
    config_list_t listen;
    config_list_t reserved; /* for operators and child brokers only */
    config_list_t legacy;   /* for clients of protocols 3 and 4 */
    dd_endpoints_t parents; /* in order of preference */
    char *keys;
    char *scope;
    char *file;         /* the configuration file; NULL without one */
    char *log_file;     /* NULL for standard error */
    uint64_t log_level; /* a dd_log_level_t, or DD_LOG_QUIET */
    uint64_t ipc_mode;  /* of sockets at ipc paths */
    uint64_t heartbeat;
    uint64_t settle;
    uint64_t payload_max;
    uint64_t client_outbox;
    uint64_t link_outbox;
    uint64_t client_window;
    uint64_t link_window;
    uint64_t input_max;
    uint64_t clients_max;
    uint64_t subscriptions_max;
    uint64_t link_names_max;
    uint64_t link_interests_max;
    quota_limits_t quota;          /* of each tenant, but for those below; none is 0 */
    quota_exception_t *exceptions; /* of tenants with sections in the file, whole */
    size_t exception_count;
    uint64_t io_threads;
    char *http;            /* where monitors connect; NULL: nowhere */
    char *http_token_file; /* NULL: none is asked for */
    bool only_check;       /* nothing is to be run */
    uint64_t reload;       /* the process of a broker that is to reload; 0: none */
} config_t;

typedef enum {
    CONFIG_RUN,         /* filled: be the broker */
    CONFIG_CHECK,       /* filled: only check it */
    CONFIG_RELOAD,      /* another process is to reload; nothing else was read */
    CONFIG_ANSWERED,    /* it asked for help or the like, which is printed */
    CONFIG_WRONG_USAGE, /* the command line is no good */
    CONFIG_WRONG        /* the configuration file or the whole is no good */
} config_outcome_t;

/*
 * Reads the command line and the file that it names; defaults fill the rest. For the last two
 * outcomes all that is wrong goes into *findings. Free with config_clear(), whatever the outcome.
 * argv is lent.
 */
config_outcome_t config_read_all(
    config_t *self, int argc, char *const argv[], config_findings_t *findings);
/* The same with the first finding alone. */
config_outcome_t config_read(config_t *self, int argc, char *const argv[], dd_problem_t *problem);
void config_clear(config_t *self);

/* Takes over from a newer reading the values that a running broker can change; the others stay, and
   the names of those that differ are written into room bytes: "listen, scope". */
void config_adopt(config_t *self, config_t *newer, char *others, size_t room);

/* Tenants that have sections in the file, but no keys: their names, "x, y", in room bytes. */
void config_strangers(const config_t *self, const dd_keyring_t *keyring, char *names, size_t room);

/* Loads the key file and checks that it is a broker's. */
dd_keyring_t *config_load_keys(const config_t *self, dd_problem_t *problem);

#endif
