/* SPDX-License-Identifier: MIT */
/* The trace writer. */

#include "trace_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "sim/boot.h"
#include "sim/say.h"
#include "sim/write.h"

static void write_all(struct sim_trace *trace, const void *bytes, size_t size)
{
    if (trace->fd >= 0 && !trace->failed && !sim_write(trace->fd, bytes, size)) {
        sim_complain("%s: %s; the trace ends here", trace->path,
                     errno == EINTR ? "nobody reads it" : strerror(errno));
        trace->failed = true;
    }
}

static void flush(struct sim_trace *trace)
{
    size_t size = trace->held * sizeof(trace->records[0]);
    trace->hash = sim_hash(trace->hash, trace->records, size);
    write_all(trace, trace->records, size);
    trace->held = 0;
}

bool sim_trace_open(struct sim_trace *trace, const char *path, uint64_t seed, uint64_t image_hash)
{
    trace->fd = -1;
    trace->path = path;
    trace->hash = SIM_HASH_START;
    trace->count = 0;
    trace->failed = false;
    trace->held = 0;
    if (path == NULL) {
        return true;
    }
    trace->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (trace->fd < 0) {
        sim_complain("--trace %s: %s", path, strerror(errno));
        return false;
    }
    struct tr_trace_header header = {
        .magic = TR_TRACE_MAGIC,
        .record_size = sizeof(struct tr_trace_record),
        .seed = seed,
        .image_hash = image_hash,
    };
    write_all(trace, &header, sizeof(header));
    return !trace->failed;
}

void sim_trace_record(struct sim_trace *trace, const struct tr_trace_record *record)
{
    trace->records[trace->held++] = *record;
    trace->count++;
    if (trace->held == SIM_TRACE_BUFFER) {
        flush(trace);
    }
}

bool sim_trace_close(struct sim_trace *trace)
{
    flush(trace);
    if (trace->fd >= 0 && close(trace->fd) != 0 && !trace->failed) {
        sim_complain("%s: %s", trace->path, strerror(errno));
        trace->failed = true;
    }
    trace->fd = -1;
    return !trace->failed;
}
