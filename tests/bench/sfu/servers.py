"""Starts the two SFUs the same way: children, on this machine's addresses, pinned to a core, gone afterwards."""

import os
import re
import shutil
import subprocess
import tempfile
import time

from children import CannotStart, settle_in

OPEN_FILES = 65536
STARTS = 10


def start(kind, cores, insist):
    """A server that serves. Janus' Unix socket thread loses a race of its own now and then, and Janus ends."""
    for tries in range(1, STARTS + 1):
        try:
            return kind(cores, insist)
        except CannotStart:
            if tries == STARTS or not kind.may_fail_to_start:
                raise
    raise AssertionError


class Server:
    """One running server. Use as a context manager."""

    name = ""
    program = ""
    may_fail_to_start = False

    def __init__(self, cores, insist=False):
        self.folder = tempfile.mkdtemp(prefix="sfu-bench-")
        self.log = os.path.join(self.folder, "output")
        with open(self.log, "wb") as output:
            try:
                self.process = subprocess.Popen(
                    self.command(), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                    cwd=self.folder, preexec_fn=lambda: settle_in(cores, insist))
            except OSError as error:
                shutil.rmtree(self.folder, ignore_errors=True)
                raise CannotStart(f"{self.program}: {error.strerror}") from error
        deadline = time.monotonic() + 15
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                said = self.output()[-2000:]
                self.stop()
                raise CannotStart(f"{self.name} does not start: {said}")
            time.sleep(0.02)

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        raise NotImplementedError

    def load_arguments(self):
        raise NotImplementedError

    def output(self):
        with open(self.log, errors="replace") as text:
            return text.read()

    @classmethod
    def available(cls):
        return shutil.which(cls.program) is not None

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class ConfServer(Server):
    name = "libconf"
    program = ""

    def command(self):
        settings = {"http.listen": "127.0.0.1:0", "metrics.listen": "[]", "turn.listen": "[]",
                    "media.listen": "127.0.0.1:0", "media.shards": 1, "rooms.open": "true",
                    "rooms.limits.participants": 0, "http.limits.connections_per_address": 0,
                    "http.limits.connections": 0, "http.limits.session_requests_per_minute": 0,
                    "data.path": self.folder}
        return [self.program] + [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]

    def is_ready(self):
        return "program.started" in self.output()

    def load_arguments(self):
        return ["--whip", re.search(r"url=(http://[^\s\"]+)", self.output())[1]]

    @classmethod
    def version(cls):
        said = subprocess.run([cls.program, "--version"], capture_output=True, text=True, check=False).stdout
        return said.split("\n")[0].strip()


class Janus(Server):
    """Debian's package: the video room, its default thread for each handle, no other plugin."""

    name = "janus"
    program = "janus"
    may_fail_to_start = True
    library = "/usr/lib/x86_64-linux-gnu/janus"

    def command(self):
        def unwanted(folder, wanted):
            try:
                files = os.listdir(os.path.join(self.library, folder))
            except OSError:
                return ""
            return ",".join(sorted(name for name in files if name.endswith(".so") and name != wanted))

        self.socket = os.path.join(self.folder, "api")
        files = {
            "janus.jcfg": f"""
general: {{
    configs_folder = "{self.folder}"
    plugins_folder = "{self.library}/plugins"
    transports_folder = "{self.library}/transports"
    events_folder = "{self.library}/events"
    loggers_folder = "{self.folder}"
    debug_level = 2
    debug_colors = false
    session_timeout = 0
}}
nat: {{ ice_lite = true }}
plugins: {{ disable = "{unwanted('plugins', 'libjanus_videoroom.so')}" }}
transports: {{ disable = "{unwanted('transports', 'libjanus_pfunix.so')}" }}
""",
            "janus.plugin.videoroom.jcfg": "general: {}\n",
            "janus.transport.pfunix.jcfg": f"""
general: {{
    enabled = true
    json = "compact"
    path = "{self.socket}"
    type = "SOCK_SEQPACKET"
}}
admin: {{ admin_enabled = false }}
"""}
        for name, text in files.items():
            with open(os.path.join(self.folder, name), "w") as file:
                file.write(text)
        return [self.program, "-F", self.folder, "-C", os.path.join(self.folder, "janus.jcfg")]

    def is_ready(self):
        return os.path.exists(self.socket)

    def load_arguments(self):
        return ["--janus", self.socket]

    @classmethod
    def version(cls):
        found = shutil.which("dpkg-query")
        if not found:
            return "?"
        said = subprocess.run([found, "-W", "-f=${Version}", "janus"], capture_output=True, text=True,
                              check=False).stdout
        return said or "?"
