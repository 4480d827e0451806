/* SPDX-License-Identifier: MIT */
/* Looking at memory. What moves it is in copy.c, or for a processor in a file of its own. */

#include <stdint.h>
#include <string.h>

/* A word at any address. */
typedef uint64_t word __attribute__((aligned(1), may_alias));

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *left = a;
    const unsigned char *right = b;

    while (size >= sizeof(word) && *(const word *)left == *(const word *)right) {
        left += sizeof(word);
        right += sizeof(word);
        size -= sizeof(word);
    }
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

void *memchr(const void *memory, int value, size_t size)
{
    const unsigned char *bytes = memory;

    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == (unsigned char)value) {
            return (void *)(bytes + i);
        }
    }
    return NULL;
}

void *memrchr(const void *memory, int value, size_t size)
{
    const unsigned char *bytes = memory;

    while (size > 0) {
        if (bytes[--size] == (unsigned char)value) {
            return (void *)(bytes + size);
        }
    }
    return NULL;
}

void *memmem(const void *memory, size_t size, const void *part, size_t part_size)
{
    const unsigned char *bytes = memory;

    for (; part_size <= size; bytes++, size--) {
        if (memcmp(bytes, part, part_size) == 0) {
            return (void *)bytes;
        }
    }
    return NULL;
}
