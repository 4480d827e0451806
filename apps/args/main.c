/* SPDX-License-Identifier: MIT */
/* Shows how an argument arrives: each word in brackets, a line each. */

#include <stdio.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("shows the words it was given, each in brackets");

int main(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        printf("%d [%s]\n", i, argv[i]);
    }
    return 0;
}
