/* SPDX-License-Identifier: MIT */
#pragma once

/* The host's files at the second serial port: "pty" (a new terminal, whose name is told), FILE
 * (what the system sends; a terminal or a named pipe is read too), or IN,OUT. They stay open over
 * reboots. */

#include "sim/hardware.h"

/* Opens what hardware->serial names. False after a complaint. */
bool sim_serial_open(struct sim_hardware *hardware);
void sim_serial_close(struct sim_hardware *hardware);
