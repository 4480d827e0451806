/* SPDX-License-Identifier: MIT */
#pragma once

/* The second serial port: a 16550 UART (registers: terrarium/device/uart.h). Nothing here waits. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHIP_IRQ   3
#define CHIP_BURST 16 /* bytes the empty sender takes at once */

struct chip_line {
    uint64_t baud, bits, parity, stop_bits;
};

enum chip_cause { CHIP_NONE, CHIP_MODEM, CHIP_SENDER, CHIP_RECEIVER, CHIP_ERROR };

/* Claims the ports. False: there is no such chip here; *error: a TR_E_* if they are another's. */
bool chip_open(int64_t *error);

/* FIFOs on and empty, 115200 baud, 8 bits, no parity, ready; interrupts of receiver, errors and the
 * other end's lines. */
void chip_initialise(struct chip_line *line);

/* False: the chip cannot do this. `baud` becomes what it really does. */
bool chip_line_set(struct chip_line *line);

/* Whether the empty sender interrupts. */
void chip_sender_enable(bool is_on);

/* Whether the other end may send. */
void chip_ready(bool is_ready);

enum chip_cause chip_cause(void);

bool chip_receive(uint8_t *byte);
/* At most CHIP_BURST bytes, if the sender is empty; how many it took. */
size_t chip_send(const uint8_t *bytes, size_t size);
/* True: the line status has an error, which this forgets. */
bool chip_error(void);
/* True: somebody is at the other end. */
bool chip_carrier(void);
