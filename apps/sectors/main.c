/* SPDX-License-Identifier: MIT */
/* `sectors`: looks at a disk, floppy or CD-ROM, sector by sector.
 *
 *     sectors DEVICE                        what it is, and what is in it
 *     sectors DEVICE FIRST [COUNT]          a dump
 *     sectors -c DEVICE FIRST COUNT         the check sum, as the host's cksum computes it
 *     sectors -w DEVICE FIRST COUNT TEXT    writes TEXT and the sector's number into each
 *     sectors -e DEVICE     sectors -l DEVICE        gives the medium out, takes it in
 *
 * Writing and ejecting is for servers: start it from a file init.list ("start server sectors …").
 * Waits a few seconds for the device to appear, and -t asks again as long as the driver is away. */

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/text.h>

TR_PROGRAM_ABOUT("looks at a disk, floppy or CD-ROM, sector by sector");

#define WAIT_NS  UINT64_C(3000000000)
#define RETRY_NS UINT64_C(10000000000)
#define PART     32 /* sectors at once */

static int complain(const char *what, int64_t error)
{
    printf("sectors: %s: %s (%s)\n", what, tr_error_text(error), tr_error_name(error));
    return 1;
}

/* ---- What there is --------------------------------------------------------------------------- */

static int show(struct tru_storage *storage)
{
    struct tr_storage_information information;
    uint64_t number;
    int64_t bits = tru_storage_media(storage, &number);
    int64_t sectors = tru_storage_size(storage);
    int64_t result = tru_device_information(&storage->device, &information, sizeof information);

    if (bits < 0 || result < 0) {
        return complain(storage->device.name, bits < 0 ? bits : result);
    }
    printf("%s: %s (%s)\n", storage->device.name, information.device.model,
           information.device.driver);
    if ((bits & TR_STORAGE_PRESENT) == 0) {
        printf("no medium\n");
    } else {
        printf("%" PRId64 " sectors of %" PRIu64 " bytes, medium %" PRIu64 "%s%s\n", sectors,
               information.sector_size, number, (bits & TR_STORAGE_READ_ONLY) ? ", read only" : "",
               (bits & TR_STORAGE_REMOVABLE) ? ", removable" : "");
    }
    return 0;
}

/* ---- Reading --------------------------------------------------------------------------------- */

static void line_print(uint64_t at, const unsigned char *bytes)
{
    printf("%08" PRIx64 " ", at);
    for (int i = 0; i < 16; i++) {
        printf(" %02x", bytes[i]);
    }
    printf("  ");
    for (int i = 0; i < 16; i++) {
        printf("%c", bytes[i] >= 0x20 && bytes[i] < 0x7f ? bytes[i] : '.');
    }
    printf("\n");
}

static void dump(uint64_t at, const unsigned char *bytes, uint64_t size)
{
    for (uint64_t i = 0; i < size; i += 16) {
        line_print(at + i, bytes + i);
    }
}

/* POSIX cksum: a CRC of the bytes and then of their number. */
static uint32_t sum_add(uint32_t sum, unsigned char byte)
{
    sum ^= (uint32_t)byte << 24;
    for (int bit = 0; bit < 8; bit++) {
        sum = sum << 1 ^ ((sum & 0x80000000) != 0 ? 0x04c11db7U : 0);
    }
    return sum;
}

static uint32_t sum_end(uint32_t sum, uint64_t size)
{
    for (; size != 0; size >>= 8) {
        sum = sum_add(sum, (unsigned char)size);
    }
    return ~sum;
}

static int read_all(struct tru_storage *storage, uint64_t first, uint64_t count, bool is_sum)
{
    uint64_t size = storage->sector_size, part = size > 512 ? PART / 4 : PART;
    unsigned char *bytes = malloc(PART * 512);
    uint32_t sum = 0;

    if (bytes == NULL) {
        return complain("no memory", TR_E_NOMEM);
    }
    for (uint64_t done = 0; done < count;) {
        uint64_t now = count - done < part ? count - done : part;
        int64_t result = tru_storage_read(storage, first + done, now, bytes);
        if (result < 0) {
            char text[64];
            snprintf(text, sizeof text, "reading from sector %" PRIu64, first + done);
            free(bytes);
            return complain(text, result);
        }
        if (!is_sum) {
            dump((first + done) * size, bytes, now * size);
        }
        for (uint64_t i = 0; is_sum && i < now * size; i++) {
            sum = sum_add(sum, bytes[i]);
        }
        done += now;
    }
    free(bytes);
    if (is_sum) {
        printf("%" PRIu32 " %" PRIu64 "\n", sum_end(sum, count * size), count * size);
    }
    return 0;
}

/* ---- Writing --------------------------------------------------------------------------------- */

/* The text and the sector's number in each line of 32 bytes. */
static void sector_fill(unsigned char *bytes, uint64_t size, uint64_t number, const char *text)
{
    char line[33];

    for (uint64_t i = 0; i < size; i += 32) {
        snprintf(line, sizeof line, "%-20.20s %10" PRIu64 "\n", text, number);
        memcpy(bytes + i, line, 32);
    }
}

static int write_all(struct tru_storage *storage, uint64_t first, uint64_t count, const char *text)
{
    uint64_t size = storage->sector_size;
    unsigned char *bytes = malloc(PART * size);

    if (bytes == NULL) {
        return complain("no memory", TR_E_NOMEM);
    }
    for (uint64_t done = 0; done < count;) {
        uint64_t now = count - done < PART ? count - done : PART;
        for (uint64_t i = 0; i < now; i++) {
            sector_fill(bytes + i * size, size, first + done + i, text);
        }
        int64_t result = tru_storage_write(storage, first + done, now, bytes);
        if (result < 0) {
            char where[64];
            snprintf(where, sizeof where, "writing from sector %" PRIu64, first + done);
            free(bytes);
            return complain(where, result);
        }
        done += now;
    }
    free(bytes);
    int64_t result = tru_storage_flush(storage);
    if (result < 0) {
        return complain("flushing", result);
    }
    printf("%" PRIu64 " sectors written\n", count);
    return 0;
}

/* ---- The command line ------------------------------------------------------------------------ */

struct order {
    char letter; /* of the option, 0: none */
    bool is_patient;
    const char *device, *text;
    uint64_t first, count;
    bool has_range;
};

static bool order_read(int argc, char **argv, struct order *order)
{
    int at = 1;

    *order = (struct order){.count = 1};
    for (; at < argc && argv[at][0] == '-' && argv[at][1] != '\0'; at++) {
        if (argv[at][1] == 't') {
            order->is_patient = true;
        } else {
            order->letter = argv[at][1];
        }
    }
    if (at >= argc) {
        return false;
    }
    order->device = argv[at++];
    if (at < argc) {
        order->has_range = true;
        order->first = strtoull(argv[at++], NULL, 0);
    }
    if (at < argc) {
        order->count = strtoull(argv[at++], NULL, 0);
    }
    order->text = at < argc ? argv[at++] : "";
    return at == argc && (order->letter == 0 || strchr("cwel", order->letter) != NULL);
}

static int order_follow(struct tru_storage *storage, const struct order *order)
{
    if (order->letter == 'e' || order->letter == 'l') {
        int64_t result = tru_storage_eject(storage, order->letter == 'l');
        return result < 0 ? complain("the medium does not move", result) : 0;
    }
    if (!order->has_range) {
        return show(storage);
    }
    if (order->letter == 'w') {
        return write_all(storage, order->first, order->count, order->text);
    }
    return read_all(storage, order->first, order->count, order->letter == 'c');
}

int main(int argc, char **argv)
{
    struct tru_storage storage;
    struct order order;

    if (!order_read(argc, argv, &order)) {
        tru_text_print(stdout, "usage: sectors [-c|-w|-e|-l] [-t] DEVICE [FIRST [COUNT [TEXT]]]");
        return 2;
    }
    struct tru_device found;
    int64_t result = tru_device_find(order.device, WAIT_NS, &found);
    if (result >= 0) {
        result = tru_storage_open(order.device, 0, &storage);
    }
    if (result < 0) {
        return complain(order.device, result);
    }
    storage.device.retry_ns = order.is_patient ? RETRY_NS : 0;
    int code = order_follow(&storage, &order);
    tru_storage_close(&storage);
    return code;
}
