/* SPDX-License-Identifier: MIT */
/* The list of modules: adding one, bringing its file into memory, the hash of it all. */

#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/embed.h"
#include "sim/say.h"

/* Larger than any program that a simulated machine could hold. */
#define FILE_MAX (UINT64_C(1) << 30)

const char *sim_boot_place(const struct sim_boot *boot, unsigned line, char *text,
                           unsigned long size)
{
    if (line == SIM_LINE_OPTION) {
        return "--program: ";
    }
    snprintf(text, size, "%s:%u: ", boot->origin, line);
    return line != SIM_LINE_EXEC ? text : "";
}

static bool is_of_command_line(unsigned line)
{
    return line == SIM_LINE_OPTION || line == SIM_LINE_EXEC;
}

/* interface.md 2: 1 to 61 bytes of 0x21 to 0x7e without a backslash. */
static bool is_short_name(const char *name)
{
    size_t length = strlen(name);
    if (length == 0 || length > 61) {
        return false;
    }
    for (; *name != '\0'; name++) {
        if (*name < 0x21 || *name > 0x7e || *name == '\\') {
            return false;
        }
    }
    return true;
}

/* "embedded:x" and absolute paths stay; others are relative to the boot file. */
static char *resolve(const struct sim_boot *boot, const char *file, unsigned line)
{
    const char *slash = strrchr(boot->origin, '/');
    char *path = NULL;
    if (is_of_command_line(line) || slash == NULL || file[0] == '/' ||
        strncmp(file, "embedded:", 9) == 0) {
        return strdup(file);
    }
    int length = (int)(slash - boot->origin);
    return asprintf(&path, "%.*s/%s", length, boot->origin, file) < 0 ? NULL : path;
}

static struct sim_module *find_module(const struct sim_boot *boot, const char *name)
{
    for (uint64_t i = 0; i < boot->count; i++) {
        if (strcmp(boot->modules[i].name, name) == 0) {
            return &boot->modules[i];
        }
    }
    return NULL;
}

bool sim_boot_has(const struct sim_boot *boot, const char *name)
{
    return find_module(boot, name) != NULL;
}

/* The command line's file goes before the boot file's. */
static bool replace_file(struct sim_module *module, const char *file, unsigned line)
{
    char *copy = strdup(file);
    if (copy == NULL) {
        sim_complain("no memory for module \"%s\"", module->name);
        return false;
    }
    free(module->file);
    module->file = copy;
    module->line = line;
    return true;
}

bool sim_boot_add(struct sim_boot *boot, const char *name, const char *file, unsigned line)
{
    char text[300];
    const char *place = sim_boot_place(boot, line, text, sizeof(text));
    if (!is_short_name(name)) {
        sim_complain("%s\"%s\": a name is 1 to 61 printable bytes without blank or backslash",
                     place, name);
        return false;
    }
    struct sim_module *other = find_module(boot, name);
    if (other != NULL && is_of_command_line(line)) {
        return replace_file(other, file, line);
    }
    if (other != NULL) {
        sim_complain("%s\"%s\": there is a module of this name already: %s", place, name,
                     other->file);
        return false;
    }
    struct sim_module *modules = realloc(boot->modules, (boot->count + 1) * sizeof(*modules));
    if (modules == NULL) {
        sim_complain("%sno memory for module \"%s\"", place, name);
        return false;
    }
    boot->modules = modules;
    struct sim_module *module = &modules[boot->count++];
    *module =
        (struct sim_module){.name = strdup(name), .file = resolve(boot, file, line), .line = line};
    if (module->name == NULL || module->file == NULL) {
        sim_complain("%sno memory for module \"%s\"", place, name);
        return false;
    }
    return true;
}

static void free_module(struct sim_module *module)
{
    if (module->is_mapped) {
        munmap((void *)(uintptr_t)module->image, module->size);
    }
    free(module->name);
    free(module->file);
    free(module->argument);
}

bool sim_boot_add_bytes(struct sim_boot *boot, const char *name, const char *bytes, size_t size)
{
    if (size == 0) {
        return true;
    }
    if (!sim_boot_add(boot, name, name, SIM_LINE_EXEC)) {
        return false;
    }
    struct sim_module *module = find_module(boot, name);
    module->image = bytes;
    module->size = size;
    return true;
}

/* Maps a host file. The image is a private copy: the host may change the file meanwhile. */
static bool load_host_file(struct sim_module *module, const char **why)
{
    int fd = open(module->file, O_RDONLY | O_CLOEXEC);
    struct stat status;
    *why = NULL;
    if (fd < 0 || fstat(fd, &status) != 0) {
        *why = strerror(errno);
    } else if (!S_ISREG(status.st_mode)) {
        *why = "not a regular file";
    } else if (status.st_size == 0) {
        *why = "the file is empty; a program image was expected";
    } else if ((uint64_t)status.st_size > FILE_MAX) {
        *why = "larger than 1 GiB; a program image was expected";
    } else {
        void *image = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (image == MAP_FAILED) {
            *why = strerror(errno);
        } else {
            module->image = image;
            module->size = (uint64_t)status.st_size;
            module->path = module->file;
            module->is_mapped = true;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
    return *why == NULL;
}

static bool load_module(struct sim_module *module, const char **why)
{
    if (module->image != NULL) {
        return true;
    }
    if (strncmp(module->file, "embedded:", 9) != 0) {
        return load_host_file(module, why);
    }
    const struct sim_embedded *file = sim_embedded_find(module->file + 9);
    if (file == NULL) {
        *why = "no such embedded file; `terrarium list` names them";
        return false;
    }
    module->image = file->bytes;
    module->size = file->size;
    return true;
}

bool sim_boot_load(struct sim_boot *boot)
{
    for (uint64_t i = 0; i < boot->count; i++) {
        struct sim_module *module = &boot->modules[i];
        const char *why;
        if (!load_module(module, &why)) {
            char place[300];
            sim_complain("%s\"%s\": %s", sim_boot_place(boot, module->line, place, sizeof(place)),
                         module->file, why);
            return false;
        }
    }
    return true;
}

uint64_t sim_boot_hash(const struct sim_boot *boot)
{
    uint64_t hash = SIM_HASH_START;
    for (uint64_t i = 0; i < boot->count; i++) {
        const struct sim_module *module = &boot->modules[i];
        const char *argument = module->argument != NULL ? module->argument : "";
        hash = sim_hash(hash, module->start ? "\1" : "\0", 1);
        hash = sim_hash(hash, module->name, strlen(module->name) + 1);
        hash = sim_hash(hash, argument, strlen(argument) + 1);
        hash = sim_hash(hash, &module->size, sizeof(module->size));
        hash = sim_hash(hash, module->image, module->size);
    }
    return hash;
}

void sim_boot_free(struct sim_boot *boot)
{
    for (uint64_t i = 0; i < boot->count; i++) {
        free_module(&boot->modules[i]);
    }
    free(boot->modules);
    sim_hardware_free(&boot->hardware);
    boot->modules = NULL;
    boot->count = 0;
}
