// Three short sounds, made here: somebody waits, own hand lowered, a message. Off by one switch.

import { audioContext } from "../app/level.ts";
import { settings } from "../app/settings.ts";

const pitches = { waiting: [660, 880], lowered: [520, 390], message: [740], in: [523, 784] } as const;

export function play(sound: keyof typeof pitches): void {
    if (!settings.sounds.value) return;
    const context = audioContext();
    if (context === null) return;
    pitches[sound].forEach((pitch, i) => {
        const from = context.currentTime + i * 0.12;
        const tone = context.createOscillator();
        const loudness = context.createGain();
        tone.frequency.value = pitch;
        loudness.gain.setValueAtTime(0, from);
        loudness.gain.linearRampToValueAtTime(0.12, from + 0.01);
        loudness.gain.exponentialRampToValueAtTime(0.001, from + 0.18);
        tone.connect(loudness).connect(context.destination);
        tone.start(from);
        tone.stop(from + 0.2);
    });
}
