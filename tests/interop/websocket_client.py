#!/usr/bin/python3
"""Talks to interop_websocket with Python's websockets, a client of somebody else; prints "done" when all was right.

usage: websocket_client.py ws://HOST:PORT | wss://HOST:PORT
"""

import asyncio
import ssl
import sys

import websockets

PATIENCE = 20  # seconds for what takes milliseconds on an idle machine


class Failed(Exception):
    """The server did not do what it must."""


def require(condition, why):
    if not condition:
        raise Failed(why)


async def converse(base, tls):
    """Everything a client of good will does."""
    async with websockets.connect(base + "/echo", ssl=tls, subprotocols=["echo.example"], max_size=None,
                                  compression="deflate") as socket:
        require(socket.subprotocol == "echo.example", f"subprotocol {socket.subprotocol}")
        require(not socket.extensions, f"an extension was agreed to: {socket.extensions}")
        for size in (0, 1, 125, 126, 65535, 65536, 1 << 20):
            text, data = "é" * (size // 2) + "x" * (size % 2), bytes(range(256)) * (size // 256) + bytes(size % 256)
            await socket.send(text)
            require(await socket.recv() == text, f"a text of {size} bytes came back changed")
            await socket.send(data)
            require(await socket.recv() == data, f"{size} bytes came back changed")
        await socket.send(["in ", "three ", "fragments"])
        require(await socket.recv() == "in three fragments", "fragments came back changed")
        await asyncio.wait_for(await socket.ping(b"are you there"), PATIENCE)
        await socket.close(1000, "bye")
        require(socket.close_code == 1000, f"close code {socket.close_code}")

    async with websockets.connect(base + "/echo", ssl=tls, max_size=None) as socket:
        await socket.send(b"x" * ((1 << 20) + 1))
        await closes(socket, 1009)
    async with websockets.connect(base + "/close", ssl=tls) as socket:
        await closes(socket, 4001)
    async with websockets.connect(base + "/ticks", ssl=tls) as socket:
        await socket.send("10000")
        for number in range(10000):
            got = await socket.recv()
            require(got == str(number), f"message {number} is {got}")

    for path, origin, status in (("/echo", "https://evil.example", 403), ("/nothing", None, 404)):
        try:
            async with websockets.connect(base + path, ssl=tls, origin=origin):
                raise Failed(f"{path} opened for {origin}")
        except websockets.InvalidStatusCode as refused:
            require(refused.status_code == status, f"{path}: status {refused.status_code}")


async def closes(socket, code):
    try:
        await asyncio.wait_for(socket.recv(), PATIENCE)
        raise Failed("a message came instead of a Close frame")
    except websockets.ConnectionClosed as closed:
        require(closed.code == code, f"close code {closed.code}, expected {code}")


def main(base):
    tls = None
    if base.startswith("wss:"):
        tls = ssl.create_default_context()
        tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    asyncio.run(asyncio.wait_for(converse(base, tls), 3 * PATIENCE))
    print("done")


if __name__ == "__main__":
    main(sys.argv[1])
