# SPDX-License-Identifier: MIT
#
# terrarium_add_program: how a program for Terrarium is compiled and linked. Used by this tree for
# its own drivers, servers and applications, and by others after find_package(Terrarium).
#
# A program is a position-independent ELF file without an interpreter. It is linked against libtr.a
# (lib/) and against a stub of the ghost functions, so a misspelt call is a link error; the kernel
# binds the real ones when it loads the program. Nothing of the host's C library gets in.
#
#   terrarium_add_program(TARGET
#       SOURCES FILE…          the program's own files
#       [FILE_NAME NAME]       programs/NAME.elf in the build folder; TARGET unless given
#       [COUNTED | UNCOUNTED]  count basic blocks, so that virtual time can preempt a loop at a
#                              reproducible point (default COUNTED; needs a compiler that can)
#       [LIBRARIES TARGET…])   further libraries, compiled with terrarium_program_options
#
# The target's name is appended to the global property TERRARIUM_PROGRAMS.

include_guard(GLOBAL)
include(CheckCCompilerFlag)

# terrarium_check_flag(VARIABLE FLAG): like check_c_compiler_flag, without linking.
function(terrarium_check_flag variable flag)
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    check_c_compiler_flag(${flag} ${variable})
endfunction()

# What every object file of a program, and of lib/, is compiled with. All thread-local
# variables are the program's own, which is the one thing that is linked.
set(TERRARIUM_PROGRAM_COMPILE_OPTIONS
    -ffreestanding -nostdinc -fPIE -fno-plt -fno-common -fno-stack-protector
    -fno-strict-aliasing -fno-omit-frame-pointer -ftls-model=local-exec -g)
set(TERRARIUM_PROGRAM_LINK_OPTIONS
    -nostdlib -pie -Wl,--no-dynamic-linker -Wl,-e,_start -Wl,-q -Wl,--build-id=sha1
    -Wl,-z,separate-code -Wl,-z,noexecstack -Wl,-z,now -Wl,-z,norelro -Wl,-z,max-page-size=4096
    -Wl,-z,stack-size=1048576 -Wl,-z,text -Wl,--hash-style=sysv -Wl,--gc-sections)
# A frame larger than the hole below the stack must not jump over it.
terrarium_check_flag(TERRARIUM_HAS_STACK_CLASH_PROTECTION -fstack-clash-protection)
if(TERRARIUM_HAS_STACK_CLASH_PROTECTION)
    list(APPEND TERRARIUM_PROGRAM_COMPILE_OPTIONS -fstack-clash-protection)
endif()
terrarium_check_flag(TERRARIUM_HAS_CF_PROTECTION -fcf-protection=none)
if(TERRARIUM_HAS_CF_PROTECTION)
    list(APPEND TERRARIUM_PROGRAM_COMPILE_OPTIONS -fcf-protection=none)
endif()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    terrarium_check_flag(TERRARIUM_HAS_OUTLINE_ATOMICS -mno-outline-atomics)
    if(TERRARIUM_HAS_OUTLINE_ATOMICS)
        list(APPEND TERRARIUM_PROGRAM_COMPILE_OPTIONS -mno-outline-atomics)
    endif()
endif()
terrarium_check_flag(TERRARIUM_HAS_TRACE_PC -fsanitize-coverage=trace-pc)

function(terrarium_add_program target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "COUNTED;UNCOUNTED" "FILE_NAME" "SOURCES;LIBRARIES")
    if(arg_UNPARSED_ARGUMENTS)
        message(FATAL_ERROR
            "terrarium_add_program(${target}): unknown words: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(NOT arg_SOURCES)
        message(FATAL_ERROR "terrarium_add_program(${target}): needs SOURCES")
    endif()
    if(NOT arg_FILE_NAME)
        set(arg_FILE_NAME ${target})
    endif()

    add_executable(${target} ${arg_SOURCES})
    set_target_properties(${target} PROPERTIES
        OUTPUT_NAME ${arg_FILE_NAME}
        SUFFIX .elf
        RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/programs
        POSITION_INDEPENDENT_CODE OFF
        BUILD_WITH_INSTALL_RPATH ON
        INSTALL_RPATH "")
    target_link_libraries(${target} PRIVATE ${arg_LIBRARIES} Terrarium::program)
    if(TERRARIUM_HAS_TRACE_PC AND NOT arg_UNCOUNTED)
        target_compile_options(${target} PRIVATE -fsanitize-coverage=trace-pc)
    endif()
    set_property(GLOBAL APPEND PROPERTY TERRARIUM_PROGRAMS ${target})
endfunction()
