// The board over a client's connection: opening, drawing, verdicts, and what happens when the connection is
// lost.

import { describe, expect, it } from "vitest";
import { Board, type Op } from "../../src/board/index.ts";
import { ByteReader, ByteWriter } from "../../src/board/bytes.ts";
import { inPieces } from "../../src/board/board.ts";
import { liveEveryMs } from "../../src/board/live.ts";
import { idBytes, writeProperties } from "../../src/board/properties.ts";
import { pointsOf } from "../../src/board/points.ts";
import { settle } from "../support/fake_clock.ts";
import { person } from "../support/fake_server.ts";
import { Visit } from "../support/visit.ts";

const at = { document: 1, page: 1 };
const id = "00000000000000a1";
const opened = {
    stage: { document: 1, page: 1 },
    rules: { mode: "everybody", writers: [], cursors: true },
    documents: [
        {
            number: 1,
            kind: "blank",
            title: "Pages",
            downloadable: false,
            state: "ready",
            pages: [{ number: 1, width: 1440, height: 810, locked: false, ready: true }],
        },
    ],
    authors: [],
    you: 2,
    last: 0,
    token: "t",
    limits: {},
};

async function open(answer: object = {}): Promise<{ visit: Visit; board: Board }> {
    const visit = await new Visit().inRoom();
    let chance = 0;
    const random = (bytes: Uint8Array): void => void bytes.fill((chance += 1));
    const board = new Board(visit.client, { clock: visit.clock, random });
    const opening = board.open();
    await settle();
    await visit.socket.answer("board.open", { ...opened, ...answer });
    await opening;
    const looking = board.look(at);
    await settle();
    await visit.socket.answer("board.look", { sequence: 0 });
    await looking;
    return { visit, board };
}

const rectangle: Op = { kind: "put", id, type: "rectangle", given: { index: "a1", width: 8 } };

function verdict(number: number, outcome: number, ...more: number[]): number[] {
    return [...new ByteWriter().byte(0x19).varint(number).varint(outcome).varint(9).done(), ...more];
}

/** Author 3 changes x of our rectangle. */
function foreign(x: number): number[] {
    const to = new ByteWriter().byte(0x11).varint(10).varint(3).varint(1000).varint(1).varint(1).varint(1);
    to.byte(2).put(idBytes(id));
    writeProperties(to, { x });
    return [...to.done()];
}

const numbers = (visit: Visit): number[] =>
    visit.socket.bytes
        .filter((one) => one[0] === 0x11)
        .map((one) => new ByteReader(one.subarray(1)).varint());

describe("a change", () => {
    it("is shown at once, and stays when the server commits it", async () => {
        const { visit, board } = await open();
        board.change([rectangle]);
        expect(board.shapes.shapes.get(id)?.given.width).toBe(8);
        expect(board.undecided.value).toBe(1);
        await visit.socket.frame(...verdict(numbers(visit)[0]!, 0));
        expect(board.undecided.value).toBe(0);
        expect(board.shapes.shapes.get(id)).toMatchObject({ author: 2, version: 9 });
    });

    it("is taken back when the server discards it", async () => {
        const { visit, board } = await open();
        const refused: string[] = [];
        board.on("refused", ({ reason }) => refused.push(reason));
        board.change([rectangle]);
        await visit.socket.frame(...verdict(numbers(visit)[0]!, 1, 3));
        expect(board.shapes.shapes.size).toBe(0);
        expect(refused).toEqual(["locked"]);
    });

    it("stays above what others do to other properties, and gives way where the server says so", async () => {
        const { visit, board } = await open();
        board.change([rectangle]);
        await visit.socket.frame(...verdict(numbers(visit)[0]!, 0));
        board.change([{ kind: "patch", id, patch: { y: 7 } }]);
        await visit.socket.frame(...foreign(5));
        expect(board.shapes.shapes.get(id)?.given).toMatchObject({ x: 5, y: 7 });
        const to = new ByteWriter().varint(1).byte(2).put(idBytes(id));
        writeProperties(to, { y: 6 });
        await visit.socket.frame(...verdict(numbers(visit)[1]!, 2, ...to.done()));
        expect(board.shapes.shapes.get(id)?.given).toMatchObject({ x: 5, y: 6 });
    });

    it("survives a lost connection: only what was not decided is said again, with its number", async () => {
        const { visit, board } = await open();
        board.change([rectangle]);
        board.change([{ kind: "patch", id, patch: { y: 7 } }]);
        const [first, second] = numbers(visit);
        await visit.socket.end(1006);
        board.change([{ kind: "patch", id, patch: { x: 1 } }]);
        expect(board.shapes.shapes.get(id)?.given).toMatchObject({ x: 1, y: 7 });
        await visit.resumed({ people: [person("ada"), person("bo")] });
        await settle();
        await visit.socket.answer("board.open", { ...opened, last: first });
        await settle();
        await visit.socket.answer("board.look", { sequence: 9 });
        await settle();
        const [again, later] = numbers(visit);
        expect(again).toBe(second);
        expect(later).toBeGreaterThan(second!);
    });

    it("of more than a message holds goes as several", () => {
        const text = "x".repeat(20_000);
        const ops = Array.from({ length: 5 }, (): Op => ({ kind: "put", id, type: "text", given: { text } }));
        expect(inPieces(ops).map((one) => one.length)).toEqual([2, 2, 1]);
        expect(inPieces(Array.from({ length: 1001 }, (): Op => ({ kind: "remove", id }))).length).toBe(2);
        expect(inPieces([])).toEqual([]);
    });
});

describe("a stroke of ours", () => {
    it("is told thirty times a second, and put in the end", async () => {
        const { visit, board } = await open();
        const stroke = board.beginStroke("pen", { colour: "#ff0000" }, false)!;
        for (let n = 0; n < 10; n += 1) {
            stroke.add(n * 3, n * n, 0.5);
            await visit.clock.advance(10);
        }
        stroke.end();
        const kinds = visit.socket.bytes.map((one) => one[0]);
        expect(kinds[0]).toBe(0x12);
        expect(kinds.at(-1)).toBe(0x11);
        const between = kinds.filter((one) => one === 0x13).length;
        expect(between).toBeGreaterThanOrEqual(2);
        expect(between).toBeLessThanOrEqual(Math.ceil(100 / liveEveryMs));
        // A hand costs two to three bytes a point.
        expect(visit.socket.bytes.at(-1)!.length).toBeLessThan(60);
        expect(board.shapes.shapes.get(stroke.id)?.type).toBe("pen");
    });

    it("ends when the right to draw ends", async () => {
        const { visit, board } = await open();
        const stroke = board.beginStroke("pen", {}, false)!;
        stroke.add(0, 0, 0.5);
        stroke.add(9, 9, 0.5);
        await visit.socket.say({ type: "board.rules", mode: "presenter", writers: [], cursors: true });
        expect(board.mayDraw.value).toBe(false);
        expect(board.shapes.shapes.get(stroke.id)?.given.points?.xy.length).toBe(4);
    });

    it("that is given up is nowhere", async () => {
        const { visit, board } = await open();
        const stroke = board.beginStroke("pen", {}, false)!;
        stroke.add(0, 0, 0.5);
        await visit.clock.advance(liveEveryMs);
        stroke.cancel();
        expect(visit.socket.bytes.at(-1)![0]).toBe(0x14);
        expect(board.shapes.shapes.size).toBe(0);
    });
});

describe("others", () => {
    it("are seen while they draw, and their shape takes the stroke's place", async () => {
        const { visit, board } = await open();
        const told: string[] = [];
        board.live.on((stroke, what) => told.push(`${what} ${stroke.points.xy.length}`));
        const begin = new ByteWriter()
            .byte(0x12)
            .varint(3)
            .varint(0)
            .varint(1)
            .varint(1)
            .put(idBytes(id))
            .varint(1);
        writeProperties(begin, {});
        begin.bytes(Uint8Array.of(2, 2, 2));
        await visit.socket.frame(...begin.done());
        await visit.socket.frame(0x13, 3, 0, 4, 4);
        const put = new ByteWriter()
            .byte(0x11)
            .varint(4)
            .varint(3)
            .varint(1000)
            .varint(1)
            .varint(1)
            .varint(1);
        put.byte(1).put(idBytes(id)).varint(1);
        writeProperties(put, { points: pointsOf([[0, 0]]) });
        await visit.socket.frame(...put.done());
        expect(told).toEqual(["begun 2", "grown 4", "gone 4"]);
        expect(board.shapes.shapes.get(id)?.author).toBe(3);
    });

    it("and who has not drawn before learns his number", async () => {
        const { visit, board } = await open({ you: 0 });
        await visit.socket.say({ type: "board.author", number: 7, id: "ada", name: "Ada" });
        expect(board.you.value).toBe(7);
    });
});

it("documents come, change and go", async () => {
    const { visit, board } = await open();
    const made = { ...opened.documents[0], number: 2, title: "Plan.pdf", state: "converting", pages: [] };
    await visit.socket.say({ type: "document.added", document: made, before: 1 });
    expect(board.documents.value.map((one) => one.number)).toEqual([2, 1]);
    await visit.socket.say({ type: "document.changed", number: 2, progress: { done: 1, of: 3 } });
    const page = { number: 5, width: 1440, height: 1080, locked: false, ready: true };
    await visit.socket.say({ type: "document.page", number: 2, page });
    expect(board.documents.value[0]).toMatchObject({ progress: { done: 1, of: 3 }, pages: [page] });
    await visit.socket.say({ type: "document.changed", number: 2, state: "ready" });
    expect(board.documents.value[0]?.progress).toBeUndefined();
    await visit.socket.say({ type: "document.moved", number: 2 });
    await visit.socket.say({ type: "document.removed", number: 1 });
    expect(board.documents.value.map((one) => one.number)).toEqual([2]);
});

it("what cannot be read ends nothing", async () => {
    const { visit, board } = await open();
    const errors: Error[] = [];
    board.on("error", (error) => errors.push(error));
    await visit.socket.frame(0x11, 1);
    await visit.socket.frame(0x7e, 1, 2);
    expect(errors.length).toBe(1);
    expect(board.state.value).toBe("open");
});
