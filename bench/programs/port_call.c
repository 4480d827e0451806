/* SPDX-License-Identifier: MIT */
/* A processor without port instructions: by call. */

#include <terrarium.h>

#include "programs/port.h"

uint8_t port_in(uint16_t port)
{
    return (uint8_t)tr_port_in(port, 1);
}
