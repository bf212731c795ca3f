"""The program itself: flags, exit status, signals, files that change, and what it must not show."""

import os
import pathlib
import signal
import socket
import subprocess
import threading
import time

import certificates
import harness
import turn
from harness import SECRET, Relay, case, eventually, require


def conf_turn(*words):
    done = subprocess.run([str(harness.Where.bin / "conf-turn"), *map(str, words)], capture_output=True, text=True,
                          timeout=harness.PATIENCE, check=False)
    return done.returncode, done.stdout + done.stderr


@case("program exit status")
def exit_status():
    folder = harness.folder("configuration")
    good, wrong = folder / "good.toml", folder / "wrong.toml"
    good.write_text('[turn]\nlisten = ["udp://127.0.0.1:0"]\nsecrets = ["' + SECRET + '"]\n'
                    f'[metrics]\nlisten = []\n[data]\npath = "{folder}"\n')
    good.chmod(0o600)
    wrong.write_text('[turn]\nlisten = ["udp://127.0.0.1:0"]\nsecretz = ["x"]\n')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        for words, status, says in (
                (["--version"], 0, "0."),
                (["--help"], 0, "--check-config"),
                (["--print-config"], 0, "unauthenticated_rps"),
                (["--no-such-flag"], 2, "no-such-flag"),
                (["--config", good, "--check-config"], 0, "good"),
                (["--config", wrong, "--check-config"], 2, "wrong.toml:3"),
                (["--config", wrong], 2, "secrets"),
                (["--config", folder / "none.toml"], 2, "none.toml"),
                (["--config", good, "--set", f'turn.listen=["udp://127.0.0.1:{port}"]'], 1, f"127.0.0.1:{port}"),
                (["--config", good, "--set", 'turn.listen=["tls://127.0.0.1:0"]'], (1, 2), "tls.certificate")):
            got, text = conf_turn(*words)
            require(got in (status if isinstance(status, tuple) else (status,)) and says in text,
                    f"{words}: status {got}, {text[-300:]}")


@case("program prints a configuration that it takes")
def print_config():
    folder = harness.folder("printed")
    _, text = conf_turn("--print-config")
    (folder / "all.toml").write_text(text)
    status, text = conf_turn("--config", folder / "all.toml", "--check-config")
    require(status == 0, text)


@case("program warns of root")
def root_warning():
    with Relay() as relay:
        warned = "program.root" in relay.output()
        require(warned == (os.geteuid() == 0), relay.output())


@case("program tells the service manager that it is ready, and that it stops")
def notify():
    folder = harness.folder("notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(folder / "socket"))
        manager.settimeout(harness.PATIENCE)
        words = [harness.Where.bin / "conf-server", "--set", "http.listen=127.0.0.1:0", "--set", "metrics.listen=[]",
                 "--set", "turn.listen=[]", "--set", f"data.path={folder}"]
        with harness.Child(words, "conf-server",
                           environment={**os.environ, "NOTIFY_SOCKET": str(folder / "socket")}) as server:
            require(manager.recv(100) == b"READY=1", server.output())
            server.wait_for(r"program\.started")
            server.signal(signal.SIGTERM)
            require(manager.recv(100) == b"STOPPING=1", server.output())


@case("program hides its secrets")
def secrets():
    secret, password = "swordfish-" + os.urandom(8).hex(), "opensesame-" + os.urandom(8).hex()
    flags = ["--set", f'turn.secrets=["{secret}"]', f'--set=turn.users={{alice = "{password}"}}',
             "--set", "log.level=debug"]
    with Relay(flags=flags) as relay:
        for name in ("cmdline", "environ"):
            shown = pathlib.Path(f"/proc/{relay.pid}/{name}").read_bytes().decode(errors="replace")
            require(secret not in shown and password not in shown, f"/proc/PID/{name} shows a secret: {shown}")
        # They are in force all the same.
        name, word = turn.rest_credential(secret)
        with turn.Client("udp", relay.at("udp"), name, word) as client:
            client.allocate()
            client.refresh(0)
        with turn.Client("udp", relay.at("udp"), password=password) as client:
            client.allocate()
            client.refresh(0)
        require(secret not in relay.output() and password not in relay.output(), "the log shows a secret")
        require("127.0.0.1" not in "".join(line for line in relay.lines if "allocation" in line),
                "the log shows a client's address")


def wait_for_drain(relay):
    relay.wait_for(r"program\.draining")
    eventually(lambda: relay.metric("conf_turn_draining") == 1, "it says that it drains and does not")


@case("program drains at SIGTERM")
def drains():
    with Relay() as relay, turn.Client("udp", relay.at("udp")) as early, turn.Client("udp", relay.at("udp")) as late:
        early.allocate()
        relay.signal(signal.SIGTERM)
        wait_for_drain(relay)
        try:
            late.allocate()
            raise harness.Failed("a draining relay made an allocation")
        except turn.Refused as refused:
            require(refused.code == 508, str(refused))
        early.refresh(600)
        early.refresh(0)
        require(relay.wait() == 0, relay.output())


@case("program sends new clients elsewhere while it drains")
def drains_elsewhere():
    with Relay({"turn.alternate_server": "192.0.2.9:3478"}) as relay, \
            turn.Client("udp", relay.at("udp")) as early, turn.Client("udp", relay.at("udp")) as late:
        early.allocate()
        relay.signal(signal.SIGINT)
        wait_for_drain(relay)
        try:
            late.allocate()
            raise harness.Failed("a draining relay made an allocation")
        except turn.Refused as refused:
            require(refused.code == 300, str(refused))
        relay.signal(signal.SIGTERM)  # the second one
        require(relay.wait() == 0, relay.output())


@case("program leaves at the drain limit", alone=False)
def drain_limit():
    with Relay({"turn.drain_limit": "1s"}) as relay, turn.Client("udp", relay.at("udp")) as client:
        client.allocate()
        began = time.monotonic()
        relay.signal(signal.SIGTERM)
        require(relay.wait() == 0, relay.output())
        require(time.monotonic() - began >= 1, "it left before its limit")


@case("program leaves at once when empty")
def leaves():
    with Relay() as relay:
        relay.signal(signal.SIGTERM)
        require(relay.wait(5) == 0, relay.output())
        require(not (relay.data / "control.sock").exists(), "it left its control socket behind")


def answers(relay, **credentials):
    with turn.Client("udp", relay.at("udp"), **credentials) as client:
        try:
            client.allocate()
            client.refresh(0)
            return 0
        except turn.Refused as refused:
            return refused.code


@case("program reloads at SIGHUP and when the file changes", alone=False)
def reloads():
    with Relay() as relay, turn.Client("udp", relay.at("udp")) as early:
        early.allocate()
        require(answers(relay, user="bob", password="builder") == 401, "bob is known too early")
        relay.write({"turn.users": {"bob": "builder"}})
        relay.signal(signal.SIGHUP)
        relay.wait_for(r"config\.reloaded")
        require(answers(relay, user="bob", password="builder") == 0, "bob is not known after SIGHUP")
        require(answers(relay) == 401, "alice is still known after SIGHUP")
        early.refresh(600)

        seen = len(relay.lines)
        relay.write({"turn.users": {"carol": "singer"}, "turn.threads": 2})
        relay.wait_for(r"config\.reloaded", after=seen)  # nobody sent a signal
        require(answers(relay, user="carol", password="singer") == 0, "the change of the file was not taken")
        relay.wait_for(r"config\.needs_restart.*turn\.threads", after=seen)
        early.refresh(600)


@case("program keeps its configuration when the new one is wrong")
def keeps():
    with Relay() as relay:
        relay.write({"turn.realm": ""})
        relay.signal(signal.SIGHUP)
        relay.wait_for(r"config\.kept")
        require(answers(relay) == 0, "the old configuration is gone")
        seen = len(relay.lines)
        relay.write({"turn.realm": "new.example.org"})
        relay.signal(signal.SIGHUP)
        relay.wait_for(r"config\.reloaded", after=seen)
        require(answers(relay) == 0, "the mended configuration does not work")


@case("program starts where one was killed")
def after_a_kill():
    data = harness.folder("data")
    for _ in range(3):
        with Relay(data=data) as relay:
            with turn.Client("udp", relay.at("udp")) as client:
                client.allocate()
            relay.signal(signal.SIGKILL)
            require(relay.wait() == -signal.SIGKILL, "not killed")
            require((data / "control.sock").exists(), "the test expects a stale control socket")
    with Relay(data=data) as relay:
        require("program.started" in relay.output(), relay.output())
        # But not beside one that lives: two servers would answer for one folder.
        status, text = conf_turn("--config", relay.config)
        require(status == 1 and "control.sock" in text, f"a second server: status {status}, {text[-300:]}")
        require(answers(relay) == 0, "the first server suffered")


@case("program answers confctl")
def confctl():
    with Relay() as relay, turn.Client("udp", relay.at("udp")) as client:
        client.allocate()
        done = subprocess.run([str(harness.Where.bin / "confctl"), "status", "--socket",
                               str(relay.data / "control.sock")],
                              capture_output=True, text=True, timeout=harness.PATIENCE, check=False)
        require(done.returncode == 0, done.stdout + done.stderr)
        require("1" in done.stdout and "allocation" in done.stdout.lower(), done.stdout)


class Loader(threading.Thread):
    """Sends numbered messages through an allocation to a peer that sends them back, and counts."""

    def __init__(self, client, peer):
        super().__init__(daemon=True)
        self.client, self.peer, self.sent, self.received, self.error = client, peer, 0, 0, None
        self.enough = threading.Event()

    def run(self):
        try:
            while not self.enough.is_set():
                self.client.send(0x4000, b"%d" % self.sent)
                self.sent += 1
                if self.client.receive(5) is not None:
                    self.received += 1
        except Exception as error:  # noqa: BLE001: told by `finish`
            self.error = error

    def finish(self):
        self.enough.set()
        self.join(harness.PATIENCE)
        require(self.error is None, f"{self.client.transport} client: {self.error}")
        require(self.sent == self.received > 0,
                f"{self.client.transport} client: {self.sent} sent, {self.received} came back")
        return self.sent


@case("program replaces a certificate a hundred times under load")
def certificate_rounds():
    import coturn
    first, second = harness.folder("certificate"), harness.folder("certificate")
    certificates.make(first, "one.example.org", days=2)
    certificates.make(second, "two.example.org", days=9)
    settings = {"turn.listen": ["tls://127.0.0.1:0", "udp://127.0.0.1:0"]}
    current = harness.folder("current")

    def install(source):
        for name in ("key.pem", "cert.pem"):
            fresh = current / (name + ".new")
            fresh.write_bytes((source / name).read_bytes())
            fresh.chmod(0o600)
            fresh.rename(current / name)
    install(first)
    settings |= {"tls.certificate": str(current / "cert.pem"), "tls.key": str(current / "key.pem")}
    peer = ("127.0.0.1", coturn.echo("127.0.0.1").port)
    with Relay(settings) as relay:
        expiry = "conf_turn_certificate_expiry_timestamp_seconds"
        loaders = []
        for _ in range(3):
            client = turn.Client("tls", relay.at("tls")).allocate()
            client.bind(0x4000, peer)
            loaders.append(Loader(client, peer))
            loaders[-1].start()
        was = relay.metric(expiry)
        for number in range(100):
            install(second if number % 2 == 0 else first)
            relay.signal(signal.SIGHUP)
            eventually(lambda: relay.metric(expiry) != was, f"replacement {number} was not taken")
            was = relay.metric(expiry)
            if number % 10 == 0:
                with turn.Client("tls", relay.at("tls")) as fresh:
                    fresh.allocate()
                    fresh.refresh(0)
        total = sum(loader.finish() for loader in loaders)
        require(relay.metric("turn_total_allocations") == 3, "somebody lost an allocation")
        for loader in loaders:
            loader.client.close()
    return f"100 replacements, {total} messages, none lost"
