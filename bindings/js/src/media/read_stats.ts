// What browsers count, as a tile's panel and a quality meter want it. Pure: reports in, numbers out.

import type { PathKind, TileStats } from "./types.ts";

/** A stats dictionary; which members there are depends on the browser. */
export interface Report {
    readonly id: string;
    readonly type: string;
    readonly timestamp: number;
    readonly [name: string]: unknown;
}

export interface StatsOwners {
    /** Keys of tiles; null: nobody's. */
    sent(mid: string | null, trackId: string | null): string | null;
    received(mid: string | null, trackId: string | null): string | null;
}

export type Limitation = "none" | "cpu" | "bandwidth" | "other";

/** How the way to the server and back is doing. */
export interface LinkSample {
    /** 0 to 1, the worse of both directions; null: nothing was sent or received. */
    readonly loss: number | null;
    readonly roundTripMs: number | null;
    readonly jitterMs: number | null;
    readonly path: PathKind | null;
    readonly limitation: Limitation;
}

export interface StatsSample {
    readonly tiles: ReadonlyMap<string, TileStats>;
    readonly link: LinkSample;
}

interface Counters {
    readonly at: number;
    readonly bytes: number;
    readonly packets: number;
    readonly lost: number;
    readonly bufferDelay: number;
    readonly bufferCount: number;
}

/** Keeps the counters of the sample before: everything that is a rate needs two. */
export class StatsReader {
    #before = new Map<string, Counters>();

    read(sent: readonly Report[], received: readonly Report[], owners: StatsOwners): StatsSample {
        const now = new Map<string, Counters>();
        const out = this.#readSent(sent, owners, now);
        const back = this.#readReceived(received, owners, now);
        this.#before = now;
        return {
            tiles: new Map([...out.tiles, ...back.tiles]),
            link: {
                loss: larger(out.loss, back.loss),
                roundTripMs: larger(out.roundTripMs, roundTripOf(received)),
                jitterMs: larger(out.jitterMs, back.jitterMs),
                path: pathOf(received) ?? pathOf(sent),
                limitation: out.limitation,
            },
        };
    }

    #readSent(reports: readonly Report[], owners: StatsOwners, now: Map<string, Counters>) {
        const byId = index(reports);
        const tiles = new Map<string, TileStats>();
        let roundTripMs = roundTripOf(reports);
        let jitterMs: number | null = null;
        let lost: number | null = null;
        let limitation: Limitation = "none";
        const path = pathOf(reports);
        for (const one of reports.filter((report) => report.type === "outbound-rtp")) {
            const media = byId.get(String(one["mediaSourceId"]));
            const key = owners.sent(
                text(one, "mid"),
                media === undefined ? null : text(media, "trackIdentifier"),
            );
            if (key === null) continue;
            const far = byId.get(String(one["remoteId"]));
            const rates = this.#rates(one, now, numberOf(one, "bytesSent") ?? 0, 0, 0);
            const loss = far === undefined ? null : numberOf(far, "fractionLost");
            const roundTrip = scaled(far === undefined ? null : numberOf(far, "roundTripTime"), 1000);
            const jitter = scaled(far === undefined ? null : numberOf(far, "jitter"), 1000);
            const why = limitationOf(one);
            roundTripMs = larger(roundTripMs, roundTrip);
            jitterMs = larger(jitterMs, jitter);
            lost = larger(lost, loss);
            if (why === "cpu" || limitation === "none") limitation = why;
            const layer: TileStats = {
                width: numberOf(one, "frameWidth"),
                height: numberOf(one, "frameHeight"),
                framesPerSecond: numberOf(one, "framesPerSecond"),
                codec: codecOf(one, byId),
                bitsPerSecond: rates.bitsPerSecond,
                loss,
                roundTripMs: roundTrip,
                jitterMs: jitter,
                jitterBufferMs: null,
                framesDecoded: null,
                freezes: null,
                path,
                limitation: why,
            };
            const other = tiles.get(key);
            tiles.set(key, other === undefined ? layer : largerLayer(other, layer));
        }
        return { tiles, roundTripMs, jitterMs, loss: lost, limitation };
    }

    #readReceived(reports: readonly Report[], owners: StatsOwners, now: Map<string, Counters>) {
        const byId = index(reports);
        const tiles = new Map<string, TileStats>();
        const roundTripMs = roundTripOf(reports);
        const path = pathOf(reports);
        let packets = 0;
        let lost = 0;
        let jitterMs: number | null = null;
        for (const one of reports.filter((report) => report.type === "inbound-rtp")) {
            const key = owners.received(text(one, "mid"), text(one, "trackIdentifier"));
            if (key === null) continue;
            const rates = this.#rates(
                one,
                now,
                numberOf(one, "bytesReceived") ?? 0,
                numberOf(one, "packetsReceived") ?? 0,
                numberOf(one, "packetsLost") ?? 0,
            );
            packets += rates.packets;
            lost += rates.lost;
            const jitter = scaled(numberOf(one, "jitter"), 1000);
            if (rates.packets > 0) jitterMs = larger(jitterMs, jitter);
            tiles.set(key, {
                width: numberOf(one, "frameWidth"),
                height: numberOf(one, "frameHeight"),
                framesPerSecond: numberOf(one, "framesPerSecond"),
                codec: codecOf(one, byId),
                bitsPerSecond: rates.bitsPerSecond,
                loss: share(rates.lost, rates.packets),
                roundTripMs,
                jitterMs: jitter,
                jitterBufferMs: rates.bufferMs,
                framesDecoded: numberOf(one, "framesDecoded"),
                freezes: numberOf(one, "freezeCount"),
                path,
                limitation: null,
            });
        }
        return { tiles, jitterMs, loss: share(lost, packets) };
    }

    #rates(one: Report, now: Map<string, Counters>, bytes: number, packets: number, lost: number) {
        const current: Counters = {
            at: one.timestamp,
            bytes,
            packets,
            lost,
            bufferDelay: numberOf(one, "jitterBufferDelay") ?? 0,
            bufferCount: numberOf(one, "jitterBufferEmittedCount") ?? 0,
        };
        now.set(one.id, current);
        const before = this.#before.get(one.id);
        if (before === undefined || current.at <= before.at) {
            return { bitsPerSecond: null, packets: 0, lost: 0, bufferMs: null };
        }
        const frames = current.bufferCount - before.bufferCount;
        return {
            bitsPerSecond: Math.round(((bytes - before.bytes) * 8000) / (current.at - before.at)),
            packets: Math.max(0, packets - before.packets),
            // What was repaired is counted back, so the sum can fall.
            lost: Math.max(0, lost - before.lost),
            bufferMs:
                frames > 0 ? Math.round(((current.bufferDelay - before.bufferDelay) * 1000) / frames) : null,
        };
    }
}

function index(reports: readonly Report[]): Map<string, Report> {
    return new Map(reports.map((one) => [one.id, one]));
}

function numberOf(report: Report, name: string): number | null {
    const value = report[name];
    return typeof value === "number" ? value : null;
}

function text(report: Report, name: string): string | null {
    const value = report[name];
    return typeof value === "string" ? value : null;
}

function scaled(value: number | null, by: number): number | null {
    return value === null ? null : Math.round(value * by);
}

function larger(a: number | null, b: number | null): number | null {
    if (a === null) return b;
    return b === null ? a : Math.max(a, b);
}

function share(lost: number, received: number): number | null {
    return lost + received === 0 ? null : lost / (lost + received);
}

function codecOf(report: Report, byId: ReadonlyMap<string, Report>): string | null {
    const codec = byId.get(String(report["codecId"]));
    return codec === undefined ? null : (text(codec, "mimeType")?.split("/")[1] ?? null);
}

function limitationOf(report: Report): Limitation {
    const reason = text(report, "qualityLimitationReason");
    return reason === "cpu" || reason === "bandwidth" || reason === "other" ? reason : "none";
}

function selectedPair(reports: readonly Report[]): Report | undefined {
    const chosen = reports.find(
        (one) => one.type === "transport" && text(one, "selectedCandidatePairId") !== null,
    );
    const pairs = reports.filter((one) => one.type === "candidate-pair");
    return (
        pairs.find((one) => one.id === chosen?.["selectedCandidatePairId"]) ??
        // Firefox marks the pair itself.
        pairs.find((one) => one["selected"] === true) ??
        pairs.find((one) => one["nominated"] === true && one["state"] === "succeeded")
    );
}

function roundTripOf(reports: readonly Report[]): number | null {
    const pair = selectedPair(reports);
    return pair === undefined ? null : scaled(numberOf(pair, "currentRoundTripTime"), 1000);
}

function pathOf(reports: readonly Report[]): PathKind | null {
    const pair = selectedPair(reports);
    const local = reports.find((one) => one.id === pair?.["localCandidateId"]);
    if (local === undefined) return null;
    if (local["candidateType"] === "relay") return "relay";
    return local["protocol"] === "tcp" ? "tcp" : "udp";
}

/** Layers of one picture: their bits add up, the largest is what is shown. */
function largerLayer(a: TileStats, b: TileStats): TileStats {
    const [large, small] = (a.height ?? 0) >= (b.height ?? 0) ? [a, b] : [b, a];
    const bits = a.bitsPerSecond === null && b.bitsPerSecond === null;
    return {
        ...large,
        bitsPerSecond: bits ? null : (a.bitsPerSecond ?? 0) + (b.bitsPerSecond ?? 0),
        loss: larger(large.loss, small.loss),
        limitation: large.limitation === "none" ? small.limitation : large.limitation,
    };
}
