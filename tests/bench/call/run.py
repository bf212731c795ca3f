#!/usr/bin/env python3
"""Fills rooms of conf-server with people on this machine. README.md says how, --help what can be chosen."""

import argparse
import json
import os
import re
import subprocess
import sys
import time

sys.dont_write_bytecode = True  # nothing of ours lands in the source tree
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
sys.path[:0] = [os.path.join(HERE, "..", "peer"), os.path.join(HERE, "..", "sfu")]

from children import CannotStart, settle_in  # noqa: E402
from claims import Claims  # noqa: E402
from servers import ConfServer, start  # noqa: E402

# What the project promises.
P99_ADDED_MAX_MS = 10
BURST_MAX_S = 30
INSIDE_LOSS_MAX = 0.5  # percent
IDLE_MAX_MB = 40
IDLE_S = 5  # after the start, until nothing is done any more
# A quick run shares its machine with whatever else runs there: gross claims only.
QUICK_P99_MAX_MS = 100
LOAD_BUSY_MAX = 0.9


class IdleServer(ConfServer):
    """As it comes: every setting is the default's, but ports are free ones."""

    def command(self):
        settings = {"http.listen": "127.0.0.1:0", "metrics.listen": "[]", "turn.listen": '["udp://127.0.0.1:0"]',
                    "media.listen": "localhost:0", "data.path": self.folder}
        return [self.program] + [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]


def judge_idle(claims):
    with start(IdleServer, None, False) as server:
        time.sleep(IDLE_S)
        with open(f"/proc/{server.process.pid}/status") as status:
            kib = {line.split(":")[0]: line.split()[1] for line in status if line.startswith(("VmRSS", "VmHWM"))}
    now, most = (int(kib[name]) * 1024 / 1e6 for name in ("VmRSS", "VmHWM"))
    claims.add(f"idle: {now:.1f} MB of memory are resident, {most:.1f} at most since the start; less than {IDLE_MAX_MB}",
               now < IDLE_MAX_MB)
    return {"resident_mb": now, "resident_most_mb": most}


def measure(chosen, *words):
    """One life of a server, and what call_load says of it."""
    cores = sorted(os.sched_getaffinity(0))
    with start(ConfServer, cores[:1], chosen.noise) as server:
        port = re.search(r"url=http://[^\s\"]+:(\d+)", server.output())[1]
        command = [chosen.load, "--port", port, "--pid", str(server.process.pid), "--cpu", str(cores[-1]), *words]
        limit = 240 + chosen.seconds
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=limit, check=False,
                                    preexec_fn=lambda: settle_in(None, chosen.noise))
        except subprocess.TimeoutExpired:
            return {"error": f"call_load took longer than {limit:.0f} s"}
        if server.process.poll() is not None:
            return {"error": f"conf-server ended with {server.process.returncode}: {server.output()[-500:]}"}
        if answer.returncode != 0:
            return {"error": answer.stderr.strip()}
        return json.loads(answer.stdout)


def judge_room(chosen, got, claims):
    if "error" in got:
        claims.add(f"room of {chosen.people}: {got['error']}", False)
        return
    added = got["added_ms"]
    print(f"        room of {got['people']}, {got['seconds']:.0f} s: {got['packets_sent']} packets sent, "
          f"{got['packets_received']} received, {got['packets_per_second']:.0f} a second; full after "
          f"{got['full_after_s']:.1f} s")
    print(f"        large picture {got['large_kbit_s']:.0f} kbit/s, small ones {got['small_kbit_s']:.0f}; added delay "
          f"p50 {added['p50']:.2f} ms, p99 {added['p99']:.2f}, p99.9 {added['p999']:.2f}, longest {added['max']:.1f}")
    print(f"        server: {got['server_cpu_s']:.2f} s of CPU ({got['server_busy']:.0%} of a core, "
          f"{got['cpu_us_a_packet']:.2f} us a packet), {got['server_kib_a_person']:.0f} KiB a person; "
          f"load: {got['load_busy']:.0%} of a core, at most {got['load_late_ms']:.0f} ms late")
    name = f"room of {got['people']}"
    claims.add(f"{name}: lost by the server: {got['lost_by_server']} of {got['packets_received']} "
               f"(the load dropped {got['load_drops']})", got["lost_by_server"] == 0 and got["starved"] == 0)
    wrong = got["refused"] + got["unstamped"] + got["undeclared"]
    claims.add(f"{name}: {wrong} packets were not what was sent", wrong == 0)
    claims.add(f"{name}: {got['requests_refused']} requests were refused, {got['connections_lost']} connections lost",
               got["requests_refused"] == 0 and got["connections_lost"] == 0)
    claims.add(f"{name}: who is large comes large, who is small comes small",
               got["large_kbit_s"] > 900 and got["small_kbit_s"] < 200)
    limit = QUICK_P99_MAX_MS if chosen.quick else P99_ADDED_MAX_MS
    busy = "; the load was the limit" if got["load_busy"] > LOAD_BUSY_MAX else ""
    claims.add(f"{name}: p99 of the added delay {added['p99']:.2f} ms, under {limit}{busy}", added["p99"] < limit)


def judge_burst(chosen, got, claims):
    name = f"{chosen.burst} at once into {chosen.rooms} rooms"
    if "error" in got:
        claims.add(f"{name}: {got['error']}", False)
        return
    lost = 100 * got["inside_lost"] / max(1, got["inside_expected"])
    print(f"        {name}: in after {got['all_in_s']:.2f} s, hear after {got['all_hear_s']:.2f} s "
          f"(p50 {got['hear_s']['p50']:.2f}, p95 {got['hear_s']['p95']:.2f}); server {got['server_cpu_s']:.2f} s of CPU, "
          f"{got['server_kib_a_person']:.0f} KiB a person; load {got['load_cpu_s']:.2f} s")
    claims.add(f"{name}: {got['refused']} refused, {got['connections_lost']} connections lost {got['why_refused']}",
               got["refused"] == 0 and got["connections_lost"] == 0)
    claims.add(f"{name}: {got['hear']} hear {got['missing']}", got["hear"] == chosen.burst and not got["missing"])
    claims.add(f"{name}: all are in within {got['all_in_s']:.2f} s, at most {BURST_MAX_S}",
               0 < got["all_in_s"] <= BURST_MAX_S)
    claims.add(f"{name}: those inside lost {lost:.3f} %, less than {INSIDE_LOSS_MAX}",
               lost < INSIDE_LOSS_MAX and got["inside_out"] == 0 and got["inside_expected"] > 0)
    claims.add(f"{name}: {got['not_genuine']} packets were not what was sent", got["not_genuine"] == 0)


def parse():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small rooms, some seconds: gross claims only")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release", "bin"), metavar="FOLDER",
                        help="where call_load and conf-server are (build/release/bin)")
    parser.add_argument("--only", choices=("idle", "room", "burst"), help="one of them")
    parser.add_argument("--people", type=int, help="of the one room (30; quick 10)")
    parser.add_argument("--seconds", type=float, help="length of its measurement (600; quick 4)")
    parser.add_argument("--burst", type=int, help="who come at once (1000; quick 200)")
    parser.add_argument("--rooms", type=int, help="into so many (20; quick 10)")
    parser.add_argument("--noise", action="store_true", help="others use the machine: take the right of way")
    parser.add_argument("--json", metavar="FILE", help="write the figures there")
    chosen = parser.parse_args()
    usual = (10, 4, 200, 10) if chosen.quick else (30, 600, 1000, 20)
    for name, value in zip(("people", "seconds", "burst", "rooms"), usual):
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    chosen.load = os.path.join(chosen.build, "call_load")
    IdleServer.program = ConfServer.program = os.path.join(chosen.build, "conf-server")
    for program in (chosen.load, ConfServer.program):
        if not os.access(program, os.X_OK):
            sys.exit(f"run.py: {program} is not there: build call_load and conf-server first, or say --build FOLDER")
    return chosen


def main():
    chosen = parse()
    claims, results = Claims(at_once=True), {}
    try:
        if chosen.only in (None, "idle"):
            results["idle"] = judge_idle(claims)
        if chosen.only in (None, "room"):
            results["room"] = measure(chosen, "--room-of", str(chosen.people), "--seconds", str(chosen.seconds))
            judge_room(chosen, results["room"], claims)
        if chosen.only in (None, "burst"):
            results["burst"] = measure(chosen, "--burst", str(chosen.burst), "--rooms", str(chosen.rooms))
            judge_burst(chosen, results["burst"], claims)
    except CannotStart as error:
        sys.exit(f"run.py: {error}")
    if chosen.json:
        with open(chosen.json, "w") as file:
            json.dump(results, file, indent=1)
            file.write("\n")
    return 1 if claims.failed else 0


if __name__ == "__main__":
    sys.exit(main())
