import { beforeEach, describe, expect, it } from "vitest";
import { settle } from "../support/fake_clock.ts";
import { welcome } from "../support/fake_server.ts";
import { Visit } from "../support/visit.ts";

/** Delivers to all other channels of the name, later, as browsers do. */
class FakeChannel {
    static readonly all = new Set<FakeChannel>();
    onmessage: ((event: { data: unknown }) => void) | null = null;
    readonly name: string;

    constructor(name: string) {
        this.name = name;
        FakeChannel.all.add(this);
    }

    postMessage(data: unknown): void {
        for (const other of FakeChannel.all) {
            if (other !== this && other.name === this.name) {
                queueMicrotask(() => other.onmessage?.({ data: structuredClone(data) }));
            }
        }
    }

    close(): void {
        FakeChannel.all.delete(this);
    }
}

const options = { BroadcastChannel: FakeChannel as unknown as typeof BroadcastChannel };

describe("two tabs", () => {
    beforeEach(() => FakeChannel.all.clear());

    it("know of each other, room by room", async () => {
        const first = await new Visit(options).inRoom();
        const second = new Visit(options);
        const elsewhere = new Visit({ ...options, room: "friday" });
        expect(await second.client.isOpenElsewhere()).toBe(true);
        const alone = elsewhere.client.isOpenElsewhere();
        await elsewhere.clock.advance(200);
        expect(await alone).toBe(false);
        first.client.dispose();
        const gone = second.client.isOpenElsewhere();
        await second.clock.advance(200);
        expect(await gone).toBe(false);
    });

    it("only count when they are inside", async () => {
        await new Visit(options).atDoor();
        const second = new Visit(options);
        const open = second.client.isOpenElsewhere();
        await second.clock.advance(200);
        expect(await open).toBe(false);
    });

    it("hand a visit over, even from the door", async () => {
        const first = await new Visit(options).inRoom();
        const second = await new Visit(options).atDoor();
        const moved = second.client.moveHere();
        await settle();
        await second.socket.accept();
        expect(second.socket.last("resume")["resume"]).toBe("token-1");
        await second.socket.say({
            ...welcome({ resumed: true, resume: "token-2" }),
            id: second.socket.last("resume").id,
        });
        expect(await moved).toBe("in");
        await first.socket.end(4004, "replaced");
        expect(first.client.ended.value?.reason).toBe("replaced");
    });

    it("have nothing to hand over where there is one", async () => {
        const visit = new Visit(options);
        const moved = expect(visit.client.moveHere()).rejects.toMatchObject({ code: "gone" });
        await visit.clock.advance(200);
        await moved;
    });

    it("are not needed: without a channel there is one tab", async () => {
        expect(await new Visit().client.isOpenElsewhere()).toBe(false);
    });
});
