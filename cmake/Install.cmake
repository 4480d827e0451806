# SPDX-License-Identifier: MIT
#
# What `cmake --install` puts where, beside the command (sim/) and the program library (lib/):
#
#   include/terrarium.h, include/terrarium/   the program interface, and the test kit's header
#   lib/libterrarium_kit.a                    the test kit, for pkg-config terrarium-kit
#   lib/cmake/Terrarium/                      find_package(Terrarium)
#   share/terrarium/terrarium-gdb.py          gdb's commands
#   share/terrarium/demo/                     boot files to try
#   share/man/man1/terrarium.1, the shell completion, the pages of docs/

include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Terrarium)

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.h" PATTERN "*.def")

# The kit is only there if the tests are built (it needs CMocka).
set(TERRARIUM_HAS_KIT OFF)
if(TARGET terrarium_kit)
    set(TERRARIUM_HAS_KIT ON)
    install(FILES $<TARGET_FILE:terrarium_kit> DESTINATION ${CMAKE_INSTALL_LIBDIR})
    set(TERRARIUM_KIT_SANITIZERS "")
    if(TERRARIUM_ASAN)
        set(TERRARIUM_KIT_SANITIZERS "-fsanitize=address,undefined")
    endif()
    # CMake puts -l before a bare name; pkg-config has to be told.
    list(TRANSFORM TERRARIUM_MACHINE_LIBRARIES REPLACE "^([^/-].*)" "-l\\1"
        OUTPUT_VARIABLE TERRARIUM_KIT_LIBRARIES)
    list(JOIN TERRARIUM_KIT_LIBRARIES " " TERRARIUM_KIT_LIBRARIES)
    # Relative to the file itself, so that `cmake --install --prefix` may choose another place.
    file(RELATIVE_PATH TERRARIUM_PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
    configure_file(${PROJECT_SOURCE_DIR}/cmake/terrarium-kit.pc.in
        ${PROJECT_BINARY_DIR}/terrarium-kit.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/terrarium-kit.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()

install(EXPORT TerrariumTargets NAMESPACE Terrarium:: DESTINATION ${package_folder})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/TerrariumConfig.cmake.in
    ${PROJECT_BINARY_DIR}/TerrariumConfig.cmake
    INSTALL_DESTINATION ${package_folder}
    PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/TerrariumConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES
    ${PROJECT_BINARY_DIR}/TerrariumConfig.cmake
    ${PROJECT_BINARY_DIR}/TerrariumConfigVersion.cmake
    DESTINATION ${package_folder})

install(FILES ${PROJECT_SOURCE_DIR}/sim/terrarium-gdb.py
    DESTINATION ${CMAKE_INSTALL_DATADIR}/terrarium)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/demo DESTINATION ${CMAKE_INSTALL_DATADIR}/terrarium)
install(FILES ${PROJECT_SOURCE_DIR}/docs/terrarium.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(DIRECTORY ${PROJECT_BINARY_DIR}/docs/man3 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${PROJECT_SOURCE_DIR}/sim/completion.bash
    DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME terrarium)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/ DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/terrarium
    FILES_MATCHING PATTERN "*.md")
