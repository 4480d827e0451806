/* SPDX-License-Identifier: MIT */
/* Ports by instruction. */

#include "programs/port.h"

uint8_t port_in(uint16_t port)
{
    uint8_t value;

    __asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port) : "memory");
    return value;
}
