/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proxy - a line between two programs that can be made bad
 *
 * A proxy listens on a port of its own and hands every connection on to its target, on a thread of
 * its own. Everything here may be called from any thread, and takes effect at once on connections
 * that are there. What can only fail through the machine ends the program.
 */
#ifndef PROXY_H_INCLUDED
#define PROXY_H_INCLUDED

typedef struct proxy proxy_t;

/* Directions, as bits: toward the target, and back. */
enum { PROXY_THERE = 1, PROXY_BACK = 2 };

/* target: tcp://127.0.0.1:PORT, which need not be there yet. */
proxy_t *proxy_new(const char *target);
void proxy_destroy(proxy_t **self_p);

/* Where it listens. The text is the proxy's. */
const char *proxy_endpoint(const proxy_t *self);

/* Nothing goes in these directions any more, ends of connections included, and what is sent there
   waits; 0: all goes on. With both stopped it is a host whose programs stand still: its kernel
   acknowledges what comes, as far as it has room. */
void proxy_stop(proxy_t *self, unsigned directions);
/* Bytes a second, in each direction of each connection; 0: as fast as it goes. */
void proxy_set_rate(proxy_t *self, unsigned bytes_per_s);
/* Everything arrives so much later, in both directions. */
void proxy_set_delay(proxy_t *self, unsigned delay_ms);
/* Resets all connections. */
void proxy_drop(proxy_t *self);
/* From now on it is a host that has vanished, for both sides: nothing is acknowledged, and who
   connects anew gets no answer. For good. */
void proxy_vanish(proxy_t *self);

#endif
