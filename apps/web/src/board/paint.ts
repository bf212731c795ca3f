// A shape as SVG, as plain data: the same elements as the server's export makes of it (libconf/whiteboard),
// so that what is printed is what was seen.

import {
    arrowLine,
    cornersOfFigure,
    countedWidth,
    fromPageTo,
    get,
    lineHeight,
    linesOf,
    noteMargin,
    outlineOf,
    outlinePath,
    pointsOfLine,
    runsLeftwards,
    type FindShape,
    type Head,
    type Outline,
    type Point,
    type Points,
    type Shape,
    type Stamp,
} from "@libconf/client/board";

export interface Painted {
    readonly tag: string;
    readonly attributes: { readonly [name: string]: string | number };
    readonly text?: string;
    readonly children?: readonly Painted[];
}

/** Of its opacity, so that what lies below can be read. */
export const highlighterOpacity = 0.4;
export const halfFill = 0.3;
export const families = {
    sans: "'Inter','Noto Sans','DejaVu Sans',sans-serif",
    serif: "'Noto Serif','DejaVu Serif',serif",
    mono: "'Noto Sans Mono','DejaVu Sans Mono',monospace",
} as const;

/** What can stand in the page's coordinates: a stamp has a `transform` of its own. */
export const standsInPlace = (shape: Shape): boolean =>
    get(shape, "rotation") === 0 && shape.type !== "stamp";

/** In the page's coordinates. Precondition: `standsInPlace`. */
export function paintedInPlace(
    shape: Shape,
    find: FindShape,
    addressOf: (asset: string) => string,
): readonly Painted[] {
    const [x, y] = [get(shape, "x"), get(shape, "y")];
    // Of pens there are most, and their paths are the longest: written once, where they stand.
    if (shape.type === "pen") return pen(shape, x, y);
    return painted(shape, find, addressOf).map((part) => moved(part, x, y));
}

/** In the shape's own coordinates; `addressOf` gives an image's bytes. */
export function painted(
    shape: Shape,
    find: FindShape,
    addressOf: (asset: string) => string,
): readonly Painted[] {
    switch (shape.type) {
        case "pen":
            return pen(shape, 0, 0);
        case "highlighter": {
            const points = get(shape, "points");
            if (points === null) return [];
            return [{ tag: "path", attributes: { d: linePath(pointsOfLine(points)), ...stroke(shape) } }];
        }
        case "rectangle": {
            const radius = Math.min(get(shape, "radius"), get(shape, "width") / 2, get(shape, "height") / 2);
            return [
                {
                    tag: "rect",
                    attributes: { ...box(shape), ...(radius > 0 ? { rx: radius } : {}), ...area(shape) },
                },
            ];
        }
        case "ellipse": {
            const [rx, ry] = [get(shape, "width") / 2, get(shape, "height") / 2];
            return [{ tag: "ellipse", attributes: { cx: rx, cy: ry, rx, ry, ...area(shape) } }];
        }
        case "polygon":
            return [{ tag: "path", attributes: { d: figurePath(shape), ...area(shape) } }];
        case "line": {
            const points = get(shape, "points");
            if (points === null) return [];
            return [{ tag: "path", attributes: { d: linePath(pointsOfLine(points)), ...stroke(shape) } }];
        }
        case "arrow":
            return arrow(shape, find);
        case "text":
            return text(shape, 0);
        case "note":
            return [
                {
                    tag: "rect",
                    attributes: { ...box(shape), rx: 4, fill: get(shape, "fill_colour") },
                },
                ...text(shape, noteMargin),
            ];
        case "stamp":
            return stamp(shape);
        case "image": {
            const asset = get(shape, "asset");
            if (asset === null) return [];
            return [
                {
                    tag: "image",
                    attributes: { ...box(shape), href: addressOf(asset), preserveAspectRatio: "none" },
                },
            ];
        }
        case "frame":
            return [
                {
                    tag: "rect",
                    attributes: {
                        ...box(shape),
                        fill: "none",
                        stroke: get(shape, "colour"),
                        "stroke-width": 1,
                    },
                },
                {
                    tag: "text",
                    attributes: {
                        y: -10,
                        "font-size": 20,
                        "font-family": families.sans,
                        fill: get(shape, "colour"),
                    },
                    text: get(shape, "title"),
                },
            ];
        case "group":
            return [];
    }
}

/** What all of a shape has: where it stands, and how much is seen through it. */
export function wholeOf(shape: Shape): { readonly [name: string]: string | number } {
    const [x, y, rotation] = [get(shape, "x"), get(shape, "y"), get(shape, "rotation")];
    const turn = rotation === 0 ? "" : `rotate(${short((rotation * 180) / Math.PI)})`;
    return {
        ...(x !== 0 || y !== 0 || turn !== "" ? { transform: `translate(${x} ${y})${turn}` } : {}),
        ...opacityOf(shape),
    };
}

export function opacityOf(shape: Shape): { readonly opacity?: number } {
    const opacity = (get(shape, "opacity") / 100) * (shape.type === "highlighter" ? highlighterOpacity : 1);
    return opacity === 1 ? {} : { opacity };
}

/** The same at another place, without a `transform`. Precondition: it has none. */
function moved(one: Painted, dx: number, dy: number): Painted {
    const { d, cx, cy, x, y } = one.attributes;
    const to = (value: string | number | undefined, by: number): number => short(Number(value ?? 0) + by);
    const place =
        d !== undefined
            ? { d: movedPath(String(d), dx, dy) }
            : cx !== undefined || cy !== undefined
              ? { cx: to(cx, dx), cy: to(cy, dy) }
              : { x: to(x, dx), y: to(y, dy) };
    return {
        ...one,
        attributes: { ...one.attributes, ...place },
        ...(one.children === undefined
            ? {}
            : { children: one.children.map((child) => moved(child, dx, dy)) }),
    };
}

/** Paths here have absolute coordinates alone, two numbers with a space between. */
function movedPath(d: string, dx: number, dy: number): string {
    return d.replace(
        /(-?[\d.]+) (-?[\d.]+)/g,
        (_, x: string, y: string) => `${short(Number(x) + dx)} ${short(Number(y) + dy)}`,
    );
}

function pen(shape: Shape, dx: number, dy: number): readonly Painted[] {
    const points = get(shape, "points");
    if (points === null) return [];
    const d = penPath(points, get(shape, "stroke_width"), dx, dy);
    return [{ tag: "path", attributes: { d, fill: get(shape, "colour") } }];
}

interface Pen {
    readonly width: number;
    readonly outline: Outline;
    readonly dx: number;
    readonly dy: number;
    readonly d: string;
}

const pens = new WeakMap<Points, Pen>();

/** Remembered as long as the points are there: outlines are what costs most, and writing them comes next. */
export function penPath(points: Points, width: number, dx = 0, dy = 0): string {
    const known = pens.get(points);
    if (known?.width === width && known.dx === dx && known.dy === dy) return known.d;
    const outline = known?.width === width ? known.outline : outlineOf(points, width);
    const d = outlinePath(outline, dx, dy);
    pens.set(points, { width, outline, dx, dy, d });
    return d;
}

export function linePath(points: readonly Point[]): string {
    const [first, ...others] = points;
    if (first === undefined) return "";
    // A line of no length is a dot, which round ends paint.
    const rest = others.length === 0 ? [first] : others;
    return `M${first.x} ${first.y}${rest.map(({ x, y }) => `L${x} ${y}`).join("")}`;
}

function box(shape: Shape): { readonly width: number; readonly height: number } {
    return { width: get(shape, "width"), height: get(shape, "height") };
}

function stroke(shape: Shape): { readonly [name: string]: string | number } {
    const width = get(shape, "stroke_width");
    const dash = { solid: null, dashed: `${3 * width} ${2.5 * width}`, dotted: `0 ${2 * width}` }[
        shape.type === "highlighter" ? "solid" : get(shape, "dash")
    ];
    return {
        fill: "none",
        stroke: get(shape, "colour"),
        "stroke-width": width,
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
        ...(dash === null ? {} : { "stroke-dasharray": dash }),
    };
}

function area(shape: Shape): { readonly [name: string]: string | number } {
    const fill = get(shape, "fill");
    if (fill === "none") return stroke(shape);
    return {
        ...stroke(shape),
        fill: get(shape, "fill_colour"),
        ...(fill === "half" ? { "fill-opacity": halfFill } : {}),
    };
}

/** Numbers of hundredths: no rounding error is printed. */
const short = (value: number): number => Math.round(value * 100) / 100;

function figurePath(shape: Shape): string {
    const [width, height] = [get(shape, "width"), get(shape, "height")];
    const figure = get(shape, "figure");
    if (figure === "cloud") {
        const scaled = (...pairs: number[]): string =>
            pairs.map((value, i) => short(value * (i % 2 === 0 ? width : height))).join(" ");
        return (
            `M${scaled(0.25, 0.9)}C${scaled(0.02, 0.95, -0.04, 0.55, 0.15, 0.5)}` +
            `C${scaled(0.05, 0.2, 0.35, 0.05, 0.48, 0.2)}C${scaled(0.6, -0.05, 0.92, 0.1, 0.85, 0.38)}` +
            `C${scaled(1.05, 0.45, 1.02, 0.9, 0.78, 0.9)}Z`
        );
    }
    const at = ({ x, y }: Point): string => `${short(x * width)} ${short(y * height)}`;
    const closed = `M${cornersOfFigure(figure).map(at).join("L")}Z`;
    const inner = {
        cross_box: ["0 0 1 1", "1 0 0 1"],
        check_box: [".2 .55 .42 .78 .82 .25"],
    }[figure as "cross_box" | "check_box"];
    return closed + (inner ?? []).map((line) => linePath(pairsOf(line, width, height))).join("");
}

function pairsOf(text: string, width: number, height: number): readonly Point[] {
    const all = text.split(" ").map(Number);
    return Array.from({ length: all.length / 2 }, (_, i) => ({
        x: short(all[2 * i]! * width),
        y: short(all[2 * i + 1]! * height),
    }));
}

function arrow(shape: Shape, find: FindShape): readonly Painted[] {
    const line = arrowLine(shape, find).map((point) => fromPageTo(shape, point));
    if (line.length < 2) return [];
    const paint = stroke(shape);
    const { "stroke-dasharray": _, ...solid } = paint;
    return [
        {
            tag: "path",
            attributes: { d: linePath(line.map(({ x, y }) => ({ x: short(x), y: short(y) }))), ...paint },
        },
        ...head(get(shape, "start_head"), line[1]!, line[0]!, shape, solid),
        ...head(get(shape, "end_head"), line.at(-2)!, line.at(-1)!, shape, solid),
    ];
}

function head(
    kind: Head,
    from: Point,
    tip: Point,
    shape: Shape,
    solid: { readonly [name: string]: string | number },
): readonly Painted[] {
    if (kind === "none") return [];
    const width = get(shape, "stroke_width");
    const size = 8 + 3 * width;
    const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
    const [ux, uy] = [(tip.x - from.x) / length, (tip.y - from.y) / length];
    const place = (along: number, aside: number): Point => ({
        x: short(tip.x - ux * along - uy * aside),
        y: short(tip.y - uy * along + ux * aside),
    });
    if (kind === "dot") {
        const r = size / 3;
        return [
            {
                tag: "circle",
                attributes: { cx: short(tip.x), cy: short(tip.y), r, fill: get(shape, "colour") },
            },
        ];
    }
    if (kind === "bar")
        return [
            { tag: "path", attributes: { d: linePath([place(0, size / 2), place(0, -size / 2)]), ...solid } },
        ];
    const sides = [place(size, size / 2), place(0, 0), place(size, -size / 2)];
    const d = linePath(sides);
    if (kind === "arrow") return [{ tag: "path", attributes: { d, ...solid } }];
    return [{ tag: "path", attributes: { ...solid, d: `${d}Z`, fill: get(shape, "colour") } }];
}

function text(shape: Shape, margin: number): readonly Painted[] {
    const size = get(shape, "font_size");
    const align = get(shape, "align");
    const width = get(shape, "width");
    const lines = linesOf(shape);
    const box = width > 0 ? width - 2 * margin : Math.max(0, ...lines.map(countedWidth)) * size;
    return [
        {
            tag: "text",
            attributes: {
                "font-size": size,
                "font-family": families[get(shape, "font")],
                fill: get(shape, "colour"),
                ...(align === "start" ? {} : { "text-anchor": align }),
            },
            children: lines.map((line, i) => {
                // What starts on the right ends on the left.
                const isLeftwards = runsLeftwards(line);
                const at = align === "middle" ? box / 2 : (align === "start") !== isLeftwards ? 0 : box;
                return {
                    tag: "tspan",
                    attributes: {
                        x: margin + at,
                        y: margin + size * (1 + i * lineHeight),
                        ...(isLeftwards ? { direction: "rtl", "unicode-bidi": "embed" } : {}),
                    },
                    text: line,
                };
            }),
        },
    ];
}

/** In a box of 100 by 100, filled. */
const stampPaths: { readonly [stamp in Stamp]: string } = {
    check: "M38 68L84 16L96 28L40 92L4 56L16 44Z",
    cross: "M20 6L50 36L80 6L94 20L64 50L94 80L80 94L50 64L20 94L6 80L36 50L6 20Z",
    star: "M50 4L61 38L97 38L68 59L79 94L50 73L21 94L32 59L3 38L39 38Z",
    heart: "M50 92C10 62 2 44 2 30C2 14 14 6 26 6C38 6 46 14 50 22C54 14 62 6 74 6C86 6 98 14 98 30C98 44 90 62 50 92Z",
    question:
        "M26 34C26 14 40 4 54 4C70 4 82 14 82 30C82 48 62 50 62 68L44 68C44 44 64 44 64 31C64 24 60 20 54 20C48 20 44 24 44 34ZM43 78L63 78L63 96L43 96Z",
    exclamation: "M40 4L62 4L58 66L44 66ZM41 78L61 78L61 96L41 96Z",
    plus: "M40 6L60 6L60 40L94 40L94 60L60 60L60 94L40 94L40 60L6 60L6 40L40 40Z",
    minus: "M6 40L94 40L94 60L6 60Z",
};

function stamp(shape: Shape): readonly Painted[] {
    const transform = `scale(${get(shape, "width")} ${get(shape, "height")}) scale(0.01)`;
    const d = stampPaths[get(shape, "stamp")];
    return [{ tag: "path", attributes: { d, transform, fill: get(shape, "colour") } }];
}
