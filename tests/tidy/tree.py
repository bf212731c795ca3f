"""The files that the checks look at, and the findings they return."""

import dataclasses
import pathlib
import subprocess


@dataclasses.dataclass(frozen=True)
class Finding:
    """One thing to mend: where, and what to do about it."""

    path: str
    line: int
    advice: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.advice}"


class Tree:
    """Text files by their path from the root. Made from the disk, or by hand for the checks' own test."""

    def __init__(self, files, root=None):
        self.files = files
        self.root = root

    @classmethod
    def from_disk(cls, root):
        """Everything that git knows or would add; binary files and test vectors are left out."""
        git = ["git", "-c", f"safe.directory={root}"]  # a checkout that belongs to somebody else is fine here
        names = subprocess.run(
            git + ["ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=root, check=True, capture_output=True, text=True).stdout.split("\0")
        files = {}
        for name in sorted(filter(None, names)):
            path = pathlib.Path(root, name)
            data = name.startswith(("tests/vectors/", "tests/fuzz/corpus/")) and not name.endswith(".md")
            if data or not path.is_file():
                continue
            try:
                files[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
        return cls(files, root)

    def cpp(self, *folders):
        """C++ files as (path, text), those under `folders` where some are given."""
        places = tuple(folder + "/" for folder in folders) or ("",)
        for path, text in self.files.items():
            if path.endswith((".hpp", ".cpp")) and path.startswith(places):
                yield path, text

    def is_script(self, path):
        return path.endswith(".sh") or self.files[path].startswith("#!")


def blank_comments_and_strings(text):
    """The same text with comments and the inside of literals replaced by spaces; lines and columns stay."""
    out = []
    at = 0
    end = len(text)
    while at < end:
        two = text[at:at + 2]
        if two == "//":
            stop = text.find("\n", at)
            stop = end if stop < 0 else stop
        elif two == "/*":
            stop = text.find("*/", at + 2)
            stop = end if stop < 0 else stop + 2
        elif text.startswith('R"', at) and not (at and (text[at - 1].isalnum() or text[at - 1] == "_")):
            open_at = text.find("(", at)
            closing = ")" + text[at + 2:open_at] + '"'
            stop = text.find(closing, open_at)
            stop = end if stop < 0 else stop + len(closing)
        elif text[at] == '"' or (text[at] == "'" and not (at and text[at - 1].isalnum())):
            quote = text[at]
            stop = at + 1
            while stop < end and text[stop] not in (quote, "\n"):
                stop += 2 if text[stop] == "\\" else 1
            stop = min(stop + 1, end)
        else:
            out.append(text[at])
            at += 1
            continue
        out.append("".join(c if c == "\n" else " " for c in text[at:stop]))
        at = stop
    return "".join(out)


def line_of(text, position):
    return text.count("\n", 0, position) + 1
