/* SPDX-License-Identifier: MIT */
/* Finding the binary's own files. */

#include "place.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/built.h"

bool sim_place(const char *installed, const char *built, char path[PATH_MAX])
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length > 0) {
        self[length] = '\0';
        char *slash = strrchr(self, '/');
        *slash = '\0';
        if (snprintf(path, PATH_MAX, "%s/%s", self, installed) < PATH_MAX &&
            access(path, R_OK) == 0) {
            return true;
        }
    }
    return snprintf(path, PATH_MAX, "%s", built) < PATH_MAX && access(path, R_OK) == 0;
}

bool sim_same_file(const char *one, const char *other)
{
    struct stat first, second;
    bool first_there = stat(one, &first) == 0, second_there = stat(other, &second) == 0;
    if (first_there && second_there) {
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino;
    }
    return !first_there && !second_there && strcmp(one, other) == 0;
}

bool sim_is_own(const char *path)
{
    char place[PATH_MAX];
    return (sim_place(SIM_INSTALLED_LIB "/libtr.a", SIM_BUILT_LIB, place) &&
            sim_same_file(path, place)) ||
           (sim_place(SIM_INSTALLED_LIB "/libtr-ghosts.so", SIM_BUILT_GHOSTS, place) &&
            sim_same_file(path, place)) ||
           (access(path, F_OK) == 0 && sim_same_file(path, "/proc/self/exe"));
}
