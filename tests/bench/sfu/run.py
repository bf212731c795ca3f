#!/usr/bin/env python3
"""Measures our SFU against Janus on this machine. README.md says how, --help what can be chosen."""

import argparse
import json
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True  # nothing of ours lands in the source tree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peer"))
from children import CannotStart, settle_in
from claims import Claims
from machine import Pressure, machine
from servers import ConfServer, Janus, start

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", "..", ".."))
PRESSURE_MAX = 0.05   # part of a run's time in which some task waited for a core
STEAL_MAX = 0.03      # part of the cores' time that the hypervisor gave to others
LOSS_MAX = 0.1        # percent
P99_MAX_MS = 50
# What the issue of the media path promises.
CPU_US_MAX = 4.0
RATIO_MAX = 1 / 3
P99_ADDED_MAX_MS = 2.0
RECEIVERS_MIN = 1000
KIB_A_RECEIVER_MAX = 130
SETUP_P95_MAX_MS = 60
LOAD_PACKETS_MIN = 200_000


class Bench:
    def __init__(self, chosen):
        self.chosen = chosen
        cores = sorted(os.sched_getaffinity(0))
        self.load_core = cores[0]
        self.server_core = cores[1] if len(cores) > 1 else cores[0]

    def run(self, kind, receivers, *, check_every=1):
        """One life of a server, with a crowd that grows from step to step."""
        pressure = Pressure()
        with start(kind, {self.server_core}, self.chosen.noise) as server:
            command = [self.chosen.load, "--pid", str(server.process.pid), "--cpu", str(self.load_core),
                       "--receivers", ",".join(map(str, receivers)), "--seconds", str(self.chosen.seconds),
                       "--check-every", str(check_every), "--loss-max", str(LOSS_MAX),
                       "--p99-max", str(P99_MAX_MS)] + server.load_arguments()
            limit = 60 + 30 * len(receivers) + max(receivers) / 10
            try:
                answer = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False,
                                        preexec_fn=lambda: settle_in(None, self.chosen.noise))
                result = json.loads(answer.stdout) if answer.returncode == 0 else {"error": answer.stderr.strip()}
            except subprocess.TimeoutExpired:
                result = {"error": f"sfu_load took longer than {limit:.0f} s"}
            if server.process.poll() is not None:
                result["error"] = f"{server.name} ended with {server.process.returncode}"
        result["server"] = kind.name
        result["machine"] = pressure.result()
        result["disturbed"] = (result["machine"]["cpu_some"] > PRESSURE_MAX
                               or result["machine"]["steal"] > STEAL_MAX)
        return result


ROW = "{:<10} {:>9} {:>9} {:>8} {:>9} {:>9} {:>9} {:>8} {:>8} {:>9} {:>9}  {}"


def title():
    return ROW.format("server", "receivers", "packets/s", "CPU us", "server", "loss %", "p50 ms", "p99 ms",
                      "KiB", "setup p50", "setup p95", "")


def row(result, step):
    notes = []
    if step["refused"] or step["unstamped"]:
        notes.append(f"{step['refused']} refused, {step['unstamped']} changed")
    if step["load_drops"]:
        notes.append(f"{step['load_drops']} dropped by the load")
    if step["load_busy"] > 0.9:
        notes.append("the load was the limit")
    if step["starved"]:
        notes.append(f"{step['starved']} without a stream")
    if step["load_late_ms"] > 20:
        notes.append(f"load {step['load_late_ms']:.0f} ms late")
    if result["disturbed"]:
        notes.append("DISTURBED")
    return ROW.format(result["server"], step["receivers"], f"{step['packets_per_second']:.0f}",
                      f"{step['cpu_us_a_packet']:.2f}", f"{step['server_busy']:.0%}",
                      f"{step['loss_percent']:.3f}", f"{step['latency_ms']['p50']:.2f}",
                      f"{step['latency_ms']['p99']:.2f}", f"{step['memory_kib_a_receiver']:.0f}",
                      f"{step['setup_ms']['p50']:.0f}", f"{step['setup_ms']['p95']:.0f}", "; ".join(notes))


def carries(step):
    return (step["loss_percent"] <= LOSS_MAX and step["latency_ms"]["p99"] < P99_MAX_MS
            and not step["starved"] and step["delivered"] > 0.98)


def step_of(results, server, receivers):
    """The one with the least CPU: a disturbance only ever adds."""
    found = [step for result in results if result["server"] == server for step in result.get("steps", [])
             if step["receivers"] == receivers]
    return min(found, key=lambda step: step["cpu_us_a_packet"], default=None)


def judge_errors(results, claims):
    for result in results:
        if "error" in result:
            claims.add(f"{result['server']} works ({result['error']})", False)
        for step in result.get("steps", []):
            if step["refused"] or step["unstamped"]:
                claims.add(f"{result['server']}, {step['receivers']} receivers: every packet is genuine", False)


def judge_quick(results, claims, count):
    ours, theirs = step_of(results, "libconf", count), step_of(results, "janus", count)
    if ours:
        text = f"{count} receivers: lost {ours['lost']} of {ours['packets_received']}, at most {LOSS_MAX} %"
        claims.add(text, ours["loss_percent"] <= LOSS_MAX and not ours["starved"])
    if ours and theirs:
        ratio = ours["cpu_us_a_packet"] / theirs["cpu_us_a_packet"]
        claims.add(f"{count} receivers: CPU a packet {ratio:.2f} of Janus', less than 0.6", ratio < 0.6)


def judge(results, claims):
    for count in (50, 200):
        ours, theirs = step_of(results, "libconf", count), step_of(results, "janus", count)
        if not ours:
            continue
        cpu = ours["cpu_us_a_packet"]
        claims.add(f"{count} receivers: {cpu:.2f} us of CPU a packet, at most {CPU_US_MAX}", cpu <= CPU_US_MAX)
        p99 = ours["latency_ms"]["p99"]
        claims.add(f"{count} receivers: p99 {p99:.2f} ms, under {P99_ADDED_MAX_MS}", p99 < P99_ADDED_MAX_MS)
        claims.add(f"{count} receivers: {ours['loss_percent']:.3f} % lost", ours["loss_percent"] <= LOSS_MAX)
        if theirs:
            ratio = cpu / theirs["cpu_us_a_packet"]
            claims.add(f"{count} receivers: CPU a packet {ratio:.2f} of Janus', at most a third", ratio <= RATIO_MAX)
    at_200 = step_of(results, "libconf", 200)
    if at_200:
        memory = at_200["memory_kib_a_receiver"]
        claims.add(f"{memory:.0f} KiB a receiver at 200, at most {KIB_A_RECEIVER_MAX}", memory <= KIB_A_RECEIVER_MAX)
        setup = at_200["setup_ms"]["p95"]
        claims.add(f"set-up p95 {setup:.0f} ms, under {SETUP_P95_MAX_MS}", setup < SETUP_P95_MAX_MS)
    best = max((step["receivers"] for result in results if result["server"] == "libconf"
                for step in result.get("steps", []) if carries(step)), default=0)
    # What it would take with its whole core; small crowds cost it a wake-up for each packet.
    drives = max((step["packets_per_second"] / max(step["load_busy"], 1e-3) for result in results
                  for step in result.get("steps", []) if step["receivers"] >= 600), default=0)
    if drives:
        claims.add(f"the load takes {drives:.0f} packets/s, at least {LOAD_PACKETS_MIN}", drives >= LOAD_PACKETS_MIN)
    claims.add(f"{best} receivers on one core, at least {RECEIVERS_MIN}", best >= RECEIVERS_MIN)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="50 receivers, some seconds: gross claims only")
    parser.add_argument("--servers", choices=("both", "janus", "libconf"), default="both")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release", "bin"), metavar="FOLDER",
                        help="where sfu_load and conf-server are (build/release/bin)")
    parser.add_argument("--load", help="path of sfu_load, if it is elsewhere")
    parser.add_argument("--conf-server", help="path of conf-server, if it is elsewhere")
    parser.add_argument("--receivers", metavar="LIST", help="growing steps of libconf, instead of the usual ones")
    parser.add_argument("--janus-receivers", metavar="LIST", help="and of Janus")
    parser.add_argument("--seconds", type=float, help="length of a step (4; quick 3)")
    parser.add_argument("--repetitions", type=int, help="lives of each server (2; quick 1)")
    parser.add_argument("--noise", action="store_true", help="others use the machine: take the right of way")
    parser.add_argument("--json", metavar="FILE", help="write every run, the machine and the claims there")
    chosen = parser.parse_args()
    chosen.noise = chosen.noise or chosen.quick  # tests run beside each other
    chosen.seconds = chosen.seconds or (3 if chosen.quick else 4)
    chosen.repetitions = chosen.repetitions or (1 if chosen.quick else 2)
    chosen.load = os.path.abspath(chosen.load or os.path.join(chosen.build, "sfu_load"))
    ConfServer.program = os.path.abspath(chosen.conf_server or os.path.join(chosen.build, "conf-server"))
    return chosen


def numbers(text):
    return [int(word) for word in text.split(",")]


def steps_for(chosen, kind):
    given = chosen.receivers if kind is ConfServer else chosen.janus_receivers
    if given:
        return numbers(given)
    if chosen.quick:
        return [50]
    return [50, 200, 600, 1000, 1100, 1200, 1300, 1400, 1600] if kind is ConfServer else [50, 200, 250, 300]


def kinds_for(chosen):
    asked = {"both": (Janus, ConfServer), "janus": (Janus,), "libconf": (ConfServer,)}[chosen.servers]
    if not os.access(chosen.load, os.X_OK):
        sys.exit(f"run.py: {chosen.load} is not there: build target sfu_load first, or say --load PATH")
    missing = [kind for kind in asked if not kind.available()]
    if missing == [Janus] and chosen.quick and len(asked) == 2:
        print("janus is not installed: quick mode goes on without it")
        return (ConfServer,)
    for kind in missing:
        hint = "apt-get install janus" if kind is Janus else "build it first, or say --conf-server PATH"
        sys.exit(f"run.py: {kind.program} is not there: {hint}")
    return asked


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers and folders are put away
    chosen = parse()
    kinds = kinds_for(chosen)
    facts = machine() | {"servers": {kind.name: kind.version() for kind in kinds}}
    print("{cpu}, {cores} cores, Linux {kernel}; ".format(**facts)
          + ", ".join(f"{name} {version}" for name, version in facts["servers"].items()))
    print("One publisher: VP8 1 Mbit/s and Opus, 165 packets/s. CPU: us a forwarded packet. KiB: memory a receiver\n")
    print(title(), flush=True)
    bench, pressure, results = Bench(chosen), Pressure(), []
    for _ in range(chosen.repetitions):
        for kind in kinds:
            receivers = steps_for(chosen, kind)
            try:
                result = bench.run(kind, receivers, check_every=8 if max(receivers) > 400 else 1)
            except CannotStart as error:
                sys.exit(f"run.py: {error}")
            results.append(result)
            for step in result.get("steps", []):
                print(row(result, step), flush=True)
            if "error" in result:
                print(f"{kind.name}: {result['error']}", flush=True)

    claims = Claims()
    judge_errors(results, claims)
    if chosen.quick:
        judge_quick(results, claims, 50)
    elif ConfServer in kinds:
        judge(results, claims)
    whole = pressure.result()
    print(f"\nSRTP: " + ", ".join(sorted({f"{r['server']} {r['srtp_profile']}" for r in results if "srtp_profile" in r})))
    print(f"while this ran: {whole['cpu_some']:.1%} of the time some task waited for a core, "
          f"{whole['steal']:.1%} stolen, load average {whole['load_average']}")
    for text in claims.held:
        print(f"ok      {text}")
    for text in claims.failed:
        print(f"FAILED  {text}")
    print(f"{len(claims.held)} passed, {len(claims.failed)} failed")
    if chosen.json:
        method = {"repetitions": chosen.repetitions, "seconds": chosen.seconds, "load_core": bench.load_core,
                  "server_core": bench.server_core, "noise": chosen.noise,
                  "pressure_max": PRESSURE_MAX, "steal_max": STEAL_MAX,
                  "cpu": "CPU clock of the server's process, soft interrupts included",
                  "described_in": "tests/bench/sfu/README.md"}
        with open(chosen.json, "w") as file:
            json.dump({"machine": facts, "method": method, "pressure": whole, "runs": results,
                       "claims": {"held": claims.held, "failed": claims.failed}}, file, indent=1)
            file.write("\n")
    return 1 if claims.failed else 0


if __name__ == "__main__":
    sys.exit(main())
