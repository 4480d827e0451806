/* SPDX-License-Identifier: MIT */
#pragma once

/* The test kit: boot a Terrarium kernel inside a CMocka test, run C functions of the test file as
 * simulated processes of any class, script time and interrupts, look at the trace, assert.
 *
 *     static int64_t client(void *argument) { … tr_message_call(…) … return 0; }
 *
 *     static void test(void **state)
 *     {
 *         struct tr_kit *kit = *state;
 *         uint64_t pid = tr_kit_process(kit, TR_APPLICATION, "client", client, NULL);
 *         tr_kit_finish(kit);
 *         assert_int_equal(tr_kit_exit_code(kit, pid), 0);
 *     }
 *     … cmocka_unit_test_setup_teardown(test, tr_kit_setup, tr_kit_teardown) …
 *
 * This header brings CMocka's own with what that needs. Build with `cc test.c $(pkg-config --cflags
 * --libs terrarium-kit)`.
 *
 * Processes of the kit share the test's memory: they may use its variables and pass any address of
 * theirs to a call. CMocka's assertions work inside them; a failed one ends the test, and teardown
 * tidies up. They are never interrupted in the middle of C code, only at calls, so ordinary
 * functions of the host are safe in them. Time is virtual: a second of sleep costs nothing.
 *
 * A result of the first function ends the process, as that of `main` does in a program.
 *
 * Functions marked "fails the test" end it through CMocka with a sentence saying what is wrong, at
 * the test's own line. A line after it names the process and thread that ran, the virtual time, the
 * seed and the trace hash; after an assertion of CMocka's inside a process it comes at teardown.
 *
 * A process of the kit that goes astray fails the test with its name, its function and, of a test
 * built with -g, the line: a null pointer, a stack overflow, any other fault of its C; and one that
 * makes no call for call_limit_ns. The tests after it run. What it held of the host's (a lock, an
 * open file) stays as it was. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium.h>
#include <terrarium/trace.h>

#ifdef __cplusplus
extern "C" {
#endif

#include <cmocka.h> /* some versions say nothing about C++ */

struct tr_kit;

/* All zero means the defaults. */
struct tr_kit_options {
    uint64_t ram_bytes;     /* of the simulated machine; 0: 16 MiB */
    uint64_t seed;          /* of keys and random bytes; the same seed gives the same run */
    uint64_t stack_bytes;   /* of each process made by tr_kit_process; 0: 256 KiB */
    uint64_t call_limit_ns; /* of the host's processor time that a process made by tr_kit_process
                             * may use between two calls, more under Valgrind; 0: 10 s */
    uint64_t slice_ns;      /* 0: the kernel's own */
    bool needs_log; /* the kernel reboots when no process named `log` lives (interface.md 12) */
    bool no_trace;  /* keep no trace: faster; end reasons and trace queries do not work */
    bool no_invariant_checks; /* do not check the kernel's invariants after every entry: faster */
    struct tr_system_limits limits; /* a 0 is the default of interface.md 6 */
};

/* Makes a machine with a kernel on it. options NULL: defaults. Fails the test if the host does not
 * let us. */
struct tr_kit *tr_kit_create(const struct tr_kit_options *options);

/* Ends every process left, checks that nothing has leaked and frees everything; NULL is allowed.
 * Fails the test if the audit finds something wrong; a test that has already failed is only tidied
 * up. Processes that still live are no fault: use tr_kit_finish to insist on their end. */
void tr_kit_destroy(struct tr_kit *kit);

/* CMocka fixtures: a kit with default options in *state. */
int tr_kit_setup(void **state);
int tr_kit_teardown(void **state);

/* Fails the test unless a result is the one expected; both are told by name, as TR_E_PEER, or as a
 * number where there is no name. Inside and outside of processes. */
#define tr_kit_assert_result(expected, got)                                                        \
    tr_kit_assert_result_at((expected), (got), #got, __FILE__, __LINE__)
void tr_kit_assert_result_at(int64_t expected, int64_t got, const char *words, const char *file,
                             int line);

/* ---- Processes ------------------------------------------------------------------------------ */

/* Starts `function(argument)` as the only thread of a new process; its result is the exit code.
 * `name` is the short name. May be called between runs and from inside a process of the kit. Gives
 * the pid; fails the test if there is no room. */
uint64_t tr_kit_process(struct tr_kit *kit, enum tr_class process_class, const char *name,
                        int64_t (*function)(void *argument), void *argument);

/* The same with flags (TR_SPAWN_SUSPENDED, _MANAGER, _NO_SPAWN, _WATCH) and a parent, 0: none. */
uint64_t tr_kit_process_with(struct tr_kit *kit, enum tr_class process_class, const char *name,
                             int64_t (*function)(void *argument), void *argument, uint32_t flags,
                             uint64_t parent);

/* The same, but gives the TR_E_* if there is no room: for tests that let allocations fail. */
int64_t tr_kit_process_try(struct tr_kit *kit, enum tr_class process_class, const char *name,
                           int64_t (*function)(void *argument), void *argument, uint32_t flags,
                           uint64_t parent);

/* Ends a process from outside, as if struck by lightning; only between runs. False: there is none
 * of that pid. */
bool tr_kit_kill(struct tr_kit *kit, uint64_t pid);

/* Starts a program from an ELF file; `argument` is its argument text, NULL: none. A short-lived
 * driver `loader` spawns it, so the machine runs for that moment: what was made earlier may begin.
 * Gives the pid, or the TR_E_* of tr_process_spawn. Fails the test if the file cannot be read. */
int64_t tr_kit_program(struct tr_kit *kit, enum tr_class process_class, const char *name,
                       const char *elf_path, const char *argument);

/* True once a process has ended. */
bool tr_kit_has_ended(struct tr_kit *kit, uint64_t pid);

/* Code and manner (TR_EVENT_EXITED, _KILLED, _FAULTED) of a process's end. Fail the test if it has
 * not ended. */
int64_t tr_kit_exit_code(struct tr_kit *kit, uint64_t pid);
uint32_t tr_kit_end_reason(struct tr_kit *kit, uint64_t pid);

/* The facts tr_process_info tells. False: no such process. */
bool tr_kit_info(struct tr_kit *kit, uint64_t pid, struct tr_process_info *info);

/* ---- Running -------------------------------------------------------------------------------- */

enum tr_kit_end {
    TR_KIT_IDLE,    /* nothing will ever happen again unless the test makes it */
    TR_KIT_TIME,    /* the time asked for was reached */
    TR_KIT_STOPPED, /* a process stopped the machine; tr_kit_stop_code tells */
    TR_KIT_PAUSED   /* tr_kit_pause was called */
};

/* Runs until nothing more can happen: everyone has ended, or waits for what will never come. */
enum tr_kit_end tr_kit_run(struct tr_kit *kit);

/* Runs, but not beyond this virtual time (nanoseconds since boot). */
enum tr_kit_end tr_kit_run_until(struct tr_kit *kit, uint64_t time);

/* Runs until every process has ended; fails the test if one never does, and says of every thread
 * left on whom it waits; a circle as a circle (interface.md 4.8). */
void tr_kit_finish(struct tr_kit *kit);

/* Called inside a process: ends the present run at once; the next run goes on from here. */
void tr_kit_pause(struct tr_kit *kit);

/* The run ends just before the n-th call from now that a process of the kit makes (1: the next);
 * the next run makes it. n = 0: never. Gives how many calls were made since this was last asked.
 * Calls of ELF programs do not count. */
uint64_t tr_kit_pause_at_call(struct tr_kit *kit, uint64_t n);

/* How the machine was stopped, after TR_KIT_STOPPED: the code, and whether it was a reboot. */
uint32_t tr_kit_stop_code(struct tr_kit *kit, bool *reboot);

/* Nanoseconds since boot. */
uint64_t tr_kit_time(struct tr_kit *kit);

/* Raises an interrupt line (an edge), now or at a virtual time. */
void tr_kit_raise(struct tr_kit *kit, uint32_t line);
void tr_kit_raise_at(struct tr_kit *kit, uint32_t line, uint64_t time);

/* ---- The trace ------------------------------------------------------------------------------ */

/* All records so far; they stay valid until the next run. */
const struct tr_trace_record *tr_kit_trace(struct tr_kit *kit, size_t *count);

/* How many records are of this kind. */
size_t tr_kit_count(struct tr_kit *kit, enum tr_trace_kind kind);

/* The first record of this kind at or after *position, which moves behind it; NULL: none. pid 0:
 * of any process. */
const struct tr_trace_record *tr_kit_next(struct tr_kit *kit, size_t *position,
                                          enum tr_trace_kind kind, uint64_t pid);

/* The trace hash: equal for equal runs. */
uint64_t tr_kit_trace_hash(struct tr_kit *kit);

/* Prints the records from `from` on to standard error, one a line. */
void tr_kit_print_trace(struct tr_kit *kit, size_t from);

/* ---- What is left --------------------------------------------------------------------------- */

/* Live objects of the kernel. */
struct tr_kit_census {
    uint64_t processes, threads, messages, pipes, shareds, devices, watches, timers, claims;
    uint64_t frames_free, frames_user, frames_kernel, frames_total, pool_bytes;
};
void tr_kit_census(struct tr_kit *kit, struct tr_kit_census *census);

/* Checks that every frame, record and queue of the kernel is accounted for; fails the test with a
 * sentence if not. */
void tr_kit_audit(struct tr_kit *kit);

/* Fault injection: the n-th allocation of kernel memory from now fails (1: the next), and all after
 * it if `onwards`. n = 0: none. Gives the allocations made since the last call. */
uint64_t tr_kit_fail_allocation(struct tr_kit *kit, uint64_t n, bool onwards);

/* ---- Where a failure points ------------------------------------------------------------------ */

/* Notes the line that a failure is to point at; gives the kit. Fails the test there if it is none,
 * or has been destroyed. The names of this header do that by themselves. */
struct tr_kit *tr_kit_at(struct tr_kit *kit, const char *file, int line);
void tr_kit_here(const char *file, int line);

#ifdef __cplusplus
}
#endif

#ifndef TR_KIT_INSIDE
#define TR_KIT_AT(kit)                   tr_kit_at((kit), __FILE__, __LINE__)
#define tr_kit_create(...)               (tr_kit_here(__FILE__, __LINE__), tr_kit_create(__VA_ARGS__))
#define tr_kit_destroy(kit)              (tr_kit_here(__FILE__, __LINE__), tr_kit_destroy(kit))
#define tr_kit_process(kit, ...)         tr_kit_process(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_process_with(kit, ...)    tr_kit_process_with(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_process_try(kit, ...)     tr_kit_process_try(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_kill(kit, ...)            tr_kit_kill(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_program(kit, ...)         tr_kit_program(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_has_ended(kit, ...)       tr_kit_has_ended(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_exit_code(kit, ...)       tr_kit_exit_code(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_end_reason(kit, ...)      tr_kit_end_reason(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_info(kit, ...)            tr_kit_info(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_run(kit)                  tr_kit_run(TR_KIT_AT(kit))
#define tr_kit_run_until(kit, ...)       tr_kit_run_until(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_finish(kit)               tr_kit_finish(TR_KIT_AT(kit))
#define tr_kit_pause(kit)                tr_kit_pause(TR_KIT_AT(kit))
#define tr_kit_pause_at_call(kit, ...)   tr_kit_pause_at_call(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_stop_code(kit, ...)       tr_kit_stop_code(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_time(kit)                 tr_kit_time(TR_KIT_AT(kit))
#define tr_kit_raise(kit, ...)           tr_kit_raise(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_raise_at(kit, ...)        tr_kit_raise_at(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_trace(kit, ...)           tr_kit_trace(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_count(kit, ...)           tr_kit_count(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_next(kit, ...)            tr_kit_next(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_trace_hash(kit)           tr_kit_trace_hash(TR_KIT_AT(kit))
#define tr_kit_print_trace(kit, ...)     tr_kit_print_trace(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_census(kit, ...)          tr_kit_census(TR_KIT_AT(kit), __VA_ARGS__)
#define tr_kit_audit(kit)                tr_kit_audit(TR_KIT_AT(kit))
#define tr_kit_fail_allocation(kit, ...) tr_kit_fail_allocation(TR_KIT_AT(kit), __VA_ARGS__)
#endif
