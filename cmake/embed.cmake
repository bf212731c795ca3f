# Puts the files of a folder into a program: conf_embed writes a C++ source with their bytes, what they hash to and what
# gzip makes of them. libconf/net/static_files.hpp says how they are served.
#
#     conf_embed(conf_layer4 FOLDER pages HEADER libconf/api/pages.hpp FUNCTION conf::api::pages)
#
# FUNCTION is declared in HEADER, without arguments, and returns conf::embedded_files. The folder is taken as it is,
# folders below it too; a build of its own (a bundler's) may fill it if its targets stand in DEPENDS.
#
# String literals, not the assembler's .incbin: compilers take them at some 10 MB a second, they need no second language,
# work with every compiler, and a compiler cache sees what is in them. Everything is made by CMake itself.

# The build calls this file as a script to write the source.
if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
    # A literal that spells each byte, so that no escape can run into its neighbour.
    function(literal_of_hex out hex)
        string(REGEX REPLACE "(..)" "\\\\x\\1" escaped "${hex}")
        set(${out} "\"${escaped}\"" PARENT_SCOPE)
    endfunction()

    file(GLOB_RECURSE names RELATIVE ${FOLDER} ${FOLDER}/*)
    list(SORT names)
    list(LENGTH names count)
    set(rows "")
    foreach(name IN LISTS names)
        file(SIZE ${FOLDER}/${name} size)
        file(SHA256 ${FOLDER}/${name} hash)
        string(SUBSTRING ${hash} 0 32 hash)
        file(READ ${FOLDER}/${name} hex HEX)
        literal_of_hex(content "${hex}")

        file(ARCHIVE_CREATE OUTPUT ${OUTPUT}.gz PATHS ${FOLDER}/${name} FORMAT raw
            COMPRESSION GZip COMPRESSION_LEVEL 9)
        file(READ ${OUTPUT}.gz hex HEX)
        file(SIZE ${OUTPUT}.gz zipped_size)
        file(REMOVE ${OUTPUT}.gz)
        # RFC 1952: bytes 4 to 7 are the time of compression. The same files shall make the same source.
        string(SUBSTRING "${hex}" 0 8 magic)
        string(SUBSTRING "${hex}" 16 -1 rest)
        literal_of_hex(zipped "${magic}00000000${rest}")
        math(EXPR worth_it "${size} * 9 / 10")
        if(zipped_size GREATER worth_it)  # pictures, for example
            set(zipped "\"\"")
            set(zipped_size 0)
        endif()
        string(APPEND rows "    {\"${name}\", {${content}, ${size}}, {${zipped}, ${zipped_size}}, \"${hash}\"},\n")
    endforeach()

    string(REGEX MATCH "^(.*)::([^:]+)$" whole ${FUNCTION})
    file(WRITE ${OUTPUT}
        "// Made by cmake/embed.cmake.\n#include \"${HEADER}\"\n\n"
        "#include <array>\n\nnamespace ${CMAKE_MATCH_1} {\nnamespace {\n\n"
        "constexpr std::array<conf::embedded_file, ${count}> files{{\n${rows}}};\n\n}  // namespace\n\n"
        "conf::embedded_files ${CMAKE_MATCH_2}() noexcept {\n    return files;\n}\n\n"
        "}  // namespace ${CMAKE_MATCH_1}\n")
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
    # Clang warns above 64 KiB, where a compiler need not go on; all of ours do.
    set_source_files_properties(${output} PROPERTIES COMPILE_OPTIONS -Wno-overlength-strings)
    target_sources(${target} PRIVATE ${output})
endfunction()
