#!/usr/bin/env python3
"""A client of the signalling protocol, written from PROTOCOL.md alone, in another language than the server's.

usage: signalling_client.py ws://HOST:PORT/signal/ROOM [TOKEN TOKEN]      of a moderator, of a viewer

Two people enter the room, chat, raise a hand, and one of them comes back after his connection was cut.
"""
import asyncio
import contextlib
import json
import sys

import websockets


class Client:
    def __init__(self, socket):
        self.socket, self.next_id, self.events, self.answers = socket, 0, asyncio.Queue(), {}
        self.reader = asyncio.create_task(self.read())

    @classmethod
    async def connect(cls, url):
        return cls(await websockets.connect(url, subprotocols=["conf.1"]))

    async def read(self):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                message = json.loads(text)
                waiting = self.answers.pop(message.get("id"), None)
                if waiting:
                    waiting.set_result(message)
                else:
                    await self.events.put(message)

    async def ask(self, kind, **fields):
        self.next_id += 1
        answer = asyncio.get_running_loop().create_future()
        self.answers[self.next_id] = answer
        await self.socket.send(json.dumps({"type": kind, "id": self.next_id, **fields}))
        return await asyncio.wait_for(answer, 10)

    async def event(self, kind):
        """The next event of that type; others are skipped."""
        while True:
            message = await asyncio.wait_for(self.events.get(), 10)
            if message["type"] == kind:
                return message


def expect(what, found):
    if not what:
        sys.exit(f"FAILED signalling client: {found}")


async def enter(url, name, token=None):
    client = await Client.connect(url)
    hello = await client.ask("hello", versions=[1], client="signalling_client.py", **({"token": token} if token else {}))
    expect(hello["type"] == "ok" and hello["version"] == 1, hello)
    welcome = await client.ask("join", name=name)
    expect(welcome["type"] == "welcome", welcome)
    return client, welcome


async def main(url, moderators=None, viewers=None):
    ada, ada_in = await enter(url, "Ada", moderators)
    bo, bo_in = await enter(url, "Bo", viewers)
    expect([person["name"] for person in bo_in["people"]] == ["Ada", "Bo"], bo_in)
    expect((await ada.event("person.joined"))["person"]["name"] == "Bo", "nobody joined")

    sent = await bo.ask("chat.send", text="Bonjour", key="1")
    expect(sent["type"] == "ok", sent)
    expect((await ada.event("chat.message"))["message"]["text"] == "Bonjour", "no chat")
    again = await bo.ask("chat.send", text="Bonjour", key="1")
    expect(again["message"] == sent["message"], again)

    expect((await bo.ask("hand", up=True))["type"] == "ok", "no hand")
    expect((await ada.event("person.changed")).get("hand"), "no hand")
    refused = await bo.ask("mute", participant=ada_in["you"])
    expect(refused["type"] == "error" and refused["code"] == "forbidden", refused)
    unknown = await bo.ask("dance")
    expect(unknown["type"] == "error" and unknown["code"] == "unknown_type", unknown)

    bo.socket.transport.abort()
    back = await Client.connect(url)
    welcome = await back.ask("resume", versions=[1], resume=bo_in["resume"])
    expect(welcome["type"] == "welcome" and welcome["resumed"] and welcome["you"] == bo_in["you"], welcome)
    texts = [message["text"] for message in welcome["chat"]["messages"]]
    expect(texts == ["Bonjour"], texts)
    me = next(person for person in welcome["people"] if person["id"] == welcome["you"])
    expect(me["hand"], me)

    expect((await back.ask("leave"))["type"] == "ok", "no leave")
    left = await ada.event("person.left")
    expect(left["id"] == bo_in["you"] and left["why"] == "left", left)
    expect((await ada.ask("end"))["type"] == "ok", "no end")
    await ada.socket.wait_closed()
    expect(ada.socket.close_code == 4003, ada.socket.close_code)
    print("ok signalling client")


asyncio.run(main(*sys.argv[1:]))
