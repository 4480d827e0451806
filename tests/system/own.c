/* SPDX-License-Identifier: MIT */
/* For test_own.sh: sets a thread pointer of its own, says so and spins, counted or not, for ever or
 * for a while; then looks whether it still has it. */

#include <stdio.h>
#include <string.h>
#include <terrarium.h>

/* What the pointer points to; on x86-64 the first word is its own address. */
static uint64_t own[8];

static uint64_t pointer(void)
{
    uint64_t value;

#ifdef __x86_64__
    __asm__ volatile("movq %%fs:0, %0" : "=r"(value));
#else
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(value));
#endif
    return value;
}

/* Two billion turns that nobody counts: more than the watchdog bears. */
static void spin_uncounted(void)
{
    uint64_t turns = UINT64_C(2000000000);

#ifdef __x86_64__
    __asm__ volatile("1: dec %0; jnz 1b" : "+r"(turns) : : "cc");
#else
    __asm__ volatile("1: subs %0, %0, 1; b.ne 1b" : "+r"(turns) : : "cc");
#endif
}

int main(int argc, char **argv)
{
    own[0] = (uint64_t)(uintptr_t)own;
    if (tr_thread_pointer(own[0]) != 0) {
        return 2;
    }
    fprintf(stderr, "begins\n");
    if (argc > 1 && strcmp(argv[1], "uncounted") == 0) {
        spin_uncounted();
    } else {
        for (volatile uint64_t i = 0; argc > 1 || i < 1000000; i++) {
        }
    }
    int is_kept = pointer() == own[0];
    printf("has its own: %s\n", is_kept ? "yes" : "no");
    return is_kept ? 0 : 1;
}
