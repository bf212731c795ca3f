/** Where the room's socket is. Throws `TypeError` for an address or a name that cannot be one. */
export function signalAddress(options: { url?: string; base?: string; room?: string }): string {
    if (options.url !== undefined) return withSocketScheme(new URL(options.url)).href;
    const base = options.base ?? (globalThis as { location?: { origin?: string } }).location?.origin;
    if (base === undefined) throw new TypeError("a client needs `url`, or `base` and `room`");
    if (options.room === undefined || !isRoomName(options.room)) {
        throw new TypeError("a room's name has 1 to 64 of A-Z a-z 0-9 - _ .");
    }
    // A server may live below a path: https://host/meet/ has its sockets at /meet/signal/.
    const folder = base.endsWith("/") ? base : `${base}/`;
    return withSocketScheme(new URL(`signal/${options.room}`, folder)).href;
}

export function isRoomName(name: string): boolean {
    // "." and ".." would be taken out of the path.
    return /^[A-Za-z0-9._-]{1,64}$/.test(name) && !/^\.\.?$/.test(name);
}

function withSocketScheme(url: URL): URL {
    if (url.protocol === "https:") url.protocol = "wss:";
    if (url.protocol === "http:") url.protocol = "ws:";
    if (url.protocol !== "wss:" && url.protocol !== "ws:")
        throw new TypeError(`not a web address: ${url.href}`);
    url.hash = "";
    return url;
}
