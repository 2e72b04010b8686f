/*
 * test_link - brokers join, leave, resync, and never form a loop
 */
#include "tree.h"

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_smoke(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/2/");
    broker_t *leaf = broker_new(tree, "leaf", middle, "auto");
    assert_string_equal(core_scope(leaf->core), "/1/2/1/");
    actor_t *one = actor_client(leaf, "a", "one"), *two = actor_client(root, "a", "two");
    actor_send(one, "two", "hello", 7);
    const dd_record_t *data = actor_expect(two, DD_DATA);
    assert_bytes(data->source, "one");
    actor_expect_nothing(one);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_smoke)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
