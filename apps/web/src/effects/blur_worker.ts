// Blurs what is behind a person, in a worker: its clock and its frames go on while the page is hidden.

import type { FrameStreams, FromWorker, ToWorker } from "./blur_messages.ts";
import { Pace } from "./pace.ts";
import { fit, Painter } from "./painter.ts";
import { maskHeight, maskWidth, Segmenter } from "./segmenter.ts";

// TypeScript knows this file as one of a page.
const page = globalThis as unknown as {
    onmessage: (event: MessageEvent<ToWorker>) => void;
    postMessage(message: FromWorker, transfer?: readonly Transferable[]): void;
    close(): void;
};

const cameraMs = 1000 / 30;

class Blur {
    readonly #segmenter: Segmenter;
    readonly #painter = new Painter();
    readonly #pace = new Pace();
    readonly #small = new OffscreenCanvas(maskWidth, maskHeight);
    readonly #pen = this.#small.getContext("2d", { alpha: false })!;

    constructor(segmenter: Segmenter) {
        this.#segmenter = segmenter;
    }

    /** Null: there is no mask yet, and what is not masked shows the room. */
    draw(picture: VideoFrame | ImageBitmap, width: number, height: number): OffscreenCanvas | null {
        const begin = performance.now();
        if (this.#pace.isDue(begin)) {
            const [fitWidth, fitHeight] = fit(width, height);
            const [x, y] = [(maskWidth - fitWidth) / 2, (maskHeight - fitHeight) / 2];
            this.#pen.fillRect(0, 0, maskWidth, maskHeight);
            this.#pen.drawImage(picture, x, y, fitWidth, fitHeight);
            const mask = this.#segmenter.find(this.#small);
            if (mask !== null) this.#painter.setMask(mask);
            mask?.close();
            this.#pace.took(begin, performance.now());
        }
        if (!this.#painter.hasMask) return null;
        this.#painter.draw(picture, width, height);
        return this.#painter.canvas;
    }
}

let isReady = false;

function tellReady(): void {
    if (!isReady) page.postMessage({ kind: "ready" });
    isReady = true;
}

let blur: Blur | null = null;
let stop = (): Promise<void> => Promise.resolve();

/** Where the browser hands over the camera's frames: until there are no more. */
async function pipe(blur: Blur, { from, to }: FrameStreams): Promise<void> {
    const reader = from.getReader();
    const writer = to.getWriter();
    stop = () => reader.cancel();
    for (;;) {
        const { value: frame, done } = await reader.read();
        if (done) return writer.close();
        let made: VideoFrame | null = null;
        try {
            const drawn = blur.draw(frame, frame.displayWidth, frame.displayHeight);
            if (drawn !== null) made = new VideoFrame(drawn, { timestamp: frame.timestamp });
        } finally {
            // The camera has few of them.
            frame.close();
        }
        if (made === null) continue;
        await writer.write(made);
        tellReady();
    }
}

function draw(blur: Blur, picture: ImageBitmap): void {
    const drawn = blur.draw(picture, picture.width, picture.height);
    picture.close();
    const made = drawn?.transferToImageBitmap() ?? null;
    page.postMessage({ kind: "drawn", picture: made }, made === null ? [] : [made]);
    if (made !== null) tellReady();
}

async function take(message: ToWorker): Promise<void> {
    switch (message.kind) {
        case "load":
            blur = new Blur(await Segmenter.load(message.files));
            return page.postMessage({ kind: "loaded" });
        case "streams":
            return pipe(blur!, message);
        case "clock":
            // A page's own timers all but stop when it is hidden.
            setInterval(() => page.postMessage({ kind: "tick" }), cameraMs);
            return;
        case "picture":
            return draw(blur!, message.picture);
        case "stop":
            await stop();
            page.close();
    }
}

page.onmessage = ({ data }) => {
    take(data).catch((error: unknown) => page.postMessage({ kind: "failed", why: String(error) }));
};
