/* SPDX-License-Identifier: MIT */
/* A program of about 16 KiB that ends at once, or sleeps for ever if it is given a word. */

#include <stdint.h>
#include <terrarium.h>

static char data[8192] = {1};

int main(int argc, char **argv)
{
    (void)argv;
    if (argc > 1) {
        return (int)tr_thread_sleep(TR_FOREVER);
    }
    tr_process_exit(data[0] - 1);
}
