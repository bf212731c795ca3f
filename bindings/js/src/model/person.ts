import { batch, signal, type ReadonlySignal, type Signal } from "@preact/signals-core";
import type { PersonChange } from "../protocol/messages.ts";
import type { PersonId, Role, Source, WirePerson } from "../protocol/types.ts";
import type { Person } from "./types.ts";

/** Where loudness comes from: made by `media`, known by the id. */
export interface Loudness {
    level(id: PersonId): ReadonlySignal<number>;
    speaking(id: PersonId): ReadonlySignal<boolean>;
    /** Who has left. */
    forget(id: PersonId): void;
}

/** The one object of a participant; what the server says goes in, signals come out. */
export class LivePerson implements Person {
    readonly id: PersonId;
    readonly isSelf: boolean;
    readonly joined: number;
    readonly level: ReadonlySignal<number>;
    readonly speaking: ReadonlySignal<boolean>;
    readonly name: Signal<string>;
    readonly role: Signal<Role>;
    readonly here: Signal<boolean>;
    readonly guest: Signal<boolean>;
    readonly microphone: Signal<boolean>;
    readonly camera: Signal<boolean>;
    readonly screen: Signal<boolean>;
    readonly screenAudio: Signal<boolean>;
    readonly hand: Signal<number | null>;
    readonly away: Signal<boolean>;

    constructor(wire: WirePerson, isSelf: boolean, loudness: Loudness) {
        this.id = wire.id;
        this.isSelf = isSelf;
        this.joined = wire.joined;
        this.level = loudness.level(wire.id);
        this.speaking = loudness.speaking(wire.id);
        this.name = signal(wire.name);
        this.role = signal(wire.role);
        this.here = signal(wire.here);
        this.guest = signal(wire.guest);
        this.microphone = signal(wire.microphone);
        this.camera = signal(wire.camera);
        this.screen = signal(wire.screen);
        this.screenAudio = signal(wire.screen_audio);
        this.hand = signal(wire.hand ?? null);
        this.away = signal(wire.away);
    }

    on(source: Source): Signal<boolean> {
        switch (source) {
            case "microphone":
                return this.microphone;
            case "camera":
                return this.camera;
            case "screen":
                return this.screen;
            case "screen_audio":
                return this.screenAudio;
        }
    }

    /** Only what is there changes. */
    change(to: PersonChange): void {
        batch(() => {
            set(this.name, to.name);
            set(this.role, to.role);
            set(this.here, to.here);
            set(this.guest, to.guest);
            set(this.microphone, to.microphone);
            set(this.camera, to.camera);
            set(this.screen, to.screen);
            set(this.screenAudio, to.screen_audio);
            set(this.hand, to.hand);
            set(this.away, to.away);
        });
    }

    /** All of it: a hand that is not mentioned is down. */
    replace(by: WirePerson): void {
        this.change({ ...by, hand: by.hand ?? null });
    }
}

function set<T>(to: Signal<T>, value: T | undefined): void {
    if (value !== undefined) to.value = value;
}
