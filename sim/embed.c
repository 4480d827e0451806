/* SPDX-License-Identifier: MIT */
/* Looking into the embedded files: the finder, and the commands `list` and `extract`. */

#include "embed.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/command.h"
#include "sim/exit.h"
#include "sim/place.h"
#include "sim/say.h"

const struct sim_embedded *sim_embedded_find(const char *name)
{
    size_t length = strlen(name);
    for (uint64_t i = 0; i < sim_embedded_count; i++) {
        const char *other = sim_embedded_files[i].name;
        if (strncmp(other, name, length) == 0 &&
            (other[length] == '\0' || strcmp(other + length, ".elf") == 0)) {
            return &sim_embedded_files[i];
        }
    }
    return NULL;
}

uint64_t sim_embedded_loadable(const void *bytes, uint64_t size)
{
    Elf64_Ehdr header;
    if (size < sizeof(header) || memcmp(bytes, ELFMAG, SELFMAG) != 0) {
        return size;
    }
    memcpy(&header, bytes, sizeof(header));
    uint64_t end = sizeof(header);
    for (uint64_t i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr segment;
        uint64_t at = header.e_phoff + i * header.e_phentsize;
        if (at > size - sizeof(segment)) {
            return size;
        }
        memcpy(&segment, (const uint8_t *)bytes + at, sizeof(segment));
        uint64_t segment_end = segment.p_offset + segment.p_filesz;
        if (segment.p_type == PT_LOAD && segment_end > end) {
            end = segment_end;
        }
    }
    return end < size ? end : size;
}

static int list(int count, char **words)
{
    if (count > 0) {
        return sim_usage_error(&sim_command_list, "unexpected word \"%s\"", words[0]);
    }
    for (uint64_t i = 0; i < sim_embedded_count; i++) {
        printf("%10llu %s\n", (unsigned long long)sim_embedded_files[i].size,
               sim_embedded_files[i].name);
    }
    return SIM_EXIT_OK;
}

const struct sim_command sim_command_list = {
    .name = "list",
    .usage = "",
    .summary = "lists the files embedded in this binary: size, name",
    .text = "In a boot file such a file is called embedded:NAME.\n",
    .run = list,
};

struct extract_values {
    const char *output;
};

static const struct sim_option extract_options[] = {
    {.name = "output",
     .letter = 'o',
     .kind = SIM_OPTION_TEXT,
     .offset = offsetof(struct extract_values, output),
     .argument = "FILE",
     .help = "where to write it; default: its name in this directory, - is standard output"},
    {.name = NULL},
};

/* What the user has not named is not written over. */
static int write_file(const struct sim_embedded *file, const char *path, bool was_named)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdout : fopen(path, was_named ? "wb" : "wbx");
    if (stream == NULL && !was_named && errno == EEXIST) {
        sim_complain("%s is there already; -o %s writes over it", path, path);
        return SIM_EXIT_FAILED;
    }
    if (stream == NULL) {
        sim_complain("%s: %s", path, strerror(errno));
        return SIM_EXIT_FAILED;
    }
    bool good = fwrite(file->bytes, 1, file->size, stream) == file->size;
    good = (stream == stdout ? fflush(stream) : fclose(stream)) == 0 && good;
    if (!good) {
        sim_complain("%s: %s", path, strerror(errno));
        return SIM_EXIT_FAILED;
    }
    return SIM_EXIT_OK;
}

static int extract(int count, char **words)
{
    struct extract_values values = {NULL};
    int code = sim_options_take(extract_options, &values, false, &count, words);
    if (code != 0) {
        return code;
    }
    if (count != 1) {
        return sim_usage_error(&sim_command_extract, "give the name of one embedded file");
    }
    const struct sim_embedded *file = sim_embedded_find(words[0]);
    if (file == NULL) {
        sim_complain("no embedded file \"%s\"; `terrarium list` names them", words[0]);
        return SIM_EXIT_USAGE;
    }
    bool was_named = values.output != NULL;
    if (was_named && sim_is_own(values.output)) {
        return sim_usage_error(&sim_command_extract, "-o %s: that file belongs to Terrarium",
                               values.output);
    }
    return write_file(file, was_named ? values.output : file->name, was_named);
}

const struct sim_command sim_command_extract = {
    .name = "extract",
    .usage = "NAME [-o FILE]",
    .summary = "writes an embedded file to the host",
    .options = extract_options,
    .run = extract,
};
