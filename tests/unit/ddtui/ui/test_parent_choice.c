/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_parent_choice - which parents a broker may be moved to
 */
#include "ddtui/ui/parent_choice.h"
#include "tests/unit/ddtui/scripted.h"

#define PARENTS(list) "\"parents\":\"" list "\","

/* leaf is beneath mid, and twig beneath leaf. */
static const char *const TREE[] = {
    SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
    SCRIPTED_BROKER("mid", "/1/1/", "bb", "\"aa\"", PARENTS("tcp://root:1 joined")),
    SCRIPTED_BROKER("leaf", "/1/1/1/", "cc", "\"bb\"",
        PARENTS("tcp://leaf:1 this broker, tcp://mid:1 joined, tcp://away:1 silent, "
                "tcp://spare:1 unknown")),
    SCRIPTED_BROKER("twig", "/1/1/1/1/", "dd", "\"cc\"", PARENTS("tcp://leaf-too:1 joined")),
    SCRIPTED_BROKER("bud", "/1/1/1/1/1/", "ee", "\"dd\"", PARENTS("tcp://twig:1 joined")),
    SCRIPTED_BROKER("side", "/1/2/", "ff", "\"aa\"",
        PARENTS("tcp://root:1 joined, tcp://mid-too:1 answers, tcp://spare:1 silent")),
};

static void test_what_can_not_be_joined_is_not_offered_and_the_own_parents_come_first(void **state)
{
    static const char *const OFFERS[][2] = {{"tcp://away:1", "doesn't answer"},
        {"tcp://spare:1", ""}, {"tcp://root:1", "root"}, {"tcp://mid-too:1", ""}};
    (void)state;
    completions_t *offers = calloc(1, sizeof *offers);
    assert_non_null(offers);
    session_view_t *session = scripted_session();
    scripted_round(session, VIEW_TREE, TREE, COUNT(TREE));
    parent_choice_offer(offers, session, "cc", "");
    assert_int_equal(offers->count, COUNT(OFFERS));
    for (size_t i = 0; i < COUNT(OFFERS); i++) {
        assert_string_equal(offers->texts[i], OFFERS[i][0]);
        assert_string_equal(offers->notes[i], OFFERS[i][1]);
    }
    parent_choice_offer(offers, session, "cc", "roo");
    assert_int_equal(offers->count, 1);
    assert_string_equal(offers->texts[0], "tcp://root:1");
    parent_choice_offer(offers, session, "99", "");
    assert_int_equal(offers->count, 0);
    session_view_destroy(&session);
    free(offers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_can_not_be_joined_is_not_offered_and_the_own_parents_come_first),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
