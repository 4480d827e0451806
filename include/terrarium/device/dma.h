/* SPDX-License-Identifier: MIT */
#pragma once

/* The DMA controllers: channels that other drivers have bytes moved by. See device.h for the form
 * of its messages. Channels 0 to 3 move bytes, 5 to 7 words of two bytes; counts here are bytes. */

#include <terrarium/device/device.h>

enum tr_dma_operation {
#define TR_DMA_OPERATION(name, number, rights, meaning) TR_DMA_##name = (number),
#include <terrarium/device/dma.def>
#undef TR_DMA_OPERATION
};

#define TR_DMA_DEVICE "dma"

/* Bits of START's arguments[3]. */
#define TR_DMA_TO_MEMORY UINT64_C(1) /* the device writes memory; else it reads it */
#define TR_DMA_AUTOMATIC UINT64_C(2) /* begins anew at the end of the block */
#define TR_DMA_DEMAND    UINT64_C(4) /* demand mode; else single */

struct tr_dma_information {
    struct tr_device_information device;
    uint64_t claimed; /* bit n: channel n has an owner */
};
