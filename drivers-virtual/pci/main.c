/* SPDX-License-Identifier: MIT */
/* `d\pci`: finds the functions on the PCI bus and lets others look at their configuration. Device
 * `pci` is the bus; each function has a device of its own too, `pci\BUS.SLOT.FUNCTION`, in
 * hexadecimal, whose requests are about this function whatever address they have. Applications may
 * list them.
 *
 * A driver of a function learns here where its ports and its line are, and switches bus mastering
 * on. Ends with 0 if there is no PCI bus. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/driver.h>

#include "config.h"

TR_PROGRAM_ABOUT("driver of the PCI bus");

#define FUNCTIONS_MOST 32
#define BUSES_MOST     8
#define SLOTS          32
#define FUNCTIONS      8
#define HEADER_MANY    0x80 /* the slot has more than one function */
#define HEADER_BRIDGE  1
#define ADDRESS_END    (UINT64_C(1) << 16)

static struct tr_pci_function functions[FUNCTIONS_MOST];
static struct tru_driver_device devices[FUNCTIONS_MOST + 1]; /* the bus is the last */
static char names[FUNCTIONS_MOST][TR_NAME_MAX];
static size_t function_count;

/* ---- Looking for functions ------------------------------------------------------------------ */

static void bus_scan(uint32_t bus);

/* Takes note of a function and of what is behind it. False: there is none. */
static bool function_take(uint32_t address)
{
    if (function_count == FUNCTIONS_MOST || !config_function(address, &functions[function_count])) {
        return false;
    }
    function_count++;
    if ((config_read(address, CONFIG_HEADER, 1) & ~(uint32_t)HEADER_MANY) == HEADER_BRIDGE) {
        uint32_t behind = config_read(address, CONFIG_SECONDARY, 1);
        /* Bus numbers grow from bridge to bridge, so this ends. */
        if (behind > address >> 8 && behind < BUSES_MOST) {
            bus_scan(behind);
        }
    }
    return true;
}

static void bus_scan(uint32_t bus)
{
    for (uint32_t slot = 0; slot < SLOTS; slot++) {
        uint32_t address = bus << 8 | slot << 3;
        if (!function_take(address)) {
            continue;
        }
        bool has_more = (config_read(address, CONFIG_HEADER, 1) & HEADER_MANY) != 0;
        for (uint32_t i = 1; has_more && i < FUNCTIONS; i++) {
            function_take(address | i);
        }
    }
}

/* ---- Requests ------------------------------------------------------------------------------- */

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_pci_information *information = to;

    information->functions = device->user != NULL ? 1 : function_count;
}

static void on_list(struct tru_driver_request *request)
{
    const struct tr_pci_function *own = request->device->user;
    uint64_t first = request->head.arguments[0], most = request->head.arguments[1];
    uint64_t count = own != NULL ? 1 : function_count;
    uint64_t given = first < count ? count - first : 0;

    if (own == NULL) {
        own = functions;
    }
    given = most != 0 && given > most ? most : given;
    tru_driver_done_with(request, (int64_t)count, given > 0 ? &own[first] : own,
                         given * sizeof *own);
}

/* The address a request is about; ADDRESS_END if it makes no sense. */
static uint64_t request_address(const struct tru_driver_request *request)
{
    const struct tr_pci_function *own = request->device->user;
    const uint64_t *arguments = request->head.arguments;
    uint64_t address = own != NULL ? own->address : arguments[0];
    uint64_t at = arguments[1], width = arguments[2];
    bool is_good = (width == 1 || width == 2 || width == 4) && at < CONFIG_SIZE && at % width == 0;

    return is_good && address < ADDRESS_END ? address : ADDRESS_END;
}

static void on_read(struct tru_driver_request *request)
{
    const uint64_t *arguments = request->head.arguments;
    uint64_t address = request_address(request);

    if (address == ADDRESS_END) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    tru_driver_done(request,
                    config_read((uint32_t)address, (uint32_t)arguments[1], (uint32_t)arguments[2]));
}

static void on_write(struct tru_driver_request *request)
{
    const uint64_t *arguments = request->head.arguments;
    uint64_t address = request_address(request);

    if (address == ADDRESS_END) {
        tru_driver_done(request, TR_E_INVAL);
        return;
    }
    config_write((uint32_t)address, (uint32_t)arguments[1], (uint32_t)arguments[2],
                 (uint32_t)arguments[3]);
    tru_driver_done(request, 0);
}

static const struct tru_driver_row rows[] = {
    {TR_PCI_LIST, 0, on_list}, {TR_PCI_READ, 0, on_read}, {TR_PCI_WRITE, 0, on_write}};

static int64_t device_add(size_t index, const char *name, struct tr_pci_function *function)
{
    devices[index] =
        (struct tru_driver_device){.name = name,
                                   .type = TR_DEVICE_PCI,
                                   .exposure = TR_APPLICATION,
                                   .rows = rows,
                                   .row_count = sizeof rows / sizeof rows[0],
                                   .information = on_information,
                                   .information_size = sizeof(struct tr_pci_information),
                                   .model = "PCI, configuration mechanism 1",
                                   .driver = "d\\pci",
                                   .user = function};
    return tru_driver_add(&devices[index]);
}

/* The bus comes last: who waits for it finds everything. */
static int64_t devices_add(void)
{
    for (size_t i = 0; i < function_count; i++) {
        uint32_t address = functions[i].address;
        snprintf(names[i], sizeof names[i], "pci\\%02" PRIx32 ".%02" PRIx32 ".%" PRIx32,
                 address >> 8, address >> 3 & 31, address & 7);
        int64_t result = device_add(i, names[i], &functions[i]);
        if (result < 0) {
            return result;
        }
    }
    return device_add(FUNCTIONS_MOST, TR_PCI_DEVICE, NULL);
}

int main(int argc, char **argv)
{
    int64_t result;

    tru_driver_start(argc, argv);
    if (!config_open(&result)) {
        if (result < 0) {
            tru_driver_say("pci: its ports are another's");
        }
        return result < 0 ? 1 : 0;
    }
    bus_scan(0);
    result = devices_add();
    if (result < 0) {
        tru_driver_say("pci: no device objects: %s", tr_error_text(result));
        return 1;
    }
    return (int)tru_driver_run();
}
