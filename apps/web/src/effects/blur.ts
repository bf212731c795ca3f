// Background blur, seen from the page: the camera's track goes in, a blurred one comes out.

import graph from "@mediapipe/selfie_segmentation/selfie_segmentation.binarypb?url";
import model from "@mediapipe/selfie_segmentation/selfie_segmentation_landscape.tflite?url";
import loader from "@mediapipe/selfie_segmentation/selfie_segmentation_solution_simd_wasm_bin.js?url";
import code from "@mediapipe/selfie_segmentation/selfie_segmentation_solution_simd_wasm_bin.wasm?url";
import type { FromWorker, ToWorker } from "./blur_messages.ts";
import workerUrl from "./blur_worker.ts?worker&url";
import { Cleanup, endTogether, within, type Effect } from "./effect.ts";

const files = {
    loader: absolute(loader),
    code: absolute(code),
    graph: absolute(graph),
    model: absolute(model),
};

/** Two megabytes over a slow line. */
const readyMs = 60_000;
const stopMs = 2_000;

// Chromium alone has both on a page.
interface Breakout {
    readonly MediaStreamTrackProcessor?: new (of: { readonly track: MediaStreamTrack }) => {
        readonly readable: ReadableStream<VideoFrame>;
    };
    readonly MediaStreamTrackGenerator?: new (of: { readonly kind: "video" }) => MediaStreamTrack & {
        readonly writable: WritableStream<VideoFrame>;
    };
}

export function startBlur(from: MediaStreamTrack, broken: () => void): Effect {
    const cleanup = new Cleanup();
    const start = async (): Promise<MediaStreamTrack> => {
        try {
            const worker = makeWorker(cleanup);
            let fail: (why: string) => void = () => undefined;
            const failed = new Promise<never>((_, reject) => (fail = (why) => reject(new Error(why))));
            worker.addEventListener("error", (event) => fail(event.message));
            hear(worker, "failed", ({ why }) => fail(why));
            const heard = <T>(what: Promise<T>): Promise<T> =>
                within(readyMs, Promise.race([what, failed, cleanup.over]));

            const loaded = next(worker, "loaded");
            tell(worker, { kind: "load", files });
            await heard(loaded);
            const made = (streamed ?? drawn)(from, worker, cleanup);
            await heard(next(worker, "ready"));
            fail = broken;
            endTogether(from, made, cleanup);
            return made;
        } catch (error) {
            cleanup.run();
            throw error;
        }
    };
    return { track: start(), stop: () => cleanup.run() };
}

type Heard<K> = Extract<FromWorker, { readonly kind: K }>;

function hear<K extends FromWorker["kind"]>(worker: Worker, kind: K, then: (said: Heard<K>) => void): void {
    worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => {
        if (data.kind === kind) then(data as Heard<K>);
    });
}

function next<K extends FromWorker["kind"]>(worker: Worker, kind: K): Promise<Heard<K>> {
    return new Promise((resolve) => hear(worker, kind, resolve));
}

function tell(worker: Worker, message: ToWorker, transfer: Transferable[] = []): void {
    worker.postMessage(message, transfer);
}

/**
 * A worker from an address has the policy of that answer, and files have the strict one: no WebAssembly. One from
 * a blob has the page's policy, which allows it.
 */
function makeWorker(cleanup: Cleanup): Worker {
    const bootstrap = `importScripts(${JSON.stringify(absolute(workerUrl))})`;
    const url = URL.createObjectURL(new Blob([bootstrap], { type: "text/javascript" }));
    const worker = new Worker(url);
    cleanup.add(() => {
        URL.revokeObjectURL(url);
        tell(worker, { kind: "stop" });
        // Where it does not hear: it is busy, or never came so far.
        setTimeout(() => worker.terminate(), stopMs);
    });
    return worker;
}

/** A blob has no folder that an address could start from. */
function absolute(url: string): string {
    return new URL(url, location.href).href;
}

type Make = (from: MediaStreamTrack, worker: Worker, cleanup: Cleanup) => MediaStreamTrack;

const { MediaStreamTrackProcessor: Processor, MediaStreamTrackGenerator: Generator } =
    globalThis as unknown as Breakout;

/** Frames go from the camera to the worker and to the encoder; the page has no part in it. */
const streamed: Make | null =
    Processor === undefined || Generator === undefined
        ? null
        : (from, worker, cleanup) => {
              const made = new Generator({ kind: "video" });
              cleanup.add(() => made.stop());
              const streams = { from: new Processor({ track: from }).readable, to: made.writable };
              tell(worker, { kind: "streams", ...streams }, [streams.from, streams.to]);
              return made;
          };

/** Firefox and Safari: the page takes a picture when the worker's clock says so, and shows what comes back. */
const drawn: Make = (from, worker, cleanup) => {
    const video = document.createElement("video");
    video.muted = true;
    video.playsInline = true;
    video.srcObject = new MediaStream([from]);
    void video.play().catch(() => undefined);
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("bitmaprenderer")!;
    const [made] = canvas.captureStream().getVideoTracks() as [MediaStreamTrack];
    cleanup.add(() => {
        made.stop();
        video.srcObject = null;
    });
    let busy = false;
    let shown = -1;
    const take = async (): Promise<void> => {
        if (busy || video.videoWidth === 0 || video.currentTime === shown) return;
        busy = true;
        shown = video.currentTime;
        try {
            const picture = await createImageBitmap(video);
            tell(worker, { kind: "picture", picture }, [picture]);
        } catch {
            // The camera is between two sizes: the next tick.
            busy = false;
        }
    };
    hear(worker, "tick", () => void take());
    hear(worker, "drawn", ({ picture }) => {
        busy = false;
        if (picture === null) return;
        canvas.width = picture.width;
        canvas.height = picture.height;
        pen.transferFromImageBitmap(picture);
    });
    tell(worker, { kind: "clock" });
    return made;
};
