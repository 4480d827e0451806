/* SPDX-License-Identifier: MIT */
/* `talk`: talks to the second serial line.
 *
 *     talk TEXT    sends the text and a newline, and says how many bytes went
 *     talk         shows what comes, until the other end hangs up or two seconds nothing comes
 *     talk -s      the same through pipes, and sends every byte back
 *
 * The driver refuses applications unless the boot file says otherwise (init.drivers: `probe serial
 * expose=application`). */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

TR_PROGRAM_ABOUT("talks to the second serial line");

#define QUIET_NS UINT64_C(2000000000)

static int failed(const char *what, int64_t error)
{
    printf("talk: %s: %s\n", what, tr_error_text(error));
    return 1;
}

static int text_send(struct tru_device *serial, const char *text)
{
    char line[256];
    int size = snprintf(line, sizeof line, "%s\n", text);
    int64_t sent = tru_serial_write(serial, line, (uint64_t)size);

    if (sent < 0) {
        return failed("not sent", sent);
    }
    printf("%" PRId64 " bytes sent\n", sent);
    return 0;
}

static int received_show(struct tru_device *serial)
{
    char bytes[256];
    int64_t count;

    serial->timeout_ns = QUIET_NS;
    while ((count = tru_serial_read(serial, bytes, sizeof bytes)) > 0) {
        printf("%.*s", (int)count, bytes);
    }
    return count < 0 && count != TR_E_TIMEDOUT ? failed("not read", count) : 0;
}

static int stream_echo(struct tru_device *serial)
{
    char bytes[256];
    uint64_t out, in;
    int64_t count, result = tru_serial_stream(serial, &out, &in);

    if (result < 0) {
        return failed("no stream", result);
    }
    while ((count = tr_pipe_read(in, bytes, sizeof bytes, TR_PARTIAL)) > 0) {
        printf("%.*s", (int)count, bytes);
        if (tr_pipe_write(out, bytes, (uint64_t)count, 0) != count) {
            return failed("the stream has ended", TR_E_PEER);
        }
        if (memchr(bytes, 4, (size_t)count) != NULL) {
            break;
        }
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct tru_device serial;
    int64_t result = tru_device_open(TR_SERIAL_DEVICE, 0, &serial);

    if (result < 0) {
        return failed(TR_SERIAL_DEVICE " (applications may need demo/hardware.boot)", result);
    }
    if (argc == 1) {
        return received_show(&serial);
    }
    return strcmp(argv[1], "-s") == 0 ? stream_echo(&serial) : text_send(&serial, argv[1]);
}
