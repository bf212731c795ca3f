#!/usr/bin/python3
"""Makes media for stacks that encode nothing: one file each of VP8 and Opus, as RTP packets, each behind its length in
two bytes (RFC 4571). Each second begins with a key frame, and no packet has a picture id: it can be sent in a circle.

usage: clip.py FOLDER    writes FOLDER/video.rtp and FOLDER/audio.rtp
"""

import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

SECONDS = 2
PIPELINES = {
    "video": f"videotestsrc num-buffers={25 * SECONDS} pattern=smpte ! video/x-raw,width=320,height=180,framerate=25/1 "
             "! vp8enc deadline=1 keyframe-max-dist=25 target-bitrate=600000 "
             "! rtpvp8pay mtu=900",
    "audio": f"audiotestsrc num-buffers={50 * SECONDS} samplesperbuffer=960 ! audio/x-raw,rate=48000,channels=2 "
             "! opusenc ! rtpopuspay",
}


def main(folder):
    Gst.init(None)
    for name, pipeline in PIPELINES.items():
        made = Gst.parse_launch(f"{pipeline} ! rtpstreampay ! filesink location={pathlib.Path(folder) / name}.rtp")
        made.set_state(Gst.State.PLAYING)
        message = made.get_bus().timed_pop_filtered(20 * Gst.SECOND, Gst.MessageType.EOS | Gst.MessageType.ERROR)
        made.set_state(Gst.State.NULL)
        if message is None or message.type == Gst.MessageType.ERROR:
            sys.exit(f"clip.py: {name}: {message.parse_error() if message else 'it takes too long'}")


main(sys.argv[1])
