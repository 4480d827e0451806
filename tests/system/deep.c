/* SPDX-License-Identifier: MIT */
/* Uses its stack. `deep N` goes down N levels of a bit more than 900 bytes, `deep frame` has one
 * frame larger than any stack with all that it touches at the low end; then it looks at its
 * globals. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned char globals[4 << 20];

__attribute__((noinline)) static unsigned dig(unsigned depth)
{
    volatile unsigned char block[900];

    block[depth % sizeof block] = (unsigned char)depth;
    return depth == 0 ? 0 : dig(depth - 1) + block[depth % sizeof block] % 2;
}

__attribute__((noinline)) static int large(const char *text)
{
    char line[9 << 20];

    snprintf(line, 64, "%s", text);
    return line[0];
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        return 2;
    }
    memset(globals, 'g', sizeof globals);
    if (strcmp(argv[1], "frame") == 0) {
        printf("%c\n", large(argv[1]));
    } else {
        printf("%u\n", dig((unsigned)atoi(argv[1])));
    }
    for (size_t i = 0; i < sizeof globals; i++) {
        if (globals[i] != 'g') {
            puts("a global was overwritten");
            return 1;
        }
    }
    return 0;
}
