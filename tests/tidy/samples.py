"""Samples for the checks' own test: a small tree that is good, and what each check must catch in it."""

import banned
import layout
import promises
import structure
import tools

HEADER = "/// What it is for.\n#pragma once\n\nint one();\n"

# What no check may object to.
GOOD = {
    ".github/SECURITY.md": "| SEC-TURN-1 | One rule. |\n",
    "README.md": "See https://example.org and ./build, README.md too.\n\n```cpp\nint main() {}\n```\n",
    "apps/CMakeLists.txt": "conf_program(tool tool/main.cpp)\n",
    "apps/tool/main.cpp": "#include <conf/turn.hpp>\n\n#include <spdlog/spdlog.h>\n\n#include <iostream>\n",
    "examples/CMakeLists.txt": "conf_program(example_one one.cpp)\n",
    "examples/one.cpp": "int main() {}\n",
    "include/conf/error.hpp": "/// Errors.\n#pragma once\n\n#include <chrono>\n",
    "include/conf/turn.hpp": "/// The relay.\n#pragma once\n\n#include <string>\n\nstruct relay {};\n",
    "libconf/CMakeLists.txt": """target_sources(conf PRIVATE
    base/check.cpp
    crypto/digest.cpp
    net/loop.cpp)
target_sources(conf PRIVATE turn/server.cpp)
""",
    "libconf/base/check.cpp": "void stop() {\n    std::abort();\n}\n",
    "libconf/base/time.hpp": HEADER,
    "libconf/crypto/digest.cpp": """#include "libconf/crypto/digest.hpp"

#include "libconf/base/time.hpp"

#include <openssl/evp.h>

// abort(), std::cout and system_clock::now() are only words in a comment.
const char* text = "printf( and std::thread";
thread_local int context;
""",
    "libconf/crypto/digest.hpp": HEADER,
    "libconf/net/loop.cpp": """#include "libconf/net/loop.hpp"

#include <openssl/ssl.h>

#include <mutex>

auto now() {
    return std::chrono::steady_clock::now();
}
""",
    "libconf/net/loop.hpp": HEADER,
    "libconf/turn/server.cpp": """#include "libconf/turn/server.hpp"

#include <conf/error.hpp>
#include <conf/turn.hpp>

auto later(int now) {
    return now + random();
}
""",
    "libconf/turn/server.hpp": HEADER,
    "tests/CMakeLists.txt": "add_executable(all all_test.cpp)\n",
    "tests/all_test.cpp": """// SEC-TURN-1
#include "libconf/base/time.hpp"
#include "libconf/crypto/digest.hpp"
#include "libconf/net/loop.hpp"
#include "libconf/turn/server.hpp"
""",
    "tests/tidy/homes.txt": """openssl/ libconf/crypto libconf/net
openssl/ssl libconf/net
spdlog/ apps
""",
    "tests/tidy/layers.txt": """0 base:
0 crypto: base
1 turn: base crypto <conf/turn.hpp>
4 net: base turn
4 config: base
""",
}

CORE, SHELL, PUBLIC = "libconf/turn/x.cpp", "libconf/net/x.cpp", "include/conf/x.hpp"
LISTS, TABLE = "libconf/CMakeLists.txt", "tests/tidy/layers.txt"

# For each check: what is wrong, the file that joins or replaces one of GOOD, its text, the line to be named.
BAD = {
    structure.layers: [
        ("a core includes the shell", CORE, '\n#include "libconf/net/loop.hpp"\n', 2),
        ("sideways without a word", "libconf/base/x.cpp", '#include "libconf/crypto/digest.hpp"\n', 1),
        ("a module nobody knows", "libconf/magic/x.cpp", "\n", 1),
        ("a relative include", CORE, '#include "server.hpp"\n', 1),
        ("a public header too many", "libconf/base/x.cpp", "#include <conf/turn.hpp>\n", 1),
        ("a program looks inside", "apps/tool/x.cpp", '#include "libconf/base/time.hpp"\n', 1),
        ("an example looks inside", "examples/x.cpp", "#include <libconf/base/time.hpp>\n", 1),
        ("the private tree in a public header", PUBLIC, '#include "libconf/base/time.hpp"\n', 1),
        ("fmt in a public header", PUBLIC, "#include <fmt/format.h>\n", 1),
        ("the system in a public header", PUBLIC, "#include <unistd.h>\n", 1),
        ("a table that points upwards", TABLE, "0 base: net\n4 net:\n", 1),
        ("a table with a circle", TABLE, "4 net: api\n4 api: net\n", 1),
        ("a table with an unknown module", TABLE, "0 base:\n4 net: magic\n", 2),
    ],
    structure.third_party: [
        ("OpenSSL in a core", CORE, "#include <openssl/evp.h>\n", 1),
        ("TLS in crypto", "libconf/crypto/x.cpp", "#include <openssl/ssl.h>\n", 1),
        ("the log library inside", SHELL, "#include <spdlog/spdlog.h>\n", 1),
    ],
    structure.own_header_first: [
        ("own header second", "libconf/net/loop.cpp", '#include <x>\n#include "libconf/net/loop.hpp"\n', 1),
        ("a header that is not there", CORE, '#include "libconf/turn/no.hpp"\n', 1),
        ("a public header that is not there", CORE, "#include <conf/no.hpp>\n", 1),
    ],
    structure.listed_sources: [
        ("a dead file", CORE, "\n", 1),
        ("a source that is gone", "apps/CMakeLists.txt", "\nconf_program(t tool/main.cpp no.cpp)\n", 2),
        ("an unsorted list", LISTS, "target_sources(x PRIVATE\n    turn/server.cpp\n    net/loop.cpp)\n", 3),
    ],
    structure.tested_modules: [("a module without a test", "libconf/config/x.cpp", "\n", 1)],
    banned.banned_calls: [
        ("a clock", CORE, "auto t = std::chrono::steady_clock::now();\n", 1),
        ("a C clock", CORE, "auto t = time(nullptr);\n", 1),
        ("a clock behind an alias", CORE, "auto t = clock::now();\n", 1),
        ("a clock in a public header", PUBLIC, "auto t = system_clock::now();\n", 1),
        ("a random device", "libconf/base/x.cpp", "std::random_device d;\n", 1),
        ("rand", "libconf/base/x.cpp", "int x = rand();\n", 1),
        ("the random header", CORE, "#include <random>\n", 1),
        ("a sleep", CORE, "std::this_thread::sleep_for(1s);\n", 1),
        ("a mutex", CORE, "std::recursive_mutex m;\n", 1),
        ("a lock header", CORE, "#include <mutex>\n", 1),
        ("a thread-local", CORE, "thread_local int x;\n", 1),
        ("a file", CORE, 'std::ifstream f("x");\n', 1),
        ("printing", SHELL, 'std::printf("x");\n', 1),
        ("printing with fmt", SHELL, 'fmt::print("x");\n', 1),
        ("cerr", SHELL, 'std::cerr << "x";\n', 1),
        ("iostream", SHELL, "#include <iostream>\n", 1),
        ("the environment", SHELL, 'auto home = std::getenv("HOME");\n', 1),
        ("changing the environment", SHELL, 'setenv("TZ", "UTC", 1);\n', 1),
        ("ending the process", SHELL, "\nstd::abort();\n", 2),
        ("a clock in an exempt file", "libconf/base/check.cpp", "std::abort();\ntime(0);\n", 2),
    ],
    banned.exemptions: [("an exemption nobody needs", "libconf/base/check.cpp", "int x;\n", 1)],
    banned.sleeping_tests: [("a sleep", "tests/x_test.cpp", "std::this_thread::sleep_for(1s);\n", 1)],
    layout.line_length: [("a long line", CORE, "\n// " + "x" * 120 + "\n", 2)],
    layout.file_length: [("a long file", CORE, "\n" * 1001, 1000)],
    layout.spaces: [
        ("trailing spaces", "CHANGELOG.md", "one \n", 1),
        ("a tab", CORE, "\tint x;\n", 1),
        ("a carriage return", CORE, "int x;\r\n", 1),
        ("no newline at the end", CORE, "int x;", 1),
    ],
    layout.header_start: [
        ("a header without a sentence", "libconf/turn/x.hpp", "#pragma once\n", 1),
        ("a header without once", "libconf/turn/x.hpp", "/// What it is for.\nint x;\n", 2),
    ],
    layout.leftovers: [("something unfinished", CORE, "\n// FIX" + "ME: later\n", 2)],
    layout.machine_paths: [
        ("a home folder", "README.md", "\nsee /home/" + "ada/notes\n", 2),
        ("a way out", "tests/x.md", "see .." + "/../elsewhere/notes\n", 1),
        ("an unknown host", "README.md", "see https:/" + "/mirror.internal/x\n", 1),
    ],
    layout.root_entries: [("something in the root", "notes.md", "\n", 1)],
    layout.executable_scripts: [("a script that cannot be run", "apps/x", "#!/bin/sh\n", 1)],
    promises.named_documents: [("a document that is not here", CORE, "\n// see else" + "where.md\n", 2)],
    promises.security_rules: [
        ("a rule without a test", ".github/SECURITY.md", "| SEC-TURN-1 | x |\n| SEC-TURN-2 | y |\n", 2),
        ("an id without a rule", CORE, "// SEC-" + "TURN-99\n", 1),
    ],
    promises.readme_example: [("an example that moved on", "README.md", "\n```cpp\nint other;\n```\n", 2)],
    tools.public_headers_alone: [
        ("a header that needs another", PUBLIC, "/// What.\n#pragma once\nstd::string name();\n", 3),
    ],
    tools.formatted: [("an odd layout", CORE, "int  x ;\n", 1)],
    tools.shell_scripts: [("a folder that may not be there", "apps/x.sh", "#!/bin/sh\n\ncd $1\nrm x\n", 3)],
    tools.python_scripts: [("a syntax error", "apps/x.py", "def f(:\n", 1)],
}
