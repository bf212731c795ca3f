"""Checks of what is called where: the cores know no clock, no chance, no thread and no file."""

import re

from structure import Layers, includes, module_of
from tree import Finding, blank_comments_and_strings, line_of

FREE = r"(?<![\w.>])(?:std::)?"  # a function of its own, no member of something

SLEEPS = r"\b(?:sleep_for|sleep_until|usleep|nanosleep)\b|(?<![\w.>:])sleep\s*\("

# what, and what to do instead; in modules below the shell and in the public headers
BELOW_THE_SHELL = [
    (
        r"(?:::|\.)\s*now\s*\(|\b(?:system|steady|high_resolution|file|utc)_clock\b"
        r"|\b(?:clock_gettime|gettimeofday)\b|\bstd::time\s*\("
        r"|(?<![\w.>:])time\s*\(\s*(?:nullptr|NULL|0|&)",
        "a core is told the time; take an `instant now`",
    ),
    (
        r"\brandom_device\b|(?<![\w.>])std::rand\b|(?<![\w.>:])s?rand\s*\("
        r"|\b(?:drand48|getrandom|arc4random\w*)\s*\(",
        "randomness is an argument: take a seed or bytes from the caller",
    ),
    (SLEEPS, "a core never waits; offer a deadline()"),
    (
        r"\bstd::(?:jthread|thread|\w*mutex|lock_guard|unique_lock|shared_lock|scoped_lock"
        r"|condition_variable\w*|async|future|promise|call_once|counting_semaphore|binary_semaphore|latch|barrier)\b"
        r"|\bthread_local\b|\bpthread_\w+",
        "no threads and no locks below the shell; state belongs to one shard",
    ),
    (
        r"\bstd::[io]?fstream\b|" + FREE + r"fopen\s*\(|\bstd::filesystem\b",
        "files belong to the shell; take bytes",
    ),
]

# in all of the library
EVERYWHERE = [
    (
        r"\bstd::(?:cout|cerr|clog|wcout|cin)\b|" + FREE + r"(?:v?f?printf|puts|putchar|fputs|perror)\s*\("
        r"|\bfmt::print\s*\(|\b(?:stdout|stderr)\b",
        "the library never prints; use the log sink",
    ),
    (
        FREE + r"(?:setenv|putenv|setlocale)\s*\(|\bstd::locale::global\b",
        "the process belongs to the embedder; do not change it",
    ),
    (
        FREE + r"(?:exit|_exit|quick_exit|abort|terminate)\s*\(",
        "the library does not end the process; return an error, or check() for our own bugs",
    ),
]

# everywhere but in the module that reads settings
ENVIRONMENT = (
    r"\b(?:secure_)?getenv\s*\(|\benviron\b",
    "settings come as options; only config reads the environment",
)

HEADERS = {
    "iostream": "the library never prints",
    "cstdio": "the library never prints",
    "thread": "no threads below the shell",
    "mutex": "no locks below the shell",
    "shared_mutex": "no locks below the shell",
    "condition_variable": "no locks below the shell",
    "future": "no threads below the shell",
    "fstream": "files belong to the shell",
    "filesystem": "files belong to the shell",
    "random": "use the seeded generator that the caller gives",
}
SHELL_MAY_INCLUDE = set(HEADERS) - {"iostream", "random"}

# file: (what it may do after all, why)
EXEMPT = {
    "libconf/base/check.cpp": (r"abort\s*\(", "ends the process for our own bugs, after the handler"),
    "libconf/crypto/digest.cpp": ("thread_local", "OpenSSL's contexts cost more than the hash, keep nothing"),
}


def banned_calls(tree):
    """no clock, chance, sleep, thread, file below the shell; no printing, exit, environment in the library"""
    table = Layers(tree.files["tests/tidy/layers.txt"])
    for path, text in tree.cpp("libconf", "include"):
        module = module_of(path)
        shell = table.layer.get(module, 0) >= 4
        rules = list(EVERYWHERE) if shell else BELOW_THE_SHELL + EVERYWHERE
        if module != "config":
            rules.append(ENVIRONMENT)
        code = blank_comments_and_strings(text)
        for pattern, advice in rules:
            for match in re.finditer(pattern, code):
                if path not in EXEMPT or not re.search(EXEMPT[path][0], match[0]):
                    yield Finding(path, line_of(code, match.start()), f"{match[0].strip()}: {advice}")
        for line, _, name in includes(text):
            if name in HEADERS and not (shell and name in SHELL_MAY_INCLUDE):
                yield Finding(path, line, f"<{name}>: {HEADERS[name]}")


def exemptions(tree):
    """every exemption from the banned calls is still needed"""
    for path, (pattern, _) in EXEMPT.items():
        if path in tree.files and not re.search(pattern, blank_comments_and_strings(tree.files[path])):
            yield Finding(path, 1, "it no longer does what banned.py exempts it for; take the exemption out")


def sleeping_tests(tree):
    """no test sleeps"""
    for path, text in tree.cpp("tests"):
        if path.startswith("tests/bench/"):
            continue  # a load program paces itself on purpose
        code = blank_comments_and_strings(text)
        for match in re.finditer(SLEEPS, code):
            advice = "wait for the event, or move a virtual clock"
            yield Finding(path, line_of(code, match.start()), f"{match[0].strip()}: {advice}")


CHECKS = [banned_calls, exemptions, sleeping_tests]
