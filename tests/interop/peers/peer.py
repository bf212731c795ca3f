"""What the peers in Python share; peer.mjs tells what a peer is."""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

ROLE, URL = sys.argv[1:3]
WIDTH, HEIGHT, RATE = 320, 180, 25


class Session:
    """One WHIP or WHEP session: made by an offer, ended by a DELETE."""

    def __init__(self):
        self.location = None

    def answer_to(self, offer):
        request = urllib.request.Request(URL, offer.encode(), {"Content-Type": "application/sdp"})
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                if response.status != 201:
                    raise RuntimeError(f"{URL}: {response.status}")
                self.location = urllib.parse.urljoin(URL, response.headers["Location"])
                return response.read().decode()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{URL}: {error.code} {error.read().decode()}") from error

    def delete(self):
        with urllib.request.urlopen(urllib.request.Request(self.location, method="DELETE"), timeout=20) as response:
            return response.status


class Stream:
    """Which packets of a stream came, by their sequence numbers, and how many frames were decoded."""

    def __init__(self):
        self.packets = self.missing = self.late = self.decoded = 0
        self.highest = None

    def take(self, number):
        self.packets += 1
        ahead = 1 if self.highest is None else (number - self.highest) % 65_536
        if 0 < ahead < 32_768:
            self.missing += ahead - 1
            self.highest = number
        elif ahead != 0:
            self.late += 1
            self.missing -= 1

    def counts(self):
        return {name: getattr(self, name) for name in ("packets", "missing", "late", "decoded")}


def say(stack, **what):
    print(json.dumps({"stack": stack, **what}), flush=True)
