/* SPDX-License-Identifier: MIT */
/* The ghost functions: a page of text, one stub per row of calls.def, and a page with the two words
 * that the text needs, which is how the gate finds its machine without a word of the host thread.
 * Programs may read both. They lie where every run of every host process has them, so that nothing
 * that a program sees differs between runs; further machines of a host process have theirs behind.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch.h"
#include "image.h"
#include "tool.h"

const uint64_t ghost_base = UINT64_C(0x17ffff000000);

#define GHOSTS_STEP UINT64_C(0x10000)
#define GHOSTS_SIZE (GHOSTS_DATA + PAGE)

extern const char gate_ghosts_begin[], gate_ghosts_resume[], gate_ghosts_end[];
extern const char gate_call[], gate_count_block[], gate_thread_start[];
extern const char gate_enter[], gate_budget_spent[];
extern const uint8_t gate_ghosts_image[], gate_ghosts_image_end[];

#define TR_CALL_ROW(nr, name) extern const char gate_ghost_##name[];
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW

static const char *const ghosts[TR_CALL_LIMIT] = {
#define TR_CALL_ROW(nr, name) [nr] = gate_ghost_##name,
#include <terrarium/calls_rows.h>
#undef TR_CALL_ROW
};

/* Where a place of the template lies. */
static uint64_t place_of(const struct machine *machine, const char *at)
{
    return machine->ghosts + (uint64_t)(at - gate_ghosts_begin);
}

/* Takes the place, if nothing is there. */
static bool take_place(struct machine *machine)
{
    void *wanted = (void *)(uintptr_t)(ghost_base + machine->arena * GHOSTS_STEP);
    void *got = mmap(wanted, GHOSTS_SIZE, PROT_NONE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (got == MAP_FAILED) {
        return false;
    }
    if (got != wanted) { /* an old kernel, or Valgrind */
        munmap(got, GHOSTS_SIZE);
        errno = EEXIST;
        return false;
    }
    machine->ghosts = (uint64_t)(uintptr_t)got;
    return true;
}

static bool map_ghosts(struct machine *machine, int file)
{
    if (file < 0 || ftruncate(file, GHOSTS_SIZE) != 0 ||
        pwrite(file, gate_ghosts_begin, GHOSTS_DATA, 0) != GHOSTS_DATA ||
        pwrite(file, &machine, sizeof machine, GHOSTS_DATA + GHOSTS_MACHINE) != sizeof machine) {
        return false;
    }
    uint8_t *words = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, GHOSTS_DATA);
    if (words == MAP_FAILED) {
        return false;
    }
    machine->gate.resume_ip = (uint64_t *)(void *)(words + GHOSTS_RESUME_IP);
    if (!take_place(machine)) {
        return false;
    }
    void *text = (void *)(uintptr_t)machine->ghosts;
    void *data = (void *)(uintptr_t)(machine->ghosts + GHOSTS_DATA);
    /* The text is private: a debugger can put breakpoints only into such. */
    return mmap(text, GHOSTS_DATA, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 0) ==
               text &&
           mmap(data, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, GHOSTS_DATA) == data;
}

bool ghost_create(struct machine *machine, char *error, size_t error_size)
{
    int file = memfd_create("terrarium-ghosts", MFD_CLOEXEC);
    bool good = map_ghosts(machine, file);
    if (!good) {
        snprintf(error, error_size, "the host does not give the ghost functions their place: %s",
                 strerror(errno));
    }
    if (file >= 0) {
        close(file);
    }
    const char *check = tool_ghost_check();
    machine->gate.enter = gate_enter;
    machine->gate.stub = check != NULL ? check : gate_enter;
    machine->gate.spent = gate_budget_spent;
    machine->gate.resume = (const void *)(uintptr_t)place_of(machine, gate_ghosts_resume);
    if (good) {
        arch_new_text(machine->ghosts, GHOSTS_DATA);
    }
    if (good && machine->config.announce_images) {
        const struct image image = {.bytes = gate_ghosts_image,
                                    .size = (size_t)(gate_ghosts_image_end - gate_ghosts_image)};
        machine->ghosts_entry = jit_announce(&image, machine->ghosts);
    }
    return good;
}

void ghost_destroy(struct machine *machine)
{
    if (machine->ghosts_entry != NULL) {
        jit_withdraw(machine->ghosts_entry);
    }
    if (machine->ghosts != 0) {
        munmap((void *)(uintptr_t)machine->ghosts, GHOSTS_SIZE);
    }
    if (machine->gate.resume_ip != NULL) {
        munmap((uint8_t *)machine->gate.resume_ip - GHOSTS_RESUME_IP, PAGE);
    }
}

bool ghost_holds(const struct machine *machine, uint64_t address)
{
    return address - machine->ghosts < GHOSTS_SIZE;
}

uint64_t ghost_thread_start(const struct machine *machine)
{
    return place_of(machine, gate_thread_start);
}

gate_caller *ghost_caller(const struct machine *machine)
{
    return (gate_caller *)(uintptr_t)place_of(machine, gate_call);
}

bool ghost_is_resuming(const struct machine *machine, uint64_t ip)
{
    return ip >= place_of(machine, gate_ghosts_resume) && ip < place_of(machine, gate_ghosts_end);
}

uint64_t hal_ghost_call(struct machine *machine, uint32_t number)
{
    if (number >= TR_CALL_LIMIT || ghosts[number] == NULL) {
        return 0;
    }
    return place_of(machine, ghosts[number]);
}

uint64_t hal_ghost_other(struct machine *machine, const char *name)
{
    if (strcmp(name, "tr_call") == 0) {
        return place_of(machine, gate_call);
    }
    if (strcmp(name, "__sanitizer_cov_trace_pc") == 0) {
        return place_of(machine, gate_count_block);
    }
    return 0;
}
