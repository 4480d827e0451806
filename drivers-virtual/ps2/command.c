/* SPDX-License-Identifier: MIT */
/* Commands on a PS/2 cable. */

#include <string.h>
#include <terrarium.h>

#include "command.h"

#define ANSWER_NS  UINT64_C(100000000) /* five times what the protocol allows */
#define TRIES_MOST 3

static void command_end(struct ps2_command *command, int64_t result)
{
    command->is_active = false;
    tr_timer_cancel(PS2_TIMER);
    command->done(result);
}

static void byte_send(struct ps2_command *command)
{
    tr_timer_set((uint64_t)tr_clock() + ANSWER_NS, PS2_TIMER);
    command->send(command->bytes[command->at]);
}

void ps2_start(struct ps2_command *command, const uint8_t *bytes, size_t count, size_t answers,
               void (*done)(int64_t result))
{
    memcpy(command->bytes, bytes, count);
    command->count = count;
    command->at = 0;
    command->answer_count = 0;
    command->answers_wanted = answers;
    command->tries = 0;
    command->patience = 0;
    command->is_active = true;
    command->done = done;
    byte_send(command);
}

static void byte_acknowledged(struct ps2_command *command)
{
    command->at++;
    command->tries = 0;
    if (command->at < command->count) {
        byte_send(command);
    } else if (command->answers_wanted == 0) {
        command_end(command, 0);
    }
}

static void byte_again(struct ps2_command *command)
{
    if (++command->tries == TRIES_MOST) {
        command_end(command, TR_E_TIMEDOUT);
    } else {
        byte_send(command);
    }
}

bool ps2_take(struct ps2_command *command, uint8_t byte)
{
    if (!command->is_active) {
        return false;
    }
    if (command->at == command->count) {
        command->answers[command->answer_count++] = byte;
        if (command->answer_count == command->answers_wanted) {
            command_end(command, 0);
        }
        return true;
    }
    bool is_echo = command->bytes[command->at] == PS2_ECHO;
    if (byte == (is_echo ? PS2_ECHO : PS2_ACKNOWLEDGED)) {
        byte_acknowledged(command);
    } else if (byte == PS2_AGAIN) {
        byte_again(command);
    } else {
        return is_echo;
    }
    return true;
}

void ps2_timeout(struct ps2_command *command)
{
    if (command->is_active && command->patience > 0) {
        command->patience--;
        command->at = 0;
        command->tries = 0;
        command->answer_count = 0;
        byte_send(command);
    } else if (command->is_active) {
        command_end(command, TR_E_TIMEDOUT);
    }
}
