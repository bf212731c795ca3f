"""Starts the two TURN servers the same way: children, on loopback, a free port, pinned, gone afterwards."""

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from children import CannotStart, settle_in

ADDRESS = "127.0.0.1"
USER = PASSWORD = REALM = "bench"


def free_port():
    # Below 32768, where neither relayed addresses nor outgoing sockets get their ports by themselves.
    for port in random.sample(range(20000, 32000), 200):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind((ADDRESS, port))
                return port
            except OSError:
                continue
    raise CannotStart("no free UDP port between 20000 and 32000")


@contextlib.contextmanager
def paused(servers):
    """The servers hold still meanwhile: one that looks after a thousand allocations wakes up now and then."""
    held = list(servers)
    for server in held:
        server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for server in held:
            server.process.send_signal(signal.SIGCONT)


class Server:
    """One running server. Use as a context manager."""

    name = ""

    def __init__(self, threads=1, cores=None, insist=False):
        self.port = free_port()
        self.folder = tempfile.mkdtemp(prefix="turn-bench-")
        self.output = open(os.path.join(self.folder, "output"), "wb")
        command = self.command(threads)
        try:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=subprocess.STDOUT,
                cwd=self.folder, preexec_fn=lambda: settle_in(cores, insist))
        except OSError as error:
            self.clean()
            raise CannotStart(f"{command[0]}: {error.strerror}") from error
        try:
            self.wait_until_it_answers()
        except CannotStart:
            self.stop()
            raise

    def command(self, threads):
        raise NotImplementedError

    @property
    def pid(self):
        return self.process.pid

    def wait_until_it_answers(self, seconds=10):
        request = struct.pack("!HHI", 0x0001, 0, 0x2112A442) + os.urandom(12)
        deadline = time.monotonic() + seconds
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((ADDRESS, self.port))
            probe.settimeout(0.02)
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    probe.send(request)
                    if probe.recv(2048)[8:20] == request[8:20]:
                        return
                except ConnectionRefusedError:
                    try:
                        probe.recv(2048)  # nobody there yet: let the timeout pass
                    except OSError:
                        pass
                except OSError:
                    pass
        raise CannotStart(f"{self.name} does not answer on {ADDRESS}:{self.port}; it said:\n{self.said()}")

    def said(self):
        with open(self.output.name, "rb") as text:
            return text.read()[-2000:].decode(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()  # not SIGTERM: a relay drains then
        self.process.wait()
        self.clean()

    def clean(self):
        self.output.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Coturn(Server):
    name = "coturn"
    program = shutil.which("turnserver") or "/usr/bin/turnserver"

    @classmethod
    def available(cls):
        return os.access(cls.program, os.X_OK)

    @classmethod
    def version(cls):
        answer = subprocess.run([cls.program, "--version"], capture_output=True, text=True, check=False)
        match = re.search(r"\d+(\.\d+)+", answer.stdout + answer.stderr)
        return match.group(0) if match else "unknown"

    def command(self, threads):
        # Fair to it: nothing but UDP relaying, no log, no quota, no bandwidth limit, no database traffic.
        return [self.program, "-n", "-L", ADDRESS, "-E", ADDRESS, "-p", str(self.port),
                "--relay-threads", str(threads), "--min-port", "49152", "--max-port", "65535",
                "--lt-cred-mech", "--user", f"{USER}:{PASSWORD}", "--realm", REALM, "--allow-loopback-peers",
                "--no-tls", "--no-dtls", "--no-tcp", "--no-tcp-relay", "--no-cli", "--no-rfc5780",
                "--no-stun-backward-compatibility", "--no-software-attribute", "--no-dynamic-ip-list",
                "--no-dynamic-realms", "--no-auth-pings", "--no-stdout-log", "--simple-log",
                "-l", "/dev/null", "--userdb", os.path.join(self.folder, "db"),
                "--pidfile", os.path.join(self.folder, "pid")]


class ConfTurn(Server):
    name = "libconf"
    program = "conf-turn"  # run.py sets the path

    @classmethod
    def available(cls):
        return os.access(cls.program, os.X_OK)

    @classmethod
    def version(cls):
        answer = subprocess.run([cls.program, "--version"], capture_output=True, text=True, check=False)
        return (answer.stdout.strip().splitlines() or ["unknown"])[0]

    def command(self, threads):
        settings = [
            f'turn.listen=["udp://{ADDRESS}:{self.port}"]',
            f'turn.relay_address="{ADDRESS}"',
            'turn.relay_ports="49152-65535"',
            f'turn.users.{USER}="{PASSWORD}"',
            f"turn.realm={REALM}",
            "turn.peer_policy=deny-list",
            'turn.allow_peers=["127.0.0.0/8"]',
            "turn.limits.allocation_bps=0",
            f"turn.threads={threads}",
            "metrics.listen=[]",
            f'data.path="{self.folder}"',
        ]
        return [self.program] + [word for setting in settings for word in ("--set", setting)]
