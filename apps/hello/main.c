/* SPDX-License-Identifier: MIT */
/* The first program: greets whoever is named in its argument. */

#include <stdio.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("says hello");

int main(int argc, char **argv)
{
    if (argc == 1) {
        printf("Hello from %s.\n", argv[0]);
    }
    for (int i = 1; i < argc; i++) {
        printf("Hello, %s!\n", argv[i]);
    }
    return 0;
}
