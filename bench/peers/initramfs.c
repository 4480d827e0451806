/* SPDX-License-Identifier: MIT */
/* Writes the "new ASCII" cpio format (Linux, Documentation/driver-api/early-userspace/
 * buffer-format.rst): a header of hexadecimal fields, the name, the bytes, each to a multiple of 4.
 */

#include "initramfs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
    const char *name;
    unsigned mode, major, minor;
    unsigned long size;
};

static void pad(FILE *archive)
{
    while (ftell(archive) % 4 != 0) {
        fputc(0, archive);
    }
}

static void write_head(FILE *archive, const struct entry *entry)
{
    static unsigned inode = 1;

    fprintf(archive, "070701%08X%08X%08X%08X%08X%08X%08lX", inode++, entry->mode, 0u, 0u, 1u, 0u,
            entry->size);
    fprintf(archive, "%08X%08X%08X%08X%08zX%08X", 0u, 0u, entry->major, entry->minor,
            strlen(entry->name) + 1, 0u);
    fputs(entry->name, archive);
    fputc(0, archive);
    pad(archive);
}

static int write_program(FILE *archive, const struct initramfs_file *file)
{
    static char bytes[65536];
    FILE *source = fopen(file->path, "rb");
    struct stat status;
    size_t got;

    if (source == NULL || fstat(fileno(source), &status) != 0) {
        return 0;
    }
    const struct entry entry = {
        .name = file->name, .mode = S_IFREG | 0755, .size = (unsigned long)status.st_size};
    write_head(archive, &entry);
    while ((got = fread(bytes, 1, sizeof bytes, source)) > 0) {
        (void)fwrite(bytes, 1, got, archive);
    }
    pad(archive);
    return fclose(source) == 0;
}

static int write_all(FILE *archive, const struct initramfs_file *files, int count)
{
    static const struct entry first[] = {
        {.name = "dev", .mode = S_IFDIR | 0755},
        {.name = "dev/console", .mode = S_IFCHR | 0600, .major = 5, .minor = 1}};
    static const struct entry last = {.name = "TRAILER!!!"};
    int good = 1;

    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        write_head(archive, &first[i]);
    }
    for (int i = 0; i < count; i++) {
        good = write_program(archive, &files[i]) && good;
    }
    write_head(archive, &last);
    return good;
}

char *initramfs_write(const struct initramfs_file *files, int count)
{
    char name[] = "/tmp/terrarium-bench-XXXXXX";
    int file = mkstemp(name);
    FILE *archive = file >= 0 ? fdopen(file, "wb") : NULL;

    if (archive == NULL) {
        return NULL;
    }
    int good = write_all(archive, files, count);
    good = !ferror(archive) && good;
    if (fclose(archive) != 0 || !good) {
        (void)unlink(name);
        return NULL;
    }
    return strdup(name);
}
