/* SPDX-License-Identifier: MIT */
/* Finding hardware. */

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <terrarium.h>
#include <terrarium/device.h>

#include "child.h"
#include "detect.h"
#include "module.h"
#include "say.h"

#define LIST_NAME      "init.drivers"
#define BLANKS         " \t"
#define FUNCTIONS_MOST 32

/* The bus first: drivers of ISA devices may ask it too. A driver that uses another comes later. */
static const char default_list[] = "probe pci\n"
                                   "probe clock\n"
                                   "probe keyboard\n"
                                   "probe mouse\n"
                                   "probe serial\n"
                                   "probe dma\n"
                                   "probe floppy\n"
                                   "probe sound\n"
                                   "probe disk\n"
                                   "pci 0300 video\n";

/* A line of the list. */
struct rule {
    bool is_pci;
    uint32_t class_code; /* of PCI: class << 8 | subclass */
    const char *program, *argument;
};

static struct tr_pci_function functions[FUNCTIONS_MOST];
static uint64_t function_count;

static bool bus_has(uint32_t class_code)
{
    for (uint64_t i = 0; i < function_count; i++) {
        if (functions[i].class_code >> 8 == class_code) {
            return true;
        }
    }
    return false;
}

/* Takes a line, which it changes, apart. False: it makes no sense. */
static bool rule_read(char *line, struct rule *rule)
{
    char *rest;
    const char *how = strtok_r(line, BLANKS, &rest);

    *rule = (struct rule){.is_pci = strcmp(how, "pci") == 0};
    if (rule->is_pci) {
        char *end = NULL;
        const char *code = strtok_r(NULL, BLANKS, &rest);
        rule->class_code = code != NULL ? (uint32_t)strtoul(code, &end, 16) : 0;
        if (code == NULL || end - code != 4 || *end != '\0') {
            return false;
        }
    } else if (strcmp(how, "probe") != 0) {
        return false;
    }
    rule->program = strtok_r(NULL, BLANKS, &rest);
    rule->argument = rest;
    return rule->program != NULL;
}

static void rule_follow(const struct rule *rule, bool is_bus)
{
    if (rule->is_pci != is_bus || (is_bus && !bus_has(rule->class_code)) ||
        module_find(rule->program) == NULL || child_exists(rule->program)) {
        return;
    }
    struct child_plan plan = {.kind = CHILD_DRIVER,
                              .process_class = TR_DRIVER,
                              .program = rule->program,
                              .argument = rule->argument,
                              .argument_size = strlen(rule->argument)};
    int64_t pid = child_start(&plan);
    if (pid < 0) {
        say("the driver %s cannot be started: %s", rule->program, tr_error_text(pid));
    }
}

static void line_follow(char *line, int number, bool is_bus)
{
    struct rule rule;

    line[strcspn(line, "#")] = '\0';
    if (line[strspn(line, BLANKS)] == '\0') {
        return;
    }
    if (rule_read(line, &rule)) {
        rule_follow(&rule, is_bus);
    } else if (!is_bus) {
        say("%s, line %d: expected probe PROGRAM or pci CLASS PROGRAM", LIST_NAME, number);
    }
}

/* Follows the rules that ask the bus, or the others. */
static void list_follow(bool is_bus)
{
    const struct tr_boot_module *module = module_find(LIST_NAME);
    struct tru_lines lines;
    char *text = module_lines(module, default_list, &lines);

    if (text == NULL) {
        say("no memory for the list of drivers");
        return;
    }
    for (char *line; (line = tru_lines_next(&lines)) != NULL;) {
        if (!lines.has_zero) {
            line_follow(line, lines.number, is_bus);
        } else if (!is_bus) {
            say("%s, line %d: a zero byte", LIST_NAME, lines.number);
        }
    }
    free(text);
}

void detect_start(void)
{
    list_follow(false);
    tr_device_watch(TR_PCI_DEVICE, 0);
}

void detect_bus(void)
{
    struct tru_device pci;
    int64_t count = tru_device_find(TR_PCI_DEVICE, 0, &pci);

    function_count = 0;
    while (count >= 0 && function_count < FUNCTIONS_MOST) {
        count = tru_pci_list(&pci, function_count, &functions[function_count],
                             FUNCTIONS_MOST - function_count);
        if (count <= 0) {
            break;
        }
        function_count += (uint64_t)count;
    }
    if (count < 0) {
        /* NOENT: a function's device has come before the bus's. */
        if (count != TR_E_NOENT) {
            say("the PCI bus does not answer: %s", tr_error_text(count));
        }
        return;
    }
    list_follow(true);
}
