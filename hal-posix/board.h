/* SPDX-License-Identifier: MIT */
#pragma once

/* The board that machines follow each other on, from one reboot to the next (posix.h): what is
 * behind a battery or on a medium. A model takes its part when it is made, and what it changes
 * there is for the model that comes after it. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "posix.h"

struct machine;
struct medium;

/* A drive's. */
struct board_slot {
    struct medium *medium; /* the board's; NULL: none */
    bool is_out;           /* the tray */
};

/* The clock's. */
struct board_battery {
    bool is_set; /* a clock has been there */
    uint8_t memory[128];
    uint64_t passed; /* since its divider chain began, at the end of the machine */
    uint64_t seconds;
};

struct posix_board {
    struct board_slot drives[POSIX_DRIVES], floppies[POSIX_FLOPPIES];
    struct board_battery battery;
    bool has_run; /* a machine before this one */
};

/* A machine on its configuration's board, or on one of its own: then a medium that cannot be used
 * is warned of and left out. False: no memory. */
bool board_attach(struct machine *machine);
/* After the models. */
void board_detach(struct machine *machine);
