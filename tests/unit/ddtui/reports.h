/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reports - brokers' reports, as the tests of what reads and prints them share them
 */
#ifndef REPORTS_H_INCLUDED
#define REPORTS_H_INCLUDED

#define TREE_REPORT                                                                                \
    "{\"broker\":\"broker0\",\"id\":\"00112233445566778899aabbccddeeff\",\"parent\":null,"         \
    "\"scope\":\"/1/2/3/\",\"version\":\"1.0.0\",\"state\":\"ok\",\"uptime_ms\":273600000,"        \
    "\"outbox\":3,\"clients\":41,\"subscriptions\":9,\"children\":2,\"in\":5,\"out\":6,\"in_"      \
    "bytes\":70,"                                                                                  \
    "\"out_bytes\":80,\"refused\":1,\"dropped\":0,\"rtt_us\":null}"
#define CLIENTS_REPORT                                                                             \
    "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":["                                  \
    "{\"tenant\":\"a\",\"name\":\"cli10\",\"since_ms\":1,\"outbox\":123456,\"new\":[{}]},"         \
    "{\"tenant\":\"a\",\"name\":\"cli9\",\"since_ms\":2}]}"
#define SUBSCRIPTIONS_REPORT                                                                       \
    "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"subscriptions\":["                            \
    "{\"tenant\":\"a\",\"client\":\"cli1\",\"topic\":\"alarms\",\"scope\":\"/*/\",\"path\":\"/1/"  \
    "\""                                                                                           \
    "}]}"

#define EVENTS_REPORT                                                                              \
    "{\"broker\":\"broker0\",\"broker_id\":\"1\",\"events\":["                                     \
    "{\"at_ms\":50,\"age_ms\":20,\"level\":\"info\",\"tenant\":\"a\",\"text\":\"new\\u001b\"},"    \
    "{\"at_ms\":10,\"age_ms\":60,\"level\":\"notice\",\"tenant\":\"*\",\"text\":\"old\"}]}"

#endif
