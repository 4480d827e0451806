/* SPDX-License-Identifier: MIT */
/* Image files. With copy on write, changed sectors live in blocks of memory beside the file.
 *
 * SIM: an error of the host's file system is a bad sector for the system. */

#include "medium.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"

#define BLOCK 128 /* sectors that are copied together */

/* Of a CD's sectors with all that is around them. */
#define RAW_SECTOR  2352U
#define RAW_DATA    2048U
#define RAW_HEAD    16 /* pattern, address, mode */
#define RAW_SUBHEAD 8  /* of mode 2 */

struct bad_range {
    uint64_t first, count;
    bool is_bad; /* the later of two that overlap counts */
};

struct medium {
    struct machine *machine;
    int file;
    uint32_t sector_size;
    uint32_t stride, offset; /* in the file: from one sector to the next, of the bytes in it */
    uint64_t sectors;
    bool is_read_only, has_failed;
    uint8_t **copies; /* by block, NULL: as in the file; only with copy on write */
    struct bad_range *ranges;
    size_t range_count;
};

/* ---- The file ------------------------------------------------------------------------------- */

static int file_open(const struct posix_medium *image, const char **why)
{
    bool is_written = image->mode == POSIX_MEDIUM_WRITE;
    struct stat status;
    int file = open(image->path, (is_written ? O_RDWR : O_RDONLY) | O_CLOEXEC);
    if (file < 0) {
        *why = is_written && (errno == EACCES || errno == EROFS)
                   ? "it cannot be written (FILE,ro or FILE,cow leave it alone)"
                   : strerror(errno);
        return -1;
    }
    *why = NULL;
    if (fstat(file, &status) < 0 || S_ISDIR(status.st_mode)) {
        *why = "not a file with an image";
    } else if (flock(file, (is_written ? LOCK_EX : LOCK_SH) | LOCK_NB) < 0) {
        *why = "in use by another machine (,ro and ,cow share it, but not with one that writes)";
    }
    if (*why != NULL) {
        close(file);
        return -1;
    }
    return file;
}

/* ---- What the file holds --------------------------------------------------------------------- */

/* Sectors as a CD has them begin with a pattern of twelve bytes, an address and a mode (ECMA-130).
 */
static bool has_pattern(int file, uint64_t at, uint8_t head[RAW_HEAD])
{
    static const uint8_t pattern[12] = {0x00, 0xff, 0xff, 0xff, 0xff, 0xff,
                                        0xff, 0xff, 0xff, 0xff, 0xff, 0x00};
    return pread(file, head, RAW_HEAD, (off_t)at) == RAW_HEAD &&
           memcmp(head, pattern, sizeof pattern) == 0;
}

/* Where sectors lie in the file. False: *why they cannot be read. */
static bool layout_find(struct medium *medium, uint64_t size, const char **why)
{
    uint8_t head[RAW_HEAD];
    medium->stride = medium->sector_size;
    if (medium->sector_size == RAW_DATA && has_pattern(medium->file, 0, head)) {
        uint8_t mode = head[RAW_HEAD - 1];
        medium->stride = RAW_SECTOR;
        medium->offset = mode == 1 ? RAW_HEAD : RAW_HEAD + RAW_SUBHEAD;
        if (mode != 1 && mode != 2) {
            *why = "a raw image of a CD whose first sector holds no data";
        } else if (size >= 2 * RAW_SECTOR && !has_pattern(medium->file, RAW_SECTOR, head)) {
            *why = "a raw image of a CD whose sectors are not 2352 bytes long";
        }
    }
    medium->sectors = size / medium->stride;
    if (medium->sectors == 0) {
        *why = "smaller than a sector";
    }
    return *why == NULL;
}

/* A medium of an open file. NULL: *why not. */
static struct medium *medium_make(const struct posix_medium *image, int file, uint64_t size,
                                  uint32_t sector_size, const char **why)
{
    struct medium *medium = calloc(1, sizeof *medium);
    if (medium == NULL) {
        *why = "no memory";
        return NULL;
    }
    *medium = (struct medium){.file = file,
                              .sector_size = sector_size,
                              .is_read_only = image->mode == POSIX_MEDIUM_READ_ONLY};
    if (layout_find(medium, size, why) && image->mode == POSIX_MEDIUM_COPY) {
        medium->copies = calloc(medium->sectors / BLOCK + 1, sizeof *medium->copies);
        *why = medium->copies == NULL ? "no memory" : NULL;
    }
    if (*why != NULL) {
        free(medium);
        return NULL;
    }
    return medium;
}

struct medium *medium_open(const char *what, const struct posix_medium *image, uint32_t sector_size,
                           char text[MEDIUM_TEXT])
{
    const char *why = NULL;
    struct medium *medium = NULL;
    text[0] = '\0';
    int file = file_open(image, &why);
    off_t end = file < 0 ? 0 : lseek(file, 0, SEEK_END);
    uint64_t size = end < 0 ? 0 : (uint64_t)end;
    if (file >= 0) {
        medium = medium_make(image, file, size, sector_size, &why);
    }
    if (medium == NULL) {
        snprintf(text, MEDIUM_TEXT, "%s: %s: %s", what, image->path, why);
        if (file >= 0) {
            close(file);
        }
    } else if (size % medium->stride != 0) {
        snprintf(text, MEDIUM_TEXT,
                 "%s: %s: its last %" PRIu64 " bytes are no whole sector and are left out", what,
                 image->path, size % medium->stride);
    }
    return medium;
}

void medium_attach(struct medium *medium, struct machine *machine)
{
    if (medium != NULL) {
        medium->machine = machine;
    }
}

void medium_close(struct medium *medium)
{
    if (medium == NULL) {
        return;
    }
    for (uint64_t i = 0; medium->copies != NULL && i <= medium->sectors / BLOCK; i++) {
        free(medium->copies[i]);
    }
    free(medium->copies);
    free(medium->ranges);
    close(medium->file);
    free(medium);
}

uint64_t medium_sectors(const struct medium *medium)
{
    return medium->sectors;
}

bool medium_is_read_only(const struct medium *medium)
{
    return medium->is_read_only;
}

static bool failed(struct medium *medium, const char *verb)
{
    if (!medium->has_failed) {
        medium->has_failed = true;
        host_warn(medium->machine, "an image cannot be %s: %s", verb,
                  errno == 0 ? "it has become shorter" : strerror(errno));
    }
    return false;
}

static off_t place_of(const struct medium *medium, uint64_t sector)
{
    return (off_t)(sector * medium->stride + medium->offset);
}

static bool file_read_at(struct medium *medium, off_t at, size_t left, uint8_t *bytes)
{
    while (left > 0) {
        errno = 0;
        ssize_t done = pread(medium->file, bytes, left, at);
        if (done <= 0 && errno != EINTR) {
            return failed(medium, "read");
        }
        done = done < 0 ? 0 : done;
        bytes += done;
        at += done;
        left -= (size_t)done;
    }
    return true;
}

static bool file_read(struct medium *medium, uint64_t sector, uint64_t count, uint8_t *bytes)
{
    size_t size = medium->sector_size;
    if (medium->stride == size) {
        return file_read_at(medium, place_of(medium, sector), count * size, bytes);
    }
    for (uint64_t i = 0; i < count; i++) {
        if (!file_read_at(medium, place_of(medium, sector + i), size, bytes + i * size)) {
            return false;
        }
    }
    return true;
}

/* One sector by one call: the host does it whole, whenever the simulator is stopped. */
static bool file_write(struct medium *medium, uint64_t sector, const uint8_t *bytes)
{
    ssize_t done;
    do {
        errno = 0;
        done = pwrite(medium->file, bytes, medium->sector_size, place_of(medium, sector));
    } while (done < 0 && errno == EINTR);
    return done == (ssize_t)medium->sector_size || failed(medium, "written");
}

bool medium_flush(struct medium *medium)
{
    if (medium->copies != NULL || medium->is_read_only) {
        return true;
    }
    return fdatasync(medium->file) == 0 || errno == EINVAL || failed(medium, "brought to its disk");
}

/* ---- Copies --------------------------------------------------------------------------------- */

/* Where a sector is, if not in the file. */
static uint8_t *copy_of(const struct medium *medium, uint64_t sector)
{
    uint8_t *block = medium->copies == NULL ? NULL : medium->copies[sector / BLOCK];
    return block == NULL ? NULL : block + sector % BLOCK * medium->sector_size;
}

/* Copies the block of a sector. False: no memory, or the file cannot be read. */
static bool copy_make(struct medium *medium, uint64_t sector)
{
    uint64_t first = sector / BLOCK * BLOCK, left = medium->sectors - first;
    uint8_t *block = malloc((size_t)BLOCK * medium->sector_size);
    if (block == NULL || !file_read(medium, first, left < BLOCK ? left : BLOCK, block)) {
        free(block);
        return false;
    }
    medium->copies[sector / BLOCK] = block;
    return true;
}

/* ---- Sectors -------------------------------------------------------------------------------- */

static bool is_bad_sector(const struct medium *medium, uint64_t sector)
{
    for (size_t i = medium->range_count; i > 0; i--) {
        const struct bad_range *range = &medium->ranges[i - 1];
        if (sector >= range->first && sector - range->first < range->count) {
            return range->is_bad;
        }
    }
    return false;
}

static uint64_t good_from(const struct medium *medium, uint64_t first, uint64_t count)
{
    uint64_t good = 0;
    if (medium->range_count == 0) {
        return count;
    }
    while (good < count && !is_bad_sector(medium, first + good)) {
        good++;
    }
    return good;
}

bool medium_bad(struct medium *medium, uint64_t first, uint64_t count, bool is_bad)
{
    if (first >= medium->sectors || count > medium->sectors - first) {
        return false;
    }
    struct bad_range *ranges =
        realloc(medium->ranges, (medium->range_count + 1) * sizeof *medium->ranges);
    if (ranges == NULL) {
        return false;
    }
    medium->ranges = ranges;
    ranges[medium->range_count++] = (struct bad_range){first, count, is_bad};
    return true;
}

static bool sector_read(struct medium *medium, uint64_t sector, uint8_t *bytes)
{
    const uint8_t *copy = copy_of(medium, sector);
    if (copy == NULL) {
        return file_read(medium, sector, 1, bytes);
    }
    memcpy(bytes, copy, medium->sector_size);
    return true;
}

uint64_t medium_read(struct medium *medium, uint64_t first, uint64_t count, void *bytes)
{
    uint64_t good = good_from(medium, first, count), done = 0;
    if (medium->copies == NULL && file_read(medium, first, good, bytes)) {
        return good;
    }
    while (done < good &&
           sector_read(medium, first + done, (uint8_t *)bytes + done * medium->sector_size)) {
        done++;
    }
    return done;
}

static bool sector_write(struct medium *medium, uint64_t sector, const uint8_t *bytes)
{
    if (medium->copies == NULL) {
        return file_write(medium, sector, bytes);
    }
    if (copy_of(medium, sector) == NULL && !copy_make(medium, sector)) {
        return false;
    }
    memcpy(copy_of(medium, sector), bytes, medium->sector_size);
    return true;
}

uint64_t medium_write(struct medium *medium, uint64_t first, uint64_t count, const void *bytes)
{
    uint64_t good = medium->is_read_only ? 0 : good_from(medium, first, count), done = 0;
    while (done < good && sector_write(medium, first + done,
                                       (const uint8_t *)bytes + done * medium->sector_size)) {
        done++;
    }
    return done;
}
