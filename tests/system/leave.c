/* SPDX-License-Identifier: MIT */
/* For test_leftovers.sh: a driver that was there before and has left its devices in an odd state.
 * Each word of its argument is one access, numbers in base 16:
 *
 *   PORT=VALUE    a byte is written      PORT:=VALUE   a long word is written
 *   PORT?         a byte is read         +COUNT        so many microseconds pass
 *
 * A word that cannot be done ends it with 1. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

static bool obey(const char *word)
{
    char *rest;
    uint64_t port = strtoul(word[0] == '+' ? word + 1 : word, &rest, 16);

    if (word[0] == '+') {
        tr_thread_sleep((uint64_t)tr_clock() + port * 1000);
        return true;
    }
    uint64_t width = strncmp(rest, ":=", 2) == 0 ? 4 : 1;
    if (tr_port_claim(port, width) < 0) {
        return false;
    }
    if (*rest == '?') {
        tr_port_in(port, 1);
    } else {
        tr_port_out(port, width, strtoul(strchr(rest, '=') + 1, NULL, 16));
    }
    return tr_port_release(port, width) == 0;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!obey(argv[i])) {
            return 1;
        }
    }
    return 0;
}
