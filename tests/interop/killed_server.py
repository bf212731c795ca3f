"""A server that is killed and comes back on the same ports, for programs that do so many times."""
import asyncio
import re
import signal
import socket

PATIENCE = 60


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
