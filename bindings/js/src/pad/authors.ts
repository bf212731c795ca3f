// Who wrote what: the client ids of a Yjs document, and whose they are.

import { signal, type ReadonlySignal } from "@preact/signals-core";
import type { PadPerson } from "./session.ts";
import type { Author } from "./types.ts";

export interface AuthorOf {
    readonly name: string;
    /** Null: nobody knows. */
    readonly hue: number | null;
}

export const unknownAuthor: AuthorOf = { name: "", hue: null };

/** Who is here says so himself; whom the server knows, it says. The server's word counts more. */
export class AuthorBook {
    /** Grows whenever somebody is known who was not, or differently. */
    readonly changes: ReadonlySignal<number>;
    readonly #changes = signal(0);
    readonly #told = new Map<number, AuthorOf>();
    readonly #seen = new Map<number, AuthorOf>();
    readonly #names = new Map<string, AuthorOf>();

    constructor() {
        this.changes = this.#changes;
    }

    of(client: number): AuthorOf {
        return this.#told.get(client) ?? this.#seen.get(client) ?? unknownAuthor;
    }

    /** By the id that versions have. */
    byId(id: string): AuthorOf {
        return this.#names.get(id) ?? unknownAuthor;
    }

    learn(authors: readonly Author[]): void {
        for (const { id, name, hue, clients } of authors) {
            this.#names.set(id, { name, hue });
            for (const client of clients) this.#told.set(client, { name, hue });
        }
        this.#changes.value += 1;
    }

    /** They stay known when they go. */
    see(people: readonly PadPerson[]): void {
        let isNew = false;
        for (const { client, name, hue } of people) {
            const before = this.#seen.get(client);
            if (name === "" || (before?.name === name && before.hue === hue)) continue;
            this.#seen.set(client, { name, hue });
            isNew = true;
        }
        if (isNew) this.#changes.value += 1;
    }
}
