#!/usr/bin/python3
"""GStreamer's webrtcbin. It encodes a test picture and a tone, and decodes what it plays."""

import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

import peer  # noqa: E402

Gst.init(None)
STACK = "GStreamer webrtcbin " + ".".join(str(part) for part in Gst.version()[:3])
CAPS = {
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2",
    "video": "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,rtcp-fb-nack=(boolean)true,"
             "rtcp-fb-nack-pli=(boolean)true",
}
SOURCES = {
    "audio": "audiotestsrc is-live=true samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 ! opusenc "
             "! rtpopuspay pt=111",
    "video": f"videotestsrc is-live=true ! video/x-raw,width={peer.WIDTH},height={peer.HEIGHT},"
             f"framerate={peer.RATE}/1 ! vp8enc deadline=1 target-bitrate=500000 ! rtpvp8pay pt=96 mtu=900",
}
SINKS = {"audio": "rtpopusdepay ! opusdec", "video": "rtpvp8depay ! vp8dec"}


class Peer:
    def __init__(self):
        self.loop, self.session, self.failed = GLib.MainLoop(), peer.Session(), None
        self.streams = {"audio": peer.Stream(), "video": peer.Stream()}
        self.sent = {"audio": 0, "video": 0}
        publishes = peer.ROLE == "publish"
        text = ["webrtcbin name=peer bundle-policy=max-bundle latency=1000"]
        if publishes:
            text += [f"{SOURCES[kind]} ! {CAPS[kind]} ! queue name={kind} ! peer." for kind in SOURCES]
        self.pipeline = Gst.parse_launch("pipeline. ( " + " ".join(text) + " )")
        self.bin = self.pipeline.get_by_name("peer")
        for kind in CAPS:
            if publishes:
                self.pipeline.get_by_name(kind).get_static_pad("src").add_probe(
                    Gst.PadProbeType.BUFFER, self.count_sent, kind)
            else:
                self.bin.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY,
                              Gst.Caps.from_string(CAPS[kind]))
        for index in range(2):
            transceiver = self.bin.emit("get-transceiver", index)
            if index == 1:  # for sound it would name a payload type of the video's a second time
                transceiver.set_property("do-nack", True)
            if publishes:
                transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)
        self.bin.connect("pad-added", self.play)
        self.bin.connect("notify::ice-gathering-state", self.gathered)
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message::error", lambda _, message: self.fail(message.parse_error()))

    def fail(self, why):
        self.failed = why
        self.loop.quit()

    def count_sent(self, _, __, kind):
        self.sent[kind] += 1
        return Gst.PadProbeReturn.OK

    def play(self, _, pad):
        """Decodes what comes on a pad of webrtcbin."""
        if pad.direction != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        stream = self.streams[kind]

        def taken(_, info):
            stream.take(int.from_bytes(info.get_buffer().extract_dup(2, 2), "big"))
            return Gst.PadProbeReturn.OK

        def decoded(*_):
            stream.decoded += 1
            return Gst.PadProbeReturn.OK

        pad.add_probe(Gst.PadProbeType.BUFFER, taken)
        sink = Gst.parse_bin_from_description(f"queue ! {SINKS[kind]} ! fakesink name=end async=false sync=false", True)
        sink.get_by_name("end").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, decoded)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    def offer(self):
        promise = Gst.Promise.new()
        self.bin.emit("create-offer", None, promise)
        promise.wait()
        reply = promise.get_reply()  # the offer is a part of it
        self.bin.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def gathered(self, *_):
        if self.bin.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            GLib.idle_add(self.answer)

    def answer(self):
        try:
            text = self.session.answer_to(self.bin.get_property("local-description").sdp.as_text())
        except RuntimeError as error:
            self.fail(error)
            return False
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.bin.emit("set-remote-description", answer, Gst.Promise.new())
        return False

    def say(self):
        if peer.ROLE == "publish":
            peer.say(STACK, sent=self.sent)
        else:
            peer.say(STACK, **{kind: stream.counts() for kind, stream in self.streams.items()})
        return True

    def run(self):
        self.pipeline.set_state(Gst.State.PLAYING)
        self.pipeline.get_state(10 * Gst.SECOND)
        self.offer()
        GLib.timeout_add(100, self.say)
        GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IOCondition.IN | GLib.IOCondition.HUP,
                          lambda *_: self.loop.quit())
        self.loop.run()
        if self.failed is None:
            peer.say(STACK, deleted=self.session.delete())
        self.pipeline.set_state(Gst.State.NULL)
        if self.failed is not None:
            sys.exit(f"{STACK}: {self.failed}")


Peer().run()
