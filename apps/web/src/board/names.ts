// What a shape is called, for those who do not see it.

import { get, type Board, type Shape } from "@libconf/client/board";
import { t, type Key } from "../i18n/index.ts";
import { colours, markerColours, paleColours } from "./style.ts";

/** The name of a colour of ours; of another one its number. */
export function colourName(colour: string): string {
    for (const palette of [colours, markerColours, paleColours]) {
        const found = Object.entries(palette).find(([, value]) => value === colour);
        if (found !== undefined) return t(`board.colour-${found[0]}` as Key);
    }
    return colour;
}

/** "Rectangle, red, by Ana, locked". */
export function shapeName(shape: Shape, board: Board): string {
    const kind =
        shape.type === "polygon"
            ? t(`board.figure-${get(shape, "figure")}` as Key)
            : shape.type === "stamp"
              ? t(`board.stamp-${get(shape, "stamp")}` as Key)
              : t(`board.shape-${shape.type}` as Key);
    const words = get(shape, "title") || get(shape, "text");
    const author = board.authors.value.get(shape.author)?.name;
    const isOwn = shape.author === board.you.value;
    return [
        words === "" ? kind : t("board.shape-says", { shape: kind, text: words }),
        shape.type === "image" || shape.type === "group" ? "" : colourName(mainColour(shape)),
        isOwn ? t("board.by-you") : author === undefined ? "" : t("board.by", { name: author }),
        get(shape, "locked") ? t("board.is-locked") : "",
    ]
        .filter((one) => one !== "")
        .join(", ");
}

function mainColour(shape: Shape): string {
    return shape.type === "note" ? get(shape, "fill_colour") : get(shape, "colour");
}

/** Where it is, in words: ninths of the page. */
export function placeName(x: number, y: number, width: number, height: number): string {
    const part = (at: number, of: number): number => Math.max(0, Math.min(2, Math.floor((3 * at) / of)));
    const across = (["left", "middle", "right"] as const)[part(x, width)]!;
    const down = (["top", "middle", "bottom"] as const)[part(y, height)]!;
    return t(`board.place-${down}-${across}` as Key);
}
