"""The checks' own test: each must catch its bad samples, and leave the good tree alone."""

import pathlib
import tempfile

import layout
import samples
from tree import Tree


def found_on_disk(check, files):
    """What a check finds in files that exist, for checks that call a tool or look at modes."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            place = pathlib.Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8", newline="")
        style = pathlib.Path(__file__).resolve().parents[2] / ".clang-format"
        pathlib.Path(folder, ".clang-format").write_text(style.read_text(encoding="utf-8"), encoding="utf-8")
        return list(check(Tree(files, folder)))


def found(check, files):
    if check.__module__ == "tools" or check is layout.executable_scripts:
        return found_on_disk(check, files)
    return list(check(Tree(files)))


def fault(check):
    """What is wrong with a check, or None."""
    if check not in samples.BAD:
        return "has no sample that it must catch"
    for what, path, text, line in samples.BAD[check]:
        findings = found(check, samples.GOOD | {path: text})
        if not any(finding.path == path and finding.line == line for finding in findings):
            return f"does not catch {what}; it said {[str(finding) for finding in findings]}"
    for finding in found(check, samples.GOOD):
        return f"objects to good code: {finding}"
    return None
