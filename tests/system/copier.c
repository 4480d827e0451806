/* SPDX-License-Identifier: MIT */
/* Copies its input byte by byte and complains of the number, for test_streams.sh: what must arrive
 * whole, and where. */

#include <stdio.h>

int main(void)
{
    long count = 0;
    int c;

    fprintf(stderr, "copier: begins\n");
    while ((c = getchar()) != EOF) {
        putchar(c);
        count++;
    }
    printf("\n");
    fprintf(stderr, "copier: %ld bytes\n", count);
    return 0;
}
