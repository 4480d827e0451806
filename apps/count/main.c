/* SPDX-License-Identifier: MIT */
/* Counts the lines, words and bytes of its input. */

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("counts the lines, words and bytes of its input");

int main(void)
{
    unsigned long lines = 0, words = 0, bytes = 0;
    bool is_inside = false;
    int c;

    while ((c = getchar()) != EOF) {
        bytes++;
        lines += c == '\n';
        words += !isspace(c) && !is_inside;
        is_inside = !isspace(c);
    }
    printf("%lu lines, %lu words, %lu bytes\n", lines, words, bytes);
    return 0;
}
