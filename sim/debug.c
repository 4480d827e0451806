/* SPDX-License-Identifier: MIT */
/* Starting gdb on ourselves. */

#include "debug.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/built.h"
#include "sim/exit.h"
#include "sim/place.h"
#include "sim/run.h"
#include "sim/say.h"

/* What stands before the words of the run itself, and what is put in for --gdb. */
#define FIXED_WORDS 10

int sim_debug(const struct sim_run *run)
{
    char script[PATH_MAX];
    if (!sim_place(SIM_INSTALLED_GDB, SIM_BUILT_GDB, script)) {
        sim_complain("--gdb: no script at %s", SIM_BUILT_GDB);
        return SIM_EXIT_HOST;
    }
    char **words = calloc((size_t)run->word_count + FIXED_WORDS, sizeof(*words));
    if (words == NULL) {
        return SIM_EXIT_HOST;
    }
    size_t count = 0;
    words[count++] = (char *)"gdb";
    words[count++] = (char *)"-q";
    words[count++] = (char *)"-x";
    words[count++] = script;
    words[count++] = (char *)"--args";
    words[count++] = (char *)"/proc/self/exe";
    words[count++] = (char *)"run";
    words[count++] = (char *)"--announce";
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length > 0) {
        self[length] = '\0';
        words[5] = self;
    }
    for (int i = 0; i < run->word_count; i++) {
        if (strcmp(run->words[i], "--gdb") != 0) {
            words[count++] = run->words[i];
        }
    }
    execvp(words[0], words);
    sim_complain("gdb: %s", strerror(errno));
    free(words);
    return SIM_EXIT_HOST;
}
