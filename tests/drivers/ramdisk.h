/* SPDX-License-Identifier: MIT */
#pragma once

/* A driver for the tests: a disk in memory whose every transfer takes a millisecond, by a timer
 * that stands for an interrupt. */

#include <stdint.h>

#define RAMDISK_NAME    "disks\\test\\0"
#define RAMDISK_SECTORS 1024
#define RAMDISK_NS      UINT64_C(1000000)

/* What a process of class driver runs; `argument` is one word for the driver, or NULL. */
int64_t ramdisk_main(void *argument);

extern unsigned char ramdisk_bytes[RAMDISK_SECTORS * 512];
extern unsigned ramdisk_active;    /* transfers at this moment: never more than one */
extern unsigned ramdisk_begun;     /* since the start */
extern uint64_t ramdisk_closed_by; /* the last client that left */
