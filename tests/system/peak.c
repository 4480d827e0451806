/* SPDX-License-Identifier: MIT */
/* For test_heap.sh: what small blocks had in a peak serves a large one, and other processes. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <terrarium.h>

#define LARGE ((size_t)30 << 20)

struct node {
    struct node *next;
    char text[48];
};

static long pages(void)
{
    struct tr_process_info info;

    return tr_process_self(&info) < 0 ? -1 : (long)info.pages;
}

/* Every second node is given back first. */
static struct node *give_half(struct node *list)
{
    struct node *kept = NULL;

    for (int i = 0; list != NULL; i++) {
        struct node *next = list->next;
        if (i % 2 == 0) {
            free(list);
        } else {
            list->next = kept;
            kept = list;
        }
        list = next;
    }
    return kept;
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
    long before = pages();

    for (int round = 1; round <= 3; round++) {
        struct node *list = NULL;
        for (size_t i = 0; i < count; i++) {
            struct node *node = malloc(sizeof *node);
            if (node == NULL) {
                printf("no node %zu\n", i);
                return 1;
            }
            node->next = list;
            list = node;
        }
        long most = pages();
        while (list != NULL) {
            list = give_half(list);
        }
        void *large = malloc(argc > 2 ? 1 : LARGE);
        printf("round %d: %s; %s; a large block: %s\n", round,
               most - before > (long)(count / 64) ? "a peak" : "no peak",
               pages() - before < (argc > 2 ? 100 : (long)(LARGE >> 12) + 100) ? "given back"
                                                                               : "kept",
               large != NULL ? "yes" : "no");
        free(large);
    }
    return 0;
}
