/* SPDX-License-Identifier: MIT */
/* Calls of kit processes: C functions of the host that run as processes of the machine. */

#include "machine.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fiber.h"
#include "place.h"

int64_t posix_kit_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                       uint64_t f)
{
    if (!posix_is_inside()) {
        fprintf(stderr, "terrarium: call %llu was made outside of a process of a running machine\n",
                (unsigned long long)number);
        abort();
    }
    struct machine *machine = gate_machine;
    void *save = NULL;
    fiber_leaves_kit(machine, &save);
    int64_t result = ghost_caller(machine)(number, a, b, c, d, e, f);
    fiber_enters_kit(machine, save);
    return result;
}

/* The file that an address was loaded from. */
struct search {
    uint64_t ip, bias;
    const char *path;
};

static int object_look(struct dl_phdr_info *object, size_t size, void *user)
{
    struct search *search = user;
    (void)size;
    for (uint32_t i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type == PT_LOAD &&
            search->ip - object->dlpi_addr - part->p_vaddr < part->p_memsz) {
            search->bias = object->dlpi_addr;
            search->path = object->dlpi_name[0] != '\0' ? object->dlpi_name : "/proc/self/exe";
            return 1;
        }
    }
    return 0;
}

bool posix_place(uint64_t ip, char *text, size_t size)
{
    struct search search = {.ip = ip};
    struct stat status;
    bool found = false;
    int file =
        dl_iterate_phdr(object_look, &search) != 0 ? open(search.path, O_RDONLY | O_CLOEXEC) : -1;
    if (file < 0) {
        return false;
    }
    if (fstat(file, &status) == 0 && status.st_size > 0) {
        size_t length = (size_t)status.st_size;
        void *bytes = mmap(NULL, length, PROT_READ, MAP_PRIVATE, file, 0);
        if (bytes != MAP_FAILED) {
            found = place_in_image(bytes, length, ip - search.bias, text, size);
            munmap(bytes, length);
        }
    }
    close(file);
    return found;
}
