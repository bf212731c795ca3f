// Tiles keep their place while people talk.

export interface Placed {
    readonly id: string;
    readonly hasVideo: boolean;
}

/**
 * The order of tiles, over time. New ones come behind, those with a picture before those without; whoever
 * speaks on a later page changes places with the one of the first page who was silent for the longest time.
 */
export class TileOrder {
    #order: string[] = [];
    readonly #spoke = new Map<string, number>();
    #turn = 0;

    /**
     * `speaker` null: nobody is to be moved, as while a later page is looked at. `fixed` never gives up his
     * place: oneself.
     */
    update(
        present: readonly Placed[],
        speaker: string | null,
        onFirstPage: number,
        fixed: string | null = null,
    ): readonly string[] {
        const there = new Set(present.map((one) => one.id));
        const known = new Set(this.#order);
        const fresh = present.filter((one) => !known.has(one.id));
        fresh.sort((a, b) => Number(b.hasVideo) - Number(a.hasVideo));
        this.#order = [...this.#order.filter((id) => there.has(id)), ...fresh.map((one) => one.id)];
        for (const id of [...this.#spoke.keys()]) if (!there.has(id)) this.#spoke.delete(id);
        if (speaker !== null && there.has(speaker)) {
            this.#spoke.set(speaker, ++this.#turn);
            const at = this.#order.indexOf(speaker);
            if (at >= onFirstPage && onFirstPage > 0) this.#swapIn(at, onFirstPage, fixed);
        }
        return this.#order;
    }

    /** By the menu, not by dragging alone (WCAG 2.5.7). */
    moveToStart(id: string): void {
        if (!this.#order.includes(id)) return;
        this.#order = [id, ...this.#order.filter((one) => one !== id)];
    }

    #swapIn(at: number, onFirstPage: number, fixed: string | null): void {
        let quietest = -1;
        for (let i = onFirstPage - 1; i >= 0; i -= 1) {
            if (this.#order[i] === fixed) continue;
            if (quietest < 0 || this.#last(i) < this.#last(quietest)) quietest = i;
        }
        if (quietest < 0) return;
        const speaker = this.#order[at]!;
        this.#order[at] = this.#order[quietest]!;
        this.#order[quietest] = speaker;
    }

    #last(at: number): number {
        return this.#spoke.get(this.#order[at]!) ?? 0;
    }
}
