// How loud a track is, for meters. One audio context for all; measured only while somebody looks.

import { signal, type ReadonlySignal } from "@preact/signals";

const everyMs = 60;
let context: AudioContext | null = null;

export function audioContext(): AudioContext | null {
    try {
        context ??= new AudioContext();
        // A page that was opened by a link has had no click yet.
        if (context.state === "suspended") void context.resume().catch(() => undefined);
        return context;
    } catch {
        return null;
    }
}

/** Before the first click it may not be: then silence means nothing. */
export function isListening(): boolean {
    return context?.state === "running";
}

export interface Gauge {
    readonly level: ReadonlySignal<number>;
    stop(): void;
}

/** 0 to 1, by the root of the mean square, so that quiet speech is seen too. */
export function gauge(track: MediaStreamTrack): Gauge {
    const level = signal(0);
    const on = audioContext();
    if (on === null) return { level, stop: () => undefined };
    const source = on.createMediaStreamSource(new MediaStream([track]));
    const analyser = on.createAnalyser();
    analyser.fftSize = 512;
    source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
        analyser.getFloatTimeDomainData(samples);
        const square = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
        level.value = Math.min(1, Math.sqrt(Math.sqrt(square)) * 1.6);
    }, everyMs);
    return {
        level,
        stop: () => {
            clearInterval(timer);
            source.disconnect();
        },
    };
}

/** Three short tones, by the loudspeaker that was chosen. Resolves when it is over. */
export async function playTestSound(speaker: string | null): Promise<void> {
    const rate = 24_000;
    const seconds = 0.9;
    const samples = new Float32Array(rate * seconds);
    [523, 659, 784].forEach((pitch, i) => {
        const from = Math.floor(i * 0.25 * rate);
        for (let n = 0; n < 0.35 * rate; n += 1) {
            const fade = Math.min(1, n / 300) * Math.exp(-n / (0.12 * rate));
            samples[from + n] =
                (samples[from + n] ?? 0) + 0.3 * fade * Math.sin((2 * Math.PI * pitch * n) / rate);
        }
    });
    const element = new Audio(URL.createObjectURL(waveFile(samples, rate)));
    try {
        if (speaker !== null && "setSinkId" in element)
            await element.setSinkId(speaker).catch(() => undefined);
        await element.play();
        await new Promise((done) => element.addEventListener("ended", done, { once: true }));
    } finally {
        URL.revokeObjectURL(element.src);
    }
}

/** Samples as a WAV file of 16 bits. */
export function waveFile(samples: Float32Array, rate: number): Blob {
    const data = new DataView(new ArrayBuffer(44 + samples.length * 2));
    const text = (at: number, word: string): void =>
        [...word].forEach((letter, i) => data.setUint8(at + i, letter.charCodeAt(0)));
    text(0, "RIFF");
    data.setUint32(4, 36 + samples.length * 2, true);
    text(8, "WAVEfmt ");
    data.setUint32(16, 16, true);
    data.setUint16(20, 1, true);
    data.setUint16(22, 1, true);
    data.setUint32(24, rate, true);
    data.setUint32(28, rate * 2, true);
    data.setUint16(32, 2, true);
    data.setUint16(34, 16, true);
    text(36, "data");
    data.setUint32(40, samples.length * 2, true);
    samples.forEach((one, i) => data.setInt16(44 + i * 2, Math.max(-1, Math.min(1, one)) * 32767, true));
    return new Blob([data], { type: "audio/wav" });
}
