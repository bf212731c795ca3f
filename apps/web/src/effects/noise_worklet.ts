// Runs where the sound is: takes the noise out of it, frame by frame.

import { Reframer } from "./reframe.ts";
import { Denoiser, frameLength } from "./rnnoise.ts";

// TypeScript has no library for worklets.
declare class AudioWorkletProcessor {
    readonly port: MessagePort;
}
declare function registerProcessor(name: string, made: typeof AudioWorkletProcessor): void;

interface Options {
    readonly processorOptions: { readonly code: ArrayBuffer };
}

class NoiseProcessor extends AudioWorkletProcessor {
    readonly #reframer: Reframer;
    #stopped = false;

    constructor(options: Options) {
        super();
        const denoiser = new Denoiser(options.processorOptions.code);
        this.#reframer = new Reframer(frameLength, (frame) => denoiser.clean(frame));
        this.port.onmessage = () => (this.#stopped = true);
        this.port.postMessage("ready");
    }

    process(inputs: readonly Float32Array[][], outputs: readonly Float32Array[][]): boolean {
        const to = outputs[0]?.[0];
        // No channel: the microphone is muted by the system, or gone.
        const from = inputs[0]?.[0];
        if (to !== undefined && from !== undefined) this.#reframer.pass(from, to);
        return !this.#stopped;
    }
}

registerProcessor("noise", NoiseProcessor as unknown as typeof AudioWorkletProcessor);
