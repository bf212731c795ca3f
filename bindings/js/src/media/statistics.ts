// Asks both transports every two seconds, and once for all tiles.

import { computed, signal, type ReadonlySignal } from "@preact/signals-core";
import { Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import { QualityMeter } from "./quality.ts";
import { StatsReader, type Report, type StatsOwners } from "./read_stats.ts";
import type { LinkState, PathKind, Quality, TileStats, Way } from "./types.ts";
import { waysOf } from "./ways.ts";

export const statsIntervalMs = 2000;
/** Firefox never answers for a connection that is closed while it is asked. */
export const statsTimeoutMs = 5000;

export interface StatsConnections {
    readonly sending: RTCPeerConnection | null;
    readonly receiving: RTCPeerConnection | null;
}

export class Statistics {
    readonly measured: ReadonlySignal<Quality>;
    readonly path: ReadonlySignal<PathKind | null>;
    readonly link: ReadonlySignal<LinkState | null>;
    readonly #measured = signal<Quality>({ state: "good", reason: null });
    readonly #path = signal<PathKind | null>(null);
    readonly #link = signal<LinkState | null>(null);
    readonly #clock: Clock;
    readonly #tiles = signal<ReadonlyMap<string, TileStats>>(new Map());
    readonly #single = new Map<string, ReadonlySignal<TileStats | null>>();
    readonly #alarm: Alarm;
    readonly #connections: () => StatsConnections;
    readonly #owners: StatsOwners;
    #reader = new StatsReader();
    #meter = new QualityMeter();
    #running = false;

    constructor(clock: Clock, connections: () => StatsConnections, owners: StatsOwners) {
        this.#clock = clock;
        this.#alarm = new Alarm(clock);
        this.#connections = connections;
        this.#owners = owners;
        this.measured = this.#measured;
        this.path = this.#path;
        this.link = this.#link;
    }

    tile(key: string): ReadonlySignal<TileStats | null> {
        let made = this.#single.get(key);
        if (made === undefined) {
            made = computed(() => this.#tiles.value.get(key) ?? null);
            this.#single.set(key, made);
        }
        return made;
    }

    start(): void {
        if (this.#running) return;
        this.#running = true;
        this.#plan();
    }

    stop(): void {
        this.#running = false;
        this.#alarm.clear();
        this.#reader = new StatsReader();
        this.#meter = new QualityMeter();
        this.#tiles.value = new Map();
        this.#path.value = null;
        this.#link.value = null;
        this.#measured.value = { state: "good", reason: null };
    }

    /** Of the transport that is worse off. */
    async ways(): Promise<readonly Way[]> {
        const { sending, receiving } = this.#connections();
        const all = await Promise.all(
            [sending, receiving].map(async (one) => waysOf(await this.#reportsOf(one))),
        );
        const isUsed = (ways: readonly Way[]): boolean => ways.some((one) => one.state === "used");
        return (
            all.find((ways) => ways.length > 0 && !isUsed(ways)) ?? all.find((ways) => ways.length > 0) ?? []
        );
    }

    #plan(): void {
        this.#alarm.set(statsIntervalMs, () => void this.#sample());
    }

    async #sample(): Promise<void> {
        const { sending, receiving } = this.#connections();
        const [sent, received] = await Promise.all([this.#reportsOf(sending), this.#reportsOf(receiving)]);
        if (!this.#running) return;
        const sample = this.#reader.read(sent, received, this.#owners);
        this.#tiles.value = sample.tiles;
        this.#path.value = sample.link.path ?? this.#path.value;
        const { loss, roundTripMs, jitterMs } = sample.link;
        this.#link.value = { loss, roundTripMs, jitterMs };
        const quality = this.#meter.add(sample.link);
        const before = this.#measured.value;
        if (quality.state !== before.state || quality.reason !== before.reason)
            this.#measured.value = quality;
        this.#plan();
    }

    /** A connection that is being closed may refuse, or not answer. */
    async #reportsOf(connection: RTCPeerConnection | null): Promise<readonly Report[]> {
        if (connection === null) return [];
        let timer: unknown;
        const late = new Promise<ReadonlyMap<string, Report>>((resolve) => {
            timer = this.#clock.setTimeout(() => resolve(new Map()), statsTimeoutMs);
        });
        try {
            const stats = connection.getStats() as unknown as Promise<ReadonlyMap<string, Report>>;
            return [...(await Promise.race([stats, late])).values()];
        } catch {
            return [];
        } finally {
            this.#clock.clearTimeout(timer);
        }
    }
}
