/* SPDX-License-Identifier: MIT */
/* interface.md 13: faults. They need an address space of their own, so most run only as programs;
 * kit processes are C functions of the host. */

#include "check.h"

const char check_section[] = "faults";

static const int constant = 5;

/* The peer must end FAULTED with this cause. */
static void expect(int64_t (*function)(uint64_t), uint64_t word, enum tr_fault cause, int line)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "faulty", function, word);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, line);
    if (event.object != pid || event.flags != TR_EVENT_FAULTED || event.source_pid != 0) {
        check_failed(line, event.flags);
    }
    if (event.size != (uint64_t)cause) {
        check_failed(line, (int64_t)event.size);
    }
}

static int64_t reads_at(uint64_t address)
{
    return *(volatile uint8_t *)(uintptr_t)address;
}

static int64_t writes_at(uint64_t address)
{
    *(volatile uint8_t *)(uintptr_t)address = 1;
    return 0;
}

static int64_t jumps_to(uint64_t address)
{
    return ((int64_t(*)(void))(uintptr_t)address)();
}

static uint64_t highest(void)
{
    struct tr_process_info info;

    CHECK(tr_process_self(&info) > 0);
    return info.highest;
}

static void nothing_mapped_is_a_page_fault(void)
{
    expect(reads_at, 0, TR_FAULT_PAGE, __LINE__);
    expect(writes_at, 8, TR_FAULT_PAGE, __LINE__);
    expect(reads_at, UINT64_C(0x4ffdeadbe000), TR_FAULT_PAGE, __LINE__);
    expect(reads_at, UINT64_MAX, TR_FAULT_PAGE, __LINE__);
    expect(writes_at, UINT64_C(1) << 63, TR_FAULT_PAGE, __LINE__);
}

static int64_t writes_above(uint64_t unused)
{
    (void)unused;
    return writes_at(highest() + 8);
}

static void beyond_the_own_space_is_a_page_fault(void)
{
    expect(writes_above, 0, TR_FAULT_PAGE, __LINE__);
}

static int64_t recurses(uint64_t depth)
{
    volatile char space[1000];

    space[depth % sizeof space] = 1;
    return depth == UINT64_MAX ? 0 : recurses(depth + 1) + space[0];
}

static void stack_overflow_is_a_page_fault(void)
{
    expect(recurses, 0, TR_FAULT_PAGE, __LINE__);
}

static void a_jump_out_of_range_is_a_page_fault(void)
{
    expect(jumps_to, 0, TR_FAULT_PAGE, __LINE__);
    expect(jumps_to, UINT64_C(0x4ff456789000), TR_FAULT_PAGE, __LINE__);
}

static int64_t writes_text(uint64_t unused)
{
    (void)unused;
    return writes_at(CHECK_WORD(jumps_to));
}

static int64_t writes_constant(uint64_t unused)
{
    (void)unused;
    return writes_at(CHECK_WORD(&constant));
}

static int64_t writes_ghost(uint64_t unused)
{
    (void)unused;
    return writes_at((uint64_t)tr_symbol_find("tr_process_self"));
}

static void writes_to_text_rodata_and_ghosts_are_protection_faults(void)
{
    expect(writes_text, 0, TR_FAULT_PROTECTION, __LINE__);
    expect(writes_constant, 0, TR_FAULT_PROTECTION, __LINE__);
    expect(writes_ghost, 0, TR_FAULT_PROTECTION, __LINE__);
}

static uint64_t ghost_page(void)
{
    uint64_t ghost = (uint64_t)tr_symbol_find("tr_process_self");

    return ghost - ghost % TR_PAGE_SIZE;
}

static int64_t writes_before_ghosts(uint64_t unused)
{
    (void)unused;
    return writes_at(ghost_page() - 8);
}

static void what_is_the_machines_own_is_nothing_mapped(void)
{
    CHECK(reads_at(ghost_page()) >= 0);
    expect(writes_at, check_host_text(), TR_FAULT_PAGE, __LINE__);
    expect(writes_before_ghosts, 0, TR_FAULT_PAGE, __LINE__);
}

/* 4.9: the next one has nothing of it. */
static int64_t reads_with_its_own_pointer(uint64_t address)
{
    uint64_t block[2] = {(uint64_t)(uintptr_t)block, 0};
    int64_t result = tr_thread_pointer(block[0]);

    CHECK(result == 0 || result == TR_E_NOSYS);
    return reads_at(address);
}

static void a_thread_with_its_own_pointer_faults_as_any(void)
{
    for (int i = 0; i < 3; i++) {
        expect(reads_with_its_own_pointer, 8, TR_FAULT_PAGE, __LINE__);
        expect(reads_at, 8, TR_FAULT_PAGE, __LINE__);
    }
}

static int64_t executes_stack(uint64_t unused)
{
    volatile uint8_t code[16] = {0xc3};

    (void)unused;
    return jumps_to(CHECK_WORD(code));
}

static int64_t executes_heap(uint64_t unused)
{
    int64_t va = tr_memory_allocate(1, 0, TR_READ | TR_WRITE);

    (void)unused;
    *(volatile uint8_t *)(uintptr_t)va = 0xc3;
    return jumps_to((uint64_t)va);
}

static void executing_data_is_a_protection_fault(void)
{
    expect(executes_stack, 0, TR_FAULT_PROTECTION, __LINE__);
    expect(executes_heap, 0, TR_FAULT_PROTECTION, __LINE__);
}

static int64_t illegal(uint64_t unused)
{
    (void)unused;
    __builtin_trap();
}

static void an_illegal_instruction_is_that(void)
{
    expect(illegal, 0, TR_FAULT_ILLEGAL, __LINE__);
}

static int64_t code_chosen(uint64_t code)
{
    tr_process_exit((int64_t)code);
}

static void a_fault_code_by_exit_is_no_fault(void)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "ends", code_chosen, TR_FAULT_PAGE);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
    CHECK_IS(event.flags, TR_EVENT_EXITED);
}

static int64_t thread_faults(uint64_t unused)
{
    (void)unused;
    return reads_at(0);
}

static int64_t has_a_faulty_thread(uint64_t unused)
{
    (void)unused;
    (void)check_thread(thread_faults, 0);
    return check_sleeper(0);
}

static void a_fault_of_one_thread_ends_the_process(void)
{
    expect(has_a_faulty_thread, 0, TR_FAULT_PAGE, __LINE__);
}

static int64_t counts_steadily(uint64_t parent)
{
    for (uint64_t i = 1; i <= 5; i++) {
        (void)tr_thread_sleep((uint64_t)tr_clock() + 1000000);
        (void)tr_message_send(parent, NULL, 0, i);
    }
    return 0;
}

static void others_go_on(void)
{
    struct tr_event event;
    uint64_t own = (uint64_t)tr_process_self(NULL);

    (void)check_start(TR_APPLICATION, "steady", counts_steadily, own);
    (void)check_start(TR_APPLICATION, "faulty", reads_at, 0);
    (void)check_start(TR_APPLICATION, "faulty", writes_at, 16);
    for (uint64_t i = 1; i <= 5; i++) {
        check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
        CHECK_IS(event.cookie, i);
    }
}

static uint64_t pages(uint64_t count, uint32_t prot)
{
    int64_t va = tr_memory_allocate(count, 0, prot);

    CHECK_IS(va > 0 ? 0 : va, 0);
    return (uint64_t)va;
}

static uint8_t *bytes_at(uint64_t va)
{
    return (uint8_t *)(uintptr_t)va;
}

static void expect_fault(int64_t (*function)(uint64_t), uint32_t prot, int64_t cause, int line)
{
    struct tr_event event;
    uint64_t pid = check_start(TR_APPLICATION, "faulty", function, prot);

    CHECK_IS(tr_process_watch(pid, 0), 0);
    check_event_kind(&event, TR_EVENT_PROCESS_EXIT, line);
    if (event.flags != (cause == 100 ? TR_EVENT_EXITED : TR_EVENT_FAULTED)) {
        check_failed(line, event.flags);
    }
    if ((int64_t)event.size != cause) {
        check_failed(line, (int64_t)event.size);
    }
}

static int64_t reads(uint64_t prot)
{
    return *(volatile uint8_t *)bytes_at(pages(1, (uint32_t)prot)) + 100;
}

static int64_t writes(uint64_t prot)
{
    *(volatile uint8_t *)bytes_at(pages(1, (uint32_t)prot)) = 1;
    return 100;
}

static int64_t writes_after_protect(uint64_t prot)
{
    uint64_t va = pages(1, TR_READ | TR_WRITE);

    *(volatile uint8_t *)bytes_at(va) = 1;
    CHECK_IS(tr_memory_protect(va, 1, (uint32_t)prot), 0);
    *(volatile uint8_t *)bytes_at(va) = 2;
    return 100;
}

static int64_t reads_after_release(uint64_t unused)
{
    uint64_t va = pages(1, TR_READ | TR_WRITE);

    (void)unused;
    *(volatile uint8_t *)bytes_at(va) = 1;
    CHECK_IS(tr_memory_release(va, 1), 0);
    return *(volatile uint8_t *)bytes_at(va) + 100;
}

static void protection_is_enforced(void)
{
    expect_fault(reads, TR_READ, 100, __LINE__);
    expect_fault(writes, TR_READ | TR_WRITE, 100, __LINE__);
    expect_fault(reads, 0, TR_FAULT_PAGE, __LINE__);
    expect_fault(writes, TR_READ, TR_FAULT_PROTECTION, __LINE__);
    expect_fault(writes_after_protect, TR_READ, TR_FAULT_PROTECTION, __LINE__);
    expect_fault(writes_after_protect, TR_READ | TR_WRITE, 100, __LINE__);
    expect_fault(reads_after_release, 0, TR_FAULT_PAGE, __LINE__);
}

static int64_t fault_record_peer(uint64_t parent)
{
    struct tr_event event;
    char text[TR_LOG_MAX + 1];
    int64_t size = 0;

    do {
        CHECK_IS(tr_event_wait(&event, TR_FOREVER), 1);
        size = tr_message_read(event.object, text, TR_LOG_MAX);
        CHECK(size >= 0);
    } while (event.cookie != TR_LOG_FAULT);
    CHECK_IS(event.source_pid, 0);
    CHECK_IS(event.source_class, TR_KERNEL);
    text[size] = '\0';
    bool named = false;
    for (int64_t i = 0; i + 8 <= size; i++) {
        const char *word = "a\\faulty";
        bool equal = true;
        for (int k = 0; k < 8; k++) {
            equal = equal && text[i + k] == word[k];
        }
        named = named || equal;
    }
    (void)tr_message_send(parent, NULL, 0, named ? 1 : 2);
    return 0;
}

static int64_t writes_near_0(uint64_t zero)
{
    *(volatile int *)(uintptr_t)(zero + 16) = 1;
    return 0;
}

static void a_fault_is_logged_by_name(void)
{
    struct tr_event event;

    (void)check_start(TR_APPLICATION, "log", fault_record_peer, check_self());
    (void)check_start(TR_APPLICATION, "faulty", writes_near_0, 0);
    check_event_kind(&event, TR_EVENT_MESSAGE, __LINE__);
    CHECK_IS(event.cookie, 1);
}

/* By dropping the class, by release of a part: what was mapped on the host is gone with it. */
static int64_t touches_a_lost_map(uint64_t way)
{
    struct tr_dma dma;

    CHECK_IS(tr_dma_allocate(3, 0, 0, &dma), 0);
    int64_t device = tr_physical_map(0xb8000, 1, 0);
    CHECK(device > 0);
    uint64_t address = (way & 1) != 0 ? (uint64_t)device : dma.va + TR_PAGE_SIZE;
    (void)writes_at(address);
    if (way < 2) {
        CHECK_IS(tr_process_drop_class(TR_SERVER), 0);
    } else {
        CHECK_IS(tr_memory_release(address, 1), 0);
    }
    return writes_at(address);
}

static void a_lost_map_is_a_page_fault(void)
{
    for (uint64_t way = 0; way < 4; way++) {
        struct tr_event event;

        check_end_of(check_start(TR_DRIVER, "loser", touches_a_lost_map, way), &event);
        CHECK_IS(event.flags, TR_EVENT_FAULTED);
        CHECK_IS(event.size, TR_FAULT_PAGE);
    }
}

static int64_t runs_a_map(uint64_t unused)
{
    struct tr_dma dma;

    (void)unused;
    CHECK_IS(tr_dma_allocate(1, 0, 0, &dma), 0);
    return jumps_to(dma.va);
}

static void a_map_is_never_executed(void)
{
    struct tr_event event;

    check_end_of(check_start(TR_DRIVER, "runner", runs_a_map, 0), &event);
    CHECK_IS(event.flags, TR_EVENT_FAULTED);
    CHECK_IS(event.size, TR_FAULT_PROTECTION);
}

static void a_fault_is_the_kernels_doing(void)
{
    uint64_t pid = check_start_with(TR_APPLICATION, "faults", reads_at, 0, TR_SPAWN_WATCH);
    struct tr_event event;

    check_event(&event);
    CHECK_IS(event.kind, TR_EVENT_PROCESS_EXIT);
    CHECK_IS(event.flags, TR_EVENT_FAULTED);
    CHECK_IS(event.object, pid);
    CHECK_IS(event.source_pid, 0);
    CHECK_IS(event.source_class, TR_KERNEL);
    CHECK_IS(event.size, TR_FAULT_PAGE);
    CHECK_IS(event.count, 1);
}

static int64_t leaves_pages(uint64_t unused)
{
    (void)unused;
    uint8_t *bytes = (uint8_t *)(uintptr_t)pages(3, TR_READ | TR_WRITE);
    for (uint64_t i = 0; i < 3 * TR_PAGE_SIZE; i++) {
        bytes[i] = 0xee;
    }
    return 0;
}

/* Has the first of the pages that the one before had at these addresses, but not the last. */
static int64_t reads_beyond(uint64_t unused)
{
    (void)unused;
    return ((volatile uint8_t *)(uintptr_t)pages(1, TR_READ))[2 * TR_PAGE_SIZE];
}

static void a_child_does_not_find_the_pages_of_the_one_before(void)
{
    struct tr_event event;

    for (int i = 0; i < 3; i++) {
        (void)check_start_with(TR_APPLICATION, "child", leaves_pages, 0, TR_SPAWN_WATCH);
        check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
        CHECK_IS(event.flags, TR_EVENT_EXITED);
        (void)check_start_with(TR_APPLICATION, "child", reads_beyond, 0, TR_SPAWN_WATCH);
        check_event_kind(&event, TR_EVENT_PROCESS_EXIT, __LINE__);
        CHECK_IS(event.flags, TR_EVENT_FAULTED);
        CHECK_IS(event.size, TR_FAULT_PAGE);
    }
}

const struct check_case check_cases[] = {
    CHECK_ROW_PROGRAM(TR_SERVER, nothing_mapped_is_a_page_fault),
    CHECK_ROW_PROGRAM(TR_SERVER, beyond_the_own_space_is_a_page_fault),
    CHECK_ROW_PROGRAM(TR_SERVER, stack_overflow_is_a_page_fault),
    CHECK_ROW_PROGRAM(TR_SERVER, a_jump_out_of_range_is_a_page_fault),
    CHECK_ROW_PROGRAM(TR_SERVER, writes_to_text_rodata_and_ghosts_are_protection_faults),
    CHECK_ROW_PROGRAM(TR_SERVER, what_is_the_machines_own_is_nothing_mapped),
    CHECK_ROW_PROGRAM(TR_SERVER, a_thread_with_its_own_pointer_faults_as_any),
    CHECK_ROW_PROGRAM(TR_SERVER, executing_data_is_a_protection_fault),
    CHECK_ROW_PROGRAM(TR_SERVER, an_illegal_instruction_is_that),
    CHECK_ROW_PROGRAM(TR_SERVER, a_fault_of_one_thread_ends_the_process),
    CHECK_ROW_PROGRAM(TR_SERVER, a_fault_is_the_kernels_doing),
    CHECK_ROW_PROGRAM(TR_SERVER, others_go_on),
    CHECK_ROW_PROGRAM(TR_SERVER, a_child_does_not_find_the_pages_of_the_one_before),
    CHECK_ROW(TR_SERVER, a_fault_code_by_exit_is_no_fault),
    CHECK_ROW(TR_SERVER, protection_is_enforced),
    CHECK_ROW_PROGRAM(TR_SERVER, a_fault_is_logged_by_name),
    CHECK_ROW(TR_DRIVER, a_lost_map_is_a_page_fault),
    CHECK_ROW_PROGRAM(TR_DRIVER, a_map_is_never_executed),
    CHECK_END,
};
