/* SPDX-License-Identifier: MIT */
/* A disk in memory. */

#include "ramdisk.h"

#include <string.h>
#include <terrarium.h>
#include <terrarium/device/storage.h>
#include <terrarium/driver.h>
#include <terrarium/kit.h>

#define TIMER 1

unsigned char ramdisk_bytes[RAMDISK_SECTORS * 512];
unsigned ramdisk_active, ramdisk_begun;
uint64_t ramdisk_closed_by;

static struct tru_driver_device disk;

static void on_begin(struct tru_driver_request *request)
{
    (void)request;
    assert_int_equal(ramdisk_active, 0);
    ramdisk_active++;
    ramdisk_begun++;
    tr_timer_set((uint64_t)tr_clock() + RAMDISK_NS, TIMER);
}

static int64_t transfer(struct tru_driver_request *request)
{
    uint64_t first = request->head.arguments[0], count = request->head.arguments[1];
    const void *from;
    void *to;

    if (first > RAMDISK_SECTORS || count > RAMDISK_SECTORS - first) {
        return TR_E_INVAL;
    }
    if (request->head.operation == TR_STORAGE_READ) {
        int64_t result = tru_driver_output(request, count * 512, &to);
        if (result == 0) {
            memcpy(to, ramdisk_bytes + first * 512, count * 512);
        }
        return result < 0 ? result : (int64_t)count;
    }
    int64_t result = tru_driver_input(request, count * 512, &from);
    if (result == 0) {
        memcpy(ramdisk_bytes + first * 512, from, count * 512);
    }
    return result < 0 ? result : (int64_t)count;
}

static void on_timer(void *user)
{
    struct tru_driver_request *request = disk.queue->active;

    (void)user;
    ramdisk_active--;
    tru_driver_done(request, transfer(request));
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_storage_information *information = to;

    (void)device;
    information->sectors = RAMDISK_SECTORS;
    information->sector_size = 512;
    information->sectors_most = 512;
}

static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    (void)device;
    ramdisk_closed_by = pid;
}

int64_t ramdisk_main(void *argument)
{
    static char name[] = "ramdisk";
    char *words[] = {name, argument, NULL};
    static const struct tru_driver_row rows[] = {{TR_STORAGE_READ, TRU_DRIVER_QUEUED, on_begin},
                                                 {TR_STORAGE_WRITE, TRU_DRIVER_QUEUED, on_begin}};

    disk = (struct tru_driver_device){.name = RAMDISK_NAME,
                                      .type = TR_DEVICE_STORAGE,
                                      .rows = rows,
                                      .row_count = 2,
                                      .information = on_information,
                                      .information_size = sizeof(struct tr_storage_information),
                                      .closed = on_closed,
                                      .model = "memory",
                                      .driver = "ramdisk"};
    assert_int_equal(tru_driver_start(argument != NULL ? 2 : 1, words), 0);
    assert_int_equal(tru_driver_on_timer(TIMER, on_timer, NULL), 0);
    assert_int_equal(tru_driver_add(&disk), 0);
    return tru_driver_run();
}
