/* SPDX-License-Identifier: MIT */
/* A program of about 16 KiB in memory that ends with its first instruction of its own. */

#include <stdint.h>
#include <terrarium.h>

static char data[8192] = {1};

int main(void)
{
    tr_process_exit(data[0] - 1);
}
