"""Boards with a client that was written from their specification, in another language."""

import pathlib

import harness
from harness import Child, case, require
from signalling import PYTHON

HERE = pathlib.Path(__file__).parent


@case("six painters survive SIGKILL, 3 rounds")
def killed():
    kill(3)


@case("six painters survive SIGKILL, 100 rounds", long=True)
def killed_often():
    kill(100)


def kill(rounds):
    words = [PYTHON, HERE / "board_rounds.py", harness.Where.bin / "conf-server", harness.folder("painted"), "--rounds",
             rounds]
    with Child(words, "board rounds") as child:
        line = child.wait_for(r"^(ok|FAILED) board rounds.*", 30 + 15 * rounds)
        require(line[1] == "ok", line[0])
        print(f"   {line[0]}")
        require(child.wait() == 0, "it failed at its end")
