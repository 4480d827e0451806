/* SPDX-License-Identifier: MIT */
/* What a program's exception was about, x86-64 (Intel SDM volume 3, chapter 6): the vector, its
 * error code and the instruction tell; the host's signal has an address for page faults only. What
 * user mode may not run raises a general protection fault (under Valgrind some of it SIGILL); among
 * it are accesses to ports, which are carried out here if the process holds the ports. The bytes of
 * the instruction are read through the kernel's tables, as the program sees them. */

#include "arch.h"

#include "arch-x86_64.h"
#include "operand-x86_64.h"

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

/* ---- What a fault was about ----------------------------------------------------------------- */

enum vector {
    VECTOR_DIVIDE = 0,
    VECTOR_DEBUG = 1,
    VECTOR_BREAKPOINT = 3,
    VECTOR_OVERFLOW = 4,
    VECTOR_BOUND = 5,
    VECTOR_UNDEFINED = 6,
    VECTOR_NOT_PRESENT = 11,
    VECTOR_STACK = 12,
    VECTOR_PROTECTION = 13,
    VECTOR_PAGE = 14,
    VECTOR_X87 = 16,
    VECTOR_ALIGNMENT = 17,
    VECTOR_SIMD = 19
};

#define ERROR_TABLE 2 /* the error code names an entry of the interrupt table, no segment */

struct culprit {
    uint8_t bytes[INSTRUCTION_MOST];
    uint64_t size;
    struct instruction instruction;
    bool is_parsed;
};

/* Signals that Valgrind makes up have no vector, which reads as 0. */
static uint32_t vector_of(const struct trap *trap)
{
    if (trap->number != 0) {
        return trap->number;
    }
    switch (trap->signal) {
    case SIGFPE:
        return VECTOR_DIVIDE;
    case SIGTRAP:
        return VECTOR_BREAKPOINT;
    case SIGBUS:
        return trap->code == BUS_ADRALN ? VECTOR_ALIGNMENT : VECTOR_PAGE;
    case SIGSEGV:
        return trap->code == SEGV_MAPERR || trap->code == SEGV_ACCERR ? VECTOR_PAGE
                                                                      : VECTOR_PROTECTION;
    default:
        return VECTOR_UNDEFINED;
    }
}

static bool is_canonical(uint64_t address)
{
    return (uint64_t)((int64_t)(address << 16) >> 16) == address;
}

static bool is_privileged(const struct instruction *instruction)
{
    uint8_t opcode = instruction->opcode;
    if (instruction->map == 0) {
        return opcode == 0xf4 || opcode == 0xfa || opcode == 0xfb || opcode == 0xcd;
    }
    return instruction->map == 1 &&
           (opcode <= 0x01 || (opcode >= 0x06 && opcode <= 0x09) ||
            (opcode >= 0x20 && opcode <= 0x23) || (opcode >= 0x30 && opcode <= 0x35));
}

/* Moves to segment registers, far jumps and returns. */
static bool loads_segment(const struct culprit *culprit)
{
    const struct instruction *instruction = &culprit->instruction;
    uint8_t opcode = instruction->opcode;
    uint32_t operation = culprit->bytes[instruction->at] >> 3 & 7;
    if (instruction->map == 0) {
        return opcode == 0x8e || (opcode & 0xfe) == 0xca || opcode == 0xcf ||
               (opcode == 0xff && (operation == 3 || operation == 5));
    }
    return instruction->map == 1 &&
           (opcode == 0xa1 || opcode == 0xa9 || opcode == 0xb2 || opcode == 0xb4 || opcode == 0xb5);
}

/* Where a jump, call or return goes whose target is a word. False: it is none, or cannot be read.
 */
static bool jump_target(struct machine *machine, const struct hal_context *context,
                        const struct culprit *culprit, uint64_t *target)
{
    const struct instruction *instruction = &culprit->instruction;
    uint8_t modrm = culprit->bytes[instruction->at];
    uint32_t operation = modrm >> 3 & 7;
    uint64_t address = context->machine[WORD_RSP];
    if (instruction->map != 0) {
        return false;
    }
    if (instruction->opcode == 0xff && (operation == 2 || operation == 4)) {
        if (modrm >= 0xc0) {
            uint32_t high = (instruction->rex & 1u) << 3;
            *target = operand_register(context, (modrm & 7u) | high);
            return true;
        }
        if (!operand_address(context, culprit->bytes, culprit->size, context->machine[WORD_RIP],
                             instruction, &address)) {
            return false;
        }
    } else if ((instruction->opcode & 0xfe) != 0xc2) {
        return false;
    }
    return memory_user_copy(machine, context->space, address, target, sizeof *target, HAL_READ);
}

/* An address of the instruction that is none. False: there is not one. */
static bool find_wild(struct machine *machine, const struct hal_context *context,
                      const struct culprit *culprit, struct hal_fault *fault)
{
    uint64_t found[OPERAND_IMPLICIT_MOST + 1];
    const struct instruction *instruction = &culprit->instruction;
    uint32_t count = operand_implicit(context, culprit->bytes, culprit->size, instruction, found);
    if (operand_address(context, culprit->bytes, culprit->size, fault->ip, instruction,
                        &found[count])) {
        count++;
    }
    while (count > 0) {
        if (!is_canonical(found[--count])) {
            fault->address = found[count];
            return true;
        }
    }
    if (jump_target(machine, context, culprit, &fault->address) && !is_canonical(fault->address)) {
        return true;
    }
    return false;
}

/* What an SSE or AVX instruction that wants an alignment wants. Of groups 15 and 9, which save and
 * load states, most want 64 bytes, and the two about MXCSR none. */
static uint64_t wanted_alignment(const struct culprit *culprit)
{
    const struct instruction *instruction = &culprit->instruction;
    uint32_t operation = culprit->bytes[instruction->at] >> 3 & 7;
    if (instruction->map == 1 && instruction->opcode == 0xae) {
        return operation >= 4 ? 64 : operation >= 2 ? 1 : 16;
    }
    if (instruction->map == 1 && instruction->opcode == 0xc7 && operation >= 3) {
        return 64;
    }
    return instruction->vector > 16 ? instruction->vector : 16;
}

/* They refuse what is not aligned; other operands may be no good either. */
static void refuse_operand(const struct hal_context *context, const struct culprit *culprit,
                           struct hal_fault *fault)
{
    uint64_t address;
    fault->cause = TR_FAULT_ILLEGAL;
    fault->address = fault->ip;
    fault->detail = HAL_DETAIL_OPERAND;
    if (operand_address(context, culprit->bytes, culprit->size, fault->ip, &culprit->instruction,
                        &address) &&
        address % wanted_alignment(culprit) != 0) {
        fault->detail = HAL_DETAIL_MISALIGNED;
        fault->address = address;
    }
}

/* A host whose kernel has no gate for `int 0x80` protects it. */
static bool is_host_call(const struct culprit *culprit)
{
    const struct instruction *instruction = &culprit->instruction;
    return instruction->map == 0 && instruction->opcode == 0xcd &&
           culprit->bytes[instruction->at] == 0x80;
}

/* General protection and stack faults. */
static void protection(struct machine *machine, const struct hal_context *context,
                       const struct trap *trap, const struct culprit *culprit,
                       struct hal_fault *fault)
{
    const struct instruction *instruction = &culprit->instruction;
    fault->access = 0;
    fault->address = fault->ip;
    if (!culprit->is_parsed) {
        fault->cause = TR_FAULT_PAGE;
    } else if (find_wild(machine, context, culprit, fault)) {
        fault->cause = TR_FAULT_PAGE;
    } else if (is_host_call(culprit)) {
        fault->cause = TR_FAULT_ILLEGAL;
        fault->detail = HAL_DETAIL_HOST_CALL;
    } else if (is_privileged(instruction) || (trap->error & ERROR_TABLE) != 0) {
        fault->cause = TR_FAULT_PRIVILEGED;
    } else if (trap->error != 0 || loads_segment(culprit)) {
        fault->cause = TR_FAULT_PRIVILEGED;
        fault->detail = HAL_DETAIL_SEGMENT;
    } else if (instruction->map != 0 || instruction->vector != 0) {
        refuse_operand(context, culprit, fault);
    } else {
        fault->cause = TR_FAULT_PAGE;
    }
}

static void misaligned(const struct hal_context *context, const struct culprit *culprit,
                       struct hal_fault *fault)
{
    uint64_t addresses[OPERAND_IMPLICIT_MOST];
    fault->cause = TR_FAULT_ILLEGAL;
    fault->detail = HAL_DETAIL_MISALIGNED;
    fault->address = fault->ip;
    if (!culprit->is_parsed || operand_address(context, culprit->bytes, culprit->size, fault->ip,
                                               &culprit->instruction, &fault->address)) {
        return;
    }
    if (operand_implicit(context, culprit->bytes, culprit->size, &culprit->instruction, addresses) >
        0) {
        fault->address = addresses[0];
    }
}

/* An access to ports. False: the instruction is none. */
static bool port_instruction(struct machine *machine, struct hal_context *context,
                             const struct culprit *culprit, struct hal_fault *fault)
{
    struct port_access access;
    if (!decode_port(context, culprit->bytes, culprit->size, &access)) {
        return false;
    }
    if (!kernel_port_allowed(machine->kernel, access.port, access.width)) {
        fault->cause = TR_FAULT_PRIVILEGED;
        fault->address = fault->ip;
    } else if (access.is_string) {
        fault->cause = port_string(machine, context, &access);
        fault->access = access.is_out ? HAL_READ : HAL_WRITE;
        fault->address = context->machine[access.is_out ? WORD_RSI : WORD_RDI];
    } else {
        fault->cause = 0;
        port_register(machine, context, &access);
        context->machine[WORD_RIP] += access.length;
    }
    return true;
}

static void arithmetic(uint32_t vector, struct hal_fault *fault)
{
    fault->cause = TR_FAULT_DIVIDE;
    fault->detail = vector == VECTOR_DIVIDE ? HAL_DETAIL_NONE : HAL_DETAIL_FLOAT;
}

void arch_fault(struct machine *machine, struct hal_context *context, const struct trap *trap,
                struct hal_fault *fault)
{
    struct culprit culprit = {0};
    uint32_t vector = vector_of(trap);
    fault->cause = trap->signal == SIGBUS ? TR_FAULT_MEMORY : TR_FAULT_PAGE;
    if (vector == VECTOR_PAGE) {
        return;
    }
    fault->cause = TR_FAULT_ILLEGAL;
    fault->address = fault->ip;
    culprit.size = fetch(machine, context, fault->ip, culprit.bytes);
    culprit.is_parsed = instruction_parse(culprit.bytes, culprit.size, &culprit.instruction) &&
                        culprit.instruction.at < INSTRUCTION_MOST;
    switch (vector) {
    case VECTOR_DIVIDE:
    case VECTOR_X87:
    case VECTOR_SIMD:
        arithmetic(vector, fault);
        break;
    case VECTOR_DEBUG:
    case VECTOR_BREAKPOINT:
    case VECTOR_OVERFLOW:
    case VECTOR_BOUND:
        fault->detail = HAL_DETAIL_TRAP;
        break;
    case VECTOR_ALIGNMENT:
        misaligned(context, &culprit, fault);
        break;
    case VECTOR_NOT_PRESENT:
    case VECTOR_STACK:
    case VECTOR_PROTECTION:
        if (!port_instruction(machine, context, &culprit, fault)) {
            protection(machine, context, trap, &culprit, fault);
        }
        break;
    default:
        /* Valgrind knows no privileged instructions: they are undefined there. */
        if (!port_instruction(machine, context, &culprit, fault) && culprit.is_parsed &&
            trap->number == 0 && is_privileged(&culprit.instruction)) {
            fault->cause = TR_FAULT_PRIVILEGED;
        }
        break;
    }
}
