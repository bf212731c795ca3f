// Strong noise removal: the microphone through RNNoise, in the thread where sound is made.

import codeUrl from "@jitsi/rnnoise-wasm/dist/rnnoise.wasm?url";
import { Cleanup, endTogether, within, type Effect } from "./effect.ts";
import workletUrl from "./noise_worklet.ts?worker&url";
import { sampleRate } from "./rnnoise.ts";

const readyMs = 20_000;

export function startNoise(from: MediaStreamTrack, broken: () => void): Effect {
    const cleanup = new Cleanup();
    const start = async (): Promise<MediaStreamTrack> => {
        try {
            const context = new AudioContext({ sampleRate });
            cleanup.add(() => void context.close());
            const [code] = await within(
                readyMs,
                Promise.all([fetchCode(), context.audioWorklet.addModule(workletUrl)]),
            );
            const node = new AudioWorkletNode(context, "noise", {
                channelCount: 1,
                channelCountMode: "explicit",
                outputChannelCount: [1],
                processorOptions: { code },
            });
            cleanup.add(() => node.port.postMessage("stop"));
            await within(readyMs, ready(node));
            node.onprocessorerror = broken;
            const source = context.createMediaStreamSource(new MediaStream([from]));
            const out = context.createMediaStreamDestination();
            source.connect(node).connect(out);
            cleanup.add(() => source.disconnect());
            await Promise.race([running(context, cleanup), cleanup.over]);
            const [made] = out.stream.getAudioTracks() as [MediaStreamTrack];
            endTogether(from, made, cleanup);
            return made;
        } catch (error) {
            cleanup.run();
            throw error;
        }
    };
    return { track: start(), stop: () => cleanup.run() };
}

async function fetchCode(): Promise<ArrayBuffer> {
    const answer = await fetch(codeUrl);
    if (!answer.ok) throw new Error(`${codeUrl}: ${answer.status}`);
    return answer.arrayBuffer();
}

function ready(node: AudioWorkletNode): Promise<void> {
    return new Promise((resolve, reject) => {
        node.port.onmessage = () => resolve();
        node.onprocessorerror = () => reject(new Error("RNNoise did not start"));
    });
}

/**
 * A page that was opened by a link makes no sound before the first click or key: until then it waits. Later a
 * telephone call may stop it for a while.
 */
function running(context: AudioContext, cleanup: Cleanup): Promise<void> {
    return new Promise((resolve, reject) => {
        let limit: ReturnType<typeof setTimeout> | undefined;
        const wake = (): void => {
            if (context.state === "running") resolve();
            else if (context.state !== "closed") void context.resume().catch(() => undefined);
            if (navigator.userActivation?.hasBeenActive === false) return;
            limit ??= setTimeout(() => reject(new Error("the sound does not start")), readyMs);
        };
        const causes = ["pointerdown", "keydown", "visibilitychange"];
        for (const type of causes) addEventListener(type, wake, true);
        cleanup.add(() => {
            clearTimeout(limit);
            for (const type of causes) removeEventListener(type, wake, true);
        });
        context.onstatechange = wake;
        wake();
    });
}
