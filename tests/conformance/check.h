/* SPDX-License-Identifier: MIT */
#pragma once

/* Conformance cases are C functions that use only the program interface. The same source runs as
 * processes of the test kit and as an ELF program in an address space of its own; check_kit.c and
 * check_program.c are the two ends of what stands here.
 *
 * A case passes if its process ends with code 0 and no process of the run ends with a code of
 * check_failed. Everything a case starts may be left alive: the harness ends it and audits. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <terrarium.h>

/* Where a case runs. A case that gives wild pointers to calls needs a real address space: in the
 * kit every address of the host is accepted. */
enum check_where { CHECK_BOTH, CHECK_PROGRAM_ONLY, CHECK_KIT_ONLY };

struct check_case {
    const char *name;
    void (*function)(void);
    enum tr_class process_class;
    enum check_where where;
    uint32_t flags; /* TR_SPAWN_… of the case's process */
};

/* Each section defines these; the table ends with a row without a name. */
extern const char check_section[];
extern const struct check_case check_cases[];

#define CHECK_ROW(process_class, case_name)                                                        \
    {                                                                                              \
#case_name, case_name, process_class, CHECK_BOTH, 0                                        \
    }
#define CHECK_ROW_PROGRAM(process_class, case_name)                                                \
    {                                                                                              \
#case_name, case_name, process_class, CHECK_PROGRAM_ONLY, 0                                \
    }
#define CHECK_ROW_FLAGS(process_class, case_name, flags)                                           \
    {                                                                                              \
#case_name, case_name, process_class, CHECK_BOTH, flags                                    \
    }
#define CHECK_END                                                                                  \
    {                                                                                              \
        NULL, NULL, TR_APPLICATION, CHECK_BOTH, 0                                                  \
    }

/* Ends the process; the harness tells the line and, if it is one of CHECK_IS, the value. The code
 * is value << 32 | CHECK_MARK | line. */
#define CHECK_MARK 0x10000
_Noreturn void check_failed(int line, int64_t value);

#define CHECK(expression)                                                                          \
    do {                                                                                           \
        if (!(expression)) {                                                                       \
            check_failed(__LINE__, 0);                                                             \
        }                                                                                          \
    } while (0)

#define CHECK_IS(expression, wanted)                                                               \
    do {                                                                                           \
        int64_t check_value = (int64_t)(expression);                                               \
        if (check_value != (int64_t)(wanted)) {                                                    \
            check_failed(__LINE__, check_value);                                                   \
        }                                                                                          \
    } while (0)

/* Starts function(word) as a process, whose code is its result. Gives the pid. In a program this is
 * a spawn of the own image, so the class rule holds; the peer's parent is the caller in both. */
uint64_t check_start(enum tr_class process_class, const char *name, int64_t (*function)(uint64_t),
                     uint64_t word);
uint64_t check_start_with(enum tr_class process_class, const char *name,
                          int64_t (*function)(uint64_t), uint64_t word, uint32_t flags);

/* Three at once that do the same, with the words 0 to 2; each must end with 0. */
void check_three(enum tr_class process_class, int64_t (*function)(uint64_t), int line);

/* For cases that run only as programs: the own image (of a case, not of its peers), the words that
 * main got, and a start, watched, with `more` behind the argument's own words. */
const void *check_image(uint64_t *size);
int check_words(char ***words);
const void *check_argument(uint64_t *size); /* as it was given */
uint64_t check_host_text(void);             /* an address of the host's own text */
uint64_t check_host_features(void);         /* its AT_HWCAP2, of a case that runs as a program */
uint64_t check_start_argument(const char *name, int64_t (*function)(uint64_t), uint64_t word,
                              const char *more, uint64_t more_size);

/* The caller's pid. */
uint64_t check_self(void);

/* What a joiner of a pipe or of shared memory must know. Peers get it as their first message. */
struct check_ticket {
    uint64_t id, key;
};
uint64_t check_start_joiner(enum tr_class process_class, int64_t (*function)(uint64_t),
                            const struct check_ticket *ticket);
/* The same with TR_SPAWN_WATCH. */
uint64_t check_watch_joiner(enum tr_class process_class, int64_t (*function)(uint64_t),
                            const struct check_ticket *ticket);
struct check_ticket check_receive_ticket(void);

/* The top of a new stack of 32 KiB for tr_thread_create. */
uint64_t check_stack(void);

/* Starts a thread of the caller with such a stack; gives the tid. */
uint64_t check_thread(tr_entry *entry, uint64_t argument);

/* The same for a thread whose end is told, with more flags; check_thread_code waits for that, gives
 * what the thread returned, and fails if another event comes before. */
uint64_t check_told_thread(tr_entry *entry, uint64_t argument, uint32_t flags);
int64_t check_thread_code(uint64_t tid);

/* A new pipe of the caller's. */
struct check_ticket check_pipe(void);

/* Sleeps long enough for everyone else to come to rest. */
void check_settle(void);

/* The next event, which must come within a second. */
void check_event(struct tr_event *event);

/* The same, and it must be of this kind. */
void check_event_kind(struct tr_event *event, enum tr_event_kind kind, int line);

/* Sleeps until a process has ended, and tells its PROCESS_EXIT event. One that has ended before
 * this is called has left neither code nor manner: who looks at these starts it with
 * TR_SPAWN_WATCH and uses EXPECT_CODE. */
void check_end_of(uint64_t pid, struct tr_event *event);

/* Sleeps until a process that was started with TR_SPAWN_WATCH has ended, which must be in this
 * manner (TR_EVENT_EXITED, _KILLED, _FAULTED) and with this code. */
#define EXPECT_CODE(pid, how, code) check_code_of((pid), (how), (int64_t)(code), __LINE__)
void check_code_of(uint64_t pid, uint32_t how, int64_t code, int line);

/* Peers that many cases need. */
int64_t check_sleeper(uint64_t unused); /* sleeps for ever */
int64_t check_exit(uint64_t code);      /* ends at once with this code */
int64_t check_echo(uint64_t unused);    /* answers every call with its body */
int64_t check_spinner(uint64_t unused); /* yields for ever */

/* A full name of this process's short name in another class, and so on, needs no libc: */
bool check_equal(const char *left, const char *right);

#define CHECK_WORD(pointer) ((uint64_t)(uintptr_t)(pointer))
