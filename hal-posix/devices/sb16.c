/* SPDX-License-Identifier: MIT */
/* Ports, reset and interrupts of a Sound Blaster.
 *
 * SIM: there is no FM synthesiser, and recording hears silence. The DSP takes half a microsecond
 * for each byte it is given; one that comes sooner is lost, as on the card. */

#include "sb16.h"

#include <stdlib.h>

#include "pic.h"
#include "sb16_parts.h"

#define PORT     0x220
#define RESET_NS UINT64_C(100000) /* until the DSP says that it is there */
#define BUSY_NS  UINT64_C(500)
#define BLOCK    0x800 /* samples, if command 48 was not given */
#define SLOWEST  256   /* microseconds a sample takes until a rate is set */

enum { MIXER = 4, MIXER_DATA, RESET, READ = 10, WRITE = 12, READ_STATUS = 14, ACKNOWLEDGE_16 };
enum { ALIVE = 0xaa };

/* ---- Interrupts ----------------------------------------------------------------------------- */

void sb16_causes(struct machine *machine, struct sb16 *card, uint32_t causes)
{
    uint32_t line = ct1745_line(&card->mixer);
    if (line != card->line && card->line != CT1745_NONE) {
        line_set(machine, card->line, false);
    }
    card->line = line;
    card->causes = causes;
    if (line != CT1745_NONE) {
        line_set(machine, line, causes != 0);
    }
}

static void block_ended(struct machine *machine, struct sb16_stream *stream)
{
    struct sb16 *card = stream->user;
    sb16_causes(machine, card, card->causes | (stream->is_word ? SB16_CAUSE_16 : SB16_CAUSE_8));
}

static void pause_fire(struct machine *machine, struct timed *timed)
{
    struct sb16 *card = (struct sb16 *)timed;
    sb16_causes(machine, card, card->causes | SB16_CAUSE_8);
}

/* ---- Bytes from and to the DSP --------------------------------------------------------------- */

void sb16_answer(struct sb16 *card, uint8_t byte)
{
    if (card->answer_count < SB16_ANSWERS) {
        card->answers[(card->answer_first + card->answer_count++) % SB16_ANSWERS] = byte;
    }
}

/* The DSP has come out of its reset meanwhile. */
static bool has_answer(struct machine *machine, struct sb16 *card)
{
    if (card->alive_at != 0 && timeline_now(machine) >= card->alive_at) {
        card->alive_at = 0;
        sb16_answer(card, ALIVE);
    }
    return card->answer_count > 0;
}

static uint32_t answer_read(struct machine *machine, struct sb16 *card)
{
    if (has_answer(machine, card)) {
        card->last = card->answers[card->answer_first];
        card->answer_first = (card->answer_first + 1) % SB16_ANSWERS;
        card->answer_count--;
    }
    return card->last;
}

/* A byte for the DSP: a command, or an argument of the one before. */
static void dsp_write(struct machine *machine, struct sb16 *card, uint32_t byte)
{
    uint64_t now = timeline_now(machine);
    if (card->is_held || card->alive_at > now || now < card->busy_until) {
        return;
    }
    card->busy_until = now + BUSY_NS;
    if (card->given < card->wanted) {
        card->arguments[card->given++] = (uint8_t)byte;
    } else {
        card->command = (uint8_t)byte;
        card->given = 0;
        card->wanted = sb16_command_arguments(card->command);
    }
    if (card->given == card->wanted) {
        card->given = card->wanted = 0;
        sb16_command(machine, card);
    }
}

/* ---- Reset and ports ------------------------------------------------------------------------ */

static void dsp_reset(struct machine *machine, struct sb16 *card)
{
    sb16_stream_stop(machine, &card->streams[0]);
    sb16_stream_stop(machine, &card->streams[1]);
    timeline_cancel(machine, &card->pause);
    sb16_causes(machine, card, 0);
    card->wanted = card->given = card->answer_first = card->answer_count = 0;
    card->speaker = false;
    card->block = BLOCK;
    card->direct_at = 0;
    card->alive_at = 0;
    card->per = 1000000;
    card->seconds = SLOWEST;
}

static void reset_write(struct machine *machine, struct sb16 *card, uint32_t value)
{
    bool is_held = (value & 1) != 0;
    if (is_held) {
        dsp_reset(machine, card);
    } else if (card->is_held) {
        card->alive_at = timeline_now(machine) + RESET_NS;
    }
    card->is_held = is_held;
}

static uint32_t sb16_in(struct machine *machine, void *device, uint32_t offset, uint32_t width)
{
    (void)width;
    struct sb16 *card = device;
    switch (offset) {
    case MIXER:
    case MIXER_DATA:
        return ct1745_in(&card->mixer, offset - MIXER, card->causes);
    case READ:
        return answer_read(machine, card);
    case WRITE:
        return timeline_now(machine) < card->busy_until || card->is_held ? 0xff : 0x7f;
    case READ_STATUS:
        sb16_causes(machine, card, card->causes & ~(uint32_t)SB16_CAUSE_8);
        return has_answer(machine, card) ? 0xff : 0x7f;
    case ACKNOWLEDGE_16:
        sb16_causes(machine, card, card->causes & ~(uint32_t)SB16_CAUSE_16);
        return 0xff;
    default:
        return 0xff;
    }
}

static void sb16_out(struct machine *machine, void *device, uint32_t offset, uint32_t width,
                     uint32_t value)
{
    (void)width;
    struct sb16 *card = device;
    switch (offset) {
    case MIXER:
    case MIXER_DATA:
        ct1745_out(&card->mixer, offset - MIXER, value);
        sb16_causes(machine, card, card->causes);
        break;
    case RESET:
        reset_write(machine, card, value);
        break;
    case WRITE:
        dsp_write(machine, card, value);
        break;
    default:
        break;
    }
}

struct sb16 *sb16_create(struct machine *machine)
{
    struct sb16 *card = calloc(1, sizeof *card);
    if (card == NULL) {
        return NULL;
    }
    card->pause.fire = pause_fire;
    card->line = CT1745_NONE;
    ct1745_create(&card->mixer);
    for (uint32_t i = 0; i < 2; i++) {
        sb16_stream_create(&card->streams[i], &card->mixer, i == 1);
        card->streams[i].block_ended = block_ended;
        card->streams[i].user = card;
    }
    dsp_reset(machine, card);
    card->ports = (struct bus_range){
        .first = PORT, .count = 16, .device = card, .in = sb16_in, .out = sb16_out};
    bus_attach(machine, &card->ports);
    return card;
}

void sb16_destroy(struct sb16 *card)
{
    free(card);
}
