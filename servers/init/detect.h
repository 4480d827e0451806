/* SPDX-License-Identifier: MIT */
#pragma once

/* Finding hardware and starting its drivers. Which driver is for what says the boot module
 * `init.drivers`, or without one the list in detect.c. One line a driver, # begins a comment:
 *
 *     probe PROGRAM ARGUMENT…        started: it looks for its hardware at the places an ISA device
 *                                    has, and exits with 0 if there is none
 *     pci CLASS PROGRAM ARGUMENT…    started when the PCI bus has a function of this class, four
 *                                    hexadecimal digits: class and subclass
 *
 * A program that is not among the boot modules is left out, so the boot file decides what is
 * driven. A driver that ends in another way than by exiting with 0 is started again, a few times in
 * a row at most; its clients get TR_E_PEER and find the new one under the old device names. */

/* Starts what is probed, and waits for the PCI bus. */
void detect_start(void);

/* A device has appeared: the PCI bus. Starts the drivers of its functions. */
void detect_bus(void);
