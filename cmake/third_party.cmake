# Finds every package the enabled parts need. What is missing is collected first, so that one message names it
# all.

set(conf_missing_packages "")

# Remembers the Debian package that brings what was not found.
macro(conf_missing package)
    list(APPEND conf_missing_packages ${package})
endmacro()

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

find_package(OpenSSL 3.0 QUIET COMPONENTS Crypto SSL)
if(NOT OpenSSL_FOUND)
    conf_missing(libssl-dev)
endif()

# Debian's libsrtp2 has no CMake file; its headers stand in the system's folder.
find_library(CONF_SRTP2_LIBRARY srtp2)
find_path(CONF_SRTP2_INCLUDE_DIR srtp2/srtp.h)
mark_as_advanced(CONF_SRTP2_LIBRARY CONF_SRTP2_INCLUDE_DIR)
if(NOT CONF_SRTP2_LIBRARY OR NOT CONF_SRTP2_INCLUDE_DIR)
    conf_missing(libsrtp2-dev)
endif()

# Optional: the multi-buffer library exists for amd64 only. The burst calls begin with 1.3, and 2.0 has other names.
set(conf_ipsec_mb "")
if(CONF_IPSEC_MB)
    find_library(CONF_IPSEC_MB_LIBRARY IPSec_MB)
    find_path(CONF_IPSEC_MB_INCLUDE_DIR intel-ipsec-mb.h)
    mark_as_advanced(CONF_IPSEC_MB_LIBRARY CONF_IPSEC_MB_INCLUDE_DIR)
    if(CONF_IPSEC_MB_LIBRARY AND CONF_IPSEC_MB_INCLUDE_DIR)
        file(STRINGS ${CONF_IPSEC_MB_INCLUDE_DIR}/intel-ipsec-mb.h conf_ipsec_mb_version
            REGEX "define IMB_VERSION_STR +\"1\\.([3-9]|[1-9][0-9])")
        if(conf_ipsec_mb_version)
            set(conf_ipsec_mb IPSec_MB)
        endif()
    endif()
endif()

# The parser of Markdown alone, without the writer of HTML that its CMake file asks for, too.
find_library(CONF_MD4C_LIBRARY md4c)
find_path(CONF_MD4C_INCLUDE_DIR md4c.h)
mark_as_advanced(CONF_MD4C_LIBRARY CONF_MD4C_INCLUDE_DIR)
if(NOT CONF_MD4C_LIBRARY OR NOT CONF_MD4C_INCLUDE_DIR)
    conf_missing(libmd4c-dev)
endif()

find_package(SQLite3 QUIET)
if(NOT SQLite3_FOUND)
    conf_missing(libsqlite3-dev)
endif()

find_package(fmt 9 CONFIG QUIET)
if(NOT fmt_FOUND)
    conf_missing(libfmt-dev)
endif()

find_package(tomlplusplus CONFIG QUIET)
if(NOT tomlplusplus_FOUND)
    conf_missing(libtomlplusplus-dev)
endif()

# Asio and llhttp come without a CMake file, and for nlohmann-json the headers are enough.
find_path(CONF_ASIO_INCLUDE_DIR asio.hpp)
mark_as_advanced(CONF_ASIO_INCLUDE_DIR)
if(CONF_ASIO_INCLUDE_DIR)
    add_library(conf_asio INTERFACE IMPORTED)
    target_include_directories(conf_asio SYSTEM INTERFACE ${CONF_ASIO_INCLUDE_DIR})
    target_compile_definitions(conf_asio INTERFACE
        ASIO_STANDALONE ASIO_SEPARATE_COMPILATION ASIO_NO_DEPRECATED
        ASIO_HAS_STD_ALIGNED_ALLOC=1  # else Asio finds it only where a standard header came first
        ASIO_DISABLE_VISIBILITY)  # else its symbols would leave our library
    if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
        # Asio 1.22 looks for <experimental/coroutine> under Clang and then believes there are no coroutines.
        target_compile_definitions(conf_asio INTERFACE ASIO_HAS_CO_AWAIT=1 ASIO_HAS_STD_COROUTINE=1)
    endif()
    target_link_libraries(conf_asio INTERFACE Threads::Threads)
else()
    conf_missing(libasio-dev)
endif()

find_path(CONF_LLHTTP_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp)
find_path(CONF_LLHTTP_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp)
mark_as_advanced(CONF_LLHTTP_SOURCE_DIR CONF_LLHTTP_INCLUDE_DIR)
if(CONF_LLHTTP_SOURCE_DIR AND CONF_LLHTTP_INCLUDE_DIR)
    add_library(conf_llhttp STATIC EXCLUDE_FROM_ALL
        ${CONF_LLHTTP_SOURCE_DIR}/api.c
        ${CONF_LLHTTP_SOURCE_DIR}/http.c
        ${CONF_LLHTTP_SOURCE_DIR}/llhttp.c)
    target_include_directories(conf_llhttp SYSTEM PUBLIC ${CONF_LLHTTP_INCLUDE_DIR})
    conf_target_defaults(conf_llhttp)  # it reads what strangers send: hardened and sanitized like our own
    target_compile_options(conf_llhttp PRIVATE -w)
else()
    conf_missing(node-llhttp)
endif()

find_library(CONF_WSLAY_LIBRARY wslay)
find_path(CONF_WSLAY_INCLUDE_DIR wslay/wslay.h)
mark_as_advanced(CONF_WSLAY_LIBRARY CONF_WSLAY_INCLUDE_DIR)
if(NOT CONF_WSLAY_LIBRARY OR NOT CONF_WSLAY_INCLUDE_DIR)
    conf_missing(libwslay-dev)
endif()

find_path(CONF_JSON_INCLUDE_DIR nlohmann/json.hpp)
mark_as_advanced(CONF_JSON_INCLUDE_DIR)
if(CONF_JSON_INCLUDE_DIR)
    add_library(conf_json INTERFACE IMPORTED)
    target_include_directories(conf_json SYSTEM INTERFACE ${CONF_JSON_INCLUDE_DIR})
else()
    conf_missing(nlohmann-json3-dev)
endif()

if(CONF_BUILD_APPS)
    find_package(spdlog CONFIG QUIET)
    if(NOT spdlog_FOUND)
        conf_missing(libspdlog-dev)
    endif()
    find_path(CONF_CLI11_INCLUDE_DIR CLI/CLI.hpp)
    mark_as_advanced(CONF_CLI11_INCLUDE_DIR)
    if(CONF_CLI11_INCLUDE_DIR)
        add_library(conf_cli11 INTERFACE IMPORTED)
        target_include_directories(conf_cli11 SYSTEM INTERFACE ${CONF_CLI11_INCLUDE_DIR})
    else()
        conf_missing(libcli11-dev)
    endif()
endif()

if(CONF_BUILD_TESTS)
    find_path(CONF_CATCH2_INCLUDE_DIR catch2/catch.hpp)
    mark_as_advanced(CONF_CATCH2_INCLUDE_DIR)
    if(CONF_CATCH2_INCLUDE_DIR)
        add_library(conf_catch2 INTERFACE IMPORTED)
        target_include_directories(conf_catch2 SYSTEM INTERFACE ${CONF_CATCH2_INCLUDE_DIR})
    else()
        conf_missing(catch2)
    endif()
    # The participant of ours that tests, bots and load use encodes and decodes; servers do not.
    find_library(CONF_OPUS_LIBRARY opus)
    find_path(CONF_OPUS_INCLUDE_DIR opus/opus.h)
    find_library(CONF_VPX_LIBRARY vpx)
    find_path(CONF_VPX_INCLUDE_DIR vpx/vpx_encoder.h)
    mark_as_advanced(CONF_OPUS_LIBRARY CONF_OPUS_INCLUDE_DIR CONF_VPX_LIBRARY CONF_VPX_INCLUDE_DIR)
    if(NOT CONF_OPUS_LIBRARY OR NOT CONF_OPUS_INCLUDE_DIR)
        conf_missing(libopus-dev)
    endif()
    if(NOT CONF_VPX_LIBRARY OR NOT CONF_VPX_INCLUDE_DIR)
        conf_missing(libvpx-dev)
    endif()
    if(CONF_NICE)
        find_package(PkgConfig QUIET)
        if(PKG_CONFIG_FOUND)
            pkg_check_modules(nice QUIET IMPORTED_TARGET nice)
        endif()
    endif()
endif()

if(conf_missing_packages)
    list(REMOVE_DUPLICATES conf_missing_packages)
    list(SORT conf_missing_packages)
    list(JOIN conf_missing_packages " " conf_missing_line)
    message(FATAL_ERROR "Some packages are not installed. On Debian or Ubuntu:\n"
        "    apt-get install --no-install-recommends ${conf_missing_line}\n")
endif()
