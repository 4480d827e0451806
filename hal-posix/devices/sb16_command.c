/* SPDX-License-Identifier: MIT */
/* The commands of a Sound Blaster's DSP.
 *
 * SIM: left out are MIDI and compressed samples (ADPCM: the commands take their arguments and do
 * nothing), and two outputs at once: the one that begins ends the other. */

#include <string.h>

#include "hal-posix/sound.h"
#include "sb16_parts.h"

#define NS_PER_S   UINT64_C(1000000000)
#define HELD_NS    UINT64_C(10000000) /* a sample written by the program is heard so long at most */
#define RATE_LEAST 5000U
#define RATE_MOST  45000U

enum { COMMAND_INPUT = 8, COMMAND_AUTOMATIC = 4, COMMAND_FIFO = 2 };
enum { MODE_STEREO = 0x20, MODE_SIGNED = 0x10 };

static void answer_text(struct sb16 *card, const char *text)
{
    for (size_t i = 0; i <= strlen(text); i++) {
        sb16_answer(card, (uint8_t)text[i]);
    }
}

static uint32_t word_of(const struct sb16 *card, uint32_t first)
{
    return card->arguments[first] | (uint32_t)card->arguments[first + 1] << 8;
}

/* A sample by the program's own hand: the one before was heard until now. */
static void direct_output(struct machine *machine, struct sb16 *card)
{
    uint64_t now = timeline_now(machine), begin = card->direct_at;
    const int32_t value = (card->direct - 128) * 256;
    const struct sound_frame frame = {.left = ct1745_amplified(value, ct1745_gain(&card->mixer, 0)),
                                      .right =
                                          ct1745_amplified(value, ct1745_gain(&card->mixer, 1))};
    struct sound_frame frames[HELD_NS * SOUND_RATE / NS_PER_S + 2];
    uint64_t count = now * SOUND_RATE / NS_PER_S - begin * SOUND_RATE / NS_PER_S;
    for (uint64_t i = 0; now - begin <= HELD_NS && i < count; i++) {
        frames[i] = frame;
    }
    const struct sound_piece piece = {.begin = begin,
                                      .end = now,
                                      .per = SOUND_RATE,
                                      .seconds = 1,
                                      .frames = frames,
                                      .count = count};
    if (begin != 0 && now - begin <= HELD_NS) {
        sound_play(machine, &piece);
    }
    card->direct = card->arguments[0];
    card->direct_at = now;
}

static void stream_begin(struct machine *machine, struct sb16 *card, struct sb16_stream *how)
{
    struct sb16_stream *stream = &card->streams[how->is_word];
    struct sb16_stream *other = &card->streams[!how->is_word];
    if (!how->is_input && other->is_on && !other->is_input) {
        sb16_stream_stop(machine, other);
    }
    stream->per = card->per;
    stream->seconds = card->seconds;
    stream->is_input = how->is_input;
    stream->is_automatic = how->is_automatic;
    stream->has_fifo = how->has_fifo;
    stream->is_stereo = how->is_stereo;
    stream->is_signed = how->is_signed;
    stream->block = how->block;
    sb16_stream_start(machine, stream);
}

/* Commands b0 to cf: everything in one. */
static void begin_new(struct machine *machine, struct sb16 *card)
{
    struct sb16_stream how = {.is_word = (card->command & 0xf0) == 0xb0,
                              .is_input = (card->command & COMMAND_INPUT) != 0,
                              .is_automatic = (card->command & COMMAND_AUTOMATIC) != 0,
                              .has_fifo = (card->command & COMMAND_FIFO) != 0,
                              .is_stereo = (card->arguments[0] & MODE_STEREO) != 0,
                              .is_signed = (card->arguments[0] & MODE_SIGNED) != 0,
                              .block = word_of(card, 1) + 1};
    stream_begin(machine, card, &how);
}

/* The commands of older cards: 8 bits, one channel, unsigned. */
static void begin_old(struct machine *machine, struct sb16 *card, bool is_input, bool is_automatic)
{
    struct sb16_stream how = {.is_input = is_input,
                              .is_automatic = is_automatic,
                              .block = is_automatic ? card->block : word_of(card, 0) + 1};
    stream_begin(machine, card, &how);
}

/* High byte first, unlike everything else. */
static void rate_set(struct sb16 *card)
{
    uint32_t rate = (uint32_t)card->arguments[0] << 8 | card->arguments[1];
    card->per = rate < RATE_LEAST ? RATE_LEAST : rate > RATE_MOST ? RATE_MOST : rate;
    card->seconds = 1;
}

/* A sample takes 256 - n microseconds: 10^6 of them so many seconds. */
static void time_constant_set(struct sb16 *card)
{
    card->per = 1000000;
    card->seconds = 256U - card->arguments[0];
}

static void silence_begin(struct machine *machine, struct sb16 *card)
{
    uint64_t samples = word_of(card, 0) + 1U;
    timeline_set(machine, &card->pause,
                 timeline_now(machine) + samples * card->seconds * NS_PER_S / card->per);
}

static void command_begin(struct machine *machine, struct sb16 *card)
{
    switch (card->command) {
    case 0x10:
        direct_output(machine, card);
        break;
    case 0x14:
    case 0x91:
        begin_old(machine, card, false, false);
        break;
    case 0x1c:
    case 0x90:
        begin_old(machine, card, false, true);
        break;
    case 0x20:
        sb16_answer(card, 0x80);
        break;
    case 0x24:
    case 0x99:
        begin_old(machine, card, true, false);
        break;
    case 0x2c:
    case 0x98:
        begin_old(machine, card, true, true);
        break;
    case 0x80:
        silence_begin(machine, card);
        break;
    default:
        begin_new(machine, card);
        break;
    }
}

static void command_control(struct machine *machine, struct sb16 *card)
{
    struct sb16_stream *bytes = &card->streams[0], *words = &card->streams[1];
    switch (card->command) {
    case 0xd0:
        sb16_stream_pause(machine, bytes);
        break;
    case 0xd4:
        sb16_stream_continue(machine, bytes);
        break;
    case 0xd5:
        sb16_stream_pause(machine, words);
        break;
    case 0xd6:
        sb16_stream_continue(machine, words);
        break;
    case 0xd9:
        words->is_ending = true;
        break;
    case 0xda:
        bytes->is_ending = true;
        break;
    case 0xd1:
    case 0xd3:
        card->speaker = card->command == 0xd1;
        break;
    default:
        sb16_answer(card, card->speaker ? 0xff : 0);
        break;
    }
}

static void command_identify(struct machine *machine, struct sb16 *card)
{
    switch (card->command) {
    case 0xe0:
        sb16_answer(card, (uint8_t)~card->arguments[0]);
        break;
    case 0xe1:
        sb16_answer(card, 4);
        sb16_answer(card, 5);
        break;
    case 0xe3:
        answer_text(card, "COPYRIGHT (C) CREATIVE TECHNOLOGY LTD, 1992.");
        break;
    case 0xe4:
        card->test = card->arguments[0];
        break;
    case 0xe8:
        sb16_answer(card, card->test);
        break;
    case 0xf2:
    case 0xf3:
        sb16_causes(machine, card,
                    card->causes | (card->command == 0xf2 ? SB16_CAUSE_8 : SB16_CAUSE_16));
        break;
    default:
        sb16_answer(card, 0);
        break;
    }
}

static void command_rate(struct machine *machine, struct sb16 *card)
{
    (void)machine;
    if (card->command == 0x40) {
        time_constant_set(card);
    } else if (card->command == 0x48) {
        card->block = word_of(card, 0) + 1;
    } else {
        rate_set(card);
    }
}

static void command_skip(struct machine *machine, struct sb16 *card)
{
    (void)machine, (void)card;
}

/* Commands from `first` to `last`, and how many arguments they have. */
static const struct command {
    uint8_t first, last, arguments;
    void (*run)(struct machine *machine, struct sb16 *card);
} commands[] = {
    {0x04, 0x04, 1, command_skip},     {0x05, 0x05, 2, command_skip},
    {0x0e, 0x0e, 2, command_skip},     {0x0f, 0x0f, 1, command_identify},
    {0x10, 0x10, 1, command_begin},    {0x14, 0x14, 2, command_begin},
    {0x16, 0x17, 2, command_skip},     {0x1c, 0x1c, 0, command_begin},
    {0x20, 0x20, 0, command_begin},    {0x24, 0x24, 2, command_begin},
    {0x2c, 0x2c, 0, command_begin},    {0x38, 0x38, 1, command_skip},
    {0x40, 0x40, 1, command_rate},     {0x41, 0x42, 2, command_rate},
    {0x48, 0x48, 2, command_rate},     {0x74, 0x77, 2, command_skip},
    {0x80, 0x80, 2, command_begin},    {0x90, 0x90, 0, command_begin},
    {0x91, 0x91, 2, command_begin},    {0x98, 0x98, 0, command_begin},
    {0x99, 0x99, 2, command_begin},    {0xb0, 0xcf, 3, command_begin},
    {0xd0, 0xd1, 0, command_control},  {0xd3, 0xd6, 0, command_control},
    {0xd8, 0xda, 0, command_control},  {0xe0, 0xe0, 1, command_identify},
    {0xe1, 0xe1, 0, command_identify}, {0xe2, 0xe2, 1, command_skip},
    {0xe3, 0xe3, 0, command_identify}, {0xe4, 0xe4, 1, command_identify},
    {0xe8, 0xe8, 0, command_identify}, {0xf2, 0xf3, 0, command_identify},
    {0xf8, 0xf8, 0, command_identify}, {0xf9, 0xf9, 1, command_skip},
};

static const struct command *command_find(uint32_t byte)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (byte >= commands[i].first && byte <= commands[i].last) {
            return &commands[i];
        }
    }
    return NULL;
}

uint32_t sb16_command_arguments(uint8_t command)
{
    const struct command *found = command_find(command);
    return found != NULL ? found->arguments : 0;
}

void sb16_command(struct machine *machine, struct sb16 *card)
{
    const struct command *command = command_find(card->command);
    if (command != NULL) {
        command->run(machine, card);
    }
}
