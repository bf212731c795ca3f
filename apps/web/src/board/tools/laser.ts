// The laser: others see where it points, and nothing of it is kept.

import { authorColour } from "../cursors.ts";
import type { Bench, Gesture, Sample, Tool } from "./tool.ts";

export const laserTool: Tool = {
    begin: (bench, at) => new LaserGesture(bench, at),
};

class LaserGesture implements Gesture {
    readonly #bench: Bench;

    constructor(bench: Bench, at: Sample) {
        this.#bench = bench;
        this.move([at]);
    }

    move(samples: readonly Sample[]): void {
        const { model, laser } = this.#bench;
        const colour = authorColour(model.board.you.peek());
        for (const sample of samples) laser.add("own", sample, colour, performance.now());
        const last = samples.at(-1)!;
        model.board.point({ kind: "laser", x: last.x, y: last.y });
    }

    end(): void {
        this.#bench.model.board.point(null);
    }

    cancel(): void {
        this.end();
    }
}
