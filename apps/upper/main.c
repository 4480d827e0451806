/* SPDX-License-Identifier: MIT */
/* Copies its input to its output with capital letters: something for the middle of a pipeline. */

#include <ctype.h>
#include <stdio.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("copies its input with capital letters");

int main(void)
{
    int c;

    while ((c = getchar()) != EOF) {
        putchar(toupper(c));
    }
    return ferror(stdout) ? 1 : 0;
}
