// Sound comes in blocks of one size and is worked on in frames of another.

export class Reframer {
    readonly #work: (frame: Float32Array) => void;
    readonly #frame: Float32Array;
    /** How many samples of the frame have come; as many of the last one have gone. */
    #at = 0;
    readonly #done: Float32Array;

    /** `work` changes a frame in place. The sound is late by one frame. */
    constructor(length: number, work: (frame: Float32Array) => void) {
        this.#work = work;
        this.#frame = new Float32Array(length);
        this.#done = new Float32Array(length);
    }

    /** As many samples out as in; blocks may have any length. */
    pass(from: Float32Array, to: Float32Array): void {
        for (let i = 0; i < from.length; i += 1) {
            to[i] = this.#done[this.#at]!;
            this.#frame[this.#at] = from[i]!;
            this.#at += 1;
            if (this.#at < this.#frame.length) continue;
            this.#at = 0;
            this.#work(this.#frame);
            this.#done.set(this.#frame);
        }
    }
}
