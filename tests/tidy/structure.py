"""Checks of the structure: who includes whom, where third parties live, which files are built and tested."""

import posixpath
import re

from tree import Finding, line_of

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]+([<"])([^>"]+)[>"]', re.MULTILINE)
COMMON_PUBLIC = {"conf/error.hpp", "conf/export.hpp", "conf/log.hpp", "conf/result.hpp", "conf/version.hpp"}


def includes(text):
    """(line, "<" or '"', name) for each #include."""
    for match in INCLUDE.finditer(text):
        yield line_of(text, match.start(1)), match[1], match[2]


def module_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "libconf" and len(parts) > 2 else None


class Layers:
    """The table of tests/tidy/layers.txt."""

    def __init__(self, text):
        self.layer, self.allowed, self.public, self.line = {}, {}, {}, {}
        for number, row in enumerate(text.splitlines(), 1):
            match = re.fullmatch(r"(\d) (\w+):(.*)", row)
            if match:
                module, words = match[2], match[3].split()
                self.layer[module] = int(match[1])
                self.allowed[module] = {word for word in words if not word.startswith("<")}
                self.public[module] = {word.strip("<>") for word in words if word.startswith("<")}
                self.line[module] = number
        for module, words in self.allowed.items():
            if "*" in words:
                below = {m for m in self.layer if self.layer[m] <= self.layer[module]}
                self.allowed[module] = below - {module}

    def faults(self):
        """The table itself: nothing upwards, no circle."""
        for module, words in self.allowed.items():
            for word in sorted(words):
                if word not in self.layer:
                    yield self.line[module], f"{word} is not a module of the table"
                elif self.layer[word] > self.layer[module]:
                    yield self.line[module], f"{module} may not include {word}, which is in a higher layer"
        for module in self.layer:
            seen, todo = set(), set(self.allowed[module])
            while todo:
                word = todo.pop()
                if word not in seen:
                    seen.add(word)
                    todo |= self.allowed.get(word, set())
            if module in seen:
                yield self.line[module], f"{module} includes itself in a circle"


def layers(tree):
    """modules include only what tests/tidy/layers.txt allows"""
    table = Layers(tree.files["tests/tidy/layers.txt"])
    for line, fault in table.faults():
        yield Finding("tests/tidy/layers.txt", line, fault)
    for path, text in tree.cpp("libconf"):
        module = module_of(path)
        if module not in table.layer:
            yield Finding(path, 1, f"module {module} has no line in tests/tidy/layers.txt; give it one")
            continue
        for line, kind, name in includes(text):
            parts = name.split("/")
            if kind == '"' and parts[0] != "libconf":
                yield Finding(path, line, f'write private includes from the root: "libconf/.../{parts[-1]}"')
            elif parts[0] == "libconf" and parts[1] != module and parts[1] not in table.allowed[module]:
                advice = "turn the dependency round, or argue for a word in tests/tidy/layers.txt"
                yield Finding(path, line, f"{module} may not include {name}; {advice}")
            elif parts[0] == "conf" and name not in COMMON_PUBLIC | table.public[module]:
                yield Finding(path, line, f"{module} may not see the public header <{name}>")
    for path, text in tree.cpp("apps", "examples"):
        for line, _, name in includes(text):
            if name.startswith("libconf/"):
                advice = f"what is missing there to avoid {name}?"
                yield Finding(path, line, f"programs use the public headers only; {advice}")
    for path, text in tree.cpp("include"):
        for line, kind, name in includes(text):
            if kind == '"' or (("/" in name or "." in name) and not name.startswith("conf/")):
                advice = "public headers include <conf/...> and the standard library only"
                yield Finding(path, line, f"{name}: {advice}")


def third_party(tree):
    """headers from outside stay in their homes, tests/tidy/homes.txt"""
    homes = []
    for row in tree.files["tests/tidy/homes.txt"].splitlines():
        words = row.split()
        if words and not row.startswith("#"):
            homes.append((words[0], words[1:]))
    homes.sort(key=lambda home: -len(home[0]))  # the longest beginning decides
    for path, text in tree.cpp():
        for line, _, name in includes(text):
            for beginning, places in homes:
                if name.startswith(beginning):
                    if not any(path == place or path.startswith(place + "/") for place in places):
                        yield Finding(path, line, f"<{name}> belongs to {', '.join(places)}; "
                                                  "ask that module for what you need")
                    break


def own_header_first(tree):
    """a source includes its own header first, and includes only files that exist"""
    for path, text in tree.cpp():
        found = list(includes(text))
        own = path[:-4] + ".hpp"
        if path.endswith(".cpp") and path.startswith("libconf/") and own in tree.files:
            if not found or found[0][2] != own:
                line = found[0][0] if found else 1
                yield Finding(path, line, f'put #include "{own}" first: so it is known to stand alone')
        for line, _, name in found:
            if name.startswith("libconf/") and name not in tree.files:
                yield Finding(path, line, f"{name} does not exist")
            elif name.startswith("conf/") and "include/" + name not in tree.files:
                yield Finding(path, line, f"<{name}> does not exist in include/")


def listed_sources(tree):
    """every source stands in a CMakeLists.txt, every source there exists, each list is sorted"""
    lists = {path: text for path, text in tree.files.items() if path.endswith("CMakeLists.txt")}
    listed, patterns = set(), []
    for path, text in lists.items():
        folder = path.rpartition("/")[0]
        before = None
        for number, row in enumerate(text.splitlines(), 1):
            row = row.split("#")[0]
            words = re.findall(r"[\w./${}-]+\.cpp\b", row)
            for word in words:
                if "${" in word:
                    patterns.append((folder, set(re.findall(r"[\w-]+", text))))
                    continue
                full = posixpath.normpath(posixpath.join(folder, word))
                listed.add(full)
                if full not in tree.files:
                    yield Finding(path, number, f"{word} does not exist")
            alone = re.fullmatch(r"\s+([\w./-]+\.cpp)\)?\s*", row)
            if alone and before and alone[1] < before:
                yield Finding(path, number, f"{alone[1]} comes before {before}: keep the list sorted")
            before = alone[1] if alone and not row.rstrip().endswith(")") else None
    for path, _ in tree.cpp("libconf", "apps", "examples", "tests"):
        folder, _, name = path.rpartition("/")
        if path.endswith(".cpp") and path not in listed:
            if not any(place == folder and name[:-4] in names for place, names in patterns):
                yield Finding(path, 1, "no CMakeLists.txt names it: list it, or delete it")


def tested_modules(tree):
    """every module of libconf has a test that includes it"""
    tests = "\n".join(text for _, text in tree.cpp("tests"))
    modules = {module_of(path) for path, _ in tree.cpp("libconf") if path.endswith(".cpp")}
    for module in sorted(modules - {None}):
        if module == "api":
            wanted = "#include <conf/"
        else:
            wanted = f'#include "libconf/{module}/'
        if wanted not in tests:
            path = next(path for path, _ in tree.cpp("libconf") if module_of(path) == module)
            yield Finding(path, 1, f"no test includes module {module}; add tests/{module}/..._test.cpp")


CHECKS = [layers, third_party, own_header_first, listed_sources, tested_modules]
