import { describe, expect, it } from "vitest";
import { broken, judge, QualityMeter } from "../../src/media/quality.ts";
import { StatsReader, type LinkSample, type Report } from "../../src/media/read_stats.ts";
import { Statistics, statsIntervalMs, statsTimeoutMs } from "../../src/media/statistics.ts";
import { waysOf } from "../../src/media/ways.ts";
import { FakeClock } from "../support/fake_clock.ts";

const fine: LinkSample = { loss: 0, roundTripMs: 50, jitterMs: 5, path: "udp", limitation: "none" };

describe("quality", () => {
    it.each([
        [{}, "good", null],
        [{ loss: null, roundTripMs: null, jitterMs: null }, "good", null],
        [{ loss: 0.039 }, "good", null],
        [{ loss: 0.04 }, "fair", "loss"],
        [{ loss: 0.1 }, "poor", "loss"],
        [{ roundTripMs: 400 }, "fair", "delay"],
        [{ roundTripMs: 1000, loss: 0.05 }, "poor", "delay"],
        [{ jitterMs: 100 }, "poor", "jitter"],
        [{ limitation: "bandwidth" }, "fair", "uplink"],
        [{ limitation: "cpu" }, "fair", "cpu"],
        [{ limitation: "cpu", loss: 0.2 }, "poor", "loss"],
    ] as const)("%o is %s by %s", (changes, state, reason) =>
        expect(judge({ ...fine, ...changes })).toEqual({ state, reason }),
    );

    it("gets worse after two samples and better after three", () => {
        const meter = new QualityMeter();
        const states = [0.2, 0, 0.2, 0.2, 0, 0, 0.2, 0, 0, 0].map(
            (loss) => meter.add({ ...fine, loss }).state,
        );
        expect(states).toEqual([
            "good",
            "good",
            "good",
            "poor",
            "poor",
            "poor",
            "poor",
            "poor",
            "poor",
            "good",
        ]);
    });

    it("is lost where the way is broken", () => {
        expect(broken(true, "connected", "none")).toBeNull();
        expect(broken(true, "connecting", "connecting")).toBeNull();
        expect(broken(true, "failed", "connected")).toEqual({ state: "lost", reason: "path" });
        expect(broken(true, "connected", "interrupted")).toEqual({ state: "lost", reason: "path" });
        expect(broken(false, "connected", "connected")).toEqual({ state: "lost", reason: "signalling" });
    });
});

describe("statistics", () => {
    const owners = {
        sent: (mid: string | null, trackId: string | null) =>
            mid === "1" || trackId === "cam" ? "me camera" : null,
        received: (mid: string | null, trackId: string | null) =>
            mid === "0" || trackId === "t0" ? "bo camera" : null,
    };
    const pair: Report[] = [
        { id: "T", type: "transport", timestamp: 0, selectedCandidatePairId: "P" },
        { id: "P", type: "candidate-pair", timestamp: 0, currentRoundTripTime: 0.08, localCandidateId: "L" },
        { id: "L", type: "local-candidate", timestamp: 0, candidateType: "prflx", protocol: "udp" },
        { id: "C", type: "codec", timestamp: 0, mimeType: "video/VP8" },
    ];
    const inbound = (timestamp: number, changes: object): Report => ({
        id: "I",
        type: "inbound-rtp",
        timestamp,
        mid: "0",
        codecId: "C",
        frameWidth: 640,
        frameHeight: 360,
        framesPerSecond: 30,
        jitter: 0.01,
        freezeCount: 1,
        framesDecoded: 90,
        ...changes,
    });

    it("of what is received are rates between two samples", () => {
        const reader = new StatsReader();
        const first = reader.read(
            [],
            [...pair, inbound(1000, { bytesReceived: 0, packetsReceived: 0, packetsLost: 0 })],
            owners,
        );
        expect(first.tiles.get("bo camera")).toMatchObject({ bitsPerSecond: null, loss: null, height: 360 });
        const second = reader.read(
            [],
            [
                ...pair,
                inbound(3000, {
                    bytesReceived: 250_000,
                    packetsReceived: 95,
                    packetsLost: 5,
                    jitterBufferDelay: 6,
                    jitterBufferEmittedCount: 60,
                }),
            ],
            owners,
        );
        expect(second.tiles.get("bo camera")).toEqual({
            width: 640,
            height: 360,
            framesPerSecond: 30,
            codec: "VP8",
            bitsPerSecond: 1_000_000,
            loss: 0.05,
            roundTripMs: 80,
            jitterMs: 10,
            jitterBufferMs: 100,
            framesDecoded: 90,
            freezes: 1,
            path: "udp",
            limitation: null,
        });
        expect(second.link).toEqual({
            loss: 0.05,
            roundTripMs: 80,
            jitterMs: 10,
            path: "udp",
            limitation: "none",
        });
    });

    it("of what is sent are the sum of its layers", () => {
        const reader = new StatsReader();
        const layers = (timestamp: number, bytes: number): Report[] => [
            ...pair,
            { id: "M", type: "media-source", timestamp, trackIdentifier: "cam" },
            {
                id: "R",
                type: "remote-inbound-rtp",
                timestamp,
                fractionLost: 0.12,
                roundTripTime: 0.2,
                jitter: 0.03,
            },
            {
                id: "A",
                type: "outbound-rtp",
                timestamp,
                mid: "1",
                bytesSent: bytes,
                frameHeight: 180,
                frameWidth: 320,
            },
            {
                id: "B",
                type: "outbound-rtp",
                timestamp,
                mediaSourceId: "M",
                remoteId: "R",
                bytesSent: 3 * bytes,
                frameHeight: 720,
                frameWidth: 1280,
                qualityLimitationReason: "bandwidth",
            },
            { id: "X", type: "outbound-rtp", timestamp, mid: "7", bytesSent: bytes },
        ];
        reader.read(layers(0, 0), [], owners);
        const sample = reader.read(layers(2000, 25_000), [], owners);
        expect([...sample.tiles.keys()]).toEqual(["me camera"]);
        expect(sample.tiles.get("me camera")).toMatchObject({
            height: 720,
            bitsPerSecond: 400_000,
            loss: 0.12,
            roundTripMs: 200,
            jitterMs: 30,
            limitation: "bandwidth",
        });
        expect(sample.link).toMatchObject({ loss: 0.12, roundTripMs: 200, limitation: "bandwidth" });
    });

    it.each([
        [{ candidateType: "relay", protocol: "udp" }, "relay"],
        [{ candidateType: "host", protocol: "tcp" }, "tcp"],
        [{ candidateType: "srflx", protocol: "udp" }, "udp"],
    ])("know the path: %o", (candidate, path) => {
        // As Firefox tells it: no transport, the pair itself is marked.
        const reports: Report[] = [
            { id: "Q", type: "candidate-pair", timestamp: 0, localCandidateId: "?" },
            { id: "P", type: "candidate-pair", timestamp: 0, selected: true, localCandidateId: "L" },
            { id: "L", type: "local-candidate", timestamp: 0, ...candidate },
        ];
        expect(new StatsReader().read([], reports, owners).link.path).toBe(path);
    });

    it("of nothing are nothing", () => {
        const sample = new StatsReader().read([], [], owners);
        expect(sample.tiles.size).toBe(0);
        expect(sample.link).toEqual({
            loss: null,
            roundTripMs: null,
            jitterMs: null,
            path: null,
            limitation: "none",
        });
    });
});

describe("ways to the server", () => {
    const candidate = (id: string, fields: object): Report => ({
        id,
        type: "local-candidate",
        timestamp: 0,
        ...fields,
    });
    const pair = (id: string, localCandidateId: string, fields: object): Report => ({
        id,
        type: "candidate-pair",
        timestamp: 0,
        localCandidateId,
        ...fields,
    });
    const reports = [
        candidate("host", { candidateType: "host", protocol: "udp" }),
        candidate("tcp", { candidateType: "host", protocol: "tcp" }),
        candidate("turn", { candidateType: "relay", protocol: "udp", relayProtocol: "tls" }),
        pair("a", "host", { state: "in-progress" }),
        pair("b", "host", { state: "failed" }),
        pair("c", "tcp", { state: "succeeded", nominated: true }),
        pair("d", "turn", { state: "waiting" }),
        pair("e", "gone", { state: "waiting" }),
    ];

    it("are told once each, by the best that came of them", () =>
        expect(waysOf(reports)).toEqual([
            { by: "direct", over: "tcp", state: "works" },
            { by: "direct", over: "udp", state: "waiting" },
            { by: "relay", over: "tls", state: "waiting" },
        ]));

    it.each([
        { id: "t", type: "transport", timestamp: 0, selectedCandidatePairId: "c" },
        pair("c", "tcp", { state: "succeeded", selected: true }),
    ])("have one that is used: %o", (chosen) =>
        expect(waysOf([...reports.filter((one) => one.id !== chosen.id), chosen])[0]).toMatchObject({
            over: "tcp",
            state: "used",
        }),
    );
});

describe("asking for statistics", () => {
    it("goes on where a browser never answers", async () => {
        const clock = new FakeClock();
        let asked = 0;
        const silent = {
            getStats: () => {
                asked += 1;
                return new Promise(() => undefined);
            },
        } as unknown as RTCPeerConnection;
        const nobody = { sent: () => null, received: () => null };
        const statistics = new Statistics(clock, () => ({ sending: silent, receiving: null }), nobody);
        statistics.start();
        await clock.advance(statsIntervalMs);
        expect(asked).toBe(1);
        await clock.advance(statsTimeoutMs + statsIntervalMs);
        expect(asked).toBe(2);
        statistics.stop();
    });
});
