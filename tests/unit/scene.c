/* SPDX-License-Identifier: MIT */
/* Scenes: entries that count themselves, kill a party on the way if asked to, and compare what a
 * refused call has left with what was there before it. */

#include "scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "kernel/message.h"
#include "kernel/process.h"
#include "kernel/state.h"

/* What a call that fails must leave as it was. */
struct snapshot {
    struct kernel_census census;
    uint64_t user_frames, shared_frames, body_frames;
    uint64_t charged, records, events, own_pages, unread;
};

/* Records of correspondents with nothing unread, which receivers keep for the next message: charged
 * to a sender, but only kept for speed. */
static uint64_t kept_for_speed(struct kernel *kernel, const struct account *account)
{
    uint64_t kept = 0;

    for (struct process *p = process_after(kernel, 0); p != NULL;
         p = process_after(kernel, p->object.id)) {
        const struct correspondent *one = p->idle_correspondent;
        kept += one != NULL && one->messages == 0 && one->account == account;
    }
    return kept;
}

static void snapshot_take(const struct scene *scene, uint64_t pid, struct snapshot *snapshot)
{
    struct kernel *kernel = scene->machine->kernel;
    const struct process *process = process_find(kernel, pid);

    uint64_t kept = kept_for_speed(kernel, process->account);
    *snapshot = (struct snapshot){
        .user_frames = kernel->frames.by_use[FRAME_USER] - kernel->graveyard_pages,
        .shared_frames = kernel->frames.by_use[FRAME_SHARED],
        .body_frames = kernel->frames.by_use[FRAME_BODY],
        .charged = process->account->bytes - kept * kernel->pools.correspondent.size,
        .records = process->account->records - kept,
        .events = list_length(&process->events),
        .own_pages = process->space.pages,
        .unread = process->unread,
    };
    kernel_census(kernel, &snapshot->census);
}

#define SAME(field)                                                                                \
    if (before->field != after->field) {                                                           \
        fail_msg("call %llu gave %lld but " #field " went from %llu to %llu",                      \
                 (unsigned long long)number, (long long)result, (unsigned long long)before->field, \
                 (unsigned long long)after->field);                                                \
    }

static void nothing_has_changed(uint64_t number, int64_t result, const struct snapshot *before,
                                const struct snapshot *after)
{
    SAME(census.processes)
    SAME(census.threads)
    SAME(census.messages)
    SAME(census.pipes)
    SAME(census.shareds)
    SAME(census.devices)
    SAME(census.watches)
    SAME(census.timers)
    SAME(census.claims)
    SAME(user_frames)
    SAME(shared_frames)
    SAME(body_frames)
    SAME(charged)
    SAME(records)
    SAME(events)
    SAME(own_pages)
    SAME(unread)
}

struct scene *scene_begin(const struct scenario *scenario)
{
    static const char *const names[SCENE_PARTIES] = {"first", "second", "third"};
    struct scene *scene = calloc(1, sizeof *scene);

    assert_non_null(scene);
    scene->machine = fake_create(
        &(const struct kernel_config){.invariants = true, .no_log_needed = true, .trace = false});
    for (size_t i = 0; i < SCENE_PARTIES; i++) {
        scene->pids[i] = fake_process(scene->machine, scenario->classes[i], names[i]);
    }
    for (size_t i = 0; i < SCENE_BUFFER; i++) {
        scene->in[i] = (uint8_t)(i * 7 + (i >> 8));
    }
    return scene;
}

void scene_end(struct scene *scene)
{
    void *machine = scene->machine;

    (void)unit_teardown(&machine);
    free(scene);
}

static void enter(struct scene *scene)
{
    struct kernel *kernel = scene->machine->kernel;

    scene->entries++;
    if (scene->entries != scene->kill_at || scene->machine->stopped) {
        return;
    }
    struct process *victim = process_find(kernel, scene->pids[scene->victim]);
    if (victim != NULL) {
        process_end(kernel, victim, 0, TR_EVENT_KILLED, 0);
        scene->machine->current = kernel_next(kernel);
        unit_audit(scene->machine);
    }
}

uint64_t scene_call(struct scene *scene, uint64_t who, uint64_t number, const uint64_t words[6])
{
    struct machine *machine = scene->machine;
    struct snapshot before;
    struct snapshot after;

    enter(scene);
    if (machine->stopped || !fake_turn(machine, scene->pids[who])) {
        return SCENE_GONE;
    }
    snapshot_take(scene, scene->pids[who], &before);
    int64_t result =
        fake_call(machine, number, words[0], words[1], words[2], words[3], words[4], words[5]);
    if (result == FAKE_SLEEPS || result >= 0) {
        return result == FAKE_SLEEPS ? SCENE_GONE : (uint64_t)result;
    }
    /* interface.md 6: a reply to a caller that has gone ends the call. */
    if (result != TR_E_PEER) {
        snapshot_take(scene, scene->pids[who], &after);
        nothing_has_changed(number, result, &before, &after);
    }
    return SCENE_GONE;
}

void scene_pass(struct scene *scene, uint64_t nanoseconds)
{
    enter(scene);
    if (!scene->machine->stopped) {
        fake_pass(scene->machine, scene->machine->time + nanoseconds);
    }
}

void scene_raise(struct scene *scene, uint32_t line)
{
    enter(scene);
    if (!scene->machine->stopped) {
        fake_raise(scene->machine, line);
    }
}

void scene_fault(struct scene *scene, uint64_t who)
{
    enter(scene);
    if (!scene->machine->stopped && fake_turn(scene->machine, scene->pids[who])) {
        fake_fault(scene->machine, TR_FAULT_PAGE, 0);
    }
}

uint64_t scene_event(struct scene *scene, uint64_t who)
{
    const uint64_t words[6] = {FAKE_WORD(&scene->event)};

    return scene_call(scene, who, TR_NR_event_poll, words) == 1 ? scene->event.object : SCENE_GONE;
}
