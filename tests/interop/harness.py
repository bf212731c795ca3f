"""Cases, programs and what they leave: starts children, waits for what they say, and ends them all."""

import concurrent.futures
import ctypes
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import traceback
import urllib.request

SECRET = "a shared secret for the tests, 32+"
USER, PASSWORD, REALM = "alice", "wonderland", "example.org"
PATIENCE = 20  # seconds for what takes milliseconds on an idle machine

CASES = []
LIBC = ctypes.CDLL(None, use_errno=True)
# A child dies with the thread that made it, so one thread that lives as long as we do makes them all.
SPAWNER = concurrent.futures.ThreadPoolExecutor(1)


class Failed(Exception):
    """A case did not see what it must."""


class Where:
    """Set once, by settle."""
    bin = None      # of the build folder
    root = None     # of the source tree
    scratch = None  # of this run, gone at its end
    kept = None     # what failed cases leave


class Case:
    def __init__(self, name, body, long, alone):
        self.name, self.body, self.long, self.alone = name, body, long, alone


def case(name, long=False, alone=True):
    """Makes a case of a function without arguments. Not alone: it mostly waits, so others may run beside it."""
    def take(body):
        CASES.append(Case(name, body, long, alone))
        return body
    return take


def settle(build, root):
    Where.bin, Where.root = build / "bin", root
    Where.scratch = pathlib.Path(tempfile.mkdtemp(prefix="conf-interop-"))
    Where.kept = build / "interop"
    shutil.rmtree(Where.kept, ignore_errors=True)
    # As many sockets as the system allows: some cases open thousands, and so do the programs they start.
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)


def require(condition, why):
    if not condition:
        raise Failed(why)


def eventually(condition, why, seconds=PATIENCE):
    """Asks until it is true; returns what it was."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"{why} (waited {seconds} s)")
        threading.Event().wait(0.01)


def inside(namespace, command):
    """The command as it runs in the network of another process."""
    return ["nsenter", "--target", namespace, "--net", "--", *[str(word) for word in command]]


class Child:
    """A program that runs, its output, and its end. Use as a context manager."""

    def __init__(self, command, name, namespace=None, quiet_end=signal.SIGKILL, environment=None):
        self.name, self.quiet_end = name, quiet_end
        self.lines, self.changed, self.ended = [], threading.Condition(), False
        if namespace:
            command = inside(namespace, command)
        self.process = SPAWNER.submit(
            subprocess.Popen,
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", cwd=Where.scratch, env=environment,
            preexec_fn=lambda: LIBC.prctl(1, signal.SIGKILL)).result()  # PR_SET_PDEATHSIG: it dies with us
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            with self.changed:
                self.lines.append(line.rstrip("\n"))
                self.changed.notify_all()
        with self.changed:
            self.ended = True
            self.changed.notify_all()

    @property
    def pid(self):
        return self.process.pid

    def output(self):
        with self.changed:
            return "\n".join(self.lines)

    def wait_for(self, pattern, seconds=PATIENCE, after=0):
        """The first line from number `after` on that matches."""
        wanted = re.compile(pattern)
        found = None

        def look():
            nonlocal found
            found = next((m for line in self.lines[after:] if (m := wanted.search(line))), None)
            return found or self.ended
        with self.changed:
            self.changed.wait_for(look, seconds)
        if not found:
            tail = "\n    ".join(self.lines[-8:])
            raise Failed(f"{self.name} never said \"{pattern}\":\n    {tail}")
        return found

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=PATIENCE):
        """Its exit status."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name} is still running after {seconds} s") from None
        self.reader.join(seconds)
        return status

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(self.quiet_end)
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.reader.join(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


def folder(prefix):
    return pathlib.Path(tempfile.mkdtemp(prefix=prefix + "-", dir=Where.scratch))


def toml(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f'"{key}" = {toml(one)}' for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


class Relay(Child):
    """conf-turn on loopback with a configuration file of its own, up when the constructor returns.

    Settings are given as "section.key": value; what is not given is as in `usual`.
    """

    def __init__(self, settings=None, namespace=None, flags=(), data=None, usual=True):
        self.folder = folder("relay")
        self.config = self.folder / "conf.toml"
        self.data = data or self.folder / "data"
        self.settings = dict(self.usual()) if usual else {}
        self.settings["data.path"] = str(self.data)
        self.write(settings or {})
        super().__init__([Where.bin / "conf-turn", "--config", self.config, *flags], "conf-turn", namespace)
        self.namespace = namespace
        try:
            self.wait_for(r"program\.started|program\.start_failed")
            require("program.started" in self.output(), f"conf-turn does not start:\n{self.output()}")
        except Failed:
            self.end()
            raise

    @staticmethod
    def usual():
        return {
            "turn.listen": ["udp://127.0.0.1:0", "tcp://127.0.0.1:0"],
            "turn.realm": REALM, "turn.secrets": [SECRET], "turn.users": {USER: PASSWORD},
            "turn.relay_address": ["127.0.0.1"], "turn.peer_policy": "deny-list",
            "turn.allow_peers": ["127.0.0.0/8"], "metrics.listen": ["127.0.0.1:0"],
        }

    def write(self, changes):
        """The configuration file anew, in one go."""
        self.settings.update(changes)
        sections = {}
        for key, value in self.settings.items():
            section, _, name = key.rpartition(".")
            sections.setdefault(section, []).append(f"{name} = {toml(value)}")
        text = "\n\n".join(f"[{section}]\n" + "\n".join(lines) for section, lines in sections.items())
        fresh = self.config.with_suffix(".new")
        fresh.write_text(text + "\n")
        fresh.chmod(0o600)
        fresh.rename(self.config)

    def urls(self):
        return re.findall(r"program\.listening .*url=(\S+)", self.output())

    def at(self, scheme, host="127.0.0.1"):
        """(host, port) of the listener for udp, tcp, tls or dtls."""
        for url in self.urls():
            found = re.fullmatch(rf"{scheme}://(.+):(\d+)", url)
            if found and found[1].strip("[]") == host:
                return host, int(found[2])
        raise Failed(f"conf-turn does not listen on {scheme}://{host}: {self.urls()}")

    def metrics(self):
        url = next(url for url in self.urls() if url.endswith("/metrics"))
        if self.namespace:
            script = f"import urllib.request; print(urllib.request.urlopen({url!r}, timeout=10).read().decode())"
            text = subprocess.run(inside(self.namespace, ["python3", "-c", script]),
                                  capture_output=True, text=True, check=True).stdout
        else:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                text = answer.read().decode()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
                for line in text.splitlines() if line and not line.startswith("#")}

    def metric(self, name):
        return self.metrics()[name]

    def rss_kb(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])


class Namespaces:
    """Two network namespaces joined by a cable: "server" with 10.77.0.1, "client" with 10.77.0.2. Needs root."""

    def __init__(self):
        require(os.geteuid() == 0, "network namespaces need root; run the tests as root")
        self.server = self.client = None

    def __enter__(self):
        # Nameless, and entered by the process that holds them: names are mounts, which a chroot may not make.
        self.holders = [Child(["unshare", "--net", "sh", "-c", "echo ready; exec sleep infinity"], name)
                        for name in ("server namespace", "client namespace")]
        try:
            self.server, self.client = (str(holder.pid) for holder in self.holders)
            for holder in self.holders:
                holder.wait_for("ready")
            self.command(self.client, "ip", "link", "add", "c0", "type", "veth",
                         "peer", "name", "s0", "netns", self.server)
            for name, host, device in ((self.server, 1, "s0"), (self.client, 2, "c0")):
                self.command(name, "ip", "link", "set", "lo", "up")
                self.command(name, "ip", "addr", "add", f"10.77.0.{host}/24", "dev", device)
                self.command(name, "ip", "link", "set", device, "up")
            # Whatever source a packet claims, the answer goes down the cable.
            self.command(self.server, "ip", "route", "add", "default", "via", "10.77.0.2")
            for name in ("all", "default", "s0"):
                self.command(self.server, "sh", "-c", f"echo 0 > /proc/sys/net/ipv4/conf/{name}/rp_filter")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for holder in self.holders:
            holder.end()

    @staticmethod
    def command(name, *words):
        done = subprocess.run(inside(name, words), capture_output=True, text=True, check=False)
        require(done.returncode == 0, f"{' '.join(str(word) for word in words)}: {done.stderr.strip()}")
        return done.stdout


def helper(name):
    """A test program of this folder."""
    path = Where.bin / name
    require(path.exists(), f"{path} is not built; build the target interop")
    return path


def tool(name):
    """A program of somebody else."""
    path = shutil.which(name)
    require(path, f"{name} is not installed")
    return path


def keep(name):
    """What a failed case has left, for a person to read."""
    target = Where.kept / re.sub(r"[^\w.-]+", "-", name)
    target.mkdir(parents=True, exist_ok=True)
    return target


def run_one(one):
    began = time.monotonic()
    try:
        note = one.body()
        return True, f"ok {one.name}{': ' + note if note else ''} ({time.monotonic() - began:.1f} s)"
    except Exception as error:  # noqa: BLE001: whatever it is, the others still run
        (keep(one.name) / "why.txt").write_text(traceback.format_exc())
        why = " ".join(str(error).split()) or type(error).__name__
        return False, f"FAILED {one.name}: {why[:1500]}"


def run(cases):
    """Those that may share the machine first, eight at a time, then the others one by one."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    good = True
    # A child dies with the thread that started it, so the threads stay until the end: the others use its relay.
    pool = concurrent.futures.ThreadPoolExecutor(8)
    try:
        for fine, line in pool.map(run_one, [one for one in cases if not one.alone]):
            print(line, flush=True)
            good = good and fine
        for one in cases:
            if one.alone:
                fine, line = run_one(one)
                print(line, flush=True)
                good = good and fine
    finally:
        for end in AT_END:
            end()
        pool.shutdown()
        shutil.rmtree(Where.scratch, ignore_errors=True)
    return good


AT_END = []
SHARED = {}
SHARED_LOCK = threading.Lock()


def shared(name, make):
    """Something that several cases use, made once and ended with the run."""
    with SHARED_LOCK:
        if name not in SHARED:
            SHARED[name] = make()
            AT_END.append(SHARED[name].end)
        return SHARED[name]
