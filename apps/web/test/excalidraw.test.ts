import { describe, expect, it } from "vitest";
import { readExcalidraw } from "../src/board/excalidraw.ts";

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
        const found = readExcalidraw(JSON.stringify(file))!.pictures;
        expect([...found.keys()]).toEqual(["one"]);
        const one = found.get("one")!;
        expect([one.name, one.type]).toEqual(["one", "image/png"]);
        expect([...new Uint8Array(await one.arrayBuffer())].slice(0, 4)).toEqual([0x89, 0x50, 0x4e, 0x47]);
    });

    it("leave, and their images bear the ids of assets", () => {
        const made = JSON.parse(
            readExcalidraw(JSON.stringify(file))!.textWith(new Map([["one", "png-1"]])),
        ) as typeof file;
        expect(made.type).toBe("excalidraw");
        expect(made.files).toEqual({});
        expect(made.elements.map((one) => one?.fileId)).toEqual([
            ...["png-1", "png-1", null, null, null, null],
            undefined,
        ]);
        expect(made.elements.at(-1)).toEqual({ type: "rectangle", x: 3 });
    });

    it("are none where it is no such file", () => {
        for (const text of ["", "{", "null", "[]", '{"elements": 3}', '{"files": {}}']) {
            expect(readExcalidraw(text)).toBeNull();
        }
        for (const files of ["3", "null", "{}", '{"a": null}']) {
            const text = `{"elements": [{"type": "image", "fileId": "a"}], "files": ${files}}`;
            expect(readExcalidraw(text)!.pictures.size).toBe(0);
        }
    });
});
