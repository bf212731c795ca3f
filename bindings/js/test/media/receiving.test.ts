import { describe, expect, it } from "vitest";
import { settle } from "../support/fake_clock.ts";
import { FakeConnection, offer, type FakeReceiver } from "../support/fake_media.ts";
import { Visit } from "../support/visit.ts";

const withMedia = { media: true, ice_servers: [] };
const bo = [
    { mid: "0", participant: "bo", source: "microphone" },
    { mid: "1", participant: "bo", source: "camera" },
];

/** The receiving connections; the publisher's has four sections before it has a description. */
function receivers(): FakeConnection[] {
    return FakeConnection.all.filter((one) => one.remoteDescription?.type === "offer");
}

async function offered(
    visit: Visit,
    number: number,
    session: number,
    tracks: object[] = bo,
): Promise<FakeConnection> {
    const sdp = offer(session, "audio", "video");
    await visit.socket.say({ type: "receive.offer", number, sdp, tracks });
    const last = receivers().at(-1);
    if (last === undefined) throw new Error("no receiver");
    return last;
}

function trackOf(connection: FakeConnection, mid: string): unknown {
    return (connection.transceivers.find((one) => one.mid === mid)?.receiver as FakeReceiver).track;
}

function keys(visit: Visit): string[] {
    return [...visit.client.media.tracks.value.keys()];
}

describe("the receiving transport", () => {
    it("comes with the first offer, and answers it", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        expect(visit.socket.last("receive.answer")).toMatchObject({ number: 1 });
        expect(String(visit.socket.last("receive.answer")["sdp"])).toContain("stereo=1");
        expect(keys(visit)).toEqual(["bo microphone", "bo camera"]);
        const camera = visit.client.media.track("bo", "camera");
        expect(camera.value).toBe(trackOf(connection, "1"));
        expect(visit.client.media.track("bo", "camera")).toBe(camera);
        connection.become("connected");
        expect(visit.client.media.transports.value.receive).toBe("connected");
    });

    it("takes offers in their order, on the same connection", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const sdp = offer(10, "audio", "video");
        void visit.socket.say({ type: "receive.offer", number: 1, sdp, tracks: [] });
        void visit.socket.say({
            type: "receive.offer",
            number: 2,
            sdp: offer(10, "audio", "video", "audio"),
            tracks: bo,
        });
        void visit.socket.say({
            type: "receive.tracks",
            tracks: [{ mid: "2", participant: "cy", source: "microphone" }],
        });
        await settle();
        await settle();
        expect(visit.socket.all("receive.answer").map((one) => one["number"])).toEqual([1, 2]);
        expect(receivers()).toHaveLength(1);
        expect(keys(visit)).toEqual(["cy microphone"]);
    });

    it("follows the assignment, and tells only changes", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        const before = visit.client.media.tracks.value;
        await visit.socket.say({ type: "receive.tracks", tracks: bo });
        expect(visit.client.media.tracks.value).toBe(before);
        await visit.socket.say({
            type: "receive.tracks",
            tracks: [{ mid: "1", participant: "cy", source: "screen" }],
        });
        expect(keys(visit)).toEqual(["cy screen"]);
        expect(visit.client.media.track("cy", "screen").value).toBe(trackOf(connection, "1"));
        expect(visit.client.media.track("bo", "camera").value).toBeNull();
    });

    it("stays over a resume, and its tracks with it", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        connection.become("connected");
        const before = visit.client.media.tracks.value;
        await visit.socket.end(1006);
        expect(visit.client.media.tracks.value).toBe(before);
        const socket = await visit.resumed({ ...withMedia, receive: true });
        expect(socket.last("resume")["receive"]).toBe(true);
        await socket.say({ type: "receive.tracks", tracks: bo });
        expect(visit.client.media.tracks.value).toBe(before);
        expect(connection.closed).toBe(false);
        // An offer that was open is repeated, and answered again.
        await offered(visit, 1, 10);
        expect(socket.last("receive.answer")["number"]).toBe(1);
        expect(receivers()).toEqual([connection]);
    });

    it("shows the last pictures until its successor has come about", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const first = await offered(visit, 1, 10);
        first.become("connected");
        const before = visit.client.media.tracks.value;
        await visit.socket.end(1001);
        await visit.resumed({ ...withMedia, receive: false });
        const second = await offered(visit, 1, 11);
        expect(second).not.toBe(first);
        expect(visit.client.media.tracks.value).toBe(before);
        expect(first.closed).toBe(false);
        second.become("connected");
        expect(first.closed).toBe(true);
        expect(visit.client.media.track("bo", "camera").value).toBe(trackOf(second, "1"));
    });

    it("does not show them for ever", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const first = await offered(visit, 1, 10);
        await visit.socket.say({ type: "receive.ended", why: "timeout" });
        await visit.clock.advance(9999);
        expect(keys(visit)).toHaveLength(2);
        await visit.clock.advance(1);
        expect(first.closed).toBe(true);
        expect(keys(visit)).toHaveLength(0);
    });

    it("is asked for where the server does not offer by itself", async () => {
        const visit = await new Visit().inRoom(withMedia);
        await offered(visit, 1, 10);
        await visit.socket.end(1001);
        const socket = await visit.resumed({ ...withMedia, receive: false });
        await visit.clock.advance(4999);
        expect(socket.all("receive.reset")).toHaveLength(0);
        await visit.clock.advance(1);
        expect(socket.all("receive.reset")).toHaveLength(1);
    });

    it("is asked for when it is gone, and an offer of the old one is not taken any more", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const first = await offered(visit, 1, 10);
        first.become("connected");
        await visit.client.media.reset();
        expect(visit.socket.all("receive.reset")).toHaveLength(1);
        const sdp = offer(10, "audio", "video", "video");
        await visit.socket.say({ type: "receive.offer", number: 2, sdp, tracks: [] });
        expect(visit.socket.all("receive.answer")).toHaveLength(1);
        const second = await offered(visit, 3, 11);
        expect(second).not.toBe(first);
        expect(visit.socket.last("receive.answer")["number"]).toBe(3);
    });

    it("asks for new paths after two seconds of silence", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        connection.become("connected");
        connection.become("disconnected");
        await visit.clock.advance(2000);
        expect(visit.socket.all("receive.restart")).toHaveLength(1);
        await offered(visit, 2, 10);
        expect(receivers()).toEqual([connection]);
    });

    it("asks again on a new line, when the old one may have swallowed it", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        connection.become("connected");
        connection.become("disconnected");
        await visit.clock.advance(2000);
        await visit.socket.end(1006);
        await visit.resumed({ ...withMedia, publish: true, receive: true });
        expect(visit.socket.all("receive.restart")).toHaveLength(1);
        expect(receivers()).toEqual([connection]);
    });

    it("is made anew where the browser refuses an offer", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        connection.refuseRemote = new Error("what is this?");
        await offered(visit, 2, 10);
        await visit.clock.advance(0);
        expect(visit.events("error")).toMatchObject([
            { where: "receive", error: { message: "what is this?" } },
        ]);
        expect(visit.socket.all("receive.reset")).toHaveLength(1);
        await offered(visit, 3, 11);
        expect(visit.socket.last("receive.answer")["number"]).toBe(3);
    });

    it("is made anew where the server refuses the answer, if that was the last", async () => {
        const visit = await new Visit().inRoom(withMedia);
        await offered(visit, 1, 10);
        const first = visit.socket.last("receive.answer").id;
        await offered(visit, 2, 10);
        await visit.socket.say({ type: "error", id: first, code: "bad_sdp", message: "too late" });
        await visit.clock.advance(0);
        expect(visit.socket.all("receive.reset")).toHaveLength(0);
        await visit.socket.refuse("receive.answer", "bad_sdp");
        await visit.clock.advance(0);
        expect(visit.socket.all("receive.reset")).toHaveLength(1);
    });

    it("measures loudness of whom a section carries", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        const receiver = connection.transceivers.find((one) => one.mid === "0")?.receiver as FakeReceiver;
        receiver.sources = [{ audioLevel: 0.5, rtpTimestamp: 1 }];
        const person = visit.client.people.value.find((one) => one.id === "bo");
        const seen: number[] = [];
        const stop = person?.level.subscribe((level) => seen.push(level));
        await visit.clock.advance(100);
        stop?.();
        expect(seen).toEqual([0, 0.5]);
    });

    it("counts for tiles", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = await offered(visit, 1, 10);
        connection.reports = [{ id: "I", type: "inbound-rtp", timestamp: 1, mid: "1", frameHeight: 720 }];
        await visit.clock.advance(2000);
        expect(visit.client.media.stats("bo", "camera").value?.height).toBe(720);
        expect(visit.client.media.stats("bo", "screen").value).toBeNull();
        await visit.socket.end(4003);
        expect(visit.client.media.stats("bo", "camera").value).toBeNull();
        expect(keys(visit)).toEqual([]);
        expect(visit.clock.pending).toBe(0);
    });
});

describe("wishes", () => {
    const wish = (participant: string, height = 180) => ({
        participant,
        source: "camera" as const,
        width: 320,
        height,
    });
    const said = (visit: Visit) =>
        visit.socket
            .all("view")
            .map((one) =>
                (one["videos"] as { participant: string; height: number }[])
                    .map((video) => `${video.participant} ${video.height}`)
                    .join(),
            );

    it("of one turn are one message, of 100 ms as well", async () => {
        const visit = await new Visit().inRoom(withMedia);
        visit.client.media.requestView([wish("bo")]);
        visit.client.media.requestView([wish("bo"), wish("cy")]);
        await visit.clock.advance(0);
        expect(said(visit)).toEqual(["bo 180,cy 180"]);
        visit.client.media.requestView([wish("bo", 360)]);
        await visit.clock.advance(50);
        visit.client.media.requestView([wish("bo", 720)]);
        await visit.clock.advance(49);
        expect(said(visit)).toHaveLength(1);
        await visit.clock.advance(1);
        expect(said(visit)).toEqual(["bo 180,cy 180", "bo 720"]);
    });

    it("that are the same are not said again", async () => {
        const visit = await new Visit().inRoom(withMedia);
        visit.client.media.requestView([wish("bo")]);
        await visit.clock.advance(100);
        visit.client.media.requestView([wish("cy")]);
        visit.client.media.requestView([wish("bo")]);
        await visit.clock.advance(1000);
        expect(said(visit)).toEqual(["bo 180"]);
        visit.client.media.requestView([]);
        await visit.clock.advance(100);
        expect(said(visit)).toEqual(["bo 180", ""]);
    });

    it("wait for the room, and are said again after a resume", async () => {
        const visit = new Visit();
        visit.client.media.requestView([wish("bo")]);
        await visit.inRoom(withMedia);
        await visit.clock.advance(0);
        expect(said(visit)).toEqual(["bo 180"]);
        await visit.socket.end(1006);
        visit.client.media.requestView([wish("bo", 360)]);
        await visit.clock.advance(500);
        await visit.resumed({ ...withMedia, publish: true, receive: true });
        await visit.clock.advance(100);
        expect(said(visit)).toEqual(["bo 360"]);
    });

    it("that came too fast are said later", async () => {
        const visit = await new Visit().inRoom(withMedia);
        visit.client.media.requestView([wish("bo")]);
        await visit.clock.advance(0);
        await visit.socket.refuse("view", "rate");
        await visit.clock.advance(1000);
        expect(said(visit)).toEqual(["bo 180", "bo 180"]);
        await visit.socket.refuse("view", "bad_message");
        expect(visit.events("error")).toMatchObject([{ where: "view" }]);
    });
});
