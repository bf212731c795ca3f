import { describe, expect, it } from "vitest";
import {
    aligned,
    arrowLine,
    boundsOf,
    brokenLines,
    duplicated,
    fitting,
    grouped,
    groupOf,
    kept,
    linesOf,
    movedBy,
    pointsOf,
    reordered,
    resized,
    resizedAlone,
    seenBy,
    shapeAt,
    showing,
    toPage,
    toScreen,
    turnedBy,
    ungrouped,
    units,
    wiped,
    withGroups,
    zoomedAt,
    zoomLeast,
    zoomMost,
    type Given,
    type Op,
    type Shape,
    type ShapeType,
} from "../../src/board/index.ts";
import { PageStore } from "../../src/board/page_store.ts";

let ids = 0;
function shape(type: ShapeType, given: Given = {}, id = (ids += 1).toString(16).padStart(16, "0")): Shape {
    return { id, type, author: 1, lastAuthor: 1, created: 0, updated: 0, version: 1, given };
}
const rectangle = (x: number, y: number, width: number, height: number, more: Given = {}): Shape =>
    shape("rectangle", { x, y, width, height, ...more });

/** A page on which those ops are done. */
function after(shapes: readonly Shape[], ops: readonly Op[]): PageStore {
    const store = new PageStore();
    store.state(shapes, [], 1, true);
    store.change(ops, { author: 1, time: 1, sequence: 2 });
    return store;
}
const none = (): undefined => undefined;

describe("moving and resizing", () => {
    it("moves all but what is locked", () => {
        const all = [rectangle(0, 0, 10, 10), rectangle(5, 5, 10, 10, { locked: true })];
        expect(movedBy(all, 2.01, -1)).toEqual([{ kind: "patch", id: all[0]!.id, patch: { x: 2, y: -1 } }]);
    });

    it("makes one box of another", () => {
        const a = rectangle(0, 0, 10, 10);
        const b = shape("pen", {
            x: 20,
            y: 0,
            points: pointsOf([
                [0, 0],
                [10, 10],
            ]),
        });
        const store = after(
            [a, b],
            resized([a, b], { x: 0, y: 0, width: 30, height: 10 }, { x: 0, y: 0, width: 60, height: 10 }),
        );
        expect(boundsOf(store.shapes.get(a.id)!, none)).toEqual({ x: 0, y: 0, width: 20, height: 10 });
        expect(boundsOf(store.shapes.get(b.id)!, none)).toEqual({ x: 40, y: 0, width: 20, height: 10 });
    });

    it("a turned shape keeps the corner across", () => {
        const one = rectangle(100, 100, 40, 20, { rotation: Math.PI / 2 });
        const store = after([one], resizedAlone(one, { x: 0, y: 0, width: 80, height: 20 }));
        expect(store.shapes.get(one.id)!.given).toMatchObject({ x: 100, y: 100, width: 80, height: 20 });
    });

    it("turns about a middle", () => {
        const one = rectangle(0, 0, 10, 10);
        const box = boundsOf(
            after([one], turnedBy([one], { x: 5, y: 5 }, Math.PI / 2)).shapes.get(one.id)!,
            none,
        )!;
        expect(box.x).toBeCloseTo(0);
        expect(box.y).toBeCloseTo(0);
    });
});

describe("aligning", () => {
    it.each([
        ["left", [0, 0]],
        ["right", [30, 20]],
        ["center", [15, 10]],
    ] as const)("%s", (how, xs) => {
        const all = [rectangle(0, 0, 10, 10), rectangle(20, 50, 20, 10)];
        const store = after(all, aligned(units(all, none), how, none));
        expect(all.map((one) => store.shapes.get(one.id)!.given.x ?? 0)).toEqual(xs);
    });

    it("spreads with the same space between", () => {
        const all = [rectangle(0, 0, 10, 10), rectangle(12, 0, 10, 10), rectangle(50, 0, 10, 10)];
        const store = after(all, aligned(units(all, none), "spread-across", none));
        expect(all.map((one) => store.shapes.get(one.id)!.given.x ?? 0)).toEqual([0, 25, 50]);
    });
});

describe("order and copies", () => {
    const all = ["a1", "a2", "a3"].map((index) => rectangle(0, 0, 1, 1, { index }));
    it.each([
        ["front", 0, [1, 2, 0]],
        ["back", 2, [2, 0, 1]],
        ["forward", 0, [1, 0, 2]],
        ["backward", 2, [0, 2, 1]],
    ] as const)("%s", (how, which, order) => {
        const ops = reordered(all, new Set([all[which]!.id]), how);
        expect(after(all, ops).order.map((one) => all.findIndex((other) => other.id === one.id))).toEqual(
            order,
        );
    });

    it("copies keep what binds and groups them, among themselves", () => {
        const box = rectangle(0, 0, 10, 10, { index: "a1" });
        const arrow = shape("arrow", {
            index: "a2",
            points: pointsOf([
                [0, 0],
                [50, 50],
            ]),
            end_binding: { shape: box.id, x: 512, y: 512 },
        });
        const store = after([box, arrow], grouped([box, arrow], "00000000000000ff", "a3", none));
        let next = 0;
        const both = duplicated(store.order, () => (next += 1).toString(16).padStart(16, "e"), "a3");
        const made = after(store.order, both);
        const copy = made.shapes.get(both[1]!.id)!;
        expect(copy.given.end_binding?.shape).toBe(both[0]!.id);
        expect(copy.given.parent).toBe(both[2]!.id);
        const alone = duplicated([arrow], () => "ee00000000000009", null)[0] as Op & { kind: "put" };
        expect(alone.given.end_binding).toBeUndefined();
    });

    it("groups are chosen, and taken apart, as one", () => {
        const [a, b] = [rectangle(0, 0, 1, 1, { index: "a1" }), rectangle(5, 0, 1, 1, { index: "a2" })];
        const store = after([a, b], grouped([a, b], "00000000000000ff", "a3", none));
        const find = (id: string): Shape | undefined => store.shapes.get(id);
        expect(withGroups([a.id], store.order, find).size).toBe(3);
        store.change(ungrouped([store.shapes.get(a.id)!], store.order, find), {
            author: 1,
            time: 2,
            sequence: 3,
        });
        expect(groupOf(store.shapes.get(b.id)!, find)).toBeNull();
        expect(store.shapes.size).toBe(2);
    });
});

describe("pointing", () => {
    const filled = rectangle(0, 0, 100, 100, { fill: "solid" });
    const hollow = rectangle(20, 20, 40, 40);
    it.each([
        ["on an edge", { x: 20, y: 40 }, hollow],
        ["within what is hollow, above what is filled", { x: 40, y: 40 }, filled],
        ["beside all", { x: 300, y: 0 }, null],
    ])("%s", (_, at, found) => expect(shapeAt([filled, hollow], at, 2, none)).toBe(found));

    it("finds what is hollow where nothing else is", () =>
        expect(shapeAt([hollow], { x: 40, y: 40 }, 2, none)).toBe(hollow));

    it("an arrow's bound end lies in the other shape, turned with it", () => {
        const box = rectangle(100, 100, 40, 20, { rotation: Math.PI / 2 });
        const arrow = shape("arrow", {
            points: pointsOf([
                [0, 0],
                [1, 1],
            ]),
            end_binding: { shape: box.id, x: 1024, y: 0 },
        });
        const end = arrowLine(arrow, () => box).at(-1)!;
        expect(end.x).toBeCloseTo(100);
        expect(end.y).toBeCloseTo(140);
        expect(arrowLine(arrow, none).at(-1)).toEqual({ x: 1, y: 1 });
    });
});

describe("the eraser that cuts", () => {
    const line = pointsOf([
        [0, 0],
        [100, 0],
    ]);
    it("leaves the two ends of a long straight line", () => {
        const left = wiped(line, { a: { x: 50, y: -20 }, b: { x: 50, y: 20 }, radius: 8 }, 4)!;
        expect(left.length).toBe(2);
        expect(left[0]!.xy[0]).toBe(0);
        expect(left[0]!.xy.at(-2)!).toBeGreaterThan(30);
        expect(left[0]!.xy.at(-2)!).toBeLessThan(50);
        expect(left[1]!.xy.at(-2)).toBe(100);
    });

    it("takes all, or nothing", () => {
        expect(wiped(line, { a: { x: -5, y: 0 }, b: { x: 105, y: 0 }, radius: 8 }, 4)).toEqual([]);
        expect(wiped(line, { a: { x: 50, y: 40 }, b: { x: 60, y: 40 }, radius: 8 }, 4)).toBeNull();
    });
});

describe("the camera", () => {
    const page = { width: 1440, height: 810 };
    const screen = { width: 720, height: 500 };
    it("fits a page into its middle", () => {
        const camera = fitting({ x: 0, y: 0, ...page }, screen);
        expect(camera.zoom).toBe(0.5);
        expect(toScreen(camera, { x: 0, y: 0 })).toEqual({ x: 0, y: 47.5 });
        expect(kept({ ...camera, x: 500 }, page, screen, false)).toEqual(camera);
    });

    it("zooms about a place that stays, within its ends", () => {
        const camera = fitting({ x: 0, y: 0, ...page }, screen);
        const at = { x: 100, y: 100 };
        const near = zoomedAt(camera, at, 2, page, screen);
        expect(toPage(near, at)).toEqual(toPage(camera, at));
        expect(zoomedAt(camera, at, 1e6, page, screen).zoom).toBe(0.5 * zoomMost);
        expect(zoomedAt(camera, at, 1e-6, page, screen).zoom).toBe(0.5 * zoomLeast);
    });

    it("brings what is outside into view, and moves no further than needed", () => {
        const camera = { x: 0, y: 0, zoom: 1 };
        expect(showing(camera, { x: 10, y: 10, width: 5, height: 5 }, screen)).toEqual(camera);
        expect(seenBy(showing(camera, { x: 1000, y: 10, width: 20, height: 5 }, screen), screen).x).toBe(300);
    });
});

describe("lines of text", () => {
    it.each([
        ["ab cd ef", 3, ["ab cd", "ef"]],
        ["abcdefgh", 3, ["abcde", "fgh"]],
        ["a\n\nb", 3, ["a", "", "b"]],
        ["ab cd", 0, ["ab cd"]],
        ["漢字漢字", 3, ["漢字漢", "字"]],
    ])("%s within %s", (text, width, lines) => expect(brokenLines(text, width)).toEqual(lines));

    it("are as their writer saw them, if he said so", () =>
        expect(linesOf(shape("text", { text: "a b", lines: "a\nb" }))).toEqual(["a", "b"]));
});
