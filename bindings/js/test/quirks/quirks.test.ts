import { afterEach, describe, expect, it, vi } from "vitest";
import { useCallAudio } from "../../src/quirks/audio_session.ts";
import { hintContent } from "../../src/quirks/content_hint.ts";
import { withDegradation } from "../../src/quirks/degradation_preference.ts";
import { tuneReceiving, tuneSending } from "../../src/quirks/opus_parameters.ts";
import { addTransceiverWithLayers } from "../../src/quirks/scalability_mode.ts";
import { isBlockedBySystem } from "../../src/quirks/system_block.ts";
import { FakeConnection, offer, track } from "../support/fake_media.ts";

afterEach(() => vi.unstubAllGlobals());

describe("a content hint", () => {
    it("is set where there is one", () => {
        const screen = track("video");
        hintContent(screen, "text");
        expect(screen.contentHint).toBe("text");
    });

    it("is left out where there is none, and where setting it fails", () => {
        const firefox = {} as MediaStreamTrack;
        hintContent(firefox, "text");
        expect(firefox).toEqual({});
        const odd = Object.freeze({ contentHint: "" }) as MediaStreamTrack;
        hintContent(odd, "text");
        expect(odd.contentHint).toBe("");
    });
});

describe("temporal layers", () => {
    const encodings = () => [{ rid: "q" }, { rid: "h" }];

    it("are asked for", () => {
        const connection = new FakeConnection({});
        addTransceiverWithLayers(connection as unknown as RTCPeerConnection, { sendEncodings: encodings() });
        expect(connection.transceivers[0]?.sender.parameters.encodings).toMatchObject([
            { rid: "q", scalabilityMode: "L1T3" },
            { rid: "h", scalabilityMode: "L1T3" },
        ]);
    });

    it("are done without where the browser throws", () => {
        const connection = new FakeConnection({});
        connection.refuseLayers = true;
        addTransceiverWithLayers(connection as unknown as RTCPeerConnection, { sendEncodings: encodings() });
        expect(connection.transceivers).toHaveLength(1);
        expect(connection.transceivers[0]?.sender.parameters.encodings[0]).not.toHaveProperty(
            "scalabilityMode",
        );
    });
});

describe("Opus", () => {
    const answer = offer(1, "audio", "video", "audio", "audio");
    const lines = (sdp: string) => [...sdp.matchAll(/a=fmtp:111 (.*)\r/g)].map(([, line]) => line);

    it("is told to be silent in silence for speech, and never for music", () => {
        expect(
            lines(
                tuneSending(
                    answer,
                    new Map([
                        ["0", false],
                        ["2", true],
                    ]),
                ),
            ),
        ).toEqual([
            "minptime=10;useinbandfec=1;stereo=0;maxaveragebitrate=48000;usedtx=1",
            "minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=128000;usedtx=0",
            "minptime=10;useinbandfec=1",
        ]);
    });

    it("is decoded in stereo", () => {
        expect(lines(tuneReceiving(answer)).every((line) => line?.endsWith(";stereo=1"))).toBe(true);
    });
});

describe("the rest", () => {
    it("tells a block by the system", () => {
        expect(isBlockedBySystem({ message: "Permission denied by system" }, "prompt")).toBe(true);
        expect(isBlockedBySystem({ message: "Permission denied" }, "granted")).toBe(true);
        expect(isBlockedBySystem({ message: "Permission denied" }, "denied")).toBe(false);
    });

    it("says what an encoder shall keep", () => {
        expect(withDegradation({} as RTCRtpSendParameters, "maintain-resolution")).toEqual({
            degradationPreference: "maintain-resolution",
        });
    });

    it("tells Safari what the sound is for, and nobody else", () => {
        vi.stubGlobal("navigator", {});
        expect(() => useCallAudio()).not.toThrow();
        const audioSession = { type: "auto" };
        vi.stubGlobal("navigator", { audioSession });
        useCallAudio();
        expect(audioSession.type).toBe("play-and-record");
        vi.stubGlobal("navigator", { audioSession: Object.freeze({ type: "auto" }) });
        expect(() => useCallAudio()).not.toThrow();
    });
});
