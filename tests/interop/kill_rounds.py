#!/usr/bin/env python3
"""Ten people talk while the server is killed and started again, over and over: everybody is back in his place, nothing
that was acknowledged is lost, nothing is there twice (REL-CRASH-1).

usage: kill_rounds.py CONF_SERVER FOLDER ROUNDS      prints "ok kill rounds: figures", or "FAILED kill rounds: why"
"""
import asyncio
import contextlib
import json
import random
import re
import statistics
import sys
import time

import websockets

PEOPLE = 10
PATIENCE = 30
CHECKED = 5000  # messages; a room keeps the newest 10 000


class Failed(Exception):
    pass


class Server:
    """Keeps its folder and its port from one life to the next."""

    def __init__(self, program, folder):
        self.program, self.folder, self.listen = program, folder, "127.0.0.1:0"

    async def start(self):
        settings = [f"http.listen={self.listen}", "metrics.listen=[]", "media.listen=[]", "turn.listen=[]",
                    f"data.path={self.folder}", "rooms.open=true"]
        self.process = await asyncio.create_subprocess_exec(
            self.program, *(word for one in settings for word in ("--set", one)), stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT)
        async with asyncio.timeout(PATIENCE):
            while b"program.started" not in (line := await self.process.stdout.readline()):
                if not line:
                    raise Failed("the server does not start")
                if found := re.search(rb"url=http://(\S+)", line):
                    self.listen = found[1].decode()
        self.log = asyncio.create_task(self.process.stdout.read())

    async def kill(self):
        self.process.kill()
        await self.process.wait()
        await self.log


class Person:
    """Follows PROTOCOL.md: resumes with growing pauses, sends what had no answer again under the same key."""

    def __init__(self, server, number, acknowledged):
        self.server, self.name = server, f"person {number}"
        self.acknowledged = acknowledged  # by all, in their order
        self.socket = self.resume = self.id = None
        self.next_id, self.answers = 0, {}
        self.unanswered, self.said = {}, 0
        self.hand = number % 2 == 0
        self.back_at = None
        self.talks = False
        self.there = asyncio.Event()
        self.life = asyncio.create_task(self.live())

    async def live(self):
        pause = 2
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException, ConnectionError):
                async with websockets.connect(f"ws://{self.server.listen}/signal/board") as self.socket:
                    reader = asyncio.create_task(self.read(self.socket))
                    await self.come_in()
                    pause = 2
                    self.there.set()
                    await reader
            self.there.clear()
            for answer in self.answers.values():
                answer.cancel()
            self.answers.clear()
            await asyncio.sleep(random.uniform(0, pause))
            pause = min(15, 2 * pause)

    async def read(self, socket):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in socket:
                message = json.loads(text)
                answer = self.answers.pop(message.get("id"), None)
                if answer and not answer.done():
                    answer.set_result(message)
        for answer in self.answers.values():
            answer.cancel()

    async def ask(self, kind, **fields):
        self.next_id += 1
        answer = self.answers[self.next_id] = asyncio.get_running_loop().create_future()
        await self.socket.send(json.dumps({"type": kind, "id": self.next_id, **fields}))
        try:
            # Not wait_for: before Python 3.12 it can lose a cancellation.
            async with asyncio.timeout(PATIENCE):
                return await answer
        except asyncio.CancelledError:
            if asyncio.current_task().cancelling():
                raise
            raise ConnectionError("the answer never came") from None

    async def come_in(self):
        if self.resume is None:
            await self.ask("hello", versions=[1])
            welcome = await self.ask("join", name=self.name)
        else:
            welcome = await self.ask("resume", versions=[1], resume=self.resume)
        if welcome["type"] != "welcome":
            raise Failed(f"{self.name} is not let in again: {welcome}")
        if self.id not in (None, welcome["you"]):
            raise Failed(f"{self.name} came back as somebody else")
        first, self.id, self.resume = self.id is None, welcome["you"], welcome["resume"]
        me = next(one for one in welcome["people"] if one["id"] == self.id)
        if first:
            await self.ask("hand", up=self.hand)
        elif ("hand" in me) != self.hand:
            raise Failed(f"the hand of {self.name} is another one than before")
        self.role = me["role"]
        self.back_at = time.monotonic()
        for key, text in list(self.unanswered.items()):
            await self.send(key, text)

    async def send(self, key, text):
        self.unanswered[key] = text
        answer = await self.ask("chat.send", text=text, key=key)
        if answer["type"] != "ok":
            raise Failed(f"a message of {self.name} was refused: {answer}")
        del self.unanswered[key]
        self.acknowledged.append(text)

    async def talk(self):
        """While `talks` is set: one message after the other."""
        while self.talks:
            await self.there.wait()
            self.said += 1
            with contextlib.suppress(ConnectionError, websockets.WebSocketException):
                await self.send(f"{self.name} {self.said}", f"{self.name} says {self.said}")
            await asyncio.sleep(0.3)


async def history(person):
    """Everything that is kept, oldest first, before a message that ends it."""
    texts = []
    before = (await person.ask("chat.send", text="so far", key=f"end {time.monotonic()}"))["message"]
    while True:
        page = await person.ask("chat.history", limit=200, before=before)
        if page.get("code") == "rate":
            await asyncio.sleep(0.5)
            continue
        if page["type"] != "ok":
            raise Failed(f"the history was refused: {page}")
        texts = [one["text"] for one in page["messages"] if one["text"] != "so far"] + texts
        if not page["more"]:
            return texts
        before = page["messages"][0]["id"]


async def main(program, folder, rounds):
    server = Server(program, folder)
    await server.start()
    acknowledged = []
    people = [Person(server, number, acknowledged) for number in range(PEOPLE)]

    async def everybody():
        async with asyncio.timeout(PATIENCE + 30):
            done = asyncio.gather(*(one.there.wait() for one in people))
            lives = [one.life for one in people]
            await asyncio.wait([asyncio.ensure_future(done), *lives], return_when=asyncio.FIRST_COMPLETED)
            for life in lives:
                if life.done():
                    life.result()
            await done

    await everybody()
    roles = [one.role for one in people]
    away = []
    for _ in range(rounds):
        for one in people:
            one.talks = True
        talks = [asyncio.create_task(one.talk()) for one in people]
        await asyncio.sleep(random.uniform(0.3, 1.5))
        await server.kill()
        for one in people:
            one.there.clear()
        await server.start()
        started = time.monotonic()
        await everybody()
        away += [one.back_at - started for one in people]
        for one in people:
            one.talks = False
        await asyncio.gather(*talks)
        kept = await history(people[0])
        there = set(kept)
        if lost := [text for text in acknowledged[-CHECKED:] if text not in there]:
            raise Failed(f"{len(lost)} acknowledged messages are lost: {lost[:3]}")
        if len(there) != len(kept):
            raise Failed("messages are there twice")
        if [one.role for one in people] != roles:
            raise Failed("the roles are others than before")
    for one in people:
        one.life.cancel()
    await asyncio.gather(*(one.life for one in people), return_exceptions=True)
    await server.kill()
    return away, len(acknowledged)


try:
    limit = 20 + 10 * int(sys.argv[3])
    back, acknowledged = asyncio.run(
        asyncio.wait_for(main(sys.argv[1], sys.argv[2], int(sys.argv[3])), limit))
    ninety_fifth = sorted(back)[int(0.95 * len(back)) - 1]
    good = statistics.median(back) <= 5 and ninety_fifth <= 10
    print(f"{'ok' if good else 'FAILED'} kill rounds: {sys.argv[3]} rounds, {PEOPLE} people back after "
          f"{statistics.median(back):.2f} s at the median, {ninety_fifth:.2f} s at 95 %, {acknowledged} messages "
          "acknowledged, 0 lost, 0 twice", flush=True)
    sys.exit(0 if good else 1)
except TimeoutError:
    print(f"FAILED kill rounds: not over after {limit} s", flush=True)
    sys.exit(1)
except Failed as why:
    print(f"FAILED kill rounds: {why}", flush=True)
    sys.exit(1)
