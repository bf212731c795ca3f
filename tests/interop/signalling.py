"""The signalling protocol with a client that was written from its specification, in another language."""

import pathlib

import harness
from harness import Child, case, require

# Debian's own python has Debian's packages; the first one on PATH may have none.
CLIENT = ["/usr/bin/python3", pathlib.Path(__file__).with_name("signalling_client.py")]


@case("signalling python")
def stranger():
    folder = harness.folder("signalling")
    command = [harness.Where.bin / "conf-server"]
    for setting in ("http.listen=127.0.0.1:0", "metrics.listen=[]", "media.listen=[]", "turn.listen=[]",
                    f"data.path={folder}"):
        command += ["--set", setting]
    with Child(command, "conf-server") as server:
        url = server.wait_for(r"url=http(://\S+)")[1]
        server.wait_for(r"program\.started")
        with Child([*CLIENT, f"ws{url}/signal/algebra"], "signalling client") as client:
            client.wait_for("^ok signalling client$")
            require(client.wait() == 0, "the client failed at its end")
