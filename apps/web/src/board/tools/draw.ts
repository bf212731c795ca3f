// Pen and highlighter: a stroke that others see while it is drawn.

import { snappedAngle, type OwnStroke } from "@libconf/client/board";
import { styleOf } from "../style.ts";
import type { Bench, Gesture, Modifiers, Sample, Tool } from "./tool.ts";

export function drawTool(type: "pen" | "highlighter"): Tool {
    return {
        begin: (bench, at) => {
            const { board } = bench.model;
            if (!board.mayDraw.peek()) return null;
            const stroke = begin(bench, type, at);
            return stroke === null ? null : new DrawGesture(bench, type, stroke, at);
        },
    };
}

function begin(bench: Bench, type: "pen" | "highlighter", at: Sample): OwnStroke | null {
    const x = Math.round(at.x * 16) / 16;
    const y = Math.round(at.y * 16) / 16;
    // A highlighter is as wide as it is, whatever the pressure.
    const hasPressure = type === "pen" && at.pressure !== null;
    const stroke = bench.model.board.beginStroke(type, { ...styleOf(type), x, y }, hasPressure);
    if (stroke === null) return null;
    stroke.add(0, 0, at.pressure ?? 0.5);
    bench.ink.begin(stroke);
    return stroke;
}

class DrawGesture implements Gesture {
    readonly #bench: Bench;
    readonly #type: "pen" | "highlighter";
    #stroke: OwnStroke;
    #from: Sample;
    #last: Sample;
    #straight: Sample | null = null;

    constructor(bench: Bench, type: "pen" | "highlighter", stroke: OwnStroke, from: Sample) {
        this.#bench = bench;
        this.#type = type;
        this.#stroke = stroke;
        this.#from = from;
        this.#last = from;
    }

    move(samples: readonly Sample[], modifiers: Modifiers, predicted: readonly Sample[]): void {
        // With Shift the stroke is a straight line from where it was.
        this.#straight = modifiers.shift ? (samples.at(-1) ?? null) : null;
        if (this.#straight !== null) {
            const end = snappedAngle(this.#last, this.#straight);
            return this.#bench.ink.grow(this.#stroke, this.#own([{ ...this.#straight, ...end }]));
        }
        for (const sample of samples) this.#add(sample);
        this.#bench.ink.grow(this.#stroke, this.#own(predicted));
    }

    end(): void {
        if (this.#straight !== null)
            this.#add({ ...this.#straight, ...snappedAngle(this.#last, this.#straight) });
        this.#stroke.end();
        this.#bench.ink.end(this.#stroke);
    }

    cancel(): void {
        this.#stroke.cancel();
        this.#bench.ink.end(this.#stroke);
    }

    #add(sample: Sample): void {
        if (this.#stroke.isFull) this.#goOn();
        this.#stroke.add(sample.x - this.#from.x, sample.y - this.#from.y, sample.pressure ?? 0.5);
        this.#last = sample;
    }

    /** Longer than a stroke may be: another one begins where this one ends. */
    #goOn(): void {
        const next = begin(this.#bench, this.#type, this.#last);
        if (next === null) return;
        const full = this.#stroke;
        this.#stroke = next;
        this.#from = this.#last;
        full.end();
        this.#bench.ink.end(full);
    }

    #own(samples: readonly Sample[]): readonly number[] {
        return samples.flatMap(({ x, y }) => [x - this.#from.x, y - this.#from.y]);
    }
}
