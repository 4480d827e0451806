/* SPDX-License-Identifier: MIT */
/* The scenarios of the sweeps, one per part of the interface. */

#include "scene.h"

#include "tests/fake/elf_image.h"

#define DO(who, name, ...) scene_call(scene, who, TR_NR_##name, (const uint64_t[6]){__VA_ARGS__})
#define IN                 FAKE_WORD(scene->in)
#define OUT                FAKE_WORD(scene->out)
#define EVENT              FAKE_WORD(&scene->event)
#define KEY                scene->words[0]
#define ID                 scene->words[1]
#define VA                 scene->words[2]
#define AT(x)              FAKE_WORD(&(x))
#define SECOND             UINT64_C(1000000000)

static void messages_are_sent_and_read(struct scene *scene)
{
    DO(0, message_send, scene->pids[1], IN, 10, 1);
    DO(0, message_send, scene->pids[1], IN, 300, 2);
    DO(0, message_send, scene->pids[1], IN, 5000, 3);
    DO(2, message_send, scene->pids[1], IN, SCENE_BUFFER, 4);
    ID = scene_event(scene, 1);
    DO(1, message_read, ID, OUT, SCENE_BUFFER);
    ID = scene_event(scene, 1);
    DO(1, message_read, ID, OUT, 10);
    DO(1, message_discard, ID);
    DO(1, message_accept, TR_CLASS_MASK(TR_SERVER));
    DO(0, message_send, scene->pids[1], IN, 10, 5);
    ID = scene_event(scene, 1);
    DO(1, message_read, ID, OUT, SCENE_BUFFER);
    DO(1, message_reply_wait, 0, 0, 0, EVENT, OUT, SCENE_BUFFER);
    DO(1, event_take, EVENT, 1, 0);
}

static void calls_are_answered(struct scene *scene)
{
    DO(0, message_call, scene->pids[1], IN, 100, OUT, 100, TR_FOREVER);
    DO(2, message_call, scene->pids[1], IN, 6000, OUT, SCENE_BUFFER, SECOND);
    ID = scene_event(scene, 1);
    DO(1, message_read, ID, OUT, SCENE_BUFFER);
    DO(1, message_reply, ID, IN, 50);
    DO(1, message_reply_wait, 0, 0, 0, EVENT, OUT, SCENE_BUFFER);
    DO(1, message_reply_wait, scene->event.object, IN, 9000, EVENT, OUT, 100);
    DO(0, message_call, scene->pids[1], IN, 20, OUT, 10, TR_FOREVER);
    DO(2, message_call, scene->pids[1], IN, 20, OUT, 10, 1000);
    scene_pass(scene, 2000);
    DO(1, message_reply, scene->event.object, IN, 500);
    ID = scene_event(scene, 1);
    DO(1, message_reply, ID, IN, 1);
    DO(0, message_call, scene->pids[1], IN, 20, OUT, 10, TR_FOREVER);
    ID = scene_event(scene, 1);
    DO(1, message_discard, ID);
    DO(2, message_call, scene->pids[1], IN, 20, OUT, 10, TR_FOREVER);
    DO(1, process_exit, 3);
}

static void pipes_are_joined_and_used(struct scene *scene)
{
    ID = DO(0, pipe_create, AT(KEY));
    DO(1, pipe_join, ID, KEY + 1);
    DO(1, pipe_join, ID, KEY);
    DO(2, pipe_join, ID, KEY);
    DO(0, pipe_write, ID, IN, 100, 0);
    DO(1, pipe_read, ID, OUT, 4000, 0);
    DO(0, pipe_write, ID, IN, 10000, 0);
    DO(2, pipe_read, ID, OUT, 3000, TR_PARTIAL);
    DO(2, pipe_write, ID, IN, 2000, TR_NOWAIT);
    DO(2, pipe_read, ID, OUT, 3000, TR_NOWAIT);
    DO(1, pipe_read, ID, OUT, 1100, 0);
    DO(2, pipe_read, ID, OUT, SCENE_BUFFER, TR_NOWAIT | TR_PARTIAL);
    DO(0, pipe_info, ID, OUT);
    DO(1, pipe_read, ID, OUT, 500, 0);
    DO(2, pipe_write, ID, IN, 5000, 0);
    DO(0, pipe_release, ID);
    DO(1, pipe_read, ID, OUT, 4500, 0);
    DO(1, pipe_release, ID);
    scene_event(scene, 2);
    DO(2, pipe_write, ID, IN, 10, 0);
    DO(2, pipe_release, ID);
}

static void wrong_keys_are_slowed(struct scene *scene)
{
    ID = DO(0, pipe_create, AT(KEY));
    for (int i = 0; i < 9; i++) {
        DO(1, pipe_join, ID, KEY ^ 1);
    }
    scene_pass(scene, SECOND);
    DO(1, shared_join, ID, KEY, 0, TR_READ, AT(VA));
    scene_pass(scene, SECOND);
    DO(1, pipe_join, ID, KEY);
    DO(0, pipe_release, ID);
    DO(1, pipe_release, ID);
}

static void memory_is_shared(struct scene *scene)
{
    ID = DO(0, shared_create, 3, TR_READ | TR_WRITE, 0, AT(KEY), AT(VA));
    DO(1, shared_join, ID, KEY, 0, TR_READ | TR_WRITE, AT(scene->words[3]));
    DO(2, shared_join, ID, KEY, 0, TR_READ, AT(scene->words[4]));
    DO(1, memory_protect, scene->words[3], 2, TR_READ);
    DO(1, memory_release, scene->words[3], 1);
    DO(1, shared_info, ID, OUT);
    DO(0, message_send, scene->pids[2], VA, 5000, 1);
    DO(0, shared_seal, ID);
    DO(2, memory_protect, scene->words[4], 3, TR_READ | TR_EXECUTE);
    DO(0, shared_release, ID);
    DO(1, memory_clear, scene->words[3] + TR_PAGE_SIZE, scene->words[3] + 2 * TR_PAGE_SIZE);
    scene_event(scene, 2);
    DO(2, shared_release, ID);
}

static void much_memory_is_shared(struct scene *scene)
{
    DO(0, shared_create, 600, TR_READ, 0, AT(KEY), AT(VA));
    DO(1, thread_yield, 0);
    scene_pass(scene, 0);
    ID = DO(0, shared_create, 2, TR_READ, 0, AT(scene->words[4]), AT(VA));
    DO(1, shared_join, 1, KEY, 0, TR_READ, AT(scene->words[3]));
    DO(2, shared_join, 1, KEY, 0, TR_READ, AT(scene->words[5]));
    scene_pass(scene, 0);
    DO(0, shared_seal, 1);
    scene_pass(scene, 0);
    DO(2, memory_clear, scene->words[5], scene->words[5] + TR_PAGE_SIZE);
    scene_pass(scene, 0);
    DO(0, shared_release, 1);
    scene_pass(scene, 0);
    DO(1, shared_release, 1);
    scene_pass(scene, 0);
}

static void memory_is_allocated_and_released(struct scene *scene)
{
    VA = DO(0, memory_allocate, 10, 0, TR_READ | TR_WRITE);
    DO(0, memory_protect, VA + TR_PAGE_SIZE, 4, TR_READ);
    DO(0, memory_protect, VA, 1, 0);
    DO(0, memory_release, VA + 2 * TR_PAGE_SIZE, 3);
    DO(0, memory_release, VA, 10);
    DO(0, memory_allocate, 600, 0, TR_READ | TR_WRITE);
    scene_pass(scene, 0);
    DO(1, memory_allocate, 3, VA + 0x200000, TR_READ);
    DO(0, memory_clear, VA, VA + 0x2000000);
    scene_pass(scene, 0);
    DO(0, memory_info, OUT);
    DO(0, memory_allocate, 1000000, 0, TR_READ);
}

static void threads_are_made_and_ended(struct scene *scene)
{
    uint64_t stack = (IN + 8192) & ~UINT64_C(15);

    ID = DO(0, thread_create, IN, 1, stack, TR_THREAD_NOTIFY);
    scene->words[3] = DO(0, thread_create, IN, 2, stack, TR_THREAD_NOBLOCK);
    DO(0, thread_create, IN, 3, stack + 8, 0);
    DO(0, thread_suspend, scene->pids[0], ID);
    DO(0, thread_wake, scene->words[3]);
    DO(0, event_wait, EVENT, 0);
    DO(1, thread_terminate, scene->pids[0], ID, 5);
    scene_event(scene, 1);
    DO(0, thread_sleep, scene->machine->time + 1000);
    DO(0, event_wait, EVENT, SECOND);
    scene_pass(scene, 2000);
    DO(1, process_suspend, scene->pids[0]);
    DO(1, process_resume, scene->pids[0]);
    DO(0, thread_exit, 0);
    DO(0, thread_exit, 0);
    DO(0, thread_exit, 0);
}

static void processes_are_spawned_and_ended(struct scene *scene)
{
    static struct elf_image image;
    const struct tr_spawn spawn = {.image = image.bytes,
                                   .image_size = sizeof image.bytes,
                                   .name = "child",
                                   .process_class = TR_DRIVER,
                                   .flags = TR_SPAWN_WATCH | TR_SPAWN_SUSPENDED,
                                   .argument = scene->in,
                                   .argument_size = 5000};

    elf_image_make(&image, "tr_process_exit");
    DO(1, process_watch, scene->pids[0], 7);
    ID = DO(0, process_spawn, AT(spawn));
    scene_pass(scene, 0);
    scene->words[3] = DO(0, process_find, AT("d\\child"), 0);
    DO(0, process_resume, scene->words[3]);
    DO(0, message_send, scene->words[3], IN, 5000, 1);
    DO(1, process_watch, scene->words[3], 8);
    DO(2, process_watch, scene->words[3], 9);
    DO(2, process_unwatch, scene->words[3]);
    DO(0, process_terminate, scene->words[3], 4);
    scene_event(scene, 0);
    DO(2, process_watch, scene->words[3], 9);
    DO(2, process_unwatch, scene->words[3]);
    DO(0, process_spawn, AT(spawn));
    scene_pass(scene, 0);
    DO(0, process_drop_class, TR_APPLICATION);
    scene_fault(scene, 2);
    scene_event(scene, 1);
}

static void devices_are_opened_and_watched(struct scene *scene)
{
    ID = DO(0, device_create, AT("disks\\floppy\\0"), 5, 42);
    scene->words[3] = DO(0, device_create, AT("serial"), 6, 43);
    DO(0, device_create, AT("serial"), 6, 43);
    DO(1, device_watch, AT("disks"), 9);
    DO(2, device_watch, AT(""), 10);
    scene_event(scene, 1);
    DO(1, device_open, ID, 0);
    DO(2, device_open, ID, TR_EXCLUSIVE);
    DO(2, device_open, ID, 0);
    DO(2, device_open, scene->words[3], TR_EXCLUSIVE);
    DO(1, device_close, ID);
    DO(1, device_open, ID, 0);
    DO(0, device_holder, ID, scene->pids[1]);
    scene_event(scene, 0);
    DO(0, device_expose, ID, TR_DRIVER);
    DO(0, device_expose, scene->words[3], TR_APPLICATION);
    DO(2, process_drop_class, TR_SERVER);
    DO(0, device_destroy, ID);
    scene_event(scene, 1);
    DO(1, device_unwatch, AT("disks"));
    DO(0, process_drop_class, TR_APPLICATION);
    scene_event(scene, 1);
}

static void hardware_is_claimed(struct scene *scene)
{
    DO(0, port_claim, 0x60, 8);
    DO(1, port_claim, 0x50, 0x20);
    DO(0, port_release, 0x62, 2);
    DO(1, port_claim, 0x62, 2);
    DO(0, port_in_string, 0x64, 1, OUT, 100);
    DO(0, port_out, 0x60, 1, 7);
    DO(0, irq_listen, 5, 1);
    DO(1, irq_listen, 5, 2);
    DO(1, irq_listen, 6, 2);
    scene_raise(scene, 5);
    scene_event(scene, 0);
    DO(0, irq_acknowledge, 5);
    scene_raise(scene, 5);
    scene_raise(scene, 6);
    DO(1, irq_acknowledge, 5);
    DO(1, event_wait, EVENT, TR_FOREVER);
    DO(1, irq_ignore, 6);
    DO(0, event_wait, EVENT, 3 * SECOND);
    scene_pass(scene, 2 * SECOND);
    DO(0, process_drop_class, TR_SERVER);
}

#define DEVICE (FAKE_DEVICE_FRAME * TR_PAGE_SIZE)

static void hardware_is_mapped(struct scene *scene)
{
    uint64_t *dma = &scene->words[4]; /* struct tr_dma: va, physical */

    VA = DO(0, physical_map, DEVICE, 9, 0);
    DO(0, memory_release, VA + TR_PAGE_SIZE, 2);
    DO(0, memory_protect, VA, 1, TR_READ);
    DO(0, message_send, scene->pids[1], VA + 8 * TR_PAGE_SIZE - 100, 200, 0);
    DO(0, dma_allocate, 3, 0, 0, AT(*dma));
    DO(0, physical_of, *dma);
    DO(0, memory_release, *dma + TR_PAGE_SIZE, 1);
    DO(1, dma_allocate, 300, UINT64_C(8) << 20, 65536, AT(*dma));
    scene_pass(scene, 1000000);
    DO(1, physical_map, 0, 256, TR_READ);
    DO(1, memory_release, *dma, 290);
    scene_pass(scene, 1000000);
    DO(2, dma_allocate, 1, 0, 0, AT(*dma));
    DO(0, memory_clear, VA, VA + TR_PAGE_SIZE);
    DO(2, process_drop_class, TR_SERVER);
    DO(2, physical_map, DEVICE, 1, 0);
    DO(0, process_exit, 0);
}

static void timers_ring_and_texts_are_logged(struct scene *scene)
{
    for (uint64_t i = 0; i < 12; i++) {
        DO(0, timer_set, scene->machine->time + 1000 * (i % 5), i);
    }
    DO(0, timer_cancel, 3);
    DO(0, timer_set, TR_FOREVER, 4);
    scene_pass(scene, 3000);
    scene_event(scene, 0);
    DO(0, timer_cancel, 1);
    DO(1, event_wait, EVENT, 5000);
    DO(2, log, IN, 700);
    DO(0, log, IN, TR_LOG_MAX);
    DO(0, random, OUT, 1000);
    DO(0, symbol_find, AT("tr_log"));
    scene_pass(scene, 9000);
    DO(1, process_exit, 0);
}

static void the_machine_is_stopped(struct scene *scene)
{
    DO(2, event_wait, EVENT, TR_FOREVER);
    DO(0, system_stop, TR_STOP_HALT, 3, SECOND);
    scene_event(scene, 0);
    DO(0, system_saved, 0);
    DO(0, system_reboot, SECOND);
    DO(1, system_saved, 0);
    DO(2, process_exit, 0);
    scene_pass(scene, 2 * SECOND);
}

#define DRIVERS                                                                                    \
    {                                                                                              \
        TR_DRIVER, TR_DRIVER, TR_DRIVER                                                            \
    }
#define SCENARIO(function)                                                                         \
    {                                                                                              \
#function, function, DRIVERS                                                               \
    }

const struct scenario scenarios[] = {
    SCENARIO(messages_are_sent_and_read),
    SCENARIO(calls_are_answered),
    SCENARIO(pipes_are_joined_and_used),
    SCENARIO(wrong_keys_are_slowed),
    SCENARIO(memory_is_shared),
    SCENARIO(much_memory_is_shared),
    SCENARIO(memory_is_allocated_and_released),
    SCENARIO(threads_are_made_and_ended),
    SCENARIO(processes_are_spawned_and_ended),
    SCENARIO(devices_are_opened_and_watched),
    SCENARIO(hardware_is_claimed),
    SCENARIO(hardware_is_mapped),
    SCENARIO(timers_ring_and_texts_are_logged),
    SCENARIO(the_machine_is_stopped),
};
const size_t scenario_count = sizeof scenarios / sizeof scenarios[0];
