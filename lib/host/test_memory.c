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

#define NODES 20000

/* Fills `nodes` with blocks of all small sizes, then gives them back in the order that `step` says,
 * which has no divisor in common with NODES. */
static void peak(void **nodes, int step)
{
    for (int i = 0; i < NODES; i++) {
        nodes[i] = guest_malloc((size_t)(i % 1100));
        assert_non_null(nodes[i]);
    }
    for (int i = 0, at = 0; i < NODES; i++, at = (at + step) % NODES) {
        guest_free(nodes[at]);
    }
}

static void what_a_peak_has_taken_goes_back(void **state)
{
    static void *nodes[NODES];
    static const int steps[] = {1, NODES - 1, 7919, 12347};

    (void)state;
    int64_t before = pages_out;
    for (size_t i = 0; i < COUNT(steps); i++) {
        peak(nodes, steps[i]);
        assert_in_range(pages_out, before, before + 64);
    }
}

/* Neighbours go back in one call. */
static void giving_back_is_not_a_call_a_page(void **state)
{
    static void *nodes[NODES];

    (void)state;
    int64_t before = memory_calls;
    peak(nodes, 1);
    int64_t pages =
        NODES * 600 / 4096; /* at least, the mean size being 550 and more with its gap */
    assert_true(memory_calls - before < pages);
}

/* At no number of blocks does taking one and giving it back, or a slab's worth, call the kernel
 * each time. */
static void no_boundary_costs_calls(void **state)
{
    static void *nodes[3000], *more[200];

    (void)state;
    for (size_t held = 0; held < COUNT(nodes); held++) {
        nodes[held] = guest_malloc(900);
        int64_t before = memory_calls;
        for (int round = 0; round < 50; round++) {
            size_t count = held % 100 == 0 ? 40 : 5;
            for (size_t i = 0; i < count; i++) {
                more[i] = guest_malloc(900);
            }
            for (size_t i = 0; i < count; i++) {
                guest_free(more[i]);
            }
        }
        assert_in_range(memory_calls - before, 0, 8);
    }
    for (size_t held = 0; held < COUNT(nodes); held++) {
        guest_free(nodes[held]);
    }
}

static void the_last_memory_serves_any_size(void **state)
{
    static void *nodes[NODES];

    (void)state;
    pages_most = pages_out + 2000;
    for (int round = 0; round < 3; round++) {
        int count = 0;
        while (count < NODES && (nodes[count] = guest_malloc(500)) != NULL) {
            count++;
        }
        assert_true(pages_most - pages_out == 0);
        for (int i = 0; i < count; i++) {
            guest_free(nodes[i]);
        }
        void *large = guest_malloc(1900 * 4096);
        assert_non_null(large);
        guest_errno = 0;
        assert_null(guest_malloc(1900 * 4096));
        assert_int_equal(guest_errno, 12);
        guest_free(large);
    }
    pages_most = INT64_MAX;
}

static void blocks_are_aligned(void **state)
{
    static struct held held[100];

    (void)state;
    int64_t before = pages_out;
    srand(3);
    for (int round = 0; round < 5000; round++) {
        struct held *one = &held[rand() % 100];
        size_t alignment = (size_t)1 << rand() % (round % 50 == 0 ? 21 : 13);
        held_check(one);
        guest_free(one->block);
        one->size = (size_t)(rand() % (rand() % 8 == 0 ? 20000 : 300));
        one->block = guest_aligned_alloc(alignment, one->size);
        assert_non_null(one->block);
        assert_int_equal((uintptr_t)one->block % (alignment < 16 ? 16 : alignment), 0);
        one->value = (unsigned char)round;
        memset(one->block, one->value, one->size);
        if (round % 10 == 0) {
            size_t size = one->size + (size_t)(rand() % 5000);
            one->block = guest_realloc(one->block, size);
            held_check(one);
            memset(one->block, one->value, size);
            one->size = size;
        }
    }
    for (int i = 0; i < 100; i++) {
        held_check(&held[i]);
        guest_free(held[i].block);
    }
    assert_true(pages_out <= before + 64);
}

static void no_power_of_two_is_no_alignment(void **state)
{
    (void)state;
    for (size_t alignment = 0; alignment < 5000; alignment++) {
        guest_errno = 0;
        void *block = guest_aligned_alloc(alignment, 100);
        if (alignment != 0 && (alignment & (alignment - 1)) == 0) {
            assert_non_null(block);
            guest_free(block);
        } else {
            assert_null(block);
            assert_int_equal(guest_errno, 22);
        }
    }
    assert_null(guest_aligned_alloc((size_t)1 << 63, 100));
    assert_int_equal(guest_errno, 12);
}

static void the_heap_refuses_what_is_too_large(void **state)
{
    (void)state;
    assert_null(guest_malloc(SIZE_MAX));
    assert_null(guest_malloc((size_t)PTRDIFF_MAX));
    guest_errno = 0;
    assert_null(guest_calloc(SIZE_MAX / 2, 3));
    assert_int_equal(guest_errno, 12);
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
        cmocka_unit_test(what_a_peak_has_taken_goes_back),
        cmocka_unit_test(giving_back_is_not_a_call_a_page),
        cmocka_unit_test(no_boundary_costs_calls),
        cmocka_unit_test(the_last_memory_serves_any_size),
        cmocka_unit_test(blocks_are_aligned),
        cmocka_unit_test(no_power_of_two_is_no_alignment),
        cmocka_unit_test(the_heap_refuses_what_is_too_large),
        cmocka_unit_test(memory_moves_as_the_host_moves_it),
        cmocka_unit_test(memory_overlaps_at_every_distance),
        cmocka_unit_test(bytes_are_found_from_both_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
