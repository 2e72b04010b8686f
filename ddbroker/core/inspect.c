/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inspect - questions to every broker of the tree, and what operators ask one to do
 *
 * A question floods the tree; each broker answers with one or more REPORTs, which go back the way
 * the question came. The last one says to how many brokers the question was passed on, so that the
 * asker knows when it has heard all. A tenant's question is answered with what that tenant may see.
 * A question may be for one broker; the others pass it on and answer with nothing.
 *
 * A CONTROL travels in the same way, only that an operator sent it, and that the one broker which
 * it is for does something.
 */
#include "inspect.h"

#include <sodium.h>
#include <stdlib.h>

#include "inspect_answers.h"
#include "operator_control.h"

/* ms until a question is forgotten, and how many an operator may ask in that time: each costs every
   broker a look at all its clients. A tenant's clients have a quota. */
#define QUESTION_LIFE 10000
#define QUESTIONS_MAX 64

struct question {
    UT_hash_handle hh;
    uint64_t id;
    peer_t *asker;
    question_t *prev, *next; /* in asker->questions */
    uint32_t ref;            /* of the asker, if it is a client */
    unsigned outstanding;    /* brokers beyond this one that haven't answered yet */
    uint64_t asked_ms;
    char tenant[DD_TENANT_MAX + 1]; /* that asks; "" for an operator */
};

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
    HASH_ITER (hh, self->questions, question, next) { /* the oldest first */
        if (self->now_ms <= question->asked_ms + QUESTION_LIFE)
            break;
        drop(self, question);
    }
}

/* ---- INSPECT, CONTROL and REPORT ----------------------------------------------------------- */

static unsigned ask_on(core_t *self, const peer_t *from, const dd_record_t *question)
{
    unsigned asked = 0;
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link) {
        if (link == from)
            continue;
        /* One that has no room is counted all the same: the asker sees that not all have answered.
         */
        core_send(self, link, question);
        asked++;
    }
    return asked;
}

static void answer(core_t *self, const question_t *question, const dd_record_t *asked)
{
    report_to_t to = {.core = self,
        .asker = question->asker,
        .ref = question->ref,
        .number = peer_is_link(question->asker) ? question->id : 0,
        .links = (uint16_t)question->outstanding,
        .tenant = dd_bytes_of(question->tenant)};
    bool for_me = dd_bytes_equal(asked->id, dd_bytes(self->id, sizeof self->id));
    bool for_all = asked->type == DD_INSPECT && asked->id.size == 0;
    if (asked->type == DD_CONTROL && for_me)
        operator_control(&to, asked);
    else if (inspect_answers_is_question(asked->text) && (for_me || for_all))
        inspect_answers_inspect(&to, asked);
    else
        report_nothing(&to);
}

static bool may_ask(const peer_t *peer)
{
    const quota_t *quota = peer->quota;
    return quota ? quota_may(quota->limits.questions, quota->questions)
                 : peer->question_count < QUESTIONS_MAX;
}

/* What a client or an operator asks: who it is says its key, never the record. */
static bool begin_question(core_t *self, peer_t *peer, dd_record_t *asked)
{
    bool known = asked->type == DD_CONTROL || inspect_answers_is_question(asked->text);
    if (!known || !may_ask(peer)) {
        core_refuse(self, peer, known ? DD_E_LIMIT : DD_E_PROTOCOL, asked->ref, asked->text);
        return false;
    }
    asked->tenant = peer_tenant(peer);
    asked->source = dd_name_bytes(&peer->name);
    asked->hops = 0;
    randombytes_buf(&asked->number, sizeof asked->number);
    return true;
}

void inspect_question(core_t *self, peer_t *peer, const dd_record_t *record)
{
    dd_record_t asked = *record;
    asked.flags = 0;
    if (!peer_is_link(peer) && !begin_question(self, peer, &asked))
        return;
    if (find(self, asked.number))
        return;
    question_t *question = remember(self, peer, asked.number, record->ref);
    if (!question)
        return;
    dd_bytes_copy(asked.tenant, question->tenant, sizeof question->tenant);
    if (asked.hops++ < DD_HOPS_MAX)
        question->outstanding = ask_on(self, peer, &asked);
    answer(self, question, &asked);
}

void inspect_report(core_t *self, peer_t *link, const dd_record_t *record)
{
    question_t *question = find(self, record->number);
    if (!question || question->outstanding == 0 || link == question->asker)
        return;
    dd_record_t report = *record;
    report.flags &= DD_FLAG_LAST;
    report.ref = question->ref;
    report.tenant = dd_bytes_of(question->tenant);
    if (!peer_is_link(question->asker))
        report.number = 0;
    core_send(self, question->asker, &report);
    if (record->flags & DD_FLAG_LAST)
        question->outstanding += record->links - 1u;
}
