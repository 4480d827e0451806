/* SPDX-License-Identifier: MIT */
/* For test_own.sh: sets a thread pointer of its own (FS) to no address at all, says so and spins,
 * counted or not, for ever or for a while; then looks whether it still has it. */

#include <cpuid.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>

#define OWN UINT64_C(0x1234)

/* Two billion turns that nobody counts: more than the watchdog bears. */
static void spin_uncounted(void)
{
    uint64_t turns = UINT64_C(2000000000);

    __asm__ volatile("1: dec %0; jnz 1b" : "+r"(turns) : : "cc");
}

/* A host may run the instructions and not promise what they do. */
static int is_promised(void)
{
    uint32_t a, b = 0, c, d;

    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_FSGSBASE) != 0;
}

int main(int argc, char **argv)
{
    uint64_t given, found;

    /* The C library has a use for the one that was given. */
    fprintf(stderr, "begins\n");
    __asm__ volatile("rdfsbase %0" : "=r"(given));
    __asm__ volatile("wrfsbase %0" : : "r"(OWN));
    if (argc > 1 && strcmp(argv[1], "uncounted") == 0) {
        spin_uncounted();
    } else {
        for (volatile uint64_t i = 0; argc > 1 || i < 1000000; i++) {
        }
    }
    __asm__ volatile("rdfsbase %0" : "=r"(found));
    __asm__ volatile("wrfsbase %0" : : "r"(given));
    if (!is_promised() && (found == OWN || found == given)) {
        printf("not promised here\n");
        return 0;
    }
    printf("has its own: %s\n", found == OWN ? "yes" : "no");
    return found == OWN ? 0 : 1;
}
