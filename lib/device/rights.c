/* SPDX-License-Identifier: MIT */
/* The rights of all operations: a view of the tables of include/terrarium/device/. */

#include <stddef.h>
#include <terrarium/device/device.h>
#include <terrarium/driver.h>
#include <terrarium/error.h>

static const struct rights_row {
    uint32_t type, operation, rights;
} rows[] = {
#define TR_DEVICE_OPERATION(name, number, rights, meaning)  {0, number, rights},
#define TR_STORAGE_OPERATION(name, number, rights, meaning) {TR_DEVICE_STORAGE, number, rights},
#define TR_SOUND_OPERATION(name, number, rights, meaning)   {TR_DEVICE_SOUND, number, rights},
#define TR_VIDEO_OPERATION(name, number, rights, meaning)   {TR_DEVICE_VIDEO, number, rights},
#define TR_INPUT_OPERATION(name, number, rights, meaning)   {TR_DEVICE_INPUT, number, rights},
#define TR_CLOCK_OPERATION(name, number, rights, meaning)   {TR_DEVICE_CLOCK, number, rights},
#define TR_SERIAL_OPERATION(name, number, rights, meaning)  {TR_DEVICE_SERIAL, number, rights},
#define TR_PCI_OPERATION(name, number, rights, meaning)     {TR_DEVICE_PCI, number, rights},
#define TR_DMA_OPERATION(name, number, rights, meaning)     {TR_DEVICE_DMA, number, rights},
#include <terrarium/device/clock.def>
#include <terrarium/device/common.def>
#include <terrarium/device/dma.def>
#include <terrarium/device/input.def>
#include <terrarium/device/pci.def>
#include <terrarium/device/serial.def>
#include <terrarium/device/sound.def>
#include <terrarium/device/storage.def>
#include <terrarium/device/video.def>
};

int64_t tru_device_rights(uint32_t type, uint32_t operation)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].operation == operation && (rows[i].type == type || rows[i].type == 0)) {
            return rows[i].rights;
        }
    }
    return TR_E_INVAL;
}
