// What is shown above the page and is not on it: the frame around what is chosen, its handles, the crosshair
// of the keys.

import type { Signal } from "@preact/signals";
import { boundsOf, toScreen, type Box, type Point } from "@libconf/client/board";
import { useBoard } from "./model.ts";
import { unitsOf } from "./tools/tool.ts";
import { choiceCorners, grips } from "./tools/handles.ts";

export function Overlay({ marquee }: { readonly marquee: Signal<Box | null> }) {
    const model = useBoard();
    const camera = model.camera.value;
    const units = (pixels: number): number => unitsOf(camera, pixels);
    const place = (point: Point): Point => toScreen(camera, point);
    const list = (points: readonly Point[]): string =>
        points.map((point) => `${place(point).x},${place(point).y}`).join(" ");
    const isWriting = model.writing.value !== null;
    const isChosen = model.chosen.value.size > 0 && !isWriting;
    const corners = isChosen ? choiceCorners(model, units) : null;
    const isTool = model.tool.value === "select";
    return (
        <svg class="board-overlay" aria-hidden="true">
            {corners !== null && <polygon class="choice" points={list(corners)} />}
            {isChosen &&
                isTool &&
                model.rights.value.draws &&
                grips(model, units).map((grip, i) => {
                    const { x, y } = place(grip.at);
                    return grip.kind === "size" ? (
                        <rect key={i} class="grip" x={x - 5} y={y - 5} width="10" height="10" rx="2" />
                    ) : (
                        <circle key={i} class="grip" cx={x} cy={y} r="6" />
                    );
                })}
            {marquee.value !== null && <BoxOf box={marquee.value} kind="marquee" />}
            <Current />
            <Crosshair />
        </svg>
    );
}

function BoxOf({ box, kind }: { readonly box: Box; readonly kind: string }) {
    const model = useBoard();
    const { zoom } = model.camera.value;
    const { x, y } = toScreen(model.camera.value, box);
    return <rect class={kind} x={x} y={y} width={box.width * zoom} height={box.height * zoom} />;
}

/** Where the focus is, of whoever goes through the list of shapes. */
function Current() {
    const model = useBoard();
    void model.pageVersion.value;
    const shape = model.current.value === null ? undefined : model.find(model.current.value);
    const box = shape === undefined ? null : boundsOf(shape, model.find);
    if (box === null) return null;
    const by = unitsOf(model.camera.value, 4);
    return (
        <BoxOf
            kind="current"
            box={{ x: box.x - by, y: box.y - by, width: box.width + 2 * by, height: box.height + 2 * by }}
        />
    );
}

function Crosshair() {
    const model = useBoard();
    const at = model.crosshair.value;
    if (at === null) return null;
    const { x, y } = toScreen(model.camera.value, at);
    return <path class="crosshair" d={`M${x - 14} ${y}H${x + 14}M${x} ${y - 14}V${y + 14}`} />;
}
