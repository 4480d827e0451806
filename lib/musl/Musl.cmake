# SPDX-License-Identifier: MIT
#
# What libtr.a takes of musl, a C library that lives elsewhere: the members of symbols.txt, chosen
# and checked by choose.sh when the tree is configured, and the headers beside ours. Nothing of it is
# in the tree (docs/decisions/0021-musl.md).
#
#   TERRARIUM_MUSL_ROOT      where musl-dev of the target lies, / unless given. For another processor:
#                            apt-get download musl-dev:arm64 && dpkg -x musl-dev_*.deb FOLDER
#   TERRARIUM_MUSL_ARCHIVE   after this: its libc.a
#   TERRARIUM_MUSL_OBJECTS   after this: the object files
#   TERRARIUM_MUSL_INCLUDE   after this: the folder with the headers

set(TERRARIUM_MUSL_ROOT "/" CACHE PATH "Where Debian's package musl-dev of the target is unpacked")

set(musl_machine x86_64)
set(musl_architecture amd64)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
    set(musl_machine aarch64)
    set(musl_architecture arm64)
endif()
cmake_path(APPEND TERRARIUM_MUSL_ROOT usr lib ${musl_machine}-linux-musl libc.a
    OUTPUT_VARIABLE TERRARIUM_MUSL_ARCHIVE)
cmake_path(APPEND TERRARIUM_MUSL_ROOT usr include ${musl_machine}-linux-musl
    OUTPUT_VARIABLE musl_headers)
cmake_path(APPEND TERRARIUM_MUSL_ROOT usr share doc musl-dev copyright
    OUTPUT_VARIABLE TERRARIUM_MUSL_COPYRIGHT)
if(NOT EXISTS ${TERRARIUM_MUSL_ARCHIVE})
    message(FATAL_ERROR "There is no ${TERRARIUM_MUSL_ARCHIVE}: the package musl-dev is missing "
        "(apt-get install musl-dev; for another processor than this one, unpack musl-dev:"
        "${musl_architecture} somewhere and say where with -DTERRARIUM_MUSL_ROOT=FOLDER).")
endif()

set(musl_list ${CMAKE_CURRENT_LIST_DIR}/symbols.txt)
set(musl_folder ${CMAKE_CURRENT_BINARY_DIR}/musl)
set(TERRARIUM_MUSL_INCLUDE ${musl_folder}/include)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${musl_list} ${CMAKE_CURRENT_LIST_DIR}/choose.sh ${TERRARIUM_MUSL_ARCHIVE})
execute_process(
    COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C NM=${CMAKE_NM} AR=${CMAKE_AR}
        OBJCOPY=${CMAKE_OBJCOPY} OBJDUMP=${CMAKE_OBJDUMP} READELF=${CMAKE_READELF}
        sh ${CMAKE_CURRENT_LIST_DIR}/choose.sh ${musl_list} ${TERRARIUM_MUSL_ARCHIVE} ${musl_folder}/objects
    OUTPUT_VARIABLE musl_names ERROR_VARIABLE musl_complaint RESULT_VARIABLE musl_status)
if(NOT musl_status EQUAL 0)
    message(FATAL_ERROR "A part of ${TERRARIUM_MUSL_ARCHIVE} does not fit:\n${musl_complaint}")
endif()
string(REGEX MATCHALL "[^\n]+" TERRARIUM_MUSL_OBJECTS "${musl_names}")
list(TRANSFORM TERRARIUM_MUSL_OBJECTS PREPEND ${musl_folder}/objects/)
set_source_files_properties(${TERRARIUM_MUSL_OBJECTS} PROPERTIES
    EXTERNAL_OBJECT TRUE GENERATED TRUE)

file(STRINGS ${musl_list} musl_lines REGEX "^header ")
foreach(line IN LISTS musl_lines)
    string(REGEX MATCHALL "[^ ]+\\.h" files "${line}")
    foreach(file IN LISTS files)
        configure_file(${musl_headers}/${file} ${TERRARIUM_MUSL_INCLUDE}/${file} COPYONLY)
    endforeach()
endforeach()
set(TERRARIUM_MUSL_ARCHIVE ${TERRARIUM_MUSL_ARCHIVE} PARENT_SCOPE)
