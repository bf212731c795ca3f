"""Rooms that are not open: what confctl's tokens admit, and what a reload changes while the server runs."""

import signal
import subprocess
import urllib.error
import urllib.request

import harness
from harness import Child, case, eventually, require

PUBLISHER = "\r\n".join("""v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 FINGERPRINT
a=setup:actpass
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
""".replace("FINGERPRINT", ":".join(["AB"] * 32)).split("\n"))
PLAYER = PUBLISHER.replace("a=sendonly", "a=recvonly")


class Closed(Child):
    """A conf-server whose rooms need tokens, with a configuration that can be rewritten."""

    def __init__(self):
        self.folder = harness.folder("tokens")
        self.config = self.folder / "conf.toml"
        self.write("")
        super().__init__([harness.Where.bin / "conf-server", "--config", self.config], "conf-server")

    def write(self, more):
        fresh = self.config.with_suffix(".new")
        fresh.write_text(f"""[http]
listen = ["127.0.0.1:0"]
[metrics]
listen = []
[media]
listen = ["127.0.0.1:0"]
[turn]
listen = []
[control]
socket = "{self.folder}/control.sock"
[data]
path = "{self.folder}"
[rooms]
open = {"true" if "open" in more else "false"}
limits.participants = {1 if "one" in more else 500}
[http.limits]
failed_lookups_per_minute = {0 if "guess" in more else 20}
""")
        fresh.chmod(0o600)
        fresh.rename(self.config)  # whole, for whoever watches it

    def __enter__(self):
        super().__enter__()
        self.url = self.wait_for(r"url=(http://\S+)")[1]
        self.wait_for(r"program\.started")
        return self

    def reload(self, more, key):
        """Returns once that key has its new value."""
        seen = len(self.lines)
        self.write(more)
        self.signal(signal.SIGHUP)
        self.wait_for(rf"config\.changed.*{key}", after=seen)
        said = "\n".join(self.lines[seen:])
        require("config.needs_restart" not in said, said)

    def token(self, *words):
        done = subprocess.run([str(harness.Where.bin / "confctl"), "token", "--socket",
                               f"{self.folder}/control.sock", *words], capture_output=True, text=True,
                              timeout=harness.PATIENCE, check=False)
        require(done.returncode == 0, f"confctl token {words}: {done.stderr}")
        return done.stdout.strip()

    def post(self, path, token=None, offer=None, method="POST"):
        """The status, and the fields of the answer."""
        offer = offer or (PUBLISHER if "whip" in path else PLAYER)
        request = urllib.request.Request(self.url + path, data=offer.encode() if method == "POST" else None,
                                         method=method)
        if method == "POST":
            request.add_header("Content-Type", "application/sdp")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        try:
            with urllib.request.urlopen(request, timeout=harness.PATIENCE) as answer:
                return answer.status, answer.headers
        except urllib.error.HTTPError as refused:
            return refused.code, refused.headers


@case("tokens of confctl admit to what they are for", alone=False)
def admitted():
    with Closed() as server:
        server.reload("guess", "failed_lookups_per_minute")  # or the many that are refused here would be too many
        both = server.token("--right", "both", "algebra")
        publish = server.token("--right", "publish", "algebra")
        play = server.token("--right", "play", "algebra")
        anns = server.token("--right", "publish", "--name", "ann", "algebra")
        other = server.token("geometry")
        short = server.token("--for", "1s", "algebra")
        changed = both[:-2] + ("AA" if both[-2:] != "AA" else "BB")
        status, fields = server.post("/whip/algebra/zoe", both)
        require(status == 201, f"{status} for a token that is good")
        session = fields["Location"]
        eventually(lambda: server.post("/whep/algebra", short, method="GET")[0] == 401, "a token of a second outlives it")
        for path, token, expected in (
                ("/whip/algebra/cid", None, 401),
                ("/whip/algebra/cid", changed, 401),
                ("/whip/algebra/cid", "nonsense", 401),
                ("/whip/algebra/cid", short, 401),
                ("/whip/algebra/cid", other, 403),
                ("/whip/algebra/cid", play, 403),
                ("/whip/algebra/cid", anns, 403),
                ("/whip/geometry/cid", both, 403),
                ("/whep/algebra", publish, 403),
                ("/whep/algebra", play, 201),
                ("/whep/algebra", both, 201),
                ("/whep/algebra/zoe", play, 201),
                ("/whep/algebra/nobody", play, 409),
                ("/whip/algebra/cid", publish, 201),
                ("/whip/algebra/cid", both, 409),  # cid is new, and this token is for any name
                ("/whip/algebra/ann", anns, 201),
                ("/whip/algebra/ann", anns, 201),  # her page was reloaded
                ("/whip/algebra/ann", both, 409)):
            status, fields = server.post(path, token)
            require(status == expected, f"{path}: {status} instead of {expected}")
            require(("WWW-Authenticate" in fields) == (status in (401, 403)), f"{path}: {fields}")
        for token, expected in ((None, 401), (other, 403), (both, 200), (both, 404)):
            status, _ = server.post(session, token, method="DELETE")
            require(status == expected, f"DELETE: {status} instead of {expected}")
        server.wait_for("why=taken_over")


@case("tokens SEC-ROOM-1 twenty guesses in a minute", alone=False)
def guesses():
    with Closed() as server:
        good = server.token("algebra")
        seen = [server.post("/whep/algebra", f"ct1.guess{i}")[0] for i in range(20)]
        require(seen == [401] * 20, seen)
        for token in ("ct1.guess", good):
            status, fields = server.post("/whep/algebra", token)
            require(status == 429 and fields["Retry-After"], f"{status} after twenty guesses")
        with urllib.request.urlopen(server.url + "/metrics", timeout=harness.PATIENCE) as answer:
            text = answer.read().decode()
        require('conf_http_limit_hits_total{limit="failed_lookups"} 2\n' in text, text)
        server.reload("guess", "failed_lookups_per_minute")
        require(server.post("/whep/algebra", good)[0] == 201, "the limit is off, and the token is not taken")


@case("tokens rooms open and close by a reload", alone=False)
def reloaded():
    with Closed() as server:
        require(server.post("/whep/algebra")[0] == 401, "a closed room let somebody in")
        server.reload("open", "rooms.open")
        require(server.post("/whep/algebra")[0] == 201, "an open room asks for a token")
        require(server.post("/whep/algebra")[0] == 201, "there is room for two")
        server.reload("open one", "rooms.limits.participants")
        eventually(lambda: server.post("/whep/algebra")[0] == 503, "the room takes more than one")
        require(server.post("/whep/geometry")[0] == 201, "another room has a place")
        server.reload("", "rooms.open")
        require(server.post("/whep/history")[0] == 401, "the rooms are closed again")
        explained = subprocess.run([str(harness.Where.bin / "confctl"), "config", "explain", "rooms.open"],
                                   capture_output=True, text=True, timeout=harness.PATIENCE, check=False).stdout
        require("Changes while the program runs." in explained, explained)
