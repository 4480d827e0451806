/* SPDX-License-Identifier: MIT */
/* Atomic objects that the processor has no instruction for: what the compiler calls for them. One
 * lock guards them all. The names are the compiler's own, so ours come by another. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <terrarium.h>

__extension__ typedef unsigned __int128 pair;

bool atomic_is_small(size_t size, const volatile void *object) __asm__("__atomic_is_lock_free");
void atomic_large_load(size_t size, const void *object, void *to,
                       int order) __asm__("__atomic_load");
void atomic_large_store(size_t size, void *object, const void *from,
                        int order) __asm__("__atomic_store");
void atomic_large_exchange(size_t size, void *object, const void *from, void *to,
                           int order) __asm__("__atomic_exchange");
bool atomic_large_compare(size_t size, void *object, void *expected, const void *from, int order,
                          int failed_order) __asm__("__atomic_compare_exchange");
pair atomic_pair_load(const void *object, int order) __asm__("__atomic_load_16");
void atomic_pair_store(void *object, pair value, int order) __asm__("__atomic_store_16");
pair atomic_pair_exchange(void *object, pair value, int order) __asm__("__atomic_exchange_16");
bool atomic_pair_compare(void *object, void *expected, pair value, int order,
                         int failed_order) __asm__("__atomic_compare_exchange_16");

static uint32_t atomic_lock;

static void lock(void)
{
    while (__atomic_exchange_n(&atomic_lock, 1, __ATOMIC_SEQ_CST) != 0) {
        tr_thread_yield();
    }
}

static void unlock(void)
{
    __atomic_store_n(&atomic_lock, 0, __ATOMIC_SEQ_CST);
}

bool atomic_is_small(size_t size, const volatile void *object)
{
    return size != 0 && size <= sizeof(uint64_t) && (size & (size - 1)) == 0 &&
           (uintptr_t)object % size == 0;
}

void atomic_large_load(size_t size, const void *object, void *to, int order)
{
    (void)order;
    lock();
    memcpy(to, object, size);
    unlock();
}

void atomic_large_store(size_t size, void *object, const void *from, int order)
{
    (void)order;
    lock();
    memcpy(object, from, size);
    unlock();
}

void atomic_large_exchange(size_t size, void *object, const void *from, void *to, int order)
{
    (void)order;
    lock();
    memcpy(to, object, size);
    memcpy(object, from, size);
    unlock();
}

bool atomic_large_compare(size_t size, void *object, void *expected, const void *from, int order,
                          int failed_order)
{
    (void)order;
    (void)failed_order;
    lock();
    bool is_equal = memcmp(object, expected, size) == 0;
    memcpy(is_equal ? object : expected, is_equal ? from : object, size);
    unlock();
    return is_equal;
}

pair atomic_pair_load(const void *object, int order)
{
    pair value;

    atomic_large_load(sizeof(value), object, &value, order);
    return value;
}

void atomic_pair_store(void *object, pair value, int order)
{
    atomic_large_store(sizeof(value), object, &value, order);
}

pair atomic_pair_exchange(void *object, pair value, int order)
{
    pair before;

    atomic_large_exchange(sizeof(before), object, &value, &before, order);
    return before;
}

bool atomic_pair_compare(void *object, void *expected, pair value, int order, int failed_order)
{
    return atomic_large_compare(sizeof(value), object, expected, &value, order, failed_order);
}
