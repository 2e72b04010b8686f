/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * web - what a broker says to monitors: requests over HTTP, and Prometheus's text, read strictly
 *
 * What isn't as it must be fails the test.
 */
#ifndef WEB_H_INCLUDED
#define WEB_H_INCLUDED

#include "harness.h"

/* ---- Requests ----------------------------------------------------------------------------- */

typedef struct {
    int status; /* 0: the connection was closed without an answer */
    char *head; /* all lines before the body */
    char *body;
} web_answer_t;

/* Where the broker listens that was started with an --http of port 0, as it said last. */
const char *web_endpoint(program_t *broker);

/* Sends the bytes, and reads until the other side closes. Free with web_free(). */
web_answer_t web_ask(const char *endpoint, const void *bytes, size_t size);
/* GETs a path. token may be NULL. */
web_answer_t web_get(const char *endpoint, const char *path, const char *token);
void web_free(web_answer_t *answer);

/* Whether a path is answered with that status. */
bool web_says(const char *endpoint, const char *path, const char *token, int status);

/* ---- Metrics ------------------------------------------------------------------------------ */

typedef struct samples samples_t;

/* Reads a text whole: each family has HELP and TYPE and stands in one piece, names are as they
   should be, no sample is there twice, a counter's name ends with _total, and a histogram's buckets
   only grow and end with its count. */
samples_t *samples_read(const char *text);
void samples_destroy(samples_t **self_p);

size_t samples_count(const samples_t *self);
/* The value of a sample as it is written: dd_refused_total{reason="invalid name"}. */
bool samples_find(const samples_t *self, const char *sample, double *value);
/* The same, of one that must be there. */
double samples_value(const samples_t *self, const char *sample);
/* The sum of all samples of a family that have such a label ("" for all). */
double samples_sum(const samples_t *self, const char *family, const char *label);

#endif
