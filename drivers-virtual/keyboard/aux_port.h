/* SPDX-License-Identifier: MIT */
#pragma once

/* The mouse's cable, as a device for `d\mouse` (ps2/cable.h): bytes both ways in the form of a
 * serial line. The controller has both of its cables behind the same ports, so one driver must hold
 * them. */

#include <stdint.h>

/* Makes the device. 0 or a TR_E_*. */
int64_t aux_port_add(void);

/* A byte has come from the mouse. */
void aux_port_take(uint8_t byte);
