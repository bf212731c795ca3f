# Puts the files of a folder into a program: conf_embed writes a C++ source with their bytes, what they hash to and what
# gzip makes of them. libconf/net/static_files.hpp says how they are served.
#
#     conf_embed(conf_layer4 FOLDER pages HEADER libconf/api/pages.hpp FUNCTION conf::api::pages)
#
# FUNCTION is declared in HEADER, without arguments, and returns conf::embedded_files. The folder is taken as it is,
# folders below it too; a build of its own (a bundler's) may fill it if its targets stand in DEPENDS.
#
# The assembler's .incbin, in a statement of the C++ source: megabytes of WebAssembly take no time, where string literals
# take minutes. gzip is Debian's, which every system has.

# The build calls this file as a script to write the source.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    string(REGEX MATCH "^(.*)::([^:]+)$" whole ${FUNCTION})
    set(namespace ${CMAKE_MATCH_1})
    set(function ${CMAKE_MATCH_2})
    string(REPLACE "::" "_" symbol ${FUNCTION})

    file(GLOB_RECURSE names RELATIVE ${FOLDER} ${FOLDER}/*)
    list(SORT names)
    list(LENGTH names count)
    file(REMOVE_RECURSE ${OUTPUT}.zipped)
    file(MAKE_DIRECTORY ${OUTPUT}.zipped)
    set(rows "")
    set(bytes "")
    set(symbols "")
    set(number 0)
    foreach(name IN LISTS names)
        file(SIZE ${FOLDER}/${name} size)
        file(SHA256 ${FOLDER}/${name} hash)
        string(SUBSTRING ${hash} 0 32 hash)
        set(content ${symbol}_${number})
        string(APPEND bytes "    \"${content}: .incbin \\\"${FOLDER}/${name}\\\"\\n\"\n")
        string(APPEND symbols "extern \"C\" [[gnu::visibility(\"hidden\")]] const char ${content}[];\n")

        set(file ${OUTPUT}.zipped/${number})
        # Without its name and time: the same files shall make the same program.
        execute_process(COMMAND gzip --best --no-name --stdout ${FOLDER}/${name} OUTPUT_FILE ${file}
            COMMAND_ERROR_IS_FATAL ANY)
        file(SIZE ${file} zipped_size)
        math(EXPR worth_it "${size} * 9 / 10")
        if(zipped_size GREATER worth_it)  # pictures, for example
            set(zipped "{}")
        else()
            set(zipped "{${content}_zipped, ${zipped_size}}")
            string(APPEND bytes "    \"${content}_zipped: .incbin \\\"${file}\\\"\\n\"\n")
            string(APPEND symbols
                "extern \"C\" [[gnu::visibility(\"hidden\")]] const char ${content}_zipped[];\n")
        endif()
        string(APPEND rows "    {\"${name}\", {${content}, ${size}}, ${zipped}, \"${hash}\"},\n")
        math(EXPR number "${number} + 1")
    endforeach()

    file(WRITE ${OUTPUT}
        "// Made by cmake/embed.cmake.\n#include \"${HEADER}\"\n\n#include <array>\n\n"
        "__asm__(\n    \".pushsection .rodata\\n\"\n${bytes}    \".popsection\\n\");\n\n${symbols}\n"
        "namespace ${namespace} {\nnamespace {\n\n"
        "constexpr std::array<conf::embedded_file, ${count}> files{{\n${rows}}};\n\n}  // namespace\n\n"
        "conf::embedded_files ${function}() noexcept {\n    return files;\n}\n\n"
        "}  // namespace ${namespace}\n")
    return()
endif()

set(conf_embed_script ${CMAKE_CURRENT_LIST_FILE})

function(conf_embed target)
    cmake_parse_arguments(PARSE_ARGV 1 embed "" "FOLDER;HEADER;FUNCTION" "DEPENDS")
    get_filename_component(folder ${embed_FOLDER} ABSOLUTE)
    get_filename_component(name ${embed_FOLDER} NAME)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/embedded_${name}.cpp)
    file(GLOB_RECURSE files CONFIGURE_DEPENDS ${folder}/*)
    add_custom_command(OUTPUT ${output}
        COMMAND ${CMAKE_COMMAND} -DFOLDER=${folder} -DOUTPUT=${output} -DHEADER=${embed_HEADER}
            -DFUNCTION=${embed_FUNCTION} -P ${conf_embed_script}
        DEPENDS ${files} ${conf_embed_script} ${embed_DEPENDS}
        COMMENT "Embedding ${name}" VERBATIM)
    target_sources(${target} PRIVATE ${output})
endfunction()
