import { describe, expect, it } from "vitest";
import { apiAddress, exportAddress, socketAddress } from "../../src/pad/addresses.ts";
import { PadApi } from "../../src/pad/api.ts";
import { hueColors, hueFrom } from "../../src/pad/hues.ts";
import { peopleOf } from "../../src/pad/session.ts";

const at = { base: "https://conf.example.org/meet", room: "tuesday" };

describe("addresses", () => {
    it("are below the server's own, which may be a folder", () => {
        expect(socketAddress(at)).toBe("wss://conf.example.org/meet/pad/tuesday");
        expect(socketAddress({ base: "http://localhost:8080", room: "a" })).toBe("ws://localhost:8080/pad/a");
        expect(apiAddress(at, "notes", "history")).toBe(
            "https://conf.example.org/meet/api/v1/rooms/tuesday/pads/notes/history",
        );
    });

    it("of exports have format and token", () => {
        expect(exportAddress(at, "notes", "md", "a&b")).toBe(
            "https://conf.example.org/meet/api/v1/rooms/tuesday/pads/notes/export?format=md&token=a%26b",
        );
        expect(exportAddress(at, "notes", "pdf", null)).toMatch(/export\?format=pdf$/);
    });

    it.each(["", ".", "..", "a/b", "a b", "é", "x".repeat(65)])("are refused for the name %j", (name) => {
        expect(() => socketAddress({ ...at, room: name })).toThrow(TypeError);
        expect(() => exportAddress(at, name, "txt", null)).toThrow(TypeError);
    });
});

/** A server that gives this answer, and what it was asked. */
function server(answer: unknown, status = 200): { api: PadApi; asked: { url: string; init: RequestInit }[] } {
    const asked: { url: string; init: RequestInit }[] = [];
    const api = new PadApi({
        ...at,
        access: async () => "secret",
        fetch: (async (url: string, init: RequestInit) => {
            asked.push({ url, init });
            const body = answer instanceof Uint8Array ? answer : JSON.stringify(answer);
            return new Response(body as BodyInit, { status });
        }) as typeof fetch,
    });
    return { api, asked };
}

const pad = { name: "notes", title: "Notes", changed: 5, people: 2, writable: true };

describe("the routes", () => {
    it("list, make and rename pads", async () => {
        const { api, asked } = server({ pads: [pad] });
        expect(await api.list()).toEqual([pad]);
        expect(asked[0]?.url).toBe("https://conf.example.org/meet/api/v1/rooms/tuesday/pads");
        expect(new Headers(asked[0]?.init.headers).get("Authorization")).toBe("Bearer secret");
        const other = server(pad);
        expect(await other.api.create("Notes")).toEqual(pad);
        expect(await other.api.rename("notes", "Agenda")).toEqual(pad);
        expect(other.asked.map(({ init }) => [init.method, init.body])).toEqual([
            ["POST", '{"title":"Notes"}'],
            ["PATCH", '{"title":"Agenda"}'],
        ]);
    });

    it("tell of authors and versions", async () => {
        const authors = [{ id: "a", name: "Ana", hue: 3, clients: [1, 2] }];
        expect(await server({ authors }).api.authors("notes")).toEqual(authors);
        const versions = [{ version: 2, at: 9, authors: ["a"] }];
        const { api, asked } = server({ versions, more: true });
        expect(await api.history("notes", 7)).toEqual({ versions, more: true });
        expect(asked[0]?.url).toMatch(/pads\/notes\/history\?before=7$/);
        const file = await server(new Uint8Array([65])).api.exportFile("notes", "md");
        expect(await file.text()).toBe("A");
        expect(await server(new Uint8Array([0, 0])).api.version("notes", 2)).toEqual(new Uint8Array([0, 0]));
    });

    it.each([
        [{}],
        [{ pads: "x" }],
        [{ pads: [{ name: "../x", title: "t" }] }],
        [{ pads: [{ name: "x" }] }],
        [null],
    ])("refuse the answer %j, which has not its shape", async (answer) => {
        await expect(server(answer).api.list()).rejects.toMatchObject({ code: "refused" });
    });

    it.each([
        [401, "bad_token"],
        [403, "forbidden"],
        [404, "unknown_room"],
        [429, "rate"],
        [500, "refused"],
    ])("say what the status %i means", async (status, code) => {
        const { api } = server({ error: { code: "x", message: "a sentence" } }, status);
        await expect(api.list()).rejects.toMatchObject({ code, message: "a sentence" });
    });

    it("take pictures, whose paths stand in the text without a token", async () => {
        const { api, asked } = server({ asset: "png-1" });
        const path = await api.putImage(new Blob(["x"], { type: "image/png" }));
        expect(path).toBe("/api/v1/rooms/tuesday/assets/png-1");
        expect(asked[0]?.url).toMatch(/rooms\/tuesday\/assets$/);
        const address = (token: string | null): Promise<string> =>
            new PadApi({ ...at, access: async () => token }).imageAddress(path);
        const url = `https://conf.example.org/meet${path}`;
        expect(await address(null)).toBe(url);
        expect(await address("a&b")).toBe(`${url}?token=a%26b`);
        await expect(server({ asset: "../x" }).api.putImage(new Blob())).rejects.toMatchObject({
            code: "refused",
        });
    });

    it("make slides", async () => {
        const { api, asked } = server({ document: 3 });
        expect(await api.slides("notes")).toBe(3);
        expect(asked[0]?.url).toMatch(/pads\/notes\/slides$/);
        await expect(server({ document: "3" }).api.slides("notes")).rejects.toMatchObject({
            code: "refused",
        });
    });

    it("are asked once more with a fresh token when the last is not good any more", async () => {
        const sent: (string | null)[] = [];
        const api = new PadApi({
            ...at,
            access: async (fresh) => (fresh ? "new" : "old"),
            fetch: (async (_: string, init: RequestInit) => {
                sent.push(new Headers(init.headers).get("Authorization"));
                const good = sent.length === 2;
                return new Response(JSON.stringify({ pads: [] }), { status: good ? 200 : 401 });
            }) as typeof fetch,
        });
        expect(await api.list()).toEqual([]);
        expect(sent).toEqual(["Bearer old", "Bearer new"]);
    });

    it("reject as unreachable where there is no server", async () => {
        const gone = new PadApi({ ...at, fetch: (() => Promise.reject(new Error("gone"))) as typeof fetch });
        await expect(gone.list()).rejects.toMatchObject({ code: "unreachable" });
    });
});

describe("people in a pad", () => {
    it("come from states that may hold anything", () => {
        const states = new Map<number, { [field: string]: unknown }>([
            [3, { user: { name: "Bo", hue: 4 } }],
            [1, { user: { name: "Ana", hue: 1 } }],
            [2, { user: { name: 7, hue: "x" } }],
            [4, { user: null }],
            [5, {}],
            [6, { user: { name: "x".repeat(300), hue: 12 } }],
        ]);
        const people = peopleOf(states, 3);
        expect(people[0]).toEqual({ client: 3, name: "Bo", hue: 4, isSelf: true });
        expect(people.find((one) => one.client === 1)).toMatchObject({ name: "Ana", hue: 1 });
        for (const one of people) {
            expect(one.name.length).toBeLessThanOrEqual(256);
            expect(one.hue).toBeGreaterThanOrEqual(0);
            expect(one.hue).toBeLessThan(hueColors.length);
        }
    });

    it("have one of twelve hues, the same each time", () => {
        expect(hueColors.length).toBe(12);
        for (const hue of [0, 11]) expect(hueFrom(hue, "a")).toBe(hue);
        for (const hue of [-1, 12, 1.5, "3", null]) expect(hueFrom(hue, "a")).toBe(hueFrom(undefined, "a"));
    });
});
