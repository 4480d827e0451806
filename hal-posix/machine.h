/* SPDX-License-Identifier: MIT */
#pragma once

/* The faked machine, for the files of hal-posix only. One host thread runs a machine: it is either
 * in user code (in_kernel 0) or in the kernel and the machine's own C on the host stack. Signal
 * handlers act on user code only; in C everything is single-threaded. */

#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#include "bus.h"
#include "gate.h"
#include "hal-posix/hardware.h"
#include "hal-posix/posix.h"
#include "kernel/kernel.h"
#include "timeline.h"

#define PAGE       UINT64_C(4096)
#define LOW_FRAMES UINT64_C(256) /* the first megabyte is device memory */

/* What the assembly sees of a machine. */
struct gate {
    struct hal_context *current; /* the context that runs, or ran last */
    uint64_t kernel_sp;
    int64_t budget; /* virtual ns until the horizon; negative: it has been passed */
    volatile uint32_t in_kernel;
    volatile uint32_t attention; /* go to machine_on_event before a context is resumed */
    uint64_t state_mask;         /* what xsave keeps */
    uint64_t scratch;
    const void *stub;        /* where a ghost stub goes */
    const void *enter;       /* gate_enter, for what is no stub */
    const void *spent;       /* where gate_count_block goes when the budget is */
    const void *resume;      /* the last instructions of a resumption, among the ghosts */
    uint64_t *resume_ip;     /* where they go: a view of the ghosts' data */
    uint64_t thread_pointer; /* the host thread's, where the processor has one that programs set */
    uint64_t bases; /* what finds it at an entry: BASES_NONE while told, else what is able */
    struct hal_context *loaded; /* whose registers are in the processor that no entry saves; NULL */
    volatile uint32_t told; /* the host's kernel was asked to set the running context's pointer */
    uint32_t able;          /* BASES_… */
    uint64_t host_gs;
};
_Static_assert(offsetof(struct gate, current) == GATE_CURRENT, "gate.h");
_Static_assert(offsetof(struct gate, kernel_sp) == GATE_KERNEL_SP, "gate.h");
_Static_assert(offsetof(struct gate, budget) == GATE_BUDGET, "gate.h");
_Static_assert(offsetof(struct gate, in_kernel) == GATE_IN_KERNEL, "gate.h");
_Static_assert(offsetof(struct gate, attention) == GATE_ATTENTION, "gate.h");
_Static_assert(offsetof(struct gate, state_mask) == GATE_STATE_MASK, "gate.h");
_Static_assert(offsetof(struct gate, scratch) == GATE_SCRATCH, "gate.h");
_Static_assert(offsetof(struct gate, stub) == GATE_STUB, "gate.h");
_Static_assert(offsetof(struct gate, enter) == GATE_ENTER, "gate.h");
_Static_assert(offsetof(struct gate, spent) == GATE_SPENT, "gate.h");
_Static_assert(offsetof(struct gate, resume) == GATE_RESUME, "gate.h");
_Static_assert(offsetof(struct gate, resume_ip) == GATE_RESUME_IP, "gate.h");
_Static_assert(offsetof(struct gate, thread_pointer) == GATE_POINTER, "gate.h");
_Static_assert(offsetof(struct gate, bases) == GATE_BASES, "gate.h");
_Static_assert(offsetof(struct gate, loaded) == GATE_LOADED, "gate.h");
_Static_assert(offsetof(struct gate, told) == GATE_TOLD, "gate.h");
_Static_assert(offsetof(struct gate, able) == GATE_ABLE, "gate.h");
_Static_assert(offsetof(struct hal_context, result) == CONTEXT_RESULT, "gate.h");
_Static_assert(offsetof(struct hal_context, machine) == CONTEXT_WORD, "gate.h");

/* Why user code was left in the middle: written by the signal handler, read by machine_on_event. */
enum trap_kind {
    TRAP_NONE = 0,
    TRAP_BEGIN, /* the run begins */
    TRAP_TICK,
    TRAP_STRAY, /* a kit process that has gone astray; signal 0: it calls no more */
    TRAP_SIGNAL
};
struct trap {
    enum trap_kind kind;
    int signal, code;
    uint32_t number, error; /* the processor's (arch_signal_trap) */
    uint32_t access;        /* enum hal_access */
    uint64_t address, ip;
};

struct pic;
struct uart;
struct console;
struct error_port;
struct serial;
struct pit;
struct pci;
struct vga;
struct screen;
struct dma8237;
struct sb16;
struct sound;
struct ide;
struct i82077;
struct rtc;
struct i8042;
struct keyboard;
struct mouse;
struct input_script;
struct vm86;
struct window;
struct chunk;
struct image;
struct tool_stack;
struct tool_pool;
struct fiber;
struct raise;
struct state_area;
struct region;
struct scheduled;

#define MACHINE_NOTICE_SIZE 160
#define MACHINE_NOTICES     8

struct machine {
    struct gate gate; /* first: the assembly's */
    struct kernel *kernel;
    struct posix_config config;
    struct posix_hardware hardware;
    struct trap trap;

    struct timeline timeline;
    uint64_t deadline; /* the kernel's timer */
    uint64_t paced_host_ns, paced_time;
    uint64_t host_epoch_ns; /* host clock: what is time 0 */
    uint64_t host_now;      /* host clock: read once per entry */
    bool host_now_valid;

    bool running, ending;
    bool watched; /* a memory checker is there */
    struct posix_result result;
    atomic_int interrupted;
    int wake_fd;  /* eventfd: ends a wait */
    bool is_live; /* something of the host's comes when it comes */

    /* memory.c */
    int ram_fd;
    uint8_t *ram;
    uint64_t frames;
    uint64_t *dma_frames; /* a bit per frame, made when first needed */

    uint64_t ghosts;                /* ghost.c: where they lie */
    struct jit_entry *ghosts_entry; /* what the debugger was told of them; NULL: nothing */

    /* window.c, tlb.c */
    uint32_t arena; /* this machine's number among those of the host process */
    uint64_t window_size;
    struct chunk *chunks; /* newest first */
    struct window *window_free, *window_list;
    struct window *evict_next;
    uint64_t extents, extents_most;

    /* context.c */
    struct state_area *state_free, *state_blocks;
    void *state_initial;
    uint64_t state_size;

    /* trap.c, watchdog.c */
    timer_t tick_timer;
    bool tick_made, handlers_held;
    uint64_t watch_traps;
    int64_t watch_budget;
    uint32_t watch_count;
    const struct hal_context *pushed; /* spun; time passes until push_until while it would run on */
    uint64_t push_until;

    struct bus bus;
    struct region *regions; /* device memory beside the first megabyte */
    char notices[MACHINE_NOTICES][MACHINE_NOTICE_SIZE]; /* for the kernel's log, oldest first */
    uint32_t notice_count;
    struct vm86 *vm86;    /* the real-mode interpreter, made when first needed */
    struct raise *raises; /* interrupts to come, for the test kit */
    struct pic *pic;
    struct uart *uart;
    struct console *console; /* what is at the other end of the uart */
    struct error_port *error_port;
    struct pit *pit;
    struct pci *pci; /* this and what follows: NULL if the part is left out */
    struct rtc *rtc;
    struct i8042 *i8042;
    struct keyboard *keyboard; /* the controller's */
    struct mouse *mouse;
    struct input_script *input_script;
    bool terminal_ended; /* which types on the keyboard */
    struct serial *serial;
    struct vga *vga;
    struct screen *screen; /* what shows it live */
    struct dma8237 *dma8237;
    struct sb16 *sb16;
    struct sound *sound; /* what is heard */
    struct ide *ide;
    struct i82077 *floppy;
    struct posix_board *board; /* what survives the machine */
    struct hardware_slots slots;
    struct scheduled *scheduled;
    struct image *images;
    struct tool_stack *tool_stacks;
    struct tool_pool *tool_pools;
    struct fiber *fiber; /* AddressSanitizer's view of the stacks */
    uint64_t random_state;
    struct posix_statistics statistics;
};

/* Nanoseconds since boot by the machine's clock. In line, as every switch asks. */
static inline uint64_t timeline_now(struct machine *machine)
{
    return machine->config.clock == POSIX_CLOCK_VIRTUAL
               ? machine->timeline.horizon - (uint64_t)machine->gate.budget
               : timeline_host_now(machine);
}

/* The machine that this host thread runs, NULL outside of posix_machine_run. Not while a program
 * runs: thread-local storage is the host's. */
extern _Thread_local struct machine *gate_machine;

/* gate-*: the way into programs and back. Between begin and end a context is about to be resumed.
 */
void gate_run(struct machine *machine);
void gate_leave(struct machine *machine) __attribute__((noreturn));
extern const char gate_resume_begin[], gate_resume_end[];
typedef int64_t gate_caller(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d,
                            uint64_t e, uint64_t f);

/* ghost.c: the ghost functions of a machine, at an address that depends on its arena alone. */
extern const uint64_t ghost_base; /* that of the first; 0: they are not brought there */
bool ghost_create(struct machine *machine, char *error, size_t error_size);
void ghost_destroy(struct machine *machine);
/* True if the address is one that every program may read there. */
bool ghost_holds(const struct machine *machine, uint64_t address);
/* Where a thread begins. */
uint64_t ghost_thread_start(const struct machine *machine);
/* tr_call, for C of the host. */
gate_caller *ghost_caller(const struct machine *machine);
/* True if a context is about to be resumed there. */
bool ghost_is_resuming(const struct machine *machine, uint64_t ip);

/* run.c: what the gate calls. Each returns the context to resume, NULL to leave gate_run. */
struct hal_context *machine_on_call(struct machine *machine, uint64_t number,
                                    const uint64_t *words);
struct hal_context *machine_on_event(struct machine *machine);
/* The run is over when the present entry returns. The first end counts. */
void machine_end(struct machine *machine, enum posix_end end);

/* idle.c: nothing is runnable. False: and nothing will ever be. */
bool machine_idle(struct machine *machine);
/* A sentence for the kernel's log, given to it before a program runs on. One too many is dropped.
 */
void machine_notice(struct machine *machine, const char *text);

/* Writes to the host what has been sent so far. */
void machine_flush(struct machine *machine);
/* Waits for a file of the host (-1: none), a time of it, or an interruption. True: the file. */
bool machine_wait(struct machine *machine, int file, uint64_t until_host_ns);
/* An interruption has been seen; it ends no other wait. */
void machine_waken(struct machine *machine);
/* Looks for live input while programs run. */
void machine_poll_input(struct machine *machine);

/* host.c: the host's complaints and clock. */
void host_fatal(const char *what) __attribute__((noreturn));
void host_warn(struct machine *machine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
uint64_t host_clock_ns(void);
/* random.c: chance, whatever the seed says. */
uint64_t random_of_host(void);
/* Pages straight from the host: usable in a signal handler that interrupted malloc. */
void *host_pages(uint64_t size);
void host_pages_free(void *pages, uint64_t size);

/* memory.c */
bool memory_create(struct machine *machine, char *error, size_t error_size);
void memory_destroy(struct machine *machine);
/* The view of any frame, RAM or device memory; NULL: nothing answers there. */
uint8_t *memory_view(struct machine *machine, uint64_t frame, uint64_t pages);
/* Copies to user memory (access HAL_WRITE) or from it (any other), page by page as the kernel's
 * tables say, which are asked as for an access of the program's own. False: at some page that is
 * not allowed; what lies before it has been copied. */
bool memory_user_copy(struct machine *machine, struct hal_space *space, uint64_t va, void *bytes,
                      uint64_t size, uint32_t access);
