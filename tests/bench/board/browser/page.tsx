// The product's own board with a room in memory: N shapes are there before it is joined. `measured` is what the runner calls.

import { render } from "preact";
import { pointsOf, type Op, type ShapeType } from "@libconf/client/board";
import BoardView from "../../../../apps/web/src/board/board.tsx";
import { changeLanguage, loadWords } from "../../../../apps/web/src/i18n/index.ts";
import { BoardRoom } from "../../../../apps/web/test/support/board_room.ts";
import "../../../../apps/web/src/styles/base.css";
import "../../../../apps/web/src/styles/kit.css";
import "../../../../apps/web/src/styles/call.css";

const at = { document: 1, page: 1 };
const colours = ["#d1242f", "#1565d8", "#0b7a4b", "#7c3aed"];

/** Four of five are strokes of forty points, as hands leave them; the rest is other shapes. */
function shape(n: number): Op {
    const id = (n + 1).toString(16).padStart(16, "0");
    const given = {
        index: `c${n.toString(36).padStart(3, "0").toUpperCase()}1`,
        x: (n * 37) % 1340,
        y: (n * 91) % 760,
        colour: colours[n % colours.length]!,
    };
    if (n % 5 !== 4) {
        const wave = Array.from({ length: 40 }, (_, k) => [k * 2, Math.sin(k / 3 + n) * 14] as const);
        return { kind: "put", id, type: "pen", given: { ...given, points: pointsOf(wave) } };
    }
    const type = (["rectangle", "ellipse", "polygon", "text", "note"] as ShapeType[])[(n / 5) % 5 | 0]!;
    const size = type === "text" ? { text: "Words on a slide" } : { width: 60, height: 40 };
    return { kind: "put", id, type, given: { ...given, ...size } };
}

await Promise.all([loadWords("common", "call", "board"), changeLanguage("en")]);
const root = document.querySelector<HTMLElement>("#app")!;
const room = new BoardRoom();

function place(): HTMLElement {
    root.innerHTML = '<div class="call"><main class="stage-area dark"><div class="stage"></div></main></div>';
    return root.querySelector<HTMLElement>(".stage")!;
}

const painted = (): Promise<void> =>
    new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))));

Object.assign(window, {
    measured: {
        /** A page of `count` shapes is there, and nobody has joined it. */
        prepare(count: number): void {
            room.addDocument({ number: 1 });
            room.stage = { document: 1, page: 1 };
            const ops = Array.from({ length: count }, (_, n) => shape(n));
            for (let from = 0; from < count; from += 500) room.change(at, ops.slice(from, from + 500));
        },
        async join(): Promise<number> {
            const client = room.join("Ana");
            const nothing = (): void => undefined;
            render(<BoardView client={client} room="bench" onClose={nothing} onGone={nothing} />, place());
            const count = room.page(at).size;
            while (root.querySelectorAll(".board-shapes > *").length < count) await painted();
            await painted();
            return count;
        },
        /** Until nothing is left to be done. */
        async rest(): Promise<void> {
            for (let quiet = 0; quiet < 5; ) {
                const left = await new Promise<number>((done) =>
                    requestIdleCallback((deadline) => done(deadline.timeRemaining())),
                );
                quiet = left > 8 ? quiet + 1 : 0;
            }
            (globalThis as unknown as { gc(): void }).gc();
        },
        /** The same shapes as a still picture: its text, to be shown without any program. */
        still(): string {
            const { innerHTML } = root.querySelector(".board-shapes")!;
            return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1440 810">${innerHTML}</svg>`;
        },
        async show(svg: string): Promise<void> {
            render(null, place());
            place().innerHTML = svg;
            await painted();
        },
    },
});
