"""Chromium's WebRTC through our relay."""

import base64
import hashlib
import subprocess

import certificates
import harness
import turn
from harness import case, require
from webdriver import Browser, Page

# Two ends in one page, joined by nothing but relayed candidates.
CONNECT = r"""
const [iceServers, count] = args;
const config = {iceServers, iceTransportPolicy: 'relay'};
const left = new RTCPeerConnection(config), right = new RTCPeerConnection(config);
const errors = [];
for (const end of [left, right]) {
    end.onicecandidateerror = e => errors.push(`${e.errorCode} ${e.errorText} ${e.url}`);
}
const give_up = reason => new Promise((_, no) => setTimeout(() => no(new Error(
    `${reason}; left ${left.iceConnectionState}, right ${right.iceConnectionState}; ${errors.join(', ')}`)), 30000));
left.onicecandidate = e => e.candidate && right.addIceCandidate(e.candidate);
right.onicecandidate = e => e.candidate && left.addIceCandidate(e.candidate);
const channel = left.createDataChannel('test');
const echoed = [];
const all = new Promise((yes, no) => {
    right.ondatachannel = event => {
        event.channel.onmessage = message => event.channel.send('back ' + message.data);
    };
    channel.onmessage = message => {
        echoed.push(message.data);
        if (echoed.length === count) yes();
    };
    channel.onopen = () => { for (let i = 0; i < count; ++i) channel.send('there ' + i); };
    channel.onerror = () => no(new Error('data channel failed'));
});
await left.setLocalDescription();
await right.setRemoteDescription(left.localDescription);
await right.setLocalDescription();
await left.setRemoteDescription(right.localDescription);
await Promise.race([all, give_up('not done after 30 s')]);

async function selected(end) {
    const stats = await end.getStats();
    let transport;
    stats.forEach(one => { if (one.type === 'transport') transport = one; });
    const pair = stats.get(transport.selectedCandidatePairId);
    const local = stats.get(pair.localCandidateId), remote = stats.get(pair.remoteCandidateId);
    return {local: local.candidateType, remote: remote.candidateType, by: local.relayProtocol, url: local.url,
            sent: pair.bytesSent, received: pair.bytesReceived};
}
const result = {echoed, left: await selected(left), right: await selected(right)};
left.close();
right.close();
return result;
"""
MESSAGES = 50


def connect(browser, scheme, transport, credentials, host="127.0.0.1"):
    relay = certificates.relay()
    page = harness.shared("page", Page)
    browser.open(page.url)
    _, port = relay.at({"turn": transport, "turns": "tls"}[scheme])
    user, password = credentials
    server = {"urls": [f"{scheme}:{host}:{port}?transport={transport}"], "username": user, "credential": password}
    result = browser.run(CONNECT, [server], MESSAGES)
    require(result["echoed"] == [f"back there {i}" for i in range(MESSAGES)], f"not all came back: {result['echoed']}")
    for end in (result["left"], result["right"]):
        require(end["local"] == end["remote"] == "relay", f"not relayed: {end}")
        require(end["by"] == ("tls" if scheme == "turns" else transport), f"not over {transport}: {end}")
    return f"{MESSAGES} messages there and back, relay to relay over {result['left']['by']}"


def chromium():
    return harness.shared("chromium", Browser)


@case("chromium relay udp with a time-limited credential")
def over_udp():
    return connect(chromium(), "turn", "udp", turn.rest_credential(harness.SECRET))


@case("chromium relay tcp with a static user")
def over_tcp():
    return connect(chromium(), "turn", "tcp", (harness.USER, harness.PASSWORD))


def fingerprint(certificate):
    """The hash of a certificate's public key as Chromium's flag wants it."""
    key = subprocess.run([harness.tool("openssl"), "x509", "-in", certificate, "-pubkey", "-noout"],
                         capture_output=True, check=True).stdout
    der = subprocess.run([harness.tool("openssl"), "pkey", "-pubin", "-outform", "der"], input=key,
                         capture_output=True, check=True).stdout
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


@case("chromium relay tls")
def over_tls():
    known = fingerprint(certificates.relay().settings["tls.certificate"])
    with Browser([f"--ignore-certificate-errors-spki-list={known}"]) as browser:
        return connect(browser, "turns", "tcp", turn.rest_credential(harness.SECRET), "localhost")
