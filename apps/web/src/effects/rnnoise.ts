// RNNoise as @jitsi/rnnoise-wasm builds it. Its own loader wants a page around it; a worklet has none, and
// what is needed of it is this little.

/** 10 ms at 48 kHz: the one thing that RNNoise takes. */
export const frameLength = 480;
export const sampleRate = 48_000;

/** The names that the package's linker has given. They belong to its version, which is pinned. */
interface Linked {
    readonly c: WebAssembly.Memory;
    /** Runs what C wants to have run before anything else. */
    d(): void;
    /** rnnoise_create(model) */
    f(model: number): number;
    /** malloc(bytes) */
    g(bytes: number): number;
    /** rnnoise_process_frame(state, out, in): how likely it is that somebody speaks */
    j(state: number, out: number, from: number): number;
}

const pageBytes = 65_536;
/** RNNoise reckons in samples of 16 bits. */
const fullScale = 32_768;

export class Denoiser {
    readonly #linked: Linked;
    readonly #state: number;
    readonly #samples: number;

    constructor(code: BufferSource) {
        let memory: WebAssembly.Memory | null = null;
        const instance = new WebAssembly.Instance(new WebAssembly.Module(code), {
            a: {
                // emscripten_resize_heap
                a: (bytes: number): number => {
                    const missing = (bytes >>> 0) - memory!.buffer.byteLength;
                    return memory!.grow(Math.ceil(missing / pageBytes)) < 0 ? 0 : 1;
                },
                // emscripten_memcpy_big
                b: (to: number, from: number, bytes: number): void => {
                    new Uint8Array(memory!.buffer).copyWithin(to, from, from + bytes);
                },
            },
        });
        this.#linked = instance.exports as unknown as Linked;
        memory = this.#linked.c;
        this.#linked.d();
        this.#state = this.#linked.f(0);
        this.#samples = this.#linked.g(frameLength * Float32Array.BYTES_PER_ELEMENT);
        if (this.#state === 0 || this.#samples === 0) throw new Error("no memory for the noise model");
    }

    /** One frame, in place. */
    clean(frame: Float32Array): void {
        // Not kept: the view is void when the memory grows.
        const shared = new Float32Array(this.#linked.c.buffer, this.#samples, frameLength);
        for (let i = 0; i < frameLength; i += 1) shared[i] = frame[i]! * fullScale;
        this.#linked.j(this.#state, this.#samples, this.#samples);
        const cleaned = new Float32Array(this.#linked.c.buffer, this.#samples, frameLength);
        for (let i = 0; i < frameLength; i += 1) frame[i] = cleaned[i]! / fullScale;
    }
}
