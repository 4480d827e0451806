/* SPDX-License-Identifier: MIT */
/* Copies its input to its output, line by line. */

#include <stdio.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("copies its input to its output");

int main(void)
{
    char line[512];

    while (fgets(line, sizeof line, stdin) != NULL) {
        fputs(line, stdout);
    }
    return ferror(stdout) ? 1 : 0;
}
