#!/usr/bin/env python3
"""Ten native callers talk, with sound and pictures, while the server is killed and started again on the same ports:
everybody is back in his place and hears everybody, no acknowledged message is lost and none is there twice.

usage: kill_rounds.py CONF_SERVER CALL_LOAD FOLDER [--rounds N] [--people N]

Prints "ok kill rounds: figures", or "FAILED kill rounds: why".
"""
import argparse
import asyncio
import json
import random
import re
import signal
import socket
import statistics
import sys

import websockets

PATIENCE = 60
MEDIAN_MAX, NINETY_FIFTH_MAX = 5, 10  # seconds to be back
CHECKED = 5000                        # messages; a room keeps the newest 10 000
ROOM = "rounds"


class Failed(Exception):
    pass


def free_port():
    """For UDP and TCP: media need the same one after each start, and the configuration's 0 is a new one. For one shard: the
    next one would take the next port, whoever has it."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(udp.getsockname())
            except OSError:
                continue
            return udp.getsockname()[1]


class Server:
    """Keeps its folder and its ports from one life to the next."""

    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.listen, self.media = "127.0.0.1:0", f"127.0.0.1:{free_port()}"
        self.process = None

    async def start(self):
        settings = [f"http.listen={self.listen}", "metrics.listen=[]", f"media.listen={self.media}", "media.shards=1",
                    "turn.listen=[]", f"data.path={self.folder}", "rooms.open=true"]
        self.process = await asyncio.create_subprocess_exec(
            self.program, *(word for one in settings for word in ("--set", one)), stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT)
        said = b""
        async with asyncio.timeout(PATIENCE):
            while b"program.started" not in (line := await self.process.stdout.readline()):
                said += line
                if not line:
                    status = await self.process.wait()
                    why = " ".join(said.decode(errors="replace").split())  # a failure is one line
                    raise Failed(f"the server does not start: status {status}: {why[-1000:]}")
                if found := re.search(rb"url=http://(\S+)", line):
                    self.listen = found[1].decode()
        self.log = asyncio.create_task(self.process.stdout.read())

    async def kill(self):
        if self.process.returncode is not None:
            raise Failed(f"the server ended by itself with {self.process.returncode}: {(await self.log)[-500:]}")
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await self.log


class Callers:
    """call_load with people who stay, and what it said so far."""

    def __init__(self, program, people):
        self.program, self.people = program, people
        self.places = {}            # by name: what may not change
        self.back, self.hears = {}, {}  # by name: when, since the last kill
        self.acknowledged = []
        self.state, self.changed = None, asyncio.Condition()
        self.failed = None

    async def start(self, port):
        self.process = await asyncio.create_subprocess_exec(
            self.program, "--port", port, "--hold", str(self.people), "--control", "--room", ROOM,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            limit=1 << 24)
        self.reader = asyncio.create_task(self.read())

    async def read(self):
        async for line in self.process.stdout:
            async with self.changed:
                self.take(json.loads(line))
                self.changed.notify_all()
        async with self.changed:
            self.failed = self.failed or (await self.process.stderr.read()).decode() or "call_load ended"
            self.changed.notify_all()

    def take(self, told):
        kind, name = told["event"], told.get("name")
        if kind == "in":
            # The first hand is raised after the first welcome; who comes back has it still.
            place = {key: told[key] for key in ("id", "role", "locks")}
            if told["first"]:
                place["hand"] = int(name.split()[1]) % 2 == 0
                self.places[name] = place
            else:
                place["hand"] = told["hand"]
                if place != self.places[name]:
                    self.failed = f"{name} has another place than before: {place}, not {self.places[name]}"
            self.back[name] = told["at"]
        elif kind == "hears":
            self.hears[name] = told["at"]
        elif kind == "acknowledged":
            self.acknowledged.append(told["text"])
        elif kind == "state":
            self.state = told["people"]
        elif kind in ("out", "refused", "muted"):
            self.failed = f"{name}: {told}"

    def say(self, command):
        self.process.stdin.write(command.encode() + b"\n")

    async def wait_until(self, condition, why):
        try:
            async with asyncio.timeout(PATIENCE), self.changed:
                await self.changed.wait_for(lambda: self.failed or condition())
        except TimeoutError:
            raise Failed(why()) from None
        if self.failed:
            raise Failed(self.failed)

    async def all_hear(self):
        names = [f"person {number}" for number in range(self.people)]
        await self.wait_until(lambda: len(self.hears) == self.people, lambda: "not back after "
                              f"{PATIENCE} s: {[one for one in names if one not in self.back]}, not hearing: "
                              f"{[one for one in names if one not in self.hears]}")

    async def ask_state(self):
        self.state = None
        self.say("state")
        await self.wait_until(lambda: self.state is not None, lambda: "call_load says nothing")
        return self.state


async def history(listen):
    """All that is kept, ids and texts, oldest first: as a guest reads it."""
    async with websockets.connect(f"ws://{listen}/signal/{ROOM}", max_size=1 << 24) as link:
        number = 0

        async def ask(kind, **fields):
            nonlocal number
            number += 1
            await link.send(json.dumps({"type": kind, "id": number, **fields}))
            async with asyncio.timeout(PATIENCE):
                while (got := json.loads(await link.recv())).get("id") != number:
                    pass
            return got

        await ask("hello", versions=[1])
        inside = await ask("join", name="reader")
        if inside["type"] != "welcome":
            raise Failed(f"a reader was not let in: {inside}")
        page = inside["chat"]
        kept = page["messages"]
        while page["more"] and len(kept) < CHECKED:
            page = await ask("chat.history", before=kept[0]["id"], limit=200)
            if page.get("code") == "rate":
                page = {"more": True, "messages": []}
                await asyncio.sleep(0.5)
                continue
            if page["type"] != "ok":
                raise Failed(f"the history was refused: {page}")
            kept = page["messages"] + kept
        await ask("leave")
        return [(one["id"], one["text"]) for one in kept]


async def check_chat(server, callers):
    """Everything acknowledged is kept once, and was told everybody once."""
    kept = await history(server.listen)
    texts = [text for _, text in kept]
    there = set(texts)
    if lost := [text for text in callers.acknowledged[-CHECKED // 2:] if text not in there]:
        raise Failed(f"{len(lost)} acknowledged messages are lost: {lost[:3]}")
    if len(there) != len(texts):
        raise Failed("messages are there twice")
    ids = {one for one, _ in kept[-1000:]}
    for one in await callers.ask_state():
        if one["told_twice"]:
            raise Failed(f"{one['name']} was told of {one['told_twice']} messages twice")
        if missing := ids - set(one["read"]):
            raise Failed(f"{one['name']} was never told of {len(missing)} messages")


async def main(asked):
    server, callers = Server(asked.server, asked.folder), Callers(asked.load, asked.people)
    await server.start()
    await callers.start(server.listen.rsplit(":", 1)[1])
    back, hears = [], []
    clock = asyncio.get_running_loop().time  # the monotonic clock, as call_load's
    try:
        await callers.all_hear()
        for _ in range(asked.rounds):
            callers.say("chat on")
            await asyncio.sleep(random.uniform(0.3, 1.5))
            await server.kill()
            killed = clock()
            callers.back.clear()
            callers.hears.clear()
            await server.start()
            await callers.all_hear()
            back += [at - killed for at in callers.back.values()]
            hears += [at - killed for at in callers.hears.values()]
            callers.say("chat off")
            await quiet(callers)
            await check_chat(server, callers)
        callers.say("quit")
        await callers.process.wait()
    finally:
        for one in (callers.process, server.process):
            if one.returncode is None:
                one.kill()
                await one.wait()
    return back, hears, len(callers.acknowledged)


async def quiet(callers):
    """Until nothing that somebody said waits for its answer."""
    while any(one["unacknowledged"] for one in await callers.ask_state()):
        await asyncio.sleep(0.05)


def ninety_fifth(numbers):
    return sorted(numbers)[int(0.95 * len(numbers)) - 1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("load")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=10)
    arguments = parser.parse_args()
    try:
        was_back, heard, count = asyncio.run(main(arguments))
        good = statistics.median(was_back) <= MEDIAN_MAX and ninety_fifth(was_back) <= NINETY_FIFTH_MAX
        print(f"{'ok' if good else 'FAILED'} kill rounds: {arguments.rounds} rounds, {arguments.people} people back after "
              f"{statistics.median(was_back):.2f} s at the median, {ninety_fifth(was_back):.2f} s at 95 %; hear everybody "
              f"after {statistics.median(heard):.2f} s and {ninety_fifth(heard):.2f} s; {count} messages acknowledged, "
              "0 lost, 0 twice", flush=True)
        sys.exit(0 if good else 1)
    except Failed as why:
        print(f"FAILED kill rounds: {why}", flush=True)
        sys.exit(1)
