/* SPDX-License-Identifier: MIT */
/* Shows how an argument arrives: each word in brackets, a line each. */

#include <stdio.h>

int main(int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        printf("%d [%s]\n", i, argv[i]);
    }
    return 0;
}
