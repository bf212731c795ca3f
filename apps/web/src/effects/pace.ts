// How often a mask is made: not oftener than 15 times a second, and never for more than half of the time, so
// that a slow machine shows every picture of the camera all the same, on a mask that is a little older.

const shortestMs = 1000 / 15;

export class Pace {
    #next = 0;

    isDue(now: number): boolean {
        return now >= this.#next;
    }

    /** A mask was made, from then till then. */
    took(from: number, to: number): void {
        this.#next = Math.max(from + shortestMs, to + (to - from));
    }
}
