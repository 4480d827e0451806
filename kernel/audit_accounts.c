/* SPDX-License-Identifier: MIT */
/* The audit of accounts: each is charged exactly for the records that exist. Every record goes into
 * one sum, times a factor of the account that has to pay for it; every account's own count is taken
 * off with the same factor. What is left is what somebody pays for and nobody has, or the reverse,
 * or what the wrong one pays for. */

#include "audit.h"

#include "device.h"
#include "message.h"
#include "pipe.h"
#include "shared.h"
#include "spawn.h"
#include "state.h"
#include "vm86.h"

struct ledger {
    const struct kernel *kernel;
    uint64_t bytes, records;
};

static uint64_t factor_of(const struct account *account)
{
    uint64_t word = (uint64_t)(uintptr_t)account * UINT64_C(0x9e3779b97f4a7c15);
    return (word ^ word >> 31) | 1;
}

/* An orphan is in no table: it lives as long as its last record. */
static void pays(struct ledger *ledger, const struct account *account, uint64_t records,
                 uint64_t bytes)
{
    if (!account->is_orphan) {
        ledger->records += factor_of(account) * records;
        ledger->bytes += factor_of(account) * bytes;
    }
}

static void pays_for(struct ledger *ledger, const struct account *account, const struct pool *pool,
                     uint64_t records)
{
    pays(ledger, account, records, records * pool->size);
}

static void has_been_charged(struct ledger *ledger, const struct account *account)
{
    ledger->records -= factor_of(account) * account->records;
    ledger->bytes -= factor_of(account) * account->bytes;
}

static void message_charges(struct ledger *ledger, const struct message *message)
{
    const struct kernel *kernel = ledger->kernel;
    const struct account *account = message->account;
    uint64_t pages = (message->body.size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    pays_for(ledger, account, &kernel->pools.message, 1);
    if (message->body.middle != NULL) {
        pays(ledger, account, 1, kernel_memory_size(kernel, message->body.size));
    }
    if (message->body.frames != NULL) {
        pays(ledger, account, 1, kernel_memory_size(kernel, pages * sizeof(uint32_t)));
        pays(ledger, account, 1, pages * TR_PAGE_SIZE);
    }
}

static void thread_charges(struct ledger *ledger, const struct thread *thread)
{
    const struct kernel *kernel = ledger->kernel;
    const struct account *account = thread->process->account;
    const struct spawn *spawn = spawn_of(thread);
    pays_for(ledger, account, &kernel->pools.thread, 1);
    pays_for(ledger, account, &kernel->pools.slot, thread->exit_slot != NULL);
    pays_for(ledger, account, &kernel->pools.vm86, vm86_has(thread));
    if (spawn != NULL) {
        pays_for(ledger, account, &kernel->pools.spawn, 1);
        pays_for(ledger, account, &kernel->pools.watch, spawn->watch != NULL);
    }
}

static void device_charges(struct ledger *ledger, const struct process *process)
{
    const struct kernel *kernel = ledger->kernel;
    const struct pool *opens = &kernel->pools.device_open;
    LIST_FOR (link, &process->devices) {
        const struct device *device = CONTAINER(link, struct device, owned);
        pays_for(ledger, process->account, &kernel->pools.device, 1);
        LIST_FOR (one, &device->opens) {
            const struct device_open *open = CONTAINER(one, struct device_open, on_device);
            pays_for(ledger, open->account, opens, 1);
        }
    }
    LIST_FOR (link, &process->opens) {
        const struct device_open *open = CONTAINER(link, struct device_open, in_process);
        pays_for(ledger, open->account, opens, open->device == NULL);
    }
}

static void process_charges(struct ledger *ledger, const struct process *process)
{
    const struct kernel *kernel = ledger->kernel;
    const struct account *account = process->account;
    pays_for(ledger, account, &kernel->pools.process, 1);
    pays_for(ledger, account, &kernel->pools.watch, list_length(&process->watches));
    pays_for(ledger, account, &kernel->pools.pipe_member, list_length(&process->pipes));
    pays_for(ledger, account, &kernel->pools.shared_member, list_length(&process->shareds));
    pays_for(ledger, account, &kernel->pools.device_watch, list_length(&process->device_watches));
    pays_for(ledger, account, &kernel->pools.irq_listener, list_length(&process->irqs));
    pays_for(ledger, account, &kernel->pools.port_claim, list_length(&process->ports));
    pays_for(ledger, account, &kernel->pools.physical_map, list_length(&process->maps));
    device_charges(ledger, process);
    for (const struct tree_node *t = tree_first(&process->timers); t != NULL; t = tree_next(t)) {
        pays_for(ledger, account, &kernel->pools.timer, 1);
    }
    const struct tree_node *node = tree_first(&process->correspondents);
    for (; node != NULL; node = tree_next(node)) {
        const struct correspondent *one = CONTAINER(node, const struct correspondent, node);
        pays_for(ledger, one->account, &kernel->pools.correspondent, 1);
    }
    LIST_FOR (link, &process->inbox) {
        message_charges(ledger, CONTAINER(link, struct message, inbox));
    }
    LIST_FOR (link, &process->threads) {
        thread_charges(ledger, CONTAINER(link, struct thread, siblings));
    }
    LIST_FOR (link, &process->events) {
        const struct event_slot *slot = CONTAINER(link, struct event_slot, link);
        bool is_record = slot->event.kind == TR_EVENT_THREAD_EXIT;
        pays_for(ledger, account, &kernel->pools.slot, is_record);
    }
    has_been_charged(ledger, account);
}

static void common_charges(struct ledger *ledger)
{
    const struct kernel *kernel = ledger->kernel;
    const struct account *root = &kernel->root_account;
    LIST_FOR (link, &kernel->pipes) {
        const struct pipe *pipe = CONTAINER(link, struct pipe, all);
        pays_for(ledger, pipe->account, &kernel->pools.pipe, 1);
        pays(ledger, pipe->account, 1, TR_PAGE_SIZE);
    }
    LIST_FOR (link, &kernel->shareds) {
        const struct shared *shared = CONTAINER(link, struct shared, all);
        pays_for(ledger, shared->account, &kernel->pools.shared, 1);
        pays(ledger, shared->account, 1, UINT64_C(TR_PAGE_SIZE) << shared->frames_order);
    }
    pays_for(ledger, root, &kernel->pools.account, kernel->pools.account.live);
    pays_for(ledger, root, &kernel->pools.grave, kernel->pools.grave.live);
    has_been_charged(ledger, root);
}

void audit_accounts(struct audit *audit)
{
    const struct kernel *kernel = audit->kernel;
    struct ledger ledger = {.kernel = kernel};
    const struct tree_node *node = tree_first(&kernel->processes);
    for (; node != NULL; node = tree_next(node)) {
        process_charges(&ledger, CONTAINER(node, const struct process, by_id));
    }
    LIST_FOR (link, &kernel->forming) {
        process_charges(&ledger, CONTAINER(link, struct process, named));
    }
    common_charges(&ledger);
    audit_check(audit, ledger.bytes == 0 && ledger.records == 0, AUDIT_account_charges);
}
