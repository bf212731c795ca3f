// Typed events without a DOM. A handler that throws must not keep the others from hearing: its error is
// thrown again when everybody was told.
export class Emitter<Events> {
    readonly #handlers = new Map<keyof Events, Set<(event: never) => void>>();

    on<K extends keyof Events>(type: K, handler: (event: Events[K]) => void): () => void {
        let all = this.#handlers.get(type);
        if (all === undefined) this.#handlers.set(type, (all = new Set()));
        const own = (event: Events[K]): void => handler(event); // the same function twice is two handlers
        all.add(own as (event: never) => void);
        return () => void all.delete(own as (event: never) => void);
    }

    emit<K extends keyof Events>(type: K, event: Events[K]): void {
        const errors: unknown[] = [];
        for (const handler of [...(this.#handlers.get(type) ?? [])]) {
            try {
                (handler as (event: Events[K]) => void)(event);
            } catch (error) {
                errors.push(error);
            }
        }
        for (const error of errors) {
            queueMicrotask(() => {
                throw error;
            });
        }
    }

    clear(): void {
        this.#handlers.clear();
    }
}
