/* SPDX-License-Identifier: MIT */
#pragma once

/* Balanced (AVL) search trees keyed by a number, the node embedded in the record. Insert, remove
 * and search take O(log n) steps at worst. Equal keys are kept in order of insertion. */

#include <stdint.h>

struct tree_node {
    struct tree_node *parent, *child[2];
    uint64_t key;
    int64_t height;
};

struct tree {
    struct tree_node *root;
};

void tree_insert(struct tree *tree, struct tree_node *node, uint64_t key);
void tree_remove(struct tree *tree, struct tree_node *node);

/* The first node in order, NULL if empty; the node after one, NULL at the end. */
struct tree_node *tree_first(const struct tree *tree);
struct tree_node *tree_next(const struct tree_node *node);

/* A node with exactly this key; the first node with a larger one. NULL: none. */
struct tree_node *tree_find(const struct tree *tree, uint64_t key);
struct tree_node *tree_above(const struct tree *tree, uint64_t key);
