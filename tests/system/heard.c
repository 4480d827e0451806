/* SPDX-License-Identifier: MIT */
/* What a WAV file sounds like. usage: heard FILE [FROM TO] (milliseconds). Prints
 *
 *     frames N     in the file
 *     sound N      from the first frame that is not silent to the last
 *     hertz L R    by the rises through zero, in hundredths; 0: fewer than two
 *     peak L R     the largest sample
 *     step L R     the largest step from a sample to the next
 *     gaps N M     how often it is silent in between for 16 frames or more, and how long most
 *
 * of 16-bit files with two channels. The frames after `frames` are of the part that was asked for.
 */

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP_LEAST 16

struct wav {
    uint32_t rate;
    size_t frames;
    const uint8_t *samples;
};

static uint32_t number(const uint8_t *bytes, size_t size)
{
    uint32_t value = 0;
    for (size_t i = size; i > 0; i--) {
        value = value << 8 | bytes[i - 1];
    }
    return value;
}

/* Chunks: a name, a size, so many bytes. */
static bool wav_read(const uint8_t *bytes, size_t size, struct wav *wav)
{
    bool is_right = false;
    if (size < 12 || memcmp(bytes, "RIFF", 4) != 0 || memcmp(bytes + 8, "WAVE", 4) != 0) {
        return false;
    }
    for (size_t at = 12; at + 8 <= size;) {
        size_t length = number(bytes + at + 4, 4);
        const uint8_t *chunk = bytes + at + 8;
        if (length > size - at - 8) {
            return false;
        }
        if (memcmp(bytes + at, "fmt ", 4) == 0 && length >= 16) {
            is_right =
                number(chunk, 2) == 1 && number(chunk + 2, 2) == 2 && number(chunk + 14, 2) == 16;
            wav->rate = number(chunk + 4, 4);
        } else if (memcmp(bytes + at, "data", 4) == 0) {
            wav->samples = chunk;
            wav->frames = length / 4;
            return is_right;
        }
        at += 8 + length + (length & 1);
    }
    return false;
}

static int sample(const struct wav *wav, size_t frame, size_t side)
{
    return (int16_t)number(wav->samples + 4 * frame + 2 * side, 2);
}

static bool is_silent(const struct wav *wav, size_t frame)
{
    return sample(wav, frame, 0) == 0 && sample(wav, frame, 1) == 0;
}

/* Where the line between two samples rises through zero. */
static double hertz(const struct wav *wav, size_t from, size_t to, size_t side)
{
    double first = 0, last = 0;
    size_t rises = 0;
    for (size_t i = from + 1; i < to; i++) {
        int before = sample(wav, i - 1, side), now = sample(wav, i, side);
        if (before < 0 && now >= 0) {
            last = (double)i - (double)now / (now - before);
            first = rises == 0 ? last : first;
            rises++;
        }
    }
    return rises < 2 ? 0 : (double)(rises - 1) * wav->rate / (last - first);
}

static int peak(const struct wav *wav, size_t from, size_t to, size_t side)
{
    int most = 0;
    for (size_t i = from; i < to; i++) {
        int level = abs(sample(wav, i, side));
        most = level > most ? level : most;
    }
    return most;
}

static int step(const struct wav *wav, size_t from, size_t to, size_t side)
{
    int most = 0;
    for (size_t i = from + 1; i < to; i++) {
        int height = abs(sample(wav, i, side) - sample(wav, i - 1, side));
        most = height > most ? height : most;
    }
    return most;
}

static void gaps_print(const struct wav *wav, size_t from, size_t to)
{
    size_t gaps = 0, longest = 0, length = 0;
    for (size_t i = from; i < to; i++) {
        length = is_silent(wav, i) ? length + 1 : 0;
        gaps += length == GAP_LEAST ? 1 : 0;
        longest = length > longest ? length : longest;
    }
    printf("gaps %zu %zu\n", gaps, gaps > 0 ? longest : 0);
}

static void tell(const struct wav *wav, size_t from, size_t to)
{
    while (from < to && is_silent(wav, from)) {
        from++;
    }
    while (to > from && is_silent(wav, to - 1)) {
        to--;
    }
    printf("frames %zu\nsound %zu\n", wav->frames, to - from);
    printf("hertz %ld %ld\n", lround(100 * hertz(wav, from, to, 0)),
           lround(100 * hertz(wav, from, to, 1)));
    printf("peak %d %d\n", peak(wav, from, to, 0), peak(wav, from, to, 1));
    printf("step %d %d\n", step(wav, from, to, 0), step(wav, from, to, 1));
    gaps_print(wav, from, to);
}

static size_t frame_of(const struct wav *wav, const char *milliseconds)
{
    size_t frame = (size_t)(strtod(milliseconds, NULL) * wav->rate / 1000);
    return frame < wav->frames ? frame : wav->frames;
}

int main(int argc, char **argv)
{
    static uint8_t bytes[32 << 20];
    struct wav wav = {0};
    FILE *file = argc == 2 || argc == 4 ? fopen(argv[1], "rb") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: heard FILE.wav [FROM TO]\n");
        return 2;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    if (!wav_read(bytes, size, &wav)) {
        fprintf(stderr, "%s: not a WAV file with two channels of 16 bits\n", argv[1]);
        return 1;
    }
    tell(&wav, argc == 4 ? frame_of(&wav, argv[2]) : 0,
         argc == 4 ? frame_of(&wav, argv[3]) : wav.frames);
    return 0;
}
