/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_peer - what a peer is called, and what it did
 */
#include "ddbroker/core/peer.h"
#include "tests/unit/unit.h"

static void test_a_peer_is_called_by_the_best_that_is_known(void **state)
{
    (void)state;
    static const struct {
        role_t role;
        const char *tenant, *name;
        const char *text;
    } CASES[] = {
        {ROLE_CLIENT, "a", "a.cli", "client a.cli"},
        {ROLE_CLIENT, "a", "", "client of a"},
        {ROLE_OPERATOR, "", "watch", "operator watch"},
        {ROLE_OPERATOR, "", "", "operator"},
        {ROLE_CHILD, "", "leaf", "broker leaf"},
        {ROLE_CHILD, "", "", "broker"},
        {ROLE_PARENT, "", "root", "parent root"},
        {ROLE_PARENT, "", "", "parent"},
        {0, "", "", "peer"},
        {ROLE_LINK, "", "two at once", "peer two at once"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        peer_t peer = {.role = CASES[i].role};
        char text[PEER_TEXT_MAX];
        dd_bytes_copy(B(CASES[i].tenant), peer.tenant, sizeof peer.tenant);
        dd_bytes_copy(B(CASES[i].name), peer.name.text, sizeof peer.name.text);
        peer.name.size = (uint8_t)strlen(CASES[i].name);
        assert_ptr_equal(peer_text(&peer, text), text);
        assert_string_equal(text, CASES[i].text);
    }
}

static void test_the_longest_name_fits(void **state)
{
    (void)state;
    peer_t peer = {.role = ROLE_OPERATOR, .name = {.size = DD_NAME_MAX}};
    char text[PEER_TEXT_MAX];
    memset(peer.name.text, 'x', DD_NAME_MAX);
    peer_text(&peer, text);
    assert_int_equal(strlen(text), strlen("operator ") + DD_NAME_MAX);
    memset(peer.tenant, 't', DD_TENANT_MAX);
    assert_true(dd_bytes_equal(peer_tenant(&peer), dd_bytes(peer.tenant, DD_TENANT_MAX)));
}

static void test_links_are_brokers(void **state)
{
    (void)state;
    static const role_t ROLES[] = {ROLE_CLIENT, ROLE_OPERATOR, ROLE_CHILD, ROLE_PARENT};
    for (size_t i = 0; i < COUNT(ROLES); i++)
        assert_int_equal(peer_is_link(&(peer_t){.role = ROLES[i]}), i >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_peer_is_called_by_the_best_that_is_known),
        cmocka_unit_test(test_the_longest_name_fits),
        cmocka_unit_test(test_links_are_brokers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
