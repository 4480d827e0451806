/* SPDX-License-Identifier: MIT */
/* Dispatch of calls and the other ways into the kernel: a view of calls.def. */

#include "call.h"

#include <terrarium/error.h>

#include "irq.h"
#include "log.h"
#include "scheduler.h"
#include "state.h"
#include "string.h"
#include "timer.h"

#define RIGHTS_ANY    7u
#define RIGHTS_SYSTEM (1u << TR_DRIVER | 1u << TR_SERVER)
#define RIGHTS_DRIVER (1u << TR_DRIVER)

/* One function per call that unpacks the words. */
#define W(type, index) (TR_K_##type) words[index]
#define RUN(name)      static int64_t run_##name(struct kernel *kernel, const uint64_t *words)
#define TR_CALL0(nr, name, r, s, text)                                                             \
    RUN(name)                                                                                      \
    {                                                                                              \
        (void)words;                                                                               \
        return call_##name(kernel);                                                                \
    }
#define TR_CALL1(nr, name, r, s, text, t1, p1)                                                     \
    RUN(name)                                                                                      \
    {                                                                                              \
        return call_##name(kernel, W(t1, 0));                                                      \
    }
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2)                                             \
    RUN(name)                                                                                      \
    {                                                                                              \
        return call_##name(kernel, W(t1, 0), W(t2, 1));                                            \
    }
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    RUN(name)                                                                                      \
    {                                                                                              \
        return call_##name(kernel, W(t1, 0), W(t2, 1), W(t3, 2));                                  \
    }
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4)                             \
    RUN(name)                                                                                      \
    {                                                                                              \
        return call_##name(kernel, W(t1, 0), W(t2, 1), W(t3, 2), W(t4, 3));                        \
    }
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5)                     \
    RUN(name)                                                                                      \
    {                                                                                              \
        return call_##name(kernel, W(t1, 0), W(t2, 1), W(t3, 2), W(t4, 3), W(t5, 4));              \
    }
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, t4, p4, t5, p5, t6, p6)             \
    RUN(name)                                                                                      \
    {                                                                                              \
        return call_##name(kernel, W(t1, 0), W(t2, 1), W(t3, 2), W(t4, 3), W(t5, 4), W(t6, 5));    \
    }
#include <terrarium/calls.def>
#include <terrarium/calls_undef.h>

/* Which parameters are addresses: the trace shows them relative to the window. */
#define A_u64            0u
#define A_u32            0u
#define A_i64            0u
#define A_entry          1u
#define A_in             1u
#define A_out            1u
#define A_o_id           1u
#define A_x_id           1u
#define A_o_process_info 1u
#define A_o_thread_info  1u
#define A_o_memory_info  1u
#define A_o_pipe_info    1u
#define A_o_shared_info  1u
#define A_o_event        1u
#define A_o_dma          1u
#define A_o_device_info  1u
#define A_o_system_info  1u
#define A_o_boot_module  1u
#define A_i_spawn        1u
#define A_x_vm86         1u

struct call {
    int64_t (*run)(struct kernel *kernel, const uint64_t *words);
    const char *name;
    uint32_t rights;
    uint32_t addresses; /* of the first three parameters, a bit each */
    uint32_t parameters;
};

#define ROW(nr, name, r, count, mask)                  [nr] = {run_##name, #name, RIGHTS_##r, mask, count},
#define TR_CALL0(nr, name, r, s, text)                 ROW(nr, name, r, 0, 0)
#define TR_CALL1(nr, name, r, s, text, t1, p1)         ROW(nr, name, r, 1, A_##t1)
#define TR_CALL2(nr, name, r, s, text, t1, p1, t2, p2) ROW(nr, name, r, 2, A_##t1 | A_##t2 << 1)
#define TR_CALL3(nr, name, r, s, text, t1, p1, t2, p2, t3, p3)                                     \
    ROW(nr, name, r, 3, A_##t1 | A_##t2 << 1 | A_##t3 << 2)
#define TR_CALL4(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, ...)                                \
    ROW(nr, name, r, 4, A_##t1 | A_##t2 << 1 | A_##t3 << 2)
#define TR_CALL5(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, ...)                                \
    ROW(nr, name, r, 5, A_##t1 | A_##t2 << 1 | A_##t3 << 2)
#define TR_CALL6(nr, name, r, s, text, t1, p1, t2, p2, t3, p3, ...)                                \
    ROW(nr, name, r, 6, A_##t1 | A_##t2 << 1 | A_##t3 << 2)
static const struct call calls[TR_CALL_LIMIT] = {
#include <terrarium/calls.def>
};
#include <terrarium/calls_undef.h>

/* A word as the trace shows it: what lies in the window as its offset, for where the window lies is
 * the host's choice and no part of a run; a pointer to elsewhere as 0. */
static uint64_t relative(const struct process *process, uint64_t word, bool is_pointer)
{
    uint64_t offset = word - process->space.hal.base;
    if (offset < process->space.hal.size) {
        return offset;
    }
    return is_pointer ? 0 : word;
}

/* The words that the call takes, as far as a record has room; what else the registers hold is not
 * the program's to say. */
static void trace_call(struct kernel *kernel, uint64_t number, const struct call *call,
                       const uint64_t *words)
{
    const struct process *process = kernel_caller(kernel);
    uint64_t shown[3] = {0, 0, 0};
    for (uint32_t i = 0; i < 3 && i < call->parameters; i++) {
        shown[i] = relative(process, words[i], (call->addresses >> i & 1u) != 0);
    }
    trace_record(kernel, TR_TRACE_CALL, number, shown[0], shown[1], shown[2]);
}

static struct hal_context *leave_audited(struct kernel *kernel)
{
    struct hal_context *next = scheduler_leave(kernel);
    audit_or_panic(kernel);
    return next;
}

/* The end of every entry. */
static inline struct hal_context *leave(struct kernel *kernel)
{
    return kernel->config.invariants ? leave_audited(kernel) : scheduler_leave(kernel);
}

/* The row of a number, NULL: there is no such call. */
static inline const struct call *call_of(uint64_t number)
{
    return number < TR_CALL_LIMIT && calls[number].run != NULL ? &calls[number] : NULL;
}

static inline int64_t dispatch(struct kernel *kernel, uint64_t number, const uint64_t *words)
{
    const struct call *call = call_of(number);
    if (call == NULL) {
        return TR_E_NOSYS;
    }
    kernel->crossings[number]++;
    if ((call->rights >> kernel_caller(kernel)->process_class & 1u) == 0) {
        log_refused(kernel, call->name, words[0]);
        return TR_E_PERM;
    }
    return call->run(kernel, words);
}

static inline struct hal_context *finish(struct kernel *kernel, struct thread *caller,
                                         int64_t result)
{
    if (result == CALL_LATER) {
        return leave(kernel);
    }
    caller->context.result = result;
    return kernel->cpu.due == 0 ? &caller->context : leave(kernel);
}

static void trace_result(struct kernel *kernel, uint64_t number, const struct thread *caller,
                         int64_t result)
{
    const uint64_t shown[4] = {number, relative(caller->process, (uint64_t)result, false)};
    trace_record_of(kernel, caller, TR_TRACE_RESULT, shown);
}

__attribute__((noinline, cold)) static struct hal_context *
call_traced(struct kernel *kernel, uint64_t number, const uint64_t *words)
{
    struct thread *caller = kernel->cpu.current;
    const struct call *call = call_of(number);
    if (call != NULL) {
        trace_call(kernel, number, call, words);
    }
    int64_t result = dispatch(kernel, number, words);
    if (result != CALL_LATER) {
        trace_result(kernel, number, caller, result);
    }
    return finish(kernel, caller, result);
}

struct hal_context *kernel_call(struct kernel *kernel, uint64_t number, const uint64_t words[6])
{
    if (kernel->config.trace) {
        return call_traced(kernel, number, words);
    }
    struct thread *caller = kernel->cpu.current;
    return finish(kernel, caller, dispatch(kernel, number, words));
}

static const char *const fault_names[] = {"unknown",          "page fault",
                                          "protection fault", "illegal instruction",
                                          "division",         "privileged instruction",
                                          "out of memory",    "page not supplied"};

static const char *const detail_names[] = {
    NULL,          "misaligned access", "trap",     "floating-point exception",
    "bad segment", "bad operand",       "host call"};

static const char *name_of(const struct process *process, const struct hal_fault *fault,
                           uint32_t cause)
{
    const char *detail = detail_names[fault->detail];
    uint64_t offset = fault->address - process->space.hal.base;
    if (cause == TR_FAULT_PAGE && offset < process->space.low && offset >= SPACE_LOW) {
        return "stack overflow";
    }
    return detail != NULL ? detail : fault_names[cause];
}

/* What is wrong with an access, by the process's own tables; 0: nothing any more. */
static uint32_t refine(struct kernel *kernel, struct process *process,
                       const struct hal_fault *fault)
{
    uint32_t cause = fault->cause;
    uint64_t offset = fault->address - process->space.hal.base;
    if (cause != TR_FAULT_PAGE || fault->access == 0 || offset >= process->space.hal.size) {
        return cause;
    }
    return space_touch(kernel, &process->space, fault->address, fault->access, &cause) == 0 ? 0
                                                                                            : cause;
}

struct hal_context *kernel_fault(struct kernel *kernel, const struct hal_fault *fault)
{
    struct process *process = kernel_caller(kernel);
    uint32_t cause = refine(kernel, process, fault);
    if (cause != 0) {
        uint64_t address = relative(process, fault->address, true);
        uint64_t ip = relative(process, fault->ip, true);
        trace(kernel, TR_TRACE_FAULT, cause, address, ip, 0);
        const uint64_t pid = process->object.id;
        const uint64_t window = process->space.hal.base;
        const char *what = name_of(process, fault, cause);
        char name[TR_NAME_MAX];
        memcpy(name, process->name, sizeof(name));
        process_end(kernel, process, cause, TR_EVENT_FAULTED, 0);
        if (cause == TR_FAULT_PROTECTION && address == 0) {
            /* The one page outside that programs can reach; where it lies is the host's whim. */
            log_record(kernel, TR_LOG_FAULT, "process %u %s: write to a ghost function, ip %x", pid,
                       name, fault->ip);
        } else {
            log_record(kernel, TR_LOG_FAULT,
                       "process %u %s: %s at address %x, ip %x (window %x)%s%s", pid, name, what,
                       fault->address, fault->ip, window, fault->place == NULL ? "" : " in ",
                       fault->place == NULL ? "" : fault->place);
        }
    }
    return leave(kernel);
}

struct hal_context *kernel_interrupt(struct kernel *kernel, uint32_t line)
{
    trace(kernel, TR_TRACE_INTERRUPT, line, 0, 0, 0);
    irq_fired(kernel, line);
    return leave(kernel);
}

struct hal_context *kernel_timer(struct kernel *kernel)
{
    uint64_t now = hal_time(kernel->machine);
    kernel->cpu.timer_set = TR_FOREVER;
    kernel->cpu.due |= DUE_TIMER;
    alarm_ring_due(kernel, now);
    scheduler_tick(kernel, now);
    return leave(kernel);
}

struct hal_context *kernel_refused(struct kernel *kernel, const char *text)
{
    log_record(kernel, TR_LOG_REFUSED, "%s", text);
    return leave(kernel);
}

struct hal_context *kernel_next(struct kernel *kernel)
{
    return leave(kernel);
}
