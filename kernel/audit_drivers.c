/* SPDX-License-Identifier: MIT */
/* The audit of what drivers have: devices and who holds them open, interrupt lines, ports, maps. */

#include "audit.h"

#include "device.h"
#include "irq.h"
#include "physical.h"
#include "state.h"

/* What was found by going through the processes. */
struct drivers {
    struct audit *audit;
    uint64_t devices, opens, holders, held; /* open, as devices and as processes know it */
    uint64_t watches, listeners, claims, maps;
};

static void check(struct drivers *drivers, bool is_fine, enum audit_sentence what)
{
    audit_check(drivers->audit, is_fine, what);
}

/* ---- Devices --------------------------------------------------------------------------------- */

static void audit_device(struct drivers *drivers, const struct device *device)
{
    uint64_t open = 0;
    uint64_t exclusive = 0;
    audit_object(drivers->audit, &device->object, OBJECT_DEVICE);
    LIST_FOR (link, &device->opens) {
        const struct device_open *record = CONTAINER(link, struct device_open, on_device);
        bool is_open = record->process != NULL;
        open += is_open;
        exclusive += is_open && record->is_exclusive;
        check(drivers, !is_open || audit_is_alive(drivers->audit, record->process),
              AUDIT_device_holder);
        check(drivers, is_open || event_is_queued(&record->closed), AUDIT_device_closed);
    }
    uint64_t records = list_length(&device->opens);
    check(drivers, records == audit_tree(drivers->audit, &device->by_pid), AUDIT_device_by_pid);
    check(drivers, open == device->open_count, AUDIT_device_opens);
    check(drivers, exclusive == device->is_exclusive && (exclusive == 0 || open == 1),
          AUDIT_device_exclusive);
    drivers->devices++;
    drivers->opens += records;
    drivers->held += open;
}

static void audit_devices(struct drivers *drivers, const struct process *process)
{
    LIST_FOR (link, &process->devices) {
        const struct device *device = CONTAINER(link, struct device, owned);
        check(drivers, device->driver == process, AUDIT_device_driver);
        audit_device(drivers, device);
    }
    LIST_FOR (link, &process->opens) {
        const struct device_open *record = CONTAINER(link, struct device_open, in_process);
        bool is_gone = record->device == NULL;
        drivers->opens += is_gone;
        drivers->holders += !is_gone;
        check(drivers, record->process == process, AUDIT_open_process);
        check(drivers, !is_gone || event_is_queued(&record->removed), AUDIT_open_event);
    }
    LIST_FOR (link, &process->device_watches) {
        drivers->watches++;
        check(drivers, CONTAINER(link, struct device_watch, in_process)->process == process,
              AUDIT_device_watch_process);
    }
}

/* ---- Lines and ports ------------------------------------------------------------------------- */

static void audit_line(struct drivers *drivers, uint32_t number)
{
    const struct irq_line *line = &drivers->audit->kernel->irqs[number];
    uint64_t owing = 0;
    LIST_FOR (link, &line->listeners) {
        const struct irq_listener *listener = CONTAINER(link, struct irq_listener, on_line);
        drivers->listeners--;
        owing += listener->owes;
        check(drivers, listener->line == number, AUDIT_listener_line);
    }
    check(drivers, owing == line->waiting_for, AUDIT_line_owing);
    check(drivers, line->silence.armed == (owing > 0), AUDIT_line_alarm);
    check(drivers, !line->pause.armed || (owing == 0 && !list_is_empty(&line->listeners)),
          AUDIT_line_pause);
}

static void audit_claims(struct drivers *drivers)
{
    const struct tree *claims = &drivers->audit->kernel->ports.claims;
    uint64_t free_from = 0;
    for (const struct tree_node *node = tree_first(claims); node != NULL; node = tree_next(node)) {
        const struct port_claim *claim = CONTAINER(node, const struct port_claim, node);
        check(drivers,
              node->key == claim->first && claim->first >= free_from && claim->count > 0 &&
                  claim->count <= UINT32_C(0x10000) - claim->first,
              AUDIT_claim_range);
        free_from = (uint64_t)claim->first + claim->count;
    }
    check(drivers, audit_tree(drivers->audit, claims) == drivers->claims, AUDIT_claim_owners);
}

/* ---- All ------------------------------------------------------------------------------------- */

static void audit_driver(struct drivers *drivers, const struct process *process)
{
    audit_devices(drivers, process);
    LIST_FOR (link, &process->irqs) {
        drivers->listeners++;
        check(drivers, CONTAINER(link, struct irq_listener, owned)->process == process,
              AUDIT_listener_process);
    }
    LIST_FOR (link, &process->ports) {
        drivers->claims++;
        check(drivers, CONTAINER(link, struct port_claim, owned)->process == process,
              AUDIT_claim_process);
    }
    LIST_FOR (link, &process->maps) {
        drivers->maps++;
        check(drivers, CONTAINER(link, struct physical_map, owned)->process == process,
              AUDIT_map_process);
    }
}

static void check_pools(struct drivers *drivers)
{
    const struct kernel *kernel = drivers->audit->kernel;
    check(drivers, kernel->pools.device.live == drivers->devices, AUDIT_pool_devices);
    check(drivers, kernel->pools.device_open.live == drivers->opens, AUDIT_pool_device_opens);
    check(drivers, kernel->pools.device_watch.live == drivers->watches, AUDIT_pool_device_watches);
    check(drivers, kernel->pools.irq_listener.live == drivers->listeners, AUDIT_pool_listeners);
    check(drivers, kernel->pools.port_claim.live == drivers->claims, AUDIT_pool_claims);
    check(drivers, kernel->pools.physical_map.live == drivers->maps, AUDIT_pool_maps);
}

void audit_drivers(struct audit *audit)
{
    const struct kernel *kernel = audit->kernel;
    struct drivers drivers = {.audit = audit};
    const struct tree_node *node = tree_first(&kernel->processes);
    for (; node != NULL; node = tree_next(node)) {
        audit_driver(&drivers, CONTAINER(node, const struct process, by_id));
    }
    check(&drivers, audit_tree(audit, &kernel->devices) == drivers.devices, AUDIT_device_tree);
    check(&drivers, drivers.holders == drivers.held, AUDIT_open_device);
    check(&drivers, list_length(&kernel->device_watches) == drivers.watches,
          AUDIT_device_watch_owners);
    audit_claims(&drivers);
    check_pools(&drivers);
    for (uint32_t i = 0; i < HAL_IRQ_LINES; i++) {
        audit_line(&drivers, i);
    }
    check(&drivers, drivers.listeners == 0, AUDIT_line_listeners);
}
