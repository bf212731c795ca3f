import { describe, expect, it } from "vitest";
import { answerTimeoutMs, Requests, waitingMax } from "../../src/session/requests.ts";
import { FakeClock } from "../support/fake_clock.ts";

class Line {
    readonly sent: { type: string; id: number }[] = [];
    heardAt = 0;

    send(frame: string): void {
        this.sent.push(JSON.parse(frame) as { type: string; id: number });
    }
}

function setup() {
    const clock = new FakeClock();
    const suspected: number[] = [];
    const requests = new Requests(clock, () => suspected.push(clock.now()));
    const line = new Line();
    return { clock, requests, line, suspected };
}

describe("requests", () => {
    it("wait for a line that is open; the handshake does not", async () => {
        const { requests, line } = setup();
        const raised = requests.ask("hand", { up: true });
        requests.attach(line);
        const hello = requests.ask("hello", { versions: [1] }, { handshake: true });
        expect(line.sent.map((one) => one.type)).toEqual(["hello"]);
        requests.refused(line.sent[0]?.id ?? 0, Object.assign(new Error(), { code: "version" }) as never);
        await expect(hello).rejects.toMatchObject({ code: "version" });
        requests.open();
        expect(line.sent.map((one) => one.type)).toEqual(["hello", "hand"]);
        requests.answered(line.sent[1]?.id ?? 0, { type: "ok" });
        expect(await raised).toEqual({ type: "ok" });
        expect(requests.waiting).toBe(0);
    });

    it("of one connection end with it", async () => {
        const { requests, line } = setup();
        await expect(requests.ask("view", { videos: [] }, { once: true })).rejects.toMatchObject({
            code: "ended",
        });
        requests.attach(line);
        requests.open();
        const view = expect(requests.ask("view", { videos: [] }, { once: true })).rejects.toMatchObject({
            code: "ended",
        });
        requests.lose();
        await view;
        expect(requests.waiting).toBe(0);
    });

    it("never use an id twice, so a late answer finds nobody", async () => {
        const { requests, line } = setup();
        requests.attach(line);
        requests.open();
        let answered = false;
        const raised = requests.ask("hand", { up: true }).then(() => (answered = true));
        const old = line.sent[0]?.id ?? 0;
        requests.lose();
        const second = new Line();
        requests.attach(second);
        requests.open();
        requests.answered(old, { type: "ok" });
        await Promise.resolve();
        expect(answered).toBe(false);
        requests.answered(second.sent[0]?.id ?? 0, { type: "ok" });
        await raised;
    });

    it("suspect a silent line, and blame a talking one for the answer only", async () => {
        const { clock, requests, line, suspected } = setup();
        requests.attach(line);
        requests.open();
        line.heardAt = clock.now();
        const silent = requests.ask("hand", { up: true });
        await clock.advance(answerTimeoutMs);
        expect(suspected).toHaveLength(1);
        const talking = expect(requests.ask("away", { on: true })).rejects.toMatchObject({ code: "timeout" });
        line.heardAt = clock.now() + 1;
        await clock.advance(answerTimeoutMs);
        await talking;
        expect(suspected).toHaveLength(1);
        const ended = expect(silent).rejects.toMatchObject({ code: "ended" });
        requests.end("over");
        await ended;
        expect(clock.pending).toBe(0);
    });

    it("are not kept without end", async () => {
        const { requests } = setup();
        const held = Array.from({ length: waitingMax }, () => requests.ask("hand", { up: true }));
        await expect(requests.ask("hand", { up: true })).rejects.toMatchObject({ code: "rate" });
        requests.end("over");
        const ends = await Promise.allSettled(held);
        expect(ends.every((one) => one.status === "rejected")).toBe(true);
    });

    it("do not pass an answer on that cannot be used", async () => {
        const { requests, line } = setup();
        requests.attach(line);
        requests.open();
        const sent = expect(requests.ask("chat.send", { text: "a", key: "k" })).rejects.toMatchObject({
            code: "bad_message",
        });
        requests.answered(line.sent[0]?.id ?? 0, { type: "ok", message: 7 });
        await sent;
    });
});
