/* SPDX-License-Identifier: MIT */
/* memcpy, memmove and memset for x86-64. Three ways by size: up to 32 bytes two pieces from both
 * ends, which may overlap; then 64 bytes a round; from STRING_LEAST on the processor's own string
 * instructions, which move whole cache lines and are slow to start. */

#include <stdint.h>
#include <string.h>

/* Measured on Zen 3, where `rep movsb` wins from 1 to 2 KiB on, and is slower than bytes moved one
 * by one if the target lies less than half a cache line behind the source, counted within pages. */
#define STRING_LEAST 2048
#define IN_PAGE      4095
#define TOO_NEAR     32

/* Pieces at any address. */
typedef uint16_t two __attribute__((aligned(1), may_alias));
typedef uint32_t four __attribute__((aligned(1), may_alias));
typedef uint64_t eight __attribute__((aligned(1), may_alias));
typedef uint64_t sixteen __attribute__((vector_size(16), aligned(1), may_alias));

/* Both pieces are loaded before one is stored: source and target may overlap in any way. */
#define MOVE_ENDS(type, to, from, size)                                                            \
    do {                                                                                           \
        type head_ = *(const type *)(from);                                                        \
        type tail_ = *(const type *)((from) + (size) - sizeof(type));                              \
        *(type *)(to) = head_;                                                                     \
        *(type *)((to) + (size) - sizeof(type)) = tail_;                                           \
    } while (0)

/* At most 32 bytes, overlapping or not. */
static inline void move_small(unsigned char *to, const unsigned char *from, size_t size)
{
    if (size >= 16) {
        MOVE_ENDS(sixteen, to, from, size);
    } else if (size >= 8) {
        MOVE_ENDS(eight, to, from, size);
    } else if (size >= 4) {
        MOVE_ENDS(four, to, from, size);
    } else if (size >= 2) {
        MOVE_ENDS(two, to, from, size);
    } else if (size == 1) {
        *to = *from;
    }
}

static inline void move_64(unsigned char *to, const unsigned char *from)
{
    sixteen a = *(const sixteen *)from;
    sixteen b = *(const sixteen *)(from + 16);
    sixteen c = *(const sixteen *)(from + 32);
    sixteen d = *(const sixteen *)(from + 48);

    *(sixteen *)to = a;
    *(sixteen *)(to + 16) = b;
    *(sixteen *)(to + 32) = c;
    *(sixteen *)(to + 48) = d;
}

/* More than 32 bytes. The last 32 are loaded first, so the rounds may run over them. */
static inline void move_forwards(unsigned char *to, const unsigned char *from, size_t size)
{
    unsigned char *end = to + size;
    sixteen last = *(const sixteen *)(from + size - 16);
    sixteen before = *(const sixteen *)(from + size - 32);

    for (; size > 64; size -= 64) {
        move_64(to, from);
        to += 64;
        from += 64;
    }
    if (size > 32) {
        MOVE_ENDS(sixteen, to, from, 32);
    }
    *(sixteen *)(end - 32) = before;
    *(sixteen *)(end - 16) = last;
}

static inline void move_backwards(unsigned char *to, const unsigned char *from, size_t size)
{
    sixteen first = *(const sixteen *)from;
    sixteen second = *(const sixteen *)(from + 16);

    for (; size > 64; size -= 64) {
        move_64(to + size - 64, from + size - 64);
    }
    if (size > 32) {
        MOVE_ENDS(sixteen, to + size - 32, from + size - 32, 32);
    }
    *(sixteen *)to = first;
    *(sixteen *)(to + 16) = second;
}

static inline int is_for_string(const unsigned char *to, const unsigned char *from, size_t size)
{
    uintptr_t distance = ((uintptr_t)to - (uintptr_t)from) & IN_PAGE;

    return size >= STRING_LEAST && (distance == 0 || distance >= TOO_NEAR);
}

static inline void move_string(void *to, const void *from, size_t size)
{
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    if (size <= 32) {
        move_small(to, from, size);
    } else if (is_for_string(to, from, size)) {
        move_string(to, from, size);
    } else {
        move_forwards(to, from, size);
    }
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    uintptr_t distance = (uintptr_t)to - (uintptr_t)from;

    if (size <= 32) {
        move_small(to, from, size);
    } else if (distance < size) {
        move_backwards(to, from, size);
    } else if (-distance >= size && is_for_string(to, from, size)) {
        move_string(to, from, size);
    } else {
        /* Where the two overlap the string instruction goes byte by byte. */
        move_forwards(to, from, size);
    }
    return to;
}

void *memset(void *to, int value, size_t size)
{
    unsigned char *next = to;
    uint64_t word = (unsigned char)value * UINT64_C(0x0101010101010101);
    sixteen bytes = {word, word};

    if (size >= STRING_LEAST) {
        __asm__ volatile("rep stosb" : "+D"(next), "+c"(size) : "a"(value) : "memory");
    } else if (size >= 16) {
        *(sixteen *)(next + size - 16) = bytes;
        for (; size > 16; size -= 16) {
            *(sixteen *)next = bytes;
            next += 16;
        }
    } else if (size >= 8) {
        *(eight *)next = word;
        *(eight *)(next + size - 8) = word;
    } else {
        while (size > 0) {
            next[--size] = (unsigned char)value;
        }
    }
    return to;
}
