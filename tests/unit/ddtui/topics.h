/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * topics - what brokers report of topics, as the tests of what reads and shows them share it
 */
#ifndef TOPICS_H_INCLUDED
#define TOPICS_H_INCLUDED

/* Of topics at a broker of that id. */
#define TOPICS_REPORT(id, topics)                                                                  \
    "{\"broker\":\"broker" id "\",\"broker_id\":\"" id "\",\"rows\":1,\"topics\":[" topics "]}"

#define TOPIC_ROW(tenant, topic, publications, bytes, lost, subscribers, publishers)               \
    "{\"tenant\":\"" tenant "\",\"topic\":\"" topic "\",\"publications\":" #publications           \
    ",\"bytes\":" #bytes ",\"lost\":" #lost ",\"subscribers\":" #subscribers                       \
    ",\"publishers\":[" publishers "]}"

/* One of which so many were lost, the first and the last so many ms ago. */
#define TOPIC_LOST_ROW(tenant, topic, lost, since_ms, age_ms)                                      \
    "{\"tenant\":\"" tenant "\",\"topic\":\"" topic "\",\"publications\":600,\"lost\":" #lost      \
    ",\"lost_since_ms\":" #since_ms ",\"lost_age_ms\":" #age_ms "}"

#define TOPIC_PUBLISHER(name, publications)                                                        \
    "{\"name\":\"" name "\",\"publications\":" #publications "}"

/* What there was no room for. */
#define TOPIC_REST(tenant, publications, bytes, lost)                                              \
    "{\"tenant\":\"" tenant "\",\"topic\":null,\"publications\":" #publications                    \
    ",\"bytes\":" #bytes ",\"lost\":" #lost "}"

#endif
