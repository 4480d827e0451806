/* SPDX-License-Identifier: MIT */
/* What of the segment registers is left in 64-bit mode (Intel SDM volume 3, 3.4.4): the bases of FS
 * and GS and the selectors, none of which xsave keeps.
 *
 * The base of FS is the thread pointer of the host's C, so the gate and the handlers put the host's
 * back at every entry, if it is another. C has no use for the rest: it stays with the thread that
 * ran last, and is only kept and replaced when another is to run. Selectors other than 0 have no
 * meaning; they are a thread's until then and not kept. */

#include "arch.h"

#include <cpuid.h>
#include <signal.h>
#include <sys/auxv.h>

#include "arch-x86_64.h"
#include "tool.h"

#define HWCAP2_FSGSBASE 2 /* the kernel lets programs use the instructions */
#define RDFSBASE_SIZE   5 /* bytes of the instruction */
#define ARCH_GET_FS     0x1003

/* BASES_NONE: only the kernel can set bases, and a program only by loading a selector. */
static uint32_t able;

static volatile sig_atomic_t refused;

/* The word at the thread pointer is its own address (System V ABI, TLS variant II). */
UNGUARDED uint64_t arch_thread_pointer(void)
{
    uint64_t pointer;
    __asm__ volatile("movq %%fs:0, %0" : "=r"(pointer));
    return pointer;
}

/* Without the C library, whose functions would set errno. */
UNGUARDED static void prctl_fs(uint64_t what, uint64_t value)
{
    uint64_t result = SYS_ARCH_PRCTL;
    __asm__ volatile("syscall"
                     : "+a"(result)
                     : "D"(what), "S"(value)
                     : "rcx", "r11", "memory", "cc");
}

UNGUARDED static uint64_t fs_base(void)
{
    uint64_t base = 0;
    if (able != BASES_NONE) {
        __asm__ volatile("rdfsbase %0" : "=r"(base));
    } else {
        prctl_fs(ARCH_GET_FS, (uint64_t)(uintptr_t)&base);
    }
    return base;
}

/* By the host's kernel where that one would not know of it otherwise. */
UNGUARDED static void fs_base_set(uint64_t base, bool is_told)
{
    if (able == BASES_PROMISED || (able == BASES_RUN && !is_told)) {
        __asm__ volatile("wrfsbase %0" : : "r"(base) : "memory");
    } else {
        prctl_fs(ARCH_SET_FS, base);
    }
}

UNGUARDED void arch_signal_end(uint64_t found, bool is_told)
{
    fs_base_set(found, is_told);
}

UNGUARDED uint64_t arch_signal_begin(uint64_t host)
{
    __builtin_ia32_writeeflags_u64(__builtin_ia32_readeflags_u64() & ~(uint64_t)FLAG_ALIGNMENT);
    uint64_t found = fs_base();
    if (found != host) {
        fs_base_set(host, true);
    }
    return found;
}

static uint64_t gs_base(void)
{
    uint64_t base;
    __asm__ volatile("rdgsbase %0" : "=r"(base));
    return base;
}

static void gs_base_set(uint64_t base)
{
    __asm__ volatile("wrgsbase %0" : : "r"(base));
}

/* True if any selector was another than 0, which the kernel gives: then they are 0 again, and the
 * base of GS is anything. C of the host has its thread pointer again before it can notice. */
static bool selectors_clear(uint64_t host)
{
    uint32_t ds, es, fs, gs;
    __asm__ volatile("movl %%ds, %0\n\tmovl %%es, %1\n\tmovl %%fs, %2\n\tmovl %%gs, %3"
                     : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
    if ((ds | es | fs | gs) == 0) {
        return false;
    }
    __asm__ volatile("movl %0, %%ds\n\tmovl %0, %%es\n\tmovl %0, %%gs" : : "r"(0));
    if (fs != 0) {
        __asm__ volatile("movl %0, %%fs" : : "r"(0));
        fs_base_set(host, true);
    }
    return true;
}

/* `next` is to run (NULL: the host); these registers are still those of machine->gate.loaded, if it
 * is not NULL: keeps them there and loads those of `next`. The gate's, which does the usual itself.
 */
void arch_switch(struct machine *machine, struct hal_context *next);
void arch_switch(struct machine *machine, struct hal_context *next)
{
    struct hal_context *last = machine->gate.loaded;
    machine->gate.loaded = next;
    if (able == BASES_NONE) {
        (void)selectors_clear(machine->gate.thread_pointer);
        return;
    }
    uint64_t wanted = next == NULL ? machine->gate.host_gs : next->machine[WORD_GS];
    uint64_t base = gs_base();
    if (last != NULL) {
        last->machine[WORD_GS] = base;
    }
    if (selectors_clear(machine->gate.thread_pointer) || base != wanted) {
        gs_base_set(wanted);
    }
}

static bool bases_are_promised(void)
{
    uint32_t a, b = 0, c, d;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) != 0 && (b & bit_FSGSBASE) != 0 &&
           (getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE) != 0;
}

static void on_refusal(int signal, siginfo_t *info, void *signal_context)
{
    (void)signal;
    (void)info;
    ucontext_t *context = signal_context;
    context->uc_mcontext.gregs[REG_RIP] += RDFSBASE_SIZE;
    refused = 1;
}

/* A guest of a host that has them may run them though nobody has promised it: then programs can,
 * and what they set must be found. It may be lost for them when the guest's kernel switches,
 * because that one does not know of it; the host's C has then its own thread pointer, as it should.
 */
static bool bases_run(void)
{
    struct sigaction probe = {.sa_sigaction = on_refusal, .sa_flags = SA_SIGINFO}, usual;
    uint64_t base;
    refused = 0;
    sigaction(SIGILL, &probe, &usual);
    __asm__ volatile(".byte 0xf3, 0x48, 0x0f, 0xae, 0xc0" /* rdfsbase rax */ : "=a"(base));
    sigaction(SIGILL, &usual, NULL);
    return refused == 0;
}

void arch_run_begin(struct machine *machine)
{
    able = BASES_NONE;
    if (bases_are_promised()) {
        able = BASES_PROMISED;
    } else if (!tool_is_watching() && bases_run()) {
        able = BASES_RUN;
    }
    machine->gate.able = able;
    machine->gate.bases = able;
    machine->gate.told = 0;
    machine->gate.thread_pointer = arch_thread_pointer();
    machine->gate.host_gs = able != BASES_NONE ? gs_base() : 0;
    machine->gate.loaded = NULL;
}

void arch_run_end(struct machine *machine)
{
    arch_switch(machine, NULL);
}
