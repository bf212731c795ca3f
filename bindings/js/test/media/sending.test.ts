import { describe, expect, it } from "vitest";
import { settle } from "../support/fake_clock.ts";
import { person } from "../support/fake_server.ts";
import { FakeConnection, section, track } from "../support/fake_media.ts";
import { Visit } from "../support/visit.ts";

const answerSdp = `o=- 1 1 IN IP4 0.0.0.0\r\n${["audio", "video", "video", "audio"]
    .map((kind, i) => section(kind as "audio", String(i)))
    .join("")}`;

const withMedia = { media: true, ice_servers: [{ urls: ["turn:a"], username: "u", credential: "c" }] };

async function published(visit: Visit, changes: object = {}): Promise<FakeConnection> {
    await visit.inRoom({ ...withMedia, ...changes });
    await visit.socket.answer("publish", { sdp: answerSdp });
    FakeConnection.last.become("connected");
    return FakeConnection.last;
}

/** What the room was told, without the offers. */
function told(visit: Visit): unknown[] {
    return visit.server.sockets.flatMap((socket) =>
        socket.all("media").map((one) => `${String(one["source"])} ${one["on"] === true ? "on" : "off"}`),
    );
}

describe("the sending transport", () => {
    it("has four sections from the start, and says what each is for", async () => {
        const visit = await new Visit().inRoom(withMedia);
        const connection = FakeConnection.last;
        expect(connection.config.iceServers).toEqual(withMedia.ice_servers);
        expect(visit.socket.last("publish")["sources"]).toEqual({
            "0": "microphone",
            "1": "camera",
            "2": "screen",
            "3": "screen_audio",
        });
        expect(connection.transceivers.map((one) => one.kind)).toEqual(["audio", "video", "video", "audio"]);
        expect(connection.sender("1").parameters.encodings.map((one) => one.rid)).toEqual(["q", "h", "f"]);
        expect(connection.sender("2").parameters.encodings.map((one) => one.rid)).toEqual(["h", "f"]);
        expect(visit.client.media.transports.value.publish).toBe("connecting");
        await visit.socket.answer("publish", { sdp: answerSdp });
        connection.become("connected");
        expect(visit.client.media.transports.value.publish).toBe("connected");
    });

    it("is not made where there are no media", async () => {
        const visit = await new Visit().inRoom({ media: false });
        expect(FakeConnection.all).toHaveLength(0);
        void visit.client.media.setMicrophone(track("audio"));
        await settle();
        expect(FakeConnection.all).toHaveLength(0);
        const bot = await new Visit({ RTCPeerConnection: null }).inRoom(withMedia);
        expect(FakeConnection.all).toHaveLength(0);
        expect(bot.client.media.transports.value).toEqual({ publish: "none", receive: "none", path: null });
    });

    it("attaches sound first, and pictures when the way is agreed", async () => {
        const visit = new Visit();
        const microphone = track("audio");
        const camera = track("video", { width: 640, height: 360 });
        await visit.client.media.setMicrophone(microphone);
        await visit.client.media.setCamera(camera);
        await visit.inRoom({
            ...withMedia,
            people: [person("ada", { microphone: true, camera: true }), person("bo")],
        });
        expect(visit.socket.last("join")).toMatchObject({ microphone: true, camera: true });
        const connection = FakeConnection.last;
        expect(connection.sender("0").track).toBe(microphone);
        expect(connection.sender("1").track).toBeNull();
        await visit.socket.answer("publish", { sdp: answerSdp });
        expect(connection.sender("1").track).toBe(camera);
        expect(connection.sender("1").parameters.encodings).toMatchObject([
            { scaleResolutionDownBy: 2, active: true },
            { scaleResolutionDownBy: 1, active: true },
            { active: false },
        ]);
        expect(connection.sender("1").parameters).toMatchObject({
            degradationPreference: "maintain-framerate",
        });
        expect(told(visit)).toEqual([]);
    });

    it("tells the browser what speech and music want", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        const fmtp = () =>
            [...(connection.remoteDescription?.sdp ?? "").matchAll(/a=fmtp:111 (.*)\r/g)].map(
                ([, line]) => line,
            );
        expect(fmtp()[0]).toContain("usedtx=1");
        expect(fmtp()[0]).toContain("stereo=0");
        expect(fmtp()[1]).toContain("stereo=1");
        void visit.client.media.setMicrophone(track("audio"), { music: true });
        await settle();
        await settle();
        expect(visit.socket.all("publish")).toHaveLength(2);
        expect(connection.restarts).toBe(0);
        await visit.socket.answer("publish", { sdp: answerSdp });
        expect(fmtp()[0]).toBe("minptime=10;useinbandfec=1;stereo=1;maxaveragebitrate=128000;usedtx=0");
        expect(connection.sender("0").parameters.encodings).toMatchObject([{ maxBitrate: 128_000 }]);
    });

    it("offers RED and VP8 first, where the browser has them", async () => {
        const capabilities = (kind: "audio" | "video") => ({
            codecs: (kind === "audio" ? ["audio/opus", "audio/red"] : ["video/H264", "video/VP8"]).map(
                (mimeType) => ({
                    mimeType,
                    clockRate: 1,
                }),
            ),
            headerExtensions: [],
        });
        await new Visit({ capabilities }).inRoom(withMedia);
        const { transceivers } = FakeConnection.last;
        expect(transceivers[0]?.codecs.map((one) => one.mimeType)).toEqual(["audio/red", "audio/opus"]);
        expect(transceivers[1]?.codecs.map((one) => one.mimeType)).toEqual(["video/VP8", "video/H264"]);
    });

    it("is made anew when the server says that it is gone", async () => {
        const visit = new Visit();
        const first = await published(visit);
        const microphone = track("audio");
        void visit.client.media.setMicrophone(microphone);
        await visit.socket.say({ type: "publish.ended", why: "timeout" });
        await visit.clock.advance(0);
        expect(first.closed).toBe(true);
        expect(FakeConnection.last).not.toBe(first);
        expect(FakeConnection.last.sender("0").track).toBe(microphone);
        expect(visit.socket.all("publish")).toHaveLength(2);
    });

    it("is restarted after two seconds of silence, on the same connection", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        connection.become("disconnected");
        expect(visit.client.media.quality.value).toEqual({ state: "lost", reason: "path" });
        await visit.clock.advance(2000);
        expect(connection.restarts).toBe(1);
        expect(visit.socket.all("publish")).toHaveLength(2);
        await visit.socket.answer("publish", { sdp: answerSdp });
        connection.become("connected");
        expect(visit.client.media.quality.value.state).toBe("good");
    });

    it("gets new credentials for the relays first, unless they are new", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        await visit.clock.advance(20_000);
        connection.become("disconnected");
        await settle();
        await visit.socket.answer("ice", { ice_servers: [{ urls: ["turn:b"] }] });
        await visit.clock.advance(2000);
        // The first one asked whether the line lives.
        expect(visit.socket.all("ice")).toHaveLength(2);
        expect(connection.restarts).toBe(0);
        await visit.socket.answer("ice", { ice_servers: [{ urls: ["turn:c"] }] });
        expect(connection.config.iceServers).toEqual([{ urls: ["turn:c"] }]);
        expect(connection.restarts).toBe(1);
        await visit.socket.answer("publish", { sdp: answerSdp });
        connection.become("connected");
        connection.become("disconnected");
        await visit.clock.advance(2000);
        expect(connection.restarts).toBe(2);
    });

    it("is restarted with the old credentials where no others can be had", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        await visit.clock.advance(20_000);
        connection.become("disconnected");
        await visit.clock.advance(2000);
        await visit.socket.refuse("ice", "rate");
        expect(connection.restarts).toBe(1);
    });

    it("is restarted over a new line where the old one is silent, too", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        connection.become("disconnected");
        await settle();
        expect(visit.socket.all("ice")).toHaveLength(1);
        await visit.clock.advance(5000);
        expect(visit.client.state.value).toBe("reconnecting");
    });

    it("is restarted when the network changes, and the line is asked whether it lives", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        visit.network.dispatchEvent(new Event("online"));
        await settle();
        expect(connection.restarts).toBe(1);
        expect(visit.socket.all("ice")).toHaveLength(1);
        await visit.clock.advance(5000);
        expect(visit.client.state.value).toBe("reconnecting");
    });

    it("gives up where the server cannot use the offer, and tries again where it was only busy", async () => {
        const visit = await new Visit().inRoom(withMedia);
        await visit.socket.refuse("publish", "rate");
        await visit.clock.advance(2000);
        expect(visit.socket.all("publish")).toHaveLength(2);
        await visit.socket.refuse("publish", "bad_sdp");
        await visit.clock.advance(60_000);
        expect(visit.socket.all("publish")).toHaveLength(2);
        expect(visit.events("error")).toMatchObject([
            { where: "publish", error: { code: "rate" } },
            { where: "publish", error: { code: "bad_sdp" } },
        ]);
        expect(visit.client.media.transports.value.publish).toBe("none");
    });

    it("gets fresh credentials", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        await visit.socket.say({ type: "ice", ice_servers: [{ urls: ["turn:b"] }] });
        expect(connection.config.iceServers).toEqual([{ urls: ["turn:b"] }]);
    });

    it("ends with the visit; the tracks do not", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        const microphone = track("audio");
        void visit.client.media.setMicrophone(microphone);
        await visit.socket.end(4003);
        expect(connection.closed).toBe(true);
        expect(microphone.stopped).toBe(false);
        expect(visit.client.media.own.value.microphone.track).toBe(microphone);
        expect(visit.clock.pending).toBe(0);
    });
});

describe("a resume", () => {
    it("keeps a transport that the server still has", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        await visit.socket.end(1006);
        const socket = await visit.resumed({ ...withMedia, publish: true, receive: true });
        expect(socket.last("resume")).toMatchObject({ publish: true, receive: false });
        expect(FakeConnection.all).toEqual([connection]);
        expect(connection.closed).toBe(false);
        expect(socket.all("publish")).toHaveLength(0);
        expect(visit.events("reconnected")).toMatchObject([{ mediaKept: true }]);
    });

    it("makes a new one where it has not, with the same tracks, still on", async () => {
        const visit = new Visit();
        const first = await published(visit);
        const camera = track("video");
        const shown = visit.client.media.setCamera(camera);
        await settle();
        await visit.socket.answer("media");
        await shown;
        await visit.socket.end(1001);
        const socket = await visit.resumed({ ...withMedia, publish: false, receive: false });
        expect(first.closed).toBe(true);
        await socket.answer("publish", { sdp: answerSdp });
        expect(FakeConnection.last.sender("1").track).toBe(camera);
        expect(socket.last("media")).toMatchObject({ source: "camera", on: true });
        expect(visit.events("reconnected")).toMatchObject([{ mediaKept: false }]);
    });

    it("offers again what was not answered", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        connection.become("disconnected");
        await visit.clock.advance(2000);
        expect(visit.socket.all("publish")).toHaveLength(2);
        await visit.socket.end(1006);
        const socket = await visit.resumed({ ...withMedia, publish: true });
        expect(socket.all("publish")).toHaveLength(1);
        expect(connection.restarts).toBe(2);
    });

    it("starts over where the first offer was not answered", async () => {
        const visit = await new Visit().inRoom(withMedia);
        await visit.socket.end(1006);
        const socket = await visit.resumed({ ...withMedia, publish: true });
        expect(socket.last("resume")["publish"]).toBe(false);
        expect(socket.all("publish")).toHaveLength(1);
        expect(FakeConnection.all).toHaveLength(2);
    });

    it("restarts what fell ill while nobody could be told", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        await visit.socket.end(1006);
        visit.chance = 1;
        connection.become("disconnected");
        await visit.clock.advance(1999);
        expect(connection.restarts).toBe(0);
        await visit.clock.advance(1);
        await visit.resumed({ ...withMedia, publish: true });
        expect(connection.restarts).toBe(1);
        expect(connection.closed).toBe(false);
    });

    it("accepts that a moderator has muted us meanwhile", async () => {
        const visit = new Visit();
        await published(visit);
        const microphone = track("audio");
        const shown = visit.client.media.setMicrophone(microphone);
        await settle();
        await visit.socket.answer("media");
        await shown;
        await visit.socket.end(1006);
        await visit.resumed({ ...withMedia, publish: true });
        expect(microphone.enabled).toBe(false);
        expect(visit.client.media.own.value.microphone.on).toBe(false);
        expect(visit.events("muted")).toEqual([{ source: "microphone", by: null }]);
    });

    it("says what was changed while nobody listened", async () => {
        const visit = new Visit();
        await published(visit);
        await visit.socket.end(1006);
        const microphone = track("audio");
        const shown = visit.client.media.setMicrophone(microphone);
        const socket = await visit.resumed({ ...withMedia, publish: true });
        expect(socket.all("media")).toMatchObject([{ source: "microphone", on: true }]);
        await socket.answer("media");
        await shown;
        expect(microphone.enabled).toBe(true);
    });
});

describe("what is on", () => {
    it("is told once, and the track is silent at once", async () => {
        const visit = new Visit();
        await published(visit);
        const microphone = track("audio");
        let answered = 0;
        const call = async (what: Promise<void>): Promise<void> => {
            await settle();
            const asked = visit.socket.all("media");
            if (asked.length > answered) await visit.socket.answer("media");
            answered = asked.length;
            await what;
        };
        await call(visit.client.media.setMicrophone(microphone));
        const muted = visit.client.media.setMuted("microphone", true);
        expect(microphone.enabled).toBe(false);
        await call(muted);
        await call(visit.client.media.setMuted("microphone", true));
        await call(visit.client.media.setMuted("microphone", false));
        const other = track("audio");
        await call(visit.client.media.setMicrophone(other));
        expect(FakeConnection.last.sender("0").track).toBe(other);
        await call(visit.client.media.setMicrophone(null));
        expect(told(visit)).toEqual(["microphone on", "microphone off", "microphone on", "microphone off"]);
        expect(FakeConnection.last.sender("0").track).toBeNull();
        expect(visit.client.media.own.value.microphone).toEqual({ track: null, on: false });
    });

    it("stays muted for the next track, and not after the source was given up", async () => {
        const visit = new Visit();
        await visit.client.media.setMuted("microphone", true);
        const first = track("audio");
        await visit.client.media.setMicrophone(first);
        expect(first.enabled).toBe(false);
        await visit.client.media.setMicrophone(null);
        const second = track("audio");
        await visit.client.media.setMicrophone(second);
        expect(second.enabled).toBe(true);
    });

    it("is turned off by a moderator", async () => {
        const visit = new Visit();
        await published(visit);
        const microphone = track("audio");
        void visit.client.media.setMicrophone(microphone);
        await settle();
        await visit.socket.answer("media");
        await visit.socket.say({ type: "muted", source: "microphone", by: "bo" });
        expect(microphone.enabled).toBe(false);
        expect(visit.events("muted")).toMatchObject([{ source: "microphone", by: { id: "bo" } }]);
        expect(told(visit)).toEqual(["microphone on"]);
        void visit.client.media.setMuted("microphone", false);
        await settle();
        expect(told(visit)).toEqual(["microphone on", "microphone on"]);
    });

    it("is not, where a lock forbids it", async () => {
        const visit = new Visit();
        await published(visit);
        const screen = track("video");
        const refused = expect(visit.client.media.setScreen(screen)).rejects.toMatchObject({
            code: "forbidden",
        });
        await settle();
        await visit.socket.refuse("media", "forbidden");
        await refused;
        expect(screen.enabled).toBe(false);
        expect(visit.client.media.own.value.screen.on).toBe(false);
    });

    it("is off when we come in under a lock", async () => {
        const visit = new Visit();
        const microphone = track("audio");
        await visit.client.media.setMicrophone(microphone);
        await visit.inRoom(withMedia);
        expect(visit.socket.last("join")["microphone"]).toBe(true);
        expect(microphone.enabled).toBe(false);
        expect(visit.events("muted")).toEqual([{ source: "microphone", by: null }]);
        expect(told(visit)).toEqual([]);
    });

    it("may be off by choice when we come in", async () => {
        const visit = await new Visit().atDoor();
        const camera = track("video");
        await visit.client.media.setCamera(camera);
        void visit.client.join({ name: "Ada", camera: false }).catch(() => undefined);
        await settle();
        expect(visit.socket.last("join")["camera"]).toBe(false);
        expect(camera.enabled).toBe(false);
    });

    it("ends with the track", async () => {
        const visit = new Visit();
        await published(visit);
        const screen = track("video");
        const sound = track("audio");
        void visit.client.media.setScreen(screen, sound, { kind: "motion" });
        await settle();
        expect(screen.contentHint).toBe("motion");
        expect(FakeConnection.last.sender("2").parameters.encodings.every((one) => one.active)).toBe(true);
        for (const { id } of visit.socket.all("media")) await visit.socket.say({ type: "ok", id });
        screen.end();
        sound.end();
        await settle();
        expect(told(visit)).toEqual(["screen on", "screen_audio on", "screen off", "screen_audio off"]);
        expect(visit.events("track-ended")).toEqual([{ source: "screen" }, { source: "screen_audio" }]);
        expect(visit.client.media.own.value.screen.track).toBeNull();
    });

    it("is told without media, too", async () => {
        const visit = await new Visit().inRoom({ media: false });
        void visit.client.media.setMicrophone(track("audio"));
        await settle();
        expect(told(visit)).toEqual(["microphone on"]);
    });

    it("a browser that refuses a track is an error of the caller's", async () => {
        const visit = new Visit();
        const connection = await published(visit);
        connection.sender("1").refuse = new TypeError("not this one");
        await expect(visit.client.media.setCamera(track("video"))).rejects.toThrow("not this one");
        expect(told(visit)).toEqual([]);
    });
});
