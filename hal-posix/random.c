/* SPDX-License-Identifier: MIT */
/* Random bytes: the host's with the host's clock; with the virtual clock a SplitMix64 stream of the
 * seed (Steele, Lea, Flood 2014), so that a run can be repeated. */

#include "machine.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

static uint64_t stream_next(struct machine *machine)
{
    machine->random_state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t word = machine->random_state;
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

static void host_random(uint8_t *bytes, uint64_t size)
{
    while (size > 0) {
        ssize_t got = getrandom(bytes, size, 0);
        if (got < 0 && errno != EINTR) {
            host_fatal("the host gives no random bytes");
        }
        bytes += got < 0 ? 0 : got;
        size -= got < 0 ? 0 : (uint64_t)got;
    }
}

uint64_t random_of_host(void)
{
    uint64_t word;
    host_random((uint8_t *)&word, sizeof word);
    return word;
}

void hal_random(struct machine *machine, void *buffer, uint64_t size)
{
    uint8_t *bytes = buffer;
    if (machine->config.clock == POSIX_CLOCK_HOST) {
        host_random(bytes, size);
        return;
    }
    for (uint64_t at = 0; at < size; at += sizeof(uint64_t)) {
        uint64_t word = stream_next(machine);
        memcpy(bytes + at, &word, size - at < sizeof word ? size - at : sizeof word);
    }
}
