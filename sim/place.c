/* SPDX-License-Identifier: MIT */
/* Finding the binary's own files. */

#include "place.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
