/* SPDX-License-Identifier: MIT */
/* What is played, as it stands in a WAV file: rates, pauses, seams; and samples that a program
 * writes to the card itself. */

#include "devices.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hal-posix/sound.h"

#define HEADER 44

static char path[] = "/tmp/terrarium-wav-XXXXXX";
static uint8_t file[8 << 20];
static size_t frames;

static struct machine *begin(void)
{
    const struct posix_hardware hardware = {.parts = POSIX_PART_SOUND, .sound = path};
    return device_machine(&hardware);
}

/* Ends the machine and reads its file. */
static void end(struct machine *machine)
{
    posix_machine_destroy(machine);
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    size_t size = fread(file, 1, sizeof file, stream);
    fclose(stream);
    assert_true(size >= HEADER);
    frames = (size - HEADER) / 4;
}

static int left(size_t frame)
{
    const uint8_t *at = file + HEADER + 4 * frame;
    return (int16_t)(at[0] | at[1] << 8);
}

static int right(size_t frame)
{
    const uint8_t *at = file + HEADER + 4 * frame + 2;
    return (int16_t)(at[0] | at[1] << 8);
}

/* `count` frames 1, 2, 3 … of some rate, from `from` on. */
static void play(struct machine *machine, uint64_t from, uint64_t rate, size_t count)
{
    struct sound_frame buffer[512];
    for (size_t i = 0; i < count; i++) {
        buffer[i] = (struct sound_frame){(int16_t)(i + 1), (int16_t) - (int16_t)(i + 1)};
    }
    const struct sound_piece piece = {.begin = from,
                                      .end = from + count * S / rate,
                                      .per = rate,
                                      .seconds = 1,
                                      .frames = buffer,
                                      .count = count};
    sound_play(machine, &piece);
}

static void its_own_rate_comes_through_one_to_one(void **state)
{
    (void)state;
    struct machine *machine = begin();
    play(machine, 123456789, SOUND_RATE, 441);
    play(machine, 123456789 + 10 * MS, SOUND_RATE, 441);
    end(machine);
    assert_int_equal(frames, 882);
    for (size_t i = 0; i < frames; i++) {
        assert_int_equal(left(i), i % 441 + 1);
        assert_int_equal(right(i), -(int)(i % 441 + 1));
    }
}

static void slower_samples_are_held(void **state)
{
    (void)state;
    struct machine *machine = begin();
    play(machine, 0, SOUND_RATE / 3, 100);
    end(machine);
    assert_int_equal(frames, 300);
    for (size_t i = 0; i < frames; i++) {
        assert_int_equal(left(i), i / 3 + 1);
    }
}

static void odd_rates_keep_their_length(void **state)
{
    (void)state;
    struct machine *machine = begin();
    for (uint64_t i = 0; i < 20; i++) {
        play(machine, i * S / 20, 8000, 400);
    }
    end(machine);
    assert_int_equal(frames, SOUND_RATE);
}

static void pauses_are_silent_and_as_long_as_they_were(void **state)
{
    (void)state;
    struct machine *machine = begin();
    play(machine, 5 * S, SOUND_RATE, 441);
    play(machine, 5 * S + 20 * MS, SOUND_RATE, 441);
    end(machine);
    assert_int_equal(frames, 3 * 441);
    assert_int_equal(left(0), 1);
    assert_int_equal(left(440), 441);
    for (size_t i = 441; i < 882; i++) {
        assert_int_equal(left(i), 0);
    }
    assert_int_equal(left(882), 1);
}

static void a_long_pause_is_ten_seconds(void **state)
{
    (void)state;
    struct machine *machine = begin();
    play(machine, 0, SOUND_RATE, 441);
    play(machine, 3600 * S, SOUND_RATE, 441);
    end(machine);
    assert_int_equal(frames, 2 * 441 + 10 * SOUND_RATE);
}

static void silent_runs_leave_an_empty_file(void **state)
{
    (void)state;
    struct machine *machine = begin();
    posix_machine_pass(machine, 10 * S);
    end(machine);
    assert_int_equal(frames, 0);
}

static void put(struct machine *machine, uint32_t byte)
{
    out8(machine, 0x22c, byte);
    posix_machine_pass(machine, 1000);
}

/* Command 10: a sample each millisecond. */
static void a_program_may_write_samples_itself(void **state)
{
    (void)state;
    struct machine *machine = begin();
    for (uint32_t i = 0x30; i < 0x34; i++) {
        out8(machine, 0x224, i);
        out8(machine, 0x225, 0xf8);
    }
    out8(machine, 0x226, 1);
    out8(machine, 0x226, 0);
    posix_machine_pass(machine, 1 * MS);
    for (uint32_t i = 0; i < 6; i++) {
        put(machine, 0x10);
        put(machine, 0x80 + 0x10 * i);
        posix_machine_pass(machine, 998 * 1000 - 400);
    }
    end(machine);
    assert_in_range(frames, 5 * 44, 5 * 45);
    assert_int_equal(left(10), 0);
    assert_int_equal(left(44 + 10), 0x1000);
    assert_int_equal(right(2 * 44 + 10), 0x2000);
    assert_int_equal(left(4 * 44 + 10), 0x4000);
}

static void a_file_that_cannot_be_made_is_told_of(void **state)
{
    char error[256] = "";
    const struct posix_hardware hardware = {.parts = POSIX_PART_SOUND,
                                            .sound = "/no/such/folder/x.wav"};
    const struct posix_config config = {.input_fd = -1, .output_fd = -1, .hardware = &hardware};
    (void)state;
    assert_null(posix_machine_create(&config, error, sizeof error));
    assert_non_null(strstr(error, "x.wav"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(its_own_rate_comes_through_one_to_one),
        cmocka_unit_test(slower_samples_are_held),
        cmocka_unit_test(odd_rates_keep_their_length),
        cmocka_unit_test(pauses_are_silent_and_as_long_as_they_were),
        cmocka_unit_test(a_long_pause_is_ten_seconds),
        cmocka_unit_test(silent_runs_leave_an_empty_file),
        cmocka_unit_test(a_program_may_write_samples_itself),
        cmocka_unit_test(a_file_that_cannot_be_made_is_told_of),
    };

    int descriptor = mkstemp(path);
    if (descriptor < 0) {
        perror(path);
        return 1;
    }
    close(descriptor);
    int failed = cmocka_run_group_tests_name("device: WAV files", tests, NULL, NULL);
    unlink(path);
    return failed;
}
