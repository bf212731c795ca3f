# What `cmake --install` puts where. Components: runtime (the library), dev (headers, CMake and pkg-config
# files), server (the programs).

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS conf EXPORT conf-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/conf
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev
    FILES_MATCHING PATTERN "*.hpp")

if(BUILD_SHARED_LIBS)
    set(conf_is_static FALSE)
else()
    set(conf_is_static TRUE)
endif()
set(conf_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/conf)
install(EXPORT conf-targets NAMESPACE conf:: DESTINATION ${conf_cmake_dir} COMPONENT dev)
configure_package_config_file(
    ${PROJECT_SOURCE_DIR}/cmake/conf-config.cmake.in ${PROJECT_BINARY_DIR}/conf-config.cmake
    INSTALL_DESTINATION ${conf_cmake_dir})
# Before 1.0 a minor version may break its users: 0.1 does not satisfy a wish for 0.2, nor 0.2 one for 0.1.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/conf-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/conf-config.cmake ${PROJECT_BINARY_DIR}/conf-config-version.cmake
    DESTINATION ${conf_cmake_dir} COMPONENT dev)

# pkg-config: a static library needs its own dependencies named and the macro that switches the exports off.
if(BUILD_SHARED_LIBS)
    set(conf_pc_requires "")
    set(conf_pc_cflags "")
    set(conf_pc_libs "")
else()
    set(conf_pc_requires "libssl libcrypto fmt tomlplusplus libsrtp2 sqlite3 md4c")
    set(conf_pc_cflags " -DCONF_STATIC")
    set(conf_pc_libs " -lwslay -pthread")
    if(conf_ipsec_mb)  # which has no pkg-config file
        string(APPEND conf_pc_libs " -l${conf_ipsec_mb}")
    endif()
endif()
file(RELATIVE_PATH conf_pc_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/cmake/conf.pc.in ${PROJECT_BINARY_DIR}/conf.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/conf.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)

# An installed program finds the library beside it, wherever the prefix is.
file(RELATIVE_PATH conf_bin_to_lib
    ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
foreach(program conf-convert conf-server conf-turn confctl)
    if(TARGET ${program})
        set_target_properties(${program} PROPERTIES INSTALL_RPATH "$ORIGIN/${conf_bin_to_lib}")
        install(TARGETS ${program} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT server)
    endif()
endforeach()
