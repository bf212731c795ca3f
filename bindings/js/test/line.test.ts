// What parts of a meeting that are loaded later have of the client's connection.

import { expect, it } from "vitest";
import { RequestError } from "../src/index.ts";
import { Visit } from "./support/visit.ts";

function listen(visit: Visit): unknown[] {
    const heard: unknown[] = [];
    const { line } = visit.client;
    line.on("event", ({ type, body }) => heard.push([type, body["n"]]));
    line.on("frame", (bytes) => heard.push([...bytes]));
    line.on("welcome", () => heard.push("welcome"));
    line.on("lost", () => heard.push("lost"));
    return heard;
}

it("carries events and frames that the client does not know", async () => {
    const visit = new Visit();
    const heard = listen(visit);
    await visit.inRoom();
    await visit.socket.say({ type: "board.shapes", n: 7 });
    await visit.socket.frame(1, 2, 255);
    await visit.socket.say({ type: "speaker", id: "bo" });
    expect(heard).toEqual(["welcome", ["board.shapes", 7], [1, 2, 255]]);
    expect(visit.client.line.send(Uint8Array.of(3, 4))).toBe(true);
    expect(visit.socket.bytes).toEqual([Uint8Array.of(3, 4)]);
});

it("asks as the client does: again after a lost connection, but not what is said once", async () => {
    const visit = new Visit();
    const heard = listen(visit);
    await visit.inRoom();
    const asked = visit.client.line.ask("board.open", { page: 3 });
    const once = expect(visit.client.line.ask("board.look", {}, { once: true })).rejects.toThrow(
        RequestError,
    );
    await visit.socket.end(1006);
    await once;
    expect(visit.client.line.send(Uint8Array.of(1))).toBe(false);
    const socket = await visit.resumed();
    expect(socket.last("board.open")).toMatchObject({ page: 3 });
    expect(socket.all("board.look")).toEqual([]);
    await socket.answer("board.open", { sequence: 12 });
    expect(await asked).toMatchObject({ sequence: 12 });
    expect(heard).toEqual(["welcome", "lost", "welcome"]);
});
