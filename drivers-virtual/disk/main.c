/* SPDX-License-Identifier: MIT */
/* `d\disk`: disks and CD-ROMs on the two ATA channels of a PC. One driver for both kinds, as two
 * drives share a channel's registers and line, and the ports of a channel are one driver's.
 *
 * At its start each channel is reset, each drive asked what it is; when all have answered, device
 * objects are made: disks\ata\0, …, disks\cdrom\0, …, numbered by place. With the PCI function of
 * the controller drives move data themselves (bus-master DMA); without, or with the word "pio" in
 * the argument, the processor does. Ends with 0 if there is no drive.
 *
 * Argument: pio, expose=… (driver.h). */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#include "drive.h"

TR_PROGRAM_ABOUT("driver of ATA disks and CD-ROMs");

#define CHANNELS    2
#define UNITS       2
#define TIMEOUT_NS  UINT64_C(5000000000)
#define BUS_WAIT_NS UINT64_C(500000000)
#define TRIES       2

enum { CLASS_IDE = 0x0101, PCI_COMMAND = 4, COMMAND_ON = 5, BUS_MASTERS = 4 /* its region */ };
enum { IDENTIFY = 0xec, IDENTIFY_PACKET = 0xa1, SET_MULTIPLE = 0xc6 };
enum { CAPABLE = 49, CAPABLE_DMA = 0x100, MODEL = 27, MULTIPLE = 47 };

static struct channel channels[CHANNELS];
static struct drive drives[CHANNELS][UNITS];
static struct tru_driver_queue queues[CHANNELS];
static struct tru_loop_pause {
    void (*then)(struct drive *drive);
    struct drive *drive;
} pauses[CHANNELS];
static uint32_t probing; /* channels that are */

/* ---- What drives share ----------------------------------------------------------------------- */

static void on_pause(void *user)
{
    struct tru_loop_pause *pause = user;

    pause->then(pause->drive);
}

void drive_wait(struct drive *drive, uint64_t ns, void (*then)(struct drive *drive))
{
    uint32_t number = drive->channel->number;

    pauses[number] = (struct tru_loop_pause){then, drive};
    tr_timer_set((uint64_t)tr_clock() + ns, CHANNELS + number + 1);
}

void drive_done(struct drive *drive, int64_t result)
{
    struct tru_driver_request *request = drive->request;

    drive->request = NULL;
    tru_driver_done(request, result);
}

static void initialised(struct channel *channel, enum outcome outcome, void *user)
{
    (void)channel;
    (void)outcome;
    drive_done(user, 0);
}

void drive_initialise(struct tru_driver_request *request)
{
    struct drive *drive = drive_of(request);

    drive->request = request;
    channel_reset(drive->channel, initialised, drive);
}

bool drive_may_retry(struct drive *drive)
{
    return drive->tries++ < TRIES;
}

static void channel_was_reset(struct channel *channel)
{
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        disk_was_reset(&drives[channel->number][unit]);
    }
}

/* ---- Making devices -------------------------------------------------------------------------- */

/* Text in an identity: two letters a word, the first one high; blanks at the end. */
static void identity_text(const uint16_t *identity, uint32_t word, uint32_t words, char *text)
{
    size_t length = 0;

    for (uint32_t i = 0; i < words; i++) {
        text[length++] = (char)(identity[word + i] >> 8);
        text[length++] = (char)(identity[word + i] & 0xff);
    }
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    text[length] = '\0';
}

static int64_t device_make(struct drive *drive, uint32_t *disks, uint32_t *cdroms)
{
    struct tru_driver_device *device = &drive->device;

    identity_text(drive->identity, MODEL, 20, drive->model);
    drive->has_dma =
        drive->channel->bus_master != 0 && (drive->identity[CAPABLE] & CAPABLE_DMA) != 0;
    snprintf(drive->text, sizeof drive->text, "d\\disk, %s", drive->has_dma ? "DMA" : "PIO");
    device->name = drive->name;
    device->type = TR_DEVICE_STORAGE;
    device->information_size = sizeof(struct tr_storage_information);
    device->queue = &queues[drive->channel->number];
    device->model = drive->model;
    device->driver = drive->text;
    device->user = drive;
    return drive->kind == DRIVE_DISK ? disk_add(drive, (*disks)++) : cdrom_add(drive, (*cdroms)++);
}

static void devices_make(void)
{
    uint32_t disks = 0, cdroms = 0;

    for (uint32_t place = 0; place < CHANNELS * UNITS; place++) {
        struct drive *drive = &drives[place / UNITS][place % UNITS];
        int64_t result = drive->kind == DRIVE_NONE ? 0 : device_make(drive, &disks, &cdroms);
        if (result < 0) {
            tru_driver_say("disk: no device object for %s: %s", drive->name, tr_error_text(result));
            exit(1);
        }
    }
    if (disks + cdroms == 0) {
        exit(0);
    }
}

/* ---- Asking drives what they are --------------------------------------------------------------
 */

static void channel_probed(void)
{
    probing--;
    if (probing == 0) {
        devices_make();
    }
}

static void unit_ask(struct channel *channel, uint32_t unit);

static void next_unit(struct drive *drive)
{
    if (drive->unit + 1 < UNITS) {
        unit_ask(drive->channel, drive->unit + 1);
    } else {
        channel_probed();
    }
}

static void multiple_set(struct channel *channel, enum outcome outcome, void *user)
{
    struct drive *drive = user;

    (void)channel;
    drive->multiple = outcome == OUTCOME_DONE ? drive->identity[MULTIPLE] & 0xff : 0;
    next_unit(drive);
}

static void identified(struct channel *channel, enum outcome outcome, void *user)
{
    struct drive *drive = user;
    const struct command command = {
        .code = SET_MULTIPLE, .count = drive->identity[MULTIPLE] & 0xff, .timeout_ns = TIMEOUT_NS};

    if (outcome != OUTCOME_DONE) {
        drive->kind = DRIVE_NONE;
        next_unit(drive);
    } else if (drive->kind == DRIVE_DISK) {
        channel_start(channel, drive->unit, &command, multiple_set, drive);
    } else {
        next_unit(drive);
    }
}

static void unit_ask(struct channel *channel, uint32_t unit)
{
    struct drive *drive = &drives[channel->number][unit];

    drive->channel = channel;
    drive->unit = unit;
    drive->kind = channel_kind(channel, unit);
    if (drive->kind == DRIVE_NONE) {
        next_unit(drive);
        return;
    }
    const struct command command = {.code = drive->kind == DRIVE_DISK ? IDENTIFY : IDENTIFY_PACKET,
                                    .flow = FLOW_IN,
                                    .bytes = (uint8_t *)drive->identity,
                                    .size = sizeof drive->identity,
                                    .block = sizeof drive->identity,
                                    .timeout_ns = TIMEOUT_NS};
    channel_start(channel, unit, &command, identified, drive);
}

static void reset_over(struct channel *channel, enum outcome outcome, void *user)
{
    (void)outcome;
    (void)user;
    unit_ask(channel, 0);
}

/* ---- Start ----------------------------------------------------------------------------------- */

/* The ports of the bus masters, 0 if there are none: the controller's function is found on the bus
 * and allowed to reach memory. */
static uint32_t bus_masters_find(void)
{
    struct tru_device pci;
    struct tr_pci_function functions[32];

    if (tru_device_find(TR_PCI_DEVICE, BUS_WAIT_NS, &pci) < 0) {
        return 0;
    }
    int64_t count = tru_pci_list(&pci, 0, functions, sizeof functions / sizeof functions[0]);
    for (int64_t i = 0; i < count; i++) {
        if (functions[i].class_code >> 8 != CLASS_IDE) {
            continue;
        }
        uint32_t address = functions[i].address;
        uint64_t ports = functions[i].regions[BUS_MASTERS].first;
        bool has_ports = functions[i].regions[BUS_MASTERS].is_port &&
                         functions[i].regions[BUS_MASTERS].size != 0 && ports != 0;
        int64_t command = tru_pci_read(&pci, address, PCI_COMMAND, 2);
        if (has_ports && command >= 0 &&
            tru_pci_write(&pci, address, PCI_COMMAND, 2, (uint32_t)command | COMMAND_ON) >= 0) {
            return (uint32_t)ports & 0xfff0;
        }
    }
    return 0;
}

static bool has_word(int argc, char **argv, const char *word)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], word) == 0) {
            return true;
        }
    }
    return false;
}

static int64_t channel_begin(uint32_t number, uint32_t bus_masters)
{
    struct channel *channel = &channels[number];
    int64_t result = channel_open(channel, number, bus_masters == 0 ? 0 : bus_masters + 8 * number);

    if (result >= 0) {
        result = tru_driver_on_timer(CHANNELS + number + 1, on_pause, &pauses[number]);
    }
    if (result < 0) {
        return result;
    }
    channel->was_reset = channel_was_reset;
    if (channel_is_there(channel)) {
        probing++;
    } else {
        channel->number = CHANNELS;
    }
    return 0;
}

int main(int argc, char **argv)
{
    tru_driver_start(argc, argv);
    uint32_t bus_masters = has_word(argc, argv, "pio") ? 0 : bus_masters_find();

    for (uint32_t number = 0; number < CHANNELS; number++) {
        int64_t result = channel_begin(number, bus_masters);
        if (result < 0) {
            tru_driver_say("disk: channel %u: %s", (unsigned)number, tr_error_text(result));
            return 1;
        }
    }
    /* Without drives it stays if there is a controller, which only the bus can tell. */
    if (probing == 0 && bus_masters == 0) {
        return 0;
    }
    for (uint32_t number = 0; number < CHANNELS; number++) {
        if (channels[number].number == number) {
            channel_reset(&channels[number], reset_over, NULL);
        }
    }
    return (int)tru_driver_run();
}
