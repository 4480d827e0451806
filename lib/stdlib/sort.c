/* SPDX-License-Identifier: MIT */
/* qsort as a heap sort: n log n whatever the order, no recursion, no memory. And bsearch. */

#include <stdlib.h>

typedef int comparison(const void *, const void *);

struct sorting {
    unsigned char *array;
    size_t size;
    comparison *compare;
};

static void *element(const struct sorting *sorting, size_t index)
{
    return sorting->array + index * sorting->size;
}

static void elements_swap(const struct sorting *sorting, size_t a, size_t b)
{
    unsigned char *left = element(sorting, a);
    unsigned char *right = element(sorting, b);

    for (size_t i = 0; i < sorting->size; i++) {
        unsigned char byte = left[i];
        left[i] = right[i];
        right[i] = byte;
    }
}

/* Lets the element at `root` sink until no child in [0, count) is greater. */
static void heap_sink(const struct sorting *sorting, size_t root, size_t count)
{
    for (;;) {
        size_t child = 2 * root + 1;
        if (child >= count) {
            return;
        }
        if (child + 1 < count &&
            sorting->compare(element(sorting, child), element(sorting, child + 1)) < 0) {
            child++;
        }
        if (sorting->compare(element(sorting, root), element(sorting, child)) >= 0) {
            return;
        }
        elements_swap(sorting, root, child);
        root = child;
    }
}

void qsort(void *array, size_t count, size_t size, comparison *compare)
{
    struct sorting sorting = {array, size, compare};

    for (size_t root = count / 2; root > 0; root--) {
        heap_sink(&sorting, root - 1, count);
    }
    for (size_t last = count; last > 1; last--) {
        elements_swap(&sorting, 0, last - 1);
        heap_sink(&sorting, 0, last - 1);
    }
}

void *bsearch(const void *key, const void *array, size_t count, size_t size, comparison *compare)
{
    const unsigned char *first = array;

    while (count > 0) {
        const unsigned char *middle = first + count / 2 * size;
        int order = compare(key, middle);
        if (order == 0) {
            return (void *)middle;
        }
        if (order > 0) {
            first = middle + size;
            count -= count / 2 + 1;
        } else {
            count /= 2;
        }
    }
    return NULL;
}
