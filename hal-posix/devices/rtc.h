/* SPDX-License-Identifier: MIT */
#pragma once

/* The clock and CMOS memory of a PC: a Motorola MC146818 on ports 0x70 and 0x71, line 8, with 114
 * bytes that firmware keeps; byte 0x32 is the century, which the chip advances too. It starts in
 * BCD and 24-hour mode at the machine's date (posix_hardware.date); after a reboot it goes on as it
 * was, but for interrupts. */

#include "hal-posix/machine.h"

struct rtc *rtc_create(struct machine *machine);
/* What it knows stays on the board. NULL: nothing. */
void rtc_destroy(struct machine *machine, struct rtc *rtc);
