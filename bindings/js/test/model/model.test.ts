import { describe, expect, it } from "vitest";
import { permissionsOf } from "../../src/model/permissions.ts";
import { person, room, welcome } from "../support/fake_server.ts";
import { Visit } from "../support/visit.ts";

describe("people", () => {
    it("stand in the order in which they came", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.say({ type: "person.joined", person: person("eve", { joined: 2500 }) });
        await visit.socket.say({ type: "person.joined", person: person("dan", { joined: 2500 }) });
        expect(visit.client.people.value.map((one) => one.id)).toEqual(["bo", "dan", "eve", "ada"]);
        expect(visit.events("person-joined")).toHaveLength(2);
        expect(visit.client.people.value.filter((one) => one.isSelf).map((one) => one.id)).toEqual(["ada"]);
    });

    it("change inside, and the list stays", async () => {
        const visit = await new Visit().inRoom();
        const before = visit.client.people.value;
        const [bo] = before;
        await visit.socket.say({
            type: "person.changed",
            id: "bo",
            role: "presenter",
            hand: 77,
            screen_audio: true,
            here: false,
        });
        expect(visit.client.people.value).toBe(before);
        expect([bo?.role.value, bo?.hand.value, bo?.here.value]).toEqual(["presenter", 77, false]);
        expect(bo?.on("screen_audio").value).toBe(true);
        expect(bo?.on("microphone").value).toBe(false);
        await visit.socket.say({ type: "person.changed", id: "bo", hand: null });
        expect([bo?.hand.value, bo?.role.value]).toEqual([null, "presenter"]);
        await visit.socket.say({ type: "person.changed", id: "nobody", name: "X" });
        expect(visit.client.people.value).toBe(before);
    });

    it("leave with a reason", async () => {
        const visit = await new Visit().inRoom();
        const [bo] = visit.client.people.value;
        await visit.socket.say({ type: "speaker", id: "bo" });
        expect(visit.client.speaker.value).toBe(bo);
        await visit.socket.say({ type: "person.left", id: "bo", why: "removed" });
        await visit.socket.say({ type: "person.left", id: "bo", why: "removed" });
        expect(visit.events("person-left")).toEqual([{ person: bo, why: "removed" }]);
        expect(visit.client.speaker.value).toBeNull();
        expect(visit.client.people.value.map((one) => one.id)).toEqual(["ada"]);
    });

    it("are right after a resume, and whom we know is the same object", async () => {
        const visit = await new Visit().inRoom({
            people: [person("ada"), person("bo", { hand: 5 }), person("cy")],
        });
        const [ada, bo] = visit.client.people.value;
        await visit.socket.end(1006);
        await visit.resumed({ people: [person("ada"), person("bo"), person("dan")] });
        expect(visit.client.people.value.map((one) => one.id)).toEqual(["ada", "bo", "dan"]);
        expect(visit.client.people.value[0]).toBe(ada);
        expect(visit.client.people.value[1]).toBe(bo);
        expect(bo?.hand.value).toBeNull();
        expect(visit.client.self.value).toBe(ada);
    });

    it("are forgotten at the next door", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.end(4001);
        expect(visit.client.people.value).toHaveLength(2);
        await visit.atDoor();
        expect(visit.client.people.value).toHaveLength(0);
        expect(visit.client.room.value).toBeNull();
        expect(visit.client.self.value).toBeNull();
    });
});

describe("the room", () => {
    it("changes field by field", async () => {
        const visit = await new Visit().inRoom();
        await visit.socket.say({ type: "room.changed", title: "New", locks: { chat: true } });
        expect(visit.client.room.value).toEqual({
            ...room,
            title: "New",
            locks: { ...room.locks, chat: true },
        });
        expect(visit.client.may.value).toMatchObject({
            chat: false,
            microphone: true,
            screen: false,
            moderate: false,
        });
    });

    it("tells moderators who waits", async () => {
        const gil = { id: "gil", name: "Gil", since: 5 };
        const visit = await new Visit().inRoom({ waiting: [gil] });
        const hal = { id: "hal", name: "Hal", since: 6 };
        await visit.socket.say({ type: "waiting.joined", guest: hal });
        await visit.socket.say({ type: "waiting.joined", guest: hal });
        expect(visit.client.waiting.value).toEqual([gil, hal]);
        await visit.socket.say({ type: "waiting.left", id: "gil" });
        expect(visit.client.waiting.value).toEqual([hal]);
    });

    it("knows the server's time", async () => {
        const visit = await new Visit().inRoom();
        expect(visit.client.clockOffset.value).toBe(5_000_000 - visit.clock.now());
    });

    it("passes on what is no state", async () => {
        const visit = await new Visit().inRoom();
        const [bo] = visit.client.people.value;
        await visit.socket.say({ type: "reaction", id: "bo", emoji: "👍" });
        await visit.socket.say({ type: "reaction", id: "nobody", emoji: "👍" });
        await visit.socket.say({ type: "unmute.asked", by: "bo" });
        await visit.socket.say({ type: "muted", source: "camera" });
        await visit.socket.say({ type: "restarting" });
        await visit.socket.say({ type: "from.the.future" });
        await visit.socket.say({ type: "speaker" });
        expect(visit.heard.map(([type]) => type)).toEqual([
            "reaction",
            "unmute-asked",
            "muted",
            "restarting",
            "error",
        ]);
        expect(visit.events("reaction")).toEqual([{ person: bo, emoji: "👍" }]);
        expect(visit.events("muted")).toEqual([{ source: "camera", by: null }]);
    });
});

describe("what one may do", () => {
    const all = {
        microphone: true,
        camera: true,
        screen: true,
        chat: true,
        private_chat: true,
        people: true,
    };
    it.each([
        ["viewer", room.locks, { microphone: true, screen: false, chat: true, moderate: false }],
        ["viewer", all, { microphone: false, camera: false, screen: false, chat: false, privateChat: false }],
        ["presenter", all, { microphone: true, camera: true, screen: true, chat: true, moderate: false }],
        ["moderator", all, { screen: true, privateChat: true, moderate: true, rename: true }],
        [null, room.locks, { microphone: false, rename: false }],
        ["viewer", null, { microphone: false, rename: false }],
    ] as const)("%s with locks %o", (role, locks, expected) =>
        expect(permissionsOf(role, locks, false)).toMatchObject(expected),
    );

    it("renaming is not for those whom a token names", async () => {
        const visit = new Visit();
        await visit.atDoor({ you: { name: "Ada", role: "viewer" } });
        const joined = visit.client.join({ name: "Ada" });
        await visit.clock.advance(0);
        await visit.socket.say({ ...welcome(), id: visit.socket.last("join").id });
        await joined;
        expect(visit.client.may.value.rename).toBe(false);
    });
});
