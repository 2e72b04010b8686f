/*
 * inspect - questions to every broker of the tree
 *
 * A question floods the tree; each broker answers with one or more REPORTs, which go back the way
 * the question came. The last one says to how many brokers the question was passed on, so that the
 * asker knows when it has heard all. A tenant's question is answered with what that tenant may see.
 */
#include <json-c/json.h>
#include <sodium.h>
#include <stdlib.h>

#include "verbs.h"

/* Questions that one peer may have under way, and ms until one is forgotten. */
#define QUESTIONS_MAX 64
#define QUESTION_LIFE 10000
/* Rows in one REPORT: about 40 KB. */
#define PAGE_ROWS 200

struct question {
    UT_hash_handle hh;
    uint64_t id;
    peer_t *asker;
    uint32_t ref;         /* of the asker, if it is a client */
    unsigned outstanding; /* brokers beyond this one that haven't answered yet */
    uint64_t asked_ms;
};

/* One answer in the making. */
typedef struct {
    core_t *core;
    const question_t *question;
    dd_bytes_t tenant; /* who asks; empty for an operator, who sees all */
    uint16_t links;    /* brokers that were asked on */
    json_object *rows; /* of the page, or NULL if the answer is one object */
    const char *rows_name;
} answer_t;

/* ---- Questions under way ------------------------------------------------------------------- */

static question_t *find(const core_t *self, uint64_t id)
{
    question_t *question;
    HASH_FIND(hh, self->questions, &id, sizeof id, question);
    return question;
}

static question_t *remember(core_t *self, peer_t *asker, uint64_t id, uint32_t ref)
{
    question_t *question = calloc(1, sizeof *question);
    if (!question)
        return NULL;
    *question = (question_t){.id = id, .asker = asker, .ref = ref, .asked_ms = self->now_ms};
    HASH_ADD(hh, self->questions, id, sizeof question->id, question);
    if (!question->hh.tbl) {
        free(question);
        return NULL;
    }
    asker->questions++;
    return question;
}

static void drop(core_t *self, question_t *question)
{
    question->asker->questions--;
    HASH_DEL(self->questions, question);
    free(question);
}

void inspect_forget(core_t *self, const peer_t *peer)
{
    question_t *question, *next;
    if (peer->questions == 0)
        return;
    HASH_ITER (hh, self->questions, question, next)
        if (question->asker == peer)
            drop(self, question);
}

void inspect_expire(core_t *self)
{
    question_t *question, *next;
    HASH_ITER (hh, self->questions, question, next)
        if (self->now_ms > question->asked_ms + QUESTION_LIFE)
            drop(self, question);
}

/* ---- JSON ---------------------------------------------------------------------------------- */

static void add_text(json_object *object, const char *name, const char *text)
{
    json_object_object_add(object, name, json_object_new_string(text));
}

static void add_number(json_object *object, const char *name, uint64_t number)
{
    json_object_object_add(object, name, json_object_new_uint64(number));
}

static void add_count(json_object *object, const peer_count_t *count)
{
    add_number(object, "in", count->in);
    add_number(object, "out", count->out);
    add_number(object, "in_bytes", count->in_bytes);
    add_number(object, "out_bytes", count->out_bytes);
    add_number(object, "refused", count->refused);
    add_number(object, "dropped", count->dropped);
}

/* A broker id in hex, or null for none. */
static void add_id(json_object *object, const char *name, const uint8_t *id)
{
    char hex[DD_BROKER_ID_SIZE * 2 + 1];
    if (id)
        add_text(object, name, sodium_bin2hex(hex, sizeof hex, id, DD_BROKER_ID_SIZE));
    else
        json_object_object_add(object, name, NULL);
}

/* ---- Sending an answer --------------------------------------------------------------------- */

static void send_report(answer_t *answer, json_object *report, bool last)
{
    const question_t *question = answer->question;
    size_t size;
    const char *text = json_object_to_json_string_length(report, JSON_C_TO_STRING_PLAIN, &size);
    dd_record_t record = {.type = DD_REPORT,
        .flags = last ? DD_FLAG_LAST : 0,
        .links = last ? answer->links : 0,
        .ref = question->ref,
        .number = peer_is_link(question->asker) ? question->id : 0,
        .payload = dd_bytes(text, size)};
    /* An asker that doesn't read misses answers, and sees that it does. */
    core_send(answer->core, question->asker, &record);
    json_object_put(report);
}

static json_object *new_report(const core_t *self)
{
    json_object *report = json_object_new_object();
    add_text(report, "broker", self->name);
    add_text(report, "scope", self->scope.text);
    return report;
}

static void send_page(answer_t *answer, bool last)
{
    json_object *report = new_report(answer->core);
    json_object_object_add(report, answer->rows_name, answer->rows);
    answer->rows = json_object_new_array();
    send_report(answer, report, last);
}

static void add_row(answer_t *answer, json_object *row)
{
    json_object_array_add(answer->rows, row);
    if (json_object_array_length(answer->rows) >= PAGE_ROWS)
        send_page(answer, false);
}

/* ---- What can be asked --------------------------------------------------------------------- */

/* Rule 11: a tenant sees its own clients, an operator all. */
static bool may_see(const answer_t *answer, const peer_t *peer)
{
    return peer->role == ROLE_CLIENT && peer->state == PEER_READY &&
           (answer->tenant.size == 0 || dd_bytes_equal(answer->tenant, peer_tenant(peer)));
}

/* What the asker may know of the traffic here: an operator the broker's, a tenant that of its
 * clients. */
static void add_totals(const answer_t *answer, json_object *report)
{
    uint64_t clients = 0, subscriptions = 0;
    peer_count_t count = {0};
    peer_t *peer;
    DL_FOREACH (answer->core->peers, peer) {
        if (!may_see(answer, peer))
            continue;
        clients++;
        subscriptions += peer->subscription_count;
        count.in += peer->count.in;
        count.out += peer->count.out;
        count.in_bytes += peer->count.in_bytes;
        count.out_bytes += peer->count.out_bytes;
        count.refused += peer->count.refused;
        count.dropped += peer->count.dropped;
    }
    add_number(report, "clients", clients);
    add_number(report, "subscriptions", subscriptions);
    add_count(report, answer->tenant.size == 0 ? &answer->core->count : &count);
}

static const char *state_of(const core_t *self)
{
    if (self->draining)
        return "draining";
    return self->settings.has_parent && !core_parent_ready(self) ? "cut off" : "ok";
}

static void answer_tree(answer_t *answer)
{
    core_t *self = answer->core;
    peer_t *parent = core_parent_ready(self) ? self->parent : NULL;
    json_object *report = new_report(self);
    add_id(report, "id", self->id);
    add_id(report, "parent", parent ? parent->id : NULL);
    add_text(report, "version", DD_VERSION);
    add_text(report, "state", state_of(self));
    add_number(report, "uptime_ms", self->now_ms - self->started_ms);
    uint64_t children = 0;
    peer_t *link;
    DL_FOREACH2(self->links, link, next_link)
    children += link->role == ROLE_CHILD;
    add_number(report, "children", children);
    if (parent)
        add_number(report, "rtt_us", parent->rtt_us);
    else
        json_object_object_add(report, "rtt_us", NULL);
    add_totals(answer, report);
    send_report(answer, report, true);
}

static void answer_clients(answer_t *answer)
{
    core_t *self = answer->core;
    peer_t *peer;
    DL_FOREACH (self->peers, peer) {
        if (!may_see(answer, peer))
            continue;
        json_object *row = json_object_new_object();
        add_text(row, "tenant", peer->tenant);
        add_text(row, "name", peer->name.text + strlen(peer->tenant) + 1);
        add_number(row, "since_ms", self->now_ms - peer->since_ms);
        add_number(row, "idle_ms", self->now_ms - peer->heard_ms);
        add_number(row, "subscriptions", peer->subscription_count);
        add_number(row, "outbox", peer->outbox.bytes);
        add_count(row, &peer->count);
        add_row(answer, row);
    }
    send_page(answer, true);
}

static void answer_subscriptions(answer_t *answer)
{
    peer_t *peer;
    DL_FOREACH (answer->core->peers, peer) {
        if (!may_see(answer, peer))
            continue;
        subscription_t *subscription;
        DL_FOREACH (peer->subscriptions, subscription) {
            interest_key_t key = interest_key(subscription->key.interest);
            json_object *row = json_object_new_object();
            add_text(row, "tenant", peer->tenant);
            add_text(row, "client", peer->name.text + strlen(peer->tenant) + 1);
            add_text(row, "topic", (const char *)key.topic.data);
            add_text(row, "scope", subscription->key.pattern);
            add_text(row, "path", (const char *)key.path.data);
            add_row(answer, row);
        }
    }
    send_page(answer, true);
}

static const struct {
    const char *what;
    void (*answer)(answer_t *answer);
} QUESTIONS[] = {
    {"tree", answer_tree}, {"clients", answer_clients}, {"subscriptions", answer_subscriptions}};

static void answer_question(core_t *self, const question_t *question, const dd_record_t *asked)
{
    answer_t answer = {.core = self,
        .question = question,
        .tenant = asked->tenant,
        .links = (uint16_t)question->outstanding,
        .rows = json_object_new_array()};
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++) {
        if (!dd_bytes_equal(asked->text, dd_bytes_of(QUESTIONS[i].what)))
            continue;
        answer.rows_name = QUESTIONS[i].what;
        QUESTIONS[i].answer(&answer);
    }
    if (!answer.rows_name) /* asked by a newer broker */
        send_report(&answer, new_report(self), true);
    json_object_put(answer.rows);
}

/* ---- INSPECT and REPORT -------------------------------------------------------------------- */

static unsigned ask_on(core_t *self, const peer_t *from, const dd_record_t *question)
{
    unsigned asked = 0;
    peer_t *link;
    DL_FOREACH2(self->links, link, next_link)
    {
        if (link == from)
            continue;
        core_tell(self, link, question);
        asked++;
    }
    return asked;
}

static bool is_known(dd_bytes_t what)
{
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof QUESTIONS[0]; i++)
        if (dd_bytes_equal(what, dd_bytes_of(QUESTIONS[i].what)))
            return true;
    return false;
}

void inspect_question(core_t *self, peer_t *peer, const dd_record_t *record)
{
    dd_record_t asked = *record;
    if (!peer_is_link(peer)) {
        if (!is_known(record->text) || peer->questions >= QUESTIONS_MAX) {
            core_refuse(self, peer, is_known(record->text) ? DD_E_LIMIT : DD_E_PROTOCOL,
                record->ref, record->text);
            return;
        }
        /* Who asks is what the key says, never what the record says. */
        asked.tenant = peer_tenant(peer);
        asked.hops = 0;
        randombytes_buf(&asked.number, sizeof asked.number);
    }
    if (asked.hops >= DD_HOPS_MAX || find(self, asked.number))
        return;
    question_t *question = remember(self, peer, asked.number, record->ref);
    if (!question)
        return;
    asked.hops++;
    question->outstanding = ask_on(self, peer, &asked);
    answer_question(self, question, &asked);
    if (question->outstanding == 0)
        drop(self, question);
}

void inspect_report(core_t *self, peer_t *link, const dd_record_t *record)
{
    (void)link;
    question_t *question = find(self, record->number);
    if (!question)
        return;
    dd_record_t report = *record;
    report.ref = question->ref;
    if (!peer_is_link(question->asker))
        report.number = 0;
    core_send(self, question->asker, &report);
    if (!(record->flags & DD_FLAG_LAST))
        return;
    question->outstanding += record->links;
    if (--question->outstanding == 0)
        drop(self, question);
}
