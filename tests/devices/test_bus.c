/* SPDX-License-Identifier: MIT */
/* What the machine gives device models: ports in widths, memory by DMA with checks, memory of their
 * own, places on the PCI bus. The models are made here, inside the machine. */

#include "devices.h"

#include <string.h>

#include "hal-posix/devices/pci.h"
#include "hal-posix/dma.h"
#include "hal-posix/machine.h"

struct probe {
    struct bus_range range;
    uint32_t offset, width, value;
    unsigned accesses;
};

static uint32_t probe_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    struct probe *probe = device;

    (void)machine;
    probe->offset = offset;
    probe->width = width;
    probe->accesses++;
    return 0xa1b2c3d4;
}

static void probe_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                      uint32_t value)
{
    struct probe *probe = device;

    (void)machine;
    probe->offset = offset;
    probe->width = width;
    probe->value = value;
    probe->accesses++;
}

static struct probe make(uint32_t first, uint32_t count, uint32_t widths)
{
    return (struct probe){
        .range = {
            .first = first, .count = count, .widths = widths, .in = probe_in, .out = probe_out}};
}

static void attach(struct machine *machine, struct probe *probe)
{
    probe->range.device = probe;
    bus_attach(machine, &probe->range);
}

static void wide_accesses_are_halved_for_narrow_devices(void **state)
{
    struct probe narrow = make(0x1234, 4, 0), wide = make(0x2000, 1, BUS_WORD | BUS_LONG);
    struct probe words = make(0x3000, 8, BUS_WORD);

    attach(*state, &narrow);
    attach(*state, &wide);
    attach(*state, &words);
    assert_int_equal(hal_port_in(*state, 0x1234, 4), 0xd4d4d4d4);
    assert_int_equal(narrow.accesses, 4);
    assert_int_equal(narrow.offset, 3);
    hal_port_out(*state, 0x1236, 4, 0x44332211);
    assert_int_equal(narrow.value, 0x22);
    assert_int_equal(narrow.accesses, 6);
    assert_int_equal(hal_port_in(*state, 0x2000, 4), 0xa1b2c3d4);
    assert_int_equal(hal_port_in(*state, 0x2000, 2), 0xc3d4);
    assert_int_equal(wide.accesses, 2);
    hal_port_out(*state, 0x3002, 4, 0x44332211);
    assert_int_equal(words.accesses, 2);
    assert_int_equal(words.offset, 4);
    assert_int_equal(words.width, 2);
    assert_int_equal(words.value, 0x4433);
}

static void a_cycle_costs_the_same_in_every_width(void **state)
{
    struct probe wide = make(0x2000, 1, BUS_LONG);
    uint64_t before = hal_time(*state);

    attach(*state, &wide);
    hal_port_in(*state, 0x2000, 4);
    uint64_t cost = hal_time(*state) - before;
    hal_port_in(*state, 0x2000, 1);
    assert_int_equal(hal_time(*state) - before, 2 * cost);
    hal_port_in(*state, 0x2000, 2);
    assert_int_equal(hal_time(*state) - before, 4 * cost);
}

static void ranges_come_and_go_and_the_older_answers(void **state)
{
    struct probe older = make(0x5000, 4, 0), newer = make(0x5002, 0x200, 0);

    attach(*state, &older);
    attach(*state, &newer);
    in8(*state, 0x5003);
    assert_int_equal(older.accesses, 1);
    in8(*state, 0x5201);
    assert_int_equal(newer.accesses, 1);
    bus_detach(*state, &older.range);
    in8(*state, 0x5003);
    assert_int_equal(newer.accesses, 2);
    assert_int_equal(in8(*state, 0x5001), 0xff);
    bus_detach(*state, &older.range);
    bus_detach(*state, &newer.range);
    assert_int_equal(in8(*state, 0x5003), 0xff);
    assert_int_equal(newer.accesses, 2);
}

static void the_last_ports_are_ports(void **state)
{
    struct probe last = make(0xfffe, 16, 0);

    attach(*state, &last);
    assert_int_equal(hal_port_in(*state, 0xffff, 1), 0xd4);
    assert_int_equal(hal_port_in(*state, 0xffff, 2), 0xffd4);
}

static void dma_reaches_allowed_frames_only(void **state)
{
    struct hal_memory memory = hal_memory(*state);
    struct dma_master master = {.name = "the probe"};
    uint8_t bytes[8192], *frames = memory.base + 600 * TR_PAGE_SIZE;

    memset(bytes, 0x5a, sizeof bytes);
    assert_false(dma_write(*state, &master, 600 * TR_PAGE_SIZE, bytes, 16));
    assert_int_equal(frames[0], 0);
    assert_int_equal(device_warnings, 1);
    hal_dma_allow(*state, 600, 2, true);
    assert_true(dma_write(*state, &master, 600 * TR_PAGE_SIZE + 1, bytes, 8191));
    assert_int_equal(frames[0], 0);
    assert_int_equal(frames[8191], 0x5a);
    assert_false(dma_write(*state, &master, 601 * TR_PAGE_SIZE, bytes, 4097));
    hal_dma_allow(*state, 600, 1, false);
    assert_false(dma_read(*state, &master, 600 * TR_PAGE_SIZE + 4000, bytes, 200));
    assert_int_equal(bytes[0], 0xff);
    assert_true(dma_read(*state, &master, 601 * TR_PAGE_SIZE, bytes, 16));
    assert_int_equal(bytes[0], 0x5a);
    assert_false(dma_write(*state, &master, UINT64_MAX - 4, bytes, 16));
    assert_false(dma_write(*state, &master, 0xa0000, bytes, 16));
    assert_false(dma_write(*state, &master, memory.pages * TR_PAGE_SIZE - 8, bytes, 16));
    assert_int_equal(device_warnings, 1);
    assert_int_equal(master.refused, 6);
    assert_non_null(strstr(device_warning, "the probe may not write 16 bytes"));
}

static void regions_are_device_memory_where_they_are_placed(void **state)
{
    struct region region;

    assert_true(region_create(*state, &region, 16));
    region.view[5] = 7;
    assert_null(hal_device_memory(*state, 0xe0000, 1));
    assert_true(region_place(*state, &region, 0xe0000));
    assert_int_equal(hal_device_memory(*state, 0xe0000, 16)[5], 7);
    assert_ptr_equal(hal_device_memory(*state, 0xe000f, 1), region.view + 15 * TR_PAGE_SIZE);
    assert_null(hal_device_memory(*state, 0xe000f, 2));
    assert_null(hal_device_memory(*state, 0xdffff, 2));
    assert_true(region_place(*state, &region, 0));
    assert_null(hal_device_memory(*state, 0xe0000, 1));
    assert_false(region_place(*state, &region, 300));
    assert_false(region_place(*state, &region, 0xa0));
    region_destroy(*state, &region);
}

static void regions_do_not_overlap(void **state)
{
    struct region regions[2];

    assert_true(region_create(*state, &regions[0], 16));
    assert_true(region_create(*state, &regions[1], 16));
    assert_true(region_place(*state, &regions[0], 0x80000));
    assert_false(region_place(*state, &regions[1], 0x7fff8));
    assert_false(region_place(*state, &regions[1], 0x8000f));
    assert_true(region_place(*state, &regions[1], 0x80010));
    region_destroy(*state, &regions[0]);
    region_destroy(*state, &regions[1]);
}

static uint32_t config(struct machine *machine, uint32_t offset)
{
    hal_port_out(machine, 0xcf8, 4, 0x80002000 | offset);
    return hal_port_in(machine, 0xcfc, 4);
}

static void config_set(struct machine *machine, uint32_t offset, uint32_t value)
{
    hal_port_out(machine, 0xcf8, 4, 0x80002000 | offset);
    hal_port_out(machine, 0xcfc, 4, value);
}

static void base_addresses_can_be_sized_and_moved(void **state)
{
    struct probe ports = make(0, 16, 0);
    struct region memory;
    struct pci_function card = {
        .slot = 4,
        .identity = {.vendor = 0x1234, .device = 0x5678, .class_code = 0xff},
        .bars = {
            [0] = {.memory = &memory, .is_prefetchable = true}, [2] = {.ports = &ports.range}}};

    ports.range.device = &ports;
    assert_true(region_create(*state, &memory, 256));
    pci_add(*state, &card);
    assert_int_equal(config(*state, 0), 0x56781234);
    assert_int_equal(config(*state, 4) & 7, 3);
    assert_int_equal(config(*state, 0x10), 0xe0000008);
    assert_int_equal(config(*state, 0x18), 0xc001);
    assert_int_equal(config(*state, 0x14), 0);
    assert_int_equal(in8(*state, 0xc00f), 0xd4);
    assert_ptr_equal(hal_device_memory(*state, 0xe0000, 256), memory.view);

    config_set(*state, 0x10, UINT32_MAX);
    config_set(*state, 0x18, UINT32_MAX);
    assert_int_equal(config(*state, 0x10), 0xfff00008);
    assert_int_equal(config(*state, 0x18), 0xfffffff1);
    config_set(*state, 0x10, 0xd0000000);
    config_set(*state, 0x18, 0xd000);
    assert_int_equal(in8(*state, 0xc00f), 0xff);
    assert_int_equal(in8(*state, 0xd00f), 0xd4);
    assert_null(hal_device_memory(*state, 0xe0000, 1));
    assert_ptr_equal(hal_device_memory(*state, 0xd0000, 256), memory.view);

    config_set(*state, 4, 0);
    assert_int_equal(in8(*state, 0xd00f), 0xff);
    assert_null(hal_device_memory(*state, 0xd0000, 1));
    assert_false(pci_is_allowed(&card, PCI_COMMAND_MASTER));
    config_set(*state, 4, 7);
    assert_true(pci_is_allowed(&card, PCI_COMMAND_MASTER));
    assert_int_equal(in8(*state, 0xd00f), 0xd4);
    region_destroy(*state, &memory);
}

static void much_ram_leaves_no_place_for_device_memory(void **state)
{
    struct region memory[2];
    struct pci_function card = {.slot = 4, .identity = {.vendor = 0x1234}};
    struct machine *machine = device_machine_of(&device_hardware, UINT64_C(0xf0000000));

    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        assert_true(region_create(machine, &memory[i], i == 0 ? 0x4000 : 0x10000));
        card.bars[i].memory = &memory[i];
    }
    pci_add(machine, &card);
    assert_int_equal(config(machine, 0x10), 0xf0000000);
    assert_ptr_equal(hal_device_memory(machine, 0xf0000, 1), memory[0].view);
    assert_int_equal(config(machine, 0x14), 0);
    assert_int_equal(device_warnings, 1);
    region_destroy(machine, &memory[0]);
    region_destroy(machine, &memory[1]);
    posix_machine_destroy(machine);
}

static void pins_share_a_level_line(void **state)
{
    struct pci_function cards[2] = {{.slot = 4, .identity = {.vendor = 1, .pin = 1}},
                                    {.slot = 8, .identity = {.vendor = 1, .pin = 1}}};

    pci_add(*state, &cards[0]);
    pci_add(*state, &cards[1]);
    assert_int_equal(config(*state, 0x3c), 0x010b);
    hal_irq_mask(*state, 11, false);
    pci_interrupt(*state, &cards[0], true);
    assert_int_equal(device_take(*state), 11);
    hal_irq_mask(*state, 11, true);
    pci_interrupt(*state, &cards[1], true);
    pci_interrupt(*state, &cards[0], false);
    assert_int_equal(device_take(*state), -1);
    hal_irq_mask(*state, 11, false);
    assert_int_equal(device_take(*state), 11);
    pci_interrupt(*state, &cards[1], false);
    assert_int_equal(device_take(*state), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DEVICE_TEST(wide_accesses_are_halved_for_narrow_devices),
        DEVICE_TEST(a_cycle_costs_the_same_in_every_width),
        DEVICE_TEST(ranges_come_and_go_and_the_older_answers),
        DEVICE_TEST(the_last_ports_are_ports),
        DEVICE_TEST(dma_reaches_allowed_frames_only),
        DEVICE_TEST(regions_are_device_memory_where_they_are_placed),
        DEVICE_TEST(regions_do_not_overlap),
        DEVICE_TEST(base_addresses_can_be_sized_and_moved),
        DEVICE_TEST(much_ram_leaves_no_place_for_device_memory),
        DEVICE_TEST(pins_share_a_level_line),
    };

    device_hardware.parts = POSIX_PART_PCI;
    return cmocka_run_group_tests_name("devices: the bus", tests, NULL, NULL);
}
