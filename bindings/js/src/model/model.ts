// The room as signals. Takes what the server says and keeps it; asks for nothing.

import { batch, computed, signal, type ReadonlySignal } from "@preact/signals-core";
import type { Emitter } from "../emitter.ts";
import type { ClientEvents } from "../events.ts";
import type { RoomChange, ServerEvent, Welcome } from "../protocol/messages.ts";
import type { PersonId } from "../protocol/types.ts";
import { People } from "./people.ts";
import { permissionsOf } from "./permissions.ts";
import type { Loudness } from "./person.ts";
import type { Guest, Permissions, Person, Room } from "./types.ts";

export class Model {
    readonly people: People;
    readonly room: ReadonlySignal<Room | null>;
    readonly waiting: ReadonlySignal<readonly Guest[]>;
    readonly speaker: ReadonlySignal<Person | null>;
    readonly may: ReadonlySignal<Permissions>;
    readonly clockOffset: ReadonlySignal<number>;
    readonly #room = signal<Room | null>(null);
    readonly #waiting = signal<readonly Guest[]>([]);
    readonly #speaker = signal<PersonId | null>(null);
    readonly #clockOffset = signal(0);
    readonly #events: Emitter<ClientEvents>;

    constructor(loudness: Loudness, events: Emitter<ClientEvents>, namedByToken: () => boolean) {
        this.#events = events;
        this.people = new People(loudness);
        this.room = this.#room;
        this.waiting = this.#waiting;
        this.clockOffset = this.#clockOffset;
        this.speaker = computed(
            () => this.people.all.value.find((one) => one.id === this.#speaker.value) ?? null,
        );
        this.may = computed(() => {
            const self = this.people.self.value;
            return permissionsOf(self?.role.value ?? null, this.#room.value?.locks ?? null, namedByToken());
        });
    }

    welcome(welcome: Omit<Welcome, "type">, now: number): void {
        batch(() => {
            this.#room.value = welcome.room;
            this.#waiting.value = welcome.waiting ?? [];
            this.#clockOffset.value = welcome.now - now;
            this.people.replace(welcome.people, welcome.you);
            this.#speaker.value = welcome.speaker ?? this.#speaker.value;
        });
    }

    clear(): void {
        batch(() => {
            this.#room.value = null;
            this.#waiting.value = [];
            this.#speaker.value = null;
            this.people.clear();
        });
    }

    /** Whether it was about the room. */
    event(event: ServerEvent): boolean {
        switch (event.type) {
            case "person.joined": {
                const person = this.people.add(event.person);
                if (person !== null) this.#events.emit("person-joined", person);
                return true;
            }
            case "person.changed":
                this.people.change(event);
                return true;
            case "person.left": {
                const person = this.people.remove(event.id);
                if (person !== null) this.#events.emit("person-left", { person, why: event.why });
                return true;
            }
            case "room.changed":
                this.#changeRoom(event);
                return true;
            case "waiting.joined":
                this.#waiting.value = [
                    ...this.#waiting.value.filter((one) => one.id !== event.guest.id),
                    event.guest,
                ];
                this.#events.emit("waiting-joined", event.guest);
                return true;
            case "waiting.left":
                this.#waiting.value = this.#waiting.value.filter((one) => one.id !== event.id);
                this.#events.emit("waiting-left", { id: event.id });
                return true;
            case "speaker":
                this.#speaker.value = event.id;
                return true;
            case "reaction": {
                const person = this.people.find(event.id);
                if (person !== null) this.#events.emit("reaction", { person, emoji: event.emoji });
                return true;
            }
            case "unmute.asked":
                this.#events.emit("unmute-asked", { by: this.person(event.by) });
                return true;
            default:
                return false;
        }
    }

    person(id: PersonId | undefined): Person | null {
        return id === undefined ? null : this.people.find(id);
    }

    #changeRoom(event: RoomChange & { readonly type: string }): void {
        const before = this.#room.value;
        if (before === null) return;
        const { type: _, ...changed } = event;
        this.#room.value = { ...before, ...changed, locks: { ...before.locks, ...changed.locks } };
    }
}
