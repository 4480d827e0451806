/* SPDX-License-Identifier: MIT */
/* The writing half of the pipe example: numbers, a line each. A pipe holds 4096 bytes; a writer
 * that is ahead of its reader sleeps until there is room. Usage: produce [LAST] | consume */

#include <stdio.h>
#include <stdlib.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("prints numbers, a line each");

int main(int argc, char **argv)
{
    long last = argc > 1 ? atol(argv[1]) : 1000;

    for (long number = 1; number <= last; number++) {
        if (printf("%ld\n", number) < 0 || ferror(stdout)) {
            fprintf(stderr, "produce: nobody reads any more\n");
            return 1;
        }
    }
    return 0;
}
