#!/usr/bin/python3
"""aiortc: WebRTC in Python, on asyncio. It encodes a moving picture and a tone, and decodes what it plays."""

import array
import asyncio
import fractions
import math
import sys

import aiortc
from aiortc import rtcrtpreceiver
from aiortc.mediastreams import MediaStreamTrack
from av import AudioFrame, VideoFrame

import peer

STACK = f"aiortc {aiortc.__version__}"
SAMPLES = 960  # 20 ms
STREAMS = {"audio": peer.Stream(), "video": peer.Stream()}


class Source(MediaStreamTrack):
    """Frames at their time."""

    def __init__(self, kind, rate):
        self.kind = kind
        super().__init__()
        self.rate, self.frames, self.began = rate, 0, None

    async def recv(self):
        now = asyncio.get_running_loop().time
        if self.began is None:
            self.began = now()
        await asyncio.sleep(max(0, self.began + self.frames / self.rate - now()))
        frame = self.picture() if self.kind == "video" else self.sound()
        self.frames += 1
        return frame

    def picture(self):
        frame = VideoFrame(peer.WIDTH, peer.HEIGHT, "yuv420p")
        for number, plane in enumerate(frame.planes):
            rows = plane.buffer_size // plane.line_size
            values = [(y + 3 * self.frames) % 256 if number == 0 else 128 for y in range(rows)]
            plane.update(b"".join(bytes([value]) * plane.line_size for value in values))
        frame.pts, frame.time_base = self.frames * 90_000 // self.rate, fractions.Fraction(1, 90_000)
        return frame

    def sound(self):
        frame = AudioFrame("s16", "mono", SAMPLES)
        first = self.frames * SAMPLES
        wave = (round(8000 * math.sin((first + i) * 440 * 2 * math.pi / 48_000)) for i in range(SAMPLES))
        frame.planes[0].update(array.array("h", wave).tobytes())
        frame.sample_rate, frame.pts, frame.time_base = 48_000, first, fractions.Fraction(1, 48_000)
        return frame


class CountingBuffer(rtcrtpreceiver.JitterBuffer):
    """Sees the packets with those that came by RTX in their places; the statistics tell of one SSRC alone."""

    def __init__(self, capacity, prefetch=0, is_video=False):
        super().__init__(capacity, prefetch, is_video)
        self.stream = STREAMS["video" if is_video else "audio"]

    def add(self, packet):
        self.stream.take(packet.sequence_number)
        return super().add(packet)


async def take(track):
    while True:
        await track.recv()
        STREAMS[track.kind].decoded += 1


async def main():
    pc, session = aiortc.RTCPeerConnection(), peer.Session()
    sources, takers = {}, []
    rtcrtpreceiver.JitterBuffer = CountingBuffer
    for kind, rate in (("audio", 50), ("video", peer.RATE)):
        if peer.ROLE == "publish":
            sources[kind] = Source(kind, rate)
            pc.addTransceiver(sources[kind], direction="sendonly")
        else:
            pc.addTransceiver(kind, direction="recvonly")
    pc.on("track", lambda track: takers.append(asyncio.ensure_future(take(track))))
    await pc.setLocalDescription(await pc.createOffer())
    answer = await asyncio.to_thread(session.answer_to, pc.localDescription.sdp)
    await pc.setRemoteDescription(aiortc.RTCSessionDescription(answer, "answer"))
    told = asyncio.ensure_future(asyncio.to_thread(sys.stdin.read))
    while not told.done():
        if peer.ROLE == "publish":
            peer.say(STACK, sent={kind: source.frames for kind, source in sources.items()})
        else:
            peer.say(STACK, **{kind: stream.counts() for kind, stream in STREAMS.items()})
        await asyncio.wait([told], timeout=0.1)
    peer.say(STACK, deleted=await asyncio.to_thread(session.delete))
    for one in takers:
        one.cancel()
    await pc.close()


asyncio.run(main())
