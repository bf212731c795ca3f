"""Meetings from Python: start a server, open a room, invite, follow what happens, write into the chat.

    import asyncio, libconf

    async def main():
        async with libconf.Server(http="127.0.0.1:8080") as server:
            room = server.room("board")
            print(room.invite(role="moderator"))
            async for event in room.events():
                if event.kind == "came_in":
                    room.say("Host", f"Welcome, {event.name}")

    asyncio.run(main())
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

from . import _libconf
from ._libconf import Document, Event, PadAuthor, PadInfo, PadVersion, Person

__all__ = ["Board", "Document", "Event", "Pad", "PadAuthor", "PadInfo", "PadVersion", "Person", "Room", "Server",
           "__version__"]
__version__ = _libconf.version


def _listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


class Server:
    """A conferencing server in this process; its own threads do the work.

    http, media: where it listens, "host:port", one or several; media "" for none. data: a folder for what must
    survive a restart; "" for nothing. open_rooms: whether everybody may enter every room; None: where only this
    machine can reach it. secrets: what signs invitations, the first one; all of them are valid. converter: the
    path of conf-convert, which makes pages of files; "" for no files.

    Raises RuntimeError, with what failed, where it cannot be started.
    """

    def __init__(self, http: str | Sequence[str] = "127.0.0.1:8080", *,
                 media: str | Sequence[str] = "localhost:0", data: str = "",
                 open_rooms: bool | None = False, secrets: Sequence[str] = (), converter: str = "") -> None:
        self._queues: set[tuple[asyncio.AbstractEventLoop, asyncio.Queue]] = set()
        self._native = _libconf.Server(_listed(http), [one for one in _listed(media) if one], data, open_rooms,
                                       list(secrets), converter)
        self._native.on_event(self._take)

    async def __aenter__(self) -> Server:
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self.close)

    def close(self) -> None:
        """Ends every connection; what was kept in `data` stays. Whoever follows events sees their end."""
        self._native.close()
        for loop, queue in list(self._queues):
            loop.call_soon_threadsafe(queue.put_nowait, None)

    @property
    def listening(self) -> list[str]:
        """With the ports that were bound: "http://127.0.0.1:8080", ..."""
        return self._native.listening()

    @property
    def rooms(self) -> list[str]:
        """Names of rooms where somebody is."""
        return self._native.rooms()

    def room(self, name: str) -> Room:
        """A handle for the room of that name, whether anybody is there or not."""
        return Room(self, name)

    def revoke(self, token: str) -> None:
        """That invitation opens nothing any more. RuntimeError where it is none of this server's."""
        self._native.revoke(token)

    async def events(self) -> AsyncIterator[Event]:
        """What happens in all rooms from the first `anext` on, until the server is closed."""
        entry = (asyncio.get_running_loop(), asyncio.Queue())
        self._queues.add(entry)
        try:
            while (event := await entry[1].get()) is not None:
                yield event
        finally:
            self._queues.discard(entry)

    def _take(self, event: Event) -> None:
        # On a thread of the server's.
        for loop, queue in list(self._queues):
            try:
                loop.call_soon_threadsafe(queue.put_nowait, event)
            except RuntimeError:  # that loop is closed
                self._queues.discard((loop, queue))


class Room:
    """One room of a server. What acts on people is done soon; where there is nobody of that id, nothing happens."""

    def __init__(self, server: Server, name: str) -> None:
        self.server, self.name = server, name

    def invite(self, role: str = "viewer", *, name: str = "", user: str = "", uses: int = 0,
               life: float = 7 * 86_400) -> str:
        """A token for the room's link, good for `life` seconds and `uses` people (0: any number).

        role: "viewer", "presenter" or "moderator" (ValueError). name, user: of the person and the account.
        """
        return self.server._native.invite(self.name, role, name, user, uses, life)

    @property
    def people(self) -> list[Person]:
        """Who is in, then who waits."""
        return self.server._native.people(self.name)

    @property
    def board(self) -> Board:
        """What people here see and draw on."""
        return Board(self)

    async def events(self) -> AsyncIterator[Event]:
        """What happens here."""
        async for event in self.server.events():
            if event.room == self.name:
                yield event

    def say(self, name: str, text: str) -> None:
        """A public message under that name."""
        self.server._native.say(self.name, name, text)

    def admit(self, person: str) -> None:
        self.server._native.admit(self.name, person)

    def refuse(self, person: str) -> None:
        self.server._native.refuse(self.name, person)

    def set_role(self, person: str, role: str) -> None:
        self.server._native.set_role(self.name, person, role)

    def remove(self, person: str, *, ban: bool = False) -> None:
        self.server._native.remove(self.name, person, ban)

    def end(self) -> None:
        """Ends the meeting for everybody."""
        self.server._native.end(self.name)

    @property
    def pads(self) -> list[PadInfo]:
        """The texts that people of the room write together, the oldest first."""
        return self.server._native.pads(self.name)

    def pad(self, name: str = "notes") -> Pad:
        """A handle for the pad of that name; it is made when it is first written in."""
        return Pad(self, name)


class Pad:
    """A text that people write together. Calls wait until what they do is kept; RuntimeError says what was wrong.

    Formats are "md" (Markdown), "txt" and "html". person and name: as whom the program writes.
    """

    def __init__(self, room: Room, name: str) -> None:
        self.room, self.name = room, name
        self._native = room.server._native
        self._at = (room.name, name)

    def token(self, right: str = "write", *, person: str = "", name: str = "", life: float = 3600) -> str:
        """For clients of y-websocket, at ws://host/pad/ROOM/PAD?token=TOKEN; right: "read", "write" or "manage"."""
        return self._native.pad_token(*self._at, right, person, name, life)

    def read(self, format: str = "md") -> str:
        return self._native.pad_read(*self._at, format)

    def write(self, text: str, format: str = "md", *, person: str = "program", name: str = "Program") -> None:
        """In the place of what is there."""
        self._native.pad_write(*self._at, text, format, False, person, name)

    def append(self, text: str, format: str = "md", *, person: str = "program", name: str = "Program") -> None:
        """Behind what is there."""
        self._native.pad_write(*self._at, text, format, True, person, name)

    def lock(self, on: bool = True) -> None:
        """While it is locked, only who manages it writes."""
        self._native.pad_lock(*self._at, on)

    @property
    def authors(self) -> list[PadAuthor]:
        return self._native.pad_authors(*self._at)

    @property
    def history(self) -> list[PadVersion]:
        """The newest first."""
        return self._native.pad_history(*self._at)

    def version(self, number: int, format: str = "md") -> str:
        return self._native.pad_version(*self._at, number, format)

    def restore(self, number: int, *, person: str = "program", name: str = "Program") -> None:
        self._native.pad_restore(*self._at, number, person, name)


class Board:
    """The documents of a room, page by page; a page is a pair (document, page).

    Shapes are dictionaries as libconf/whiteboard/PROTOCOL.md has them in section 12: {"type": "rectangle", "x": 100,
    "y": 80, "width": 200, "height": 100, "colour": "#0b6e4f"}. Calls return when what they changed is kept; whoever
    looks is told at once. RuntimeError where something cannot be, with its field; nothing was drawn then.
    """

    def __init__(self, room: Room) -> None:
        self.room = room

    @property
    def documents(self) -> list[Document]:
        return self._native.documents(self.room.name)

    def add(self, kind: str = "blank", title: str = "") -> tuple[int, int]:
        """A new document, "blank" or "infinite" (ValueError); its first page."""
        return self._native.add_document(self.room.name, kind, title)

    def share(self, name: str, file: bytes, *, within: float = 300) -> int:
        """A file becomes pages: its number, when all of them are ready. RuntimeError says why it can not."""
        return self._native.share(self.room.name, name, file, within)

    def text(self, document: int, page: int) -> str:
        """What is written on a page of a file, from 1."""
        return self._native.page_text(self.room.name, document, page)

    def pdf(self, document: int, *, annotations: bool = True) -> bytes:
        """A document with what is drawn on its pages."""
        return self._native.export_pdf(self.room.name, document, annotations)

    def remove(self, document: int) -> None:
        self._native.remove_document(self.room.name, document)

    def stage(self, page: tuple[int, int]) -> None:
        """Everybody who does not look around sees that page."""
        self._native.stage(self.room.name, page)

    def draw(self, page: tuple[int, int], *shapes: dict) -> list[str]:
        """Their ids, 16 hexadecimal digits each."""
        return self.change(page, *({"op": "put", **one} for one in shapes))

    def change(self, page: tuple[int, int], *ops: dict) -> list[str]:
        """Any of {"op": "put", ...}, {"op": "patch", "id": ..., ...}, {"op": "remove", "id": ...}."""
        ids = self._native.change(self.room.name, page, json.dumps({"ops": list(ops)}))
        return [f"{one:016x}" for one in ids]

    def shapes(self, page: tuple[int, int]) -> list[dict]:
        """In the order of painting."""
        return json.loads(self._native.page_as(self.room.name, page, "json"))["shapes"]

    def svg(self, page: tuple[int, int]) -> str:
        return self._native.page_as(self.room.name, page, "svg")

    def excalidraw(self, page: tuple[int, int]) -> str:
        return self._native.page_as(self.room.name, page, "excalidraw")

    def import_excalidraw(self, page: tuple[int, int], file: str) -> int:
        """How many shapes it became."""
        return self._native.import_excalidraw(self.room.name, page, file)

    def clear(self, page: tuple[int, int]) -> int:
        """How many shapes went: all but locked ones."""
        return self._native.clear(self.room.name, page)

    @property
    def _native(self) -> _libconf.Server:
        return self.room.server._native
