/* SPDX-License-Identifier: MIT */
/* What stdatomic.h declares as functions, for those who take their addresses: the compiler's header
 * has macros before them. */

#include <stdatomic.h>

void(atomic_thread_fence)(memory_order order)
{
    __atomic_thread_fence((int)order);
}

void(atomic_signal_fence)(memory_order order)
{
    __atomic_signal_fence((int)order);
}

_Bool(atomic_flag_test_and_set)(volatile atomic_flag *flag)
{
    return __atomic_test_and_set(flag, __ATOMIC_SEQ_CST);
}

_Bool(atomic_flag_test_and_set_explicit)(volatile atomic_flag *flag, memory_order order)
{
    return __atomic_test_and_set(flag, (int)order);
}

void(atomic_flag_clear)(volatile atomic_flag *flag)
{
    __atomic_clear(flag, __ATOMIC_SEQ_CST);
}

void(atomic_flag_clear_explicit)(volatile atomic_flag *flag, memory_order order)
{
    __atomic_clear(flag, (int)order);
}
