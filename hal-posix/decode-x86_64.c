/* SPDX-License-Identifier: MIT */
/* Instructions that user mode may not run, x86-64 (Intel SDM volume 2: IN, OUT, INS, OUTS, HLT,
 * CLI, STI). The host refuses them natively with a SIGSEGV without address; under Valgrind some
 * come as SIGILL. Accesses to ports are carried out here if the process holds the ports; the bytes
 * of the instruction are read through the kernel's tables, as the program sees them. */

#include "arch.h"

#include "arch-x86_64.h"

#define FLAG_DIRECTION   UINT64_C(0x400)
#define INSTRUCTION_MOST 15

struct port_access {
    bool is_out, is_string, is_repeated, address_32;
    uint32_t width, port;
    uint64_t length; /* of the instruction */
};

/* How many bytes of the instruction at ip can be read. */
static uint64_t fetch(struct machine *machine, struct hal_context *context, uint64_t ip,
                      uint8_t bytes[INSTRUCTION_MOST])
{
    uint64_t first = PAGE - ip % PAGE < INSTRUCTION_MOST ? PAGE - ip % PAGE : INSTRUCTION_MOST;
    if (!memory_user_copy(machine, context->space, ip, bytes, first, HAL_EXECUTE)) {
        return 0;
    }
    return memory_user_copy(machine, context->space, ip + first, bytes + first,
                            INSTRUCTION_MOST - first, HAL_EXECUTE)
               ? INSTRUCTION_MOST
               : first;
}

struct prefixes {
    bool operand, address, repeat;
    uint64_t count;
};

static struct prefixes prefixes_of(const uint8_t *bytes, uint64_t size)
{
    struct prefixes found = {0};
    while (found.count < size) {
        uint8_t byte = bytes[found.count];
        bool is_segment = byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e ||
                          byte == 0x64 || byte == 0x65;
        bool is_rex = (byte & 0xf0) == 0x40;
        found.operand |= byte == 0x66;
        found.address |= byte == 0x67;
        found.repeat |= byte == 0xf2 || byte == 0xf3;
        if (byte != 0x66 && byte != 0x67 && byte != 0xf2 && byte != 0xf3 && byte != 0xf0 &&
            !is_segment && !is_rex) {
            break;
        }
        found.count++;
    }
    return found;
}

/* E4–E7 in, out immediate; EC–EF in, out dx; 6C–6F ins, outs. */
static bool decode_port(const struct hal_context *context, const uint8_t *bytes, uint64_t size,
                        struct port_access *access)
{
    struct prefixes prefixes = prefixes_of(bytes, size);
    if (prefixes.count >= size) {
        return false;
    }
    uint8_t opcode = bytes[prefixes.count];
    bool immediate = (opcode & 0xfc) == 0xe4, string = (opcode & 0xfc) == 0x6c;
    if ((!immediate && !string && (opcode & 0xfc) != 0xec) ||
        (immediate && prefixes.count + 1 >= size)) {
        return false;
    }
    *access = (struct port_access){
        .is_out = (opcode & 2) != 0,
        .is_string = string,
        .is_repeated = string && prefixes.repeat,
        .address_32 = prefixes.address,
        .width = (opcode & 1) == 0  ? 1
                 : prefixes.operand ? 2
                                    : 4,
        .port = immediate ? bytes[prefixes.count + 1] : context->machine[WORD_RDX] & 0xffff,
        .length = prefixes.count + (immediate ? 2 : 1),
    };
    return true;
}

static uint32_t width_mask(uint32_t width)
{
    return width == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * width)) - 1;
}

static void port_register(struct machine *machine, struct hal_context *context,
                          const struct port_access *access)
{
    uint64_t *rax = &context->machine[WORD_RAX];
    uint32_t mask = width_mask(access->width);
    if (access->is_out) {
        hal_port_out(machine, access->port, access->width, (uint32_t)*rax & mask);
        return;
    }
    uint64_t value = hal_port_in(machine, access->port, access->width) & mask;
    *rax = access->width == 4 ? value : (*rax & ~(uint64_t)mask) | value;
}

/* One element of ins or outs. False: its memory is not there. */
static bool port_element(struct machine *machine, struct hal_context *context,
                         const struct port_access *access)
{
    uint64_t *index = &context->machine[access->is_out ? WORD_RSI : WORD_RDI];
    uint64_t mask = access->address_32 ? UINT32_MAX : UINT64_MAX;
    uint64_t step = (context->machine[WORD_FLAGS] & FLAG_DIRECTION) != 0 ? -(uint64_t)access->width
                                                                         : access->width;
    uint32_t value = 0;
    if (access->is_out) {
        if (!memory_user_copy(machine, context->space, *index & mask, &value, access->width,
                              HAL_READ)) {
            return false;
        }
        hal_port_out(machine, access->port, access->width, value);
    } else {
        /* The memory is tried first: a device's byte that was read must not be lost. */
        if (!memory_user_copy(machine, context->space, *index & mask, &value, access->width,
                              HAL_READ)) {
            return false;
        }
        value = hal_port_in(machine, access->port, access->width);
        if (!memory_user_copy(machine, context->space, *index & mask, &value, access->width,
                              HAL_WRITE)) {
            return false;
        }
    }
    *index = (*index + step) & mask;
    return true;
}

/* At most 4096 elements at once, as hardware too lets interrupts in: the rest when it runs again.
 */
static uint32_t port_string(struct machine *machine, struct hal_context *context,
                            const struct port_access *access)
{
    uint64_t *count = &context->machine[WORD_RCX];
    if (!access->is_repeated) {
        if (!port_element(machine, context, access)) {
            return TR_FAULT_PAGE;
        }
        context->machine[WORD_RIP] += access->length;
        return 0;
    }
    for (uint32_t done = 0; *count != 0 && done < 4096; done++, --*count) {
        if (!port_element(machine, context, access)) {
            return TR_FAULT_PAGE;
        }
    }
    context->machine[WORD_RIP] += *count == 0 ? access->length : 0;
    return 0;
}

/* Of other instructions only what tells the causes apart: privileged ones, SSE moves that want an
 * aligned address, and the rest, whose address was not one (no canonical form). */
static uint32_t cause_of_other(const uint8_t *bytes, uint64_t size, int signal)
{
    struct prefixes prefixes = prefixes_of(bytes, size);
    if (prefixes.count + 1 >= size) {
        return signal == SIGSEGV ? TR_FAULT_PAGE : TR_FAULT_ILLEGAL;
    }
    uint8_t opcode = bytes[prefixes.count], second = bytes[prefixes.count + 1];
    bool two_byte = opcode == 0x0f;
    if (opcode == 0xf4 || opcode == 0xfa || opcode == 0xfb || opcode == 0xcd ||
        (two_byte && (second <= 0x01 || second == 0x06 || (second >= 0x20 && second <= 0x23) ||
                      second == 0x08 || second == 0x09 || (second >= 0x30 && second <= 0x33)))) {
        return TR_FAULT_PRIVILEGED;
    }
    if (signal != SIGSEGV) {
        return TR_FAULT_ILLEGAL;
    }
    bool sse = two_byte || opcode == 0xc5 || opcode == 0xc4 || opcode == 0x62;
    return sse ? TR_FAULT_ILLEGAL : TR_FAULT_PAGE;
}

uint32_t arch_refused(struct machine *machine, struct hal_context *context, const struct trap *trap)
{
    uint8_t bytes[INSTRUCTION_MOST] = {0};
    struct port_access access;
    uint64_t size = fetch(machine, context, trap->ip, bytes);
    if (!decode_port(context, bytes, size, &access)) {
        return cause_of_other(bytes, size, trap->signal);
    }
    if (!kernel_port_allowed(machine->kernel, access.port, access.width)) {
        return TR_FAULT_PRIVILEGED;
    }
    if (access.is_string) {
        return port_string(machine, context, &access);
    }
    port_register(machine, context, &access);
    context->machine[WORD_RIP] += access.length;
    return 0;
}
