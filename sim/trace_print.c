/* SPDX-License-Identifier: MIT */
/* `terrarium trace FILE`: a binary trace as lines for people, as JSON, as its hash or as a
 * summary. */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium/trace.h>
#include <terrarium/types.h>

#include "sim/boot.h"
#include "sim/command.h"
#include "sim/exit.h"
#include "sim/names.h"
#include "sim/say.h"

struct values {
    bool json, hash, summary;
    uint64_t pid;
    bool has_pid;
    const char *kind;
};

static const struct sim_option options[] = {
    {.name = "json",
     .kind = SIM_OPTION_SET,
     .offset = offsetof(struct values, json),
     .help = "one JSON object a line: the record's fields by name"},
    {.name = "hash",
     .kind = SIM_OPTION_SET,
     .offset = offsetof(struct values, hash),
     .help = "only the 64-bit FNV-1a hash of all records: equal runs, equal hashes"},
    {.name = "summary",
     .kind = SIM_OPTION_SET,
     .offset = offsetof(struct values, summary),
     .help = "only counts: by kind of record, by call, by process"},
    {.name = "pid",
     .kind = SIM_OPTION_NUMBER,
     .offset = offsetof(struct values, pid),
     .given = offsetof(struct values, has_pid),
     .argument = "PID",
     .help = "only records of this process"},
    {.name = "kind",
     .kind = SIM_OPTION_TEXT,
     .offset = offsetof(struct values, kind),
     .argument = "KIND",
     .help = "only records of this kind: call, result, switch, wake, interrupt, fault, spawn, "
             "end, event or stop"},
    {.name = NULL},
};

#define PROCESS_LIMIT 4096

struct summary {
    uint64_t kinds[TR_TRACE_STOP + 1], calls[TR_CALL_LIMIT], errors[TR_CALL_LIMIT];
    uint64_t processes[PROCESS_LIMIT], others, last;
};

struct reader {
    const struct values *values;
    FILE *stream;
    const char *path;
    struct tr_trace_header header;
    struct summary *summary;
    uint64_t hash, count;
};

static void print_call(const struct tr_trace_record *record)
{
    const struct sim_call *call = sim_call(record->a);
    if (call == NULL) {
        printf("call %" PRIu64 "? (no such call)", record->a);
        return;
    }
    const uint64_t words[] = {record->b, record->c, record->d};
    printf("%s(", call->name);
    for (unsigned i = 0; i < call->words; i++) {
        if (i == 3) {
            printf(", ...");
            break;
        }
        bool number = call->types[i][0] == 'u' || call->types[i][0] == 'i';
        printf("%s%s ", i == 0 ? "" : ", ", call->parameters[i]);
        if (words[i] == TR_FOREVER && number) {
            printf("%s", call->types[i][0] == 'u' ? "FOREVER" : "-1");
        } else {
            printf(number ? "%" PRIu64 : "@%" PRIx64, words[i]);
        }
    }
    printf(")");
}

static void print_result(const struct tr_trace_record *record)
{
    const struct sim_call *call = sim_call(record->a);
    int64_t result = (int64_t)record->b;
    printf("%s = ", call != NULL ? call->name : "?");
    if (result < 0) {
        printf("%s", sim_error_name(result));
    } else {
        printf("%" PRId64, result);
    }
}

static const char *manner(uint64_t flag)
{
    return flag == TR_EVENT_EXITED    ? "exited"
           : flag == TR_EVENT_KILLED  ? "killed"
           : flag == TR_EVENT_FAULTED ? "faulted"
                                      : "ended";
}

static void print_what(const struct tr_trace_record *record)
{
    switch (record->kind) {
    case TR_TRACE_CALL:
        print_call(record);
        break;
    case TR_TRACE_RESULT:
        print_result(record);
        break;
    case TR_TRACE_SWITCH:
        if (record->a == 0) {
            printf("-> idle (%s)", sim_switch_name(record->b));
        } else {
            printf("-> thread %" PRIu64 " (%s)", record->a, sim_switch_name(record->b));
        }
        break;
    case TR_TRACE_WAKE:
        printf("thread %" PRIu64 " wakes (%s)", record->a, sim_wait_name(record->b));
        break;
    case TR_TRACE_INTERRUPT:
        printf("interrupt %" PRIu64, record->a);
        break;
    case TR_TRACE_FAULT:
        printf("fault: %s at @%" PRIx64 ", instruction @%" PRIx64, sim_fault_name(record->a),
               record->b, record->c);
        break;
    case TR_TRACE_SPAWN:
        printf("process %" PRIu64 " begins: %s, child of %" PRIu64, record->a,
               sim_class_name(record->b), record->c);
        break;
    case TR_TRACE_END:
        printf("process %" PRIu64 " %s, code %" PRId64, record->a, manner(record->c),
               (int64_t)record->b);
        break;
    case TR_TRACE_EVENT:
        printf("event %s to process %" PRIu64 ", object %" PRIu64, sim_event_name(record->b),
               record->a, record->c);
        break;
    case TR_TRACE_STOP:
        printf("%s, code %" PRIu64, record->a == TR_STOP_HALT ? "halt" : "reboot", record->b);
        break;
    default:
        printf("kind %" PRIu32 "? %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, record->kind,
               record->a, record->b, record->c, record->d);
        break;
    }
}

static void print_line(const struct tr_trace_record *record)
{
    printf("%5" PRIu64 ".%09" PRIu64 " %4" PRIu64 ":%-4" PRIu64 " ", record->time / 1000000000,
           record->time % 1000000000, record->pid, record->tid);
    print_what(record);
    printf("\n");
}

static void print_json(const struct tr_trace_record *record)
{
    printf("{\"time\":%" PRIu64 ",\"kind\":\"%s\",\"cpu\":%" PRIu32 ",\"pid\":%" PRIu64
           ",\"tid\":%" PRIu64 ",\"a\":%" PRIu64 ",\"b\":%" PRIu64 ",\"c\":%" PRIu64
           ",\"d\":%" PRIu64,
           record->time, sim_trace_kind_name(record->kind), record->cpu, record->pid, record->tid,
           record->a, record->b, record->c, record->d);
    if (record->kind == TR_TRACE_CALL || record->kind == TR_TRACE_RESULT) {
        const struct sim_call *call = sim_call(record->a);
        printf(",\"call\":\"%s\"", call != NULL ? call->name : "?");
    }
    if (record->kind == TR_TRACE_RESULT && (int64_t)record->b < 0) {
        printf(",\"error\":\"%s\"", sim_error_name((int64_t)record->b));
    }
    printf("}\n");
}

static void count(struct summary *summary, const struct tr_trace_record *record)
{
    summary->last = record->time;
    if (record->kind <= TR_TRACE_STOP) {
        summary->kinds[record->kind]++;
    }
    if (record->pid < PROCESS_LIMIT) {
        summary->processes[record->pid]++;
    } else {
        summary->others++;
    }
    if (record->kind == TR_TRACE_CALL && record->a < TR_CALL_LIMIT) {
        summary->calls[record->a]++;
    }
    if (record->kind == TR_TRACE_RESULT && record->a < TR_CALL_LIMIT && (int64_t)record->b < 0) {
        summary->errors[record->a]++;
    }
}

static void print_summary(const struct reader *reader)
{
    const struct summary *summary = reader->summary;
    printf("records   %" PRIu64 "\nhash      %016" PRIx64 "\nseed      %" PRIu64
           "\nimages    %016" PRIx64 "\nlasts     %" PRIu64 ".%09" PRIu64 " s\n\nby kind\n",
           reader->count, reader->hash, reader->header.seed, reader->header.image_hash,
           summary->last / 1000000000, summary->last % 1000000000);
    for (uint64_t i = 1; i <= TR_TRACE_STOP; i++) {
        if (summary->kinds[i] != 0) {
            printf("%10" PRIu64 " %s\n", summary->kinds[i], sim_trace_kind_name(i));
        }
    }
    printf("\nby call (of which failed)\n");
    for (uint64_t i = 0; i < TR_CALL_LIMIT; i++) {
        const struct sim_call *call = sim_call(i);
        if (summary->calls[i] != 0) {
            printf("%10" PRIu64 " %s (%" PRIu64 ")\n", summary->calls[i],
                   call != NULL ? call->name : "?", summary->errors[i]);
        }
    }
    printf("\nby process\n");
    for (uint64_t i = 0; i < PROCESS_LIMIT; i++) {
        if (summary->processes[i] != 0) {
            printf("%10" PRIu64 " pid %" PRIu64 "\n", summary->processes[i], i);
        }
    }
    if (summary->others != 0) {
        printf("%10" PRIu64 " pids from %d on\n", summary->others, PROCESS_LIMIT);
    }
}

static void take(struct reader *reader, const struct tr_trace_record *record)
{
    const struct values *values = reader->values;
    reader->hash = sim_hash(reader->hash, record, sizeof(*record));
    reader->count++;
    if (values->summary) {
        count(reader->summary, record);
        return;
    }
    if (values->hash || (values->has_pid && values->pid != record->pid) ||
        (values->kind != NULL && strcmp(values->kind, sim_trace_kind_name(record->kind)) != 0)) {
        return;
    }
    if (values->json) {
        print_json(record);
    } else {
        print_line(record);
    }
}

static int read_header(struct reader *reader)
{
    size_t got = fread(&reader->header, 1, sizeof(reader->header), reader->stream);
    if (ferror(reader->stream)) {
        sim_complain("%s: %s", reader->path, strerror(errno));
        return SIM_EXIT_USAGE;
    }
    if (got < sizeof(reader->header) || reader->header.magic != TR_TRACE_MAGIC) {
        sim_complain("%s: not a trace of Terrarium (it would begin with \"ETRTRAC1\")",
                     reader->path);
        return SIM_EXIT_USAGE;
    }
    if (reader->header.record_size != sizeof(struct tr_trace_record)) {
        sim_complain("%s: records of %" PRIu64 " bytes; this program knows those of %zu",
                     reader->path, reader->header.record_size, sizeof(struct tr_trace_record));
        return SIM_EXIT_USAGE;
    }
    return 0;
}

static int read_records(struct reader *reader)
{
    struct tr_trace_record record;
    size_t got;
    while ((got = fread(&record, 1, sizeof(record), reader->stream)) == sizeof(record)) {
        take(reader, &record);
    }
    if (ferror(reader->stream)) {
        sim_complain("%s: %s", reader->path, strerror(errno));
        return SIM_EXIT_FAILED;
    }
    if (got != 0) {
        sim_complain("%s: the last record is cut off after %zu of %zu bytes", reader->path, got,
                     sizeof(record));
        return SIM_EXIT_USAGE;
    }
    return 0;
}

static int print(struct reader *reader)
{
    int code = read_header(reader);
    if (code == 0) {
        code = read_records(reader);
    }
    if (code == 0 && reader->values->summary) {
        print_summary(reader);
    } else if (code == 0 && reader->values->hash) {
        printf("%016" PRIx64 "\n", reader->hash);
    }
    return code;
}

static bool is_kind(const char *name)
{
    for (uint64_t i = 1; i <= TR_TRACE_STOP; i++) {
        if (strcmp(name, sim_trace_kind_name(i)) == 0) {
            return true;
        }
    }
    return false;
}

static int run(int count_of_words, char **words)
{
    struct values values = {.json = false};
    int code = sim_options_take(options, &values, false, &count_of_words, words);
    if (code != 0) {
        return code;
    }
    if (count_of_words != 1) {
        return sim_usage_error(&sim_command_trace, "give one trace file");
    }
    if (values.kind != NULL && !is_kind(values.kind)) {
        return sim_usage_error(&sim_command_trace, "--kind: no kind \"%s\"", values.kind);
    }
    struct reader reader = {.values = &values, .path = words[0], .hash = SIM_HASH_START};
    bool is_input = strcmp(words[0], "-") == 0;
    reader.stream = is_input ? stdin : fopen(words[0], "rb");
    if (reader.stream == NULL) {
        sim_complain("%s: %s", words[0], strerror(errno));
        return SIM_EXIT_USAGE;
    }
    reader.summary = calloc(1, sizeof(*reader.summary));
    code = reader.summary != NULL ? print(&reader) : SIM_EXIT_HOST;
    free(reader.summary);
    if (!is_input) {
        fclose(reader.stream);
    }
    return code;
}

const struct sim_command sim_command_trace = {
    .name = "trace",
    .usage = "FILE [options]",
    .summary = "prints a trace that `terrarium run --trace FILE` wrote",
    .text = "A line is: time in seconds, pid:tid of the thread that ran, what happened. Addresses\n"
            "(@...) are relative to the process's window. FILE - is standard input. The binary\n"
            "layout is in terrarium/trace.h. After a reboot the time starts at 0 again.\n",
    .options = options,
    .run = run,
};
