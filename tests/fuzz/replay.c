/* SPDX-License-Identifier: MIT */
/* Runs a fuzz target once on each file given, without libFuzzer: so the corpus, and every input
 * that ever failed, is tested in every build. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        FILE *file = fopen(argv[i], "rb");
        if (file == NULL || fseek(file, 0, SEEK_END) != 0) {
            perror(argv[i]);
            return 2;
        }
        size_t size = (size_t)ftell(file);
        rewind(file);
        uint8_t *bytes = malloc(size != 0 ? size : 1);
        if (bytes == NULL || fread(bytes, 1, size, file) != size) {
            perror(argv[i]);
            return 2;
        }
        (void)fclose(file);
        (void)LLVMFuzzerTestOneInput(bytes, size);
        free(bytes);
    }
    printf("[  PASSED  ] %d test(s).\n", argc - 1);
    return argc > 1 ? 0 : 2;
}
