/* SPDX-License-Identifier: MIT */
/* Asks for a name and greets: a program that reads from the console. */

#include <stdio.h>
#include <string.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("asks for a name and greets");

int main(void)
{
    char name[80];

    printf("What is your name? ");
    if (fgets(name, sizeof name, stdin) == NULL) {
        printf("\nNobody there.\n");
        return 1;
    }
    name[strcspn(name, "\n")] = '\0';
    printf("Hello, %s!\n", name);
    return 0;
}
