/* SPDX-License-Identifier: MIT */
/* The heap is filled and checked by chance; memory is moved beside the host's. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/host/guest.h"

struct held {
    unsigned char *block;
    size_t size;
    unsigned char value;
};

static void held_check(const struct held *held)
{
    for (size_t i = 0; i < held->size; i++) {
        assert_int_equal(held->block[i], held->value);
    }
}

/* One step of the heap's test: gives a held block back, resizes it, or takes a new one. */
static void heap_step(struct held *held, int round)
{
    size_t size = (size_t)(rand() % (rand() % 8 == 0 ? 20000 : 300));
    size_t old = held->size;

    held_check(held);
    if (held->block != NULL && rand() % 3 == 0) {
        held->block = guest_realloc(held->block, size);
        assert_non_null(held->block);
        held->size = old < size ? old : size;
        held_check(held);
    } else {
        guest_free(held->block);
        held->block = guest_malloc(size);
        assert_non_null(held->block);
    }
    assert_int_equal((uintptr_t)held->block % 16, 0);
    held->size = size;
    held->value = (unsigned char)round;
    memset(held->block, held->value, size);
}

static void the_heap_keeps_blocks_apart(void **state)
{
    static struct held held[200];

    (void)state;
    srand(1);
    for (int round = 0; round < 20000; round++) {
        heap_step(&held[rand() % 200], round);
    }
    int64_t most = pages_out;
    for (int i = 0; i < 200; i++) {
        held_check(&held[i]);
        guest_free(held[i].block);
    }
    assert_true(pages_out < most);
    int64_t kept = pages_out;
    for (int i = 0; i < 5000; i++) {
        guest_free(guest_malloc(400));
        guest_free(guest_malloc(100000));
    }
    assert_int_equal(pages_out, kept);
}

static void the_heap_refuses_what_is_too_large(void **state)
{
    (void)state;
    assert_null(guest_malloc(SIZE_MAX));
    assert_null(guest_malloc((size_t)PTRDIFF_MAX));
    assert_null(guest_calloc(SIZE_MAX / 2, 3));
    assert_null(guest_reallocarray(NULL, SIZE_MAX / 2, 3));
    unsigned char *zeroed = guest_calloc(100, 7);
    for (int i = 0; i < 700; i++) {
        assert_int_equal(zeroed[i], 0);
    }
    guest_free(zeroed);
    guest_free(NULL);
}

/* The library's way of moving memory, and the one for other processors. */
static const struct mover {
    void *(*copy)(void *to, const void *from, size_t size);
    void *(*move)(void *to, const void *from, size_t size);
    void *(*set)(void *to, int value, size_t size);
} movers[] = {{guest_memcpy, guest_memmove, guest_memset},
              {portable_memcpy, portable_memmove, portable_memset}};

/* One comparison of all three with the host's, anywhere in two equal rows of bytes. */
static void memory_step(const struct mover *mover, unsigned char *mine, unsigned char *theirs,
                        size_t most, int round)
{
    size_t size = (size_t)rand() % (most / 2);
    size_t from = (size_t)rand() % (most - size);
    size_t to = (size_t)rand() % (most - size);
    size_t half = size / 2;

    mover->move(mine + to, mine + from, size);
    memmove(theirs + to, theirs + from, size);
    assert_memory_equal(mine, theirs, most);
    assert_ptr_equal(mover->set(mine + from, round, size), mine + from);
    memset(theirs + from, round, size);
    assert_memory_equal(mine, theirs, most);
    assert_ptr_equal(mover->copy(mine + from, mine + from + half, half), mine + from);
    memcpy(theirs + from, theirs + from + half, half);
    assert_int_equal(guest_memcmp(mine, theirs, most), 0);
}

static void memory_moves_as_the_host_moves_it(void **state)
{
    static unsigned char mine[20000], theirs[20000];
    static const size_t sizes[] = {20, 90, 300, 3000, sizeof mine};

    (void)state;
    srand(2);
    for (size_t i = 0; i < sizeof mine; i++) {
        mine[i] = theirs[i] = (unsigned char)rand();
    }
    for (int round = 0; round < 20000; round++) {
        memory_step(&movers[round % 2], mine, theirs, sizes[(size_t)rand() % COUNT(sizes)], round);
        size_t place = (size_t)rand() % sizeof mine;
        mine[place] = theirs[place] = (unsigned char)rand();
    }
    assert_true(guest_memcmp("a\xff", "a\x01", 2) > 0);
    assert_true(guest_memcmp("12345678a", "12345678b", 9) < 0);
    assert_int_equal(guest_memcmp("12345678a", "12345678b", 8), 0);
}

/* Overlaps of every small distance, both ways, at the sizes where the way of moving changes. */
static void memory_overlaps_at_every_distance(void **state)
{
    static const size_t sizes[] = {1,  2,  3,  4,  7,   8,   9,   15,   16,   17,   31,
                                   32, 33, 64, 65, 127, 128, 129, 2047, 2048, 2049, 5000};
    unsigned char mine[8000], theirs[8000];

    (void)state;
    for (size_t i = 0; i < COUNT(sizes) * COUNT(movers); i++) {
        const struct mover *mover = &movers[i / COUNT(sizes)];
        size_t size = sizes[i % COUNT(sizes)];
        for (size_t distance = 0; distance < 140; distance++) {
            for (size_t k = 0; k < sizeof mine; k++) {
                mine[k] = theirs[k] = (unsigned char)(k * 7 + k / 256);
            }
            mover->move(mine + distance, mine, size);
            memmove(theirs + distance, theirs, size);
            mover->move(mine + 100, mine + 100 + distance, size);
            memmove(theirs + 100, theirs + 100 + distance, size);
            assert_memory_equal(mine, theirs, sizeof mine);
        }
    }
}

static void bytes_are_found_from_both_ends(void **state)
{
    static const char text[] = "to be or not to be";

    (void)state;
    assert_ptr_equal(guest_memchr(text, 'o', 18), text + 1);
    assert_null(guest_memchr(text, 'x', 18));
    assert_ptr_equal(guest_memrchr(text, 'o', 18), text + 14);
    assert_null(guest_memrchr(text, 't', 0));
    assert_ptr_equal(guest_memmem(text, 18, "be", 2), text + 3);
    assert_ptr_equal(guest_memmem(text, 18, "", 0), text);
    assert_null(guest_memmem(text, 17, "to be!", 6));
    assert_null(guest_memmem(text, 3, "to be", 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_heap_keeps_blocks_apart),
        cmocka_unit_test(the_heap_refuses_what_is_too_large),
        cmocka_unit_test(memory_moves_as_the_host_moves_it),
        cmocka_unit_test(memory_overlaps_at_every_distance),
        cmocka_unit_test(bytes_are_found_from_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
