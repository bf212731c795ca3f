"""Checks of the text: lengths, spaces, first lines, names that do not belong into the repository."""

import os
import re

from tree import Finding

COLUMNS_MAX = 110  # what clang-format keeps C++ to
COLUMNS_MAX_OF_SCRIPTS = 125  # no formatter breaks these, and half a command is hard to read
LINES_TALK, LINES_MAX = 600, 1000
ROOT = {"CMakeLists.txt", "CMakePresets.json", "CHANGELOG.md", "LICENSE", "README.md",
        "apps", "bindings", "cmake", "examples", "include", "libconf", "tests"}
# Hosts that may stand in an address: those that nobody owns, and those of documents.
HOSTS = re.compile(r"[^.]*|\d+\.\d+\.\d+\.\d+|([\w-]+\.)*example(\.\w+)?|[\w.-]+\.(test|invalid)"
                   r"|github\.com|aomediacodec\.github\.io"
                   r"|www\.(apache|ietf|rfc-editor|w3|webrtc)\.org|datatracker\.ietf\.org|semver\.org"
                   r"|schemas\.openxmlformats\.org")


def code_files(tree):
    """Files whose lines we write by hand and read on a screen."""
    for path, text in tree.files.items():
        if path.endswith((".hpp", ".cpp", ".py", ".cmake", "CMakeLists.txt")) or tree.is_script(path):
            yield path, text


def line_length(tree):
    """no line is longer than 110 columns, of scripts and build files 125"""
    for path, text in code_files(tree):
        most = COLUMNS_MAX if str(path).endswith((".cpp", ".hpp")) else COLUMNS_MAX_OF_SCRIPTS
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > most:
                yield Finding(path, number, f"{len(line)} columns; break it at {most}")


def file_length(tree):
    """no file is longer than 1000 lines"""
    for path, text in code_files(tree):
        lines = text.count("\n")
        if lines > LINES_MAX:
            yield Finding(path, LINES_MAX, f"{lines} lines: split it by role")


def long_files(tree):
    """Not a failure: files that grow towards the limit."""
    for path, text in code_files(tree):
        if LINES_TALK < text.count("\n") <= LINES_MAX:
            yield Finding(path, LINES_TALK, f"{text.count(chr(10))} lines: is it still one idea?")


def spaces(tree):
    """no trailing spaces, no tabs, no carriage returns, a newline at the end"""
    for path, text in tree.files.items():
        if path == "LICENSE" or path.endswith((".txt.gz", ".tsv")):
            continue
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                yield Finding(path, number, "spaces at the end of the line")
            if line.startswith("\t"):
                yield Finding(path, number, "indent with spaces")
        if text and not text.endswith("\n"):
            yield Finding(path, text.count("\n") + 1, "end the file with a newline")


def header_start(tree):
    """each header begins with a sentence on what it is for, then #pragma once"""
    for path, text in tree.cpp():
        if not path.endswith(".hpp"):
            continue
        lines = text.splitlines()
        comment = 0
        while comment < len(lines) and lines[comment].startswith("///"):
            comment += 1
        if not comment or not re.search(r"[.:!?]$", lines[comment - 1].rstrip()):
            yield Finding(path, 1, "begin with `/// What this file is for.`")
        elif comment >= len(lines) or lines[comment] != "#pragma once":
            yield Finding(path, comment + 1, "#pragma once comes right after the first sentence")


def leftovers(tree):
    """nothing unfinished: no mark that says so"""
    words = re.compile(r"\b(" + "|".join(("FIX" + "ME", "TO" + "DO", "XX" + "X", "HA" + "CK")) + r")\b")
    for path, text in tree.files.items():
        for number, line in enumerate(text.splitlines(), 1):
            match = words.search(line)
            if match:
                yield Finding(path, number, f"{match[0]}: finish it, or open an issue and name it")


def machine_paths(tree):
    """nothing of one machine: no home folders, no path of the checkout, no unknown hosts"""
    places = [r"/home/\w+", r"/Users/\w+", re.escape(os.path.expanduser("~")) + r"(?![\w-])"]
    if tree.root:
        places.append(re.escape(str(tree.root)) + r"(?![\w-])")
        parent = os.path.dirname(str(tree.root))
        if parent not in ("/", "/tmp", "/var", "/home", "/opt", "/srv", "/usr"):
            places.append(re.escape(parent) + "/")
    place = re.compile(r"(?<![\w.-])(" + "|".join(places) + ")")
    outside = re.compile(r"(?<![\w./])((?:\.\./)+[\w.-]+(?:/[\w.-]+)*)")
    url = re.compile(r"https?://([^/\s\"'`)>:]*|\[[^\]]*\])")
    for path, text in tree.files.items():
        if path == "LICENSE":
            continue
        # Whom the authors of packages thank is theirs to say; from where packages come is checked.
        if path.endswith("package-lock.json"):
            text = re.sub(r'"funding": (\{[^}]*\}|\[[^\]]*\])|"url": "[^"]*"', lambda m: "\n" * m[0].count("\n"), text)
        depth = path.count("/")
        for number, line in enumerate(text.splitlines(), 1):
            match = place.search(line)
            if match:
                yield Finding(path, number, f"{match[0]} is a path of one machine")
            for match in outside.finditer(line):
                if match[1].count("../") > depth:
                    yield Finding(path, number, f"{match[1]} points out of the repository")
            for match in url.finditer(line):
                if "$" not in match[1] and "{" not in match[1] and not HOSTS.fullmatch(match[1]):
                    advice = "is not on the list in tests/tidy/layout.py; is it needed?"
                    yield Finding(path, number, f"host {match[1]} {advice}")


def root_entries(tree):
    """the root has the agreed entries and no others"""
    for entry in sorted({path.split("/")[0] for path in tree.files}):
        if entry not in ROOT and not entry.startswith("."):
            yield Finding(entry, 1, "the root is fixed; find it a place in one of its folders")


def executable_scripts(tree):
    """what begins with #! can be run"""
    for path, text in tree.files.items():
        if text.startswith("#!") and tree.root and not os.access(os.path.join(tree.root, path), os.X_OK):
            yield Finding(path, 1, f"make it executable: chmod +x {path}")


CHECKS = [line_length, file_length, spaces, header_start, leftovers, machine_paths, root_entries,
          executable_scripts]
