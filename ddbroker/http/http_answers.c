/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http_answers - what is said to whom
 */
#include <stdlib.h>

#include "http_state.h"
#include "process.h"

/* Bytes of a piece of the metrics: one is made, and sent, in a turn. */
#define PIECE 8192

/* ms for which what came of a survey is told again, so that nobody uses up the questions that there
   may be. */
#define FRESH 1000

#define TEXT "text/plain; charset=utf-8"
#define LINES "application/x-ndjson"

/* A request for metrics that is being answered. */
typedef struct {
    const http_t *http;
    process_t process;
    metrics_t metrics;
    bool ended;
} scrape_t;

/* ---- Answers ------------------------------------------------------------------------------- */

/* Sends the response, which may be NULL. A connection carries one request, so that its place isn't
   kept. */
static enum MHD_Result send_response(struct MHD_Connection *connection, unsigned status,
    struct MHD_Response *response, const char *type)
{
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    return MHD_queue_response(connection, status, response);
}

/* The same with a response for this one alone. */
static enum MHD_Result send_once(struct MHD_Connection *connection, unsigned status,
    struct MHD_Response *response, const char *type)
{
    enum MHD_Result result = send_response(connection, status, response, type);
    if (response)
        MHD_destroy_response(response);
    return result;
}

static struct MHD_Response *text_response(const char *text)
{
    char line[128];
    int size = snprintf(line, sizeof line, "%s\n", text);
    return MHD_create_response_from_buffer((size_t)size, line, MHD_RESPMEM_MUST_COPY);
}

static enum MHD_Result say(struct MHD_Connection *connection, unsigned status, const char *text)
{
    return send_once(connection, status, text_response(text), TEXT);
}

static enum MHD_Result refuse_method(struct MHD_Connection *connection)
{
    struct MHD_Response *response = text_response("only GET and HEAD are answered");
    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    return send_once(connection, MHD_HTTP_METHOD_NOT_ALLOWED, response, TEXT);
}

static enum MHD_Result refuse_stranger(http_t *self, struct MHD_Connection *connection)
{
    log_flood(self->log, "", DD_LOG_WARNING, "http: a request without the token was refused");
    struct MHD_Response *response = text_response("this needs the token of http-token-file");
    if (response)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    return send_once(connection, MHD_HTTP_UNAUTHORIZED, response, TEXT);
}

/* ---- Health -------------------------------------------------------------------------------- */

static enum MHD_Result answer_health(http_t *self, struct MHD_Connection *connection, bool again)
{
    (void)again;
    const char *state = figures_of_broker(self->core, self->now_ms).state;
    bool good = strcmp(state, "ok") == 0;
    return say(connection, good ? MHD_HTTP_OK : MHD_HTTP_SERVICE_UNAVAILABLE, state);
}

static enum MHD_Result answer_ready(http_t *self, struct MHD_Connection *connection, bool again)
{
    (void)again;
    const char *why = figures_closed(self->core);
    return say(connection, why ? MHD_HTTP_SERVICE_UNAVAILABLE : MHD_HTTP_OK, why ? why : "ok");
}

/* ---- Metrics ------------------------------------------------------------------------------- */

/* 0 has it called again in the next turn. */
static ssize_t read_scrape(void *arg, uint64_t position, char *text, size_t room)
{
    scrape_t *self = arg;
    (void)position;
    dd_writer_t out = dd_writer(text, room < PIECE ? room : PIECE);
    if (self->ended)
        return MHD_CONTENT_READER_END_OF_STREAM;
    if (room < METRICS_ROOM)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!process_go_on(&self->process))
        self->ended = !metrics_write(&self->metrics, &out, self->http->now_ms);
    return out.at - (const uint8_t *)text;
}

static enum MHD_Result answer_metrics(http_t *self, struct MHD_Connection *connection, bool again)
{
    (void)again;
    scrape_t *scrape = malloc(sizeof *scrape);
    if (!scrape)
        return MHD_NO;
    *scrape = (scrape_t){.http = self};
    process_begin(&scrape->process, self->started_wall_ms);
    metrics_begin(&scrape->metrics, self->core, &scrape->process.figures, self->token.is_set);
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, PIECE, read_scrape, scrape, free);
    if (!response)
        free(scrape);
    return send_once(connection, MHD_HTTP_OK, response, "text/plain; version=0.0.4");
}

/* ---- The tree ------------------------------------------------------------------------------ */

void http_answers_forget(http_t *self)
{
    if (self->report)
        MHD_destroy_response(self->report);
    self->report = NULL;
}

/* All who wait take the same text. */
void http_answers_wake(http_t *self)
{
    survey_t *survey = &self->survey;
    self->report =
        MHD_create_response_from_buffer(survey->size, survey->text, MHD_RESPMEM_MUST_FREE);
    if (self->report)
        survey->text = NULL;
    self->surveyed_ms = self->now_ms;
    http_places_wake(&self->places);
}

static enum MHD_Result send_survey(const http_t *self, struct MHD_Connection *connection)
{
    const survey_t *survey = &self->survey;
    bool whole = survey->outstanding == 0 && !survey->cut;
    if (survey->refused)
        return say(connection, MHD_HTTP_TOO_MANY_REQUESTS, "too many questions in ten seconds");
    return send_response(
        connection, whole ? MHD_HTTP_OK : MHD_HTTP_GATEWAY_TIMEOUT, self->report, LINES);
}

static bool begin_survey(http_t *self)
{
    http_answers_forget(self);
    return survey_begin(&self->survey, self->core, &self->route, self->now_ms);
}

static bool is_fresh(const http_t *self)
{
    return self->report && !self->survey.refused && self->now_ms < self->surveyed_ms + FRESH;
}

/* Somebody else may have begun another survey before one who was woken is heard again. */
static enum MHD_Result answer_tree(http_t *self, struct MHD_Connection *connection, bool again)
{
    http_place_t *place = http_places_of(&self->places, connection);
    if (!self->survey.goes_on && (again || is_fresh(self)))
        return send_survey(self, connection);
    if (!place || place->is_cut || (!self->survey.goes_on && !begin_survey(self)))
        return MHD_NO;
    MHD_suspend_connection(connection);
    place->waiting = connection;
    return MHD_YES;
}

/* ---- All ----------------------------------------------------------------------------------- */

/* again: it had to wait, and is heard once more. */
typedef enum MHD_Result(answer_t)(http_t *self, struct MHD_Connection *connection, bool again);

static const struct {
    const char *path;
    answer_t *answer;
    bool for_all; /* the token isn't needed */
} PATHS[] = {
    {"/healthz", answer_health, true},
    {"/readyz", answer_ready, true},
    {"/metrics", answer_metrics, false},
    {"/tree", answer_tree, false},
};
#define PATH_COUNT (sizeof PATHS / sizeof PATHS[0])

static bool is_let_in(http_t *self, struct MHD_Connection *connection)
{
    http_place_t *place = http_places_of(&self->places, connection);
    const char *header =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_AUTHORIZATION);
    bool is_known = token_is_brought(&self->token, header);
    if (place && is_known)
        place->is_known = true;
    return is_known || !self->token.is_set;
}

static bool is_read(const char *method)
{
    return strcmp(method, MHD_HTTP_METHOD_GET) == 0 || strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

enum MHD_Result http_answer(void *http, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_size,
    void **request)
{
    http_t *self = http;
    bool again = *request;
    size_t i = 0;
    (void)version, (void)upload, (void)upload_size;
    *request = self;
    while (i < PATH_COUNT && strcmp(url, PATHS[i].path) != 0)
        i++;
    if (i == PATH_COUNT)
        return say(connection, MHD_HTTP_NOT_FOUND, "there is nothing here");
    if (!is_read(method))
        return refuse_method(connection);
    if (!PATHS[i].for_all && !is_let_in(self, connection))
        return refuse_stranger(self, connection);
    return PATHS[i].answer(self, connection, again);
}
