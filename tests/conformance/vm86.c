/* SPDX-License-Identifier: MIT */
/* interface.md 10: real-mode code in the caller's memory. Programs are bytes, each with its
 * assembly. Memory is 0x110000 bytes; code lies at 1000:0000, ds is 2000, es 3000, ss 4000. */

#include "check.h"

#include <string.h>

const char check_section[] = "vm86";

#define PAGES(n)     ((uint64_t)(n)*TR_PAGE_SIZE)
#define BOTH         (TR_READ | TR_WRITE)
#define MEMORY_PAGES 0x110
#define CODE         0x10000
#define DATA         0x20000
#define EXTRA        0x30000
#define STACK        0x40000

enum { EXCEPTION_DIVIDE = 0, EXCEPTION_UNDEFINED = 6, EXCEPTION_PROTECTION = 13, PAGE_FAULT = 14 };

static uint8_t *at(const struct tr_vm86 *vm86, uint64_t address)
{
    return (uint8_t *)(uintptr_t)(vm86->memory + address);
}

static uint32_t word_at(const struct tr_vm86 *vm86, uint64_t address)
{
    return at(vm86, address)[0] | (uint32_t)at(vm86, address)[1] << 8;
}

static void load(struct tr_vm86 *vm86, const uint8_t *code, size_t size)
{
    int64_t memory = tr_memory_allocate(MEMORY_PAGES, 0, BOTH);

    CHECK(memory > 0);
    memset(vm86, 0, sizeof *vm86);
    vm86->memory = (uint64_t)memory;
    vm86->registers.cs = CODE >> 4;
    vm86->registers.ds = DATA >> 4;
    vm86->registers.es = EXTRA >> 4;
    vm86->registers.ss = STACK >> 4;
    vm86->registers.esp = 0x1000;
    memcpy(at(vm86, CODE), code, size);
}

#define LOAD(vm86, ...) load((vm86), (const uint8_t[]){__VA_ARGS__}, sizeof(uint8_t[]){__VA_ARGS__})

static void enter(struct tr_vm86 *vm86, enum tr_vm86_reason reason, uint32_t vector, uint32_t ip,
                  int line)
{
    int64_t result = tr_vm86_enter(vm86, 0);

    if (result != 0) {
        check_failed(line, result);
    }
    if (vm86->reason != (uint32_t)reason || vm86->vector != vector) {
        check_failed(line, (int64_t)vm86->reason << 16 | vm86->vector);
    }
    if (vm86->registers.eip != ip) {
        check_failed(line, vm86->registers.eip);
    }
}

#define ENTER(vm86, reason, vector, ip) enter((vm86), TR_VM86_##reason, (vector), (ip), __LINE__)

/* ---- What code does ------------------------------------------------------------------------- */

static void code_runs_to_its_interrupt(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xb8, 0x34, 0x12, /* mov ax, 1234h */
         0xa3, 0x02, 0x00,        /* mov [2], ax */
         0x26, 0xa3, 0x04, 0x00,  /* mov es:[4], ax */
         0x50,                    /* push ax */
         0xcd, 0x21,              /* int 21h */
         0x40);                   /* inc ax */
    ENTER(&vm86, INTERRUPT, 0x21, 13);
    CHECK_IS(vm86.registers.eax, 0x1234);
    CHECK_IS(vm86.registers.esp, 0xffe);
    CHECK_IS(vm86.fault_address, CODE + 11);
    CHECK_IS(word_at(&vm86, DATA + 2), 0x1234);
    CHECK_IS(word_at(&vm86, EXTRA + 4), 0x1234);
    CHECK_IS(word_at(&vm86, STACK + 0xffe), 0x1234);
    CHECK_IS(word_at(&vm86, 0x21 * 4), 0);
}

static void registers_have_32_bits(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0x66, 0x01, 0xd8, /* add eax, ebx */
         0x66, 0x0f, 0xaf, 0xca,  /* imul ecx, edx */
         0x87, 0xf7,              /* xchg si, di */
         0x8c, 0xe5,              /* mov bp, fs */
         0xcc);                   /* int3 */
    vm86.registers.eax = 0xfffffff0;
    vm86.registers.ebx = 0x30;
    vm86.registers.ecx = 0x12345;
    vm86.registers.edx = 0x777;
    vm86.registers.esi = 0xaaaa1111;
    vm86.registers.edi = 0xbbbb2222;
    vm86.registers.ebp = 0xcccc3333;
    vm86.registers.fs = 0x4321;
    vm86.registers.gs = 0x8765;
    ENTER(&vm86, INTERRUPT, 3, 12);
    CHECK_IS(vm86.registers.eax, 0x20);
    CHECK_IS(vm86.registers.ecx, 0x12345 * 0x777);
    CHECK_IS(vm86.registers.esi, 0xaaaa2222);
    CHECK_IS(vm86.registers.edi, 0xbbbb1111);
    CHECK_IS(vm86.registers.ebp, 0xcccc4321);
    CHECK_IS(vm86.registers.gs, 0x8765);
}

static void a_handler_can_be_run_like_the_processor_would(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xf9,              /* stc */
         0xcd, 0x10,               /* int 10h */
         0xcd, 0x20);              /* int 20h */
    at(&vm86, CODE)[0x100] = 0xb0; /* mov al, 77h */
    at(&vm86, CODE)[0x101] = 0x77;
    at(&vm86, CODE)[0x102] = 0xcf; /* iret */
    ENTER(&vm86, INTERRUPT, 0x10, 3);
    vm86.registers.esp -= 6;
    uint8_t *frame = at(&vm86, STACK + vm86.registers.esp);
    frame[0] = 3;
    frame[2] = CODE >> 4 & 0xff;
    frame[3] = CODE >> 12;
    frame[4] = (uint8_t)vm86.registers.eflags;
    vm86.registers.eip = 0x100;
    vm86.registers.eflags &= ~1u;
    ENTER(&vm86, INTERRUPT, 0x20, 5);
    CHECK_IS(vm86.registers.eax, 0x77);
    CHECK_IS(vm86.registers.eflags & 1, 1);
    CHECK_IS(vm86.registers.esp, 0x1000);
}

/* ---- The budget ----------------------------------------------------------------------------- */

#define COUNTER    /* forever: */                                                                  \
    0x66, 0x40,    /* inc eax */                                                                   \
        0xeb, 0xfc /* jmp forever */

static void the_budget_ends_it_exactly(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, COUNTER);
    vm86.budget = 5001;
    ENTER(&vm86, BUDGET, 0, 2);
    CHECK_IS(vm86.registers.eax, 2501);
    CHECK_IS(vm86.budget, 5001);
    vm86.budget = 1;
    ENTER(&vm86, BUDGET, 0, 0);
    CHECK_IS(vm86.registers.eax, 2501);
}

static void the_usual_budget_is_a_million(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, COUNTER);
    int64_t before = tr_clock();
    ENTER(&vm86, BUDGET, 0, 0);
    CHECK_IS(vm86.registers.eax, 500000);
    CHECK(tr_clock() - before >= 1000000);
}

/* A sum over memory with every flag in it, by string instructions too. */
static void slices_cannot_be_told(void)
{
    static const uint8_t code[] = {
        0xfc,             /* cld */
        0xb9, 0x40, 0x00, /* mov cx, 64 */
        0x31, 0xff,       /* xor di, di */
        0x89, 0xc8,       /* again: mov ax, cx */
        0xf7, 0xe1,       /* mul cx */
        0x11, 0xd0,       /* adc ax, dx */
        0xab,             /* stosw */
        0x9c,             /* pushf */
        0x5a,             /* pop dx */
        0x31, 0xd3,       /* xor bx, dx */
        0xd1, 0xc3,       /* rol bx, 1 */
        0xe2, 0xf1,       /* loop again */
        0xcd, 0x20,       /* int 20h */
    };
    struct tr_vm86 whole;
    struct tr_vm86 sliced;

    load(&whole, code, sizeof code);
    load(&sliced, code, sizeof code);
    ENTER(&whole, INTERRUPT, 0x20, sizeof code);
    sliced.budget = 29;
    do {
        CHECK_IS(tr_vm86_enter(&sliced, 0), 0);
    } while (sliced.reason == TR_VM86_BUDGET);
    CHECK_IS(sliced.reason, TR_VM86_INTERRUPT);
    CHECK_IS(memcmp(&whole.registers, &sliced.registers, sizeof whole.registers), 0);
    CHECK(whole.registers.ebx != 0);
    CHECK_IS(memcmp(at(&whole, EXTRA), at(&sliced, EXTRA), 128), 0);
}

/* ---- Exceptions ----------------------------------------------------------------------------- */

static void halt_is_privileged(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0x90, 0xf4); /* nop; hlt */
    ENTER(&vm86, FAULT, EXCEPTION_PROTECTION, 1);
    CHECK_IS(vm86.fault_address, CODE + 1);
}

static void system_instructions_are_privileged(void)
{
    static const uint8_t second[] = {0x01, 0x06, 0x08, 0x09, 0x20, 0x22, 0x30, 0x32};
    struct tr_vm86 vm86;

    LOAD(&vm86, 0x66, 0x0f, 0, 0xc0);
    for (size_t i = 0; i < sizeof second; i++) {
        at(&vm86, CODE)[2] = second[i];
        ENTER(&vm86, FAULT, EXCEPTION_PROTECTION, 0);
    }
}

static void exceptions_leave_everything_as_before(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xf7, 0xf1); /* div cx */
    vm86.registers.eax = 7;
    ENTER(&vm86, FAULT, EXCEPTION_DIVIDE, 0);
    CHECK_IS(vm86.registers.eax, 7);
    LOAD(&vm86, 0x0f, 0x0b); /* ud2 */
    ENTER(&vm86, FAULT, EXCEPTION_UNDEFINED, 0);
    LOAD(&vm86, 0xdb, 0xe3); /* fninit */
    ENTER(&vm86, FAULT, EXCEPTION_UNDEFINED, 0);
}

static void too_many_prefixes_are_a_fault(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0);
    memset(at(&vm86, CODE), 0x26, 0x8000);
    ENTER(&vm86, FAULT, EXCEPTION_PROTECTION, 0);
}

static void a_hole_faults_and_can_be_filled(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xa1, 0x04, 0x50, /* mov ax, [5004h] */
         0xcd, 0x20);             /* int 20h */
    CHECK_IS(tr_memory_release(vm86.memory + DATA + 0x5000, 1), 0);
    ENTER(&vm86, FAULT, PAGE_FAULT, 0);
    CHECK_IS(vm86.fault_address, DATA + 0x5004);
    CHECK_IS(tr_memory_allocate(1, vm86.memory + DATA + 0x5000, BOTH),
             (int64_t)(vm86.memory + DATA + 0x5000));
    at(&vm86, DATA + 0x5004)[1] = 9;
    ENTER(&vm86, INTERRUPT, 0x20, 5);
    CHECK_IS(vm86.registers.eax, 0x900);
}

static void code_in_a_hole_faults(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xe9, 0xfd, 0x1f); /* jmp 2000h */
    CHECK_IS(tr_memory_release(vm86.memory + CODE + 0x2000, 1), 0);
    ENTER(&vm86, FAULT, PAGE_FAULT, 0x2000);
    CHECK_IS(vm86.fault_address, CODE + 0x2000);
}

static void a_write_to_what_may_only_be_read_faults(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xff, 0x06, 0xff, 0x3f, /* inc word [3fffh] */
         0xcd, 0x20);                   /* int 20h */
    at(&vm86, DATA + 0x3fff)[0] = 0xff;
    CHECK_IS(tr_memory_protect(vm86.memory + DATA + 0x4000, 1, TR_READ), 0);
    ENTER(&vm86, FAULT, PAGE_FAULT, 0);
    CHECK_IS(vm86.fault_address, DATA + 0x4000);
    CHECK_IS(at(&vm86, DATA + 0x3fff)[0], 0xff);
    CHECK_IS(tr_memory_protect(vm86.memory + DATA + 0x4000, 1, BOTH), 0);
    ENTER(&vm86, INTERRUPT, 0x20, 6);
    CHECK_IS(word_at(&vm86, DATA + 0x3fff), 0x100);
}

static void a_push_that_faults_has_not_pushed(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0x60, 0xcd, 0x20); /* pusha; int 20h */
    vm86.registers.esp = 0x1008;
    memset(at(&vm86, STACK + 0x1000), 0x11, 8);
    CHECK_IS(tr_memory_release(vm86.memory + STACK, 1), 0);
    ENTER(&vm86, FAULT, PAGE_FAULT, 0);
    CHECK_IS(vm86.fault_address, STACK + 0xffe);
    CHECK_IS(vm86.registers.esp, 0x1008);
    CHECK_IS(word_at(&vm86, STACK + 0x1006), 0x1111);
    CHECK(tr_memory_allocate(1, vm86.memory + STACK, BOTH) > 0);
    ENTER(&vm86, INTERRUPT, 0x20, 3);
    CHECK_IS(vm86.registers.esp, 0xff8);
}

static void a_string_stops_between_two_elements(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xf3, 0xa5, /* rep movsw */
         0xcd, 0x20);       /* int 20h */
    for (uint32_t i = 0; i < 200; i++) {
        at(&vm86, DATA)[i] = (uint8_t)i;
    }
    vm86.registers.ecx = 0xffff0064;
    vm86.registers.edi = 0x1000 - 40;
    CHECK_IS(tr_memory_release(vm86.memory + EXTRA + 0x1000, 1), 0);
    ENTER(&vm86, FAULT, PAGE_FAULT, 0);
    CHECK_IS(vm86.fault_address, EXTRA + 0x1000);
    CHECK_IS(vm86.registers.ecx, 0xffff0050);
    CHECK_IS(vm86.registers.esi, 40);
    CHECK_IS(vm86.registers.edi, 0x1000);
    CHECK(tr_memory_allocate(1, vm86.memory + EXTRA + 0x1000, BOTH) > 0);
    ENTER(&vm86, INTERRUPT, 0x20, 4);
    CHECK_IS(vm86.registers.ecx, 0xffff0000);
    CHECK_IS(memcmp(at(&vm86, DATA), at(&vm86, EXTRA + 0x1000 - 40), 200), 0);
}

/* ---- Addresses ------------------------------------------------------------------------------ */

static void addresses_go_beyond_the_megabyte(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xa2, 0xff, 0xff, /* mov [ffffh], al */
         0x88, 0x26, 0x10, 0x00,  /* mov [10h], ah */
         0xcd, 0x20);             /* int 20h */
    vm86.registers.eax = 0x5678;
    vm86.registers.ds = 0xffff;
    ENTER(&vm86, INTERRUPT, 0x20, 9);
    CHECK_IS(*at(&vm86, 0x10ffef), 0x78);
    CHECK_IS(*at(&vm86, 0x100000), 0x56);
    CHECK_IS(*at(&vm86, 0), 0);
    CHECK_IS(tr_memory_release(vm86.memory + 0x10f000, 1), 0);
    vm86.registers.eip = 0;
    ENTER(&vm86, FAULT, PAGE_FAULT, 0);
    CHECK_IS(vm86.fault_address, 0x10ffef);
}

static void segments_end_at_64_KiB(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xc7, 0x06, 0xff, 0xff, 0xcd, 0xab); /* mov word [ffffh], abcdh */
    ENTER(&vm86, FAULT, EXCEPTION_PROTECTION, 0);
    CHECK_IS(*at(&vm86, DATA + 0xffff), 0);
    CHECK_IS(*at(&vm86, DATA), 0);
    CHECK_IS(*at(&vm86, DATA + 0x10000), 0);
    LOAD(&vm86, 0xcd, 0x20);
    at(&vm86, CODE)[0xffff] = 0x40; /* inc ax */
    vm86.registers.eip = 0xffff;
    ENTER(&vm86, INTERRUPT, 0x20, 2);
    CHECK_IS(vm86.registers.eax, 1);
}

static void wild_registers_do_no_harm(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xcd, 0x20);
    vm86.registers.eip = UINT32_MAX;
    ENTER(&vm86, FAULT, EXCEPTION_PROTECTION, UINT32_MAX);
    vm86.registers.eip = 0;
    vm86.registers.cs = 0xabcd0000 | CODE >> 4;
    ENTER(&vm86, INTERRUPT, 0x20, 2);
    for (uint32_t i = 0; i < 24; i++) {
        uint64_t memory = vm86.memory;

        CHECK_IS(tr_random(at(&vm86, CODE), 4096), 4096);
        CHECK_IS(tr_random(&vm86, sizeof vm86), sizeof vm86);
        vm86.memory = memory;
        vm86.budget = 500;
        vm86.registers.cs = CODE >> 4;
        vm86.registers.eip &= 0xfff;
        CHECK_IS(tr_vm86_enter(&vm86, 0), 0);
        CHECK(vm86.reason >= TR_VM86_INTERRUPT && vm86.reason <= TR_VM86_PORT);
    }
}

static void bad_words_are_refused(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xcd, 0x20);
    CHECK_IS(tr_vm86_enter(NULL, 0), TR_E_FAULT);
    CHECK_IS(tr_vm86_enter(&vm86, 1), TR_E_INVAL);
    vm86.memory++;
    CHECK_IS(tr_vm86_enter(&vm86, 0), TR_E_INVAL);
    CHECK_IS(vm86.reason, 0);
    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    CHECK_IS(tr_vm86_enter(&vm86, 0), TR_E_PERM);
}

/* ---- Ports ---------------------------------------------------------------------------------- */

static void ports_need_a_claim(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xba, 0x80, 0x0e, /* mov dx, e80h */
         0xed,                    /* in ax, dx */
         0xee,                    /* out dx, al */
         0xcd, 0x20);             /* int 20h */
    ENTER(&vm86, PORT, 0xe80, 3);
    CHECK_IS(vm86.fault_address, CODE + 3);
    CHECK_IS(vm86.registers.eax, 0);
    CHECK_IS(tr_port_claim(0xe80, 1), 0);
    ENTER(&vm86, PORT, 0xe80, 3);
    CHECK_IS(tr_port_claim(0xe81, 1), 0);
    ENTER(&vm86, INTERRUPT, 0x20, 7);
    CHECK_IS(vm86.registers.eax, 0xffff);
}

static void strings_of_a_port_need_a_claim(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xf3, 0x6c, /* rep insb */
         0xcd, 0x20);       /* int 20h */
    vm86.registers.edx = 0xe90;
    vm86.registers.ecx = 100;
    ENTER(&vm86, PORT, 0xe90, 0);
    CHECK_IS(vm86.registers.ecx, 100);
    CHECK_IS(tr_port_claim(0xe90, 1), 0);
    ENTER(&vm86, INTERRUPT, 0x20, 4);
    CHECK_IS(at(&vm86, EXTRA)[99], 0xff);
    CHECK_IS(at(&vm86, EXTRA)[100], 0);
    CHECK_IS(vm86.registers.edi, 100);
}

/* ---- What may happen meanwhile -------------------------------------------------------------- */

/* Counts until it is stopped by its budget, which is long. Its result is the reason. */
static int64_t runs_long(uint64_t word)
{
    struct tr_vm86 *vm86 = (struct tr_vm86 *)(uintptr_t)word;

    CHECK_IS(tr_vm86_enter(vm86, 0), 0);
    return vm86->reason;
}

static uint32_t state_of(uint64_t tid, int line)
{
    struct tr_thread_info info;

    if (tr_thread_next((uint64_t)tr_process_self(NULL), tid - 1, &info) != (int64_t)tid) {
        check_failed(line, 0);
    }
    return info.state;
}

static uint64_t start_long(struct tr_vm86 *vm86, uint64_t budget)
{
    LOAD(vm86, COUNTER);
    vm86->budget = budget;
    int64_t tid = tr_thread_create(runs_long, CHECK_WORD(vm86), check_stack(), TR_THREAD_NOTIFY);
    CHECK(tid > 0);
    CHECK_IS(tr_thread_yield(), 0);
    return (uint64_t)tid;
}

static int64_t result_of(uint64_t tid)
{
    struct tr_event event;

    check_event_kind(&event, TR_EVENT_THREAD_EXIT, __LINE__);
    CHECK_IS(event.object, tid);
    return (int64_t)event.size;
}

/* ---- What the interpreter's library does not do as a processor does ----------------------------
 */

static void bits_are_counted_from_a_place_in_memory(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xb8, 17, 0,                 /* mov ax, 17 */
         0x0f, 0xab, 0x06, 0x00, 0x01,       /* bts [100h], ax */
         0xb8, 0xff, 0xff,                   /* mov ax, -1 */
         0x0f, 0xab, 0x06, 0x10, 0x01,       /* bts [110h], ax */
         0x66, 0xb8, 0x23, 0, 0, 0,          /* mov eax, 35 */
         0xbb, 0x20, 0x01,                   /* mov bx, 120h */
         0x26, 0x66, 0x0f, 0xbb, 0x07,       /* btc es:[bx], eax */
         0x67, 0x66, 0x0f, 0xa3, 0x43, 0x04, /* bt [ebx + 4], eax: of ds */
         0x0f, 0x92, 0xc2,                   /* setc dl */
         0x26, 0x66, 0x0f, 0xb3, 0x07,       /* btr es:[bx], eax */
         0x0f, 0x92, 0xc6,                   /* setc dh */
         0xcd, 0x20);                        /* int 20h */
    *at(&vm86, DATA + 0x10f) = 0x01;
    ENTER(&vm86, INTERRUPT, 0x20, 49);
    CHECK_IS(word_at(&vm86, DATA + 0x100), 0);
    CHECK_IS(word_at(&vm86, DATA + 0x102), 2);
    CHECK_IS(word_at(&vm86, DATA + 0x10e), 0x8100);
    CHECK_IS(word_at(&vm86, DATA + 0x110), 0);
    CHECK_IS(word_at(&vm86, EXTRA + 0x124), 0);
    CHECK_IS(vm86.registers.edx & 0xffff, 0x0100);
}

static void a_pop_reckons_its_address_when_it_has_popped(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0x66, 0x68, 0x88, 0x77, 0x66, 0x55, /* push dword 55667788h */
         0x66, 0x68, 0x44, 0x33, 0x22, 0x11,        /* push dword 11223344h */
         0x67, 0x66, 0x8f, 0x04, 0x24,              /* pop dword [esp] */
         0x66, 0x59,                                /* pop ecx */
         0x6a, 0x7f,                                /* push 7fh */
         0x67, 0x8f, 0x44, 0x24, 0x10,              /* pop word [esp + 16] */
         0xcd, 0x20);                               /* int 20h */
    ENTER(&vm86, INTERRUPT, 0x20, 28);
    CHECK_IS(vm86.registers.ecx, 0x11223344);
    CHECK_IS(vm86.registers.esp, 0x1000);
    CHECK_IS(word_at(&vm86, STACK + 0x1010), 0x7f);
}

static void values_are_exchanged(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0xb8, 5, 0,            /* mov ax, 5 */
         0xba, 5, 0,                   /* mov dx, 5 */
         0xb9, 9, 0,                   /* mov cx, 9 */
         0x0f, 0xb1, 0xca,             /* cmpxchg dx, cx: equal */
         0x0f, 0x94, 0xc3,             /* setz bl */
         0x0f, 0xb1, 0x0e, 0x00, 0x01, /* cmpxchg [100h], cx: 7 is there */
         0x0f, 0x94, 0xc7,             /* setz bh */
         0x0f, 0x92, 0xc5,             /* setc ch */
         0x66, 0xbe, 1, 0, 0, 0x80,    /* mov esi, 80000001h */
         0x66, 0x0f, 0xc1, 0x36, 4, 1, /* xadd [104h], esi: ffffffffh is there */
         0x9c,                         /* pushf */
         0x5f,                         /* pop di */
         0xb0, 0x10,                   /* mov al, 10h */
         0xb4, 0x22,                   /* mov ah, 22h */
         0x0f, 0xc0, 0xe0,             /* xadd al, ah */
         0xcd, 0x20);                  /* int 20h */
    *at(&vm86, DATA + 0x100) = 7;
    memset(at(&vm86, DATA + 0x104), 0xff, 4);
    ENTER(&vm86, INTERRUPT, 0x20, 49);
    CHECK_IS(vm86.registers.edx & 0xffff, 9);
    CHECK_IS(vm86.registers.ebx & 0xffff, 0x0001);
    CHECK_IS(vm86.registers.ecx & 0xffff, 0x0109); /* 5 is below 7 */
    CHECK_IS(word_at(&vm86, DATA + 0x100), 7);
    CHECK_IS(word_at(&vm86, DATA + 0x104), 0);
    CHECK_IS(word_at(&vm86, DATA + 0x106), 0x8000);
    CHECK_IS(vm86.registers.esi, 0xffffffff);
    CHECK_IS(vm86.registers.edi & 0x8d5, 0x095); /* carry, parity, auxiliary, sign */
    CHECK_IS(vm86.registers.eax & 0xffff, 0x1032);
}

/* As the others do, they leave everything as it was. */
static void exchanges_that_fault_have_not_happened(void)
{
    struct tr_vm86 vm86;

    LOAD(&vm86, 0x67, 0x66, 0x0f, 0xc1, 0x08, /* xadd [eax], ecx */
         0xcd, 0x20);                         /* int 20h */
    vm86.registers.eax = 0xfffe;              /* beyond the segment */
    vm86.registers.ecx = 77;
    ENTER(&vm86, FAULT, EXCEPTION_PROTECTION, 0);
    CHECK_IS(vm86.registers.ecx, 77);
    vm86.registers.eax = 0xf000;
    CHECK_IS(tr_memory_release(vm86.memory + DATA + 0xf000, 1), 0);
    ENTER(&vm86, FAULT, PAGE_FAULT, 0);
    CHECK_IS(vm86.registers.ecx, 77);
    CHECK_IS(vm86.fault_address, DATA + 0xf000);
}

static void a_thread_in_it_runs_and_shares_the_processor(void)
{
    static struct tr_vm86 vm86;
    uint64_t tid = start_long(&vm86, 1500000);

    CHECK_IS(vm86.registers.eax, 0);
    CHECK_IS(state_of(tid, __LINE__), TR_RUNNING);
    CHECK_IS(result_of(tid), TR_VM86_BUDGET);
    CHECK_IS(vm86.registers.eax, 750000);
}

static void a_suspended_thread_goes_on_where_it_was(void)
{
    static struct tr_vm86 vm86;
    uint64_t self = (uint64_t)tr_process_self(NULL);
    uint64_t tid = start_long(&vm86, 1500000);

    CHECK_IS(tr_thread_suspend(self, tid), 0);
    CHECK_IS(state_of(tid, __LINE__), TR_SUSPENDED);
    CHECK_IS(tr_thread_sleep((uint64_t)tr_clock() + 1000000000), 0);
    CHECK_IS(vm86.reason, 0);
    CHECK_IS(tr_thread_resume(self, tid), 0);
    CHECK_IS(result_of(tid), TR_VM86_BUDGET);
    CHECK_IS(vm86.registers.eax, 750000);
}

static void a_thread_can_be_ended_in_it(void)
{
    static struct tr_vm86 vm86;
    uint64_t tid = start_long(&vm86, UINT64_MAX);

    CHECK_IS(tr_thread_terminate((uint64_t)tr_process_self(NULL), tid, 77), 0);
    CHECK_IS(result_of(tid), 77);
}

static void dropping_the_class_brings_it_back(void)
{
    static struct tr_vm86 vm86;
    uint64_t tid = start_long(&vm86, UINT64_MAX);

    CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    CHECK_IS(result_of(tid), TR_VM86_DROPPED);
    CHECK(vm86.registers.eax > 1000);
    CHECK_IS(vm86.vector, 0);
}

static void memory_may_go_while_it_runs(void)
{
    static struct tr_vm86 vm86;
    uint64_t tid = start_long(&vm86, UINT64_MAX);

    CHECK_IS(tr_memory_release(vm86.memory + CODE, 1), 0);
    CHECK_IS(result_of(tid), TR_VM86_FAULT);
    CHECK_IS(vm86.vector, PAGE_FAULT);
    CHECK(vm86.fault_address == CODE || vm86.fault_address == CODE + 2);
}

const struct check_case check_cases[] = {
    CHECK_ROW(TR_DRIVER, code_runs_to_its_interrupt),
    CHECK_ROW(TR_DRIVER, registers_have_32_bits),
    CHECK_ROW(TR_DRIVER, a_handler_can_be_run_like_the_processor_would),
    CHECK_ROW(TR_DRIVER, the_budget_ends_it_exactly),
    CHECK_ROW(TR_DRIVER, the_usual_budget_is_a_million),
    CHECK_ROW(TR_DRIVER, slices_cannot_be_told),
    CHECK_ROW(TR_DRIVER, halt_is_privileged),
    CHECK_ROW(TR_DRIVER, system_instructions_are_privileged),
    CHECK_ROW(TR_DRIVER, exceptions_leave_everything_as_before),
    CHECK_ROW(TR_DRIVER, too_many_prefixes_are_a_fault),
    CHECK_ROW(TR_DRIVER, a_hole_faults_and_can_be_filled),
    CHECK_ROW(TR_DRIVER, code_in_a_hole_faults),
    CHECK_ROW(TR_DRIVER, a_write_to_what_may_only_be_read_faults),
    CHECK_ROW(TR_DRIVER, a_push_that_faults_has_not_pushed),
    CHECK_ROW(TR_DRIVER, a_string_stops_between_two_elements),
    CHECK_ROW(TR_DRIVER, addresses_go_beyond_the_megabyte),
    CHECK_ROW(TR_DRIVER, segments_end_at_64_KiB),
    CHECK_ROW(TR_DRIVER, wild_registers_do_no_harm),
    CHECK_ROW(TR_DRIVER, bad_words_are_refused),
    CHECK_ROW(TR_DRIVER, ports_need_a_claim),
    CHECK_ROW(TR_DRIVER, strings_of_a_port_need_a_claim),
    CHECK_ROW(TR_DRIVER, bits_are_counted_from_a_place_in_memory),
    CHECK_ROW(TR_DRIVER, a_pop_reckons_its_address_when_it_has_popped),
    CHECK_ROW(TR_DRIVER, values_are_exchanged),
    CHECK_ROW(TR_DRIVER, exchanges_that_fault_have_not_happened),
    CHECK_ROW(TR_DRIVER, a_thread_in_it_runs_and_shares_the_processor),
    CHECK_ROW(TR_DRIVER, a_suspended_thread_goes_on_where_it_was),
    CHECK_ROW(TR_DRIVER, a_thread_can_be_ended_in_it),
    CHECK_ROW(TR_DRIVER, dropping_the_class_brings_it_back),
    CHECK_ROW(TR_DRIVER, memory_may_go_while_it_runs),
    CHECK_END,
};
