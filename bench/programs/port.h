/* SPDX-License-Identifier: MIT */
#pragma once

/* A byte from a port, by the processor's instruction where it has one, else by call. */

#include <stdint.h>

uint8_t port_in(uint16_t port);
