/* SPDX-License-Identifier: MIT */
/* Ends with the exit code that its argument names. */

#include <stdlib.h>
#include <terrarium/program.h>

TR_PROGRAM_ABOUT("ends with the exit code that it is given");

int main(int argc, char **argv)
{
    return argc > 1 ? atoi(argv[1]) : 0;
}
