#!/usr/bin/env python3
"""Measures our TURN relay against coturn on this machine. README.md says how, --help what can be chosen."""

import argparse
import fnmatch
import json
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing of ours lands in the source tree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peer"))
import points
import report
from children import CannotStart, settle_in
from machine import Pressure, machine
from servers import ConfTurn, Coturn, PASSWORD, USER, paused

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
PRESSURE_MAX = 0.05  # part of a run's time in which some task waited for a core …
PRESSURE_MAX_SHARED = 0.5  # … where the server's own threads, or load and server, share one
STEAL_MAX = 0.03     # part of the cores' time that the hypervisor gave to others
SPARE_RUNS = 2       # more tries for runs that did not count


class Bench:
    def __init__(self, chosen):
        self.chosen = chosen
        cores = sorted(os.sched_getaffinity(0))
        self.load_core = cores[0]
        self.all_cores = set(cores[:2])
        self.server_cores = {cores[1]} if len(cores) > 1 else {cores[0]}

    def server(self, kind, point):
        cores = self.all_cores if point.name.startswith("threads/") else self.server_cores
        return kind(point.threads, cores, self.chosen.noise)

    def one_run(self, point, server):
        seconds = self.chosen.seconds * (0.5 if point.mode == "search" else 1)
        command = [self.chosen.load, "--port", str(server.port), "--pid", str(server.pid), "--user", USER,
                   "--password", PASSWORD, "--cpu", str(self.load_core), "--warm-up", "0.2",
                   "--seconds", str(seconds)] + point.arguments()
        pressure = Pressure()
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False,
                                    preexec_fn=lambda: settle_in(None, self.chosen.noise))
            result = json.loads(answer.stdout) if answer.returncode == 0 else {"error": answer.stderr.strip()}
        except subprocess.TimeoutExpired:
            result = {"error": "turn_load took longer than two minutes"}
        result["machine"] = pressure.result()
        broken, disturbed = self.faults(point, result, server)
        result["notes"] = broken + disturbed
        result["valid"] = not broken
        result["clean"] = not result["notes"]
        return result

    def faults(self, point, result, server):
        """Why a run must not count, and why its figures are to be doubted."""
        broken, disturbed = [], []
        if "error" in result:
            broken.append(result["error"])
        if server.process.poll() is not None:
            broken.append(f"{server.name} died with status {server.process.returncode}")
        if broken:
            return broken, disturbed
        if result.get("malformed"):
            broken.append("datagrams arrived changed")
        if result.get("load_drops"):
            broken.append("dropped in the load's own sockets")
        if result.get("load_refused"):
            broken.append("refused by the kernel when sending")
        if self.chosen.noise:
            return broken, disturbed
        if result.get("pace_held") is False:  # bursts longer than asked for, and no rate to speak of
            disturbed.append("the load did not hold its pace")
        shared = point.mode == "allocate" or point.name.startswith("threads/")
        if result["machine"]["cpu_some"] > (PRESSURE_MAX_SHARED if shared else PRESSURE_MAX):
            disturbed.append("other work on the machine")
        if result["machine"]["steal"] > STEAL_MAX:
            disturbed.append("the hypervisor took time away")
        return broken, disturbed

    def measure(self, point, kinds):
        """A B A B …: each pair is a few seconds apart."""
        wanted = point.repetitions or self.chosen.repetitions
        runs = {kind.name: [] for kind in kinds}
        alive = {}
        try:
            for turn in range(wanted + SPARE_RUNS):
                pair = {}
                for kind in kinds:
                    if kind not in alive:
                        alive[kind] = self.server(kind, point)
                    with paused(server for other, server in alive.items() if other is not kind):
                        pair[kind] = self.one_run(point, alive[kind])
                    if point.fresh or alive[kind].process.poll() is not None:
                        alive.pop(kind).stop()
                for kind, run in pair.items():
                    runs[kind.name].append(run)
                clean = sum(all(runs[kind.name][i]["clean"] for kind in kinds) for i in range(turn + 1))
                if clean >= wanted or any("error" in run for run in pair.values()):
                    break
        finally:
            for server in alive.values():
                server.stop()
        return report.Outcome(point, runs)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true",
                        help="a few seconds: shows that the bench works, not how fast")
    parser.add_argument("--only", metavar="PATTERN", action="append",
                        help="points whose name holds this text or matches this pattern; may be repeated")
    parser.add_argument("--list", action="store_true", help="print the names of the points and leave")
    parser.add_argument("--servers", choices=("both", "coturn", "libconf"), default="both")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release", "bin"), metavar="FOLDER",
                        help="where turn_load and conf-turn are (build/release/bin)")
    parser.add_argument("--load", help="path of turn_load, if it is elsewhere")
    parser.add_argument("--conf-turn", help="path of conf-turn, if it is elsewhere")
    parser.add_argument("--repetitions", type=int, default=5, help="pairs of runs for a point (5)")
    parser.add_argument("--seconds", type=float, default=0.8, help="length of a run (0.8)")
    parser.add_argument("--noise", action="store_true",
                        help="others use the machine: take the right of way, and disturbed runs for good")
    parser.add_argument("--json", metavar="FILE", help="write every run, the machine and the claims there")
    chosen = parser.parse_args()
    chosen.noise = chosen.noise or chosen.quick  # tests run beside each other
    chosen.load = os.path.abspath(chosen.load or os.path.join(chosen.build, "turn_load"))
    ConfTurn.program = os.path.abspath(chosen.conf_turn or os.path.join(chosen.build, "conf-turn"))
    return chosen


def wanted(point, patterns):
    return not patterns or any(pattern in point.name or fnmatch.fnmatch(point.name, pattern)
                               for pattern in patterns)


def servers_for(chosen):
    asked = {"both": (Coturn, ConfTurn), "coturn": (Coturn,), "libconf": (ConfTurn,)}[chosen.servers]
    missing = [kind for kind in asked if not kind.available()]
    if chosen.quick and missing == [Coturn] and len(asked) == 2:
        print("coturn is not installed: quick mode goes on without it")
        return (ConfTurn,)
    for kind in missing:
        hint = "apt-get install coturn" if kind is Coturn else "build it first, or say --conf-turn PATH"
        sys.exit(f"run.py: {kind.program} is not there: {hint}")
    return asked


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders are put away
    chosen = parse()
    chosen_points = [point for point in (points.quick_points() if chosen.quick else points.full_points())
                     if wanted(point, chosen.only)]
    if chosen.list:
        print("\n".join(point.name for point in chosen_points))
        return 0
    if not chosen_points:
        sys.exit("run.py: no point has such a name; --list shows them")
    if not os.access(chosen.load, os.X_OK):
        sys.exit(f"run.py: {chosen.load} is not there: build target turn_load first, or say --load PATH")
    kinds = servers_for(chosen)
    names = [kind.name for kind in kinds]
    facts = machine() | {"servers": {kind.name: kind.version() for kind in kinds}}
    print("{cpu}, {cores} cores, Linux {kernel}; ".format(**facts)
          + ", ".join(f"{name} {version}" for name, version in facts["servers"].items()))
    print("CPU in us a relayed packet unless the row says otherwise; medians; ratio is libconf to coturn, "
          "run by run\n")
    print(report.title(), flush=True)

    bench = Bench(chosen)
    pressure = Pressure()
    outcomes = []
    for point in chosen_points:
        try:
            outcome = bench.measure(point, kinds)
        except CannotStart as error:
            sys.exit(f"run.py: {error}")
        outcomes.append(outcome)
        print("\n".join(report.rows(outcome)), flush=True)

    claims = report.Comparison()
    if chosen.quick:
        report.claim_works(outcomes, claims, names)
    elif len(kinds) == 2:
        report.claim(outcomes, claims)
    whole = pressure.result()
    print(f"\nwhile this ran: {whole['cpu_some']:.1%} of the time some task waited for a core, "
          f"{whole['steal']:.1%} stolen, load average {whole['load_average']}")
    for text in claims.held:
        print(f"ok      {text}")
    for text in claims.failed:
        print(f"FAILED  {text}")
    if claims.held or claims.failed:
        print(f"{len(claims.held)} passed, {len(claims.failed)} failed")

    if chosen.json:
        method = {"repetitions": chosen.repetitions, "seconds": chosen.seconds, "load_core": bench.load_core,
                  "server_cores": sorted(bench.server_cores), "noise": chosen.noise,
                  "pressure_max": PRESSURE_MAX, "steal_max": STEAL_MAX,
                  "cpu": "CLOCK_PROCESS_CPUTIME of the server, soft interrupts included",
                  "described_in": "tests/bench/turn/README.md"}
        measured = [{"name": each.point.name, "mode": each.point.mode, "options": each.point.options,
                     "runs": each.runs} for each in outcomes]
        with open(chosen.json, "w") as file:
            json.dump({"machine": facts, "method": method, "pressure": whole, "points": measured,
                       "claims": {"held": claims.held, "failed": claims.failed}}, file, indent=1)
            file.write("\n")
    return 1 if claims.failed else 0


if __name__ == "__main__":
    sys.exit(main())
