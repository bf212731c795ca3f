"""A browser without a window, driven over the W3C WebDriver protocol."""

import http.server
import json
import threading
import urllib.error
import urllib.request

import harness


class Browser:
    """One Chromium with a profile of its own. Use as a context manager."""

    def __init__(self, flags=(), namespace=None):
        profile = harness.folder("profile")
        self.driver = harness.Child([harness.tool("chromedriver"), "--port=0"], "chromedriver", namespace,
                                    quiet_end=15, environment=self._environment(profile))
        self.session = None
        try:
            port = self.driver.wait_for(r"started successfully on port (\d+)")[1]
            self.url = f"http://127.0.0.1:{port}/session"
            options = {"binary": harness.tool("chromium"), "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
                "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", f"--user-data-dir={profile}", *flags]}
            wanted = {"capabilities": {"alwaysMatch": {
                "browserName": "chrome", "goog:chromeOptions": options,
                "timeouts": {"script": 60_000, "pageLoad": 60_000}}}}
            self.session = self._ask("POST", "", wanted)["sessionId"]
        except BaseException:
            self.end()
            raise

    @staticmethod
    def _environment(profile):
        # Nothing of the user's own browser.
        return {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(profile), "TMPDIR": str(profile), "LANG": "C.UTF-8"}

    def _ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            told = json.load(error)["value"]
            raise harness.Failed(f"{told['error']}: {told['message'].splitlines()[0]}") from None

    def open(self, url):
        self._ask("POST", f"/{self.session}/url", {"url": url})

    def run(self, script, *arguments):
        """The body of an async function, with `args`; returns its value."""
        wrapped = ("const done = arguments[arguments.length - 1]; const args = arguments[0];"
                   "(async () => {" + script + "})().then(value => done({value}), "
                   "error => done({error: String(error && error.message || error)}));")
        told = self._ask("POST", f"/{self.session}/execute/async", {"script": wrapped, "args": [list(arguments)]})
        if "error" in told:
            raise harness.Failed(f"in the page: {told['error']}")
        return told.get("value")

    def end(self):
        if self.session:
            try:
                self._ask("DELETE", f"/{self.session}")
            except (OSError, harness.Failed):
                pass
            self.session = None
        self.driver.end()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Page:
    """An empty page on http://localhost, where browsers allow WebRTC."""

    def __init__(self):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802: the name is the library's
                body = b"<!doctype html><title>test</title>"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://localhost:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def end(self):
        self.server.shutdown()
        self.server.server_close()
