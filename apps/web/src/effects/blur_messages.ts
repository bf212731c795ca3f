// Between the page and the worker that blurs.

import type { ModelFiles } from "./segmenter.ts";

export interface FrameStreams {
    readonly from: ReadableStream<VideoFrame>;
    readonly to: WritableStream<VideoFrame>;
}

export type ToWorker =
    | { readonly kind: "load"; readonly files: ModelFiles }
    /** Then either the camera's frames, or a picture for each tick. */
    | ({ readonly kind: "streams" } & FrameStreams)
    | { readonly kind: "clock" }
    | { readonly kind: "picture"; readonly picture: ImageBitmap }
    /** Hands the camera's frames back, and ends the worker. */
    | { readonly kind: "stop" };

export type FromWorker =
    | { readonly kind: "loaded" }
    /** The first picture is blurred. */
    | { readonly kind: "ready" }
    | { readonly kind: "tick" }
    | { readonly kind: "drawn"; readonly picture: ImageBitmap | null }
    | { readonly kind: "failed"; readonly why: string };
