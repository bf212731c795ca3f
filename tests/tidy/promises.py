"""Checks that documents say what is so: files exist, rules are tested, examples are the real ones."""

import re

from tree import Finding

SECURITY = ".github/SECURITY.md"


def named_documents(tree):
    """a document that is named somewhere is in the repository"""
    known = {path.rpartition("/")[2] for path in tree.files}
    for path, text in tree.files.items():
        if path == "tests/tidy/samples.py":
            continue
        for number, line in enumerate(text.splitlines(), 1):
            for name in re.findall(r"(?<![\w.-])[\w-]+\.md\b", line):
                if name not in known:
                    yield Finding(path, number, f"{name} is not in the repository; say here what it says")


def security_rules(tree):
    """every rule of .github/SECURITY.md is named by the test that proves it, and no id is unknown there"""
    tests = "\n".join(text for path, text in tree.files.items()
                      if path.startswith("tests/") and not path.startswith("tests/tidy/"))
    rules = {}
    for number, line in enumerate(tree.files.get(SECURITY, "").splitlines(), 1):
        for name in re.findall(r"^\| (SEC-[A-Z]+-\d+) ", line):
            rules[name] = number
    for name, number in rules.items():
        if not re.search(re.escape(name) + r"(?!\d)", tests):
            yield Finding(SECURITY, number, f"no test names {name}; put the id into the test that proves it")
    for path, text in tree.cpp():
        for number, line in enumerate(text.splitlines(), 1):
            for name in re.findall(r"\bSEC-[A-Z]+-\d+\b", line):
                if name not in rules:
                    yield Finding(path, number, f"{name} does not stand in {SECURITY}; add the rule there")


def readme_example(tree):
    """C++ in README.md is a whole file of examples/, letter by letter"""
    text = tree.files.get("README.md", "")
    examples = {body.strip() for path, body in tree.cpp("examples")}
    for match in re.finditer(r"^```cpp\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        if match[1].strip() not in examples:
            line = text.count("\n", 0, match.start()) + 1
            yield Finding("README.md", line, "this is no file of examples/ any more; copy the file again")


CHECKS = [named_documents, security_rules, readme_example]
