import { describe, expect, it } from "vitest";
import { actionOf, actions, defaultKeys, isTyping, takenBy } from "../src/call/keys.ts";

const press = (key: string, more: object = {}) => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...more,
});

describe("shortcuts", () => {
    it("have a key each, and no key twice", () => {
        expect(new Set(Object.values(defaultKeys)).size).toBe(actions.length);
        for (const action of actions) expect(actionOf(press(defaultKeys[action]), {}, true)).toBe(action);
    });

    it("can be changed, and then the old key is free", () => {
        expect(actionOf(press("x"), { microphone: "x" }, true)).toBe("microphone");
        expect(actionOf(press("m"), { microphone: "x" }, true)).toBe(null);
        expect(takenBy("microphone", "v", {})).toBe("camera");
        expect(takenBy("microphone", "m", {})).toBe(null);
    });

    it("with single letters can be switched off; others stay", () => {
        expect(actionOf(press("m"), {}, false)).toBe(null);
        expect(actionOf(press("F2"), {}, false)).toBe("toolbar");
        expect(actionOf(press("d", { ctrlKey: true }), {}, false)).toBe("microphone");
        expect(actionOf(press("e", { metaKey: true }), {}, false)).toBe("camera");
    });

    it("leave the browser its own", () => {
        expect(actionOf(press("p", { ctrlKey: true }), {}, true)).toBe(null);
        expect(actionOf(press("m", { altKey: true }), {}, true)).toBe(null);
        expect(actionOf(press("m", { repeat: true }), {}, true)).toBe(null);
    });

    it("are letters where somebody types", () => {
        document.body.innerHTML =
            "<textarea></textarea><input type=text><input type=checkbox><button></button><dialog><button></button></dialog>";
        const [area, text, check, button, inDialog] = document.querySelectorAll("textarea, input, button");
        expect(isTyping(area!)).toBe(true);
        expect(isTyping(text!)).toBe(true);
        expect(isTyping(check!)).toBe(false);
        expect(isTyping(button!)).toBe(false);
        expect(isTyping(inDialog!)).toBe(true);
    });
});
