"""Stock clients of Yjs over y-websocket: editors as npm has them, kills of the server, tokens, HTTP, hostile frames."""

import pathlib

import harness
from harness import Child, case
from peers.table import modules

HERE = pathlib.Path(__file__).parent / "pads"


@case("pads: stock clients, 5 kills")
def few():
    run(5)


@case("pads: stock clients, 200 kills", long=True)
def many():
    run(200)


def run(rounds):
    modules(HERE)
    words = [harness.tool("node"), HERE / "main.mjs", harness.Where.bin / "conf-server", harness.folder("pads"),
             "--rounds", rounds]
    with Child(words, "pads") as child:
        status = child.wait(120 + 10 * rounds)
        for line in child.lines:
            print(f"   {line}")
        harness.require(status == 0, "; ".join(line for line in child.lines if line.startswith("FAILED")))
