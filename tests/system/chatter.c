/* SPDX-License-Identifier: MIT */
/* Reads a line, then sends 200,000 bytes on the second serial line, for test_host.c. */

#include <inttypes.h>
#include <stdio.h>
#include <terrarium.h>
#include <terrarium/device.h>

#define PIECE  1000
#define PIECES 200

int main(void)
{
    struct tru_device line;
    static char bytes[PIECE];
    int64_t sent = 0;
    int64_t result = tru_device_find("serial\\1", UINT64_C(3000000000), &line);

    getchar();
    if (result >= 0) {
        result = tr_device_open(line.id, 0);
    }
    if (result >= 0) {
        result = tru_serial_line(&line, 115200, 8, 0, 1);
    }
    for (int i = 0; i < PIECE; i++) {
        bytes[i] = (char)('a' + i % 26);
    }
    for (int i = 0; result >= 0 && i < PIECES; i++) {
        result = tru_serial_write(&line, bytes, PIECE);
        sent += result;
    }
    tr_thread_sleep((uint64_t)tr_clock() + UINT64_C(1000000000)); /* the last are on their way */
    if (result < 0) {
        printf("failed: %s\n", tr_error_name(result));
    } else {
        printf("sent %" PRId64 "\n", sent);
    }
    return 0;
}
