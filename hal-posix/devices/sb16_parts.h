/* SPDX-License-Identifier: MIT */
#pragma once

/* The Sound Blaster's inside: sb16.c has ports, reset and interrupts, sb16_command.c what the DSP
 * does when it is told. */

#include "ct1745.h"
#include "sb16.h"
#include "sb16_stream.h"

#define SB16_ANSWERS 64

enum sb16_cause { SB16_CAUSE_8 = 1, SB16_CAUSE_16 = 2 };

struct sb16 {
    struct timed pause; /* first: fire gets it. The end of a silence that was asked for */
    struct bus_range ports;
    struct ct1745 mixer;
    struct sb16_stream streams[2]; /* 8 bits, 16 bits */
    uint32_t causes;               /* interrupts not yet acknowledged */
    uint32_t line;                 /* that they hold */

    bool is_held;      /* in reset */
    uint64_t alive_at; /* when the answer to the reset can be read; 0: it was */
    uint64_t busy_until;
    uint8_t command, arguments[3];
    uint32_t wanted, given; /* arguments */
    uint8_t answers[SB16_ANSWERS], last;
    uint32_t answer_first, answer_count;

    uint64_t per, seconds; /* the rate for the next stream */
    uint32_t block;        /* samples of the blocks of command 1c */
    bool speaker;
    uint8_t test;
    uint8_t direct; /* the last sample that the program wrote itself, and when */
    uint64_t direct_at;
};

/* Which interrupts are not acknowledged: the line follows. */
void sb16_causes(struct machine *machine, struct sb16 *card, uint32_t causes);
/* A byte to be read by the program; one too many is lost. */
void sb16_answer(struct sb16 *card, uint8_t byte);

/* How many arguments a command has; 0 for one that there is not. */
uint32_t sb16_command_arguments(uint8_t command);
/* Does what card->command says, with card->arguments. */
void sb16_command(struct machine *machine, struct sb16 *card);
