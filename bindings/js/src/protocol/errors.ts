/** Codes that the server answers with. */
export type ServerErrorCode =
    | "bad_message"
    | "unknown_type"
    | "version"
    | "not_joined"
    | "already_joined"
    | "unknown_room"
    | "bad_token"
    | "expired_token"
    | "forbidden"
    | "unknown_participant"
    | "unknown_message"
    | "room_full"
    | "server_full"
    | "banned"
    | "refused"
    | "rate"
    | "bad_sdp"
    | "no_media"
    | "not_saved"
    | "gone"
    | "not_open"
    | "unknown_document"
    | "unknown_page"
    | "limit"
    | "bad_file"
    | "not_ready"
    | "not_made"
    | "no_converter";

/**
 * Codes of our own: `unreachable` (no connection came about), `timeout` (no answer in time), `ended` (the
 * session ended before the answer came), `state` (called at the wrong time: a bug of the caller).
 */
export type LocalErrorCode = "unreachable" | "timeout" | "ended" | "state";

export type ErrorCode = ServerErrorCode | LocalErrorCode;

/**
 * Why a request was not done. A newer server may send codes that are not listed here: treat them as
 * `forbidden`.
 */
export class RequestError extends Error {
    override readonly name = "RequestError";
    readonly code: ErrorCode;
    /** The field that the server refused, for `bad_message`. */
    readonly field: string | null;
    /** Seconds to wait, for `room_full` and `server_full`. */
    readonly retryAfter: number | null;

    constructor(code: ErrorCode, message: string, details: { field?: string; retryAfter?: number } = {}) {
        super(message);
        this.code = code;
        this.field = details.field ?? null;
        this.retryAfter = details.retryAfter ?? null;
    }
}
