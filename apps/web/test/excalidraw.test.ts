import { describe, expect, it } from "vitest";
import { picturesIn, withAssets } from "../src/board/excalidraw.ts";

const bytes = "iVBORw0KGgo=";
const file = {
    type: "excalidraw",
    elements: [
        { type: "image", fileId: "one" },
        { type: "image", fileId: "one" },
        { type: "image", fileId: "script" },
        { type: "image", fileId: "gone", isDeleted: true },
        { type: "image", fileId: "nowhere" },
        { type: "image", fileId: "broken" },
        { type: "rectangle", x: 3 },
        null,
    ],
    files: {
        one: { mimeType: "image/png", dataURL: `data:image/png;base64,${bytes}` },
        script: { dataURL: `data:image/svg+xml;base64,${bytes}` },
        gone: { dataURL: `data:image/png;base64,${bytes}` },
        unused: { dataURL: `data:image/png;base64,${bytes}` },
        broken: { dataURL: "data:image/png;base64,%" },
    },
};

describe("pictures in a file of Excalidraw", () => {
    it("are those that its images show, and that a room takes", async () => {
        const found = picturesIn(JSON.stringify(file));
        expect([...found.keys()]).toEqual(["one"]);
        const one = found.get("one")!;
        expect([one.name, one.type]).toEqual(["one", "image/png"]);
        expect([...new Uint8Array(await one.arrayBuffer())].slice(0, 4)).toEqual([0x89, 0x50, 0x4e, 0x47]);
    });

    it("leave, and their images bear the ids of assets", () => {
        const made = JSON.parse(withAssets(JSON.stringify(file), new Map([["one", "png-1"]]))) as typeof file;
        expect(made.type).toBe("excalidraw");
        expect(made.files).toEqual({});
        expect(made.elements.map((one) => one?.fileId)).toEqual([
            ...["png-1", "png-1", null, null, null, null],
            undefined,
        ]);
        expect(made.elements.at(-1)).toEqual({ type: "rectangle", x: 3 });
    });

    it("are none where it is no such file, which goes on as it is", () => {
        for (const text of ["", "{", "null", "[]", '{"elements": 3}', '{"files": {}}']) {
            expect(picturesIn(text).size).toBe(0);
            expect(withAssets(text, new Map())).toBe(text);
        }
        expect(picturesIn('{"elements": [{"type": "image", "fileId": "a"}], "files": 3}').size).toBe(0);
    });
});
