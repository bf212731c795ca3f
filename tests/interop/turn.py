"""A TURN client of a few lines, for cases that do what no real client does."""

import base64
import hashlib
import hmac
import os
import select
import socket
import ssl
import struct
import time

import harness

COOKIE = 0x2112A442
ALLOCATE, REFRESH, PERMIT, BIND = 3, 4, 8, 9
USERNAME, INTEGRITY, ERROR, CHANNEL, LIFETIME = 0x0006, 0x0008, 0x0009, 0x000C, 0x000D
PEER, DATA, REALM, NONCE, RELAYED, TRANSPORT = 0x0012, 0x0013, 0x0014, 0x0015, 0x0016, 0x0019


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def xor_address(host, port):
    raw = struct.unpack("!I", socket.inet_aton(host))[0]
    return struct.pack("!xBHI", 1, port ^ (COOKIE >> 16), raw ^ COOKIE)


def read_xor_address(value):
    _, port, raw = struct.unpack("!HHI", value[:8])
    return socket.inet_ntoa(struct.pack("!I", raw ^ COOKIE)), port ^ (COOKIE >> 16)


def rest_credential(secret, user="carol", life=600):
    name = f"{int(time.time()) + life}:{user}"
    return name, base64.b64encode(hmac.new(secret.encode(), name.encode(), hashlib.sha1).digest()).decode()


def readable(one, seconds):
    """Whether something came in time. Not select: it cannot count beyond 1024 descriptors."""
    poll = select.poll()
    poll.register(one, select.POLLIN)
    return bool(poll.poll(max(0, seconds) * 1000))


class Refused(harness.Failed):
    def __init__(self, code):
        super().__init__(f"the relay answered {code}")
        self.code = code


class Client:
    """Over "udp", "tcp" or "tls", IPv4. Use as a context manager, or call `close`."""

    def __init__(self, transport, address, user=harness.USER, password=harness.PASSWORD):
        self.transport, self.user, self.password = transport, user, password
        self.realm = self.nonce = b""
        self.buffer, self.data = b"", []
        self.relayed = self.lifetime = None
        if transport == "udp":
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, timeout=harness.PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if transport == "tls":
                context = ssl.create_default_context()
                context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
                self.socket = context.wrap_socket(self.socket)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def _read(self, seconds):
        """One message, or nothing in time."""
        end = time.monotonic() + seconds
        while True:
            if self.transport == "udp":
                if readable(self.socket, end - time.monotonic()):
                    try:
                        return self.socket.recv(65536)
                    except ConnectionRefusedError:
                        raise harness.Failed("nobody listens there any more") from None
                return None
            if len(self.buffer) >= 4:
                kind, size = struct.unpack("!HH", self.buffer[:4])
                size = 20 + size if kind < 0x4000 else 4 + size + -size % 4
                if len(self.buffer) >= size:
                    message, self.buffer = self.buffer[:size], self.buffer[size:]
                    return message
            pending = getattr(self.socket, "pending", lambda: 0)()
            if not pending and not readable(self.socket, end - time.monotonic()):
                return None
            more = self.socket.recv(65536)
            harness.require(more, "the relay closed the connection")
            self.buffer += more

    def _take(self, message):
        """Puts data aside; gives back anything else."""
        kind, size = struct.unpack("!HH", message[:4])
        if kind >= 0x4000:
            self.data.append(message[4:4 + size])
        elif kind == 0x0017:
            self.data.append(self._attributes(message).get(DATA, b""))
        else:
            return message
        return None

    @staticmethod
    def _attributes(message):
        found, at = {}, 20
        while at + 4 <= len(message):
            kind, size = struct.unpack("!HH", message[at:at + 4])
            found.setdefault(kind, message[at + 4:at + 4 + size])
            at += 4 + size + -size % 4
        return found

    def request(self, method, attributes):
        """The attributes of a success response; Refused for an error."""
        for _ in range(3):
            identity = os.urandom(12)
            body = attributes
            if self.nonce:
                body += attribute(USERNAME, self.user.encode()) + attribute(REALM, self.realm)
                body += attribute(NONCE, self.nonce)
                head = struct.pack("!HHI", method, len(body) + 24, COOKIE) + identity
                key = hashlib.md5(f"{self.user}:{self.realm.decode()}:{self.password}".encode()).digest()
                body += attribute(INTEGRITY, hmac.new(key, head + body, hashlib.sha1).digest())
            message = struct.pack("!HHI", method, len(body), COOKIE) + identity + body
            answer = self._ask(message, identity)
            found = self._attributes(answer)
            if struct.unpack("!H", answer[:2])[0] & 0x0110 == 0x0100:
                return found
            code = found[ERROR][2] * 100 + found[ERROR][3]
            if code not in (401, 438) or (code == 401 and self.nonce):
                raise Refused(code)
            self.realm, self.nonce = found[REALM], found[NONCE]
        raise Refused(438)

    def _ask(self, message, identity):
        end = time.monotonic() + harness.PATIENCE
        while time.monotonic() < end:
            self.socket.sendall(message)
            again = time.monotonic() + (0.5 if self.transport == "udp" else harness.PATIENCE)
            while time.monotonic() < again:
                got = self._read(max(0.0, again - time.monotonic()))
                answer = self._take(got) if got else None
                if answer and answer[8:20] == identity:
                    return answer
        raise harness.Failed("the relay does not answer")

    def allocate(self):
        found = self.request(ALLOCATE, attribute(TRANSPORT, b"\x11\0\0\0"))
        self.relayed = read_xor_address(found[RELAYED])
        self.lifetime = struct.unpack("!I", found[LIFETIME])[0]
        return self

    def refresh(self, lifetime):
        self.request(REFRESH, attribute(LIFETIME, struct.pack("!I", lifetime)))

    def permit(self, peer):
        self.request(PERMIT, attribute(PEER, xor_address(*peer)))

    def bind(self, number, peer):
        self.request(BIND, attribute(CHANNEL, struct.pack("!HH", number, 0)) + attribute(PEER, xor_address(*peer)))

    def send(self, number, data):
        padding = b"" if self.transport == "udp" else b"\0" * (-len(data) % 4)
        self.socket.sendall(struct.pack("!HH", number, len(data)) + data + padding)

    def receive(self, seconds=harness.PATIENCE):
        """The payload of the next data message; nothing in time."""
        end = time.monotonic() + seconds
        while not self.data:
            got = self._read(max(0, end - time.monotonic()))
            if got is None:
                return None
            self._take(got)
        return self.data.pop(0)
