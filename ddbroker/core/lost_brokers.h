/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lost_brokers - brokers that were children until they were lost, and aren't back
 *
 * Who took leave isn't missed. Who is missed is remembered, so that whoever looks at what is left
 * of a tree sees that it isn't all.
 */
#ifndef LOST_BROKERS_H_INCLUDED
#define LOST_BROKERS_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

#include "libdd/include/dd.h"
#include "libdd/protocol/record.h"

/* Of more, those that were lost last. */
#define LOST_BROKERS_MAX 16
/* ms for which one is missed. */
#define LOST_BROKERS_MEMORY 86400000u

typedef struct {
    char name[DD_BROKER_MAX + 1];
    uint8_t id[DD_BROKER_ID_SIZE];
    uint64_t at_ms;
} lost_broker_t;

/* All zero: none. The longest missed first. */
typedef struct {
    lost_broker_t items[LOST_BROKERS_MAX];
    size_t count;
} lost_brokers_t;

/* One is lost; the name is a valid one. */
void lost_brokers_add(
    lost_brokers_t *self, const char *name, const uint8_t id[DD_BROKER_ID_SIZE], uint64_t now_ms);
/* One is back: the same, or another that has its name. */
void lost_brokers_back(lost_brokers_t *self, const char *name, const uint8_t id[DD_BROKER_ID_SIZE]);
/* Forgets those that have been missed for long enough. */
void lost_brokers_expire(lost_brokers_t *self, uint64_t now_ms);

#endif
