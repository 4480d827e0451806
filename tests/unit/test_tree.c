/* SPDX-License-Identifier: MIT */
/* The balanced trees: order, search and depth under insertion and removal in many orders. */

#include "unit.h"

#include "kernel/tree.h"

#define NODES 1000

static struct tree_node nodes[NODES];

/* Counts nodes while checking order, parents and balance (AVL: 1.45 log2 n is the deepest). */
static uint64_t depth(const struct tree_node *node, const struct tree_node *parent, uint64_t *count)
{
    if (node == NULL) {
        return 0;
    }
    assert_ptr_equal(node->parent, parent);
    uint64_t left = depth(node->child[0], node, count);
    uint64_t right = depth(node->child[1], node, count);
    assert_true(left <= right + 1 && right <= left + 1);
    (*count)++;
    return 1 + (left > right ? left : right);
}

static void check(const struct tree *tree, uint64_t count)
{
    uint64_t found = 0;
    uint64_t walked = 0;

    (void)depth(tree->root, NULL, &found);
    assert_int_equal(found, count);
    for (const struct tree_node *node = tree_first(tree); node != NULL; node = tree_next(node)) {
        const struct tree_node *next = tree_next(node);
        assert_true(next == NULL || next->key >= node->key);
        walked++;
    }
    assert_int_equal(walked, count);
}

static void an_empty_tree_has_nothing(void **state)
{
    struct tree tree = {NULL};

    (void)state;
    assert_null(tree_first(&tree));
    assert_null(tree_find(&tree, 1));
    assert_null(tree_above(&tree, 0));
}

/* 7919 is a prime: i * 7919 % NODES is each number once. */
static void any_order_of_insertion_and_removal_stays_balanced(void **state)
{
    static const uint64_t steps[] = {1, NODES - 1, 7919, 333, 501};
    (void)state;

    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        struct tree tree = {NULL};
        for (uint64_t i = 0; i < NODES; i++) {
            tree_insert(&tree, &nodes[i], i * steps[s] % NODES);
        }
        check(&tree, NODES);
        for (uint64_t i = 0; i < NODES; i++) {
            tree_remove(&tree, &nodes[i * 7919 % NODES]);
            if (i % 50 == 0) {
                check(&tree, NODES - 1 - i);
            }
        }
        assert_null(tree.root);
    }
}

static void find_is_exact_and_above_is_the_next_larger(void **state)
{
    struct tree tree = {NULL};

    (void)state;
    for (uint64_t i = 0; i < NODES; i++) {
        tree_insert(&tree, &nodes[i], i * 10);
    }
    for (uint64_t i = 0; i < NODES; i++) {
        assert_ptr_equal(tree_find(&tree, i * 10), &nodes[i]);
        assert_null(tree_find(&tree, i * 10 + 1));
        assert_ptr_equal(tree_above(&tree, i * 10), i + 1 < NODES ? &nodes[i + 1] : NULL);
        assert_ptr_equal(tree_above(&tree, i * 10 + 9), i + 1 < NODES ? &nodes[i + 1] : NULL);
    }
}

static void equal_keys_keep_their_order_of_insertion(void **state)
{
    struct tree tree = {NULL};

    (void)state;
    for (uint64_t i = 0; i < NODES; i++) {
        tree_insert(&tree, &nodes[i], i % 4);
    }
    const struct tree_node *before = tree_first(&tree);
    for (const struct tree_node *node = tree_next(before); node != NULL; node = tree_next(node)) {
        assert_true(node->key > before->key || node > before);
        before = node;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_tree_has_nothing),
        cmocka_unit_test(any_order_of_insertion_and_removal_stays_balanced),
        cmocka_unit_test(find_is_exact_and_above_is_the_next_larger),
        cmocka_unit_test(equal_keys_keep_their_order_of_insertion),
    };

    return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
