/* SPDX-License-Identifier: MIT */
/* For test_host_calls.sh: asks the host for something by an instruction of its own, as the word
 * says; then says that it goes on. */

#include <stdio.h>
#include <string.h>
#include <terrarium.h>

/* Numbers of the host's calls (x86-64); one of them by the way of 32 bits. */
static const struct {
    const char *name;
    int64_t number, words[3];
} calls[] = {
    {"getpid", 39, {0}},
    {"exit_group", 231, {42}},
    {"exit", 60, {43}},
    {"pause", 34, {0}},
    {"sigaltstack", 131, {0}},
    {"munmap", 11, {0x180000000000, 0x1000000}},
    {"close_range", 436, {0, 1000}},
    {"nothing", 99999, {0}},
    {"sigreturn", 15, {0}},
};

static int64_t ask(int64_t number, const int64_t words[3])
{
    int64_t result;

    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(words[0]), "S"(words[1]), "d"(words[2])
                     : "rcx", "r11", "memory");
    return result;
}

int main(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";

    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        if (strcmp(word, calls[i].name) == 0) {
            (void)ask(calls[i].number, calls[i].words);
        }
    }
    if (strcmp(word, "int80") == 0) {
        int64_t result = 1; /* exit */

        __asm__ volatile("int $0x80" : "+a"(result) : "b"(44) : "memory");
    }
    printf("goes on\n");
    return 0;
}
