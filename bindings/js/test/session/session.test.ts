import { describe, expect, it } from "vitest";
import { FakeStore, Visit } from "../support/visit.ts";
import { settle } from "../support/fake_clock.ts";
import { helloAnswer, welcome } from "../support/fake_server.ts";

describe("the door", () => {
    it("is reached by hello, and changes while we look", async () => {
        const visit = new Visit({ token: "t", clientName: "test 1" });
        expect(visit.client.state.value).toBe("idle");
        const connected = visit.client.connect();
        expect(visit.client.state.value).toBe("connecting");
        expect(visit.socket.url).toBe("wss://meet.example/signal/tuesday");
        expect(visit.socket.protocols).toBe("conf.1");
        await visit.socket.accept();
        expect(visit.socket.last("hello")).toEqual({
            type: "hello",
            id: 1,
            versions: [1],
            token: "t",
            client: "test 1",
            device: visit.local.kept.get("libconf.device"),
        });
        await visit.socket.answer("hello", { ...helloAnswer, you: { name: "Ada", role: "moderator" } });
        expect((await connected).you).toEqual({ name: "Ada", role: "moderator" });
        expect(visit.client.state.value).toBe("door");
        await visit.socket.say({ type: "door", people: 3 });
        expect(visit.client.door.value).toMatchObject({ people: 3, names: null, room: { title: "Tuesday" } });
    });

    it("is told of the same device at each visit, and of none where nothing can be kept", async () => {
        const local = new FakeStore();
        const saidAt = async (store: FakeStore | null): Promise<unknown> => {
            const visit = new Visit({ storage: { session: null, local: store } });
            await visit.atDoor();
            return visit.socket.last("hello")["device"];
        };
        const first = await saidAt(local);
        expect(first).toMatch(/^[a-z0-9]{24}$/);
        expect(await saidAt(local)).toBe(first);
        expect(await saidAt(null)).toBeUndefined();
        local.setItem("libconf.device", '{"not": "ours"}');
        expect(await saidAt(local)).toMatch(/^[a-z0-9]{24}$/);
    });

    it("rejects where nobody answers, and may be tried again", async () => {
        const visit = new Visit();
        const first = visit.client.connect();
        await Promise.all([
            expect(first).rejects.toMatchObject({ code: "unreachable" }),
            visit.socket.end(1006),
        ]);
        expect(visit.client.state.value).toBe("idle");
        await visit.atDoor();
        expect(visit.client.state.value).toBe("door");
    });

    it("gives a silent connection up after ten seconds", async () => {
        const visit = new Visit();
        const failed = expect(visit.client.connect()).rejects.toMatchObject({ code: "unreachable" });
        await visit.clock.advance(10_000);
        await failed;
        expect(visit.socket.closedWith).toBe(1000);
        expect(visit.clock.pending).toBe(0);
    });

    it("tells what the server refuses", async () => {
        const visit = new Visit();
        const failed = expect(visit.client.connect()).rejects.toMatchObject({ code: "expired_token" });
        await visit.socket.accept();
        await visit.socket.refuse("hello", "expired_token");
        await failed;
        expect(visit.client.state.value).toBe("idle");
        expect(visit.socket.closedWith).toBe(1000);
    });

    it("is reached again by itself, unless the time at it is over", async () => {
        const visit = await new Visit().atDoor();
        await visit.socket.end(1006);
        expect(visit.client.state.value).toBe("connecting");
        expect(visit.client.lost.value).toMatchObject({ why: "network" });
        await visit.clock.advance(1000);
        await visit.socket.accept();
        await visit.socket.answer("hello", helloAnswer);
        expect(visit.client.state.value).toBe("door");
        expect(visit.client.lost.value).toBeNull();
        await visit.socket.end(1008, "ten minutes");
        expect(visit.client.state.value).toBe("idle");
        expect(visit.clock.pending).toBe(0);
    });
});

describe("joining", () => {
    it("brings us in", async () => {
        const visit = await new Visit().atDoor();
        const joined = visit.client.join({ name: "Ada", locale: "fr" });
        await settle();
        expect(visit.client.state.value).toBe("joining");
        expect(visit.socket.last("join")).toMatchObject({
            name: "Ada",
            locale: "fr",
            microphone: false,
            camera: false,
        });
        await visit.socket.say({ ...welcome(), id: visit.socket.last("join").id });
        expect(await joined).toBe("in");
        expect(visit.client.state.value).toBe("in");
        expect(visit.client.self.value?.id).toBe("ada");
    });

    it("connects first where nobody has", async () => {
        const visit = new Visit();
        const joined = visit.client.join({ name: "Ada" });
        await settle();
        await visit.socket.accept();
        await visit.socket.answer("hello", helloAnswer);
        await visit.socket.say({ ...welcome(), id: visit.socket.last("join").id });
        expect(await joined).toBe("in");
    });

    it("stays at the door when it is refused", async () => {
        const visit = await new Visit().atDoor();
        const refused = expect(visit.client.join({ name: " " })).rejects.toMatchObject({
            code: "bad_message",
            field: "name",
        });
        await settle();
        await visit.socket.refuse("join", "bad_message", { field: "name" });
        await refused;
        expect(visit.client.state.value).toBe("door");
        const again = visit.client.join({ name: "Ada" });
        await settle();
        await visit.socket.say({ ...welcome(), id: visit.socket.last("join").id });
        expect(await again).toBe("in");
    });

    it("is said again where the connection was lost before the answer", async () => {
        const visit = await new Visit().atDoor();
        const joined = visit.client.join({ name: "Ada" });
        await settle();
        await visit.socket.end(1001, "restarting");
        expect(visit.client.state.value).toBe("joining");
        await visit.clock.advance(2000);
        await visit.socket.accept();
        await visit.socket.answer("hello", helloAnswer);
        await visit.socket.say({ ...welcome(), id: visit.socket.last("join").id });
        expect(await joined).toBe("in");
        expect(visit.server.sockets).toHaveLength(2);
    });

    it("may lead to the waiting room, and from there in", async () => {
        const visit = await new Visit().waiting();
        expect(visit.client.state.value).toBe("waiting");
        expect(visit.client.waitingMessage.value).toBe("Soon");
        await visit.socket.say({ type: "waiting.message", text: "Two minutes" });
        expect(visit.client.waitingMessage.value).toBe("Two minutes");
        expect(visit.client.room.value).toBeNull();
        await visit.socket.say(welcome());
        expect(visit.client.state.value).toBe("in");
        expect(visit.events("admitted")).toHaveLength(1);
    });

    it("may end in the waiting room", async () => {
        const visit = await new Visit().waiting();
        await visit.socket.end(4005, "refused");
        expect(visit.client.state.value).toBe("left");
        expect(visit.client.ended.value).toMatchObject({ reason: "refused", canRejoin: true });
    });

    it("is refused at the wrong time", async () => {
        const visit = await new Visit().inRoom();
        await expect(visit.client.join({ name: "Ada" })).rejects.toMatchObject({ code: "state" });
        await expect(visit.client.connect()).rejects.toMatchObject({ code: "state" });
        await expect(visit.client.resume()).rejects.toMatchObject({ code: "state" });
        await expect(new Visit().client.raiseHand()).rejects.toMatchObject({ code: "state" });
    });
});

describe("the end", () => {
    const table = [
        { code: 1000, reason: "left", canRejoin: true },
        { code: 1008, reason: "dismissed", canRejoin: true },
        { code: 4001, reason: "removed", canRejoin: true },
        { code: 4002, reason: "banned", canRejoin: false },
        { code: 4003, reason: "ended", canRejoin: false },
        { code: 4004, reason: "replaced", canRejoin: true },
        { code: 4005, reason: "refused", canRejoin: true },
    ];
    it.each(table)("by $code is $reason", async ({ code, reason, canRejoin }) => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(code, "said by the server");
        expect(visit.client.state.value).toBe("left");
        expect(visit.client.ended.value).toEqual({
            reason,
            canRejoin,
            code: null,
            message: "said by the server",
        });
        expect(visit.events("ended")).toHaveLength(1);
        expect(visit.events("taken-over")).toHaveLength(code === 4004 ? 1 : 0);
        expect(visit.session.kept.size).toBe(0);
        expect(visit.clock.pending).toBe(0);
    });

    it("comes by leaving, said once", async () => {
        const visit = await new Visit().inRoom();
        const left = visit.client.leave();
        await settle();
        await visit.socket.answer("leave");
        await left;
        await visit.socket.end(1000, "left");
        expect(visit.events("ended")).toEqual([{ reason: "left", canRejoin: true, code: null, message: "" }]);
    });

    it("comes two seconds after leaving even if the server is silent", async () => {
        const visit = await new Visit().inRoom();
        const left = visit.client.leave();
        await visit.clock.advance(2000);
        await left;
        expect(visit.client.state.value).toBe("left");
        expect(visit.client.ended.value?.reason).toBe("left");
        expect(visit.clock.pending).toBe(0);
    });

    it("by leaving also cancels the way back", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(1006);
        await visit.client.leave();
        await visit.clock.advance(60_000);
        expect(visit.server.sockets).toHaveLength(1);
        expect(visit.client.ended.value?.reason).toBe("left");
    });

    it("rejects what was not answered", async () => {
        const visit = await new Visit().inRoom();
        const raised = expect(visit.client.raiseHand()).rejects.toMatchObject({ code: "ended" });
        await visit.socket.end(4003, "ended");
        await raised;
    });

    it("is not the last word: one can join again", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(4001, "removed");
        await visit.inRoom();
        expect(visit.client.state.value).toBe("in");
        expect(visit.client.ended.value).toBeNull();
    });
});

describe("coming back", () => {
    it("resumes with the newest token, and the state stays", async () => {
        const visit = await new Visit().inRoom();
        const bo = visit.client.people.value[0];
        await visit.socket.end(1006);
        expect(visit.client.state.value).toBe("reconnecting");
        expect(visit.client.room.value?.title).toBe("Tuesday");
        expect(visit.client.people.value).toHaveLength(2);
        expect(visit.events("lost")).toEqual([{ why: "network" }]);
        await visit.resumed({ people: [{ ...bobby, name: "Bobby" }, ada] });
        expect(visit.socket.last("resume")).toMatchObject({ versions: [1], resume: "token-1" });
        expect(visit.client.state.value).toBe("in");
        expect(visit.client.people.value[0]).toBe(bo);
        expect(bo?.name.value).toBe("Bobby");
        expect(visit.events("reconnected")).toMatchObject([{ mediaKept: true }]);
        await visit.socket.end(1001);
        await visit.resumed({ resume: "token-3" });
        expect(visit.socket.last("resume")["resume"]).toBe("token-2");
    });

    it("waits up to 2, 4, 8 and 15 seconds, at random", async () => {
        const visit = await new Visit().inRoom();
        const waits: number[] = [];
        visit.chance = 1;
        for (let attempt = 0; attempt < 6; ++attempt) {
            await visit.socket.end(1006);
            const { nextAt, attempts } = visit.client.lost.value ?? {};
            expect(attempts).toBe(attempt);
            const wait = (nextAt ?? 0) - visit.clock.now();
            waits.push(wait);
            await visit.clock.advance(wait - 1);
            expect(visit.server.sockets).toHaveLength(attempt + 1);
            await visit.clock.advance(1);
            expect(visit.server.sockets).toHaveLength(attempt + 2);
        }
        expect(waits).toEqual([2000, 4000, 8000, 15_000, 15_000, 15_000]);
    });

    it("knows of a restart until it is over", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(1001, "restarting");
        expect(visit.client.lost.value?.why).toBe("restarting");
        await visit.clock.advance(2000);
        await visit.socket.end(1006);
        expect(visit.client.lost.value?.why).toBe("restarting");
        await visit.resumed();
        await visit.socket.end(1006);
        expect(visit.client.lost.value?.why).toBe("network");
    });

    it("can come at once", async () => {
        const visit = await new Visit().inRoom();
        visit.chance = 0;
        await visit.socket.end(1006);
        await visit.clock.advance(0);
        expect(visit.server.sockets).toHaveLength(2);
    });

    it("waits longer where a connection did not hold, and short again where it did", async () => {
        const visit = await new Visit().inRoom();
        visit.chance = 1;
        await visit.socket.end(1006);
        await visit.resumed();
        await visit.socket.end(1006);
        expect((visit.client.lost.value?.nextAt ?? 0) - visit.clock.now()).toBe(4000);
        await visit.resumed();
        await visit.clock.advance(3_000);
        await visit.socket.end(1006);
        expect((visit.client.lost.value?.nextAt ?? 0) - visit.clock.now()).toBe(2000);
    });

    it("does not wait where the network says that it is back, or the user", async () => {
        const visit = await new Visit().inRoom();
        visit.chance = 1;
        await visit.socket.end(1006);
        visit.network.dispatchEvent(new Event("online"));
        expect(visit.server.sockets).toHaveLength(2);
        await visit.socket.end(1006);
        visit.client.retryNow();
        expect(visit.server.sockets).toHaveLength(3);
        expect(visit.client.lost.value).toMatchObject({ attempts: 2, nextAt: null });
    });

    it("says again, in order, what was not answered, and what came meanwhile", async () => {
        const visit = await new Visit().inRoom();
        const raised = visit.client.raiseHand();
        await visit.socket.end(1006);
        const away = visit.client.setAway(true);
        const socket = await visit.resumed();
        expect(socket.frames.map((one) => one.type)).toEqual(["resume", "hand", "away"]);
        expect(new Set(socket.frames.map((one) => one.id)).size).toBe(3);
        await socket.answer("hand");
        await socket.answer("away");
        await Promise.all([raised, away]);
    });

    it("holds what is asked for in the waiting room until we are in", async () => {
        const visit = await new Visit().waiting();
        const raised = visit.client.raiseHand();
        await settle();
        expect(visit.socket.all("hand")).toHaveLength(0);
        await visit.socket.say(welcome());
        await visit.socket.answer("hand");
        await raised;
    });

    it("to the waiting room is to wait on", async () => {
        const visit = await new Visit().waiting();
        await visit.socket.end(1006);
        expect(visit.client.state.value).toBe("reconnecting");
        await visit.clock.advance(15_000);
        await visit.socket.accept();
        expect(visit.socket.last("resume")["resume"]).toBe("wait-1");
        const { id } = visit.socket.last("resume");
        await visit.socket.say({ type: "waiting", id, message: "Still", resume: "wait-2" });
        expect(visit.client.state.value).toBe("waiting");
        expect(visit.client.waitingMessage.value).toBe("Still");
    });

    it("joins anew, under the same name, where the place is gone", async () => {
        const visit = await new Visit().inRoom();
        const raised = visit.client.raiseHand();
        await visit.socket.end(1006);
        await visit.clock.advance(2000);
        await visit.socket.accept();
        await visit.socket.refuse("resume", "gone");
        await visit.socket.accept();
        await visit.socket.answer("hello", helloAnswer);
        expect(visit.socket.last("join")["name"]).toBe("Ada");
        await visit.socket.say({
            ...welcome({ you: "ada2", people: [{ ...ada, id: "ada2" }] }),
            id: visit.socket.last("join").id,
        });
        expect(visit.client.state.value).toBe("in");
        expect(visit.client.self.value?.id).toBe("ada2");
        await visit.socket.answer("hand");
        await raised;
    });

    it("ends where the server says so", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(1006);
        await visit.clock.advance(2000);
        await visit.socket.accept();
        await visit.socket.refuse("resume", "banned");
        expect(visit.client.ended.value).toMatchObject({
            reason: "banned",
            code: "banned",
            canRejoin: false,
        });
    });

    it("tries later where the server has no room now", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(1006);
        await visit.clock.advance(2000);
        await visit.socket.accept();
        await visit.socket.refuse("resume", "server_full", { retry_after: 30 });
        expect(visit.client.state.value).toBe("reconnecting");
        await visit.clock.advance(29_999);
        expect(visit.server.sockets).toHaveLength(2);
        await visit.clock.advance(1);
        expect(visit.server.sockets).toHaveLength(3);
    });

    it("begins when an answer is overdue and nothing else comes", async () => {
        const visit = await new Visit().inRoom();
        const raised = visit.client.raiseHand();
        await visit.clock.advance(10_000);
        expect(visit.client.state.value).toBe("reconnecting");
        const socket = await visit.resumed();
        await socket.answer("hand");
        await raised;
    });

    it("does not begin when only the answer is missing", async () => {
        const visit = await new Visit().inRoom();
        const raised = expect(visit.client.raiseHand()).rejects.toMatchObject({ code: "timeout" });
        await visit.clock.advance(9000);
        await visit.socket.say({ type: "speaker", id: "bo" });
        await visit.clock.advance(1000);
        await raised;
        expect(visit.client.state.value).toBe("in");
    });

    it("begins after thirty silent seconds and an unanswered question", async () => {
        const visit = await new Visit().inRoom();
        await visit.clock.advance(30_000);
        expect(visit.socket.all("ice")).toHaveLength(1);
        await visit.socket.answer("ice", { ice_servers: [] });
        await visit.clock.advance(5_000);
        expect(visit.client.state.value).toBe("in");
        await visit.clock.advance(30_000);
        expect(visit.client.state.value).toBe("reconnecting");
    });
});

describe("a reload", () => {
    it("comes back as the same person", async () => {
        const before = await new Visit().inRoom();
        before.client.dispose();
        const after = new Visit({ sessionStore: before.session });
        expect(after.client.savedSession()).toMatchObject({ name: "ADA" });
        const resumed = after.client.resume();
        await after.socket.accept();
        expect(after.socket.last("resume")["resume"]).toBe("token-1");
        await after.socket.say({ ...welcome({ resumed: true }), id: after.socket.last("resume").id });
        expect(await resumed).toBe("in");
        expect(after.events("reconnected")).toHaveLength(0);
    });

    it("keeps trying while the server is away", async () => {
        const before = await new Visit().inRoom();
        const after = new Visit({ sessionStore: before.session });
        const resumed = after.client.resume();
        await after.socket.end(1006);
        await after.resumed();
        expect(await resumed).toBe("in");
    });

    it("finds a place that is gone", async () => {
        const before = await new Visit().inRoom();
        const after = new Visit({ sessionStore: before.session });
        const resumed = expect(after.client.resume()).rejects.toMatchObject({ code: "gone" });
        await after.socket.accept();
        await after.socket.refuse("resume", "gone");
        await resumed;
        expect(after.client.state.value).toBe("idle");
        expect(after.client.savedSession()).toBeNull();
    });

    it("finds nothing after a day, after leaving, or where storage is broken", async () => {
        const before = await new Visit().inRoom();
        const later = new Visit({ sessionStore: before.session });
        await later.clock.advance(24 * 3600 * 1000);
        expect(later.client.savedSession()).toBeNull();
        await expect(later.client.resume()).rejects.toMatchObject({ code: "gone" });
        const store = new FakeStore();
        store.getItem = () => "{broken";
        expect(new Visit({ sessionStore: store }).client.savedSession()).toBeNull();
        store.getItem = () => {
            throw new Error("forbidden");
        };
        store.setItem = store.getItem;
        const visit = await new Visit({ sessionStore: store }).inRoom();
        expect(visit.client.state.value).toBe("in");
    });

    it("is not needed to take a session back from another tab", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(4004, "replaced");
        const back = visit.client.resume();
        await visit.socket.accept();
        expect(visit.socket.last("resume")["resume"]).toBe("token-1");
        await visit.socket.say({ ...welcome({ resumed: true }), id: visit.socket.last("resume").id });
        expect(await back).toBe("in");
    });
});

const bobby = {
    id: "bo",
    name: "BO",
    role: "viewer",
    joined: 2000,
    here: true,
    guest: true,
    microphone: false,
    camera: false,
    screen: false,
    screen_audio: false,
    away: false,
};
const ada = { ...bobby, id: "ada", name: "Ada", joined: 3000 };
