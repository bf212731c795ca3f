"""coturn's own clients through our relay."""

import itertools
import re
import socket
import subprocess
import threading

import certificates
import harness
from harness import case, require

# coturn 4.6.1's uclient picks its channel numbers from 0x4000 to 0x7FFF. RFC 8656 ends at 0x4FFF, and our relay
# refuses what is above with 400 (SEC-TURN-9). So a try with one channel goes well once in four times, one with two
# channels once in sixteen; a try that gets the 400 ends at once. 120 tries: 2000 to 1 for two channels.
CHANNEL_TRIES = 120
MESSAGES = 20
TRANSPORTS = {"udp": [], "tcp": ["-t"], "tls": ["-t", "-S"], "dtls": ["-S"]}


class Echo:
    """A peer that sends everything back, on two ports that follow each other: uclient sends RTCP to the second."""

    def __init__(self, host):
        self.sockets = []
        while len(self.sockets) < 2:
            self.end()
            try:
                self.sockets = [self._open(host, 0)]
                self.port = self.sockets[0].getsockname()[1]
                self.sockets.append(self._open(host, self.port + 1))
            except (OSError, OverflowError):
                continue
        for one in self.sockets:
            threading.Thread(target=self._echo, args=[one], daemon=True).start()

    @staticmethod
    def _open(host, port):
        made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((host, port))
        return made

    @staticmethod
    def _echo(one):
        while True:
            try:
                data, sender = one.recvfrom(65536)
                one.sendto(data, sender)
            except OSError:
                return

    def end(self):
        for one in self.sockets:
            one.close()
        self.sockets = []


def echo(host):
    return harness.shared(f"echo {host}", lambda: Echo(host))


def uclient(words):
    done = subprocess.run([harness.tool("turnutils_uclient"), *[str(word) for word in words]],
                          capture_output=True, text=True, errors="replace", timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def judge(status, text, sent_at_least):
    """uclient ends with status 0 also when everything was lost: its words count."""
    counts = re.findall(r"start_mclient: tot_send_msgs=(\d+), tot_recv_msgs=(\d+)", text)
    lost = re.search(r"Total lost packets (\d+)", text)
    require(status == 0 and counts and lost, f"uclient did not finish (status {status}): {text[-600:]}")
    sent, received = (int(number) for number in counts[-1])
    require(sent >= sent_at_least, f"uclient sent {sent} messages instead of {sent_at_least}")
    require(sent == received and int(lost[1]) == 0, f"{sent} sent, {received} came back, {lost[1]} lost")
    return f"{sent} sent and received"


def relay_through(transport, credentials, family, data, to_client=False, more=()):
    host = "::1" if family == 6 else "127.0.0.1"
    port = certificates.relay().at(transport, host)[1]
    words = [*TRANSPORTS[transport], "-p", port, "-n", MESSAGES, "-z", 5, "-l", 170, *more]
    words += ["-W", harness.SECRET] if credentials == "rest" else ["-u", harness.USER, "-w", harness.PASSWORD]
    words += ["-s"] if data == "send" else []
    words += ["-x"] if family == 6 else []
    words += ["-y"] if to_client else ["-e", host, "-r", echo(host).port]
    words += [host]
    for attempt in range(1, CHANNEL_TRIES + 1):
        status, text = uclient(words)
        if data == "send" or "channel bind: error 400" not in text:
            note = judge(status, text, MESSAGES)
            return note if attempt == 1 else f"{note}, at try {attempt}"
    raise harness.Failed(f"uclient picked an illegal channel {CHANNEL_TRIES} times in a row")


def define(name, **how):
    @case(name, alone=False)
    def body():
        return relay_through(**how)


for t, c, f, d in itertools.product(TRANSPORTS, ("rest", "static"), (4, 6), ("send", "channel")):
    define(f"coturn uclient {t} {c} IPv{f} {d}", transport=t, credentials=c, family=f, data=d, more=("-c",))
for t, d in itertools.product(TRANSPORTS, ("send", "channel")):
    # From one relayed address to the other: inside the process.
    define(f"coturn uclient {t} client to client {d}", transport=t, credentials="rest", family=4, data=d,
           to_client=True, more=("-c",))
# Without -c it wants a second relayed address for RTCP: EVEN-PORT and RESERVATION-TOKEN.
define("coturn uclient udp pair of ports", transport="udp", credentials="static", family=4, data="send")
# Not here: -Z, both families. coturn 4.6.1 asks for the second one with attribute 0x8032 of a draft; RFC 8656 has 0x8000.
define("coturn uclient udp dont fragment", transport="udp", credentials="static", family=4, data="send",
       more=("-c", "-g"))
define("coturn uclient tcp ten clients", transport="tcp", credentials="static", family=4, data="send",
       more=("-c", "-m", "10"))


@case("coturn uclient wrong password", alone=False)
def wrong_password():
    port = certificates.relay().at("udp")[1]
    _, text = uclient(["-p", port, "-u", harness.USER, "-w", "wrong", "-s", "-c", "-n", 2, "-y", "127.0.0.1"])
    require("tot_send_msgs=2" not in text, "a client with a wrong password could send")
    require("401" in text or "Unauthorized" in text or "Cannot complete Allocation" in text, text[-400:])


@case("coturn stunclient", alone=False)
def stunclient():
    for host in ("127.0.0.1", "::1"):
        port = certificates.relay().at("udp", host)[1]
        done = subprocess.run([harness.tool("turnutils_stunclient"), "-p", str(port), host],
                              capture_output=True, text=True, timeout=30, check=False)
        text = done.stdout + done.stderr
        require(re.search(rf"reflexive addr: \[?{re.escape(host)}\]?:\d+", text), f"{host}: {text}")
# turnutils_natdiscovery needs RFC 5780, which we leave out on purpose: its answers amplify.
