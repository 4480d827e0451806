/* SPDX-License-Identifier: MIT */
/* interface.md 13 and 10: the faults and port instructions that only x86-64 has. */

#include "check.h"

const char check_section[] = "faults_x86";

static void expect(int64_t (*function)(uint64_t), enum tr_class process_class, enum tr_fault cause,
                   int line)
{
    uint64_t pid = check_start_with(process_class, "faulty", function, 0, TR_SPAWN_WATCH);

    check_code_of(pid, cause == 0 ? TR_EVENT_EXITED : TR_EVENT_FAULTED, (int64_t)cause, line);
}

static int64_t divides(uint64_t zero)
{
    uint64_t result;

    __asm__ volatile("xor %%edx, %%edx; mov $1, %%eax; div %1"
                     : "=&a"(result)
                     : "r"((uint32_t)zero)
                     : "rdx", "cc");
    return (int64_t)result;
}

static int64_t halts(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("hlt");
    return 0;
}

static int64_t clears_interrupts(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("cli");
    return 0;
}

static int64_t reads_port(uint64_t unused)
{
    uint8_t value;

    (void)unused;
    __asm__ volatile("inb $0x80, %0" : "=a"(value));
    return value == 0 ? 1 : 0;
}

static int64_t writes_port(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("outb %%al, %%dx" : : "a"(1), "d"(0x80));
    return 0;
}

static int64_t claims_and_uses_ports(uint64_t unused)
{
    uint32_t value = 0;

    (void)unused;
    CHECK_IS(tr_port_claim(0xe80, 4), 0);
    __asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(0xe80));
    CHECK_IS(value, 0xffffffff);
    __asm__ volatile("outw %%ax, %%dx" : : "a"(7), "d"(0xe82));
    return 0;
}

static int64_t straddles_the_claim(uint64_t unused)
{
    uint32_t value = 0;

    (void)unused;
    CHECK_IS(tr_port_claim(0xe80, 2), 0);
    __asm__ volatile("inl %%dx, %0" : "=a"(value) : "d"(0xe80));
    return 0;
}

static int64_t loads_misaligned(uint64_t unused)
{
    static char bytes[32] __attribute__((aligned(16)));

    (void)unused;
    __asm__ volatile("movaps 1(%0), %%xmm0" : : "r"(bytes) : "xmm0");
    return 0;
}

/* Flags that a program may set, and that a kernel must not trip over. */
#define CODE_ODD 23

static int64_t calls_with_odd_flags(uint64_t flags)
{
    static char body[200], copy[200];
    struct tr_event event;

    __asm__ volatile("lea -128(%%rsp), %%rsp; pushfq; or %0, (%%rsp); popfq; lea 128(%%rsp), %%rsp"
                     :
                     : "r"(flags)
                     : "memory", "cc");
    int64_t id = tr_message_send((uint64_t)tr_process_self(NULL), body + 1, 199, 0);
    int64_t took = tr_event_wait(&event, 0);
    int64_t size = tr_message_read((uint64_t)id, copy + 1, 199);
    (void)tr_thread_sleep((uint64_t)tr_clock() + 1000);
    __asm__ volatile("cld" : : : "cc");
    CHECK(id > 0 && took == 1 && size == 199);
    return CODE_ODD;
}

static void misalignment_is_illegal(void)
{
    expect(loads_misaligned, TR_APPLICATION, TR_FAULT_ILLEGAL, __LINE__);
}

#define FLAG_DIRECTION 0x400
#define FLAG_NESTED    0x4000
#define FLAG_ALIGNMENT 0x40000

static void a_program_may_call_with_any_flags(void)
{
    const uint64_t flags[] = {FLAG_DIRECTION, FLAG_NESTED, FLAG_ALIGNMENT,
                              FLAG_DIRECTION | FLAG_ALIGNMENT};

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        uint64_t pid =
            check_start_with(TR_APPLICATION, "odd", calls_with_odd_flags, flags[i], TR_SPAWN_WATCH);
        EXPECT_CODE(pid, TR_EVENT_EXITED, CODE_ODD);
    }
}

static int64_t traps_itself(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("int3");
    return 0;
}

static int64_t loses_its_stack(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("mov $64, %%rsp; push %%rax" : : : "memory");
    return 0;
}

static int64_t jumps_into_nowhere(uint64_t unused)
{
    (void)unused;
    __asm__ volatile("jmp *%0" : : "r"(UINT64_C(1) << 62));
    return 0;
}

static void what_traps_ends_the_process_only(void)
{
    expect(traps_itself, TR_APPLICATION, TR_FAULT_ILLEGAL, __LINE__);
    expect(loses_its_stack, TR_APPLICATION, TR_FAULT_PAGE, __LINE__);
    expect(jumps_into_nowhere, TR_APPLICATION, TR_FAULT_PAGE, __LINE__);
}

static void division_by_zero_is_divide(void)
{
    expect(divides, TR_APPLICATION, TR_FAULT_DIVIDE, __LINE__);
}

static void privileged_instructions_are_that(void)
{
    expect(halts, TR_APPLICATION, TR_FAULT_PRIVILEGED, __LINE__);
    expect(clears_interrupts, TR_APPLICATION, TR_FAULT_PRIVILEGED, __LINE__);
    expect(reads_port, TR_APPLICATION, TR_FAULT_PRIVILEGED, __LINE__);
    expect(writes_port, TR_APPLICATION, TR_FAULT_PRIVILEGED, __LINE__);
}

static void a_driver_uses_only_claimed_ports_by_instruction(void)
{
    expect(reads_port, TR_DRIVER, TR_FAULT_PRIVILEGED, __LINE__);
    expect(claims_and_uses_ports, TR_DRIVER, (enum tr_fault)0, __LINE__);
    expect(straddles_the_claim, TR_DRIVER, TR_FAULT_PRIVILEGED, __LINE__);
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, division_by_zero_is_divide),
    CHECK_ROW_PROGRAM(TR_SERVER, misalignment_is_illegal),
    CHECK_ROW_PROGRAM(TR_SERVER, a_program_may_call_with_any_flags),
    CHECK_ROW_PROGRAM(TR_SERVER, what_traps_ends_the_process_only),
    CHECK_ROW_PROGRAM(TR_SERVER, privileged_instructions_are_that),
    CHECK_ROW_PROGRAM(TR_DRIVER, a_driver_uses_only_claimed_ports_by_instruction),
    CHECK_END,
};
