/* SPDX-License-Identifier: MIT */
/* Ports by call, for processors without port instructions. */

#include <terrarium.h>

#include "port.h"

uint8_t port_read(uint16_t port)
{
    return (uint8_t)tr_port_in(port, 1);
}

void port_write(uint16_t port, uint8_t value)
{
    tr_port_out(port, 1, value);
}
