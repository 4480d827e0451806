/* SPDX-License-Identifier: MIT */
/* The reading half of the pipe example: adds up the numbers of its input. Its input ends when the
 * last writer has left the pipe and every byte is read. Usage: produce | consume */

#include <stdio.h>
#include <stdlib.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("adds up the numbers of its input");

int main(void)
{
    char line[64];
    long sum = 0, count = 0;

    while (fgets(line, sizeof line, stdin) != NULL) {
        sum += atol(line);
        count++;
    }
    printf("%ld numbers, sum %ld\n", count, sum);
    return 0;
}
