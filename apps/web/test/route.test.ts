import { describe, expect, it } from "vitest";
import { isRoomName, newRoomName, notesPath, readEntered, routeOf } from "../src/app/route.ts";

const origin = "https://conf.example.org";

describe("addresses", () => {
    it("lead to the landing page or to a room", () => {
        expect(routeOf("/")).toEqual({ page: "landing" });
        expect(routeOf("/r/tuesday")).toEqual({ page: "room", room: "tuesday" });
        expect(routeOf("/r/a%20b")).toEqual({ page: "room", room: "a b" });
        expect(routeOf("/r/%zz")).toEqual({ page: "room", room: "%zz" });
        expect(routeOf("/r/a/b")).toEqual({ page: "landing" });
        expect(routeOf("/r/a/notes")).toEqual({ page: "landing" });
    });

    it("lead to notes in a window of their own", () => {
        const notes = { page: "notes", room: "tuesday", pad: "notes" };
        expect(routeOf("/r/tuesday/notes/notes")).toEqual(notes);
        expect(routeOf(notesPath("a b", "c"))).toEqual({ page: "notes", room: "a b", pad: "c" });
    });

    it("have the server's rules for names", () => {
        for (const good of ["a", "A-b_c.9", "x".repeat(64)]) expect(isRoomName(good)).toBe(true);
        for (const bad of ["", ".", "..", "é", "a b", "x".repeat(65)]) expect(isRoomName(bad)).toBe(false);
    });

    it("of new rooms have 80 random bits", () => {
        const names = new Set(Array.from({ length: 200 }, newRoomName));
        expect(names.size).toBe(200);
        for (const name of names) expect(name).toMatch(/^[a-z2-7]{16}$/);
    });
});

describe("what somebody types at the door", () => {
    it("is a name, a code or a link of this server", () => {
        expect(readEntered("  tuesday ", origin)).toEqual({ to: "/r/tuesday" });
        expect(readEntered("tuesday board", origin)).toEqual({ to: "/r/tuesday-board" });
        expect(readEntered("https://conf.example.org/r/tuesday", origin)).toEqual({ to: "/r/tuesday" });
        expect(readEntered("conf.example.org/r/tuesday", origin)).toEqual({ to: "/r/tuesday" });
        expect(readEntered("/r/tuesday", origin)).toEqual({ to: "/r/tuesday" });
        expect(readEntered("https://conf.example.org/r/t#token=rt1.x", origin)).toEqual({
            to: "/r/t#token=rt1.x",
        });
    });

    it("or a fault with a name", () => {
        expect(readEntered(" ", origin)).toEqual({ problem: "empty" });
        expect(readEntered("école", origin)).toEqual({ problem: "bad-name" });
        expect(readEntered("https://conf.example.org/status", origin)).toEqual({ problem: "bad-name" });
        expect(readEntered("https://example.com/r/x", origin)).toEqual({
            problem: "other-host",
            host: "example.com",
        });
    });
});
