// One frame of text to what it means. Never throws: what a server of another version sends is `unknown`, not
// an error.

import { eventChecks } from "./checks.ts";
import { RequestError, type ErrorCode } from "./errors.ts";
import type { EventType, ServerEvent } from "./messages.ts";
import { isRecord } from "./shape.ts";

export type Incoming =
    | { readonly kind: "answer"; readonly id: number; readonly body: Record<string, unknown> }
    | { readonly kind: "refusal"; readonly id: number; readonly error: RequestError }
    | { readonly kind: "event"; readonly event: ServerEvent }
    /**
     * A type that is not known here: of a part that is loaded later, or of a newer server, and then to be
     * ignored.
     */
    | { readonly kind: "unknown"; readonly type: string; readonly body: Record<string, unknown> }
    /** A binary frame: only parts that are loaded later have such. */
    | { readonly kind: "frame"; readonly bytes: Uint8Array }
    /** Not a message of the protocol at all. */
    | { readonly kind: "malformed"; readonly why: string };

export function decode(frame: unknown): Incoming {
    if (frame instanceof ArrayBuffer) return { kind: "frame", bytes: new Uint8Array(frame) };
    if (typeof frame !== "string") return { kind: "malformed", why: "neither text nor bytes" };
    let body: unknown;
    try {
        body = JSON.parse(frame);
    } catch {
        return { kind: "malformed", why: "not JSON" };
    }
    if (!isRecord(body) || typeof body["type"] !== "string") return { kind: "malformed", why: "no type" };
    const type = body["type"];
    const id = body["id"];
    if (type === "error") {
        return typeof id === "number"
            ? { kind: "refusal", id, error: readError(body) }
            : { kind: "malformed", why: `error without id: ${String(body["message"])}` };
    }
    // Some events have an `id` of their own, a participant's; ids of requests are numbers.
    if (typeof id === "number") return { kind: "answer", id, body };
    if (!Object.hasOwn(eventChecks, type)) return { kind: "unknown", type, body };
    if (!eventChecks[type as EventType](body)) return { kind: "malformed", why: `unusable ${type}` };
    return { kind: "event", event: body as unknown as ServerEvent };
}

function readError(body: Record<string, unknown>): RequestError {
    const { code, message, field, retry_after: retryAfter } = body;
    return new RequestError(
        (typeof code === "string" ? code : "forbidden") as ErrorCode,
        typeof message === "string" ? message : "",
        {
            ...(typeof field === "string" ? { field } : {}),
            ...(typeof retryAfter === "number" ? { retryAfter } : {}),
        },
    );
}

/** A request as it travels. */
export function encode(type: string, id: number, fields: object): string {
    return JSON.stringify({ type, id, ...fields });
}
