"""The signalling protocol with a client that was written from its specification, in another language."""

import pathlib
import subprocess

import harness
from harness import Child, case, require

# Debian's own python has Debian's packages; the first one on PATH may have none.
PYTHON = "/usr/bin/python3"
HERE = pathlib.Path(__file__).parent


def server(folder, *settings):
    command = [harness.Where.bin / "conf-server"]
    for setting in ("http.listen=127.0.0.1:0", "metrics.listen=[]", "media.listen=[]", "turn.listen=[]",
                    f"data.path={folder}", "control.socket=control.sock", *settings):
        command += ["--set", setting]
    return Child(command, "conf-server")


def meet(running, *tokens):
    url = running.wait_for(r"url=http(://\S+)")[1]
    running.wait_for(r"program\.started")
    words = [PYTHON, HERE / "signalling_client.py", f"ws{url}/signal/algebra", *tokens]
    with Child(words, "signalling client") as client:
        client.wait_for("^ok signalling client$")
        require(client.wait() == 0, "the client failed at its end")


@case("signalling python")
def stranger():
    with server(harness.folder("signalling")) as running:
        meet(running)


@case("signalling python, by invitation")
def invited():
    folder = harness.folder("invited")
    with server(folder, "rooms.open=false") as running:
        running.wait_for(r"program\.started")
        tokens = []
        for role in ("moderator", "viewer"):
            made = subprocess.run([harness.Where.bin / "confctl", "invite", "algebra", "--role", role, "--socket",
                                   folder / "control.sock"], capture_output=True, text=True,
                                  timeout=harness.PATIENCE, check=False)
            require(made.returncode == 0, f"confctl invite: {made.stderr}")
            link, _, token = made.stdout.strip().partition("#token=")
            require(link == "http://localhost:8080/r/algebra" and token, made.stdout)
            tokens.append(token)
        meet(running, *tokens)
