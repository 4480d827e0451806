/* SPDX-License-Identifier: MIT */
/* Whatever a process has made of its space, the next one of the same image finds the space that the
 * image describes, with the image's bytes and zeros: no page, no byte and no right of the dead.
 *
 * The image has a gap of pages between its text and its data, a part that is read-only after
 * binding, and bss; the process is a driver, which may map everything there is. */

#include <string.h>

#include "kernel/process.h"
#include "kernel/space_pool.h"
#include "kernel/state.h"
#include "tests/fake/elf_image.h"
#include "unit.h"

#define PAGES(n)   ((uint64_t)(n)*TR_PAGE_SIZE)
#define BOTH       (TR_READ | TR_WRITE)
#define GAP        PAGES(2) /* offsets in the image */
#define GAP_PAGES  700      /* an allocation of them goes in steps */
#define SHIFT      PAGES(GAP_PAGES)
#define DATA       (GAP + SHIFT)
#define BSS        (DATA + PAGES(1))
#define SHOWN_MOST 800
#define DEVICE     (FAKE_DEVICE_FRAME * TR_PAGE_SIZE)

/* A process of the image, its parent, and where its window and its image lie. */
struct scene {
    struct machine *machine;
    uint64_t parent, pid, window, base;
};

static struct elf_image image;

/* Moves the data segment up, so that there is a gap before it; the text does not fill its page, at
 * neither end. */
static void make_image(void)
{
    elf_image_make(&image, "tr_process_exit");
    Elf64_Phdr *text = &image.segments[ELF_IMAGE_TEXT];
    text->p_offset += 0x10;
    text->p_vaddr += 0x10;
    text->p_filesz -= 0x20;
    text->p_memsz -= 0x20;
    image.header->e_entry += 0x10;
    image.segments[ELF_IMAGE_DATA].p_vaddr += SHIFT;
    image.segments[ELF_IMAGE_DYNAMIC].p_vaddr += SHIFT;
    image.relocations[0].r_offset += SHIFT;
    image.relocations[1].r_offset += SHIFT;
    image.segments[ELF_IMAGE_HEADERS] = image.segments[ELF_IMAGE_DYNAMIC];
    image.segments[ELF_IMAGE_HEADERS].p_type = PT_GNU_RELRO;
    image.segments[ELF_IMAGE_HEADERS].p_memsz = PAGES(1);
    image.header->e_phnum++;
}

static void spawn(struct scene *scene)
{
    static const char argument[] = "an argument";
    const struct tr_spawn words = {.image = image.bytes,
                                   .image_size = sizeof image.bytes,
                                   .name = "pooled",
                                   .process_class = TR_DRIVER,
                                   .argument = argument,
                                   .argument_size = sizeof argument};
    struct machine *machine = scene->machine;

    assert_true(fake_turn(machine, scene->parent));
    int64_t pid = CALL1(machine, process_spawn, FAKE_WORD(&words));
    while (pid == FAKE_SLEEPS) {
        fake_pass(machine, machine->time);
        pid = fake_result(machine, scene->parent);
    }
    assert_true(pid > 0);
    scene->pid = (uint64_t)pid;
    const struct process *process = process_find(machine->kernel, scene->pid);
    scene->window = process->space.hal.base;
    scene->base = scene->window + PAGES(process->grave->shape.at);
    unit_audit(machine);
}

static void begin(struct scene *scene, struct machine *machine)
{
    *scene = (struct scene){.machine = machine};
    make_image();
    scene->parent = fake_process(machine, TR_DRIVER, "parent");
    spawn(scene);
}

/* A process of the image on a machine of its own, that lies where the other one does. */
static void begin_alike(struct scene *scene, const struct scene *other)
{
    *scene = (struct scene){.machine = fake_create(NULL)};
    scene->parent = fake_process(scene->machine, TR_DRIVER, "parent");
    scene->machine->windows = (other->window - FAKE_WINDOW_BASE) / (2 * FAKE_WINDOW_SIZE);
    spawn(scene);
    assert_int_equal(scene->base, other->base);
}

static void end(const struct scene *scene)
{
    assert_true(kernel_kill(scene->machine->kernel, scene->pid));
    scene->machine->current = kernel_next(scene->machine->kernel);
    unit_audit(scene->machine);
}

#define AS_CHILD(scene, name, ...) as_child(scene, TR_NR_##name, (const uint64_t[6]){__VA_ARGS__})
static int64_t as_child(const struct scene *scene, uint64_t number, const uint64_t words[6])
{
    int64_t result = fake_call_as(scene->machine, scene->pid, number, words[0], words[1], words[2],
                                  words[3], words[4], words[5]);

    while (result == FAKE_SLEEPS) {
        fake_pass(scene->machine, scene->machine->time);
        result = fake_result(scene->machine, scene->pid);
    }
    return result;
}

/* ---- What a process sees of its space -------------------------------------------------------- */

/* Its first pages behind the stack's hole: the rights of each, and the bytes. */
struct view {
    uint8_t rights[SHOWN_MOST];
    uint8_t bytes[SHOWN_MOST][TR_PAGE_SIZE];
};

static uint8_t *child_view(const struct scene *scene, uint64_t page, uint32_t access)
{
    uint64_t va = scene->window + SPACE_HOLE + PAGES(page);

    return fake_user(scene->machine, scene->pid, va, TR_PAGE_SIZE, access);
}

static void look(const struct scene *scene, struct view *view)
{
    memset(view, 0, sizeof *view);
    for (uint64_t page = 0; page < SHOWN_MOST; page++) {
        for (uint32_t access = HAL_READ; access <= HAL_EXECUTE; access <<= 1) {
            const uint8_t *bytes = child_view(scene, page, access);
            if (bytes != NULL) {
                view->rights[page] |= (uint8_t)access;
                memcpy(view->bytes[page], bytes, TR_PAGE_SIZE);
            }
        }
    }
}

static void scribble(const struct scene *scene)
{
    for (uint64_t page = 0; page < SHOWN_MOST; page++) {
        uint8_t *bytes = child_view(scene, page, HAL_WRITE);
        if (bytes != NULL) {
            memset(bytes, 0xee, TR_PAGE_SIZE);
        }
    }
}

/* Another of the image finds what the first one of all would. */
static void must_be_as_new(struct scene *scene)
{
    static struct view first, next;
    struct scene fresh;

    spawn(scene);
    look(scene, &next);
    begin_alike(&fresh, scene);
    look(&fresh, &first);
    for (uint64_t page = 0; page < SHOWN_MOST; page++) {
        if (first.rights[page] != next.rights[page]) {
            fail_msg("page %d: rights %d, not %d", (int)page, next.rights[page],
                     first.rights[page]);
        }
        for (uint64_t i = 0; i < TR_PAGE_SIZE; i++) {
            if (first.bytes[page][i] != next.bytes[page][i]) {
                fail_msg("page %d, byte %d: %d, not %d", (int)page, (int)i, next.bytes[page][i],
                         first.bytes[page][i]);
            }
        }
    }
    unit_audit(scene->machine);
    fake_destroy(fresh.machine);
}

/* ---- What it may do with it ------------------------------------------------------------------ */

static uint64_t gap(const struct scene *scene)
{
    return scene->base + GAP + PAGES(5);
}

/* The kernel's next choice is in the gap. */
static void choose_the_gap(const struct scene *scene)
{
    struct space *space = &process_find(scene->machine->kernel, scene->pid)->space;

    space->cursor = gap(scene) - space->hal.base;
}

static void do_nothing(struct scene *scene)
{
    (void)scene;
}

static void allocate(struct scene *scene)
{
    assert_int_equal(AS_CHILD(scene, memory_allocate, 3, gap(scene), BOTH), gap(scene));
}

static void allocate_and_release(struct scene *scene)
{
    allocate(scene);
    assert_int_equal(AS_CHILD(scene, memory_release, gap(scene), 3), 0);
}

static void allocate_beyond(struct scene *scene)
{
    assert_true(AS_CHILD(scene, memory_allocate, 9, 0, BOTH) > 0);
}

static void allocate_much_beyond(struct scene *scene)
{
    assert_true(AS_CHILD(scene, memory_allocate, STEP_PAGES, 0, BOTH) > 0);
}

static void allocate_far_beyond(struct scene *scene)
{
    assert_true(AS_CHILD(scene, memory_allocate, 700, 0, BOTH) > 0);
}

/* The whole gap; the process ends between two steps. */
static void allocate_in_steps(struct scene *scene)
{
    const uint64_t words[6] = {GAP_PAGES, scene->base + GAP, BOTH};

    assert_true(fake_turn(scene->machine, scene->pid));
    scene->machine->current = kernel_call(scene->machine->kernel, TR_NR_memory_allocate, words);
    assert_null(scene->machine->current);
}

/* A shared memory of the parent's, which is released when the child is dead. */
static uint64_t shared_key, shared_va, shared_id;

static void join(struct scene *scene)
{
    const uint64_t out = scene->base + BSS;

    shared_id = (uint64_t)fake_call_as(scene->machine, scene->parent, TR_NR_shared_create, 2, BOTH,
                                       0, FAKE_WORD(&shared_key), FAKE_WORD(&shared_va), 0);
    assert_int_equal(AS_CHILD(scene, shared_join, shared_id, shared_key, gap(scene), BOTH, out), 2);
    assert_non_null(fake_user(scene->machine, scene->pid, gap(scene), 8, HAL_WRITE));
}

static void join_and_release(struct scene *scene)
{
    join(scene);
    assert_int_equal(AS_CHILD(scene, shared_release, shared_id), 0);
}

static void create_shared(struct scene *scene)
{
    const uint64_t out = scene->base + BSS;

    choose_the_gap(scene);
    assert_true(AS_CHILD(scene, shared_create, 2, BOTH, 0, out, out + 8) > 0);
    assert_non_null(fake_user(scene->machine, scene->pid, gap(scene), 8, HAL_WRITE));
}

static void map_a_device(struct scene *scene)
{
    choose_the_gap(scene);
    assert_int_equal(AS_CHILD(scene, physical_map, DEVICE, 2, 0), gap(scene));
}

static void make_dma_memory(struct scene *scene)
{
    choose_the_gap(scene);
    assert_int_equal(AS_CHILD(scene, dma_allocate, 2, 0, 0, scene->base + BSS), 0);
    assert_non_null(fake_user(scene->machine, scene->pid, gap(scene), 8, HAL_WRITE));
}

static void map_a_module(struct scene *scene)
{
    choose_the_gap(scene);
    assert_int_equal(AS_CHILD(scene, boot_module, 0, scene->base + BSS), 0);
    assert_non_null(fake_user(scene->machine, scene->pid, gap(scene), 8, HAL_READ));
}

static void protect_the_data(struct scene *scene)
{
    assert_int_equal(AS_CHILD(scene, memory_protect, scene->base + BSS, 1, TR_READ), 0);
}

static void protect_the_text(struct scene *scene)
{
    assert_int_equal(AS_CHILD(scene, memory_protect, scene->base + PAGES(1), 1, BOTH), 0);
}

/* And has the rights back that were there. */
static void write_to(const struct scene *scene, uint64_t at, uint32_t prot)
{
    const uint64_t va = scene->base + at;

    assert_int_equal(AS_CHILD(scene, memory_protect, va, 1, BOTH), 0);
    memset(fake_user(scene->machine, scene->pid, va, TR_PAGE_SIZE, HAL_WRITE), 0xee, TR_PAGE_SIZE);
    assert_int_equal(AS_CHILD(scene, memory_protect, va, 1, prot), 0);
}

static void write_the_relocated(struct scene *scene)
{
    write_to(scene, DATA, TR_READ);
}

static void write_the_text(struct scene *scene)
{
    write_to(scene, PAGES(1), TR_READ | TR_EXECUTE);
}

static void release_the_bss(struct scene *scene)
{
    assert_int_equal(AS_CHILD(scene, memory_release, scene->base + BSS, 1), 0);
}

static void release_and_allocate_the_bss(struct scene *scene)
{
    const uint64_t va = scene->base + BSS;

    release_the_bss(scene);
    assert_int_equal(AS_CHILD(scene, memory_allocate, 1, va, BOTH), va);
}

static void share_the_bss(struct scene *scene)
{
    release_the_bss(scene);
    shared_id = (uint64_t)fake_call_as(scene->machine, scene->parent, TR_NR_shared_create, 1, BOTH,
                                       0, FAKE_WORD(&shared_key), FAKE_WORD(&shared_va), 0);
    uint64_t out = (uint64_t)AS_CHILD(scene, memory_allocate, 1, 0, BOTH);
    assert_int_equal(
        AS_CHILD(scene, shared_join, shared_id, shared_key, scene->base + BSS, BOTH, out), 1);
}

static void clear_everything(struct scene *scene)
{
    assert_int_equal(AS_CHILD(scene, memory_clear, 0, UINT64_MAX & ~UINT64_C(4095)), 0);
}

static const struct row {
    const char *name;
    void (*act)(struct scene *scene);
    bool is_pooled; /* its space is as the image says, or is again */
} rows[] = {
    {"nothing", do_nothing, true},
    {"memory in the gap", allocate, false},
    {"memory in the gap, released", allocate_and_release, true},
    {"memory beyond the image", allocate_beyond, true},
    {"much memory beyond the image", allocate_much_beyond, false},
    {"memory far beyond the image", allocate_far_beyond, false},
    {"memory in the gap, in steps", allocate_in_steps, true},
    {"a join in the gap", join, false},
    {"a join in the gap, released", join_and_release, true},
    {"shared memory in the gap", create_shared, false},
    {"a device in the gap", map_a_device, true},
    {"DMA memory in the gap", make_dma_memory, true},
    {"a boot module in the gap", map_a_module, false},
    {"rights of the data", protect_the_data, false},
    {"rights of the text", protect_the_text, false},
    {"a write to what is read-only", write_the_relocated, true},
    {"a write to the text", write_the_text, true},
    {"a page of the image released", release_the_bss, false},
    {"a page of the image replaced", release_and_allocate_the_bss, true},
    {"a page of the image shared", share_the_bss, false},
    {"everything cleared", clear_everything, false},
};

/* Frees the shared memory that the dead one was in, and takes its frames for something else. */
static void use_the_frames_again(const struct scene *scene)
{
    struct machine *machine = scene->machine;

    if (shared_id != 0) {
        assert_int_equal(
            fake_call_as(machine, scene->parent, TR_NR_shared_release, shared_id, 0, 0, 0, 0, 0),
            0);
        shared_id = 0;
    }
    assert_true(fake_call_as(machine, scene->parent, TR_NR_memory_allocate, 16, 0, BOTH, 0, 0, 0) >
                0);
    unit_audit(machine);
}

static void load_a_module(struct machine *machine)
{
    static const uint8_t bytes[5000] = "module";
    const struct kernel_module module = {.name = "module", .image = bytes, .size = sizeof bytes};
    uint64_t failed;

    assert_int_equal(kernel_boot(machine->kernel, &module, 1, &failed), 0);
}

static void the_next_process_finds_a_space_as_new(void **state)
{
    const struct row *row = *state;
    struct machine *machine = fake_create(NULL);
    void *fixture = machine;
    struct scene scene;

    load_a_module(machine);
    begin(&scene, machine);
    row->act(&scene);
    scribble(&scene);
    end(&scene);
    assert_int_equal(machine->kernel->space_pool_count, row->is_pooled);
    use_the_frames_again(&scene);
    must_be_as_new(&scene);
    assert_int_equal(machine->kernel->space_pool_count, 0);
    (void)unit_teardown(&fixture);
}

/* In a fresh space as in one from the pool. */
static void what_is_read_only_after_binding_cannot_be_written(void **state)
{
    struct scene scene;

    begin(&scene, *state);
    for (int i = 0; i < 2; i++) {
        const uint64_t *pointer =
            fake_user(scene.machine, scene.pid, scene.base + DATA + 0x100, 16, HAL_READ);
        assert_non_null(pointer);
        assert_int_equal(pointer[0], scene.base + PAGES(1));
        assert_null(fake_user(scene.machine, scene.pid, scene.base + DATA, 1, HAL_WRITE));
        assert_non_null(fake_user(scene.machine, scene.pid, scene.base + BSS, 1, HAL_WRITE));
        end(&scene);
        assert_int_equal(scene.machine->kernel->space_pool_count, 1);
        spawn(&scene);
    }
}

static void change(size_t which)
{
    Elf64_Phdr *data = &image.segments[ELF_IMAGE_DATA];

    make_image();
    switch (which) {
    case 0:
        image.segments[ELF_IMAGE_RODATA].p_flags |= PF_X;
        break;
    case 1:
        image.segments[ELF_IMAGE_HEADERS].p_type = PT_NULL;
        break;
    case 2:
        data->p_memsz += PAGES(1);
        break;
    case 3:
        image.segments[ELF_IMAGE_HEADERS].p_memsz += PAGES(1);
        break;
    default:
        data->p_memsz -= PAGES(1);
    }
}

static void an_image_of_another_layout_takes_another_space(void **state)
{
    struct scene scene;

    begin(&scene, *state);
    end(&scene);
    for (size_t which = 0; which < 5; which++) {
        uint64_t windows = scene.machine->windows;
        change(which);
        spawn(&scene);
        assert_int_equal(scene.machine->windows, windows + 1);
        end(&scene);
        assert_int_equal(scene.machine->kernel->space_pool_count, which + 2);
    }
}

/* It does not begin where others do; its space is used again all the same, where it was. */
static void an_aligned_image_lies_where_it_lay(void **state)
{
    const uint64_t align = 0x40000;
    struct scene scene;
    struct machine *machine = *state;

    begin(&scene, machine);
    uint64_t windows = machine->windows;
    image.segments[ELF_IMAGE_RODATA].p_align = align;
    for (int i = 0; i < 3; i++) {
        spawn(&scene);
        uint64_t base = (scene.base + align - 1) & ~(align - 1);
        const uint64_t *pointer = fake_user(machine, scene.pid, base + DATA + 0x100, 8, HAL_READ);
        assert_non_null(pointer);
        assert_int_equal(pointer[0], base + PAGES(1));
        end(&scene);
        assert_int_equal(machine->kernel->space_pool_count, 1);
    }
    assert_int_equal(machine->windows, windows + 1);
}

#define ROWS (sizeof rows / sizeof rows[0])

int main(void)
{
    struct CMUnitTest tests[ROWS + 3] = {
        UNIT_TEST(what_is_read_only_after_binding_cannot_be_written),
        UNIT_TEST(an_image_of_another_layout_takes_another_space),
        UNIT_TEST(an_aligned_image_lies_where_it_lay),
    };

    for (size_t i = 0; i < ROWS; i++) {
        tests[i + 3] = (struct CMUnitTest){.name = rows[i].name,
                                           .test_func = the_next_process_finds_a_space_as_new,
                                           .initial_state = (void *)(uintptr_t)&rows[i]};
    }
    return cmocka_run_group_tests_name("space_reuse", tests, NULL, NULL);
}
