/* SPDX-License-Identifier: MIT */
/* For test_disks.sh: a server that changes what survives a reboot, reboots, and tells what it
 * finds: the clock, a sector of a disk, the tray of a CD-ROM drive, a floppy. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#define SECTOR  512
#define PLACE   5 /* of the disk */
#define WAIT_NS UINT64_C(5000000000)

static struct tru_device clock;
static struct tru_storage disk, cdrom, floppy;

static bool storage_open(const char *name, struct tru_storage *storage)
{
    struct tru_device found;

    return tru_device_find(name, WAIT_NS, &found) >= 0 && tru_storage_open(name, 0, storage) >= 0;
}

static bool all_open(void)
{
    return tru_device_find(TR_CLOCK_DEVICE, WAIT_NS, &clock) >= 0 &&
           tr_device_open(clock.id, 0) >= 0 && storage_open("disks\\ata\\0", &disk) &&
           storage_open("disks\\cdrom\\0", &cdrom) && storage_open("disks\\floppy\\0", &floppy);
}

static void tell(const char *text)
{
    struct tr_clock_time time;
    char first[SECTOR] = "?";
    int64_t result = tru_clock_read(&clock, &time);

    tru_storage_read(&floppy, 0, 1, first);
    printf("%s: %s\n", text[0] != '\0' ? text : "untouched",
           result == 0 ? "the clock goes" : tr_error_name(result));
    printf("date %" PRIu32 "-%" PRIu32 "-%" PRIu32 " %" PRIu32 "h\n", time.year, time.month,
           time.day, time.hour);
    printf("tray %s\n", (tru_storage_media(&cdrom, NULL) & 1) != 0 ? "with a disc" : "without");
    printf("floppy %.6s\n", first);
}

int main(void)
{
    static const struct tr_clock_time then = {
        .year = 2031, .month = 5, .day = 6, .hour = 7, .minute = 8, .second = 9};
    char text[SECTOR] = "";

    if (!all_open()) {
        return 1;
    }
    tr_thread_sleep((uint64_t)tr_clock() + WAIT_NS);
    tru_storage_read(&disk, PLACE, 1, text);
    tell(text);
    if (text[0] != '\0') {
        return (int)tr_system_stop(TR_STOP_HALT, 0, WAIT_NS);
    }
    strlcpy(text, "written before the reboot", sizeof text);
    if (tru_storage_write(&disk, PLACE, 1, text) < 0 || tru_storage_flush(&disk) < 0 ||
        tru_clock_set(&clock, &then) < 0 || tru_storage_eject(&cdrom, false) < 0) {
        printf("nothing can be changed\n");
    }
    return (int)tr_system_stop(TR_STOP_REBOOT, 0, WAIT_NS);
}
