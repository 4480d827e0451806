/* SPDX-License-Identifier: MIT */
#pragma once

/* The clock chip, an MC146818 (Motorola data sheet ADI-856): ports, registers, its three
 * interrupts. Nothing here waits. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/clock.h>

#define CHIP_IRQ    8
#define CHIP_MEMORY 128 /* bytes, registers included */
#define CHIP_FREE   14  /* the first that is no register */

/* Causes of an interrupt, and what enables them. */
#define CHIP_PERIODIC UINT32_C(0x40)
#define CHIP_ALARM    UINT32_C(0x20)
#define CHIP_UPDATED  UINT32_C(0x10) /* a second has begun */

/* Claims the ports. False: there is no such chip here; *error: a TR_E_* if they are another's. */
bool chip_open(int64_t *error);

/* Puts the chip into its normal state, whatever another has left: it counts, in decimal digits and
 * 24 hours, without interrupts. The time stays; if it is none, the chip stands still until it is
 * set. */
void chip_initialise(void);

/* Which interrupts it makes. */
void chip_enable(uint32_t causes);

/* The causes since the last call; the chip's line goes down. 0: none. */
uint32_t chip_causes(void);

/* False: it is about to change the time, or doing so; reading has to wait for CHIP_UPDATED, at most
 * 2.3 ms. True: the time stands still for at least 244 µs. */
bool chip_is_steady(void);

/* False: the battery was empty, the time is of no worth. */
bool chip_is_valid(void);

/* Year to second; the rest is left alone. What is no number in the chip is none of a date. */
void chip_read(struct tr_clock_time *time);
void chip_write(const struct tr_clock_time *time, uint32_t weekday);
void chip_alarm(uint32_t hour, uint32_t minute, uint32_t second);

/* A byte of the memory. */
uint8_t chip_memory(uint32_t index);
