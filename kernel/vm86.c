/* SPDX-License-Identifier: MIT */
/* VM86 is a call in steps: each lets the machine execute a slice of real-mode instructions, and
 * between two of them interrupts come in and the scheduler decides as for any other thread. Memory
 * and ports are the caller's: the machine asks for each page and each port. */

#include "vm86.h"

#include <terrarium/error.h>

#include "call.h"
#include "copy.h"
#include "state.h"

#define SLICE_INSTRUCTIONS 1000
#define INSTRUCTION_NS     10 /* virtual time of one */
#define BUDGET_USUAL       1000000

static const uint32_t reasons[] = {
    [HAL_VM86_LIMIT] = TR_VM86_BUDGET,
    [HAL_VM86_INTERRUPT] = TR_VM86_INTERRUPT,
    [HAL_VM86_FAULT] = TR_VM86_FAULT,
    [HAL_VM86_PORT] = TR_VM86_PORT,
};

static void record_free(struct kernel *kernel, struct thread *thread)
{
    pool_give(kernel, &kernel->pools.vm86, thread->process->account, thread->work.pointer);
    thread->work.pointer = NULL;
}

static int64_t finish(struct kernel *kernel, struct thread *thread, uint32_t reason)
{
    struct vm86 *vm86 = thread->work.pointer;
    bool has_cause = reason != TR_VM86_BUDGET && reason != TR_VM86_DROPPED;
    vm86->user.registers = vm86->run.registers;
    vm86->user.reason = reason;
    vm86->user.vector = has_cause ? vm86->run.vector : 0;
    vm86->user.fault_address = has_cause ? vm86->run.fault_address : 0;
    int64_t result = copy_out(kernel, thread->process, vm86->to, &vm86->user, sizeof(vm86->user));
    record_free(kernel, thread);
    return result;
}

static int64_t vm86_step(struct kernel *kernel, struct thread *thread)
{
    struct vm86 *vm86 = thread->work.pointer;
    if (vm86->is_dropped) {
        return finish(kernel, thread, TR_VM86_DROPPED);
    }
    vm86->run.instructions = vm86->left < SLICE_INSTRUCTIONS ? vm86->left : SLICE_INSTRUCTIONS;
    hal_vm86_run(kernel->machine, &vm86->run);
    hal_charge(kernel->machine, vm86->run.instructions * INSTRUCTION_NS);
    uint64_t done = vm86->run.instructions; /* a repeated instruction may count as many */
    vm86->left = done < vm86->left ? vm86->left - done : 0;
    if (vm86->run.end == HAL_VM86_LIMIT && vm86->left > 0) {
        return CALL_LATER;
    }
    return finish(kernel, thread, reasons[vm86->run.end]);
}

static void vm86_abort(struct kernel *kernel, struct thread *thread)
{
    record_free(kernel, thread);
}

bool vm86_has(const struct thread *thread)
{
    return thread->step == vm86_step;
}

void vm86_drop_all(struct process *process)
{
    LIST_FOR (link, &process->threads) {
        const struct thread *thread = CONTAINER(link, struct thread, siblings);
        if (vm86_has(thread)) {
            ((struct vm86 *)thread->work.pointer)->is_dropped = true;
        }
    }
}

uint8_t *kernel_vm86_page(struct kernel *kernel, uint32_t page, uint32_t access)
{
    struct thread *thread = kernel->cpu.current;
    const struct vm86 *vm86 = thread->work.pointer;
    uint64_t va = vm86->user.memory + (uint64_t)page * TR_PAGE_SIZE;
    if (page >= HAL_VM86_PAGES) {
        return NULL;
    }
    uint8_t *view = copy_page(kernel, thread->process, va, access);
    if (view != NULL && (access & HAL_WRITE) != 0) {
        tool(kernel, HAL_TOOL_COPIED, (void *)(uintptr_t)va, view, TR_PAGE_SIZE);
    }
    return view;
}

int64_t call_vm86_enter(struct kernel *kernel, uint64_t vm86, uint32_t flags)
{
    struct thread *thread = kernel->cpu.current;
    struct tr_vm86 user;
    void *record;
    if (!hal_vm86_exists(kernel->machine)) {
        return TR_E_NOSYS;
    }
    if (flags != 0) {
        return TR_E_INVAL;
    }
    int64_t result = copy_check(kernel, thread->process, vm86, sizeof(user), TR_WRITE);
    if (result == 0) {
        result = copy_in(kernel, thread->process, &user, vm86, sizeof(user));
    }
    if (result == 0 && (user.memory & (TR_PAGE_SIZE - 1)) != 0) {
        result = TR_E_INVAL;
    }
    if (result == 0) {
        result = pool_take(kernel, &kernel->pools.vm86, thread->process->account, &record);
    }
    if (result < 0) {
        return result;
    }
    struct vm86 *made = record;
    made->user = user;
    made->run.registers = user.registers;
    made->to = vm86;
    made->left = user.budget == 0 ? BUDGET_USUAL : user.budget;
    thread->work.pointer = made;
    return thread_begin_steps(kernel, vm86_step, vm86_abort);
}
