import { describe, expect, it } from "vitest";
import { inOrder, pictureFirst, soundFirst } from "../../src/media/codec_order.ts";
import {
    cameraEncodings,
    mergeEncodings,
    screenEncodings,
    soundEncodings,
} from "../../src/media/encodings.ts";
import { changeOpus, sessionIdOf } from "../../src/media/sdp.ts";
import { mapTracks, sameTracks } from "../../src/media/track_map.ts";
import { toWire } from "../../src/media/views.ts";
import { offer, track } from "../support/fake_media.ts";

describe("the layers of a camera", () => {
    const shape = (encodings: RTCRtpEncodingParameters[]) =>
        encodings.map((one) => [
            one.rid,
            one.active,
            one.scaleResolutionDownBy,
            (one.maxBitrate ?? 0) / 1000,
        ]);
    const three = [
        ["q", true, 4, 150],
        ["h", true, 2, 450],
        ["f", true, 1, 1500],
    ];
    const two = [
        ["q", true, 2, 150],
        ["h", true, 1, 500],
        ["f", false, 1, 0],
    ];
    const one = [
        ["q", true, 1, 200],
        ["h", false, 1, 0],
        ["f", false, 1, 0],
    ];
    it.each([
        [null, three],
        [{ width: 1280, height: 720 }, three],
        [{ width: 720, height: 1280 }, three],
        [{ width: 960, height: 540 }, three],
        [{ width: 959, height: 540 }, two],
        [{ width: 640, height: 360 }, two],
        [{ width: 480, height: 270 }, two],
        [{ width: 479, height: 270 }, one],
        [{ width: 1, height: 1 }, one],
    ])("%o", (size, expected) => expect(shape(cameraEncodings(size))).toEqual(expected));

    it("are one at full size without simulcast", () => {
        expect(shape(cameraEncodings(null, false))[0]).toEqual(["q", true, 1, 1500]);
        expect(cameraEncodings(null, false).map((one) => one.active)).toEqual([true, false, false]);
    });

    it("of a screen are one for text, two for motion", () => {
        expect(shape(screenEncodings("text"))).toEqual([
            ["h", true, 1, 2500],
            ["f", false, 1, 0],
        ]);
        expect(shape(screenEncodings("motion"))).toEqual([
            ["h", true, 2, 600],
            ["f", true, 1, 3000],
        ]);
        expect(screenEncodings("text")[0]?.maxFramerate).toBe(15);
    });

    it("of sound is one", () => {
        expect(soundEncodings(false)).toMatchObject([{ maxBitrate: 48_000 }]);
        expect(soundEncodings(true)).toMatchObject([{ maxBitrate: 128_000 }]);
    });
});

describe("encodings into a sender", () => {
    it("layer by layer, with the rid that it has", () => {
        const present = [
            { rid: "x", active: true, maxFramerate: 5 },
            { rid: "y", maxBitrate: 1 },
            { rid: "z" },
        ];
        expect(mergeEncodings(present, cameraEncodings({ width: 100, height: 100 }))).toEqual([
            { rid: "x", active: true, scaleResolutionDownBy: 1, maxBitrate: 200_000, maxFramerate: 20 },
            { rid: "y", active: false, scaleResolutionDownBy: 1 },
            { rid: "z", active: false, scaleResolutionDownBy: 1 },
        ]);
    });

    it("the largest where the server took no simulcast", () => {
        expect(mergeEncodings([{}], cameraEncodings(null))).toMatchObject([
            { scaleResolutionDownBy: 1, maxBitrate: 1_500_000 },
        ]);
        expect(mergeEncodings([{}], cameraEncodings({ width: 640, height: 360 }))).toMatchObject([
            { maxBitrate: 500_000 },
        ]);
        expect(mergeEncodings([], cameraEncodings(null))).toEqual([]);
    });
});

describe("SDP", () => {
    const sdp = offer(4711, "audio", "video", "audio");

    it("has a number for each transport", () => {
        expect(sessionIdOf(sdp)).toBe("4711");
        expect(sessionIdOf("v=0\r\n")).toBeNull();
    });

    it("gets parameters of Opus in the sections that want them", () => {
        const changed = changeOpus(sdp, (mid, now) =>
            mid === "2"
                ? new Map([
                      ["usedtx", "1"],
                      ["minptime", `${now.get("minptime")}0`],
                  ])
                : null,
        );
        expect([...changed.matchAll(/^a=fmtp:111 (.*)$/gm)].map(([, line]) => line?.trim())).toEqual([
            "minptime=10;useinbandfec=1",
            "minptime=100;useinbandfec=1;usedtx=1",
        ]);
        expect(changeOpus(sdp, () => null)).toBe(sdp);
    });

    it("also where there were none, and nowhere where there is no Opus", () => {
        const bare = sdp.replaceAll(/a=fmtp:111.*\r\n/g, "");
        expect(
            changeOpus(bare, () => new Map([["stereo", "1"]])).match(/a=fmtp:111 stereo=1\r\n/g),
        ).toHaveLength(2);
        const video = offer(1, "video");
        expect(changeOpus(video, () => new Map([["stereo", "1"]]))).toBe(video);
    });
});

describe("codecs", () => {
    const types = (...all: string[]) => all.map((mimeType) => ({ mimeType }));
    it("are put in order, and none is lost", () => {
        expect(inOrder(types("audio/opus", "audio/G722", "audio/red"), soundFirst)).toEqual(
            types("audio/red", "audio/opus", "audio/G722"),
        );
        expect(inOrder(types("video/H264", "video/rtx", "video/VP8", "video/rtx"), pictureFirst)).toEqual(
            types("video/VP8", "video/H264", "video/rtx", "video/rtx"),
        );
    });
});

describe("tracks", () => {
    const sound = track("audio");
    const picture = track("video");
    const of = (mid: string) => ({ "0": sound, "1": picture })[mid] ?? null;

    it("are known by who and what", () => {
        const made = mapTracks(
            [
                { mid: "0", participant: "bo", source: "microphone" },
                { mid: "1", participant: "bo", source: "camera" },
                { mid: "9", participant: "cy", source: "camera" },
            ],
            of,
        );
        expect([...made]).toEqual([
            ["bo microphone", sound],
            ["bo camera", picture],
        ]);
    });

    it("are the same or not", () => {
        const a = new Map([["x", sound as MediaStreamTrack]]);
        expect(sameTracks(a, new Map(a))).toBe(true);
        expect(sameTracks(a, new Map([["x", picture as MediaStreamTrack]]))).toBe(false);
        expect(sameTracks(a, new Map([["y", sound as MediaStreamTrack]]))).toBe(false);
        expect(sameTracks(a, new Map())).toBe(false);
    });
});

describe("wishes on the wire", () => {
    it("are one a picture, the largest, in order, and never of ourselves", () => {
        expect(
            toWire(
                [
                    { participant: "cy", source: "camera", width: 100, height: 180 },
                    { participant: "me", source: "camera", width: 100, height: 180 },
                    { participant: "bo", source: "screen", width: 320, height: 1000 },
                    { participant: "cy", source: "camera", width: 900, height: 359.2 },
                    { participant: "dan", source: "camera", width: 0, height: 0 },
                ],
                "me",
            ),
        ).toEqual([
            { participant: "cy", source: "camera", height: 360 },
            { participant: "bo", source: "screen", height: 180 },
            { participant: "dan", source: "camera", height: 1 },
        ]);
    });

    it("are at most a hundred", () => {
        const all = Array.from({ length: 120 }, (_, i) => ({
            participant: `p${i}`,
            source: "camera" as const,
            width: 1,
            height: 1,
        }));
        expect(toWire(all, null)).toHaveLength(100);
    });
});
