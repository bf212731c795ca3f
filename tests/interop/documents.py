"""Documents through the whole server: conf-server, conf-convert, the sandbox and its tools."""

import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import urllib.parse

import harness
from harness import case, eventually, require


def pdf(pages, filling=0):
    """A PDF of so many pages; each draws `filling` lines."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for number in range(1, pages + 1):
        lines = b"".join(b"%d %d m %d %d l S\n" % (i * 7 % 600, i * 11 % 450, i * 13 % 600, i * 17 % 450)
                         for i in range(filling))
        content = lines + b"BT /F 32 Tf 60 360 Td (This is page %d) Tj ET" % number
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 450]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
                       % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Kids[%s]/Count %d>>" % (b" ".join(kids), pages)
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return made + b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, table, len(objects) + 1, len(made))


class Server(harness.Child):
    """conf-server with documents, in a folder that outlives it."""

    def __init__(self, folder, *settings):
        self.folder = folder
        words = [harness.Where.bin / "conf-server"]
        for one in ("http.listen=127.0.0.1:0", "metrics.listen=[]", "turn.listen=[]", "media.listen=[]",
                    f"data.path={folder}", "rooms.open=true",
                    "rooms.secrets=" + json.dumps([harness.SECRET]), *settings):
            words += ["--set", one]
        super().__init__(words, "conf-server")
        self.wait_for(r"program\.started")
        self.at = self.wait_for(r"url=http://(\S+)")[1]
        made = subprocess.run([harness.Where.bin / "confctl", "invite", "algebra", "--role", "presenter", "--socket",
                               folder / "control.sock"], capture_output=True, text=True, check=False,
                              timeout=harness.PATIENCE)
        require(made.returncode == 0, made.stderr)
        self.token = made.stdout.strip().partition("#token=")[2]

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.at, timeout=harness.PATIENCE)
        connection.request(method, "/api/v1/rooms/algebra/" + path, body, {"Authorization": f"Bearer {self.token}"})
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers

    def upload(self, name, content):
        path = "documents?name=" + urllib.parse.quote(name)

        def answer():
            status, body, headers = self.ask("POST", path, content)
            # A server that has just started says that, and when to ask again.
            return None if status == 503 and "Retry-After" in headers else (status, body)
        status, body = eventually(answer, f"{name}: the server never takes it")
        require(status == 201, f"{name}: {status} {body}")
        return json.loads(body)["document"]["number"]

    def document(self, number):
        status, body, _ = self.ask("GET", f"documents/{number}")
        require(status == 200, f"{number}: {status} {body}")
        return json.loads(body)["document"]

    def wait_for_state(self, number, *states):
        return eventually(lambda: (found := self.document(number))["state"] in states and found,
                          f"document {number} does not become {states}: {self.output()[-2000:]}", 60)

    def converters(self):
        """Processes that it has started, and theirs."""
        listed = subprocess.run(["ps", "-eo", "pid,ppid,comm"], capture_output=True, text=True, check=True).stdout
        parents = {}
        for line in listed.splitlines()[1:]:
            pid, parent, _ = line.split(None, 2)
            parents.setdefault(int(parent), []).append(int(pid))
        found, todo = [], [self.pid]
        while todo:
            for child in parents.get(todo.pop(), []):
                found.append(child)
                todo.append(child)
        return found


def sandbox_works():
    done = subprocess.run([harness.Where.bin / "conf-convert", "--check"], capture_output=True, text=True, check=False,
                          timeout=harness.PATIENCE)
    return done.returncode == 0


@case("documents become pages, and go out with the room")
def pages():
    folder = harness.folder("documents")
    with Server(folder) as server:
        number = server.upload("Übersicht.pdf", pdf(3))
        if not sandbox_works():
            # A chroot or a container: nothing is converted, and the operator is told why.
            failed = server.wait_for_state(number, "failed")
            require(failed["error"]["code"] in ("no_sandbox", "tool_missing"), failed)
            require("sandbox" in server.output(), server.output())
            return
        document = server.wait_for_state(number, "ready")
        require(len(document["pages"]) == 3 and document["kind"] == "pdf", document)
        page = document["pages"][1]
        base = "/api/v1/rooms/algebra/"
        status, svg, headers = server.ask("GET", page["picture"].removeprefix(base))
        policy = ",".join(headers.get_all("Content-Security-Policy"))
        require(status == 200 and b"<svg" in svg and "sandbox" in policy, (status, policy))
        _, text, _ = server.ask("GET", page["text"].removeprefix(base))
        require(b"This is page 2" in text, text)
        status, picture, _ = server.ask("GET", page["thumbnail"].removeprefix(base) + "?width=320")
        require(status == 200 and picture[16:20] == (320).to_bytes(4, "big"), (status, picture[:40]))
        status, body, _ = server.ask("POST", f"documents/{number}/export", json.dumps({"pages": [3, 1]}))
        require(status == 202, body)
        url = json.loads(body)["url"].removeprefix(base)
        eventually(lambda: server.ask("GET", url)[0] == 200, "no export")
        _, exported, headers = server.ask("GET", url)
        require(exported.startswith(b"%PDF") and "%C3%9Cbersicht.pdf" in headers["Content-Disposition"], headers)
        require(server.ask("DELETE", f"documents/{number}")[0] == 204, "not removed")
        eventually(lambda: not any((folder / "documents/files").iterdir()), "something is left of it")


@case("an uploaded file is on the board, is drawn on, and goes out with it")
def drawn():
    if not sandbox_works():
        return
    with Server(harness.folder("documents")) as server:
        number = server.upload("talk.pdf", pdf(2))
        server.wait_for_state(number, "ready")

        def on_board():
            _, body, _ = server.ask("GET", "board")
            return next((one for one in json.loads(body)["documents"]
                         if one["number"] == number and one["state"] == "ready"), None)
        shown = eventually(on_board, "it is not on the board")
        require(len(shown["pages"]) == 2 and shown["pages"][1]["background"], shown)
        page = shown["pages"][1]["number"]
        picture = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c6360"
                                "f8cf0000000301010018dd8db00000000049454e44ae426082")
        status, body, _ = server.ask("POST", "assets", picture)
        require(status == 201, (status, body))
        asset = json.loads(body)["asset"]
        ops = [{"op": "put", "type": "rectangle", "x": 100, "y": 80, "width": 200, "height": 100, "fill": "solid"},
               {"op": "put", "type": "image", "x": 400, "y": 80, "width": 200, "height": 100, "asset": asset}]
        status, body, _ = server.ask("POST", f"board/{number}/{page}", json.dumps({"ops": ops}))
        require(status == 200, (status, body))
        ops[1]["asset"] = "png-" + 40 * "0"
        status, body, _ = server.ask("POST", f"board/{number}/{page}", json.dumps({"ops": ops[1:]}))
        require(status == 422, f"a picture that is not there is drawn: {status} {body}")
        _, svg, _ = server.ask("GET", f"board/{number}/{page}?format=svg")
        require(b"data:image/svg+xml;base64," in svg and b"data:image/png;base64," in svg, svg[:500])
        _, body, _ = server.ask("GET", f"board/{number}/{page}?format=excalidraw")
        drawn = json.loads(body)
        require([one["fileId"] for one in drawn["elements"] if one["type"] == "image"] == [asset], drawn)
        require(drawn["files"][asset]["dataURL"].startswith("data:image/png;base64,"), drawn["files"])

        def exported(query):
            status, body, _ = server.ask("POST", f"board/{number}/0/export?format=pdf{query}")
            require(status == 201, (status, body))
            _, made, _ = server.ask("GET", json.loads(body)["url"].removeprefix("/api/v1/rooms/algebra/"))
            path = server.folder / "out.pdf"
            path.write_bytes(made)
            pages = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
            require("Pages:           2" in pages, pages)
            drawn = subprocess.run(["pdftoppm", "-r", "36", "-f", "2", path], capture_output=True, check=True).stdout
            text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
            require("This is page 2" in text, text)
            return drawn
        require(exported("") != exported("&annotations=false"), "what is drawn is not in the export")
        drawn["elements"].append(drawn["elements"][-1] | {"id": "elsewhere", "fileId": "png-" + 40 * "0"})
        status, body, _ = server.ask("POST", f"board/{number}/{page}/import", json.dumps(drawn))
        require((status, json.loads(body)) == (200, {"made": 2, "left_out": 1}), (status, body))
        _, body, _ = server.ask("GET", f"board/{number}/{page}")
        shown = [one["asset"] for one in json.loads(body)["shapes"] if one["type"] == "image"]
        require(shown == [asset, asset], shown)
        require(server.ask("DELETE", f"documents/{number}")[0] == 204, "not removed")
        eventually(lambda: on_board() is None, "it is still on the board")


@case("documents survive a kill of the server, and no converter does")
def kill():
    if not sandbox_works():
        return
    folder = harness.folder("documents")
    with Server(folder) as server:
        ready = server.upload("ready.pdf", pdf(1))
        server.wait_for_state(ready, "ready")
        moving = server.upload("moving.pdf", pdf(20, 200))
        eventually(lambda: server.document(moving).get("pages_ready", 0) > 0, "no first page")
        status, body, _ = server.ask("POST", f"board/{moving}/0/export")
        require(status == 409 and json.loads(body)["error"]["code"] == "not_ready", (status, body))
        started = server.converters()
        require(started, "no converter runs")
        server.signal(signal.SIGKILL)
        server.wait()
    eventually(lambda: not any(pathlib.Path(f"/proc/{pid}").exists() and
                               pathlib.Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z" for pid in started),
               "a converter outlives the server")
    with Server(folder) as server:
        require(server.document(ready)["state"] == "ready", "what was ready is not")
        again = server.wait_for_state(moving, "ready")
        require(again["pages_ready"] == 20, again)
        require(not list((folder / "documents/incoming").iterdir()), "an upload is left")


@case("documents are converted by a converter of its own, behind a socket")
def by_socket():
    if not sandbox_works():
        return
    folder = harness.folder("documents")
    socket = folder / "convert.sock"
    with harness.Child([harness.Where.bin / "conf-convert", "--socket", socket, "--jobs", "1"], "conf-convert",
                       quiet_end=signal.SIGTERM):
        eventually(socket.exists, "no socket")
        with Server(folder, f"documents.converter=unix:{socket}") as server:
            first, second = server.upload("a.pdf", pdf(2)), server.upload("b.txt", b"hello")
            server.wait_for_state(first, "ready")
            server.wait_for_state(second, "ready")
    require(not os.path.exists(socket), "the socket is left")


@case("documents of office programs become pages", long=True)
def office():
    if shutil.which("soffice") is None:
        print("    LibreOffice is not installed, so files of office programs were not tried")
        return
    templates = sorted(pathlib.Path("/usr/lib/libreoffice/share/template/common/presnt").glob("*.otp"))
    require(templates, "LibreOffice has no templates")
    with Server(harness.folder("documents")) as server:
        for one in templates[:3]:
            number = server.upload(one.name, one.read_bytes())
            document = server.wait_for_state(number, "ready", "failed")
            require(document["state"] == "ready" and document["pages"], document)
