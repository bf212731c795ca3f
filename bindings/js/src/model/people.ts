import { computed, signal, type ReadonlySignal } from "@preact/signals-core";
import type { PersonChange } from "../protocol/messages.ts";
import type { PersonId, WirePerson } from "../protocol/types.ts";
import { LivePerson, type Loudness } from "./person.ts";

/** Everybody in the room, in the order in which they came. An object lives as long as its person is there. */
export class People {
    readonly all: ReadonlySignal<readonly LivePerson[]>;
    readonly self: ReadonlySignal<LivePerson | null>;
    readonly #all = signal<readonly LivePerson[]>([]);
    readonly #selfId = signal<PersonId | null>(null);
    readonly #loudness: Loudness;
    readonly #byId = new Map<PersonId, LivePerson>();

    constructor(loudness: Loudness) {
        this.#loudness = loudness;
        this.all = this.#all;
        this.self = computed(() => this.#all.value.find((one) => one.id === this.#selfId.value) ?? null);
    }

    find(id: PersonId): LivePerson | null {
        return this.#byId.get(id) ?? null;
    }

    /** What a `welcome` says: whole, but whom we know stays the same object. */
    replace(people: readonly WirePerson[], self: PersonId): void {
        this.#selfId.value = self;
        const there = new Set(people.map((one) => one.id));
        for (const id of [...this.#byId.keys()]) if (!there.has(id)) this.#forget(id);
        for (const one of people) this.#put(one);
        this.#publish();
    }

    /** Null where we knew him. */
    add(wire: WirePerson): LivePerson | null {
        const known = this.#byId.has(wire.id);
        const person = this.#put(wire);
        if (!known) this.#publish();
        return known ? null : person;
    }

    change(to: PersonChange): void {
        this.#byId.get(to.id)?.change(to);
    }

    remove(id: PersonId): LivePerson | null {
        const gone = this.find(id);
        if (gone === null) return null;
        this.#forget(id);
        this.#publish();
        return gone;
    }

    clear(): void {
        for (const id of this.#byId.keys()) this.#forget(id);
        this.#selfId.value = null;
        this.#publish();
    }

    #forget(id: PersonId): void {
        this.#byId.delete(id);
        this.#loudness.forget(id);
    }

    #put(wire: WirePerson): LivePerson {
        const known = this.#byId.get(wire.id);
        if (known !== undefined) {
            known.replace(wire);
            return known;
        }
        const made = new LivePerson(wire, wire.id === this.#selfId.value, this.#loudness);
        this.#byId.set(wire.id, made);
        return made;
    }

    #publish(): void {
        const sorted = [...this.#byId.values()].sort((a, b) => a.joined - b.joined || compare(a.id, b.id));
        const before = this.#all.value;
        const same = sorted.length === before.length && sorted.every((one, i) => one === before[i]);
        if (!same) this.#all.value = sorted;
    }
}

function compare(a: string, b: string): number {
    return a < b ? -1 : a > b ? 1 : 0;
}
