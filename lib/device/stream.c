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
    struct tr_device_member pipe = {0};
    struct tru_device_request request = {
        .operation = TR_SOUND_PLAY, .answer = &pipe, .capacity = sizeof pipe};
    int64_t result = tru_device_request(sound, &request);

    if (result >= 0) {
        result = tr_pipe_join(pipe.id, pipe.key);
    }
    return result < 0 ? result : (int64_t)pipe.id;
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
    struct tr_serial_stream stream = {0};
    struct tru_device_request request = {
        .operation = TR_SERIAL_STREAM, .answer = &stream, .capacity = sizeof stream};
    int64_t result = tru_device_request(serial, &request);

    if (result >= 0) {
        result = tr_pipe_join(stream.out.id, stream.out.key);
    }
    if (result >= 0) {
        result = tr_pipe_join(stream.in.id, stream.in.key);
        if (result < 0) {
            tr_pipe_release(stream.out.id);
        }
    }
    if (result < 0) {
        return result;
    }
    *out = stream.out.id;
    *in = stream.in.id;
    return 0;
}
