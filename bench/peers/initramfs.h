/* SPDX-License-Identifier: MIT */
#pragma once

/* The file system that a Linux kernel starts with, as an archive: a console, and programs. */

struct initramfs_file {
    const char *name; /* in the archive, without a slash before it */
    const char *path; /* of the host */
};

/* Writes a temporary file and gives its name (to be unlinked and freed by the caller), or NULL. */
char *initramfs_write(const struct initramfs_file *files, int count);
