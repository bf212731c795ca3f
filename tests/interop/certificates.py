"""Certificates made on the spot, and the relay that most cases share."""

import subprocess

import harness


def make(folder, name="turn.example.org", days=2):
    """cert.pem and key.pem in `folder`, good for localhost too."""
    subprocess.run(
        [harness.tool("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", str(days),
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},DNS:localhost,IP:127.0.0.1,IP:::1"],
        check=True, capture_output=True)
    (folder / "key.pem").chmod(0o600)
    return folder / "cert.pem", folder / "key.pem"


def everything():
    """Settings for all four transports, IPv4 and IPv6."""
    certificate, key = make(harness.folder("certificate"))
    hosts = ("127.0.0.1", "[::1]")
    return {
        "turn.listen": [f"{scheme}://{host}:0" for scheme in ("udp", "tcp", "tls", "dtls") for host in hosts],
        "turn.relay_address": ["127.0.0.1", "::1"],
        "turn.allow_peers": ["127.0.0.0/8", "::1"],
        "turn.limits.allocations_per_credential": 0,
        "tls.certificate": str(certificate), "tls.key": str(key),
    }


def relay():
    """One relay for all cases that only use it."""
    return harness.shared("relay", lambda: harness.Relay(everything()))
