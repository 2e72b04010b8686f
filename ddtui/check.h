/*
 * check - the state of the tree in one line, as monitors want it
 *
 * The line and the exit statuses are those of Nagios' plugins; ddtui(1) says what they mean here.
 */
#ifndef CHECK_H_INCLUDED
#define CHECK_H_INCLUDED

#include <stdbool.h>
#include <stdio.h>

#include "model.h"

/* ms for which a loss makes a warning. */
#define CHECK_DROP_AGE 300000

/* Exit statuses. */
typedef enum { CHECK_OK, CHECK_WARNING, CHECK_CRITICAL, CHECK_UNKNOWN } check_state_t;

/* All brokers together. */
typedef struct {
    uint64_t brokers; /* that answered */
    uint64_t silent;  /* that did not */
    uint64_t cut_off;
    uint64_t draining;
    uint64_t clients;
    uint64_t subscriptions;
    uint64_t outbox; /* bytes */
    uint64_t in;
    uint64_t out;
    uint64_t refused;
    uint64_t dropped;
} check_figures_t;

typedef struct {
    check_state_t state;
    char text[1024];
    check_figures_t figures; /* unless `failed` */
    bool failed;             /* there was no tree to look at */
} check_t;

/* Judges the brokers in the model. silent: brokers that did not answer; unreadable: reports that
   made no sense. */
void check_tree(check_t *self, const model_t *model, uint64_t silent, uint64_t unreadable);
/* It didn't come to that; the text says why. */
void check_fail(check_t *self, check_state_t state, const char *text);

/* False, with errno set, when the output can't take the line. */
bool check_print(const check_t *self, FILE *out, bool json);

#endif
