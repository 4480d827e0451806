/* SPDX-License-Identifier: MIT */
/* Reads a disk for the bench, from its first sector on and round again, a piece at a time into
 * memory that it shares with the disk's driver. Answers each request when its pieces are read. */

#include <terrarium.h>
#include <terrarium/device.h>

#include "request.h"

#define DISK    "disks\\ata\\0"
#define WAIT_NS UINT64_C(5000000000)

static struct tru_storage storage;

static int64_t disk_open(uint64_t size)
{
    struct tru_device found;
    int64_t result = tru_device_find(DISK, WAIT_NS, &found);

    if (result >= 0) {
        result = tru_storage_open(DISK, 0, &storage);
    }
    return result < 0 ? result : tru_storage_buffer(&storage, size);
}

static int64_t read_pieces(const struct request *request)
{
    static uint64_t next;
    int64_t result = storage.shared != 0 ? 0 : disk_open(request->size);

    for (uint64_t i = 0; i < request->count && result >= 0; i++) {
        uint64_t sectors = request->size / storage.sector_size;
        next = next + sectors <= storage.sectors ? next : 0;
        result = tru_storage_read(&storage, next, sectors, storage.buffer);
        next += sectors;
    }
    return result;
}

int main(void)
{
    struct tr_event event;
    struct request request;

    while (tr_event_wait(&event, TR_FOREVER) == 1) {
        struct answer answer = {0, 0};
        if (event.kind != TR_EVENT_MESSAGE ||
            tr_message_read(event.object, &request, sizeof request) != (int64_t)sizeof request) {
            continue;
        }
        answer.result = request.kind == REQUEST_READS ? read_pieces(&request) : 0;
        (void)tr_message_send(event.source_pid, &answer, sizeof answer, 0);
    }
    return 1;
}
