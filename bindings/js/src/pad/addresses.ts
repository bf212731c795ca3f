import { isRoomName } from "../session/address.ts";
import type { ExportFormat } from "./types.ts";

/** Where the pads of a room are. */
export interface PadAddress {
    /** `https://host`, or a folder below it; default: the page's own origin. */
    readonly base?: string;
    readonly room: string;
}

/** Throws `TypeError` for what cannot be one; a pad's name has the same rules as a room's. */
export function checkName(name: string): string {
    if (!isRoomName(name)) throw new TypeError("a name has 1 to 64 of A-Z a-z 0-9 - _ .");
    return name;
}

/** `https://host/api/v1/rooms/{room}/pads`, and what is below it. */
export function apiAddress(of: PadAddress, ...below: readonly string[]): string {
    const path = ["api/v1/rooms", checkName(of.room), "pads", ...below].join("/");
    return new URL(path, folderOf(of)).href;
}

/** Where pictures of the room are, as a path of the server's, wherever the server is: it stands in texts. */
export function imagesPath(of: PadAddress): string {
    return `/api/v1/rooms/${checkName(of.room)}/assets`;
}

/** Where such a path is for us. */
export function addressOf(of: PadAddress, path: string): string {
    return new URL(path.replace(/^\/+/, ""), folderOf(of)).href;
}

/** What y-websocket wants as its server; it puts `/{name}` behind. */
export function socketAddress(of: PadAddress): string {
    const url = new URL(`pad/${checkName(of.room)}`, folderOf(of));
    if (url.protocol === "https:") url.protocol = "wss:";
    if (url.protocol === "http:") url.protocol = "ws:";
    return url.href;
}

/** A link that downloads the pad. The token is in it, since a link has no header: show it to nobody else. */
export function exportAddress(
    of: PadAddress,
    name: string,
    format: ExportFormat,
    token: string | null,
): string {
    const url = new URL(apiAddress(of, checkName(name), "export"));
    url.searchParams.set("format", format);
    if (token !== null) url.searchParams.set("token", token);
    return url.href;
}

function folderOf({ base }: PadAddress): string {
    const origin = base ?? (globalThis as { location?: { origin?: string } }).location?.origin;
    if (origin === undefined) throw new TypeError("pads need `base`");
    return origin.endsWith("/") ? origin : `${origin}/`;
}
