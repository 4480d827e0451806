/* SPDX-License-Identifier: MIT */
#pragma once

/* One access to an I/O port, the way drivers are used to: with the processor's in and out where it
 * has them (the machine traps them and asks the kernel whether this process holds the port), else
 * by a call. The ports must be claimed. For setting a device up; where speed matters, the string
 * calls move many bytes at a time. */

#include <stdint.h>

uint8_t port_read(uint16_t port);
void port_write(uint16_t port, uint8_t value);
