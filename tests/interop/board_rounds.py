#!/usr/bin/env python3
"""People draw while the server is killed and started again on the same port: everybody is back with his board, no
acknowledged shape or colour is lost, nothing is there twice, and all see the same.

usage: board_rounds.py CONF_SERVER FOLDER [--rounds N] [--people N]

Prints "ok board rounds: figures", or "FAILED board rounds: why".
"""
import argparse
import asyncio
import json
import random
import statistics
import sys
import time

import websockets

import board_wire as wire
from killed_server import Failed, Server

PATIENCE = 60
MEDIAN_MAX, NINETY_FIFTH_MAX = 5, 10  # seconds to be back
ROOM = "drawings"
SHAPES_MOST = 800  # of one painter: a page takes 10 000, and hundreds of rounds are many strokes


class Painter:
    """A client of the protocol: what it has not been told of it sends again, under the same numbers."""

    def __init__(self, name, seed):
        self.name, self.chance = name, random.Random(seed)
        self.link, self.resume = None, None
        self.number, self.request = 0, 0
        self.answers = {}
        self.undecided = {}       # by number: message, shape, colour
        self.acknowledged = {}    # by shape: its colour
        self.mine = []
        self.shapes, self.sequence = {}, 0
        self.place = None
        self.looks = False
        self.back = None
        self.wrong = None

    async def ask(self, what, **fields):
        self.request += 1
        number, waiting = self.request, asyncio.get_running_loop().create_future()
        self.answers[number] = waiting
        try:
            await self.link.send(json.dumps({"type": what, "id": number, **fields}))
            async with asyncio.timeout(PATIENCE):
                answer = await waiting
        finally:
            del self.answers[number]
        if answer["type"] == "error":
            raise Failed(f"{self.name}: {what} was refused: {answer}")
        return answer

    async def come_in(self, listen):
        self.link = await websockets.connect(f"ws://{listen}/signal/{ROOM}", max_size=1 << 24)
        self.reader = asyncio.create_task(self.read(self.link))
        if self.resume:
            welcome = await self.ask("resume", versions=[1], resume=self.resume, publish=False, receive=False)
        else:
            await self.ask("hello", versions=[1])
            welcome = await self.ask("join", name=self.name)
        self.resume = welcome["resume"]

    async def look(self):
        """Section 5 of the protocol: drop what was decided, look, send the others again."""
        opened = await self.ask("board.open")
        for number in [one for one in self.undecided if one <= opened["last"]]:
            self.decide(number)
        self.number = max(self.number, opened["last"])
        await self.ask("board.look", document=self.place[0], page=self.place[1])
        self.looks = True
        for number in sorted(self.undecided):
            await self.link.send(self.undecided[number][0])

    async def read(self, link):
        try:
            async for got in link:
                if isinstance(got, str):
                    message = json.loads(got)
                    waiting = self.answers.get(message.get("id")) if isinstance(message.get("id"), int) else None
                    if waiting and not waiting.done():
                        waiting.set_result(message)
                else:
                    for one in wire.messages(got):
                        self.take(*one)
        except websockets.ConnectionClosed:
            pass
        except (Failed, ValueError) as why:
            self.wrong = f"{self.name}: {why}"
        if link is not self.link:
            return
        self.looks = False
        for waiting in self.answers.values():
            if not waiting.done():
                waiting.set_exception(ConnectionError("the line is lost"))

    def take(self, kind, *what):
        if kind == "verdict":
            number, outcome, more = what
            if outcome == wire.DISCARD:
                raise Failed(f"change {number} was discarded for reason {more}")
            self.decide(number)
            self.sequence = max(self.sequence, more)
            return
        sequence, _, shapes, removed = what
        if kind == "state":
            if what[1] & 1:
                self.shapes = {}
        elif sequence <= self.sequence:
            raise Failed(f"sequence {sequence} came after {self.sequence}")
        self.sequence = sequence
        for shape, properties in shapes.items():
            self.shapes.setdefault(shape, {}).update(properties)
        for shape in removed:
            self.shapes.pop(shape, None)

    def decide(self, number):
        if (decided := self.undecided.pop(number, None)) is None:
            return
        _, shape, properties = decided
        self.acknowledged[shape] = properties[wire.COLOUR]
        self.shapes.setdefault(shape, {}).update(properties)

    async def draw(self):
        self.number += 1
        colour = self.chance.randrange(1, 1 << 24)
        if self.mine and (len(self.mine) == SHAPES_MOST or self.chance.random() < 0.3):
            shape, properties = self.chance.choice(self.mine), {wire.COLOUR: colour}
            message = wire.patch_colour(self.number, self.number, *self.place, shape, colour)
        else:
            shape = bytes([1 + self.chance.randrange(255)]) + self.chance.randbytes(7)
            self.mine.append(shape)
            x, y = self.chance.randrange(1400), self.chance.randrange(1000)
            properties = {wire.COLOUR: colour}
            message = wire.put_rectangle(self.number, self.number, *self.place, shape, x, y, colour)
        self.undecided[self.number] = (message, shape, properties)
        if self.looks:
            await self.link.send(message)

    async def live(self, server, drawing):
        """Draws for ever, and comes back for ever."""
        while True:
            try:
                if self.link is None or not self.looks:
                    await self.come_in(server.listen)
                    await self.look()
                    self.back = time.monotonic()
                if drawing.is_set():
                    await self.draw()
                await asyncio.sleep(self.chance.uniform(0.01, 0.06))
            except (OSError, ConnectionError, websockets.WebSocketException, TimeoutError):
                self.looks = False
                await asyncio.sleep(self.chance.uniform(0.05, 0.3))
            except Failed as why:
                self.wrong = str(why)
                return


async def until(painters, holds, why):
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():
                if wrong := [one.wrong for one in painters if one.wrong]:
                    raise Failed(wrong[0])
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise Failed(why) from None


def check(painters, reader):
    """Reader has just come: what the server has is what everybody was promised, and what everybody sees."""
    for one in painters:
        if lost := [shape for shape in one.acknowledged if shape not in reader.shapes]:
            raise Failed(f"{len(lost)} acknowledged shapes of {one.name} are lost")
        if old := [shape for shape, colour in one.acknowledged.items() if reader.shapes[shape][wire.COLOUR] != colour]:
            raise Failed(f"{len(old)} shapes of {one.name} have lost an acknowledged colour")
        if {shape: seen[wire.COLOUR] for shape, seen in one.shapes.items()} != {
                shape: seen[wire.COLOUR] for shape, seen in reader.shapes.items()}:
            raise Failed(f"{one.name} sees {len(one.shapes)} shapes, not as the server's {len(reader.shapes)} are")
    drawn = {shape for one in painters for shape in one.mine}
    if set(reader.shapes) != drawn:
        raise Failed(f"{len(drawn)} shapes were drawn, {len(reader.shapes)} are there")


async def read_all(server, place):
    reader = Painter("reader", 0)
    reader.place = place
    await reader.come_in(server.listen)
    await reader.look()
    await reader.ask("leave")
    await reader.link.close()
    return reader


async def main(asked):
    server, drawing = Server(asked.server, asked.folder), asyncio.Event()
    seed = random.randrange(1 << 32)
    painters = [Painter(f"painter {number}", seed + number) for number in range(asked.people)]
    tasks, back = [], []
    await server.start()
    try:
        first = painters[0]
        await first.come_in(server.listen)
        await first.ask("board.open")
        await first.ask("board.rules", mode="everybody")
        place = ((await first.ask("document.add", kind="blank"))["document"], 1)
        for one in painters:
            one.place = place
        await first.look()
        tasks = [asyncio.create_task(one.live(server, drawing)) for one in painters]
        await until(painters, lambda: all(one.looks for one in painters), "not everybody opened the board")
        for _ in range(asked.rounds):
            drawing.set()
            await asyncio.sleep(random.uniform(0.3, 1.5))
            await server.kill()
            killed = time.monotonic()
            await until(painters, lambda: not any(one.looks for one in painters), "nobody noticed the end")
            for one in painters:
                one.back = None
            await server.start()
            await until(painters, lambda: all(one.back for one in painters), "not everybody is back")
            back += [one.back - killed for one in painters]
            drawing.clear()
            await until(painters, lambda: not any(one.undecided for one in painters), "changes were never decided")
            reader = await read_all(server, place)
            await until(painters, lambda: all(one.sequence >= reader.sequence for one in painters),
                        "not everybody was told of everything")
            check(painters, reader)
    except Failed as why:
        raise Failed(f"{why} (seed {seed})") from None
    finally:
        for one in tasks:
            one.cancel()
        if server.process.returncode is None:
            server.process.kill()
            await server.process.wait()
    return back, sum(len(one.mine) for one in painters), sum(one.number for one in painters)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server")
    parser.add_argument("folder")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--people", type=int, default=6)
    arguments = parser.parse_args()
    try:
        was_back, shapes, changes = asyncio.run(main(arguments))
        at_95 = sorted(was_back)[int(0.95 * len(was_back)) - 1]
        good = statistics.median(was_back) <= MEDIAN_MAX and at_95 <= NINETY_FIFTH_MAX
        print(f"{'ok' if good else 'FAILED'} board rounds: {arguments.rounds} rounds, {arguments.people} people back after "
              f"{statistics.median(was_back):.2f} s at the median, {at_95:.2f} s at 95 %; {shapes} shapes by {changes} "
              "changes, 0 lost, 0 twice", flush=True)
        sys.exit(0 if good else 1)
    except Failed as why:
        print(f"FAILED board rounds: {why}", flush=True)
        sys.exit(1)
