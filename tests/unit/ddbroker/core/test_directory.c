/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_directory - names and the peers through which they are reached
 */
#include <stdio.h>

#include "ddbroker/core/peer.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

#define MANY 10000

static void test_names_are_found_exactly(void **state)
{
    static const char *const NAMES[] = {"a.x", "a.xx", "ab.x", "a.X", "a", "a.x.", ".a.x"};
    (void)state;
    directory_t directory = {0};
    peer_t peer = {0};
    size_t count = COUNT(NAMES);
    for (size_t i = 0; i < count; i++) {
        assert_null(directory_find(&directory, dd_bytes_of(NAMES[i])));
        entry_t *entry = directory_add(&directory, dd_bytes_of(NAMES[i]), &peer, i);
        assert_string_equal(entry->name, NAMES[i]);
        assert_true(dd_bytes_equal(entry_name(entry), dd_bytes_of(NAMES[i])));
    }
    assert_int_equal(directory_count(&directory), count);
    for (size_t i = 0; i < count; i++) {
        entry_t *entry = directory_find(&directory, dd_bytes_of(NAMES[i]));
        assert_int_equal(entry->instance, i);
        assert_ptr_equal(entry->via, &peer);
        directory_remove(&directory, entry);
        assert_null(directory_find(&directory, dd_bytes_of(NAMES[i])));
    }
    assert_int_equal(directory_count(&directory), 0);
    assert_null(peer.entries);
}

static void test_names_are_copied(void **state)
{
    (void)state;
    directory_t directory = {0};
    peer_t peer = {0};
    char name[] = "a.x";
    entry_t *entry = directory_add(&directory, dd_bytes(name, 3), &peer, 1);
    memset(name, '#', sizeof name);
    assert_ptr_equal(directory_find(&directory, dd_bytes_of("a.x")), entry);
    directory_remove(&directory, entry);
}

static void test_each_peer_has_its_own(void **state)
{
    (void)state;
    directory_t directory = {0};
    peer_t peers[3] = {0};
    char name[32];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "a.client%u", i);
        assert_non_null(directory_add(&directory, dd_bytes_of(name), &peers[i % 3], i));
    }
    while (peers[1].entries)
        directory_remove(&directory, peers[1].entries);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "a.client%u", i);
        entry_t *entry = directory_find(&directory, dd_bytes_of(name));
        assert_int_equal(entry != NULL, i % 3 != 1);
        assert_true(!entry || (entry->via == &peers[i % 3] && entry->instance == i));
    }
    while (peers[0].entries)
        directory_remove(&directory, peers[0].entries);
    while (peers[2].entries)
        directory_remove(&directory, peers[2].entries);
    assert_int_equal(directory_count(&directory), 0);
}

/* Every allocation fails once: then the name isn't there, and all others are. */
static void test_out_of_memory_adds_nothing(void **state)
{
    (void)state;
    directory_t directory = {0};
    peer_t peer = {0};
    for (unsigned i = 0; i < 500; i++) {
        char name[32];
        snprintf(name, sizeof name, "a.client%u", i);
        for (size_t allowed = 0;; allowed++) {
            memory_limit_begin(allowed);
            const entry_t *entry = directory_add(&directory, B(name), &peer, i);
            if (!memory_limit_end())
                break;
            assert_null(entry);
            assert_null(directory_find(&directory, B(name)));
            assert_int_equal(directory_count(&directory), i);
        }
    }
    assert_int_equal(directory_count(&directory), 500);
    while (peer.entries)
        directory_remove(&directory, peer.entries);
    assert_int_equal(directory_count(&directory), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_are_found_exactly),
        cmocka_unit_test(test_names_are_copied),
        cmocka_unit_test(test_each_peer_has_its_own),
        cmocka_unit_test(test_out_of_memory_adds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
