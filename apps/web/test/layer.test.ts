import { beforeEach, describe, expect, it } from "vitest";
import {
    Board,
    get,
    pointsOf,
    type Op,
    type OwnStroke,
    type Shape,
    type ShapeType,
} from "@libconf/client/board";
import { InkLayer } from "../src/board/ink.ts";
import { ShapeLayer, svgElement } from "../src/board/layer.ts";
import { painted } from "../src/board/paint.ts";
import { BoardRoom } from "./support/board_room.ts";

const at = { document: 1, page: 1 };
const a = "00000000000000a1";
const b = "00000000000000b1";
const c = "00000000000000c1";
let room: BoardRoom;
let board: Board;
let root: SVGElement;
let layer: ShapeLayer;

const put = (id: string, index: string, more: object = {}): Op => ({
    kind: "put",
    id,
    type: "rectangle",
    given: { index, width: 10, height: 10, ...more },
});

beforeEach(async () => {
    room = new BoardRoom();
    room.addDocument({ number: 1 });
    board = new Board(room.join("Ana"));
    await board.open();
    await board.look(at);
    root = svgElement("svg");
    layer = new ShapeLayer(root, board.shapes, (asset) => `/assets/${asset}`);
});

const xs = (): (string | null)[] => [...root.children].map((one) => one.getAttribute("x"));

describe("the layer of shapes", () => {
    it("paints in order, wherever a shape comes in", () => {
        room.change(at, [put(b, "a2", { x: 2 }), put(a, "a1", { x: 1 }), put(c, "a3", { x: 3 })]);
        expect(xs()).toEqual(["1", "2", "3"]);
        room.change(at, [
            { kind: "patch", id: a, patch: { index: "a4" } },
            { kind: "patch", id: b, patch: { index: "a5" } },
        ]);
        expect(xs()).toEqual(["3", "1", "2"]);
    });

    it("touches only what changes", () => {
        room.change(at, [put(a, "a1"), put(b, "a2")]);
        const [first, second] = [...root.children];
        room.change(at, [{ kind: "patch", id: a, patch: { x: 5 } }]);
        expect(root.children[0]).not.toBe(first);
        expect(root.children[1]).toBe(second);
    });

    it("shows what is dragged before it is told, and arrows that are bound to it", () => {
        room.change(at, [
            put(a, "a1", { width: 100, height: 100 }),
            {
                kind: "put",
                id: b,
                type: "arrow",
                given: {
                    index: "a2",
                    points: pointsOf([
                        [500, 0],
                        [0, 0],
                    ]),
                    end_binding: { shape: a, x: 512, y: 512 },
                },
            },
        ]);
        const line = (): string | null => root.querySelector("path")!.getAttribute("d");
        expect(line()).toBe("M500 0L50 50");
        layer.preview(new Map([[a, { x: 40 }]]));
        expect(root.children[0]!.getAttribute("transform")).toBe("translate(40 0)");
        expect(line()).toBe("M500 0L90 50");
        layer.preview(new Map());
        expect(root.querySelectorAll("[transform]").length).toBe(0);
        expect(line()).toBe("M500 0L50 50");
    });

    it("ends with the page", () => {
        room.change(at, [put(a, "a1")]);
        layer.dispose();
        room.change(at, [put(b, "a2")]);
        expect(root.children.length).toBe(0);
    });
});

it("what is not turned has its place in its coordinates, and no transform that every frame would pay for", () => {
    const given = { index: "a1", x: 100, y: 50.5, width: 20, height: 10 };
    const points = pointsOf([
        [0, 0],
        [-3, 4.25],
    ]);
    const shown = (type: ShapeType, more: object = {}): Element => {
        const id = (0xf00 + root.children.length).toString(16).padStart(16, "0");
        room.change(at, [
            { kind: "put", id, type, given: { ...given, index: `b${root.children.length}1`, ...more } },
        ]);
        const element = root.lastElementChild!;
        if (get({ given: more } as Shape, "rotation") === 0)
            expect(root.querySelectorAll("[transform]").length).toBe(0);
        return element;
    };
    expect(shown("line", { points }).getAttribute("d")).toBe("M100 50.5L97 54.75");
    expect(shown("ellipse").getAttribute("cx")).toBe("110");
    expect(shown("ellipse").getAttribute("cy")).toBe("55.5");
    expect(shown("polygon", { figure: "diamond" }).getAttribute("d")).toBe(
        "M110 50.5L120 55.5L110 60.5L100 55.5Z",
    );
    const tspan = shown("text", { text: "A", font_size: 20 }).querySelector("tspan")!;
    expect([tspan.getAttribute("x"), tspan.getAttribute("y")]).toEqual(["100", "70.5"]);
    const turned = shown("rectangle", { rotation: Math.PI / 2 });
    expect(turned.getAttribute("transform")).toBe("translate(100 50.5)rotate(90)");
    expect(turned.getAttribute("x")).toBeNull();
});

it("a stroke that is drawn grows in a frame of what is seen", () => {
    const ink = new InkLayer(root, board, () => ({ x: 10, y: 20, width: 300, height: 200 }));
    const stroke = { type: "pen", given: { x: 4, y: 5 }, points: pointsOf([[0, 0]]) } as unknown as OwnStroke;
    ink.begin(stroke);
    const frame = root.querySelector("g > rect")!;
    expect(["x", "y", "width", "height", "fill"].map((name) => frame.getAttribute(name))).toEqual([
        "6",
        "15",
        "300",
        "200",
        "transparent",
    ]);
    expect(frame.nextElementSibling!.tagName).toBe("path");
    ink.end(stroke);
    expect(root.children.length).toBe(0);
    ink.dispose();
});

it("texts are texts, whatever stands in them", () => {
    const text = "<img src=x onerror=alert(1)>";
    room.change(at, [{ kind: "put", id: a, type: "text", given: { index: "a1", text } }]);
    expect(root.querySelector("img")).toBeNull();
    expect(root.querySelector("tspan")!.textContent).toBe(text);
});

it("pictures come from the room's own store alone", () => {
    const shape = { type: "image", given: { asset: "x1", width: 4, height: 4 } } as Parameters<
        typeof painted
    >[0];
    const [image] = painted(
        shape,
        () => undefined,
        (asset) => `/assets/${asset}`,
    );
    expect(image!.attributes["href"]).toBe("/assets/x1");
});
