/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tenants - keys to test a broker with
 *
 * Every name stands for one fixed pair of keys, made from the name itself.
 */
#ifndef TENANTS_H_INCLUDED
#define TENANTS_H_INCLUDED

#include "libdd/keys/keyring.h"

/* Names that are no tenants'. */
#define KEY_OF_BROKERS "dd"
#define KEY_OF_OPERATORS "operator"

/* Tenants whose names begin with one another are where walls leak. */
#define TENANTS_ALL "a,ab,b,public"

/* The keyring of a broker with these tenants, "a,b,public", and operators; "b=a" is a tenant b that
   has a's key, and "b+c" one whose next key is c's. "@bob" is an operator with a name, and
   "@bob=r" one who may look only. The brokers' pair is that of "dd", or of another name that begins
   so: "dd+dd2" has a next pair, and "dd2-dd" a previous one. The caller destroys it. */
dd_keyring_t *tenants_keyring(const char *names);

/* The public key of a tenant, or of one of the two above. */
void tenants_key(const char *name, uint8_t key[DD_KEY_SIZE]);
/* And its pair. */
void tenants_pair(const char *name, uint8_t key[DD_KEY_SIZE], uint8_t secret_key[DD_KEY_SIZE]);

#endif
