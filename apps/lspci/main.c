/* SPDX-License-Identifier: MIT */
/* `lspci`: the functions on the PCI bus, as `d\pci` tells them. */

#include <inttypes.h>
#include <stdio.h>
#include <terrarium.h>
#include <terrarium/device.h>

TR_PROGRAM_ABOUT("lists the functions on the PCI bus");

static const char *class_name(uint32_t class_code)
{
    static const struct {
        uint32_t class_code;
        const char *name;
    } rows[] = {{0x0101, "IDE controller"}, {0x0200, "network controller"},
                {0x0300, "VGA controller"}, {0x0401, "sound controller"},
                {0x0600, "host bridge"},    {0x0601, "ISA bridge"},
                {0x0604, "PCI bridge"},     {0x0680, "bridge"},
                {0x0c03, "USB controller"}};

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].class_code == class_code >> 8) {
            return rows[i].name;
        }
    }
    return "other";
}

static void function_print(const struct tr_pci_function *function)
{
    printf("%02" PRIx32 ":%02" PRIx32 ".%" PRIu32 "  %04" PRIx32 ":%04" PRIx32 "  %s",
           function->address >> 8, function->address >> 3 & 31, function->address & 7,
           function->vendor, function->model, class_name(function->class_code));
    if (function->irq != 0) {
        printf(", line %" PRIu32, function->irq);
    }
    for (int i = 0; i < 6; i++) {
        if (function->regions[i].size != 0) {
            printf(", %s %" PRIx64 "-%" PRIx64, function->regions[i].is_port ? "ports" : "memory",
                   function->regions[i].first,
                   function->regions[i].first + function->regions[i].size - 1);
        }
    }
    printf("\n");
}

int main(void)
{
    struct tru_device pci;
    struct tr_pci_function functions[16];
    uint64_t first = 0;
    int64_t count = tru_device_find(TR_PCI_DEVICE, 0, &pci);

    if (count < 0) {
        printf("lspci: no PCI bus: %s\n", tr_error_text(count));
        return 1;
    }
    while ((count = tru_pci_list(&pci, first, functions, 16)) > 0) {
        for (int64_t i = 0; i < count; i++) {
            function_print(&functions[i]);
        }
        first += (uint64_t)count;
    }
    if (count < 0) {
        printf("lspci: %s\n", tr_error_text(count));
    }
    return count < 0;
}
