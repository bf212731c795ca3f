// The laser pointer's trail: each place fades within a second, and nothing of it is kept.

import type { Point } from "@libconf/client/board";
import { svgElement } from "./layer.ts";
import { linePath } from "./paint.ts";

export const fadeMs = 1000;
/** Beyond so many places the oldest are gone at once. */
export const trailMost = 50;

interface Place extends Point {
    readonly time: number;
}

/** Trails of several people, each under its key, in the colour of its author. */
export class LaserTrail {
    readonly #root: SVGElement;
    readonly #trails = new Map<string, { readonly places: Place[]; readonly element: SVGElement }>();
    #frame = 0;

    constructor(root: SVGElement) {
        this.#root = root;
    }

    add(key: string, at: Point, colour: string, time: number): void {
        let trail = this.#trails.get(key);
        if (trail === undefined) {
            const element = svgElement("path", {
                fill: "none",
                stroke: colour,
                "stroke-width": 6,
                "stroke-linecap": "round",
                "stroke-linejoin": "round",
                "vector-effect": "non-scaling-stroke",
            });
            this.#root.append(element);
            trail = { places: [], element };
            this.#trails.set(key, trail);
        }
        trail.places.push({ ...at, time });
        if (trail.places.length > trailMost) trail.places.shift();
        if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
    }

    dispose(): void {
        cancelAnimationFrame(this.#frame);
        this.#root.replaceChildren();
    }

    #paint(): void {
        this.#frame = 0;
        const now = performance.now();
        for (const [key, { places, element }] of this.#trails) {
            while (places.length > 0 && now - places[0]!.time > fadeMs) places.shift();
            if (places.length === 0) {
                element.remove();
                this.#trails.delete(key);
                continue;
            }
            element.setAttribute("d", linePath(places));
            element.setAttribute("opacity", String(Math.max(0, 1 - (now - places.at(-1)!.time) / fadeMs)));
        }
        if (this.#trails.size > 0) this.#frame = requestAnimationFrame(() => this.#paint());
    }
}
