/* SPDX-License-Identifier: MIT */
/* `fat`: files on a disk or floppy that a PC or mkfs.fat has written.
 *
 *     fat DEVICE           the root directory
 *     fat DEVICE FILE      the contents of one of its files
 *
 * An example of a program that uses a storage device: it reads sectors, nothing else. It knows
 * FAT12 and FAT16 (Microsoft FAT specification, 2004) and the root directory with short names. When
 * the medium is changed in between, or its driver ends, it says so and ends with 1. */

#include <ctype.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>
#include <terrarium/text.h>

TR_PROGRAM_ABOUT("lists and shows files of a disk or floppy of a PC");

#define SECTOR     512
#define ENTRY      32
#define WAIT_NS    UINT64_C(3000000000)
#define FAT12_MOST 4085 /* clusters; with more it is FAT16 */

/* Where things lie, in sectors. */
struct volume {
    struct tru_storage storage;
    uint32_t cluster_sectors, fat_first, fat_sectors, root_first, root_entries, data_first;
    uint32_t clusters;
    unsigned char *fat;
};

struct file {
    char name[13];
    uint32_t first, size;
    bool is_directory;
};

static int complain(const char *what, int64_t error)
{
    printf("fat: %s: %s\n", what,
           error == TR_E_BUSY ? "the medium was changed meanwhile, or another holds it; ask again"
                              : tr_error_text(error));
    return 1;
}

static uint32_t number(const unsigned char *bytes, uint32_t size)
{
    uint32_t value = 0;

    for (uint32_t i = size; i > 0; i--) {
        value = value << 8 | bytes[i - 1];
    }
    return value;
}

static uint32_t root_sectors(const struct volume *volume)
{
    return (volume->root_entries * ENTRY + SECTOR - 1) / SECTOR;
}

/* Takes the boot sector apart. False: this is no such volume. */
static bool boot_read(struct volume *volume, const unsigned char *boot)
{
    uint32_t reserved = number(boot + 14, 2), fats = boot[16];
    uint32_t all = number(boot + 19, 2) != 0 ? number(boot + 19, 2) : number(boot + 32, 4);

    volume->cluster_sectors = boot[13];
    volume->fat_first = reserved;
    volume->fat_sectors = number(boot + 22, 2);
    volume->root_entries = number(boot + 17, 2);
    volume->root_first = reserved + fats * volume->fat_sectors;
    volume->data_first = volume->root_first + root_sectors(volume);
    if (boot[510] != 0x55 || boot[511] != 0xaa || number(boot + 11, 2) != SECTOR ||
        volume->cluster_sectors == 0 || volume->fat_sectors == 0 || volume->root_entries == 0 ||
        all < volume->data_first) {
        return false;
    }
    volume->clusters = (all - volume->data_first) / volume->cluster_sectors;
    return true;
}

/* *why: what is wrong where the result is TR_E_INVAL. */
static int64_t volume_open(struct volume *volume, const char *device, const char **why)
{
    unsigned char boot[SECTOR];
    struct tru_device found;
    int64_t result = tru_device_find(device, WAIT_NS, &found);

    if (result >= 0) {
        result = tru_storage_open(device, 0, &volume->storage);
    }
    if (result >= 0 && volume->storage.sector_size != SECTOR) {
        *why = "its sectors are not 512 bytes long, as those of FAT volumes are";
        return TR_E_INVAL;
    }
    if (result >= 0) {
        result = tru_storage_read(&volume->storage, 0, 1, boot);
    }
    if (result < 0) {
        return result;
    }
    if (!boot_read(volume, boot)) {
        *why = "it holds no FAT12 or FAT16 volume";
        return TR_E_INVAL;
    }
    volume->fat = malloc((size_t)volume->fat_sectors * SECTOR);
    return volume->fat == NULL ? TR_E_NOMEM
                               : tru_storage_read(&volume->storage, volume->fat_first,
                                                  volume->fat_sectors, volume->fat);
}

/* The cluster behind this one; beyond the last there is none. */
static uint32_t cluster_next(const struct volume *volume, uint32_t cluster)
{
    uint32_t size = volume->fat_sectors * SECTOR;

    bool is_wide = volume->clusters >= FAT12_MOST;
    if ((is_wide ? 2 * cluster : cluster + cluster / 2) + 2 > size) {
        return 0; /* the boot sector has promised more than there is */
    }
    if (is_wide) {
        return number(volume->fat + (size_t)cluster * 2, 2);
    }
    uint32_t pair = number(volume->fat + cluster + cluster / 2, 2);
    return cluster % 2 != 0 ? pair >> 4 : pair & 0xfff;
}

/* ---- The directory --------------------------------------------------------------------------- */

static bool entry_read(const unsigned char *entry, struct file *file)
{
    size_t length = 0;

    if (entry[0] == 0xe5 || (entry[11] & 8) != 0) {
        return false; /* deleted, a label, a part of a long name */
    }
    for (int i = 0; i < 11; i++) {
        if (i == 8 && entry[8] != ' ') {
            file->name[length++] = '.';
        }
        if (entry[i] != ' ') {
            file->name[length++] = (char)entry[i];
        }
    }
    file->name[length] = '\0';
    file->is_directory = (entry[11] & 16) != 0;
    file->first = number(entry + 26, 2);
    file->size = number(entry + 28, 4);
    return true;
}

/* Calls `see` for each entry until it says true. */
static int64_t directory_walk(struct volume *volume, bool (*see)(struct file *file, void *user),
                              void *user)
{
    unsigned char sector[SECTOR];

    for (uint32_t i = 0; i < root_sectors(volume); i++) {
        int64_t result = tru_storage_read(&volume->storage, volume->root_first + i, 1, sector);
        if (result < 0) {
            return result;
        }
        for (uint32_t at = 0; at < SECTOR; at += ENTRY) {
            struct file file;
            if (sector[at] == 0) {
                return 0;
            }
            if (entry_read(sector + at, &file) && see(&file, user)) {
                return 1;
            }
        }
    }
    return 0;
}

static bool line_print(struct file *file, void *user)
{
    (void)user;
    printf("%10" PRIu32 "  %s%s\n", file->size, file->name, file->is_directory ? "\\" : "");
    return false;
}

static bool name_matches(struct file *file, void *user)
{
    struct file *wanted = user;

    if (strcasecmp(file->name, wanted->name) != 0) {
        return false;
    }
    *wanted = *file;
    return true;
}

/* ---- A file ---------------------------------------------------------------------------------- */

static int file_print(struct volume *volume, const struct file *file)
{
    uint32_t size = volume->cluster_sectors * SECTOR, left = file->size, cluster = file->first;
    unsigned char *bytes = malloc(size);

    if (bytes == NULL) {
        return complain(file->name, TR_E_NOMEM);
    }
    while (left > 0) {
        uint32_t now = left < size ? left : size;
        if (cluster < 2 || cluster - 2 >= volume->clusters) {
            free(bytes);
            return complain("its chain of clusters is broken", TR_E_INVAL);
        }
        uint64_t first = volume->data_first + (uint64_t)(cluster - 2) * volume->cluster_sectors;
        int64_t result = tru_storage_read(&volume->storage, first, volume->cluster_sectors, bytes);
        if (result < 0) {
            free(bytes);
            return complain(file->name, result);
        }
        fwrite(bytes, 1, now, stdout);
        left -= now;
        cluster = cluster_next(volume, cluster);
    }
    free(bytes);
    return 0;
}

static int file_find(struct volume *volume, const char *name)
{
    struct file file = {0};

    snprintf(file.name, sizeof file.name, "%s", name);
    int64_t result = directory_walk(volume, name_matches, &file);
    if (result == 1 && file.is_directory) {
        printf("fat: %s: it is a directory; files of the root directory are all that is read\n",
               name);
        return 1;
    }
    if (result == 1) {
        return file_print(volume, &file);
    }
    return complain(name, result < 0 ? result : TR_E_NOENT);
}

int main(int argc, char **argv)
{
    struct volume volume = {0};

    if (argc < 2 || argc > 3) {
        tru_text_print(stdout, "usage: fat DEVICE [FILE]");
        return 2;
    }
    const char *why = NULL;
    int64_t result = volume_open(&volume, argv[1], &why);
    if (result < 0 && why != NULL) {
        printf("fat: %s: %s\n", argv[1], why);
        return 1;
    }
    if (result < 0) {
        return complain(argv[1], result);
    }
    int code = 0;
    if (argc == 3) {
        code = file_find(&volume, argv[2]);
    } else {
        result = directory_walk(&volume, line_print, NULL);
        code = result < 0 ? complain(argv[1], result) : 0;
    }
    tru_storage_close(&volume.storage);
    free(volume.fat);
    return code;
}
