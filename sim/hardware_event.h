/* SPDX-License-Identifier: MIT */
#pragma once

/* What the readers of hardware words share. */

#include "sim/hardware.h"

/* One description being read. */
struct sim_words {
    struct sim_hardware *hardware;
    const char *folder; /* files are relative to it; NULL: the present one */
    char *why;
    size_t why_size;
};

/* Says in `why` what would be right; returns false. */
bool sim_hardware_wrong(const struct sim_words *words, const char *word, const char *right);
/* A copy of a file's name, kept with the hardware. NULL: no memory. */
const char *sim_hardware_keep(const struct sim_words *words, const char *text);
/* A file that must be there. */
bool sim_hardware_file(const struct sim_words *words, const char *value, const char **path,
                       int access_mode);
/* FILE, FILE,ro, FILE,cow, none. */
bool sim_hardware_medium(const struct sim_words *words, const char *value,
                         struct posix_medium *medium);

/* Reads TIME=ACTION and adds it to the events. */
bool sim_hardware_event(struct sim_words *words, const char *value);
