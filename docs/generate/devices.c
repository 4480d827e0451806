/* SPDX-License-Identifier: MIT */
/* Writes the reference page docs/devices.md to standard output: the types of devices and their
 * operations, from the tables of include/terrarium/device/. The build's target `reference` puts it
 * in place; a test compares. */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <terrarium/device/device.h>

struct operation {
    uint32_t type; /* 0: of all types */
    uint32_t number;
    const char *name;
    uint32_t rights;
    const char *meaning;
};

static const struct operation operations[] = {
#define ROW(type, prefix, name, number, rights, meaning)                                           \
    {type, number, "TR_" #prefix "_" #name, rights, meaning},
#define TR_DEVICE_OPERATION(name, number, rights, meaning)                                         \
    ROW(0, DEVICE_OPERATION, name, number, rights, meaning)
#define TR_STORAGE_OPERATION(name, number, rights, meaning)                                        \
    ROW(TR_DEVICE_STORAGE, STORAGE, name, number, rights, meaning)
#define TR_SOUND_OPERATION(name, number, rights, meaning)                                          \
    ROW(TR_DEVICE_SOUND, SOUND, name, number, rights, meaning)
#define TR_VIDEO_OPERATION(name, number, rights, meaning)                                          \
    ROW(TR_DEVICE_VIDEO, VIDEO, name, number, rights, meaning)
#define TR_INPUT_OPERATION(name, number, rights, meaning)                                          \
    ROW(TR_DEVICE_INPUT, INPUT, name, number, rights, meaning)
#define TR_CLOCK_OPERATION(name, number, rights, meaning)                                          \
    ROW(TR_DEVICE_CLOCK, CLOCK, name, number, rights, meaning)
#define TR_SERIAL_OPERATION(name, number, rights, meaning)                                         \
    ROW(TR_DEVICE_SERIAL, SERIAL, name, number, rights, meaning)
#define TR_PCI_OPERATION(name, number, rights, meaning)                                            \
    ROW(TR_DEVICE_PCI, PCI, name, number, rights, meaning)
#define TR_DMA_OPERATION(name, number, rights, meaning)                                            \
    ROW(TR_DEVICE_DMA, DMA, name, number, rights, meaning)
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

static const char *who(uint32_t rights)
{
    static const char *const classes[] = {"drivers", "drivers, servers", "all"};

    return classes[rights & TR_DEVICE_FROM_MASK];
}

static void operations_print(uint32_t type)
{
    printf("\n| nr | operation | who | open | what it does |\n|---|---|---|---|---|\n");
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        const struct operation *operation = &operations[i];
        if (operation->type == type) {
            printf("| %u | `%s` | %s | %s | %s |\n", operation->number, operation->name,
                   who(operation->rights), (operation->rights & TR_DEVICE_OPENED) != 0 ? "yes" : "",
                   operation->meaning);
        }
    }
}

int main(void)
{
    printf(
        "<!-- SPDX-License-Identifier: MIT -->\n"
        "<!-- Made by docs/generate/devices.c from include/terrarium/device/*.def; do not edit. "
        "-->\n"
        "# Devices and their operations\n\n"
        "A client finds a device object, opens it where the table says so, and sends its driver\n"
        "a message that begins with a `struct tr_device_request`: the device's id, the operation,\n"
        "flags, four arguments. Structures, units and errors stand in the headers of\n"
        "`include/terrarium/device/`; `lib/include/terrarium/device.h` has a C function for "
        "each.\n\n"
        "*who*: the classes that may ask, if the device is exposed to them at all (as a rule to\n"
        "drivers and servers only); others get `TR_E_PERM`. *open*: the sender must hold the\n"
        "device open, else `TR_E_STATE`.\n\n## Every device\n");
    operations_print(0);
#define TR_DEVICE_TYPE(name, number, meaning)                                                      \
    printf("\n## Type %u, `TR_DEVICE_%s`\n\n%s\n", number, #name, meaning);                        \
    operations_print(number);
#include <terrarium/device/types.def>
#undef TR_DEVICE_TYPE
    return 0;
}
