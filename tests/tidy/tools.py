"""Checks that call a tool: the compiler, clang-format, shellcheck, clang-tidy."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import tempfile

from tree import Finding

COMPILER = os.environ.get("CXX", "c++")


def run(command, cwd):
    """(status, output) of a command."""
    done = subprocess.run(
        command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def in_parallel(work, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(work, items)


def first_error(output, path):
    """The first line that a compiler calls an error, as (line, text)."""
    for row in output.splitlines():
        match = re.match(r".*?:(\d+):(?:\d+:)? (?:fatal )?(?:error|warning): (.*)", row)
        if match:
            return (int(match[1]) if path in row.split(":")[0] else 1), match[2]
    return 1, output.strip().splitlines()[-1] if output.strip() else "no output"


def public_headers_alone(tree):
    """every public header compiles alone, with nothing but include/ on the path"""
    headers = [path for path, _ in tree.cpp("include")]

    def compile_alone(path):
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "alone.cpp")
            name = path.removeprefix("include/")
            source.write_text(f"#include <{name}>\n#include <{name}>\nint main() {{}}\n", encoding="utf-8")
            warnings = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
            status, output = run(
                [COMPILER, "-std=c++20", "-fsyntax-only", *warnings, "-Iinclude", str(source)], tree.root)
        return path, status, output

    for path, status, output in in_parallel(compile_alone, headers):
        if status:
            line, text = first_error(output, path)
            yield Finding(path, line, f"does not compile alone: {text}")


def formatted(tree):
    """clang-format has nothing to change"""
    names = [path for path, _ in tree.cpp()]
    if not names:
        return
    _, output = run(["clang-format-19", "--dry-run", *names], tree.root)
    seen = set()
    for row in output.splitlines():
        match = re.match(r"(.*?):(\d+):\d+: warning: code should be clang-formatted", row)
        if match and match[1] not in seen:  # one finding a file is enough to send somebody to the tool
            seen.add(match[1])
            yield Finding(match[1], int(match[2]), f"run clang-format-19 -i {match[1]}")


def shell_scripts(tree):
    """shellcheck has nothing to say"""
    names = [path for path, text in tree.files.items()
             if re.match(r"#!.*\b(ba)?sh\b", text) or path.endswith(".sh")]
    if not names:
        return
    status, output = run(["shellcheck", "-x", "-P", "SCRIPTDIR", "-f", "gcc", *names], tree.root)
    for row in output.splitlines():
        match = re.match(r"(.*?):(\d+):\d+: (?:error|warning): (.*)", row)
        if match:
            yield Finding(match[1], int(match[2]), match[3])
        elif status > 1:
            yield Finding("tests/tidy/tools.py", 1, row)


def python_scripts(tree):
    """every Python script compiles"""
    for path, text in tree.files.items():
        if path.endswith(".py") or re.match(r"#!.*\bpython3?\b", text):
            try:
                compile(text, path, "exec")
            except SyntaxError as error:
                yield Finding(path, error.lineno or 1, str(error))


def clang_tidy(tree, build):
    """clang-tidy has nothing to say (long)"""
    commands = json.loads(pathlib.Path(tree.root, build, "compile_commands.json").read_text(encoding="utf-8"))
    wanted = [c["file"] for c in commands
              if os.path.relpath(c["file"], tree.root).startswith(("libconf/", "apps/", "examples/"))]

    def tidy(path):
        return run(["clang-tidy-19", "--quiet", "-p", build, "--extra-arg=-DASIO_HAS_CO_AWAIT=1",
                    "--extra-arg=-DASIO_HAS_STD_COROUTINE=1", path], tree.root)

    seen = set()
    for _, output in in_parallel(tidy, sorted(set(wanted))):
        for row in output.splitlines():
            match = re.match(r"(.*?):(\d+):\d+: (?:error|warning): (.*)", row)
            if match and row not in seen:
                seen.add(row)
                yield Finding(os.path.relpath(match[1], tree.root), int(match[2]), match[3])


CHECKS = [public_headers_alone, formatted, shell_scripts, python_scripts]
