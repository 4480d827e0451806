/* SPDX-License-Identifier: MIT */
#pragma once

/* The disk controller of a PC: two ATA channels on ports 1F0h and 170h, lines 14 and 15, and behind
 * base address 4 of the Intel 82371SB's IDE function, if there is a PCI bus, their bus masters. */

#include <stdbool.h>

struct machine;
struct ide;

struct ide *ide_create(struct machine *machine);
void ide_destroy(struct machine *machine, struct ide *ide); /* NULL: nothing */
