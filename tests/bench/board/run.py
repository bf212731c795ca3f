#!/usr/bin/env python3
"""Pens that draw on a board of conf-server while others watch. README.md says how, --help what can be chosen."""

import argparse
import json
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing of ours lands in the source tree
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
sys.path[:0] = [os.path.join(HERE, "..", "peer"), os.path.join(HERE, "..", "sfu")]

from children import CannotStart, settle_in  # noqa: E402
from claims import Claims  # noqa: E402
from servers import ConfServer, start  # noqa: E402

# What the project promises.
P99_MAX_MS = 30
TICK_MS = 20          # from the third pen on messages are collected for so long
MESSAGE_BYTES_MAX = 40
POINT_BYTES_MAX = 3
CPU_RATIO_MAX = 2.0
REPLAY_MAX_S = 0.5    # for 100 000 operations
# Flat: the last of two hours costs and keeps no more than the first did, but for what measuring cannot tell apart.
GROWTH_MAX = 1.25
HEAP_GROWTH_MAX = 1.1
# A quick run shares its machine with whatever else runs there: gross claims only.
QUICK_P99_MAX_MS = 200
QUICK_CPU_RATIO_MAX = 3.0
LOAD_BUSY_MAX = 0.9


def load(chosen, *words):
    core = sorted(os.sched_getaffinity(0))[-1]
    command = [chosen.load, "--cpu", str(core), "--viewers", str(chosen.viewers), "--seconds", str(chosen.seconds), *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=180 + chosen.seconds, check=False,
                                preexec_fn=lambda: settle_in(None, chosen.noise))
    except subprocess.TimeoutExpired:
        return {"error": "board_load took too long"}
    return json.loads(answer.stdout) if answer.returncode == 0 else {"error": answer.stderr.strip()}


def watch(chosen, pens):
    """One life of a server."""
    first = sorted(os.sched_getaffinity(0))[0]
    with start(ConfServer, {first}, chosen.noise) as server:
        port = re.search(r"url=http://[^\s\"]+:(\d+)", server.output())[1]
        got = load(chosen, "--watch", "--port", port, "--pid", str(server.process.pid), "--pens", str(pens))
        if server.process.poll() is not None:
            return {"error": f"conf-server ended with {server.process.returncode}: {server.output()[-500:]}"}
        return got


def bare(chosen, bytes_a_message):
    """The program that only writes, on the server's core."""
    first = sorted(os.sched_getaffinity(0))[0]
    writer = subprocess.Popen([chosen.load, "--bare-writer", "--viewers", str(chosen.viewers), "--bytes",
                               str(bytes_a_message)], stdout=subprocess.PIPE, text=True,
                              preexec_fn=lambda: settle_in({first}, chosen.noise))
    try:
        port = writer.stdout.readline().split()[1]
        return load(chosen, "--bare-readers", "--port", port, "--pid", str(writer.pid), "--bytes", str(bytes_a_message))
    finally:
        writer.kill()
        writer.wait()


def judge(chosen, got, claims):
    pens = got["pens"]
    name = f"{pens} pen{'s' if pens > 1 else ''}, {got['viewers']} viewers"
    live, changes = got["live_ms"], got["changes_ms"]
    print(f"        {name}, {got['seconds']:.0f} s: {got['sent']} messages sent, {got['received']} received; live p50 "
          f"{live['p50']:.2f} ms, p99 {live['p99']:.2f}, p99.9 {live['p999']:.2f}, longest {live['max']:.1f}; kept changes "
          f"p50 {changes['p50']:.2f} ms, p99 {changes['p99']:.2f}")
    print(f"        {got['live_bytes']:.1f} bytes a message of two points with framing (at most {got['live_bytes_max']}), "
          f"{got['bytes_a_message']:.1f} over all, {got['bytes_a_stored_point']:.2f} a stored point; server "
          f"{got['server_cpu_s']:.2f} s of CPU ({got['server_busy']:.0%} of a core, {got['server_us_a_message']:.2f} us a "
          f"message); load {got['load_busy']:.0%} of a core, at most {got['load_late_ms']:.0f} ms late")
    limit = (QUICK_P99_MAX_MS if chosen.quick else P99_MAX_MS) + (TICK_MS if pens > 2 else 0)
    busy = "; the load was the limit" if got["load_busy"] > LOAD_BUSY_MAX else ""
    claims.add(f"{name}: p99 from sender to viewer {live['p99']:.2f} ms, under {limit}{busy}", live["p99"] < limit)
    claims.add(f"{name}: {got['discarded']} changes discarded, {got['unreadable']} messages unreadable",
               got["discarded"] == 0 and got["unreadable"] == 0)
    if pens == 1:
        claims.add(f"{name}: {got['live_bytes_max']} bytes a live message with framing, at most {MESSAGE_BYTES_MAX}",
                   0 < got["live_bytes_max"] <= MESSAGE_BYTES_MAX)
        claims.add(f"{name}: {got['bytes_a_stored_point']:.2f} bytes a point in the stored stroke, at most "
                   f"{POINT_BYTES_MAX}", 0 < got["bytes_a_stored_point"] <= POINT_BYTES_MAX)


def replay(chosen, claims):
    got = load(chosen, "--replay")
    if "error" in got:
        claims.add(f"the replay: {got['error']}", False)
        return got
    claims.add(f"{got['operations']} operations replayed into a board ({got['shapes']} shapes are left): "
               f"{got['cpu_s']:.3f} s of CPU, under {REPLAY_MAX_S}", got["cpu_s"] < REPLAY_MAX_S)
    return got


def hours(chosen, claims):
    """Two hours of three pens, time compressed: what the first and the last of the hours' minutes cost."""
    got = load(chosen, "--hours", "--pens", "3", "--viewers", "50")
    if "error" in got:
        claims.add(f"two hours: {got['error']}", False)
        return got
    for one in got["periods"]:
        print(f"        minute {one['minute']:3}: {one['messages']} messages, {one['shapes']} shapes, "
              f"{one['us_a_message']:.2f} us of CPU each, p50 {one['p50_us']:.2f} us, p99 {one['p99_us']:.2f} us, "
              f"heap after clearing {one['heap_bytes'] / 1e6:.2f} MB")
    # The first ten minutes fill caches and rings.
    early, late = got["periods"][1:4], got["periods"][-3:]
    mean = lambda of, name: sum(one[name] for one in of) / len(of)
    for name, most, what in (("us_a_message", GROWTH_MAX, "CPU a message"), ("p99_us", GROWTH_MAX, "p99 of a message"),
                             ("heap_bytes", HEAP_GROWTH_MAX, "memory")):
        growth = mean(late, name) / mean(early, name)
        claims.add(f"two hours of drawing: {what} of the last half hour is {growth:.2f} times that of the first, at most "
                   f"{most}", growth <= most)
    return got


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="some seconds: gross claims only")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release", "bin"), metavar="FOLDER",
                        help="where board_load and conf-server are (build/release/bin)")
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--pens", type=int, nargs="*", help="a room for each number (1 2 3 6; quick 1 3)")
    parser.add_argument("--seconds", type=float, help="length of each measurement (30; quick 3)")
    parser.add_argument("--noise", action="store_true", help="others use the machine: take the right of way")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    chosen = parser.parse_args()
    chosen.pens = chosen.pens or ([1, 3] if chosen.quick else [1, 2, 3, 6])
    chosen.seconds = chosen.seconds or (3 if chosen.quick else 30)
    chosen.load = os.path.join(chosen.build, "board_load")
    ConfServer.program = os.path.join(chosen.build, "conf-server")
    for program in (chosen.load, ConfServer.program):
        if not os.access(program, os.X_OK):
            sys.exit(f"run.py: {program} is not there: build board_load and conf-server first, or say --build FOLDER")
    return chosen


def main():
    chosen = parse()
    claims, results = Claims(at_once=True), {"rooms": []}
    try:
        for pens in chosen.pens:
            got = watch(chosen, pens)
            results["rooms"].append(got)
            if "error" in got:
                claims.add(f"{pens} pens: {got['error']}", False)
                continue
            judge(chosen, got, claims)
            if pens != 1:
                continue
            plain = results["bare"] = bare(chosen, round(got["bytes_a_message"]))
            if "error" in plain:
                claims.add(f"the bare writer: {plain['error']}", False)
                continue
            ratio = results["cpu_ratio"] = got["server_us_a_message"] / plain["cpu_us_a_write"]
            most = QUICK_CPU_RATIO_MAX if chosen.quick else CPU_RATIO_MAX
            claims.add(f"server CPU {got['server_us_a_message']:.2f} us a message, {ratio:.2f} times the "
                       f"{plain['cpu_us_a_write']:.2f} us of a program that only writes, at most {most}", ratio <= most)
    except CannotStart as why:
        claims.add(str(why), False)
    if not chosen.quick:
        results["replay"] = replay(chosen, claims)
        results["hours"] = hours(chosen, claims)
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump(results, file, indent=1)
    return 1 if claims.failed else 0


if __name__ == "__main__":
    sys.exit(main())
