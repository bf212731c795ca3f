"""Chromium publishes and plays through our media engine; tests/e2e has more of it."""

import harness
from browser import chromium
from harness import Child, case, require

# A canvas and a tone are published by WHIP and played by WHEP in one page.
CALL = r"""
const [candidates] = args;
const post = async (path, pc) => {
    await pc.setLocalDescription();
    const response = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/sdp'},
                                        body: pc.localDescription.sdp});
    let sdp = await response.text();
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${sdp}`);
    sdp = sdp.replace(/a=candidate:.*\r\n/g, line => line.includes(candidates) ? line : '');
    await pc.setRemoteDescription({type: 'answer', sdp});
    return response.headers.get('Location');
};
const canvas = Object.assign(document.createElement('canvas'), {width: 320, height: 180});
const draw = canvas.getContext('2d');
let frame = 0;
const painter = setInterval(() => {
    draw.fillStyle = `hsl(${frame++ * 5 % 360} 80% 50%)`;
    draw.fillRect(0, 0, 320, 180);
}, 40);
const sender = new RTCPeerConnection(), receiver = new RTCPeerConnection();
sender.addTransceiver(canvas.captureStream(25).getVideoTracks()[0], {direction: 'sendonly'});
const video = Object.assign(document.createElement('video'), {muted: true, autoplay: true});
document.body.append(video);
video.srcObject = new MediaStream([receiver.addTransceiver('video', {direction: 'recvonly'}).receiver.track]);
const sent = await post('/whip/interop/ann', sender);
const got = await post('/whep/interop', receiver);
const stats = async () => {
    const found = {};
    (await receiver.getStats()).forEach(one => {
        if (one.type === 'inbound-rtp') Object.assign(found, {frames: one.framesDecoded, height: one.frameHeight});
        if (one.type === 'transport') found.srtp = one.srtpCipher;
    });
    return found;
};
let seen = {};
for (const end = Date.now() + 40000; Date.now() < end && !(seen.frames > 20);) {
    await new Promise(soon => setTimeout(soon, 100));
    seen = await stats();
}
seen.state = `${sender.connectionState} ${receiver.connectionState}`;
clearInterval(painter);
seen.deleted = [(await fetch(got, {method: 'DELETE'})).status, (await fetch(sent, {method: 'DELETE'})).status];
sender.close();
receiver.close();
return seen;
"""


def call(candidates):
    folder = harness.Where.scratch / f"media-{candidates.strip()}"
    settings = ["http.listen=127.0.0.1:0", "metrics.listen=[]", "turn.listen=[]", "media.listen=127.0.0.1:0",
                f"data.path={folder}"]
    command = [harness.Where.bin / "conf-server", *[word for one in settings for word in ("--set", one)]]
    with Child(command, "conf-server") as server:
        url = server.wait_for(r"url=(http://\S+)")[1]
        server.wait_for(r"program\.started")
        browser = chromium()
        browser.open(url + "/healthz")
        seen = browser.run(CALL, candidates)
    require(seen.get("frames", 0) > 20, f"no video came: {seen}")
    require(seen["srtp"] == "SRTP_AEAD_AES_128_GCM", f"not encrypted as wanted: {seen}")
    require(seen["deleted"] == [200, 200], f"the sessions did not end: {seen}")
    return f"{seen['frames']} frames of {seen['height']} lines, {seen['srtp']}"


@case("chromium whip and whep over udp")
def over_udp():
    return call(" udp ")


@case("chromium whip and whep over ice-tcp")
def over_tcp():
    return call(" tcp ")
