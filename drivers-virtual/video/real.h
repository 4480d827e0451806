/* SPDX-License-Identifier: MIT */
#pragma once

/* Real-mode code in the first megabyte: what a system's BIOS would do for a ROM. Interrupts go by
 * the table at 0; ports that the driver does not have answer as if nobody were there, but for the
 * configuration space of the PCI bus, which belongs to d\pci and is asked for there. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium.h>

#define REAL_BUFFER_SEGMENT 0x0800 /* 4 KiB, for calls */

void real_open(unsigned char *low);
/* False once tr_vm86_enter has said that this machine has no real mode. */
bool real_is_there(void);

/* Runs until the code returns. Registers in and out; segments other than es are not given. False:
 * it did something it should not, or does not end. */
bool real_far_call(uint32_t segment, uint32_t offset, struct tr_vm86_registers *registers);
bool real_interrupt(uint32_t number, struct tr_vm86_registers *registers);

unsigned char *real_buffer(uint32_t size);
const unsigned char *real_at(uint32_t segment, uint32_t offset);

static inline uint32_t real_word(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8;
}
