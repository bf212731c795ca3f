# How our own targets are compiled. Nothing here touches global flags: whoever adds us with add_subdirectory
# keeps theirs.

include(CheckPIESupported)
check_pie_supported()

if(PROJECT_IS_TOP_LEVEL)
    set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
    set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
    find_program(CONF_CCACHE ccache)
    mark_as_advanced(CONF_CCACHE)
    if(CONF_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
        set(CMAKE_C_COMPILER_LAUNCHER ${CONF_CCACHE})
        set(CMAKE_CXX_COMPILER_LAUNCHER ${CONF_CCACHE})
    endif()
endif()

# Language level, warnings, hidden symbols, sanitizers and, in release builds, the hardening of the compiler.
function(conf_target_defaults target)
    target_compile_features(${target} PRIVATE cxx_std_20)
    set_target_properties(${target} PROPERTIES
        CXX_EXTENSIONS OFF
        POSITION_INDEPENDENT_CODE ON
        C_VISIBILITY_PRESET hidden
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion $<$<NOT:$<BOOL:${CONF_UNITY}>>:-Wshadow>
        # In a unity build every file looks like a header to GCC.
        $<$<AND:$<BOOL:${CONF_UNITY}>,$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage> -Werror=format-security
        $<$<BOOL:${CONF_WERROR}>:-Werror>
        # libstdc++ 12 uses what it deprecates, inside std::stable_sort, and Clang says so at our line.
        $<$<CXX_COMPILER_ID:Clang>:-Wno-error=deprecated-declarations>)
    if(CONF_SANITIZE)
        target_compile_options(${target} PRIVATE
            -fsanitize=${CONF_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
        if(CONF_SANITIZE MATCHES "fuzzer-no-link")
            # A fifth of the time to compile. A null pointer, or an object that is too small, is seen by the address
            # sanitizer where it is used; an object of another class is not. The preset "asan", of the long run, has
            # all checks.
            target_compile_options(${target} PRIVATE -fno-sanitize=null,object-size,vptr)
        endif()
        string(REPLACE "fuzzer-no-link," "" conf_sanitize_link "${CONF_SANITIZE}")
        target_link_options(${target} PRIVATE -fsanitize=${conf_sanitize_link})
    else()
        target_compile_options(${target} PRIVATE
            $<$<CONFIG:Release>:-fstack-protector-strong -fstack-clash-protection>)
        target_compile_definitions(${target} PRIVATE
            $<$<CONFIG:Release>:_FORTIFY_SOURCE=3 _GLIBCXX_ASSERTIONS>)
        target_link_options(${target} PRIVATE
            $<$<CONFIG:Release>:LINKER:-z,relro,-z,now,-z,noexecstack>)
        if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
            target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-fcf-protection>)
        endif()
    endif()
endfunction()

# The private tree as `libconf/...`, the public headers as <conf/...>.
function(conf_target_private_includes target)
    target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/include)
endfunction()

add_custom_target(conf_programs)  # everything that runs, for apps/run

# A program of ours: `conf_program(conf-turn main.cpp)`. It sees the public headers and the library only.
function(conf_program name)
    add_executable(${name} ${ARGN})
    conf_target_defaults(${name})
    target_link_libraries(${name} PRIVATE conf::conf)
    add_dependencies(conf_programs ${name})
endfunction()
