/* SPDX-License-Identifier: MIT */
/* For test_leftovers.sh: a driver that was there before and has left its devices in an odd state.
 * Each word of its argument is one access, numbers in base 16 but for microseconds:
 *
 *   PORT=VALUE    a byte is written      PORT:=VALUE   a long word is written
 *   PORT?         a byte is read         +COUNT        so many microseconds pass
 *
 * A word that cannot be done ends it with 1. Then it starts init, so that no other driver comes
 * before it is ready. */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>

static bool obey(const char *word)
{
    char *rest;

    if (word[0] == '+') {
        tr_thread_sleep((uint64_t)tr_clock() + strtoul(word + 1, NULL, 10) * 1000);
        return true;
    }
    uint64_t port = strtoul(word, &rest, 16);
    uint32_t width = strncmp(rest, ":=", 2) == 0 ? 4 : 1;
    if (tr_port_claim(port, width) < 0) {
        return false;
    }
    if (*rest == '?') {
        tr_port_in(port, 1);
    } else {
        tr_port_out(port, width, (uint32_t)strtoul(strchr(rest, '=') + 1, NULL, 16));
    }
    return tr_port_release(port, width) == 0;
}

static bool init_start(void)
{
    struct tr_boot_module module;

    for (uint64_t i = 0; tr_boot_module(i, &module) >= 0; i++) {
        if (strcmp(module.name, "init") == 0) {
            struct tr_spawn spawn = {.image = (const void *)module.va,
                                     .image_size = module.size,
                                     .name = module.name,
                                     .process_class = TR_DRIVER};
            return tr_process_spawn(&spawn) > 0;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (!obey(argv[i])) {
            return 1;
        }
    }
    return init_start() ? 0 : 1;
}
