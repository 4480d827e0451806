/* SPDX-License-Identifier: MIT */
/* Instructions that the library has not, or does otherwise than a processor (Intel 64 and IA-32
 * manual, volume 2): the bit tests that count from a place in memory, POP to an address that
 * depends on ESP, CMPXCHG and XADD. Memory is reached by the functions that the library's own
 * accesses end in, so that a fault takes an instruction back as it does there. */

#include "vm86_inside.h"

enum { EXCEPTION_STACK = 12, EXCEPTION_PROTECTION = 13 };
enum { ESP = 4, EBP = 5 }; /* numbers of registers */
enum { BIT_TEST = 0, BIT_SET = 1, BIT_RESET = 2, BIT_COMPLEMENT = 3 };

/* What the bytes behind the opcode say. */
struct form {
    uint32_t length;  /* of the whole instruction so far */
    uint32_t width;   /* bytes of the operands */
    uint32_t reg;     /* the register's number, or more of the opcode */
    bool is_register; /* the other operand is one: */
    uint32_t other;   /* its number */
    bool has_esp;     /* its address depends on ESP */
    bool is_stack;    /* its segment is the stack's, if no prefix says otherwise */
    uint32_t offset;
};

/* ---- Registers ------------------------------------------------------------------------------- */

static u32 *register_of(x86emu_t *emu, uint32_t number)
{
    u32 *const registers[] = {&emu->x86.R_EAX, &emu->x86.R_ECX, &emu->x86.R_EDX, &emu->x86.R_EBX,
                              &emu->x86.R_ESP, &emu->x86.R_EBP, &emu->x86.R_ESI, &emu->x86.R_EDI};
    return registers[number & 7];
}

static uint32_t mask_of(uint32_t width)
{
    return width == 4 ? UINT32_MAX : (UINT32_C(1) << (8 * width)) - 1;
}

/* The second four bytes are the upper halves of the first four registers. */
static uint32_t register_get(x86emu_t *emu, uint32_t number, uint32_t width)
{
    if (width == 1) {
        return *register_of(emu, number & 3) >> (number >= 4 ? 8 : 0) & 0xff;
    }
    return *register_of(emu, number) & mask_of(width);
}

static void register_set(x86emu_t *emu, uint32_t number, uint32_t width, uint32_t value)
{
    uint32_t shift = width == 1 && number >= 4 ? 8 : 0;
    u32 *place = register_of(emu, width == 1 ? number & 3 : number);
    uint32_t mask = mask_of(width) << shift;
    *place = (*place & ~mask) | (value << shift & mask);
}

/* ---- Addresses ------------------------------------------------------------------------------- */

static uint32_t displacement(struct vm86 *vm86, struct form *form, uint32_t size)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < size; i++) {
        value |= (uint32_t)vm86_code_byte(vm86, form->length++) << (8 * i);
    }
    return size == 1 ? (uint32_t)(int8_t)value : value;
}

static void address_16(struct vm86 *vm86, struct form *form, uint32_t mod, uint32_t rm)
{
    static const uint8_t bases[] = {3, 3, 5, 5, 6, 7, 5, 3}, indices[] = {6, 7, 6, 7};
    bool is_bare = mod == 0 && rm == 6;
    uint32_t offset = is_bare ? 0 : *register_of(vm86->emu, bases[rm]);
    offset += rm < 4 ? *register_of(vm86->emu, indices[rm]) : 0;
    form->is_stack = !is_bare && bases[rm] == EBP;
    offset += displacement(vm86, form, mod == 1 ? 1 : mod == 2 || is_bare ? 2 : 0);
    form->offset = offset & 0xffff;
}

static void address_32(struct vm86 *vm86, struct form *form, uint32_t mod, uint32_t rm)
{
    uint32_t offset = 0, base = rm;
    if (rm == ESP) {
        uint8_t byte = vm86_code_byte(vm86, form->length++);
        uint32_t index = byte >> 3 & 7;
        base = byte & 7;
        offset = index == ESP ? 0 : *register_of(vm86->emu, index) << (byte >> 6);
    }
    bool is_bare = mod == 0 && base == EBP;
    offset += is_bare ? 0 : *register_of(vm86->emu, base);
    form->has_esp = base == ESP;
    form->is_stack = base == ESP || (base == EBP && !is_bare);
    form->offset = offset + displacement(vm86, form, mod == 1 ? 1 : mod == 2 || is_bare ? 4 : 0);
}

static void form_read(struct vm86 *vm86, struct form *form)
{
    uint8_t byte = vm86_code_byte(vm86, form->length++);
    uint32_t mod = byte >> 6, rm = byte & 7;
    form->reg = byte >> 3 & 7;
    form->is_register = mod == 3;
    form->other = rm;
    if (!form->is_register && vm86->now.has_address32) {
        address_32(vm86, form, mod, rm);
    } else if (!form->is_register) {
        address_16(vm86, form, mod, rm);
    }
}

/* Where an operand at an offset lies; one that reaches beyond its segment is a fault. */
static uint32_t linear(struct vm86 *vm86, const struct form *form, uint32_t offset)
{
    x86emu_t *emu = vm86->emu;
    uint8_t prefix = vm86->now.segment != 0 ? vm86->now.segment : form->is_stack ? 0x36 : 0x3e;
    uint32_t base = prefix == 0x26   ? emu->x86.R_ES_BASE
                    : prefix == 0x2e ? emu->x86.R_CS_BASE
                    : prefix == 0x36 ? emu->x86.R_SS_BASE
                    : prefix == 0x64 ? emu->x86.R_FS_BASE
                    : prefix == 0x65 ? emu->x86.R_GS_BASE
                                     : emu->x86.R_DS_BASE;
    if (offset > 0x10000 - form->width) {
        vm86_refuse(vm86, prefix == 0x36 ? EXCEPTION_STACK : EXCEPTION_PROTECTION);
    }
    return base + offset;
}

static uint32_t other_get(struct vm86 *vm86, const struct form *form)
{
    if (form->is_register) {
        return register_get(vm86->emu, form->other, form->width);
    }
    return vm86_memory_read(vm86, linear(vm86, form, form->offset), form->width);
}

static void other_set(struct vm86 *vm86, const struct form *form, uint32_t value)
{
    if (form->is_register) {
        register_set(vm86->emu, form->other, form->width, value);
    } else {
        vm86_memory_write(vm86, linear(vm86, form, form->offset), form->width, value);
    }
}

/* ---- Instructions ---------------------------------------------------------------------------- */

static void flag_set(x86emu_t *emu, uint32_t flag, bool is_on)
{
    emu->x86.R_EFLG = is_on ? emu->x86.R_EFLG | flag : emu->x86.R_EFLG & ~flag;
}

/* Of a + b = sum, or with `is_difference` of sum = a - b. */
static void flags_of(x86emu_t *emu, uint32_t a, uint32_t b, uint32_t sum, uint32_t width,
                     bool is_difference)
{
    uint32_t sign = UINT32_C(1) << (8 * width - 1);
    uint32_t overflow = is_difference ? (a ^ b) & (a ^ sum) : (a ^ sum) & (b ^ sum);
    sum &= mask_of(width);
    flag_set(emu, F_CF, is_difference ? a < b : sum < a);
    flag_set(emu, F_PF, __builtin_parity(sum & 0xff) == 0);
    flag_set(emu, F_AF, ((a ^ b ^ sum) & 0x10) != 0);
    flag_set(emu, F_ZF, sum == 0);
    flag_set(emu, F_SF, (sum & sign) != 0);
    flag_set(emu, F_OF, (overflow & sign) != 0);
}

/* The register is a signed number of bits from the operand on. */
static void bit_instruction(struct vm86 *vm86, struct form *form, uint32_t what)
{
    uint32_t bits = 8 * form->width, value = register_get(vm86->emu, form->reg, form->width);
    int32_t number = form->width == 2 ? (int16_t)value : (int32_t)value;
    int32_t places = number >= 0 ? number / (int32_t)bits : -((-(number + 1)) / (int32_t)bits) - 1;
    uint32_t bit = UINT32_C(1) << ((uint32_t)number % bits);
    form->offset += (uint32_t)places * form->width;
    form->offset &= vm86->now.has_address32 ? UINT32_MAX : 0xffff;
    uint32_t was = other_get(vm86, form);
    if (what != BIT_TEST) {
        other_set(vm86, form,
                  what == BIT_SET     ? was | bit
                  : what == BIT_RESET ? was & ~bit
                                      : was ^ bit);
    }
    flag_set(vm86->emu, F_CF, (was & bit) != 0);
}

static void exchange_if_equal(struct vm86 *vm86, struct form *form)
{
    x86emu_t *emu = vm86->emu;
    uint32_t was = other_get(vm86, form), wanted = register_get(emu, 0, form->width);
    other_set(vm86, form, was == wanted ? register_get(emu, form->reg, form->width) : was);
    if (was != wanted) {
        register_set(emu, 0, form->width, was);
    }
    flags_of(emu, wanted, was, wanted - was, form->width, true);
}

static void exchange_and_add(struct vm86 *vm86, struct form *form)
{
    x86emu_t *emu = vm86->emu;
    uint32_t a = other_get(vm86, form), b = register_get(emu, form->reg, form->width);
    if (!form->is_register) {
        other_set(vm86, form, a + b); /* may fault: the register comes after it */
    }
    register_set(emu, form->reg, form->width, a);
    if (form->is_register) {
        other_set(vm86, form, a + b);
    }
    flags_of(emu, a, b, a + b, form->width, false);
}

/* The value is taken before the address is reckoned. The stack is one of 16 bits. */
static void pop(struct vm86 *vm86, struct form *form, uint32_t modrm_at)
{
    x86emu_t *emu = vm86->emu;
    uint32_t from = emu->x86.R_ESP & 0xffff, value;
    if (from > 0x10000 - form->width) {
        vm86_refuse(vm86, EXCEPTION_STACK);
    }
    value = vm86_memory_read(vm86, emu->x86.R_SS_BASE + from, form->width);
    register_set(emu, ESP, 2, from + form->width);
    form->length = modrm_at;
    form_read(vm86, form);
    other_set(vm86, form, value);
}

/* The two-byte ones. False: it is none of them. */
static bool execute_second(struct vm86 *vm86, struct form *form, uint8_t second)
{
    bool is_exchange = second == 0xb0 || second == 0xb1 || second == 0xc0 || second == 0xc1;
    if (!is_exchange && (second & 0xe7) != 0xa3) {
        return false;
    }
    form->width = is_exchange && (second & 1) == 0 ? 1 : form->width;
    form_read(vm86, form);
    if (!is_exchange && form->is_register) {
        return false;
    }
    if (!is_exchange) {
        bit_instruction(vm86, form, second >> 3 & 3);
    } else if (second < 0xc0) {
        exchange_if_equal(vm86, form);
    } else {
        exchange_and_add(vm86, form);
    }
    return true;
}

bool vm86_extra(struct vm86 *vm86, uint32_t prefixes)
{
    const struct instruction *now = &vm86->now;
    struct form form = {.length = prefixes + 1, .width = now->has_data32 ? 4 : 2};
    if (now->opcode == 0x0f) {
        uint8_t second = vm86_code_byte(vm86, form.length++);
        if (!execute_second(vm86, &form, second)) {
            return false;
        }
    } else if (now->opcode == 0x8f && now->has_address32) {
        uint32_t modrm_at = form.length;
        form_read(vm86, &form);
        if (form.is_register || form.reg != 0 || !form.has_esp) {
            return false;
        }
        pop(vm86, &form, modrm_at);
    } else {
        return false;
    }
    vm86->emu->x86.R_EIP += form.length;
    return true;
}
