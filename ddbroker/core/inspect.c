/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect - questions to every broker of the tree, and what operators ask one to do
 *
 * A question floods the tree; each broker answers with one or more REPORTs, which go back the way
 * the question came. The last one says to how many brokers the question was passed on, so that the
 * asker knows when it has heard all. That must come before the last ones of those brokers: as long
 * as this broker is still answering, it passes theirs on as if there were more. A tenant's question
 * is answered with what that tenant may see. A question may be for one broker; the others pass it
 * on and answer with nothing.
 *
 * A CONTROL travels in the same way, only that an operator sent it, and that the one broker which
 * it is for does something. An operator who may look only is refused at its own broker, and by that
 * one, which knows it by its name.
 */
#include "inspect.h"

#include <sodium.h>
#include <stdlib.h>

#include "inspect_answers.h"
#include "link_rules.h"
#include "operator_control.h"
#include "resync.h"

/* ms until a question is forgotten, and how many one client may ask in that time: each costs every
   broker a look at all its clients. Those of one tenant have a quota, too. */
#define QUESTION_LIFE 10000
#define QUESTIONS_MAX 64

/* Questions of one link: those of all clients that a broker may have beneath it at busy times. */
#define QUESTIONS_OF_LINK_MAX 4000

/* Questions that are forgotten in one go. */
#define FORGOTTEN_AT_ONCE 1000

/* A link to which a question was passed on. */
typedef struct {
    uint32_t link_number;
    uint32_t outstanding; /* brokers beyond it that haven't answered yet, as far as is known */
} asked_t;

struct question {
    UT_hash_handle hh;
    uint64_t id;
    peer_t *asker;
    question_t *prev, *next; /* in asker->questions */
    uint32_t ref;            /* of the asker, if it is a client */
    bool is_for_one;         /* only the broker of this id has something to say */
    uint8_t broker[DD_BROKER_ID_SIZE];
    uint64_t asked_ms;
    char tenant[DD_TENANT_MAX + 1]; /* that asks; "" for an operator */
    answer_t *answer;               /* of this broker; NULL if it was said at once */
    unsigned outstanding;           /* brokers beyond this one that haven't answered yet */
    size_t asked_count;
    asked_t asked[]; /* in the order of their numbers */
};

/* ---- Questions under way ------------------------------------------------------------------- */

static question_t *find(const core_t *self, uint64_t id)
{
    question_t *question;
    HASH_FIND(hh, self->questions, &id, sizeof id, question);
    return question;
}

static size_t count_links(const core_t *self)
{
    const peer_t *link;
    size_t count;
    DL_COUNT2(self->links, link, count, next_link);
    return count;
}

static question_t *remember(core_t *self, peer_t *asker, const dd_record_t *asked, uint32_t ref)
{
    question_t *question =
        calloc(1, sizeof *question + count_links(self) * sizeof *question->asked);
    if (!question)
        return NULL;
    question->id = asked->number;
    question->asker = asker;
    question->ref = ref;
    dd_bytes_copy(asked->tenant, question->tenant, sizeof question->tenant);
    question->asked_ms = self->now_ms;
    question->is_for_one = asked->id.size == sizeof question->broker;
    if (question->is_for_one)
        memcpy(question->broker, asked->id.data, sizeof question->broker);
    HASH_ADD(hh, self->questions, id, sizeof question->id, question);
    if (!question->hh.tbl) {
        free(question);
        return NULL;
    }
    DL_APPEND(asker->questions, question);
    asker->question_count++;
    if (asker->quota)
        asker->quota->questions++;
    return question;
}

static void drop(core_t *self, question_t *question)
{
    peer_t *asker = question->asker;
    DL_DELETE(asker->questions, question);
    asker->question_count--;
    if (asker->quota)
        asker->quota->questions--;
    HASH_DEL(self->questions, question);
    inspect_answers_end(question->answer);
    free(question);
}

void inspect_forget(core_t *self, const peer_t *peer)
{
    while (peer->questions)
        drop(self, peer->questions);
}

void inspect_expire(core_t *self)
{
    question_t *question, *next;
    unsigned forgotten = 0;
    HASH_ITER (hh, self->questions, question, next) { /* the oldest first */
        if (forgotten++ == FORGOTTEN_AT_ONCE || self->now_ms <= question->asked_ms + QUESTION_LIFE)
            break;
        drop(self, question);
    }
}

/* ---- INSPECT, CONTROL and REPORT ----------------------------------------------------------- */

static void ask_on(core_t *self, question_t *question, const dd_record_t *record)
{
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link) {
        if (link == question->asker)
            continue;
        /* One that has no room is counted all the same: the asker sees that not all have answered.
         */
        core_send(self, link, record);
        question->asked[question->asked_count++] = (asked_t){link->link_number, 1};
        question->outstanding++;
    }
}

static void answer(core_t *self, question_t *question, const dd_record_t *asked)
{
    report_to_t to = {.core = self,
        .asker = question->asker,
        .ref = question->ref,
        .number = peer_is_link(question->asker) ? question->id : 0,
        .links = (uint16_t)question->outstanding,
        .tenant = dd_bytes_of(question->tenant)};
    bool for_me = dd_bytes_equal(asked->id, dd_bytes(self->id, sizeof self->id));
    bool for_all = asked->type == DD_INSPECT && asked->id.size == 0;
    if (asked->type == DD_CONTROL && for_me) {
        operator_control(&to, asked);
        return;
    }
    if (asked->type == DD_CONTROL)
        operator_control_overheard(self, question->asker, asked);
    if (inspect_answers_is_question(asked->text) && (for_me || for_all))
        question->answer = inspect_answers_begin(&to, asked);
    if (!question->answer)
        report_nothing(&to);
}

static bool may_ask(const peer_t *peer)
{
    const quota_t *quota = peer->quota;
    if (peer_is_link(peer))
        return peer->question_count < QUESTIONS_OF_LINK_MAX;
    return peer->question_count < QUESTIONS_MAX &&
           (!quota || quota_may(quota->limits.questions, quota->questions));
}

/* Whether it was an order of an operator who may look only. */
static bool refuse_order(core_t *self, peer_t *peer, const dd_record_t *asked)
{
    if (asked->type != DD_CONTROL || !operator_control_is_forbidden(self, asked))
        return false;
    char text[PEER_TEXT_MAX];
    core_remark(self, peer, DD_LOG_WARNING, "%s wants something done, and may look only",
        peer_text(peer, text));
    core_refuse(self, peer, DD_E_REFUSED, asked->ref, dd_bytes_of(OPERATOR_LOOKS_ONLY));
    return true;
}

/* What a client or an operator asks: who it is says its key, never the record. */
static bool begin_question(core_t *self, peer_t *peer, dd_record_t *asked)
{
    bool known = asked->type == DD_CONTROL || inspect_answers_is_question(asked->text);
    asked->tenant = peer_tenant(peer);
    asked->source = dd_name_bytes(&peer->name);
    asked->hops = 0;
    if (refuse_order(self, peer, asked))
        return false;
    randombytes_buf(&asked->number, sizeof asked->number);
    known &= link_rules_question(asked);
    if (known && may_ask(peer))
        return true;
    core_refuse(self, peer, known ? DD_E_LIMIT : DD_E_PROTOCOL, asked->ref,
        dd_bytes(asked->text.data, asked->text.size < DD_NAME_MAX ? asked->text.size : 0));
    return false;
}

static bool pass_question(core_t *self, peer_t *link, const dd_record_t *asked)
{
    if (link_rules_question(asked) && may_ask(link))
        return true;
    core_pass_over(self, link, "asks what can't be asked, or too much");
    return false;
}

void inspect_question(core_t *self, peer_t *peer, const dd_record_t *record)
{
    dd_record_t asked = *record;
    asked.flags = 0;
    if (!(peer_is_link(peer) ? pass_question(self, peer, &asked)
                             : begin_question(self, peer, &asked)))
        return;
    if (find(self, asked.number))
        return;
    question_t *question = remember(self, peer, &asked, record->ref);
    if (!question)
        return;
    if (asked.hops++ < DD_HOPS_MAX && !resync_tells_brokers(peer))
        ask_on(self, question, &asked);
    answer(self, question, &asked);
}

static int compare_asked(const void *one, const void *other)
{
    uint32_t a = ((const asked_t *)one)->link_number, b = ((const asked_t *)other)->link_number;
    return (a > b) - (a < b);
}

/* What is still to come over that link; NULL if it wasn't asked. */
static asked_t *asked_of(question_t *question, const peer_t *link)
{
    asked_t key = {.link_number = link->link_number};
    return bsearch(&key, question->asked, question->asked_count, sizeof key, compare_asked);
}

/* A broker has said its last, and passed the question on to so many. */
static void count_last(question_t *question, asked_t *asked, unsigned links)
{
    asked->outstanding += links - 1u;
    question->outstanding += links - 1u;
}

/* Each link answers for as many brokers as there are beyond it, and none in place of another's. */
void inspect_report(core_t *self, peer_t *link, const dd_record_t *record)
{
    question_t *question = find(self, record->number);
    asked_t *asked = question ? asked_of(question, link) : NULL;
    if (!asked || asked->outstanding == 0)
        return;
    if (!link_rules_report(self, link, record)) {
        core_pass_over(self, link, "reports of a broker that isn't beyond it, or what can't be");
        return;
    }
    dd_record_t report = *record;
    report.flags &= DD_FLAG_LAST;
    report.ref = question->ref;
    report.tenant = dd_bytes_of(question->tenant);
    report.links = link_rules_links(link, record);
    if (!peer_is_link(question->asker))
        report.number = 0;
    if (question->is_for_one && memcmp(record->id.data, question->broker, DD_BROKER_ID_SIZE) != 0)
        report.payload = dd_bytes(NULL, 0);
    if (record->flags & DD_FLAG_LAST)
        count_last(question, asked, report.links);
    if (inspect_answers_await(question->answer, question->outstanding))
        report.flags = 0;
    if (report.flags || report.payload.size > 0)
        core_send(self, question->asker, &report);
}
