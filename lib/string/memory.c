/* SPDX-License-Identifier: MIT */
/* memcpy and its family. Compilers call these by themselves, for structure copies too. Words are
 * moved through the compiler's own fixed-size copies, so addresses need not be aligned. */

#include <stdint.h>
#include <string.h>

static uint64_t word_load(const unsigned char *from)
{
    uint64_t word;

    __builtin_memcpy(&word, from, sizeof word);
    return word;
}

static void word_store(unsigned char *to, uint64_t word)
{
    __builtin_memcpy(to, &word, sizeof word);
}

static void copy_forwards(unsigned char *to, const unsigned char *from, size_t size)
{
    while (size >= 8) {
        word_store(to, word_load(from));
        to += 8;
        from += 8;
        size -= 8;
    }
    while (size > 0) {
        *to++ = *from++;
        size--;
    }
}

static void copy_backwards(unsigned char *to, const unsigned char *from, size_t size)
{
    while (size >= 8) {
        size -= 8;
        word_store(to + size, word_load(from + size));
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
    uint64_t word = (unsigned char)value * UINT64_C(0x0101010101010101);

    while (size >= 8) {
        word_store(next, word);
        next += 8;
        size -= 8;
    }
    while (size > 0) {
        *next++ = (unsigned char)value;
        size--;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
    const unsigned char *left = a;
    const unsigned char *right = b;

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
