"""Other WebRTC stacks publish to conf-server and play from it; prints what each of them can, as a table."""

import json
import os
import pathlib
import signal
import subprocess

import harness
from harness import Child, case, require

HERE = pathlib.Path(__file__).resolve().parent
E2E = HERE.parents[1] / "e2e"
PYTHON = "/usr/bin/python3"  # Debian's own, for which its packages are
ADDRESS = "10.77.3.1"        # see peers/inside
PATIENCE = 150               # seconds for a row: seven on an idle machine

ROWS = []
HEAD = ("peer", "publish", "play", "SRTP profile", "lost of what it publishes", "lost of what it plays")


def modules(folder):
    """What the folder's lock file names is there."""
    there, lock = folder / "node_modules/.package-lock.json", folder / "package-lock.json"
    if there.exists() and there.stat().st_mtime >= lock.stat().st_mtime:
        return
    done = subprocess.run([harness.tool("npm"), "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=folder,
                          capture_output=True, text=True, check=False)
    require(done.returncode == 0, f"npm ci in {folder.name}: {done.stderr.strip()}")


class Clip:
    """Encoded media for the stacks that only pass it on."""

    def __init__(self):
        self.folder = harness.folder("clip")
        done = subprocess.run([PYTHON, HERE / "clip.py", self.folder], capture_output=True, text=True, timeout=60,
                              check=False)
        require(done.returncode == 0, f"no clip: {done.stderr.strip()}")

    def end(self):
        """The harness removes the folder."""


class Table:
    """Printed when all cases are done."""

    def end(self):
        if not ROWS:
            return
        widths = [max(len(row[column]) for row in [HEAD, *ROWS]) for column in range(len(HEAD))]
        for row in [HEAD, tuple("-" * width for width in widths), *ROWS]:
            print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip(), flush=True)


def repairs(one):
    """What became of the packets that were lost on the way."""
    if one["how"] == "not asked for":
        return f"{one['lost']}: no RTX offered, so none repeated"
    return f"{one['lost']}: " + ("RTX" if one["how"] == "RTX" else "repeated as they were") + (
        "" if one["repaired"] else ", which it does not read")


def flow(one):
    frames = one["seen"]["video"].get("decoded")
    return f"{frames} frames decoded" if frames else f"{one['seen']['video']['packets']} packets, in order"


def row(name, command, version=None):
    """One case: what run.mjs says of a peer."""
    require(os.geteuid() == 0, "a network of their own needs root; run the tests as root")
    for folder in (HERE, E2E):
        modules(folder)
    clip = harness.shared("clip", Clip)
    harness.shared("table", Table)
    words = [HERE / "inside", harness.tool("node"), HERE / "run.mjs", harness.Where.bin / "conf-server", ADDRESS,
             clip.folder, *command]
    with Child(words, name, quiet_end=signal.SIGTERM) as runner:
        try:
            status = runner.wait(PATIENCE)
            said = runner.output().splitlines()
            wrong = [line for line in said if line.startswith("FAILED ")]
            require(status == 0 and not wrong, " ".join(wrong) or f"run.mjs ended with {status}: {' '.join(said[-5:])}")
        except harness.Failed:
            (harness.keep(name) / "said.txt").write_text(runner.output())
            raise
    found = json.loads(said[-1])
    publish, play = found["publish"], found["play"]
    require(publish["profile"] == play["profile"], f"two profiles: {found}")
    stack = f"{publish['stack']} {version}" if version else publish["stack"]
    ROWS.append((stack, flow(publish), flow(play), publish["profile"], repairs(publish), repairs(play)))
    return f"{stack}, {publish['profile']}"


@case("peer chromium", long=True)
def chromium():
    return row("peer chromium", ["chromium"])


@case("peer firefox", long=True)
def firefox():
    return row("peer firefox", ["firefox"])


@case("peer @roamhq/wrtc", long=True)
def wrtc():
    return row("peer @roamhq/wrtc", [harness.tool("node"), HERE / "wrtc.mjs"])


@case("peer werift", long=True)
def werift():
    return row("peer werift", [harness.tool("node"), HERE / "werift.mjs"])


@case("peer node-datachannel", long=True)
def node_datachannel():
    return row("peer node-datachannel", [harness.tool("node"), HERE / "node_datachannel.mjs"])


@case("peer aiortc", long=True)
def aiortc():
    return row("peer aiortc", [PYTHON, HERE / "aiortc_peer.py"])


@case("peer gstreamer", long=True)
def gstreamer():
    return row("peer gstreamer", [PYTHON, HERE / "gstreamer_peer.py"])


@case("peer pion", long=True)
def pion():
    """Long, because it takes Go and half a minute to compile."""
    package = "golang-github-pion-webrtc.v3-dev"
    found = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True,
                           check=False)
    require(found.returncode == 0, f"{package} is not installed")
    # The package lies where its version 3 is not looked for without modules.
    build = harness.Where.bin.parent / "pion"
    link = build / "src/github.com/pion/webrtc/v3"
    if not link.is_symlink():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to("/usr/share/gocode/src/github.com/pion/webrtc")
    environment = {
        **os.environ, "GO111MODULE": "off", "GOPATH": f"{build}:/usr/share/gocode", "GOCACHE": f"{build}/cache"}
    done = subprocess.run([harness.tool("go"), "build", "-o", build / "peer", HERE / "pion.go"], capture_output=True,
                          text=True, env=environment, check=False)
    require(done.returncode == 0, f"pion.go: {done.stderr.strip()}")
    return row("peer pion", [build / "peer"], found.stdout.partition("-")[0])
