"""WebSockets of our server with a client of somebody else: Python's websockets."""

import pathlib
import signal

import certificates
import harness
from harness import Child, case, require

# Debian's own python has Debian's packages; the first one on PATH may have none.
CLIENT = ["/usr/bin/python3", pathlib.Path(__file__).with_name("websocket_client.py")]


def serve(scheme, *words):
    command = [harness.Where.bin / "interop_websocket", *words]
    with Child(command, "interop_websocket", quiet_end=signal.SIGTERM) as server:
        port = server.wait_for(r"listening (\d+)")[1]
        with Child([*CLIENT, f"{scheme}://127.0.0.1:{port}"], "websocket client") as client:
            client.wait_for("^done$", 3 * harness.PATIENCE)
            require(client.wait() == 0, "the client failed at its end")


@case("websocket python")
def plain():
    serve("ws")


@case("websocket python tls")
def over_tls():
    serve("wss", *certificates.make(harness.folder("websocket"), "127.0.0.1"))
