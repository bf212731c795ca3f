"""Our own participant behind libnice publishes and plays: with itself, with Chromium, and through our own TURN relay."""

import json
import pathlib
import signal

import harness
from harness import Child, case, require
from webdriver import Browser

IN_PAGE = (pathlib.Path(harness.__file__).resolve().parents[1] / "e2e/in_page.mjs").read_text().replace("export ", "")
PLAYED = ["--frames", "100", "--seconds", "60"]


def chromium():
    """It plays what is not muted, and its AudioContext runs, although nobody clicks."""
    return harness.shared("chromium that plays", lambda: Browser(["--autoplay-policy=no-user-gesture-required"]))


class Server:
    """A conf-server of our own on free ports, with a relay or without; on one core where `cores` has just that."""

    def __init__(self, name, relay=False, cores=None):
        settings = ["http.listen=127.0.0.1:0", "metrics.listen=[]", "media.listen=127.0.0.1:0",
                    f"data.path={harness.folder(name)}"]
        if relay:
            settings += ['turn.listen=["udp://127.0.0.1:0", "tcp://127.0.0.1:0"]', "turn.relay_address=127.0.0.1",
                         'turn.secrets=["only for this test"]']
        else:
            settings.append("turn.listen=[]")
        command = [harness.Where.bin / "conf-server", *[word for one in settings for word in ("--set", one)]]
        if cores:
            command = ["taskset", "--cpu-list", ",".join(str(one) for one in cores), *command]
        self.child = Child(command, "conf-server")

    def __enter__(self):
        self.child.__enter__()
        self.url = self.child.wait_for(r"url=(http://\S+)")[1]
        self.child.wait_for(r"program\.started")
        found = self.child.wait_for(r"url=media://(\S+):(\d+)")
        self.media = (found[1], int(found[2]))
        return self

    def __exit__(self, *_):
        self.child.end()


def participant(role, url, *options):
    return Child([harness.helper("interop_native"), role, url, *options], f"native {role}", quiet_end=signal.SIGTERM)


def told(one):
    """What it says of itself at its end."""
    status = one.wait(90)
    lines = one.output().splitlines()
    require(lines and lines[-1].startswith("{"), f"{one.name} ended with {status}: {one.output()}")
    found = json.loads(lines[-1])
    require(status == 0, f"{one.name} ended with {status}: {one.output()}")
    return found


def check_played(seen, loss=0, codec_noise=0):
    require(seen["frames"] >= 100, f"too few frames: {seen}")
    require(seen["unreadable"] <= codec_noise and seen["backwards"] == 0, f"pictures are not what was sent: {seen}")
    require(seen["malformed"] == 0 and seen["refused"] == 0, f"packets are not what was sent: {seen}")
    require(seen["tone_share"] > 0.5 and seen["level_dbfs"] > -40, f"the tone was not heard: {seen}")
    if loss:
        require(seen["repaired"] > 0, f"nothing was repaired: {seen}")
        require(seen["skipped"] < 0.1 * seen["frames"], f"pictures are missing: {seen}")
    else:
        require(seen["skipped"] <= codec_noise, f"pictures are missing: {seen}")


def pair(name, publish=(), play=(), relay=False, loss=0):
    with Server(name, relay) as server:
        with participant("publish", f"{server.url}/whip/native/ann", "--seconds", "90", *publish) as sender:
            sender.wait_for(r"^connected", 40)
            with participant("play", f"{server.url}/whep/native/ann", *PLAYED, *play) as receiver:
                seen = told(receiver)
            sender.signal(signal.SIGTERM)
            sent = told(sender)
    check_played(seen, loss)
    require(sent["refused"] == 0, f"what the server sent was refused: {sent}")
    return sent, seen


def summary(seen):
    return (f"{seen['frames']} frames, {seen['skipped']} skipped, {seen['repaired']} filled in, {seen['nacked']} asked for, "
            f"tone {seen['level_dbfs']:.0f} dBFS, {seen['profile']}, {seen['path']}")


@case("native to native, VP8", alone=False)
def vp8():
    return summary(pair("native-vp8")[1])


@case("native to native, VP9", alone=False)
def vp9():
    return summary(pair("native-vp9", ["--codec", "vp9"], ["--codec", "vp9"])[1])


@case("native to native, 5 % lost on both sides", alone=False)
def lossy():
    sent, seen = pair("native-lossy", ["--loss", "5"], ["--loss", "5", "--frames", "250"], loss=5)
    require(sent["repeated"] > 0, f"the publisher repeated nothing: {sent}")
    return f"{summary(seen)}, publisher repeated {sent['repeated']}"


def relayed(transport):
    over = ["--relay", transport]
    sent, seen = pair(f"native-relay-{transport}", over, over, relay=True)
    require(sent["path"] == seen["path"] == "relayed", f"not through the relay: {sent} {seen}")
    return summary(seen)


@case("native to native, through our relay alone over udp", alone=False)
def relay_udp():
    return relayed("udp")


@case("native to native, through our relay alone over tcp", alone=False)
def relay_tcp():
    return relayed("tcp")


PLAY = IN_PAGE + r"""
const [path] = args;
await play();
const location = await connect({path});
let seen = {};
const wait = () => new Promise(soon => setTimeout(soon, 100));
let first;
for (const end = Date.now() + 40000; Date.now() < end; await wait()) {
    seen = await look();
    if (seen.frame > 0) first ??= seen.frame;  // a player that has not begun shows black
    if (seen.frame > first + 50 && seen.audio?.totalAudioEnergy > 0) break;
}
await close(location);
return {first, last: seen.frame, decoded: seen.video?.framesDecoded, energy: seen.audio?.totalAudioEnergy,
        srtp: seen.srtp};
"""

PUBLISH = IN_PAGE + r"""
const [path] = args;
await publish(false);
window.session = await connect({path});
"""


@case("native publishes, chromium plays")
def to_chromium():
    with Server("native-to-chromium") as server:
        with participant("publish", f"{server.url}/whip/native/ann", "--seconds", "90", "--size", "640x360") as sender:
            sender.wait_for(r"^connected", 40)
            browser = chromium()
            browser.open(server.url + "/healthz")
            seen = browser.run(PLAY, "/whep/native/ann")
            sender.signal(signal.SIGTERM)
            told(sender)
    require(seen.get("first") is not None and seen["last"] > seen["first"] + 50, f"no pictures came: {seen}")
    require(seen["energy"] > 0, f"no sound came: {seen}")
    return f"pictures {seen['first']} to {seen['last']}, {seen['decoded']} decoded, {seen['srtp']}"


@case("chromium publishes, native plays")
def from_chromium():
    with Server("native-from-chromium") as server:
        browser = chromium()
        browser.open(server.url + "/healthz")
        browser.run(PUBLISH, "/whip/native/ann")
        with participant("play", f"{server.url}/whep/native/ann", *PLAYED) as receiver:
            seen = told(receiver)
        browser.run(IN_PAGE + "return await close(window.session);")
    # A browser scales and drops pictures as it likes.
    require(seen["frames"] >= 100 and seen["unreadable"] < 10, f"pictures are not what was sent: {seen}")
    require(seen["refused"] == 0 and seen["malformed"] == 0, f"packets are not what was sent: {seen}")
    require(seen["tone_share"] > 0.5, f"the tone was not heard: {seen}")
    return f"{summary(seen)}, {seen['height']} lines"
