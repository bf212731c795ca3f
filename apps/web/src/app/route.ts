// Three addresses: "/", "/r/{room}", and "/r/{room}/notes/{pad}".

export type Route =
    | { readonly page: "landing" }
    | { readonly page: "room"; readonly room: string }
    | { readonly page: "notes"; readonly room: string; readonly pad: string };

const roomName = /^[A-Za-z0-9\-_.]{1,64}$/;

export function isRoomName(text: string): boolean {
    return roomName.test(text) && text !== "." && text !== "..";
}

export function routeOf(path: string): Route {
    const notes = /^\/r\/([^/]+)\/notes\/([^/]+)\/?$/.exec(path);
    if (notes !== null) {
        return { page: "notes", room: decodeSafely(notes[1]!), pad: decodeSafely(notes[2]!) };
    }
    const found = /^\/r\/([^/]+)\/?$/.exec(path);
    return found === null ? { page: "landing" } : { page: "room", room: decodeSafely(found[1]!) };
}

function decodeSafely(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Settled when the page is loaded. */
export const route: Route = routeOf(location.pathname);

/**
 * An invitation's token: taken out of the address at once, so that no copied link has it, and kept with this
 * entry of the history, since pages are loaded again when permissions change.
 */
export const token: string | null = takeToken();

function takeToken(): string | null {
    const url = new URL(location.href);
    const inHash = new URLSearchParams(url.hash.slice(1));
    const found = url.searchParams.get("token") ?? inHash.get("token");
    if (found === null) return (history.state as { readonly token?: string } | null)?.token ?? null;
    url.searchParams.delete("token");
    inHash.delete("token");
    url.hash = inHash.toString();
    history.replaceState({ token: found }, "", url);
    return found;
}

/** By a page load: only the call's own page may run WebAssembly, and that is settled when a page is loaded. */
export function go(path: string): void {
    location.assign(path);
}

export function roomPath(room: string): string {
    return `/r/${encodeURIComponent(room)}`;
}

export function notesPath(room: string, pad: string): string {
    return `${roomPath(room)}/notes/${encodeURIComponent(pad)}`;
}

export function roomLink(room: string): string {
    return `${location.origin}${roomPath(room)}`;
}

/** 80 random bits, so that nobody guesses it. */
export function newRoomName(): string {
    const digits = "abcdefghijklmnopqrstuvwxyz234567";
    return [...crypto.getRandomValues(new Uint8Array(16))].map((one) => digits[one % 32]).join("");
}

export type Entered =
    | { readonly to: string }
    | { readonly problem: "empty" | "bad-name" }
    | { readonly problem: "other-host"; readonly host: string };

/** What somebody typed or pasted: a name, or a link of this server's. */
export function readEntered(text: string, origin: string): Entered {
    const typed = text.trim();
    if (typed === "") return { problem: "empty" };
    if (/^https?:\/\//i.test(typed) || /^[\w.-]+(:\d+)?\/r\//.test(typed)) {
        const url = safeUrl(/^https?:/i.test(typed) ? typed : `${new URL(origin).protocol}//${typed}`);
        if (url === null) return { problem: "bad-name" };
        if (url.host !== new URL(origin).host) return { problem: "other-host", host: url.host };
        const found = routeOf(url.pathname);
        if (found.page !== "room" || !isRoomName(found.room)) return { problem: "bad-name" };
        return { to: `${roomPath(found.room)}${url.search}${url.hash}` };
    }
    const name = typed.replace(/^\/r\//, "").replace(/\s+/g, "-");
    return isRoomName(name) ? { to: roomPath(name) } : { problem: "bad-name" };
}

function safeUrl(text: string): URL | null {
    try {
        return new URL(text);
    } catch {
        return null;
    }
}
