/* SPDX-License-Identifier: MIT */
#pragma once

/* What the files of the kit share. A kit owns its machine, its kernel, the stacks of its processes
 * and its trace. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define TR_KIT_INSIDE
#include <terrarium/kit.h>

#include "hal-posix/posix.h"
#include "kernel/kernel.h"

#define KIT_HOLE_BYTES ((size_t)1 << 20) /* below each stack */

struct kit_stack {
    struct kit_stack *next;
    void *memory;           /* the hole below the stack is its low end */
    size_t size;            /* with the guard */
    uint64_t pid, function; /* of the process that has it */
};

/* A file that was read: kept while the machine lives, so that equal programs share it. */
struct kit_image {
    struct kit_image *next;
    char *path;
    void *bytes;
    size_t size;
};

/* How a process ended; index is the pid. */
struct kit_ending {
    bool ended;
    uint32_t reason;
    int64_t code;
};

#define KIT_CONSOLE_SIZE 2048

struct tr_kit {
    struct tr_kit *next; /* of those that live */
    struct tr_kit_options options;
    struct machine *machine;
    struct kernel *kernel;
    struct kit_stack *stacks;
    struct kit_image *images;
    struct posix_result result; /* of the last run */

    uint64_t calls, pause_at; /* tr_kit_pause_at_call */
    bool running; /* a run is on: true outside one means that it was left by a failed assertion */
    bool told;    /* a failure has said where and when */
    struct posix_stray stray; /* pid 0: nobody has gone astray */
    bool panicked;            /* the kernel is broken: nothing may be asked of it any more */

    struct tr_trace_record *trace;
    size_t trace_count, trace_room;
    struct kit_ending *endings;
    size_t endings_room;

    char console[KIT_CONSOLE_SIZE];
    size_t console_size;
};

/* Ends the test with a sentence. */
void kit_fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));
/* The same at an instruction of the test, where its line is known. */
void kit_fail_at(uint64_t ip, const char *format, ...)
    __attribute__((format(printf, 2, 3), noreturn));

/* The line that failures point at: runs put back theirs, as processes may have noted others. */
struct kit_place {
    struct tr_kit *kit;
    const char *file;
    int line;
};
struct kit_place kit_place(void);
void kit_place_set(struct kit_place place);

/* A kit lives from here to there. False: it does not live. */
void kit_begins(struct tr_kit *kit);
bool kit_ends(struct tr_kit *kit);

/* Who runs and when, seed and hash, on standard error; once a kit. */
void kit_tell(struct tr_kit *kit);
/* Fails the test by what kit->stray says. */
void kit_stray_fail(struct tr_kit *kit) __attribute__((noreturn));
/* On whom each thread waits, circles as circles, on standard error. */
void kit_waits_tell(struct tr_kit *kit);
/* The function a process began with, by its stack. */
uint64_t kit_function_of(struct tr_kit *kit, uint64_t pid);

/* Memory of the host, zeroed or grown; aborts if there is none. */
void *kit_memory(void *old, size_t size);

/* A stack for a process of this kit, from the pool if one of that size is there. */
struct kit_stack *kit_stack_take(struct tr_kit *kit);
/* Gives all stacks of the kit back to the pool. */
void kit_stacks_return(struct tr_kit *kit);

/* A test has jumped out of its run from another stack, and AddressSanitizer takes the host's frames
 * of the run for living ones: they are no longer marked. */
void kit_frames_forget(void);

/* Frees the files read for tr_kit_program. */
void kit_images_free(struct tr_kit *kit);

/* posix_config.trace */
void kit_trace_record(void *user, const struct tr_trace_record *record);
const struct kit_ending *kit_ending(struct tr_kit *kit, uint64_t pid);

/* The kit whose run is on in this host thread; NULL: none. */
extern _Thread_local struct tr_kit *kit_current;
