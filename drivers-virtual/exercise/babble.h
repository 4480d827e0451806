/* SPDX-License-Identifier: MIT */
#pragma once

/* Sends `count` requests of chance to every device but the configuration of the bus, some as calls,
 * some as plain messages, and throws the answers away. */
void babble(unsigned count);
