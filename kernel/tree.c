/* SPDX-License-Identifier: MIT */
/* AVL trees with parent links.
 *
 * Invariants: 1. an in-order walk gives keys in ascending order, equal ones by age. 2. node->height
 * is one more than the larger height below it, an absent child counting 0. 3. The heights of two
 * siblings differ by at most 1. */

#include "tree.h"

#include <stddef.h>

static int64_t height_of(const struct tree_node *node)
{
    return node == NULL ? 0 : node->height;
}

static void update_height(struct tree_node *node)
{
    int64_t left = height_of(node->child[0]);
    int64_t right = height_of(node->child[1]);
    node->height = (left > right ? left : right) + 1;
}

/* Positive: the right side is higher. */
static int64_t lean_of(const struct tree_node *node)
{
    return height_of(node->child[1]) - height_of(node->child[0]);
}

/* Puts `with` (or nothing) where `node` hangs below its parent. */
static void replace(struct tree *tree, struct tree_node *node, struct tree_node *with)
{
    struct tree_node *parent = node->parent;
    if (parent == NULL) {
        tree->root = with;
    } else {
        parent->child[parent->child[1] == node] = with;
    }
    if (with != NULL) {
        with->parent = parent;
    }
}

static void adopt(struct tree_node *parent, int side, struct tree_node *child)
{
    parent->child[side] = child;
    if (child != NULL) {
        child->parent = parent;
    }
}

/* The child on the other side of `side` rises above the node. Returns it. */
static struct tree_node *rotate(struct tree *tree, struct tree_node *node, int side)
{
    struct tree_node *riser = node->child[!side];
    replace(tree, node, riser);
    adopt(node, !side, riser->child[side]);
    adopt(riser, side, node);
    update_height(node);
    update_height(riser);
    return riser;
}

/* Restores the invariants from a node upwards after a change below it, as far as heights change. */
static void rebalance(struct tree *tree, struct tree_node *node)
{
    while (node != NULL) {
        int64_t before = node->height;
        int64_t lean = lean_of(node);
        if (lean > 1 || lean < -1) {
            int heavy = lean > 0;
            struct tree_node *child = node->child[heavy];
            if (height_of(child->child[!heavy]) > height_of(child->child[heavy])) {
                (void)rotate(tree, child, heavy);
            }
            node = rotate(tree, node, !heavy);
        } else {
            update_height(node);
        }
        if (node->height == before) {
            return;
        }
        node = node->parent;
    }
}

void tree_insert(struct tree *tree, struct tree_node *node, uint64_t key)
{
    struct tree_node *parent = NULL;
    struct tree_node **place = &tree->root;
    while (*place != NULL) {
        parent = *place;
        place = &parent->child[key >= parent->key];
    }
    node->parent = parent;
    node->child[0] = node->child[1] = NULL;
    node->key = key;
    node->height = 1;
    *place = node;
    rebalance(tree, parent);
}

static struct tree_node *leftmost(struct tree_node *node)
{
    while (node != NULL && node->child[0] != NULL) {
        node = node->child[0];
    }
    return node;
}

/* A node with two children gives its place to its successor, which has no left child. */
static struct tree_node *remove_inner(struct tree *tree, struct tree_node *node)
{
    struct tree_node *next = leftmost(node->child[1]);
    struct tree_node *changed = next->parent == node ? next : next->parent;
    replace(tree, next, next->child[1]);
    replace(tree, node, next);
    adopt(next, 0, node->child[0]);
    adopt(next, 1, node->child[1]);
    next->height = node->height;
    return changed;
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    struct tree_node *changed;
    if (node->child[0] != NULL && node->child[1] != NULL) {
        changed = remove_inner(tree, node);
    } else {
        changed = node->parent;
        replace(tree, node, node->child[node->child[0] == NULL]);
    }
    rebalance(tree, changed);
    node->parent = node->child[0] = node->child[1] = NULL;
    node->height = 0;
}

struct tree_node *tree_first(const struct tree *tree)
{
    return leftmost(tree->root);
}

struct tree_node *tree_next(const struct tree_node *node)
{
    if (node->child[1] != NULL) {
        return leftmost(node->child[1]);
    }
    while (node->parent != NULL && node->parent->child[1] == node) {
        node = node->parent;
    }
    return node->parent;
}

struct tree_node *tree_find(const struct tree *tree, uint64_t key)
{
    struct tree_node *found = NULL;
    struct tree_node *node = tree->root;
    while (node != NULL) {
        if (node->key == key) {
            found = node;
        }
        node = node->child[key > node->key];
    }
    return found;
}

struct tree_node *tree_above(const struct tree *tree, uint64_t key)
{
    struct tree_node *found = NULL;
    struct tree_node *node = tree->root;
    while (node != NULL) {
        if (node->key > key) {
            found = node;
        }
        node = node->child[key >= node->key];
    }
    return found;
}
