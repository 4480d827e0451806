/* SPDX-License-Identifier: MIT */
/* Storage, for its clients. */

#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

int64_t tru_storage_open(const char *name, uint32_t flags, struct tru_storage *storage)
{
    struct tr_storage_information information;

    *storage = (struct tru_storage){0};
    int64_t result = tru_device_open(name, flags, &storage->device);
    if (result < 0) {
        return result;
    }
    result = storage->device.type == TR_DEVICE_STORAGE
                 ? tru_device_information(&storage->device, &information, sizeof information)
                 : TR_E_INVAL;
    if (result < 0) {
        tru_device_close(&storage->device);
        return result;
    }
    storage->sectors = information.sectors;
    storage->sector_size = information.sector_size;
    storage->sectors_most = information.sectors_most;
    return 0;
}

int64_t tru_storage_close(struct tru_storage *storage)
{
    if (storage->shared != 0) {
        tr_shared_release(storage->shared);
        storage->shared = 0;
    }
    return tru_device_close(&storage->device);
}

int64_t tru_storage_buffer(struct tru_storage *storage, uint64_t size)
{
    uint64_t pages = (size + TR_PAGE_SIZE - 1) / TR_PAGE_SIZE;
    uint64_t va = 0;
    struct tr_device_member member = {0};
    struct tru_device_request request = {.operation = TR_DEVICE_OPERATION_ATTACH,
                                         .arguments = {pages},
                                         .answer = &member,
                                         .capacity = sizeof member};

    if (storage->shared != 0 && storage->shared_driver == storage->device.driver) {
        return TR_E_EXIST;
    }
    if (storage->shared != 0) {
        tr_shared_release(storage->shared);
        storage->shared = 0;
    }
    int64_t result = tru_device_request(&storage->device, &request);
    if (result >= 0) {
        result = tr_shared_join(member.id, member.key, 0, TR_READ | TR_WRITE, &va);
    }
    if (result < 0) {
        return result;
    }
    storage->shared = member.id;
    storage->shared_driver = storage->device.driver;
    storage->buffer = (unsigned char *)va;
    storage->buffer_size = pages * TR_PAGE_SIZE;
    return 0;
}

static bool is_in_buffer(const struct tru_storage *storage, const unsigned char *bytes,
                         uint64_t size)
{
    return storage->shared != 0 && storage->shared_driver == storage->device.driver &&
           bytes >= storage->buffer &&
           (uint64_t)(bytes - storage->buffer) <= storage->buffer_size &&
           size <= storage->buffer_size - (uint64_t)(bytes - storage->buffer);
}

/* A transfer of one request: reads into `bytes`, or writes them. */
static int64_t piece_move(struct tru_storage *storage, uint32_t operation, uint64_t first,
                          uint64_t count, unsigned char *bytes)
{
    uint64_t size = count * storage->sector_size;
    struct tru_device_request request = {
        .operation = operation, .arguments = {first, count}, .is_repeatable = true};

    if (is_in_buffer(storage, bytes, size)) {
        request.flags = TR_DEVICE_SHARED;
        request.arguments[2] = storage->shared;
        request.arguments[3] = (uint64_t)(bytes - storage->buffer);
        /* A new driver has not joined the memory. */
        request.is_repeatable = false;
    } else if (operation == TR_STORAGE_READ) {
        request.answer = bytes;
        request.capacity = size;
    } else {
        request.bytes = bytes;
        request.size = size;
    }
    int64_t result = tru_device_request(&storage->device, &request);
    return result < 0 || result == (int64_t)count ? result : TR_E_PEER;
}

/* How many of these sectors one request may move. */
static uint64_t piece_sectors(const struct tru_storage *storage, const unsigned char *bytes,
                              uint64_t count)
{
    uint64_t most = TR_DEVICE_BODY_MAX / storage->sector_size;

    if (is_in_buffer(storage, bytes, count * storage->sector_size)) {
        most = storage->sectors_most;
    }
    most = most < storage->sectors_most ? most : storage->sectors_most;
    return count < most ? count : most;
}

static int64_t storage_move(struct tru_storage *storage, uint32_t operation, uint64_t first,
                            uint64_t count, unsigned char *bytes)
{
    if (storage->sector_size == 0 || count > UINT64_MAX / storage->sector_size) {
        return TR_E_INVAL;
    }
    for (uint64_t done = 0; done < count;) {
        unsigned char *here = bytes + done * storage->sector_size;
        uint64_t part = piece_sectors(storage, here, count - done);
        uint64_t driver = storage->device.driver;
        int64_t result = piece_move(storage, operation, first + done, part, here);
        /* A new driver has been found, which does not know the buffer: again, by messages. */
        if (result == TR_E_PEER && storage->device.driver != driver) {
            continue;
        }
        if (result <= 0) {
            return result < 0 ? result : TR_E_INVAL;
        }
        done += part;
    }
    return (int64_t)count;
}

int64_t tru_storage_read(struct tru_storage *storage, uint64_t first, uint64_t count, void *to)
{
    return storage_move(storage, TR_STORAGE_READ, first, count, to);
}

int64_t tru_storage_write(struct tru_storage *storage, uint64_t first, uint64_t count,
                          const void *from)
{
    return storage_move(storage, TR_STORAGE_WRITE, first, count, (unsigned char *)from);
}

int64_t tru_storage_read_send(const struct tru_storage *storage, uint64_t first, uint64_t count,
                              uint64_t cookie)
{
    struct tru_device_request request = {.operation = TR_STORAGE_READ, .arguments = {first, count}};

    return tru_device_send(&storage->device, &request, cookie);
}

int64_t tru_storage_write_send(const struct tru_storage *storage, uint64_t first, uint64_t count,
                               const void *from, uint64_t cookie)
{
    struct tru_device_request request = {.operation = TR_STORAGE_WRITE,
                                         .arguments = {first, count},
                                         .bytes = from,
                                         .size = count * storage->sector_size};

    if (request.size > TR_DEVICE_BODY_MAX) {
        return TR_E_TOOBIG;
    }
    return tru_device_send(&storage->device, &request, cookie);
}

int64_t tru_storage_size(struct tru_storage *storage)
{
    struct tru_device_request request = {.operation = TR_STORAGE_SIZE, .is_repeatable = true};
    int64_t result = tru_device_request(&storage->device, &request);

    if (result >= 0) {
        storage->sectors = (uint64_t)result;
    }
    return result;
}

int64_t tru_storage_flush(struct tru_storage *storage)
{
    struct tru_device_request request = {.operation = TR_STORAGE_FLUSH, .is_repeatable = true};

    return tru_device_request(&storage->device, &request);
}

int64_t tru_storage_media(struct tru_storage *storage, uint64_t *number)
{
    uint64_t known = 0;
    struct tru_device_request request = {.operation = TR_STORAGE_MEDIA,
                                         .answer = &known,
                                         .capacity = sizeof known,
                                         .is_repeatable = true};
    int64_t result = tru_device_request(&storage->device, &request);

    if (number != NULL) {
        *number = known;
    }
    return result;
}

int64_t tru_storage_eject(struct tru_storage *storage, bool is_load)
{
    struct tru_device_request request = {.operation = TR_STORAGE_EJECT, .arguments = {is_load}};

    return tru_device_request(&storage->device, &request);
}
