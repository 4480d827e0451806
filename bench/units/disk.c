/* SPDX-License-Identifier: MIT */
/* A disk read from its beginning to its end: a reader, the drivers of bus and disk, the
 * controller's bus master, an image file of the host. */

#include <stdlib.h>
#include <unistd.h>

#include "image_file.h"
#include "units/asked.h"

#define PIECES 8

static void *open_read(uint64_t size)
{
    char path[IMAGE_FILE_PATH];
    const struct rig_config config = {
        .ram_bytes = UINT64_C(64) << 20, .drivers = true, .disk = path};
    const struct request request = {.kind = REQUEST_READS, .count = PIECES, .size = size};
    struct asked *asked = calloc(1, sizeof *asked);

    bench_must(asked != NULL, "calloc");
    close(image_file_make(path));
    asked->rig = rig_create(&config);
    bench_must(unlink(path) == 0, path);
    rig_guests(asked->rig, "pci", "", 1);
    rig_guests(asked->rig, "disk", "", 1);
    asked->guest = rig_guests(asked->rig, "bench_reader", "", 1);
    asked_ready(asked, &request, PIECES);
    return asked;
}

const struct source unit_disk_read = {open_read, asked_batch, asked_close, PIECES};
