/* SPDX-License-Identifier: MIT */
/* The controller. Commands with a result interrupt when it is ready; seeks and resets interrupt
 * too, but have to be asked for what happened (SENSE INTERRUPT). */

#include "controller.h"

#include <stddef.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/driver.h>

#define FIRST_PORT  0x3f0
#define LINE        6
#define CHANNEL     2
#define BUS_WAIT_NS UINT64_C(2000000000)
#define RESET_NS    UINT64_C(100000000)
#define SEEK_NS     UINT64_C(1500000000)
#define ISA_END     (UINT64_C(1) << 24)

enum {
    DOR = FIRST_PORT + 2,
    STATUS = FIRST_PORT + 4,
    FIFO = FIRST_PORT + 5,
    INPUT = FIRST_PORT + 7
};
enum { RATE = INPUT };
enum { DOR_RUNS = 4, DOR_GATE = 8, DOR_MOTOR = 0x10 };
enum { STATUS_READY = 0x80, STATUS_OUT = 0x40, STATUS_BUSY = 0x10 };
enum {
    SPECIFY = 3,
    SENSE_DRIVE = 4,
    RECALIBRATE = 7,
    SENSE_INTERRUPT = 8,
    SEEK = 15,
    VERSION = 16
};
enum { ST0_INVALID = 0x80, ST3_PROTECTED = 0x40, VERSION_82077 = 0x90 };
enum { TIMER_ANSWER = 1, TIMER_PAUSE = 2 };
enum { READY_LOOKS = 50 };

enum wait { WAIT_NOTHING, WAIT_RESET, WAIT_SEEK, WAIT_RESULT };

struct controller_result controller_result;
uint8_t *controller_buffer;

static struct {
    struct tru_device dma;
    uint64_t buffer_physical;
    enum wait waits_for;
    uint32_t unit; /* that seeks */
    uint8_t dor;
    controller_done *done;
    void (*after_pause)(void);
} controller;

/* ---- Bytes ----------------------------------------------------------------------------------- */

/* True if the controller takes a byte, or has one to give. It may need some microseconds. */
static bool is_ready(bool is_out)
{
    for (int i = 0; i < READY_LOOKS; i++) {
        uint32_t status = (uint32_t)tr_port_in(STATUS, 1);
        if ((status & STATUS_READY) != 0) {
            return ((status & STATUS_OUT) != 0) == is_out;
        }
    }
    return false;
}

static bool send(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_ready(false)) {
            return false;
        }
        tr_port_out(FIFO, 1, bytes[i]);
    }
    return true;
}

static bool receive(uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (!is_ready(true)) {
            return false;
        }
        bytes[i] = (uint8_t)tr_port_in(FIFO, 1);
    }
    return true;
}

/* ---- The end of a command -------------------------------------------------------------------- */

static void finish(bool is_done)
{
    controller.waits_for = WAIT_NOTHING;
    tr_timer_cancel(TIMER_ANSWER);
    controller.done(is_done);
}

static void dor_write(uint8_t value)
{
    controller.dor = value;
    tr_port_out(DOR, 1, value);
}

/* Step rate 3 ms, heads as they come, DMA. */
static void specify(void)
{
    send((const uint8_t[]){SPECIFY, 0xd1, 0x02}, 3);
}

static void on_timeout(void *user)
{
    (void)user;
    if (controller.waits_for == WAIT_RESET) {
        finish(false);
    } else if (controller.waits_for != WAIT_NOTHING) {
        /* What it was doing is over with the reset; that is told as a failure. */
        dor_write((uint8_t)(controller.dor & ~DOR_RUNS));
        dor_write(controller.dor | DOR_RUNS);
        finish(false);
    }
}

/* Asks for all that the drives have to tell. True if a seek that is waited for is among it. */
static bool sense(void)
{
    bool has_come = false;

    for (int i = 0; i < 8; i++) {
        uint8_t bytes[2];
        if (!send((const uint8_t[]){SENSE_INTERRUPT}, 1) || !receive(bytes, 1) ||
            bytes[0] == ST0_INVALID || !receive(bytes + 1, 1)) {
            break;
        }
        /* Right after a reset drives say that they are ready: that is no seek's end. */
        bool is_news = (bytes[0] & ST0_ABNORMAL) == ST0_ABNORMAL;
        if (controller.waits_for == WAIT_SEEK && (bytes[0] & 3) == controller.unit && !is_news) {
            controller_result.st0 = bytes[0];
            controller_result.cylinder = bytes[1];
            has_come = true;
        }
    }
    return has_come;
}

static void on_irq(void *user, const struct tr_event *event)
{
    uint8_t status = (uint8_t)tr_port_in(STATUS, 1);

    (void)user;
    (void)event;
    if (controller.waits_for == WAIT_RESULT) {
        if ((status & (STATUS_READY | STATUS_OUT)) == (STATUS_READY | STATUS_OUT)) {
            finish(receive(&controller_result.st0, sizeof controller_result));
        }
        return;
    }
    if ((status & STATUS_BUSY) != 0) {
        return;
    }
    bool has_come = sense();
    if (controller.waits_for == WAIT_RESET) {
        specify();
        finish(true);
    } else if (has_come) {
        finish(true);
    }
}

static void on_pause(void *user)
{
    (void)user;
    controller.after_pause();
}

/* ---- Commands -------------------------------------------------------------------------------- */

static void wait_for(enum wait wait, uint64_t ns, controller_done *done)
{
    controller.waits_for = wait;
    controller.done = done;
    tr_timer_set((uint64_t)tr_clock() + ns, TIMER_ANSWER);
}

/* The bytes were not taken: the controller is stuck, and reset. */
static void command(const uint8_t *bytes, size_t size, enum wait wait, uint64_t ns,
                    controller_done *done)
{
    wait_for(wait, ns, done);
    if (!send(bytes, size)) {
        on_timeout(NULL);
    }
}

void controller_reset(controller_done *done)
{
    wait_for(WAIT_RESET, RESET_NS, done);
    dor_write((uint8_t)(controller.dor & ~DOR_RUNS));
    tr_port_in(STATUS, 1); /* some microseconds */
    tr_port_in(STATUS, 1);
    dor_write((uint8_t)(controller.dor | DOR_RUNS | DOR_GATE));
}

void controller_recalibrate(uint32_t unit, controller_done *done)
{
    controller.unit = unit;
    command((const uint8_t[]){RECALIBRATE, (uint8_t)unit}, 2, WAIT_SEEK, SEEK_NS, done);
}

void controller_seek(uint32_t unit, uint32_t cylinder, controller_done *done)
{
    controller.unit = unit;
    command((const uint8_t[]){SEEK, (uint8_t)unit, (uint8_t)cylinder}, 3, WAIT_SEEK, SEEK_NS, done);
}

void controller_read_id(uint32_t unit, controller_done *done)
{
    command((const uint8_t[]){READ_ID, (uint8_t)unit}, 2, WAIT_RESULT, UINT64_C(1500000000), done);
}

/* Programs the channel; its driver may be a new one that does not know whose it is. */
static bool channel_start(uint64_t size, bool is_read)
{
    uint64_t mode = is_read ? TR_DMA_TO_MEMORY : 0;
    int64_t result =
        tru_dma_start(&controller.dma, CHANNEL, controller.buffer_physical, size, mode);

    if (result == TR_E_PEER || result == TR_E_STATE || result == TR_E_NOENT) {
        if (result != TR_E_STATE) {
            tru_device_reopen(&controller.dma, BUS_WAIT_NS);
        }
        tru_dma_claim(&controller.dma, CHANNEL);
        result = tru_dma_start(&controller.dma, CHANNEL, controller.buffer_physical, size, mode);
    }
    return result >= 0;
}

void controller_move(const struct controller_transfer *transfer, controller_done *done)
{
    bool is_read = transfer->code != WRITE_DATA;
    const uint8_t bytes[] = {transfer->code,
                             (uint8_t)(transfer->head << 2 | transfer->unit),
                             (uint8_t)transfer->cylinder,
                             (uint8_t)transfer->head,
                             (uint8_t)transfer->sector,
                             2,
                             (uint8_t)transfer->last,
                             0x1b,
                             0xff};

    if (!channel_start((uint64_t)transfer->count * CONTROLLER_SECTOR, is_read)) {
        tru_driver_say("floppy: the DMA channel cannot be had");
        wait_for(WAIT_RESULT, 1, done);
        return;
    }
    command(bytes, sizeof bytes, WAIT_RESULT, UINT64_C(3000000000), done);
}

/* ---- Lines ----------------------------------------------------------------------------------- */

void controller_rate(uint32_t rate)
{
    tr_port_out(RATE, 1, rate);
}

void controller_motor(uint32_t unit, bool is_on)
{
    uint8_t motor = (uint8_t)(DOR_MOTOR << unit);
    uint8_t value = is_on ? controller.dor | motor : controller.dor & (uint8_t)~motor;

    dor_write((uint8_t)((value & 0xfcU) | (is_on ? unit : value & 3U)));
}

bool controller_is_changed(uint32_t unit)
{
    dor_write((uint8_t)((controller.dor & 0xfcU) | unit));
    return (tr_port_in(INPUT, 1) & 0x80) != 0;
}

bool controller_is_protected(uint32_t unit)
{
    uint8_t st3 = 0;

    return send((const uint8_t[]){SENSE_DRIVE, (uint8_t)unit}, 2) && receive(&st3, 1) &&
           (st3 & ST3_PROTECTED) != 0;
}

void controller_pause(uint64_t ns, void (*then)(void))
{
    controller.after_pause = then;
    tr_timer_set((uint64_t)tr_clock() + ns, TIMER_PAUSE);
}

/* ---- Opening --------------------------------------------------------------------------------- */

static bool is_there(void)
{
    uint8_t version = 0;

    dor_write(0);
    dor_write(DOR_RUNS);
    return send((const uint8_t[]){VERSION}, 1) && receive(&version, 1) && version == VERSION_82077;
}

static int64_t channel_open(void)
{
    struct tr_dma memory;
    struct tru_device found;
    int64_t result = tru_device_find(TR_DMA_DEVICE, BUS_WAIT_NS, &found);

    if (result >= 0) {
        result = tru_device_open(TR_DMA_DEVICE, 0, &controller.dma);
    }
    if (result >= 0) {
        result = tru_dma_claim(&controller.dma, CHANNEL);
    }
    if (result >= 0) {
        result =
            tr_dma_allocate(CONTROLLER_BUFFER / TR_PAGE_SIZE, ISA_END, CONTROLLER_BUFFER, &memory);
    }
    if (result >= 0) {
        controller_buffer = (uint8_t *)memory.va;
        controller.buffer_physical = memory.physical;
    }
    return result;
}

int64_t controller_open(bool *exists)
{
    *exists = true;
    int64_t result = tr_port_claim(FIRST_PORT, 6);
    if (result >= 0) {
        result = tr_port_claim(INPUT, 1);
    }
    if (result < 0) {
        return result;
    }
    *exists = is_there();
    if (!*exists) {
        return 0;
    }
    result = channel_open();
    if (result >= 0) {
        result = tru_driver_on_irq(LINE, on_irq, NULL);
    }
    if (result >= 0) {
        result = tru_driver_on_timer(TIMER_ANSWER, on_timeout, NULL);
    }
    return result < 0 ? result : tru_driver_on_timer(TIMER_PAUSE, on_pause, NULL);
}
