/* SPDX-License-Identifier: MIT */
/* Running real-mode code. Memory: the interrupt table, the BIOS's data at 0x400, a place to come
 * back to, a stack below 0x8000, a buffer. */

#include <string.h>
#include <terrarium/device.h>

#include "real.h"

#define RETURN_SEGMENT 0x0050 /* INT FEh lies there */
#define RETURN_INT     0xfe
#define STACK_SEGMENT  0x0700
#define STACK_SIZE     0x1000
#define BUFFER_SIZE    0x1000
#define BUDGET         UINT64_C(50000000)
#define FLAGS          0x0202

#define CONFIG_ADDRESS 0xcf8
#define CONFIG_DATA    0xcfc
#define CONFIG_ENABLE  UINT32_C(0x80000000)

enum { PREFIX_DATA32 = 0x66 };
enum { IN_IMMEDIATE = 0xe4, OUT_IMMEDIATE = 0xe6, IN_DX = 0xec, OUT_DX = 0xee };

static struct tr_vm86 vm86;
static unsigned char *memory;
static uint32_t config_address;
static bool is_missing;

void real_open(unsigned char *low)
{
    memory = low;
    vm86.memory = (uint64_t)(uintptr_t)low;
}

bool real_is_there(void)
{
    return !is_missing;
}

const unsigned char *real_at(uint32_t segment, uint32_t offset)
{
    return memory + ((segment << 4) + offset) % 0x100000;
}

static unsigned char *place(uint32_t segment, uint32_t offset)
{
    return memory + ((segment << 4) + (offset & 0xffff)) % 0x100000;
}

unsigned char *real_buffer(uint32_t size)
{
    return size <= BUFFER_SIZE ? place(REAL_BUFFER_SEGMENT, 0) : NULL;
}

static void push(uint32_t value)
{
    struct tr_vm86_registers *r = &vm86.registers;

    r->esp = (r->esp & 0xffff0000) | ((r->esp - 2) & 0xffff);
    unsigned char *at = place(r->ss, r->esp);
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
}

/* ---- Ports that are not the driver's -------------------------------------------------------- */

/* The configuration register that the address names, if it does. */
static bool config_open(struct tru_device *pci, uint32_t *function)
{
    *function = config_address >> 8 & 0xffff;
    return (config_address & CONFIG_ENABLE) != 0 && tru_device_find(TR_PCI_DEVICE, 0, pci) >= 0;
}

static uint32_t port_read(uint32_t port, uint32_t width)
{
    struct tru_device pci;
    uint32_t function;

    if (port == CONFIG_ADDRESS && width == 4) {
        return config_address;
    }
    if (port < CONFIG_DATA || port > CONFIG_DATA + 3 || !config_open(&pci, &function)) {
        return UINT32_MAX;
    }
    int64_t value =
        tru_pci_read(&pci, function, (config_address & 0xfc) + (port - CONFIG_DATA), width);
    return value < 0 ? UINT32_MAX : (uint32_t)value;
}

static void port_write(uint32_t port, uint32_t width, uint32_t value)
{
    struct tru_device pci;
    uint32_t function;

    if (port == CONFIG_ADDRESS && width == 4) {
        config_address = value;
    } else if (port >= CONFIG_DATA && port <= CONFIG_DATA + 3 && config_open(&pci, &function)) {
        tru_pci_write(&pci, function, (config_address & 0xfc) + (port - CONFIG_DATA), width, value);
    }
}

/* Does the IN or OUT that was not allowed. False: it is neither. */
static bool port_do(void)
{
    struct tr_vm86_registers *r = &vm86.registers;
    uint32_t length = 0, width;
    bool has_data32 = false;

    while (*place(r->cs, r->eip + length) == PREFIX_DATA32) {
        has_data32 = true;
        length++;
    }
    uint32_t opcode = *place(r->cs, r->eip + length);
    uint32_t kind = opcode & ~1U;
    bool is_immediate = kind == IN_IMMEDIATE || kind == OUT_IMMEDIATE;
    if (!is_immediate && kind != IN_DX && kind != OUT_DX) {
        return false;
    }
    width = (opcode & 1) == 0 ? 1 : has_data32 ? 4 : 2;
    uint32_t mask = width == 4 ? UINT32_MAX : (1U << 8 * width) - 1;
    if (kind == IN_IMMEDIATE || kind == IN_DX) {
        r->eax = (r->eax & ~mask) | (port_read(vm86.vector, width) & mask);
    } else {
        port_write(vm86.vector, width, r->eax & mask);
    }
    r->eip += length + (is_immediate ? 2 : 1);
    return true;
}

/* ---- Running -------------------------------------------------------------------------------- */

/* As the processor takes INT n. A vector that nobody has set is as if its handler did nothing. */
static void interrupt_enter(uint32_t number)
{
    struct tr_vm86_registers *r = &vm86.registers;
    uint32_t offset = real_word(memory + 4 * number), segment = real_word(memory + 4 * number + 2);

    if ((offset | segment) != 0) {
        push(r->eflags);
        push(r->cs);
        push(r->eip);
        r->cs = segment;
        r->eip = offset;
    }
}

/* Until the code comes back. */
static bool run(void)
{
    vm86.budget = BUDGET;
    for (;;) {
        int64_t result = tr_vm86_enter(&vm86, 0);
        if (result < 0) {
            is_missing = result == TR_E_NOSYS;
            return false;
        }
        if (vm86.reason == TR_VM86_INTERRUPT && vm86.vector != RETURN_INT) {
            interrupt_enter(vm86.vector);
        } else if (vm86.reason != TR_VM86_PORT || !port_do()) {
            return vm86.reason == TR_VM86_INTERRUPT;
        }
    }
}

static void prepare(const struct tr_vm86_registers *registers)
{
    unsigned char *back = place(RETURN_SEGMENT, 0);

    back[0] = 0xcd; /* INT */
    back[1] = RETURN_INT;
    vm86.registers = *registers;
    vm86.registers.eflags = FLAGS;
    vm86.registers.ss = STACK_SEGMENT;
    vm86.registers.esp = STACK_SIZE - 2;
    vm86.registers.cs = RETURN_SEGMENT;
    vm86.registers.eip = 0;
}

bool real_far_call(uint32_t segment, uint32_t offset, struct tr_vm86_registers *registers)
{
    prepare(registers);
    push(RETURN_SEGMENT);
    push(0);
    vm86.registers.cs = segment;
    vm86.registers.eip = offset;
    bool is_done = run();
    *registers = vm86.registers;
    return is_done;
}

bool real_interrupt(uint32_t number, struct tr_vm86_registers *registers)
{
    prepare(registers);
    interrupt_enter(number);
    bool is_done = run();
    *registers = vm86.registers;
    return is_done;
}
