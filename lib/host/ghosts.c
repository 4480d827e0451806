/* SPDX-License-Identifier: MIT */
/* The calls that the library makes, played by the test: memory from the host, a console that keeps
 * what it is told. A call that the test does not expect ends it. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <terrarium/error.h>
#include <terrarium/service/console.h>
#include <terrarium/types.h>

#include "lib/host/guest.h"

char console_text[1 << 16];
size_t console_size;
int64_t pages_out, pages_most = INT64_MAX, memory_calls;
uint64_t joined_pipe, joined_key;

#define CONSOLE_PID 7

int64_t guest_tr_memory_allocate(uint64_t pages, uint64_t hint, uint32_t prot);
int64_t guest_tr_memory_release(uint64_t va, uint64_t pages);
int64_t guest_tr_process_find(const char *name, uint64_t after);
int64_t guest_tr_process_self(struct tr_process_info *info);
int64_t guest_tr_message_call(uint64_t pid, const void *buffer, uint64_t size, void *reply,
                              uint64_t capacity, uint64_t timeout);
int64_t guest_tr_pipe_join(uint64_t id, uint64_t key);
int64_t guest_tr_thread_self(void);
int guest_main(int argc, char **argv);
extern const char guest___ehdr_start;
const char guest___ehdr_start;

/* The library's start-up refers to the program's main; no test enters there. */
int guest_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    abort();
}

int64_t guest_tr_memory_allocate(uint64_t pages, uint64_t hint, uint32_t prot)
{
    (void)hint;
    (void)prot;
    memory_calls++;
    if (pages_out + (int64_t)pages > pages_most) {
        return TR_E_NOMEM;
    }
    void *memory = mmap(NULL, pages * TR_PAGE_SIZE, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        return TR_E_NOMEM;
    }
    pages_out += (int64_t)pages;
    return (int64_t)(uintptr_t)memory;
}

int64_t guest_tr_memory_release(uint64_t va, uint64_t pages)
{
    memory_calls++;
    munmap((void *)(uintptr_t)va, pages * TR_PAGE_SIZE);
    pages_out -= (int64_t)pages;
    return 0;
}

int64_t guest_tr_process_find(const char *name, uint64_t after)
{
    (void)after;
    return strcmp(name, TR_CONSOLE_NAME) == 0 ? CONSOLE_PID : TR_E_NOENT;
}

int64_t guest_tr_process_self(struct tr_process_info *info)
{
    *info = (struct tr_process_info){.pid = 9, .name = "a\\tested"};
    return 9;
}

int64_t guest_tr_message_call(uint64_t pid, const void *buffer, uint64_t size, void *reply,
                              uint64_t capacity, uint64_t timeout)
{
    const struct tr_service_request *request = buffer;
    struct tr_service_reply answer = {(int64_t)(size - sizeof *request)};

    (void)timeout;
    if (pid != CONSOLE_PID || request->operation != TR_CONSOLE_WRITE || capacity < sizeof answer) {
        return TR_E_INVAL;
    }
    memcpy(console_text + console_size, request + 1, size - sizeof *request);
    console_size += size - sizeof *request;
    memcpy(reply, &answer, sizeof answer);
    return sizeof answer;
}

int64_t guest_tr_pipe_join(uint64_t id, uint64_t key)
{
    joined_pipe = id;
    joined_key = key;
    return 0;
}

int64_t guest_tr_thread_self(void)
{
    return 1;
}

/* Calls that no test makes: the linker wants them. */
#define UNEXPECTED(name)                                                                           \
    _Noreturn void guest_tr_##name(void);                                                          \
    void guest_tr_##name(void)                                                                     \
    {                                                                                              \
        fputs("unexpected call: " #name "\n", stderr);                                             \
        abort();                                                                                   \
    }
UNEXPECTED(call)
UNEXPECTED(clock)
UNEXPECTED(device_close)
UNEXPECTED(device_create)
UNEXPECTED(device_destroy)
UNEXPECTED(device_expose)
UNEXPECTED(device_find)
UNEXPECTED(device_holder)
UNEXPECTED(device_open)
UNEXPECTED(event_wait)
UNEXPECTED(irq_acknowledge)
UNEXPECTED(irq_listen)
UNEXPECTED(log)
UNEXPECTED(memory_info)
UNEXPECTED(memory_protect)
UNEXPECTED(message_accept)
UNEXPECTED(message_discard)
UNEXPECTED(message_read)
UNEXPECTED(message_reply)
UNEXPECTED(message_send)
UNEXPECTED(pipe_create)
UNEXPECTED(pipe_read)
UNEXPECTED(pipe_release)
UNEXPECTED(pipe_write)
UNEXPECTED(process_exit)
UNEXPECTED(random)
UNEXPECTED(shared_create)
UNEXPECTED(shared_join)
UNEXPECTED(shared_release)
UNEXPECTED(system_saved)
UNEXPECTED(thread_exit)
UNEXPECTED(thread_next)
UNEXPECTED(thread_pointer)
UNEXPECTED(thread_sleep)
UNEXPECTED(thread_wake)
UNEXPECTED(thread_yield)
UNEXPECTED(timer_set)

/* The linker makes these for a program: the tested library has no constructors of its own. */
#define EMPTY_ARRAY(name)                                                                          \
    extern const void *const guest___##name##_start[], *const guest___##name##_end[];              \
    const void *const guest___##name##_start[1];                                                   \
    extern const void *const guest___##name##_end[1]                                               \
        __attribute__((alias("guest___" #name "_start")));
EMPTY_ARRAY(init_array)
EMPTY_ARRAY(fini_array)
