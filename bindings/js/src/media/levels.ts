// How loud each microphone is. Browsers are asked ten times a second, and only for people whom somebody
// watches.

import { signal, type ReadonlySignal, type Signal } from "@preact/signals-core";
import { Alarm } from "../session/clock.ts";
import type { Clock } from "../session/types.ts";
import type { Loudness } from "../model/person.ts";
import type { PersonId } from "../protocol/types.ts";

const intervalMs = 100;
/** About -40 dBov: below is breath and keyboards. */
const speakingAbove = 0.01;
const holdMs = 500;
/** With DTX a silent sender says nothing, and the last level would stay for ever. */
const staleAfterPolls = 3;

interface Meter {
    readonly level: Signal<number>;
    readonly speaking: Signal<boolean>;
    watchers: number;
    loudAt: number;
    lastRtpTime: number | null;
    stalePolls: number;
}

export class LevelMeters implements Loudness {
    readonly #clock: Clock;
    readonly #receiverOf: (id: PersonId) => RTCRtpReceiver | null;
    readonly #meters = new Map<PersonId, Meter>();
    readonly #watched = new Set<PersonId>();
    readonly #alarm: Alarm;

    constructor(clock: Clock, receiverOf: (id: PersonId) => RTCRtpReceiver | null) {
        this.#clock = clock;
        this.#receiverOf = receiverOf;
        this.#alarm = new Alarm(clock);
    }

    level(id: PersonId): ReadonlySignal<number> {
        return this.#meter(id).level;
    }

    speaking(id: PersonId): ReadonlySignal<boolean> {
        return this.#meter(id).speaking;
    }

    /** Who has left; a page that still looks at him sees what was last. */
    forget(id: PersonId): void {
        this.#meters.delete(id);
        this.#watched.delete(id);
    }

    close(): void {
        this.#alarm.clear();
        this.#watched.clear();
        this.#meters.clear();
    }

    #meter(id: PersonId): Meter {
        const known = this.#meters.get(id);
        if (known !== undefined) return known;
        const watch = { watched: () => this.#watch(id, made, 1), unwatched: () => this.#watch(id, made, -1) };
        const made: Meter = {
            level: signal(0, watch),
            speaking: signal(false, watch),
            watchers: 0,
            loudAt: Number.NEGATIVE_INFINITY,
            lastRtpTime: null,
            stalePolls: 0,
        };
        this.#meters.set(id, made);
        return made;
    }

    #watch(id: PersonId, meter: Meter, by: number): void {
        meter.watchers += by;
        if (this.#meters.get(id) !== meter) return;
        if (meter.watchers > 0) this.#watched.add(id);
        else this.#watched.delete(id);
        if (this.#watched.size === 0) this.#alarm.clear();
        else if (!this.#alarm.armed) this.#alarm.set(intervalMs, () => this.#poll());
    }

    #poll(): void {
        for (const id of this.#watched) {
            const meter = this.#meters.get(id);
            if (meter !== undefined) this.#read(meter, this.#receiverOf(id));
        }
        if (this.#watched.size > 0) this.#alarm.set(intervalMs, () => this.#poll());
    }

    #read(meter: Meter, receiver: RTCRtpReceiver | null): void {
        const source = receiver?.getSynchronizationSources()[0];
        const isNew = source !== undefined && source.rtpTimestamp !== meter.lastRtpTime;
        meter.stalePolls = isNew ? 0 : meter.stalePolls + 1;
        meter.lastRtpTime = source?.rtpTimestamp ?? null;
        const level = meter.stalePolls >= staleAfterPolls ? 0 : (source?.audioLevel ?? 0);
        const now = this.#clock.now();
        if (level > speakingAbove) meter.loudAt = now;
        meter.level.value = level;
        meter.speaking.value = now - meter.loudAt < holdMs;
    }
}
