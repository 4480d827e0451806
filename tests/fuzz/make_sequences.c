/* SPDX-License-Identifier: MIT */
/* Writes the corpus of the call fuzzer: a short sensible sequence for each kind of object, from
 * which the fuzzer wanders. usage: make_sequences FOLDER */

#include <stdio.h>
#include <stdlib.h>
#include <terrarium.h>

#include "sequence.h"

#define W(kind, number)                       (uint8_t)(SEQUENCE_##kind | (number) << 3)
#define P(number)                             W(POINTER, number)
#define S(number)                             W(SMALL, number)
#define R(number)                             W(RESULT, number)
#define PID(number)                           W(PID, number)
#define CALL(name, process, a, b, c, d, e, f) TR_NR_##name, process, a, b, c, d, e, f
#define TIME(milliseconds)                    SEQUENCE_OTHERS, milliseconds
#define RAISE(line)                           SEQUENCE_RAISE, line
#define FAULT(cause)                          SEQUENCE_FAULT, cause, 0

static const uint8_t messages[] = {
    CALL(message_send, 4, PID(2), P(0), S(8), S(3), 0, 0),
    CALL(event_wait, 2, P(1), W(EXTREME, 0), 0, 0, 0, 0),
    CALL(message_read, 2, R(0), P(2), S(31), 0, 0, 0),
    CALL(message_call, 4, PID(2), P(0), S(8), P(3), S(31), W(EXTREME, 0)),
    CALL(message_reply_wait, 2, 0, 0, 0, P(1), P(2), S(31)),
    CALL(message_reply, 2, R(3), P(2), S(4), 0, 0, 0),
    CALL(message_accept, 2, S(1), 0, 0, 0, 0, 0),
    CALL(message_discard, 2, R(0), 0, 0, 0, 0, 0),
};

static const uint8_t pipes[] = {
    CALL(pipe_create, 2, P(4), 0, 0, 0, 0, 0),
    CALL(pipe_write, 2, R(0), P(0), W(EXTREME, 5), 0, 0, 0),
    CALL(pipe_read, 2, R(0), P(1), S(20), S(1), 0, 0),
    CALL(pipe_info, 2, R(0), P(5), 0, 0, 0, 0),
    CALL(pipe_join, 4, R(0), S(1), 0, 0, 0, 0),
    CALL(pipe_read, 2, R(0), P(1), W(EXTREME, 4), 0, 0, 0),
    CALL(pipe_release, 2, R(0), 0, 0, 0, 0, 0),
};

static const uint8_t memories[] = {
    CALL(memory_allocate, 2, S(5), 0, S(3), 0, 0, 0),
    CALL(memory_protect, 2, R(0), S(2), S(1), 0, 0, 0),
    CALL(memory_release, 2, R(0), S(5), 0, 0, 0, 0),
    CALL(memory_info, 2, P(3), 0, 0, 0, 0, 0),
    CALL(memory_clear, 2, 0, W(EXTREME, 7), 0, 0, 0, 0),
    CALL(shared_create, 2, S(3), S(1), 0, P(4), P(5), 0),
    CALL(shared_info, 2, R(5), P(6), 0, 0, 0, 0),
    CALL(shared_join, 4, R(5), S(0), 0, S(1), P(5), 0),
    CALL(shared_release, 2, R(5), 0, 0, 0, 0, 0),
};

static const uint8_t threads[] = {
    CALL(memory_allocate, 2, S(8), 0, S(3), 0, 0, 0),
    CALL(thread_create, 2, P(0), S(0), P(8), S(3), 0, 0),
    CALL(thread_suspend, 2, PID(2), R(1), 0, 0, 0, 0),
    CALL(thread_resume, 2, PID(2), R(1), 0, 0, 0, 0),
    CALL(thread_wake, 2, R(1), 0, 0, 0, 0, 0),
    CALL(thread_sleep, 2, W(LARGE, 1), 0, 0, 0, 0, 0),
    TIME(2),
    CALL(thread_next, 2, PID(2), 0, P(3), 0, 0, 0),
    CALL(thread_pointer, 2, P(3), 0, 0, 0, 0, 0),
    CALL(thread_terminate, 2, PID(2), R(1), S(4), 0, 0, 0),
    CALL(thread_exit, 2, S(3), 0, 0, 0, 0, 0),
};

static const uint8_t processes[] = {
    CALL(process_watch, 2, PID(4), S(7), 0, 0, 0, 0),
    CALL(process_suspend, 2, PID(4), 0, 0, 0, 0, 0),
    CALL(process_terminate, 2, PID(4), S(3), 0, 0, 0, 0),
    CALL(event_take, 2, P(3), S(4), 0, 0, 0, 0),
    CALL(process_watch, 2, PID(5), S(7), 0, 0, 0, 0),
    CALL(process_drop_class, 2, S(2), 0, 0, 0, 0, 0),
    FAULT(2),
    CALL(process_next, 2, S(1), P(3), 0, 0, 0, 0),
    CALL(process_exit, 3, S(3), 0, 0, 0, 0, 0),
};

static const uint8_t hardware[] = {
    CALL(port_claim, 0, S(8), S(8), 0, 0, 0, 0),
    CALL(port_in_string, 0, S(9), S(2), P(1), S(9), 0, 0),
    CALL(irq_listen, 0, S(5), S(9), 0, 0, 0, 0),
    CALL(irq_listen, 1, S(5), S(9), 0, 0, 0, 0),
    RAISE(5),
    RAISE(5),
    CALL(irq_acknowledge, 0, S(5), 0, 0, 0, 0, 0),
    CALL(process_drop_class, 0, S(1), 0, 0, 0, 0, 0),
    TIME(255),
    TIME(255),
    TIME(255),
    TIME(255),
    TIME(255),
};

static const uint8_t devices[] = {
    CALL(device_create, 0, P(0), S(3), S(4), 0, 0, 0),
    CALL(device_expose, 0, R(0), S(2), 0, 0, 0, 0),
    CALL(device_watch, 2, P(1), S(3), 0, 0, 0, 0),
    CALL(device_find, 2, P(0), P(3), 0, 0, 0, 0),
    CALL(device_open, 2, R(0), S(1), 0, 0, 0, 0),
    CALL(device_holder, 0, R(0), PID(2), 0, 0, 0, 0),
    CALL(device_close, 2, R(0), 0, 0, 0, 0, 0),
    CALL(device_unwatch, 2, P(1), 0, 0, 0, 0, 0),
    CALL(device_destroy, 0, R(0), 0, 0, 0, 0, 0),
};

static const uint8_t system_calls[] = {
    CALL(log, 2, P(0), S(9), 0, 0, 0, 0),
    CALL(timer_set, 2, W(LARGE, 1), S(4), 0, 0, 0, 0),
    TIME(3),
    CALL(timer_cancel, 2, S(4), 0, 0, 0, 0, 0),
    CALL(random, 2, P(2), W(EXTREME, 5), 0, 0, 0, 0),
    CALL(system_info, 2, P(2), 0, 0, 0, 0, 0),
    CALL(system_stop, 2, S(1), S(7), W(LARGE, 1), 0, 0, 0),
    CALL(system_saved, 3, 0, 0, 0, 0, 0, 0),
    TIME(200),
};

static void write_file(const char *folder, const char *name, const uint8_t *bytes, size_t size)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

#define WRITE(table) write_file(argv[1], #table, table, sizeof table)

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: make_sequences FOLDER\n", stderr);
        return 2;
    }
    WRITE(messages);
    WRITE(pipes);
    WRITE(memories);
    WRITE(threads);
    WRITE(processes);
    WRITE(hardware);
    WRITE(devices);
    WRITE(system_calls);
    return 0;
}
