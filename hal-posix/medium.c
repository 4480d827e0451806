/* SPDX-License-Identifier: MIT */
/* Image files. With copy on write, changed sectors live in blocks of memory beside the file.
 *
 * SIM: an error of the host's file system is a bad sector for the system. */

#include "medium.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"

#define BLOCK 128 /* sectors that are copied together */

struct bad_range {
    uint64_t first, count;
    bool is_bad; /* the later of two that overlap counts */
};

struct medium {
    struct machine *machine;
    int file;
    uint32_t sector_size;
    uint64_t sectors;
    bool is_read_only, has_failed;
    uint8_t **copies; /* by block, NULL: as in the file; only with copy on write */
    struct bad_range *ranges;
    size_t range_count;
};

/* ---- The file ------------------------------------------------------------------------------- */

static void *refuse(struct machine *machine, const char *what, const char *path, const char *why)
{
    host_warn(machine, "%s: %s: %s", what, path, why);
    return NULL;
}

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

struct medium *medium_open(struct machine *machine, const char *what,
                           const struct posix_medium *image, uint32_t sector_size)
{
    const char *why;
    int file = file_open(image, &why);
    if (file < 0) {
        return refuse(machine, what, image->path, why);
    }
    off_t size = lseek(file, 0, SEEK_END);
    uint64_t sectors = size < 0 ? 0 : (uint64_t)size / sector_size;
    struct medium *medium = calloc(1, sizeof *medium);
    bool is_copied = image->mode == POSIX_MEDIUM_COPY;
    uint8_t **copies = is_copied ? calloc(sectors / BLOCK + 1, sizeof *copies) : NULL;
    if (sectors == 0 || medium == NULL || (is_copied && copies == NULL)) {
        free(copies);
        free(medium);
        close(file);
        return refuse(machine, what, image->path,
                      sectors == 0 ? "smaller than a sector" : "no memory");
    }
    *medium = (struct medium){.machine = machine,
                              .file = file,
                              .sector_size = sector_size,
                              .sectors = sectors,
                              .is_read_only = image->mode == POSIX_MEDIUM_READ_ONLY,
                              .copies = copies};
    return medium;
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

static bool file_read(struct medium *medium, uint64_t sector, uint64_t count, uint8_t *bytes)
{
    size_t left = count * medium->sector_size;
    off_t at = (off_t)(sector * medium->sector_size);
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

/* One sector by one call: the host does it whole, whenever the simulator is stopped. */
static bool file_write(struct medium *medium, uint64_t sector, const uint8_t *bytes)
{
    ssize_t done;
    do {
        errno = 0;
        done =
            pwrite(medium->file, bytes, medium->sector_size, (off_t)(sector * medium->sector_size));
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
