/* SPDX-License-Identifier: MIT */
/* `d\dma`: the DMA controllers, for other drivers. A channel belongs to who has claimed it until
 * that gives it back or ends. Nothing here waits: a request is a few registers. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device/dma.h>
#include <terrarium/driver.h>

#include "chip.h"

TR_PROGRAM_ABOUT("driver of the DMA controllers");

#define MODES (TR_DMA_TO_MEMORY | TR_DMA_AUTOMATIC | TR_DMA_DEMAND)

static uint64_t owners[CHIP_CHANNELS]; /* pids; 0: nobody's */

static bool is_channel(uint64_t channel)
{
    return channel < CHIP_CHANNELS && channel != CHIP_CASCADE;
}

/* What is wrong with the request's channel, if it is to be the sender's. */
static int64_t channel_check(const struct tru_driver_request *request)
{
    uint64_t channel = request->head.arguments[0];

    if (!is_channel(channel)) {
        return TR_E_INVAL;
    }
    return owners[channel] == request->sender ? 0 : TR_E_STATE;
}

static void on_claim(struct tru_driver_request *request)
{
    uint64_t channel = request->head.arguments[0];
    int64_t result = 0;

    if (!is_channel(channel)) {
        result = TR_E_INVAL;
    } else if (owners[channel] != 0 && owners[channel] != request->sender) {
        result = TR_E_BUSY;
    } else {
        owners[channel] = request->sender;
    }
    tru_driver_done(request, result);
}

static void channel_release(uint32_t channel)
{
    chip_stop(channel);
    owners[channel] = 0;
}

static void on_release(struct tru_driver_request *request)
{
    int64_t result = channel_check(request);

    if (result == 0) {
        channel_release((uint32_t)request->head.arguments[0]);
    }
    tru_driver_done(request, result);
}

static void on_start(struct tru_driver_request *request)
{
    const uint64_t *arguments = request->head.arguments;
    int64_t result = channel_check(request);

    if (result == 0 && ((arguments[3] & ~MODES) != 0 ||
                        !chip_can_reach((uint32_t)arguments[0], arguments[1], arguments[2]))) {
        result = TR_E_INVAL;
    }
    if (result == 0) {
        chip_start((uint32_t)arguments[0], arguments[1], arguments[2], arguments[3]);
    }
    tru_driver_done(request, result);
}

static void on_stop(struct tru_driver_request *request)
{
    uint32_t channel = (uint32_t)request->head.arguments[0];
    int64_t result = channel_check(request);

    if (result == 0) {
        chip_stop(channel);
        result = (int64_t)chip_left(channel);
    }
    tru_driver_done(request, result);
}

static void on_left(struct tru_driver_request *request)
{
    int64_t result = channel_check(request);

    if (result == 0) {
        result = (int64_t)chip_left((uint32_t)request->head.arguments[0]);
    }
    tru_driver_done(request, result);
}

/* Whoever has gone moves nothing any more. */
static void on_closed(struct tru_driver_device *device, uint64_t pid)
{
    (void)device;
    for (uint32_t channel = 0; channel < CHIP_CHANNELS; channel++) {
        if (owners[channel] == pid) {
            channel_release(channel);
        }
    }
}

static void on_information(struct tru_driver_device *device, void *to)
{
    struct tr_dma_information *information = to;

    (void)device;
    for (uint32_t channel = 0; channel < CHIP_CHANNELS; channel++) {
        information->claimed |= owners[channel] != 0 ? UINT64_C(1) << channel : 0;
    }
}

int main(int argc, char **argv)
{
    static const struct tru_driver_row rows[] = {{TR_DMA_CLAIM, 0, on_claim},
                                                 {TR_DMA_RELEASE, 0, on_release},
                                                 {TR_DMA_START, 0, on_start},
                                                 {TR_DMA_STOP, 0, on_stop},
                                                 {TR_DMA_LEFT, 0, on_left}};
    static struct tru_driver_device device = {.name = TR_DMA_DEVICE,
                                              .type = TR_DEVICE_DMA,
                                              .is_private = true,
                                              .rows = rows,
                                              .row_count = sizeof rows / sizeof rows[0],
                                              .information = on_information,
                                              .information_size = sizeof(struct tr_dma_information),
                                              .closed = on_closed,
                                              .model = "two 8237A",
                                              .driver = "d\\dma"};
    bool exists;

    tru_driver_start(argc, argv);
    int64_t result = chip_open(&exists);
    if (result < 0 || !exists) {
        if (result < 0) {
            tru_driver_say("dma: its ports are another's");
        }
        return result < 0 ? 1 : 0;
    }
    result = tru_driver_add(&device);
    if (result < 0) {
        tru_driver_say("dma: cannot begin: %s", tr_error_text(result));
        return 1;
    }
    return (int)tru_driver_run();
}
