/* SPDX-License-Identifier: MIT */
#pragma once

/* Devices, from the side of who uses them. The way: open the device by its name, ask its type, use
 * the functions of that type.
 *
 *     struct tru_device keyboard;
 *     if (tru_device_open(TR_INPUT_KEYBOARD_DEVICE, 0, &keyboard) == 0) {
 *         tru_input_subscribe(&keyboard, MY_TAG);
 *         …
 *     }
 *
 * Every function returns a value >= 0 or a TR_E_*. All wait for the answer, `timeout_ns` at most
 * (TR_E_TIMEDOUT), but the *_send ones: those return at once, and the answer comes as a message
 * event with their cookie (tru_device_is_answer, tru_device_take).
 *
 * TR_E_PEER: the driver has ended. With `retry_ns` not 0 the functions wait up to so long for a new
 * driver of the device, open it again and repeat what can be asked twice without harm; other
 * requests still give TR_E_PEER, but the device is open again. */

#include <stdbool.h>
#include <stdint.h>
#include <terrarium/device/clock.h>
#include <terrarium/device/device.h>
#include <terrarium/device/dma.h>
#include <terrarium/device/input.h>
#include <terrarium/device/pci.h>
#include <terrarium/device/serial.h>
#include <terrarium/device/sound.h>
#include <terrarium/device/storage.h>
#include <terrarium/device/video.h>

#define TRU_DEVICE_TIMEOUT_NS UINT64_C(10000000000)

/* timeout_ns and retry_ns may be changed. */
struct tru_device {
    uint64_t id, driver; /* of the object; pid */
    uint32_t type, open_flags;
    bool is_open;
    uint64_t timeout_ns, retry_ns;
    char name[TR_NAME_MAX];
};

/* Finds a device, waiting up to `timeout` for it to appear, without opening it. TR_E_NOENT: it did
 * not, or this class may not see it. */
int64_t tru_device_find(const char *name, uint64_t timeout, struct tru_device *device);

/* Finds and opens a device; flags TR_EXCLUSIVE. */
int64_t tru_device_open(const char *name, uint32_t flags, struct tru_device *device);
int64_t tru_device_close(struct tru_device *device);

/* After TR_E_PEER: finds the device again, with its new driver, and opens it if it was open. */
int64_t tru_device_reopen(struct tru_device *device, uint64_t timeout);

int64_t tru_device_type(struct tru_device *device);
int64_t tru_device_initialise(struct tru_device *device);

/* Fills `information`, a structure tr_TYPE_information; what the driver does not know is 0. */
int64_t tru_device_information(struct tru_device *device, void *information, uint64_t size);

/* Any request. `answer` gets what stands behind the reply, at most `capacity` bytes (TR_E_TOOBIG if
 * there are more); `answer_size` says how many came. */
struct tru_device_request {
    uint32_t operation, flags;
    uint64_t arguments[4];
    const void *bytes;
    uint64_t size;
    void *answer;
    uint64_t capacity, answer_size;
    bool is_repeatable; /* may be asked twice without harm */
};
int64_t tru_device_request(struct tru_device *device, struct tru_device_request *request);

/* The same without waiting; `answer`, `capacity` and `retry_ns` are not used. */
int64_t tru_device_send(const struct tru_device *device, const struct tru_device_request *request,
                        uint64_t cookie);
bool tru_device_is_answer(const struct tru_device *device, const struct tr_event *event,
                          uint64_t cookie);
/* Reads the answer of such an event: returns its result, the bytes behind it as above. */
int64_t tru_device_take(const struct tr_event *event, void *answer, uint64_t capacity,
                        uint64_t *answer_size);

/* ---- Storage -------------------------------------------------------------------------------- */

struct tru_storage {
    struct tru_device device;
    uint64_t sectors, sector_size, sectors_most;
    uint64_t shared, shared_driver; /* attached, 0 none; to this driver */
    unsigned char *buffer;
    uint64_t buffer_size;
};

int64_t tru_storage_open(const char *name, uint32_t flags, struct tru_storage *storage);
int64_t tru_storage_close(struct tru_storage *storage);

/* Gets shared memory of at least `size` bytes from the driver and leaves its address in `buffer`:
 * transfers that lie in it go straight there, in one request up to `sectors_most`. Others go by
 * messages, in pieces of at most TR_DEVICE_BODY_MAX bytes; after the driver's death so do those in
 * the buffer, whose bytes stay, until this is called again. */
int64_t tru_storage_buffer(struct tru_storage *storage, uint64_t size);

/* Sectors moved, fewer than `count` never: an error then. After one some may have moved. */
int64_t tru_storage_read(struct tru_storage *storage, uint64_t first, uint64_t count, void *to);
int64_t tru_storage_write(struct tru_storage *storage, uint64_t first, uint64_t count,
                          const void *from);
int64_t tru_storage_read_send(const struct tru_storage *storage, uint64_t first, uint64_t count,
                              uint64_t cookie);
int64_t tru_storage_write_send(const struct tru_storage *storage, uint64_t first, uint64_t count,
                               const void *from, uint64_t cookie);
int64_t tru_storage_size(struct tru_storage *storage);
int64_t tru_storage_flush(struct tru_storage *storage);
int64_t tru_storage_media(struct tru_storage *storage, uint64_t *number);
int64_t tru_storage_eject(struct tru_storage *storage, bool is_load);

/* ---- Sound ---------------------------------------------------------------------------------- */

int64_t tru_sound_format(struct tru_device *sound, uint32_t rate, uint32_t channels, uint32_t bits);
/* The id of a pipe, joined: samples are written there with tr_pipe_write; tr_pipe_release says that
 * there are no more. */
int64_t tru_sound_play(struct tru_device *sound);
int64_t tru_sound_stop(struct tru_device *sound);
int64_t tru_sound_drain(struct tru_device *sound);
int64_t tru_sound_volume(struct tru_device *sound, uint64_t left, uint64_t right);

/* ---- Video ---------------------------------------------------------------------------------- */

int64_t tru_video_modes(struct tru_device *video, uint64_t first, struct tr_video_mode *modes,
                        uint64_t most);
int64_t tru_video_mode(struct tru_device *video, uint32_t number);
/* The mode of this size and depth is found and set. NOENT: there is none. */
int64_t tru_video_mode_of(struct tru_device *video, uint32_t width, uint32_t height, uint32_t bits);
/* Joins the frame buffer; its address comes in *pixels. */
int64_t tru_video_frame(struct tru_device *video, struct tr_video_frame *frame, void **pixels);
int64_t tru_video_palette(struct tru_device *video, uint32_t first, const uint32_t *colours,
                          uint64_t count);
int64_t tru_video_text(struct tru_device *video, uint32_t row, uint32_t column, uint32_t attribute,
                       const char *text);
int64_t tru_video_clear(struct tru_device *video, uint32_t attribute);
int64_t tru_video_cursor(struct tru_device *video, uint32_t row, uint32_t column, bool is_hidden);

/* ---- Input ---------------------------------------------------------------------------------- */

/* From now on events come as message events with this cookie (not 0). */
int64_t tru_input_subscribe(struct tru_device *input, uint64_t cookie);
int64_t tru_input_unsubscribe(struct tru_device *input);
/* Reads the events of such a message; how many. */
int64_t tru_input_take(const struct tr_event *event, struct tr_input_event *events, uint64_t most);
int64_t tru_input_lights(struct tru_device *input, uint64_t lights);
int64_t tru_input_repeat(struct tru_device *input, uint64_t delay_ns, uint64_t period_ns);
int64_t tru_input_layout(struct tru_device *input, const char *name);
int64_t tru_input_state(struct tru_device *input);

/* ---- Clock ---------------------------------------------------------------------------------- */

int64_t tru_clock_read(struct tru_device *clock, struct tr_clock_time *time);
int64_t tru_clock_set(struct tru_device *clock, const struct tr_clock_time *time);
int64_t tru_clock_alarm_send(const struct tru_device *clock, uint32_t hour, uint32_t minute,
                             uint32_t second, uint64_t cookie);
int64_t tru_clock_memory(struct tru_device *clock, uint32_t first, void *to, uint64_t count);

/* ---- Serial --------------------------------------------------------------------------------- */

int64_t tru_serial_line(struct tru_device *serial, uint64_t baud, uint32_t bits, uint32_t parity,
                        uint32_t stop_bits);
int64_t tru_serial_write(struct tru_device *serial, const void *bytes, uint64_t size);
/* Waits for at least one byte, `timeout_ns` of the device at most. */
int64_t tru_serial_read(struct tru_device *serial, void *bytes, uint64_t most);
/* Two pipes, joined: what is written to *out is sent, what is received can be read from *in. */
int64_t tru_serial_stream(struct tru_device *serial, uint64_t *out, uint64_t *in);

/* ---- PCI ------------------------------------------------------------------------------------ */

int64_t tru_pci_list(struct tru_device *pci, uint64_t first, struct tr_pci_function *functions,
                     uint64_t most);
int64_t tru_pci_read(struct tru_device *pci, uint32_t address, uint32_t at, uint32_t width);
int64_t tru_pci_write(struct tru_device *pci, uint32_t address, uint32_t at, uint32_t width,
                      uint32_t value);

/* ---- DMA ------------------------------------------------------------------------------------ */

int64_t tru_dma_claim(struct tru_device *dma, uint32_t channel);
int64_t tru_dma_release(struct tru_device *dma, uint32_t channel);
int64_t tru_dma_start(struct tru_device *dma, uint32_t channel, uint64_t physical, uint64_t size,
                      uint64_t mode);
int64_t tru_dma_stop(struct tru_device *dma, uint32_t channel);
int64_t tru_dma_left(struct tru_device *dma, uint32_t channel);
