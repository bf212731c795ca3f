// Asks both transports every two seconds, and once for all tiles.

import { computed, signal, type ReadonlySignal } from "@preact/signals-core";
import { Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import { QualityMeter } from "./quality.ts";
import { StatsReader, type Report, type StatsOwners } from "./read_stats.ts";
import type { PathKind, Quality, TileStats } from "./types.ts";

export const statsIntervalMs = 2000;

export interface StatsConnections {
    readonly sending: RTCPeerConnection | null;
    readonly receiving: RTCPeerConnection | null;
}

export class Statistics {
    readonly measured: ReadonlySignal<Quality>;
    readonly path: ReadonlySignal<PathKind | null>;
    readonly #measured = signal<Quality>({ state: "good", reason: null });
    readonly #path = signal<PathKind | null>(null);
    readonly #tiles = signal<ReadonlyMap<string, TileStats>>(new Map());
    readonly #single = new Map<string, ReadonlySignal<TileStats | null>>();
    readonly #alarm: Alarm;
    readonly #connections: () => StatsConnections;
    readonly #owners: StatsOwners;
    #reader = new StatsReader();
    #meter = new QualityMeter();
    #running = false;

    constructor(clock: Clock, connections: () => StatsConnections, owners: StatsOwners) {
        this.#alarm = new Alarm(clock);
        this.#connections = connections;
        this.#owners = owners;
        this.measured = this.#measured;
        this.path = this.#path;
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
        this.#measured.value = { state: "good", reason: null };
    }

    #plan(): void {
        this.#alarm.set(statsIntervalMs, () => void this.#sample());
    }

    async #sample(): Promise<void> {
        const { sending, receiving } = this.#connections();
        const [sent, received] = await Promise.all([reportsOf(sending), reportsOf(receiving)]);
        if (!this.#running) return;
        const sample = this.#reader.read(sent, received, this.#owners);
        this.#tiles.value = sample.tiles;
        this.#path.value = sample.link.path ?? this.#path.value;
        const quality = this.#meter.add(sample.link);
        const before = this.#measured.value;
        if (quality.state !== before.state || quality.reason !== before.reason)
            this.#measured.value = quality;
        this.#plan();
    }
}

/** A connection that is being closed may refuse. */
async function reportsOf(connection: RTCPeerConnection | null): Promise<readonly Report[]> {
    if (connection === null) return [];
    try {
        return [...((await connection.getStats()) as unknown as ReadonlyMap<string, Report>).values()];
    } catch {
        return [];
    }
}
