/* SPDX-License-Identifier: MIT */
/* Complains for ever, for test_host.c. */

#include <stdio.h>

int main(void)
{
    for (;;) {
        fprintf(stderr, "complainer: nothing is as it should be\n");
    }
}
