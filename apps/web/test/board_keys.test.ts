import { describe, expect, it } from "vitest";
import { actions, defaultKeys } from "../src/call/keys.ts";
import { boardAction, listedKeys, toolKeys, type BoardPress } from "../src/board/keys.ts";
import { tools } from "../src/board/model.ts";
import en from "../src/i18n/en/board.json";

function press(key: string, more: Partial<BoardPress> = {}): BoardPress {
    return { key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more };
}

describe("keys of the board", () => {
    it.each([
        ["3", {}, { does: "tool", tool: "pen" }],
        ["I", { shiftKey: true }, { does: "tool", tool: "note" }],
        ["z", { ctrlKey: true }, { does: "undo" }],
        ["Z", { metaKey: true, shiftKey: true }, { does: "redo" }],
        ["y", { ctrlKey: true }, { does: "redo" }],
        ["g", { ctrlKey: true, shiftKey: true }, { does: "ungroup" }],
        ["ArrowLeft", {}, { does: "arrow", x: -1, y: 0, how: "move", isFine: false }],
        [
            "ArrowDown",
            { shiftKey: true, altKey: true },
            { does: "arrow", x: 0, y: 1, how: "grow", isFine: true },
        ],
        ["ArrowRight", { ctrlKey: true }, { does: "arrow", x: 1, y: 0, how: "turn", isFine: false }],
        ["PageDown", {}, { does: "next-page" }],
        ["v", { ctrlKey: true }, null],
        ["d", { ctrlKey: true }, null],
        ["d", { altKey: true }, null],
        ["m", {}, null],
    ] as const)("%s %o", (key, more, expected) => expect(boardAction(press(key, more))).toEqual(expected));

    it("take none of the call's", () => {
        for (const action of actions)
            expect(boardAction(press(defaultKeys[action]))?.does ?? "help").toBe("help");
    });

    it("are all in the list, and each has one tool", () => {
        expect(new Set(Object.values(toolKeys)).size).toBe(tools.length);
        for (const [, action] of listedKeys) expect(Object.keys(en)).toContain(`key-${action}`);
    });
});
