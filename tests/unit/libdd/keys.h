/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keys - key files to test with: fixed pairs, and the files of one set as other tools write them
 *
 * The pairs are crypto_box_seed_keypair() of 32 bytes 01, 02, 03, 04 and 05.
 */
#ifndef TEST_KEYS_H_INCLUDED
#define TEST_KEYS_H_INCLUDED

#define DD_SECRET "XOhu+3X6TixBD0bhben2rK4aFwNShlG2m8F2wIi+8+4="
#define DD_KEY "GxtY3VDqFLYNoXt5DNAnVNlwybq4ZOuzwPMBb+UdP1c="
#define A_SECRET "qjxia8nDjIwgGHjrsdWwtQrEDomGx4eT2x1O82n8oc4="
#define A_KEY "YDRufJEaX2uhVBKRdMr+dbKUrDu9VUljL0jOxiZvhBA="
#define A_HASH "60346e7c911a5f6ba154129174cafe75b294ac3bbd5549632f48cec6266f8410"
#define B_SECRET "mK67sXilUYdr+vjh5TDaxqr2wuocj4QGo6s337QPvCU="
#define B_KEY "deJw3ylSxXuoNnuoYYwXj5/lDbJ5nTBOdOkY2YVoYUY="
#define B_HASH "75e270df2952c57ba8367ba8618c178f9fe50db2799d304e74e918d985686146"
#define PUBLIC_SECRET "Sz48FF1+aAoWZ2kl/ARRg9L1EMsvZgofxRfHN2IYXcM="
#define PUBLIC_KEY "7dA8regNKd5uoxOnSrNp9HMuyzZkkGa3i1st1mTLBBc="
#define PUBLIC_HASH "edd03cade80d29de6ea313a74ab369f4732ecb36649066b78b5b2dd664cb0417"
#define OPERATOR_SECRET "TzcNYUbekZzBzkcol3ddmmwoNMUJ4I4U78srUhiPlK4="
#define OPERATOR_KEY "xE5CklF3Hsdhl8eh+OoomhjKPden4QK6fMhN9rVcvho="

/* JSON members and the objects they make. */
#define STRING(name, text) "\"" name "\": \"" text "\""
#define PAIR(secret, key) STRING("privkey", secret) ", " STRING("pubkey", key)
#define TENANT(hash, name, cookie, key)                                                            \
    "\"" hash "\": {" STRING("r", name) ", \"R\": " cookie ", " STRING("pubkey", key) "}"
#define OTHERS STRING("ddpubkey", DD_KEY) ", " STRING("publicpubkey", PUBLIC_KEY)

#define A_FILE "{" STRING("hash", A_HASH) ", " PAIR(A_SECRET, A_KEY) ", " OTHERS "}"
#define B_FILE "{" STRING("hash", B_HASH) ", " PAIR(B_SECRET, B_KEY) ", " OTHERS "}"
#define PUBLIC_OWN                                                                                 \
    STRING("hash", PUBLIC_HASH)                                                                    \
    ", " PAIR(PUBLIC_SECRET, PUBLIC_KEY) ", " OTHERS ", " STRING("name", "public")
/* Early tools put a useless R here, and the tenants before the own keys. */
#define PUBLIC_TENANTS TENANT(A_HASH, "a", "7", A_KEY) ", " TENANT(B_HASH, "b", "7", B_KEY)
#define PUBLIC_FILE "{" PUBLIC_TENANTS ", \"public\": {" PUBLIC_OWN "}}"
#define OPERATOR_OWN                                                                               \
    STRING("role", "operator")                                                                     \
    ", " PAIR(OPERATOR_SECRET, OPERATOR_KEY) ", " STRING("ddpubkey", DD_KEY)
#define OPERATOR_FILE "{" OPERATOR_OWN "}"

/* Tenant a's file while its pair is being replaced by b's, and after that. */
#define A_BEGUN_FILE                                                                               \
    "{" PAIR(A_SECRET, A_KEY) ", " STRING("nextprivkey", B_SECRET) ", " STRING(                    \
        "nextpubkey", B_KEY) ", " OTHERS "}"
#define A_FINISHED_FILE                                                                            \
    "{" PAIR(B_SECRET, B_KEY) ", " STRING("previousprivkey", A_SECRET) ", " STRING(                \
        "previouspubkey", A_KEY) ", " OTHERS "}"

#define DD_OWN "\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", " STRING("R", "1") "}"
#define DD_OWN_WITH_OPERATOR                                                                       \
    "\"dd\": {" PAIR(DD_SECRET, DD_KEY) ", " STRING("R", "1") ", " STRING(                         \
        "operatorpubkey", OPERATOR_KEY) "}"
#define BROKER_TENANTS                                                                             \
    TENANT(A_HASH, "a", "\"16856119424031212349\"", A_KEY)                                         \
    ", " TENANT(B_HASH, "b", "15502338891588627066", B_KEY) ", " TENANT(                           \
        PUBLIC_HASH, "public", "\"0\"", PUBLIC_KEY)
#define BROKER_FILE "{" DD_OWN_WITH_OPERATOR ", " BROKER_TENANTS "}"

#endif
