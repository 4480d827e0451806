/* SPDX-License-Identifier: MIT */
/* Real mode by libx86emu. The library runs until one of its handlers jumps out: the one before each
 * instruction (the limit, privileged instructions), the one for interrupts and exceptions, the one
 * for memory and ports. All state between two runs is in the registers, so a slice may end after
 * any instruction and nobody can tell.
 *
 * An exception leaves registers and memory as they were before the instruction: registers are kept
 * at its begin, what it writes is noted and taken back. A repeated string instruction stops behind
 * the last whole element instead, as on the processor.
 *
 * What the library does not do as a processor does is done in vm86_extra.c.
 *
 * SIM: the library checks segment limits after the access, has no coprocessor, and does not trap
 * on the trap flag. A segment limit in the middle of a repeated string instruction begins it anew.
 */

#include "vm86.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "vm86_inside.h"

#define INSTRUCTION_BYTES 15
#define PREFIX_DATA32     0x66
#define PREFIX_ADDRESS32  0x67

enum { EXCEPTION_UNDEFINED = 6, EXCEPTION_PROTECTION = 13, EXCEPTION_PAGE = 14 };

const char *const vm86_choice = "libx86emu";
const char *const vm86_detail = "tr_vm86_enter runs real-mode code, the VGA BIOS for one.";
const bool vm86_is_there = true;

/* ---- Leaving -------------------------------------------------------------------------------- */

static void registers_keep(const x86emu_t *emu, struct registers *kept)
{
    kept->general = emu->x86.gen;
    kept->special = emu->x86.spc;
    memcpy(kept->segments, emu->x86.seg, sizeof kept->segments);
}

static void registers_put_back(x86emu_t *emu, const struct registers *kept)
{
    emu->x86.gen = kept->general;
    emu->x86.spc = kept->special;
    memcpy(emu->x86.seg, kept->segments, sizeof kept->segments);
}

static _Noreturn void leave(struct vm86 *vm86, enum hal_vm86_end end, uint32_t vector,
                            uint64_t address)
{
    vm86->run->end = end;
    vm86->run->vector = vector;
    vm86->run->fault_address = address;
    longjmp(vm86->out, 1);
}

static bool is_string(uint8_t opcode)
{
    return (opcode >= 0x6c && opcode <= 0x6f) || (opcode >= 0xa4 && opcode <= 0xa7) ||
           (opcode >= 0xaa && opcode <= 0xaf);
}

/* LODS and OUTS are the ones without a destination. */
static bool has_destination(uint8_t opcode)
{
    return opcode != 0x6e && opcode != 0x6f && opcode != 0xac && opcode != 0xad;
}

/* Behind the last whole element: the library has moved the index registers, not the count. */
static void string_stop(struct vm86 *vm86)
{
    x86emu_t *emu = vm86->emu;
    const struct instruction *now = &vm86->now;
    uint32_t esi = emu->x86.R_ESI, edi = emu->x86.R_EDI;
    uint32_t was = has_destination(now->opcode) ? now->before.special.DI.I32_reg.e_reg
                                                : now->before.special.SI.I32_reg.e_reg;
    uint32_t moved = (has_destination(now->opcode) ? edi : esi) - was;
    uint32_t width = (now->opcode & 1) == 0 ? 1 : now->has_data32 ? 4 : 2;
    registers_put_back(emu, &now->before);
    if ((emu->x86.R_EFLG & FB_DF) != 0) {
        moved = 0 - moved;
    }
    emu->x86.R_ESI = esi;
    emu->x86.R_EDI = edi;
    if (now->has_address32) {
        emu->x86.R_ECX -= moved / width;
    } else {
        emu->x86.R_CX = (u16)(emu->x86.R_CX - (moved & 0xffff) / width);
    }
}

/* The instruction has not happened. */
static void instruction_undo(struct vm86 *vm86)
{
    struct instruction *now = &vm86->now;
    while (now->note_count > 0) {
        const struct note *note = &now->notes[--now->note_count];
        *note->at = note->was;
    }
    registers_put_back(vm86->emu, &now->before);
}

static _Noreturn void leave_instruction(struct vm86 *vm86, enum hal_vm86_end end, uint32_t vector,
                                        uint64_t address)
{
    if (vm86->now.is_repeated && is_string(vm86->now.opcode)) {
        string_stop(vm86);
    } else {
        instruction_undo(vm86);
    }
    leave(vm86, end, vector, address);
}

/* ---- Memory and ports ----------------------------------------------------------------------- */

static uint8_t *view_of(struct vm86 *vm86, uint32_t address, uint32_t access)
{
    uint32_t page = address / PAGE;
    if (page >= HAL_VM86_PAGES) {
        return NULL;
    }
    uint8_t **views = access == HAL_WRITE ? vm86->writable : vm86->readable;
    if (views[page] == NULL) {
        views[page] = kernel_vm86_page(vm86->machine->kernel, page, access);
        if (access == HAL_WRITE && views[page] != NULL) {
            vm86->readable[page] = views[page]; /* the first write may have moved it */
        }
    }
    return views[page] == NULL ? NULL : views[page] + address % PAGE;
}

static uint8_t *view_or_fault(struct vm86 *vm86, uint32_t address, uint32_t access)
{
    uint8_t *view = view_of(vm86, address, access);
    if (view == NULL) {
        leave_instruction(vm86, HAL_VM86_FAULT, EXCEPTION_PAGE, address);
    }
    return view;
}

uint32_t vm86_memory_read(struct vm86 *vm86, uint32_t address, uint32_t width)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < width; i++) {
        value |= (uint32_t)*view_or_fault(vm86, address + i, HAL_READ) << (8 * i);
    }
    return value;
}

void vm86_memory_write(struct vm86 *vm86, uint32_t address, uint32_t width, uint32_t value)
{
    struct instruction *now = &vm86->now;
    uint8_t *views[4];
    for (uint32_t i = 0; i < width; i++) {
        views[i] = view_or_fault(vm86, address + i, HAL_WRITE);
    }
    for (uint32_t i = 0; i < width; i++) {
        if (now->note_count < NOTES_MOST) {
            now->notes[now->note_count++] = (struct note){views[i], *views[i]};
        }
        *views[i] = (uint8_t)(value >> (8 * i));
    }
}

static void port_check(struct vm86 *vm86, uint32_t port, uint32_t width)
{
    if (!kernel_port_allowed(vm86->machine->kernel, port, width)) {
        leave_instruction(vm86, HAL_VM86_PORT, port, vm86->now.address);
    }
}

static unsigned on_access(x86emu_t *emu, u32 address, u32 *value, unsigned type)
{
    struct vm86 *vm86 = emu->_private;
    uint32_t width = (type & 0xff) == X86EMU_MEMIO_16   ? 2
                     : (type & 0xff) == X86EMU_MEMIO_32 ? 4
                                                        : 1;
    unsigned operation = type & ~0xffu;
    if (operation == X86EMU_MEMIO_X) {
        *value = vm86_memory_read(vm86, address, width);
        return 0;
    }
    if (emu->x86.intr_type != 0) { /* an access before this one was beyond its segment */
        instruction_undo(vm86);
        leave(vm86, HAL_VM86_FAULT, emu->x86.intr_nr, vm86->now.address);
    }
    vm86->now.accesses++;
    switch (operation) {
    case X86EMU_MEMIO_W:
        vm86_memory_write(vm86, address, width, *value);
        break;
    case X86EMU_MEMIO_I:
        port_check(vm86, address, width);
        *value = hal_port_in(vm86->machine, address, width);
        break;
    case X86EMU_MEMIO_O:
        port_check(vm86, address, width);
        hal_port_out(vm86->machine, address, width, *value);
        break;
    default:
        *value = vm86_memory_read(vm86, address, width);
        break;
    }
    return 0;
}

/* ---- Instructions --------------------------------------------------------------------------- */

static bool is_segment(uint8_t byte)
{
    return byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e || byte == 0x64 ||
           byte == 0x65;
}

static bool is_prefix(uint8_t byte)
{
    return is_segment(byte) || byte == PREFIX_DATA32 || byte == PREFIX_ADDRESS32 || byte == 0xf0 ||
           byte == 0xf2 || byte == 0xf3;
}

/* Of those that begin with 0x0f: what only a system may do. */
static bool is_privileged(uint8_t second)
{
    return second == 0x01 || second == 0x06 || second == 0x08 || second == 0x09 ||
           (second >= 0x20 && second <= 0x26) || (second >= 0x30 && second <= 0x35);
}

_Noreturn void vm86_refuse(struct vm86 *vm86, uint32_t exception)
{
    leave(vm86, HAL_VM86_FAULT, exception, vm86->now.address);
}

uint8_t vm86_code_byte(struct vm86 *vm86, uint32_t offset)
{
    const x86emu_t *emu = vm86->emu;
    uint32_t at = emu->x86.R_CS_BASE + ((emu->x86.R_EIP + offset) & 0xffff);
    const uint8_t *view = view_of(vm86, at, HAL_READ);
    if (view == NULL) {
        leave(vm86, HAL_VM86_FAULT, EXCEPTION_PAGE, at);
    }
    return *view;
}

/* Looks at prefixes and opcode of what comes now, and refuses what is not to be executed. How many
 * prefixes there are. */
static uint32_t instruction_look(struct vm86 *vm86)
{
    struct instruction *now = &vm86->now;
    uint32_t length = 0;
    now->is_repeated = now->has_data32 = now->has_address32 = false;
    now->segment = 0;
    uint8_t byte = vm86_code_byte(vm86, 0);
    while (is_prefix(byte)) {
        now->is_repeated = now->is_repeated || byte == 0xf2 || byte == 0xf3;
        now->has_data32 = now->has_data32 || byte == PREFIX_DATA32;
        now->has_address32 = now->has_address32 || byte == PREFIX_ADDRESS32;
        now->segment = is_segment(byte) ? byte : now->segment;
        length++;
        if (length == INSTRUCTION_BYTES) {
            vm86_refuse(vm86, EXCEPTION_PROTECTION);
        }
        byte = vm86_code_byte(vm86, length);
    }
    now->opcode = byte;
    if (byte == 0xf4) { /* HLT */
        vm86_refuse(vm86, EXCEPTION_PROTECTION);
    }
    if (byte == 0x0f) {
        uint8_t second = vm86_code_byte(vm86, length + 1);
        if (second == 0) { /* SLDT and its like are not known in real mode */
            vm86_refuse(vm86, EXCEPTION_UNDEFINED);
        }
        if (is_privileged(second)) {
            vm86_refuse(vm86, EXCEPTION_PROTECTION);
        }
    }
    return length;
}

/* An instruction begins, and is counted. Each further element of a repeated one counts as one too.
 * How many prefixes it has. */
static uint32_t instruction_begin(struct vm86 *vm86)
{
    x86emu_t *emu = vm86->emu;
    struct instruction *now = &vm86->now;
    if (now->is_repeated) {
        vm86->count += now->accesses / 2;
    }
    now->is_repeated = false;
    now->address = emu->x86.R_CS_BASE + (emu->x86.R_EIP & 0xffff);
    if (vm86->count >= vm86->limit) {
        leave(vm86, HAL_VM86_LIMIT, 0, 0);
    }
    if (emu->x86.R_EIP > 0xffff) {
        vm86_refuse(vm86, EXCEPTION_PROTECTION);
    }
    now->accesses = 0;
    now->note_count = 0;
    registers_keep(emu, &now->before);
    uint32_t prefixes = instruction_look(vm86);
    vm86->count++;
    return prefixes;
}

/* Before each instruction of the library's: those that are not are done here. */
static int on_instruction(x86emu_t *emu)
{
    struct vm86 *vm86 = emu->_private;
    while (vm86_extra(vm86, instruction_begin(vm86))) {
    }
    return 0;
}

/* INT n comes when it is over, an exception with what has been done of the instruction. */
static int on_interrupt(x86emu_t *emu, u8 number, unsigned type)
{
    struct vm86 *vm86 = emu->_private;
    if (type == INTR_TYPE_SOFT) {
        leave(vm86, HAL_VM86_INTERRUPT, number, vm86->now.address);
    }
    instruction_undo(vm86);
    leave(vm86, HAL_VM86_FAULT, number, vm86->now.address);
}

/* The same on every host: a 486 with a time stamp counter. */
static void on_cpuid(x86emu_t *emu)
{
    bool is_name = emu->x86.R_EAX == 0;
    emu->x86.R_EAX = is_name ? 1 : 0x480;
    emu->x86.R_EBX = is_name ? 0x72726554 : 0; /* "Terr" "ariu" "mV86" */
    emu->x86.R_EDX = is_name ? 0x75697261 : 0x10;
    emu->x86.R_ECX = is_name ? 0x3638566d : 0;
}

/* ---- A run ---------------------------------------------------------------------------------- */

static void registers_load(struct vm86 *vm86)
{
    x86emu_t *emu = vm86->emu;
    const struct tr_vm86_registers *from = &vm86->run->registers;
    emu->x86 = vm86->reset;
    emu->x86.R_TSC = hal_time(vm86->machine);
    emu->x86.R_EAX = from->eax;
    emu->x86.R_EBX = from->ebx;
    emu->x86.R_ECX = from->ecx;
    emu->x86.R_EDX = from->edx;
    emu->x86.R_ESI = from->esi;
    emu->x86.R_EDI = from->edi;
    emu->x86.R_EBP = from->ebp;
    emu->x86.R_ESP = from->esp;
    emu->x86.R_EIP = from->eip;
    emu->x86.R_EFLG = from->eflags | F_ALWAYS_ON;
    x86emu_set_seg_register(emu, emu->x86.R_CS_SEL, (u16)from->cs);
    x86emu_set_seg_register(emu, emu->x86.R_DS_SEL, (u16)from->ds);
    x86emu_set_seg_register(emu, emu->x86.R_ES_SEL, (u16)from->es);
    x86emu_set_seg_register(emu, emu->x86.R_FS_SEL, (u16)from->fs);
    x86emu_set_seg_register(emu, emu->x86.R_GS_SEL, (u16)from->gs);
    x86emu_set_seg_register(emu, emu->x86.R_SS_SEL, (u16)from->ss);
}

static void registers_store(const struct vm86 *vm86)
{
    const x86emu_t *emu = vm86->emu;
    vm86->run->registers = (struct tr_vm86_registers){
        .eax = emu->x86.R_EAX,
        .ebx = emu->x86.R_EBX,
        .ecx = emu->x86.R_ECX,
        .edx = emu->x86.R_EDX,
        .esi = emu->x86.R_ESI,
        .edi = emu->x86.R_EDI,
        .ebp = emu->x86.R_EBP,
        .esp = emu->x86.R_ESP,
        .eip = emu->x86.R_EIP,
        .eflags = emu->x86.R_EFLG,
        .cs = emu->x86.R_CS,
        .ds = emu->x86.R_DS,
        .es = emu->x86.R_ES,
        .fs = emu->x86.R_FS,
        .gs = emu->x86.R_GS,
        .ss = emu->x86.R_SS,
    };
}

static struct vm86 *vm86_of(struct machine *machine)
{
    if (machine->vm86 != NULL) {
        return machine->vm86;
    }
    struct vm86 *vm86 = calloc(1, sizeof *vm86);
    if (vm86 == NULL || (vm86->emu = x86emu_new(0, 0)) == NULL) {
        host_fatal("no memory for the real-mode interpreter");
    }
    vm86->machine = machine;
    vm86->reset = vm86->emu->x86;
    vm86->emu->_private = vm86;
    x86emu_set_memio_handler(vm86->emu, on_access);
    x86emu_set_code_handler(vm86->emu, on_instruction);
    x86emu_set_intr_handler(vm86->emu, on_interrupt);
    x86emu_set_cpuid_handler(vm86->emu, on_cpuid);
    machine->vm86 = vm86;
    return vm86;
}

/* The library does not come back by itself: what would make it (HLT) is refused. */
static void execute(struct vm86 *vm86)
{
    if (setjmp(vm86->out) == 0) {
        x86emu_run(vm86->emu, 0);
        abort();
    }
}

bool hal_vm86_exists(struct machine *machine)
{
    (void)machine;
    return true;
}

void hal_vm86_run(struct machine *machine, struct hal_vm86 *run)
{
    struct vm86 *vm86 = vm86_of(machine);
    vm86->run = run;
    vm86->limit = run->instructions;
    vm86->count = 0;
    vm86->now.is_repeated = false;
    memset(vm86->readable, 0, sizeof vm86->readable);
    memset(vm86->writable, 0, sizeof vm86->writable);
    registers_load(vm86);
    execute(vm86);
    registers_store(vm86);
    run->instructions = vm86->count;
}

void vm86_destroy(struct machine *machine)
{
    if (machine->vm86 != NULL) {
        x86emu_done(machine->vm86->emu);
        free(machine->vm86);
    }
}
