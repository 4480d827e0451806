/* SPDX-License-Identifier: MIT */
/* What a debugger is told of the ghosts: an ELF file of names and of how to find a caller. The end
 * of ghosts-*.S includes it. Addresses in it count from `begin`; jit.c moves them. The processor's
 * own are FRAME_MACHINE (its number in ELF), FRAME_RETURN (that of the return address in DWARF) and
 * FRAME_RULES (where this and the caller's stack are while a ghost runs). */

#define FUNCTION(name, at)   \
    .long name - image_names; \
    .byte 0x12, 0;            \
    .short 1;                 \
    .quad at - begin, 16;

/* Name, type, flags, address, place, size; strings and first global symbol; alignment, entries. */
#define SECTION(name, type, flags, at, from, size, link, info, align, each) \
    .long name, type;                                                       \
    .quad flags, at, from, size;                                            \
    .long link, info;                                                       \
    .quad align, each;

    .balign 8
    .globl gate_ghosts_image
gate_ghosts_image:
image:
    .byte 0x7f, 'E', 'L', 'F', 2, 1, 1, 0
    .quad 0
    .short 3, FRAME_MACHINE
    .long 1
    .quad 0, 0, image_sections - image
    .long 0
    .short 64, 56, 0, 64, 5, 4

    .balign 8
image_sections:
    SECTION(0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
    SECTION(image_text - image_names, 8, 6, 0, 0, gate_ghosts_end - begin, 0, 0, 16, 0)
    SECTION(image_eh_frame - image_names, 1, 2, image_frames - begin, image_frames - image,
            image_frames_end - image_frames, 0, 0, 8, 0)
    SECTION(image_symtab - image_names, 2, 0, 0, image_symbols - image,
            image_symbols_end - image_symbols, 4, 1, 8, 24)
    SECTION(image_strtab - image_names, 3, 0, 0, image_names - image,
            image_names_end - image_names, 0, 0, 1, 0)

    .balign 8
image_frames:
    .long 1f - 0f
0:  .long 0
    .byte 1
    .asciz "zR"
    .byte 1, 0x78, FRAME_RETURN, 1, 0x1b, FRAME_RULES
    .balign 8, 0
1:  .long 1f - 0f
0:  .long . - image_frames
    .long begin - .
    .long gate_thread_start - begin
    .byte 0
    .balign 8, 0
1:  .long 1f - 0f /* behind a thread's first function there is nothing */
0:  .long . - image_frames
    .long gate_thread_start - .
    .long gate_ghosts_end - gate_thread_start
    .byte 0, 7, FRAME_RETURN
    .balign 8, 0
1:  .long 0
image_frames_end:

    .balign 8
image_symbols:
    .quad 0, 0, 0
#undef TR_CALL_ROW
#define TR_CALL_ROW(nr, name) FUNCTION(image_name_##name, gate_ghost_##name)
#include <terrarium/calls_rows.h>
    FUNCTION(image_call, gate_call)
    FUNCTION(image_count_block, gate_count_block)
    FUNCTION(image_thread_start, gate_thread_start)
    FUNCTION(image_resume, gate_ghosts_resume)
image_symbols_end:

image_names:
    .byte 0
#undef TR_CALL_ROW
#define TR_CALL_ROW(nr, name) \
image_name_##name:            \
    .ascii "tr_";             \
    .asciz #name;
#include <terrarium/calls_rows.h>
image_call:
    .asciz "tr_call"
image_count_block:
    .asciz "__sanitizer_cov_trace_pc"
image_thread_start:
    .asciz "gate_thread_start"
image_resume:
    .asciz "gate_ghosts_resume"
image_text:
    .asciz ".text"
image_eh_frame:
    .asciz ".eh_frame"
image_symtab:
    .asciz ".symtab"
image_strtab:
    .asciz ".strtab"
image_names_end:
    .globl gate_ghosts_image_end
gate_ghosts_image_end:
