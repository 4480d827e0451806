/* SPDX-License-Identifier: MIT */
/* memcpy, memmove and memset for every processor: a word at a time. Compilers call these by
 * themselves, for structure copies too. */

#include <stdint.h>
#include <string.h>

/* A word at any address. */
typedef uint64_t word __attribute__((aligned(1), may_alias));

static void copy_forwards(unsigned char *to, const unsigned char *from, size_t size)
{
    while (size >= sizeof(word)) {
        *(word *)to = *(const word *)from;
        to += sizeof(word);
        from += sizeof(word);
        size -= sizeof(word);
    }
    while (size > 0) {
        *to++ = *from++;
        size--;
    }
}

static void copy_backwards(unsigned char *to, const unsigned char *from, size_t size)
{
    while (size >= sizeof(word)) {
        size -= sizeof(word);
        *(word *)(to + size) = *(const word *)(from + size);
    }
    while (size > 0) {
        size--;
        to[size] = from[size];
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    copy_forwards(to, from, size);
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    /* Unsigned: also true when `to` lies below `from`. */
    if ((uintptr_t)to - (uintptr_t)from >= size) {
        copy_forwards(to, from, size);
    } else {
        copy_backwards(to, from, size);
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    unsigned char *next = to;
    uint64_t bytes = (unsigned char)value * UINT64_C(0x0101010101010101);

    while (size >= sizeof(word)) {
        *(word *)next = bytes;
        next += sizeof(word);
        size -= sizeof(word);
    }
    while (size > 0) {
        *next++ = (unsigned char)value;
        size--;
    }
    return to;
}
