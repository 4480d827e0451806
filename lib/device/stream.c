/* SPDX-License-Identifier: MIT */
/* Sound and serial lines, for their clients: what moves through pipes. */

#include <stddef.h>
#include <terrarium.h>
#include <terrarium/device.h>

int64_t tru_sound_format(struct tru_device *sound, uint32_t rate, uint32_t channels, uint32_t bits)
{
    struct tru_device_request request = {
        .operation = TR_SOUND_FORMAT, .arguments = {rate, channels, bits}, .is_repeatable = true};

    return tru_device_request(sound, &request);
}

int64_t tru_sound_play(struct tru_device *sound)
{
    uint64_t key;
    int64_t pipe = tr_pipe_create(&key);

    if (pipe < 0) {
        return pipe;
    }
    struct tru_device_request request = {.operation = TR_SOUND_PLAY,
                                         .arguments = {(uint64_t)pipe, key}};
    int64_t result = tru_device_request(sound, &request);
    if (result < 0) {
        tr_pipe_release((uint64_t)pipe);
        return result;
    }
    return pipe;
}

int64_t tru_sound_stop(struct tru_device *sound)
{
    struct tru_device_request request = {.operation = TR_SOUND_STOP};

    return tru_device_request(sound, &request);
}

int64_t tru_sound_drain(struct tru_device *sound)
{
    struct tru_device_request request = {.operation = TR_SOUND_DRAIN};

    return tru_device_request(sound, &request);
}

int64_t tru_sound_volume(struct tru_device *sound, uint64_t left, uint64_t right)
{
    struct tru_device_request request = {
        .operation = TR_SOUND_VOLUME, .arguments = {left, right}, .is_repeatable = true};

    return tru_device_request(sound, &request);
}

int64_t tru_serial_line(struct tru_device *serial, uint64_t baud, uint32_t bits, uint32_t parity,
                        uint32_t stop_bits)
{
    struct tru_device_request request = {.operation = TR_SERIAL_LINE,
                                         .arguments = {baud, bits, parity, stop_bits},
                                         .is_repeatable = true};

    return tru_device_request(serial, &request);
}

int64_t tru_serial_write(struct tru_device *serial, const void *bytes, uint64_t size)
{
    struct tru_device_request request = {
        .operation = TR_SERIAL_WRITE, .bytes = bytes, .size = size};

    return tru_device_request(serial, &request);
}

int64_t tru_serial_read(struct tru_device *serial, void *bytes, uint64_t most)
{
    struct tru_device_request request = {
        .operation = TR_SERIAL_READ, .arguments = {most}, .answer = bytes, .capacity = most};

    return tru_device_request(serial, &request);
}

int64_t tru_serial_stream(struct tru_device *serial, uint64_t *out, uint64_t *in)
{
    uint64_t out_key, in_key;
    int64_t out_pipe = tr_pipe_create(&out_key);

    if (out_pipe < 0) {
        return out_pipe;
    }
    int64_t in_pipe = tr_pipe_create(&in_key);
    int64_t result = in_pipe;
    if (in_pipe >= 0) {
        struct tru_device_request request = {
            .operation = TR_SERIAL_STREAM,
            .arguments = {(uint64_t)out_pipe, out_key, (uint64_t)in_pipe, in_key}};
        result = tru_device_request(serial, &request);
        if (result < 0) {
            tr_pipe_release((uint64_t)in_pipe);
        }
    }
    if (result < 0) {
        tr_pipe_release((uint64_t)out_pipe);
        return result;
    }
    *out = (uint64_t)out_pipe;
    *in = (uint64_t)in_pipe;
    return 0;
}
